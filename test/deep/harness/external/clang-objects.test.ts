/**
 * The kept objects of clang are what clang makes of corpus/clang/.
 */
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLVM_ABSENT, loadLlvm } from '../../../../harness/external/llvm.ts';
import { CLANG_OBJECTS } from '../../../../harness/topology/clang-objects.ts';
import { compileStock } from '../../../../harness/topology/compile-stock.ts';

const llvm = await loadLlvm();
const folder = join(import.meta.dirname, '../../../../corpus/clang');

(llvm === null ? test.skip : test)(
  llvm === null ? LLVM_ABSENT : 'clang gives the same bytes again',
  () => {
    const sources = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    const objects = [...compileStock(llvm!, sources)];
    const kept = objects.map(([name]) => [name, CLANG_OBJECTS[name]]);
    expect(objects.map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])).toEqual(kept);
    expect(objects.map(([name]) => name).sort()).toEqual(Object.keys(CLANG_OBJECTS).sort());
  },
  60_000,
);
