/**
 * The report to the makers of a linker: it has the objects whole, each linker's command line, and what was expected.
 */
import { expect, test } from '@jest/globals';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import type { LinkerIssue } from '../../../harness/report/linker-issue.ts';
import { linkerIssueReport } from '../../../harness/report/linker-issue.ts';

const TEXT = 'export fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n';

function report(more: Partial<LinkerIssue>): string {
  const read = readCaseFile(TEXT, 'case');
  if (!read.ok) throw new Error(read.errors[0]!.message);
  const { unit, calls } = read.value.case;
  return linkerIssueReport({
    kind: 'result',
    unit,
    calls,
    detail:
      'zig-ld-0.16.0, zig-ld-0.17.1, and not ours, lld-22.1.8: call 1 @f: result\n  reference: returns 7\n  actual: returns 8',
    accused: { name: 'zig-ld-0.17.1', line: 'zig build-exe a.o' },
    right: [{ name: 'lld-22.1.8', line: 'wasm-ld a.o' }],
    files: new Map(),
    recipes: [],
    prefix: '',
    caseText: TEXT,
    again: 'npx harness repro case.air --checks linkers',
    ...more,
  });
}

test('a report has the objects whole', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, n) => n & 255);
  const [, text] = /base64 -d > a\.o <<'END'\n([^]*?)\nEND/.exec(report({ files: new Map([['a.o', bytes]]) }))!;
  expect(new Uint8Array(Buffer.from(text!, 'base64'))).toEqual(bytes);
});

test('the line for Node has the names that the module has', () => {
  expect(report({ prefix: 'p0_' })).toContain('exports["p0_f"]');
});

test('a report says who is wrong, by which command line, and what was expected', () => {
  const text = report({});
  expect(text).toContain('# zig-ld-0.17.1: wrong result');
  expect(text).toContain('**Version**: zig-ld-0.16.0, zig-ld-0.17.1, and not ours, lld-22.1.8.');
  expect(text).toContain('zig build-exe a.o   # zig-ld-0.17.1: wrong\nwasm-ld a.o   # lld-22.1.8: right');
  expect(text).toContain('- Place: `call 1 @f`\n- Expected: `returns 7`\n- Actual: `returns 8`');
});

test('a report of a refusal has what the linker said, and of sources the commands that make the objects', () => {
  const text = report({
    kind: 'link-error',
    detail: 'zig-ld-0.17.1, and not ours: error: bad data',
    files: new Map(['beside.o', 'a.o', 'runtime.a'].map((path) => [path, new Uint8Array(1)])),
    recipes: ['beside', 'a', 'not-linked'].map((name) => ({
      path: `${name}.o`,
      source: { language: 'c', file: `${name}.c`, text: `int ${name};` },
      command: `cc -c ${name}.c -o ${name}.o`,
    })),
  });
  expect(text).toContain(
    '`beside.c`\n\n```c\nint beside;\n```\n\n`a.c`\n\n```c\nint a;\n```\n\n```sh\ncc -c beside.c -o beside.o\n',
  );
  expect(text).toContain("cc -c a.c -o a.o\nbase64 -d > runtime.a <<'END'\n");
  expect(text).not.toContain('not-linked');
  expect(text).toContain('error: bad data');
  expect(text).not.toContain('**Run**');
});
