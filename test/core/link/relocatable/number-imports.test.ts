/** Imports of relocatable output: the function table, then globals, then everything else in the order of symbols. */
import { expect, test } from '@jest/globals';
import { joinObjects } from '../../../../core/link/linker.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, F, handObject, I32, K, P5 } from '../hand-object.ts';
import { expectObject } from '../hand-program.ts';

const first: HandObject = {
  types: [[[], []]],
  funcImports: [['one', 0]],
  funcs: [{ type: 0, ...callsBody([0]) }],
  symbols: [
    { kind: K.func, flags: F.undef, index: 0 },
    { kind: K.func, flags: F.exported, index: 1, name: 'first' },
  ],
};
const second: HandObject = {
  types: [[[], []]],
  funcImports: [['two', 0]],
  globalImports: [['__stack_pointer', I32, 1]],
  tableImports: [['__indirect_function_table', [0, 0]]],
  funcs: [{ type: 0, body: [0, 0x23, ...P5, 0x1a, 0x0b], relocs: [{ at: 2, type: 7, index: 1 }] }],
  symbols: [
    { kind: K.func, flags: F.undef, index: 0 },
    { kind: K.global, flags: F.undef, index: 0 },
    { kind: K.table, flags: F.undef, index: 0 },
    { kind: K.func, flags: F.exported, index: 1, name: 'second' },
  ],
};

test('imports are in the order of the file header, whichever object needs them', () => {
  const inputs = [first, second].map((object, i) => ({ name: `${i}.o`, bytes: handObject(object) }));
  const bytes = expectObject(joinObjects(inputs));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  expect(imports.map(({ name }) => name)).toEqual([
    '__linear_memory',
    '__indirect_function_table',
    '__stack_pointer',
    'one',
    'two',
  ]);
});
