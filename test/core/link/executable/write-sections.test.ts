/** The shape of the output: imports and exports of every kind, tables, tags, strings, custom sections, ids, stripping. */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, I64, K, P5, sectionOfCustom } from '../hand-object.ts';
import {
  codes,
  executable,
  expectLinked,
  run,
  SAMPLE,
  observeSample,
  SAMPLE_OUTCOME,
  linkerFor,
  namesOf,
} from '../hand-program.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];
const input = (name: string, object: HandObject) => ({ name, bytes: handObject(object) });
const link = (objects: readonly HandObject[], options: Partial<LinkOptions> = {}) =>
  linkObjects(
    objects.map((object, i) => input(`${i}.o`, object)),
    options,
  );
const moduleOf = (objects: readonly HandObject[], options: Partial<LinkOptions> = {}): WebAssembly.Module =>
  new WebAssembly.Module(expectLinked(link(objects, options)).bytes);
const section = (module: WebAssembly.Module, name: string): Uint8Array[] =>
  WebAssembly.Module.customSections(module, name).map((buffer) => new Uint8Array(buffer));

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

describe('position-independent code', () => {
  test('finds addresses in globals', () => {
    const object: HandObject = {
      types: TYPES,
      globalImports: [
        ['d', I32, 1],
        ['f', I32, 1],
        ['__memory_base', I32, 0],
      ],
      funcs: [
        {
          type: 0,
          body: [0, 0x23, ...P5, 0x28, 2, 0, 0x23, ...P5, 0x41, ...P5, 0x6a, 0x28, 2, 0, 0x6a, 0x23, ...P5, 0x6a, 0x0b],
          relocs: [
            { at: 2, type: 7, index: 1 },
            { at: 11, type: 7, index: 3 },
            { at: 17, type: 11, index: 1 },
            { at: 28, type: 7, index: 2 },
          ],
        },
        { type: 0, body: constantBody(1) },
      ],
      data: [{ name: '.data.d', bytes: [50, 0, 0, 0], align: 2 }],
      symbols: [
        { kind: K.func, flags: F.exported, index: 0, name: 'main' },
        { kind: K.data, flags: F.local, index: 0, name: 'd', size: 4 },
        { kind: K.func, flags: F.local, index: 1, name: 'f' },
        { kind: K.global, flags: F.undef, index: 2 },
      ],
    };
    // Twice the datum, plus the slot of f, which is 1.
    expect(run(expectLinked(link([object])).bytes).call('main')).toBe(101);
  });
});

describe('strings', () => {
  const text = (value: string): number[] => [...new TextEncoder().encode(`${value}\0`)];
  const user = (name: string, bytes: readonly number[], offset: number): HandObject => ({
    types: TYPES,
    funcs: [{ type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 4, index: 1, addend: 1 }] }],
    data: [{ name: `.rodata.${name}`, bytes, flags: 1 }],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name },
      { kind: K.data, flags: F.local, index: 0, name: `.L.${name}`, offset, size: 1 },
    ],
  });
  const objects = [
    user('a', [...text('one'), ...text('same')], 4),
    user('b', [...text('same'), ...text('two')], 0),
    user('c', text('ame'), 0),
    user('d', text('same'), 2),
  ];

  test('that are equal are stored once, an offset into one stays in it, ends are not shared', () => {
    for (const mergeStrings of [true, false]) {
      const { bytes } = expectLinked(link(objects, { mergeStrings }));
      const program = run(bytes);
      const read = (name: string): string => {
        const memory = new Uint8Array(program.memory.buffer);
        const at = program.call(name) as number;
        return new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)));
      };
      expect(['a', 'b', 'c', 'd'].map(read)).toEqual(['ame', 'ame', 'me', 'e']);
      const copies = Buffer.from(bytes).toString('latin1').split('same\0').length - 1;
      expect(copies).toBe(mergeStrings ? 1 : 3);
      if (mergeStrings) expect(program.call('a')).toBe(program.call('b'));
    }
  });

  test('without an end, with an alignment, or with relocations stay as they are', () => {
    const odd = [
      user('a', [65, 65], 0),
      { ...user('b', text('x'), 0), data: [{ name: '.rodata.b', bytes: text('x'), flags: 1, align: 2 }] },
    ];
    expect(Buffer.from(expectLinked(link(odd)).bytes).toString('latin1')).toContain('AA');
  });
});

