/**
 * Registers one test per program of test/programs: compile with clang, link with the linker under test, run, compare.
 *
 * The linker is a parameter, so that the same programs judge wasm-ld (which wrote the expectations) and any other linker.
 * With BLESS=1 in the environment the expected output is written instead of compared; read the difference before committing it.
 */
import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Linker, NamedBytes } from '../../../harness/external/c-program.ts';
import { commandInputs, compileProgram } from '../../../harness/external/c-program.ts';
import type { Llvm } from '../../../harness/external/llvm.ts';
import { runWasi } from '../../../harness/external/run-wasi.ts';
import type { TestProgram } from './programs.ts';
import { expectedPath, testPrograms } from './programs.ts';
import type { Compared } from '../../harness/external/describe-llvm.ts';
import { describeLlvm } from '../../harness/external/describe-llvm.ts';

const objects = new Map<string, NamedBytes[]>();

/** Objects of a program, compiled once for all linkers of a test file. */
function objectsOf(llvm: Llvm, program: TestProgram): NamedBytes[] {
  let found = objects.get(program.name);
  if (found === undefined) {
    found = compileProgram(llvm, program);
    objects.set(program.name, found);
  }
  return found;
}

/** Gives what the caller asserts to have run. `args` go to the linker with each program. */
export async function describePrograms(
  what: string,
  makeLinker: (llvm: Llvm) => Linker,
  args: readonly string[] = [],
): Promise<Compared> {
  const compared: Compared = { planned: [], done: [] };
  await describeLlvm(`programs linked by ${what}`, (llvm) => {
    const linker = makeLinker(llvm);
    compared.planned.push(...testPrograms().map(({ name }) => name));
    test.each(testPrograms())('$name', (program) => {
      const link = linker(commandInputs(llvm, program.language, objectsOf(llvm, program)), args);
      expect(link).toMatchObject({ exitCode: 0, stderr: '' });
      const run = runWasi(link.module!);
      expect(run.end).toEqual({ kind: 'exit', code: program.exitCode });
      const path = expectedPath(program.name);
      if (process.env['BLESS'] === '1') writeFileSync(path, run.stdout);
      expect(run.stdout).toBe(readFileSync(path, 'utf8'));
      compared.done.push(program.name);
    });
  });
  return compared;
}
