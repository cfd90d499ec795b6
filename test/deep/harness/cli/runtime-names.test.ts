/** `harness link` has the runtime library of the compiler behind all inputs; who wants its names from the host, or no library at all, can have that. */
import { afterAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, ROOT } from '../../../harness/cli/run-harness.ts';
import { F, handObject, I32, K } from '../../../core/link/hand-object.ts';

const I64 = 0x7e;

const folder = makeFolder();
afterAll(() => folder.remove());

/** `_start` calls `__multi3`, which has the import module `module` if one is given. */
function asking(module?: string): Uint8Array {
  const call = [0, 0x41, 0, ...[1, 2, 3, 4].flatMap((n) => [0x42, n]), 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b];
  return handObject({
    types: [
      [[I32, I64, I64, I64, I64], []],
      [[], []],
    ],
    funcImports: [['__multi3', 0, ...(module === undefined ? [] : [module])] as [string, number, string?]],
    funcs: [{ type: 1, body: call, relocs: [{ at: call.indexOf(0x10) + 1, type: 0, index: 1 }] }],
    symbols: [
      { kind: K.func, flags: F.exported, index: 1, name: '_start' },
      module === undefined
        ? { kind: K.func, flags: F.undef, index: 0 }
        : { kind: K.func, flags: F.undef | F.explicit, index: 0, name: 'multiply' },
    ],
  });
}

/** Imports of the module that `bin` makes of the object in file `input`. */
function importsOf(bin: string, args: readonly string[], input: string): string[] {
  const run = spawnSync(process.execPath, [join(ROOT, 'bin', bin), ...args, input, '-o', 'out.wasm'], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  expect([run.status, run.stderr]).toEqual([0, '']);
  const module = new WebAssembly.Module(readFileSync(join(folder.path, 'out.wasm')));
  return WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
}

writeFileSync(join(folder.path, 'plain.o'), asking());
writeFileSync(join(folder.path, 'named.o'), asking('host'));

test.each([
  ['harness.mjs', ['link'], 'plain.o', []],
  ['harness.mjs', ['link', '--allow-undefined'], 'plain.o', []],
  ['harness.mjs', ['link', '--import-undefined'], 'plain.o', []],
  ['harness.mjs', ['link', '--allow-undefined', '--no-runtime'], 'plain.o', ['env.__multi3']],
  ['harness.mjs', ['link', '--allow-undefined'], 'named.o', ['host.__multi3']],
  ['wasm-ld.mjs', ['--allow-undefined'], 'plain.o', ['env.__multi3']],
])('%s %j of %s imports %j', (bin, args, input, imports) => {
  expect(importsOf(bin, args, input)).toEqual(imports);
});

test('docs/linker.md says so', () => {
  const page = readFileSync(join(ROOT, 'docs', 'linker.md'), 'utf8');
  expect(page).toMatch(/`__multi3`[^]{0,200}`--allow-undefined`[^]{0,250}`--no-runtime`/);
});
