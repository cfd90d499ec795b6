/**
 * The report to the makers of a compiler: its text for a stored case, and its line for Node, which really makes the calls.
 */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileExe, DEFAULT_SETTINGS } from '../../../core/index.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import type { ToolIssue } from '../../../harness/report/tool-issue.ts';
import { toolIssueReport } from '../../../harness/report/tool-issue.ts';
import { printed } from '../../../harness/source/not-printable.ts';
import { printZig } from '../../../harness/source/zig/print-zig.ts';
import { ROOT } from '../cli/run-harness.ts';

function issue(caseText: string, more: Partial<ToolIssue> = {}): ToolIssue {
  const read = readCaseFile(caseText, 'case');
  if (!read.ok) throw new Error(read.errors[0]!.message);
  const { unit, calls } = read.value.case;
  return {
    tool: 'Zig 0.17.1',
    kind: 'result',
    unit,
    calls,
    detail:
      'call 1 @f: result\n  reference: returns 65535\n  executable: returns 1\n  llvm: does the same as the reference',
    language: 'zig',
    file: 'a.zig',
    source: printed(() => printZig(unit, '')),
    command: 'zig build-exe a.zig -fno-llvm',
    witness: { name: 'llvm', command: 'zig build-exe a.zig -fllvm' },
    wat: '(func (;0;) (result i32)\n  i32.const 1)',
    caseText,
    again: 'npx harness repro x.air --backend zig',
    ...more,
  };
}

const STORED = readFileSync(join(ROOT, 'corpus', 'outside', 'zig-0.16.0', 'shl-sat-amount-of-32.air'), 'utf8');

test('says all that is known, in the language of the compiler', () => {
  expect(toolIssueReport(issue(STORED))).toBe(`# Zig 0.17.1: wrong result with shl\\_sat

**Version**: Zig 0.17.1, target wasm32-freestanding.

**Program** (\`a.zig\`)

\`\`\`zig
noinline fn n0() u16 {
    @setRuntimeSafety(false);
    const v0: u16 = hidden(u16, 1) <<| hidden(u31, 32);
    return v0;
}
fn n0_export() callconv(.c) u16 {
    @setRuntimeSafety(false);
    return n0();
}
comptime {
    @export(&n0_export, .{ .name = "f" });
}
\`\`\`

**Compile**

\`\`\`sh
zig build-exe a.zig -fno-llvm   # wrong
zig build-exe a.zig -fllvm   # right
\`\`\`

**Run**

\`\`\`sh
node -e 'const bytes = fs.readFileSync("a.wasm");
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
console.log(exports["f"]());'
\`\`\`

**Expected and actual**

- Place: \`call 1 @f\`
- Expected: \`returns 65535\`
- Actual: \`returns 1\`
- \`llvm\`, which gets the same source, does what the reference interpreter says.

**Code in the module**

\`\`\`wasm
(func (;0;) (result i32)
  i32.const 1)
\`\`\`

**How it was found**

Random programs in an intermediate form are printed as source, compiled, and compared with an interpreter of that form. This one was then reduced; \`npx harness repro x.air --backend zig\` runs it again:

\`\`\`
${STORED.trimEnd()}
\`\`\`
`);
});

describe('other findings', () => {
  test('a crash has no calls and no code', () => {
    const detail = 'compiling the executable threw:\n  SIGSEGV\n  llvm: does the same as the reference';
    const text = toolIssueReport(issue(STORED, { kind: 'crash', detail, wat: null }));
    expect(text).toContain('# Zig 0.17.1: compiler crash with shl\\_sat');
    expect(text).toContain('compiling the executable threw:\n  SIGSEGV');
    expect(text).toContain(
      '`llvm` compiles the same source, and the program does what the reference interpreter says.',
    );
    expect(text).not.toMatch(/\*\*Run\*\*|\*\*Code/);
  });

  test('a witness that does not agree is not said to', () => {
    const detail = 'call 1 @f: result\n  reference: returns 65535\n  executable: returns 1\n  llvm: differs too';
    expect(toolIssueReport(issue(STORED, { detail }))).toContain('did not agree with the reference interpreter');
  });
});

test('the line for Node makes the calls, with arguments and imports', () => {
  const caseText = `;! case 1
extern fn @it's(i64) i64
export fn @f(i64, f32, bool) i64 {
  %0 = arg i64 0
  %1 = arg f32 1
  %2 = arg bool 2
  %3 = call @it's(%0)
  %4 = sub_wrap %0, %3
  ret %4
}
;! run @f(-5, 1.5, true)
;! run @f(7, -0.0, false)
`.replaceAll("it's", 'its');
  const given = issue(caseText);
  const line = /```sh\n(node -e [^]*?)\n```/.exec(toolIssueReport(given))![1]!;
  const folder = mkdtempSync(join(tmpdir(), 'issue-'));
  try {
    const built = compileExe(given.unit, DEFAULT_SETTINGS);
    if (!built.ok) throw new Error('it does not compile');
    writeFileSync(join(folder, 'a.wasm'), built.value);
    const out = execFileSync('/bin/sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
    expect(out).toBe('its -5n\n-5n\nits 7n\n7n\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