describe('custom sections', () => {
  const debug = (name: string, dead: boolean): HandObject => {
    const customs = [
      { name: '.debug_str', bytes: [...new TextEncoder().encode('shared\0own_'), name.charCodeAt(0), 0] },
      {
        name: '.debug_info',
        bytes: Array<number>(16).fill(0x11),
        relocs: [
          { at: 0, type: 8, index: 0, addend: 1 },
          { at: 4, type: 9, index: 1, addend: 7 },
          { at: 8, type: 5, index: 2, addend: 2 },
        ],
      },
      { name: '.debug_ranges', bytes: Array<number>(4).fill(0x11), relocs: [{ at: 0, type: 8, index: 0, addend: 3 }] },
      {
        name: 'note',
        bytes: Array<number>(8).fill(0x11),
        relocs: [
          { at: 0, type: 8, index: 0, addend: 3 },
          { at: 4, type: 13, index: 3 },
        ],
      },
    ];
    const object: HandObject = {
      types: TYPES,
      funcs: [{ type: 0, body: constantBody(1) }],
      data: [{ name: `.data.${name}`, bytes: [1, 2, 3, 4] }],
      globals: [[I32, 0, 0x41, 1, 0x0b]],
      customs,
      symbols: [],
    };
    const section = { kind: K.section, flags: F.local, index: sectionOfCustom(object, 0) };
    return {
      ...object,
      symbols: [
        { kind: K.func, flags: dead ? F.local : F.exported, index: 0, name },
        section,
        { kind: K.data, flags: dead ? F.local : F.exported, index: 0, name: `${name}_d`, size: 4 },
        { kind: K.global, flags: F.local, index: 0, name: `${name}_g` },
      ],
    };
  };
  const words = (bytes: Uint8Array): number[] => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(i * 4, true));
  };

  test('are joined by name and relocated; what is gone becomes a tombstone', () => {
    const linked = expectLinked(link([debug('x', false), debug('y', true)]));
    const module = new WebAssembly.Module(linked.bytes);
    const address = linked.map.datum('x_d')!.address;
    expect(new TextDecoder().decode(section(module, '.debug_str')[0])).toBe('shared\0own_x\0own_y\0');
    // The body of x is the first: count, size, then the body at 2.
    expect(words(section(module, '.debug_info')[0]!)).toEqual([
      3,
      7,
      address + 2,
      0x1111_1111,
      -1,
      13,
      -1,
      0x1111_1111,
    ]);
    expect(words(section(module, '.debug_ranges')[0]!)).toEqual([5, -2]);
    expect(words(section(module, 'note')[0]!)).toEqual([5, 0, 3, 0]);
  });

  test('of debugging go with stripping, others stay', () => {
    for (const options of [{ strip: true }, { stripDebug: true }]) {
      const module = moduleOf([debug('x', false)], options);
      expect(section(module, '.debug_info')).toEqual([]);
      expect(section(module, 'note')).toHaveLength(1);
      expect(section(module, 'name')).toHaveLength('strip' in options ? 0 : 1);
    }
  });

  test('of objects of which nothing is reached are left out', () => {
    const lazy = { ...input('lazy.o', debug('x', false)), lazy: true };
    const { bytes } = expectLinked(linkObjects([input('a.o', { types: TYPES }), lazy]));
    expect(section(new WebAssembly.Module(bytes), 'note')).toEqual([]);
  });

  test('producers and features are the union of the inputs', () => {
    const a: HandObject = {
      producers: [
        ['language', 'C11', ''],
        ['processed-by', 'clang', '1'],
      ],
      features: ['+b', '+a'],
    };
    const b: HandObject = {
      producers: [
        ['processed-by', 'clang', '2'],
        ['processed-by', 'rustc', '3'],
      ],
      features: ['=c'],
    };
    const module = moduleOf([a, b]);
    const flat = (name: string): string => new TextDecoder().decode(section(module, name)[0]);
    expect(flat('producers')).toMatch(/^.*language.*C11.*processed-by.*clang.*1.*rustc.*3/s);
    expect(flat('producers').split('clang')).toHaveLength(2);
    expect(flat('target_features')).toBe('\u0003+\u0001a+\u0001b+\u0001c');
    expect(section(moduleOf([a, b], { strip: true, keepSections: ['producers'] }), 'producers')).toHaveLength(1);
    expect(flat('target_features').length).toBeLessThan(20);
  });

  test('features that exclude each other, or are not in the list, are errors unless nobody checks', () => {
    const objects: HandObject[] = [{ features: ['+simd128'] }, { features: ['-simd128'] }];
    expect(codes(link(objects))).toEqual(['feature_disallowed']);
    expect(codes(link(objects.slice(0, 1), { features: ['atomics'] }))).toEqual(['feature_not_allowed']);
    expect(link(objects, { checkFeatures: false }).ok).toBe(true);
    expect(link(objects.slice(0, 1), { features: ['atomics', 'simd128'] }).ok).toBe(true);
  });
});

