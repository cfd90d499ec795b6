/** The shape of a module: imports and exports of every kind. */
import { describe, expect, test } from '@jest/globals';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, constantBody, F, I32, I64, K, P5 } from '../hand-object.ts';
import { codes } from '../hand-program.ts';
import { link, moduleOf, section } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];

/** One thing of each kind, all referred to by `main`. */
const everything: HandObject = {
  types: TYPES,
  funcImports: [['imported_f', 1]],
  globalImports: [['imported_g', I32, 0]],
  tableImports: [['imported_t', [0, 0]]],
  tagImports: [['imported_e', 1]],
  funcs: [
    {
      type: 0,
      body: [0, 0x10, ...P5, 0x41, 0, 0x25, ...P5, 0x1a, 0x23, ...P5, 0x23, ...P5, 0x6a, 0x0b],
      relocs: [
        { at: 2, type: 0, index: 1 },
        { at: 10, type: 20, index: 3 },
        { at: 17, type: 7, index: 2 },
        { at: 23, type: 7, index: 5 },
      ],
    },
  ],
  tables: [[0x70, 0, 3]],
  tags: [1],
  globals: [
    [I32, 0, 0x41, 5, 0x0b],
    [I64, 1, 0x42, 9, 0x0b],
  ],
  data: [{ name: '.data.d', bytes: [1, 2, 3, 4] }],
  features: ['+mutable-globals'],
  symbols: [
    { kind: K.func, flags: F.exported, index: 1, name: 'main' },
    { kind: K.func, flags: F.undef | F.explicit, index: 0, name: 'f' },
    { kind: K.global, flags: F.undef | F.explicit, index: 0, name: 'g' },
    { kind: K.table, flags: F.undef | F.explicit, index: 0, name: 't' },
    { kind: K.tag, flags: F.undef | F.explicit, index: 0, name: 'e' },
    { kind: K.global, flags: 0, index: 1, name: 'own_g' },
    { kind: K.global, flags: 0, index: 2, name: 'mutable_g' },
    { kind: K.table, flags: 0, index: 1, name: 'own_t' },
    { kind: K.tag, flags: F.hidden, index: 1, name: 'own_e' },
    { kind: K.data, flags: 0, index: 0, name: 'd', size: 2, offset: 1 },
  ],
};

