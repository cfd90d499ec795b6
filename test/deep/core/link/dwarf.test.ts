/**
 * Debug information as LLVM reads it: llvm-symbolizer leads from code to statements, in executables, in objects that wasm-ld links,
 * and in modules of our linker; llvm-dwarfdump, where it is installed, finds nothing wrong with any of them.
 */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileExe, compileObject, linkObjects } from '../../../../core/pipeline/compile.ts';
import { ALL_PEEPHOLES } from '../../../../core/codegen/state/peepholes.ts';
import { DEFAULT_SETTINGS } from '../../../../core/pipeline/settings.ts';
import { Cursor, listSections } from '../../../../harness/wasm/cursor.ts';
import { generateCase } from '../../../../generators/index.ts';
import { expectOk, readUnit } from '../../../core/codegen/run-air.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';
import { describeLlvm } from '../../../harness/external/describe-llvm.ts';

const SETTINGS = { ...DEFAULT_SETTINGS, debugInfo: 'program.air' };

/** Constants of code are the lines that it comes from. */
const PROGRAM = readUnit(`
export fn @main(u32) u32 {
  %0 = arg u32 0
  dbg_stmt 1001 3
  %2 = add_wrap %0, u32 1001
  dbg_stmt 1002 7
  %4 = call @helper(%2)
  dbg_stmt 1003 1
  %6 = xor %4, u32 1003
  ret %6
}

fn @helper(u32) u32 {
  %0 = arg u32 0
  dbg_stmt 2001 1
  %2 = xor %0, u32 2001
  dbg_stmt 2002 1
  %4 = mul_wrap %2, u32 2002
  ret %4
}
`);
const OBJECT = expectOk(compileObject(PROGRAM, SETTINGS));

/** Places in the code section of the constants that are lines. */
function constantsOf(bytes: Uint8Array): readonly (readonly [line: number, address: number])[] {
  const { from, to } = listSections(bytes).find(({ id }) => id === 10)!;
  const found: (readonly [number, number])[] = [];
  for (let at = from; at < to; at++) {
    const value = bytes[at] === 0x41 ? Number(new Cursor(bytes, at + 1, to).signed()) : 0;
    if ([1001, 1003, 2001, 2002].includes(value)) found.push([value, at - from]);
  }
  return found;
}

await describeLlvm('llvm-symbolizer', (llvm) => {
  const linked = (): Uint8Array => {
    const files = { 'a.o': OBJECT };
    return llvm.linkModule(['--no-entry', '--export=main', 'a.o'], files).module!;
  };
  test.each([
    ['an executable', () => expectOk(compileExe(PROGRAM, SETTINGS))],
    ['a module of our linker', () => expectOk(linkObjects([{ name: 'a.o', bytes: OBJECT }], SETTINGS))],
    ['a module of wasm-ld', linked],
  ])('leads from code of %s to its statement', (_name, make) => {
    const bytes = make();
    const constants = constantsOf(bytes);
    expect(constants.map(([line]) => line).sort()).toEqual([1001, 1003, 2001, 2002]);
    for (const [line, address] of constants) {
      const args = ['--obj=m.wasm', '--output-style=GNU', `0x${address.toString(16)}`];
      const { stdout } = llvm.run('symbolizer', args, { 'm.wasm': bytes });
      const name = line < 2000 ? 'main' : 'helper';
      expect(stdout).toMatch(new RegExp(`^${name}\\n.*program\\.air:${line}(?::\\d+)?\\n`));
    }
  });
});

/** The first of the names under which llvm-dwarfdump is installed; null: it is not. */
const DUMPER = ['llvm-dwarfdump', 'llvm-dwarfdump-19', 'llvm-dwarfdump-20'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

/** The first of the names under which wasm-ld is installed; absent: it is not. */
const LINKER = ['wasm-ld', 'wasm-ld-19', 'wasm-ld-20'].find((name) => spawnSync(name, ['--version']).status === 0);

describe('llvm-dwarfdump --verify', () => {
  if (DUMPER === undefined) {
    test.skip('llvm-dwarfdump is not installed', () => undefined);
    return;
  }
  test('finds nothing wrong with executables and objects of programs', () => {
    const folder = makeFolder();
    try {
      const files: string[] = [];
      const write = (name: string, bytes: Uint8Array): void => {
        files.push(join(folder.path, name));
        writeFileSync(files.at(-1)!, bytes);
      };
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const { unit } = generateCase(seed, 'debug');
        for (const [kind, peepholes] of [
          ['', {}],
          ['-small', ALL_PEEPHOLES],
        ] as const) {
          const settings = { ...SETTINGS, ...peepholes };
          const object = expectOk(compileObject(unit, settings));
          write(`${seed}${kind}.wasm`, expectOk(compileExe(unit, settings)));
          write(`${seed}${kind}.o`, object);
          write(`${seed}${kind}-linked.wasm`, expectOk(linkObjects([{ name: 'a.o', bytes: object }], settings)));
          if (LINKER === undefined) continue;
          const module = join(folder.path, `${seed}${kind}-lld.wasm`);
          const args = ['--no-entry', '--export-all', '--allow-undefined', '-o', module];
          expect(spawnSync(LINKER, [...args, files.at(-2)!], { encoding: 'utf8' })).toMatchObject({ status: 0 });
          files.push(module);
        }
      }
      for (const file of files) {
        const { status, stdout } = spawnSync(DUMPER, ['--verify', file], { encoding: 'utf8' });
        expect([file, status, stdout.trim().split('\n').at(-1)]).toEqual([file, 0, 'No errors.']);
      }
    } finally {
      folder.remove();
    }
  });
});
