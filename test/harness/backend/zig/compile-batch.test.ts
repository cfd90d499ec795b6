/**
 * A batch of programs and a compiler that misbehaves: what one program brings about costs that program alone.
 *
 * The compiler is a fake; test/deep/outside/ has the real ones.
 */
import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Unit } from '../../../../core/index.ts';
import { parseUnit } from '../../../../core/index.ts';
import type { Compiler } from '../../../../harness/backend/zig/compile-batch.ts';
import { compileBatch, linkBatch } from '../../../../harness/backend/zig/compile-batch.ts';
import type { Answer, LinkFiles } from '../../../../harness/backend/door.ts';
import { runCompiler } from '../../../../harness/backend/process/run-compiler.ts';
import { makeScratchFolder } from '../../../../harness/backend/process/scratch.ts';
import { rmSync } from 'node:fs';

const COMPILER: Compiler = {
  command: [process.execPath, join(import.meta.dirname, 'fake-zig.mjs')],
  environment: {},
  limits: { processor: 1, clock: 60, memory: 2 ** 40 },
};

function program(what: number | string): Unit {
  const parsed = parseUnit(typeof what === 'string' ? what : `export fn @f() u32 {\n  ret u32 ${what}\n}\n`);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.unit;
}

function results(answers: readonly { readonly kind: string; readonly bytes?: Uint8Array }[]): (string | number)[] {
  return answers.map(({ kind, bytes }) => {
    if (bytes === undefined) return kind;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bytes)));
    expect(Object.keys(exports).sort()).toEqual(['f', 'memory']);
    return (exports['f'] as () => number)();
  });
}

describe('a batch', () => {
  test('gives each program a module with its functions under their names', async () => {
    const answers = await compileBatch([1, 2, 3].map(program), COMPILER);
    expect(results(answers)).toEqual([0, 1, 2]);
  });

  test.each([
    ['that does not end', 66601, { kind: 'crashed', message: 'it does not end' }],
    ['that is killed', 66602, { kind: 'unsupported', what: 'compiler ended from outside: SIGKILL' }],
    ['that breaks', 66603, { kind: 'crashed', message: 'SIGSEGV' }],
    ['that lacks something', 66604, { kind: 'unsupported', what: 'TODO: implement … for … of N bits' }],
    ['that refuses a program', 66605, { kind: 'refused', code: 'expected-type-found' }],
    ['that gets no memory', 66606, { kind: 'unsupported', what: 'memory limit' }],
  ])('of a compiler %s at one program loses that one', async (_, number, answer) => {
    const answers = await compileBatch([1, number, 3, 4].map(program), COMPILER);
    expect(answers[1]).toMatchObject(answer);
    expect(results(answers.toSpliced(1, 1))).toEqual([0, 2, 3]);
  });

  test.each([
    ['an object', 66607],
    ['the folder', 66609],
  ])('that loses %s of its own costs one program, and is nobody’s fault', async (_, number) => {
    const answers = await compileBatch([1, number, 3].map(program), COMPILER);
    expect(answers[1]).toEqual({ kind: 'unsupported', what: 'compiler ended from outside: its files were lost' });
    expect(results(answers.toSpliced(1, 1))).toEqual([0, 2]);
  });

  test('that loses an object once is compiled once more', async () => {
    const folder = makeScratchFolder();
    const environment = { FAKE_SEEN: join(folder, 'seen') };
    try {
      const answers = await compileBatch([1, 66608, 3].map(program), { ...COMPILER, environment });
      expect(results(answers)).toEqual([0, 1, 2]);
      expect(readdirSync(folder)).toEqual(['seen']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('does not wait again for a program whose integers are long, and does not accuse the compiler that does not end', async () => {
    const long = program(
      'fn @g(u65535) u65535 {\n  %0 = arg u65535 0\n  ret %0\n}\nexport fn @f() u32 {\n  ret u32 66601\n}\n',
    );
    const answers = await compileBatch([program(1), long, program(3)], COMPILER);
    expect(answers[1]).toMatchObject({ kind: 'unsupported', what: '1 s of work do not suffice for a large program' });
    expect(results(answers.toSpliced(1, 1))).toEqual([0, 2]);
  });

  test('leaves no folder behind', async () => {
    const probe = makeScratchFolder();
    const parent = join(probe, '..');
    rmSync(probe, { recursive: true });
    await compileBatch([1, 66605].map(program), COMPILER);
    expect(readdirSync(parent).filter((name) => name.startsWith(`harness-compilers-${process.pid}-`))).toEqual([]);
  });
});

describe('a batch of programs in two halves', () => {
  /** A program whose second half holds `number`. */
  function halved(number: number): Unit {
    const parsed = parseUnit(`export fn @f() u32 {
  %0 = call @g()
  ret %0
}
fn @g() u32 {
  ret u32 ${number}
}
`);
    if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
    return parsed.unit;
  }

  /** A linker that takes the object of the first halves for the module, and notes what it is given. */
  function linking(units: readonly Unit[], given: string[]): Promise<readonly (readonly Answer[])[]> {
    const linker: LinkFiles = (files) => {
      given.push([...files.keys()].join(' '));
      return { kind: 'built', bytes: files.get('programs.o')! };
    };
    return linkBatch(units, COMPILER, new Uint8Array(), [linker]);
  }

  test('is linked of both objects', async () => {
    const given: string[] = [];
    const [answers] = await linking([1, 2, 3].map(halved), given);
    expect(results(answers!)).toEqual([0, 1, 2]);
    expect(given).toEqual(['neighbour.o programs.o halves.o library.o']);
  });

  test('has no second object where nothing is cut', async () => {
    const given: string[] = [];
    const [answers] = await linking([1, 2].map(program), given);
    expect(results(answers!)).toEqual([0, 1]);
    expect(given).toEqual(['neighbour.o programs.o library.o']);
  });

  test.each([
    ['breaks', 66603, { kind: 'crashed', message: 'SIGSEGV' }],
    ['is refused', 66605, { kind: 'refused', code: 'expected-type-found' }],
  ])('whose second half %s loses that one', async (_, number, answer) => {
    const [answers] = await linking([halved(1), program(2), halved(number), halved(4)], []);
    expect(answers![2]).toMatchObject(answer);
    expect(results(answers!.toSpliced(2, 1))).toEqual([0, 1, 3]);
  });
});

test('a compiler that takes more memory than it may ends by itself', async () => {
  const grow = 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done';
  const limits = { processor: 60, clock: 120, memory: 256 * 2 ** 20 };
  const end = await runCompiler(['/bin/sh', '-c', grow], '/', {}, limits);
  expect(['exited', 'signal']).toContain(end.kind);
  expect(end).not.toMatchObject({ code: 0 });
});