describe('build ids', () => {
  const id = (options: Partial<LinkOptions>): Uint8Array => {
    const found = section(new WebAssembly.Module(executable(SAMPLE, options)), 'build_id');
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  test('are a hash of the module with zeros in their place, or the bytes that were given', () => {
    const bytes = executable(SAMPLE, { buildId: { kind: 'sha1' } });
    const blank = bytes.slice();
    blank.fill(0, blank.length - 20);
    expect(Buffer.from(bytes.subarray(-20)).toString('hex')).toBe(createHash('sha1').update(blank).digest('hex'));
    expect(id({ buildId: { kind: 'sha1' } })).toEqual(Uint8Array.of(20, ...bytes.subarray(-20)));
    expect(id({ buildId: { kind: 'fast' } })[0]).toBe(16);
    expect(id({ buildId: { kind: 'fast' } })).toEqual(id({ buildId: { kind: 'fast' } }));
    expect(id({ buildId: { kind: 'fast' } })).not.toEqual(id({ buildId: { kind: 'fast' }, stackSize: 1024 }));
    expect(id({ buildId: { kind: 'bytes', bytes: Uint8Array.of(1, 2) } })).toEqual(Uint8Array.of(2, 1, 2));
  });
});

describe('relocated code', () => {
  test('is not compressed where a relocation covers no padded number', () => {
    // The field has the length of a number and its value, so that the bytes behind it mean what they mean without compression.
    const body = [0, 0x10, 0, 1, 1, 1, 1, 0x0b];
    const object = handObject({
      types: [[[], []]],
      funcs: [{ type: 0, body, relocs: [{ at: 2, type: 0, index: 0 }] }],
      symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'f' }],
    });
    const bodyOf = (options: Partial<LinkOptions>): number[] => {
      const { bytes } = expectLinked(linkObjects([{ name: 'a.o', bytes: object }], { strip: true, ...options }));
      const at = Buffer.from(bytes).lastIndexOf(Buffer.from([0, 0x10]));
      return [...bytes.subarray(at, at + body.length)];
    };
    expect(bodyOf({ compressRelocations: true })).toEqual([0, 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b]);
    expect(bodyOf({ compressRelocations: true })).toEqual(bodyOf({}));
  });

  test('may be compressed, which changes its length and nothing else', () => {
    const object = linkerFor(SAMPLE, namesOf(SAMPLE.text)).flushObject();
    if (!object.ok) throw new Error(object.error.text());
    const inputs = [{ name: 'a.o', bytes: object.bytes }];
    const plain = expectLinked(linkObjects(inputs, { strip: true })).bytes;
    const small = expectLinked(linkObjects(inputs, { strip: true, compressRelocations: true })).bytes;
    expect(small.length).toBeLessThan(plain.length);
    expect(observeSample(small)).toEqual(SAMPLE_OUTCOME);
    expect(codes(linkObjects(inputs, { compressRelocations: true }))).toEqual(['compress_needs_strip']);
  });

  test('keeps its relocations when they are asked for: applying them again changes nothing', () => {
    const linker = linkerFor(SAMPLE, namesOf(SAMPLE.text));
    const { bytes } = expectLinked(linker.flushExecutable({ emitRelocs: true }));
    expect(observeSample(bytes)).toEqual(SAMPLE_OUTCOME);
    const module = new WebAssembly.Module(bytes);
    expect(['linking', 'reloc.CODE', 'reloc.DATA'].map((name) => section(module, name).length)).toEqual([1, 1, 1]);
    expect(codes(linker.flushExecutable({ emitRelocs: true, compressRelocations: true, strip: true }))).toEqual([
      'options_conflict',
    ]);
    expect(codes(linker.flushExecutable({ fixedMemory: true, maxMemory: 1 << 20 }))).toEqual(['options_conflict']);
  });
});

describe('steps', () => {
  test('are told in order', () => {
    const steps: string[] = [];
    executable(SAMPLE, { onStep: (step) => steps.push(step) });
    expect(steps).toEqual(['resolve symbols', 'number symbols', 'mark live', 'lay out', 'assign indexes', 'write']);
  });
});