describe('imports and exports', () => {
  const kinds = (list: readonly { name: string; kind: string }[]): string[] =>
    list.map(({ name, kind }) => `${kind} ${name}`);

  test('of every kind, when they are asked for', () => {
    const names = ['own_g', 'own_t', 'own_e', 'd', '__heap_base', '__stack_pointer'];
    const module = moduleOf([everything], { exports: names, exportTable: true, memoryName: 'mem' });
    expect(kinds(WebAssembly.Module.imports(module))).toEqual([
      'function imported_f',
      'table imported_t',
      'global imported_g',
    ]);
    expect(kinds(WebAssembly.Module.exports(module))).toEqual([
      'function main',
      'global own_g',
      'table own_t',
      'tag own_e',
      'global d',
      'global __heap_base',
      'global __stack_pointer',
      'table __indirect_function_table',
      'memory mem',
    ]);
  });

  test('what options make visible: all, all but hidden ones, those that exist', () => {
    const names = (options: Partial<LinkOptions>): string[] =>
      WebAssembly.Module.exports(moduleOf([everything], options)).map(({ name }) => name);
    expect(names({ exportDynamic: true })).toEqual([
      'main',
      'own_g',
      'mutable_g',
      'own_t',
      'd',
      '__stack_pointer',
      'memory',
    ]);
    expect(names({ exportAll: true })).toEqual([
      ...['main', 'own_g', 'mutable_g', 'own_t', 'own_e', 'd', '__wasm_call_ctors', '__heap_base', '__heap_end'],
      ...[
        '__data_end',
        '__global_base',
        '__dso_handle',
        '__stack_low',
        '__stack_high',
        '__memory_base',
        '__table_base',
      ],
      ...['__wasm_first_page_end', '__stack_pointer', 'memory'],
    ]);
    const taker: HandObject = {
      types: TYPES,
      funcs: [{ type: 0, body: constantBody(1) }],
      data: [{ name: '.data.p', bytes: [0, 0, 0, 0], relocs: [{ at: 0, type: 2, index: 0 }] }],
      symbols: [
        { kind: K.func, flags: F.hidden, index: 0, name: 'f' },
        { kind: K.data, flags: 0, index: 0, name: 'p', size: 4 },
      ],
    };
    const all = WebAssembly.Module.exports(moduleOf([taker], { exportAll: true }));
    expect(kinds(all)).toContain('table __indirect_function_table');
    expect(names({ exportIfDefined: ['nothing', 'd'], exportMemory: false })).toEqual(['main', 'd']);
  });

  test('a hidden definition stays inside, a hidden reference hides nothing', () => {
    const definition = (flags: number): HandObject => ({
      types: TYPES,
      funcs: [{ type: 0, body: constantBody(7) }],
      symbols: [{ kind: K.func, flags, index: 0, name: 'f' }],
    });
    const user: HandObject = {
      types: TYPES,
      funcImports: [['f', 0]],
      funcs: [{ type: 0, ...callsBody([0]) }],
      symbols: [
        { kind: K.func, flags: F.undef | F.hidden, index: 0 },
        { kind: K.func, flags: F.exported, index: 1, name: 'main' },
      ],
    };
    const names = (...objects: HandObject[]): string[] =>
      WebAssembly.Module.exports(moduleOf(objects, { exportDynamic: true })).map(({ name }) => name);
    expect(names(definition(0), user)).toEqual(['main', 'f', 'memory']);
    expect(names(user, definition(0))).toEqual(['main', 'f', 'memory']);
    expect(names(definition(F.hidden), user)).toEqual(['main', 'memory']);
    expect(names(definition(F.weak | F.hidden), definition(0), user)).toEqual(['main', 'f', 'memory']);
  });

  test('what must stay is imported although nothing uses it, unless nobody has it', () => {
    const kept: HandObject = {
      types: TYPES,
      funcImports: [['f', 0]],
      tableImports: [['__indirect_function_table', [0, 0]]],
      symbols: [
        { kind: K.func, flags: F.undef | F.explicit | F.noStrip, index: 0, name: 'f' },
        { kind: K.table, flags: F.undef | F.noStrip, index: 0 },
      ],
    };
    const imports = (object: HandObject, options: Partial<LinkOptions> = {}): string[] =>
      kinds(WebAssembly.Module.imports(moduleOf([object], options)));
    expect(imports(kept, { importTable: true })).toEqual(['function f', 'table __indirect_function_table']);
    expect(imports(kept)).toEqual(['function f']);
    const plain = kept.symbols!.map((symbol) => ({ kind: symbol.kind, flags: F.undef, index: 0 }));
    expect(imports({ ...kept, symbols: plain }, { importTable: true })).toEqual([]);
  });

  test('segments share an entry of the data section and its name, or keep their own', () => {
    const data: HandObject = {
      data: [
        { name: '.data.a', bytes: [1] },
        { name: '.data.b', bytes: [2] },
      ],
      symbols: [
        { kind: K.data, flags: F.exported, index: 0, name: 'a', size: 1 },
        { kind: K.data, flags: F.exported, index: 1, name: 'b', size: 1 },
      ],
    };
    const namesOfData = (options: Partial<LinkOptions>): string => {
      const [names] = section(moduleOf([data], options), 'name');
      return Buffer.from(names!).toString('latin1');
    };
    // Subsection 9: size, count, then index, length and name of each.
    expect(namesOfData({})).toContain('\t\x08\x01\0\x05.data');
    expect(namesOfData({ splitSegments: true })).toContain('\t\x13\x02\0\x07.data.a\x01\x07.data.b');
  });

  test('a mutable global leaves the module only with its feature', () => {
    const mutable = (features: string[]) => link([{ ...everything, features }], { exports: ['mutable_g'] });
    expect(codes(mutable(['+sign-ext']))).toEqual(['mutable_global_crosses']);
    expect(mutable(['+mutable-globals']).ok).toBe(true);
  });

  test('an undefined global, table or tag without an explicit import is an error when it is reached', () => {
    const symbols = everything.symbols!.map((symbol) => ({ ...symbol, flags: symbol.flags & ~F.explicit }));
    expect(codes(link([{ ...everything, symbols }]))).toEqual(Array(3).fill('undefined_symbol'));
  });
});
