/** The function table: who has a slot, where slots begin, and whose table it is. */
import { describe, expect, test } from '@jest/globals';
import { readObject } from '../../../../core/link/input/read-object.ts';
import type { HandObject } from '../hand-object.ts';
import { constantBody, F, handObject, I32, K, P5 } from '../hand-object.ts';
import { codes } from '../hand-program.ts';
import { link, moduleOf } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];

describe('the function table', () => {
  const taker: HandObject = {
    types: TYPES,
    funcs: [
      { type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 1, index: 1 }] },
      { type: 0, body: constantBody(7) },
    ],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name: 'main' },
      { kind: K.func, flags: F.local, index: 1, name: 'taken' },
    ],
  };

  test('begins where it is told, may grow, and may come from the host', () => {
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: 200 });
    const options = { tableBase: 100, growableTable: true };
    const exported = new WebAssembly.Instance(moduleOf([taker], { ...options, exportTable: true })).exports;
    expect((exported['main'] as () => number)()).toBe(100);
    const own = exported['__indirect_function_table'] as WebAssembly.Table;
    expect([own.length, (own.get(100) as () => number)(), own.grow(1)]).toEqual([101, 7, 101]);
    const module = moduleOf([taker], { ...options, importTable: true });
    new WebAssembly.Instance(module, { env: { __indirect_function_table: table } });
    expect((table.get(100) as () => number)()).toBe(7);
  });

  test('has a number of its own behind imported tables, unless an object of the old kind is there', () => {
    const other: HandObject = {
      types: TYPES,
      tableImports: [['their_table', [0, 0]]],
      funcs: [
        { type: 0, body: [0, 0x41, 0, 0x25, ...P5, 0x1a, 0x41, 1, 0x0b], relocs: [{ at: 4, type: 20, index: 1 }] },
      ],
      symbols: [
        { kind: K.func, flags: F.exported, index: 0, name: 'other' },
        { kind: K.table, flags: F.undef | F.explicit, index: 0, name: 'their_table' },
      ],
    };
    const legacy: HandObject = { ...taker, tableImports: [['__indirect_function_table', [0, 1]]] };
    const theirs = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
    const module = moduleOf([taker, other], { exportTable: true });
    const { exports } = new WebAssembly.Instance(module, { env: { their_table: theirs } });
    expect(((exports['__indirect_function_table'] as WebAssembly.Table).get(1) as () => number)()).toBe(7);
    expect(moduleOf([legacy], { exportTable: true })).toBeDefined();
    expect(codes(link([legacy, other]))).toEqual(['legacy_table_not_first']);
  });

  test('an object of the old kind that has more tables is refused', () => {
    const bytes = handObject({
      ...taker,
      tableImports: [
        ['__indirect_function_table', [0, 1]],
        ['x', [0, 1]],
      ],
    });
    expect(readObject(bytes, 'a.o').ok).toBe(false);
  });
});
