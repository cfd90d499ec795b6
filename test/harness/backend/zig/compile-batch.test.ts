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
import { compileBatch } from '../../../../harness/backend/zig/compile-batch.ts';
import { runCompiler } from '../../../../harness/backend/process/run-compiler.ts';
import { makeScratchFolder } from '../../../../harness/backend/process/scratch.ts';
import { rmSync } from 'node:fs';

const COMPILER: Compiler = {
  command: [process.execPath, join(import.meta.dirname, 'fake-zig.mjs')],
  environment: {},
  limits: { processor: 1, clock: 60, memory: 2 ** 40 },
};

function program(number: number): Unit {
  const parsed = parseUnit(`export fn @f() u32 {\n  ret u32 ${number}\n}\n`);
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

  test('leaves no folder behind', async () => {
    const probe = makeScratchFolder();
    const parent = join(probe, '..');
    rmSync(probe, { recursive: true });
    await compileBatch([1, 66605].map(program), COMPILER);
    expect(readdirSync(parent).filter((name) => name.startsWith(`harness-compilers-${process.pid}-`))).toEqual([]);
  });
});

test('a compiler that takes more memory than it may ends by itself', async () => {
  const grow = 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done';
  const limits = { processor: 60, clock: 120, memory: 256 * 2 ** 20 };
  const end = await runCompiler(['/bin/sh', '-c', grow], '/', {}, limits);
  expect(['exited', 'signal']).toContain(end.kind);
  expect(end).not.toMatchObject({ code: 0 });
});
