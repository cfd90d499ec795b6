/** Relocatable output: linking a combination means what linking its parts means. */
import { describe, expect, test } from '@jest/globals';
import { joinObjects, linkObjects } from '../../../../core/link/linker.ts';
import type { LinkInput } from '../../../../core/link/linker.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import type { ParsedObject } from '../../../../core/link/input/object-file.ts';
import { TOOL } from '../../../../core/support/tool.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, constantBody, F, I32, K, P5, sectionOfCustom } from '../hand-object.ts';
import {
  codes,
  expectLinked,
  expectObject,
  inputs,
  linkerFor,
  namesOf,
  objects,
  observeSample,
  run,
  SAMPLE,
  SAMPLE_OUTCOME,
} from '../hand-program.ts';
import { input } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];
function joined(parts: readonly LinkInput[]): Uint8Array {
  const bytes = expectObject(joinObjects(parts));
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
  return bytes;
}

function parsed(bytes: Uint8Array): ParsedObject {
  const result = readObject(bytes, 'joined.o');
  if (!result.ok) throw new Error(result.error.text());
  return result.value;
}

function warnings(result: ReturnType<typeof joinObjects> | ReturnType<typeof linkObjects>): string[] {
  if (!result.ok) throw new Error(result.error.text());
  return result.warnings.sorted().map(({ code }) => code);
}

const outcome = (bytes: Uint8Array): unknown =>
  observeSample(expectLinked(linkObjects([{ name: 'j.o', bytes }])).bytes);

describe('a combination', () => {
  const parts = inputs(objects(SAMPLE, 4, (nav) => nav % 4));

  test('of all parts of a program behaves as the program', () => {
    expect(outcome(joined(parts))).toEqual(SAMPLE_OUTCOME);
  });

  test('of combinations does too, and of one combination is that combination', () => {
    const left = { name: 'l.o', bytes: joined(parts.slice(0, 2)) };
    const right = { name: 'r.o', bytes: joined(parts.slice(2)) };
    expect(outcome(joined([left, right]))).toEqual(SAMPLE_OUTCOME);
    expect(outcome(joined([right, left]))).toEqual(SAMPLE_OUTCOME);
    expect(joined([left])).toEqual(left.bytes);
  });

  test('of a unit and objects behaves as all of them', () => {
    const names = namesOf(SAMPLE.text);
    const linker = linkerFor(SAMPLE, names, (nav) => nav % 2 === 0);
    for (const bytes of objects(SAMPLE, 2, (nav) => nav % 2).slice(1)) linker.addObject(parsed(bytes));
    const combined = expectObject(linker.flushObject({ binding: 'hidden-global' }));
    expect(outcome(combined)).toEqual(SAMPLE_OUTCOME);
    expect(expectObject(linker.flushObject({ binding: 'hidden-global' }))).toEqual(combined);
  });

  test('reports what linking would report', () => {
    expect(codes(joinObjects([parts[0]!, parts[0]!]))).toContain('duplicate_symbol');
    expect(codes(joinObjects([{ name: 'bad.o', bytes: new Uint8Array(3) }]))).toEqual(['object_malformed']);
  });
});

describe('everything an object can say survives', () => {
  const rich = (name: string, value: number): HandObject => {
    const object: HandObject = {
      memory: 3,
      types: TYPES,
      funcImports: [['host', 1, 'mod']],
      globalImports: [['__tls_base', I32, 1]],
      tableImports: [['__indirect_function_table', [0, 0]]],
      tagImports: [['tag', 1]],
      funcs: [
        { type: 0, body: constantBody(value) },
        { type: 1, ...callsBody([0]) },
        {
          type: 0,
          body: [0, 0x23, ...P5, 0x1a, 0x41, ...P5, 0x0b],
          relocs: [
            { at: 2, type: 7, index: 6 },
            { at: 9, type: 21, index: 4 },
          ],
        },
      ],
      globals: [[I32, 0, 0x23, 0, 0x0b]],
      data: [
        { name: `.tdata.${name}`, bytes: [0, 0, 0, 0, value, 0, 0, 0], align: 3, flags: 2 },
        { name: '.rodata.str', bytes: [65, 0], flags: 1 | 4 },
        { name: '.data.group', bytes: [value, 0, 0, 0], relocs: [{ at: 0, type: 2, index: 2 }] },
      ],
      customs: [
        {
          name: '.debug_x',
          bytes: Array<number>(8).fill(0),
          relocs: [
            { at: 0, type: 9, index: 8, addend: 2 },
            { at: 4, type: 8, index: 2, addend: 0 },
          ],
        },
      ],
      symbols: [],
      initFuncs: [[7, 3]],
      comdats: [
        [
          'group',
          [
            [1, 1],
            [0, 2],
          ],
        ],
      ],
      features: ['+atomics', '+bulk-memory', '-simd128'],
      producers: [['language', 'C', '1']],
    };
    return {
      ...object,
      symbols: [
        { kind: K.func, flags: F.undef | F.explicit, index: 0, name: 'renamed' },
        { kind: K.func, flags: F.weak | F.hidden, index: 1, name: 'inline_f' },
        { kind: K.func, flags: F.local | F.noStrip, index: 1, name: `alias_${name}` },
        { kind: K.func, flags: F.local, index: 2, name: 'init' },
        { kind: K.data, flags: F.local | F.tls, index: 0, name: 't', offset: 4, size: 4 },
        { kind: K.data, flags: F.abs | F.local, index: 0, name: 'abs', offset: 77 },
        { kind: K.global, flags: F.undef, index: 0 },
        { kind: K.func, flags: F.exported, index: 3, name },
        { kind: K.section, flags: F.local, index: sectionOfCustom(object, 0) },
        { kind: K.data, flags: F.weak, index: 2, name: 'group_d', size: 4 },
        { kind: K.tag, flags: F.undef, index: 0 },
        { kind: K.table, flags: F.undef | F.noStrip, index: 0 },
      ],
    };
  };
  const object = parsed(joined([input('a.o', rich('a', 1)), input('b.o', rich('b', 2))]));
  const flags = (name: string): number => object.symbols.find((symbol) => symbol.name === name)!.flags;

  test('flags of symbols and segments, imports, groups, constructors', () => {
    expect(flags('renamed')).toBe(F.undef | F.explicit);
    expect(flags('inline_f')).toBe(F.weak | F.hidden);
    expect(flags('alias_a')).toBe(F.local | F.noStrip);
    expect(flags('t')).toBe(F.local | F.tls);
    expect(flags('abs')).toBe(F.local | F.abs);
    expect(object.symbols.find(({ name }) => name === 'abs')!.offset).toBe(77);
    expect([flags('a'), flags('b')]).toEqual([F.exported, F.exported]);
    expect(object.funcImports).toEqual([{ module: 'mod', field: 'host', type: expect.any(Number) }]);
    expect(object.tagImports).toHaveLength(1);
    expect(object.segments.map((segment) => [segment.name, segment.flags, segment.alignLog2])).toEqual([
      ['.tdata.a', 2, 3],
      ['.rodata.str', 5, 0],
      ['.data.group', 0, 0],
      ['.tdata.b', 2, 3],
      ['.rodata.str', 5, 0],
    ]);
    expect(object.comdats).toEqual([
      {
        name: 'group',
        members: [
          { kind: 1, index: expect.any(Number) },
          { kind: 0, index: 2 },
        ],
      },
    ]);
    expect(object.initFuncs.map(({ priority }) => priority)).toEqual([7, 7]);
    expect(object.features).toEqual(['+atomics', '+bulk-memory', '-simd128']);
    expect(object.producers).toEqual([
      { field: 'language', values: [{ name: 'C', version: '1' }] },
      { field: 'processed-by', values: [TOOL] },
    ]);
    expect(object.memory).toEqual({ is64: false, shared: true, pageSize: null });
  });

  test('offsets into custom sections move with them', () => {
    const [custom] = object.customs;
    expect(custom!.name).toBe('.debug_x');
    const addends = Array.from(custom!.relocs.type, (type, r) => [type, custom!.relocs.addend[r]]);
    // The alias of the second object is of a body that its group leaves out: its word is a tombstone.
    expect(addends).toEqual([
      [9, 2],
      [8, 0],
      [9, 10],
    ]);
    const view = new DataView(object.bytes.buffer, object.bytes.byteOffset + custom!.start);
    expect(view.getInt32(12, true)).toBe(-1);
  });
});

describe('names', () => {
  test('that nobody defines stay undefined, weak only if all mentions are', () => {
    const user = (main: string, flags: number): HandObject => ({
      types: TYPES,
      funcImports: [['f', 0]],
      funcs: [{ type: 0, ...callsBody([0]) }],
      symbols: [
        { kind: K.func, flags: F.undef | flags, index: 0 },
        { kind: K.func, flags: F.exported, index: 1, name: main },
      ],
    });
    const weak = input('w.o', user('w', F.weak));
    const flagsOf = (parts: readonly LinkInput[]): number =>
      parsed(joined(parts)).symbols.find(({ name }) => name === 'f')!.flags;
    expect(flagsOf([weak])).toBe(F.undef | F.weak);
    expect(flagsOf([weak, input('s.o', user('s', 0))])).toBe(F.undef);
  });

  test('with another signature than the definition trap in a function of their own', () => {
    const definition: HandObject = {
      types: TYPES,
      funcs: [{ type: 0, body: constantBody(3) }],
      symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'f' }],
    };
    const wrong: HandObject = {
      types: TYPES,
      funcImports: [['f', 1]],
      funcs: [{ type: 1, ...callsBody([0]) }],
      symbols: [
        { kind: K.func, flags: F.undef, index: 0 },
        { kind: K.func, flags: F.exported, index: 1, name: 'main' },
      ],
    };
    for (const inputs of [
      [input('a.o', definition), input('b.o', wrong)],
      [input('b.o', wrong), input('a.o', definition)],
    ]) {
      const result = joinObjects(inputs);
      expect(warnings(result)).toEqual(['signature_mismatch']);
      const bytes = expectObject(result);
      const names = parsed(bytes).symbols.map(({ name, flags }) => `${name} ${flags}`);
      expect(names.sort()).toEqual([`f ${F.exported}`, `main ${F.exported}`, `signature_mismatch:f ${F.local}`]);
      const linked = expectLinked(linkObjects([{ name: 'j.o', bytes }]));
      expect(warnings(linked)).toEqual([]);
      expect(run(linked.bytes).call('f')).toBe(3);
      expect(() => run(linked.bytes).call('main')).toThrow(WebAssembly.RuntimeError);
    }
    // An import has one signature only, and nobody can say which.
    const other: HandObject = { ...wrong, funcImports: [['f', 0]], symbols: [wrong.symbols![0]!] };
    expect(codes(joinObjects([input('b.o', wrong), input('c.o', other)]))).toEqual(['signature_mismatch']);
    // An address has no signature.
    const taker: HandObject = {
      types: TYPES,
      funcImports: [['f', 1]],
      data: [{ name: '.data.p', bytes: [0, 0, 0, 0], relocs: [{ at: 0, type: 2, index: 0 }] }],
      symbols: [
        { kind: K.func, flags: F.undef, index: 0 },
        { kind: K.data, flags: 0, index: 0, name: 'p', size: 4 },
      ],
    };
    const taken = joinObjects([input('a.o', definition), input('t.o', taker)]);
    expect(warnings(taken)).toEqual([]);
    expect(
      parsed(expectObject(taken))
        .symbols.map(({ name }) => name)
        .sort(),
    ).toEqual(['f', 'p']);
  });

  test('that an initialiser needs and no symbol has are an error, not index 0', () => {
    const object = (hasSymbol: boolean): HandObject => ({
      types: TYPES,
      globalImports: [['g', I32, 0]],
      globals: [[I32, 0, 0x23, 0, 0x0b]],
      symbols: [
        { kind: K.global, flags: F.exported, index: 1, name: 'copy' },
        ...(hasSymbol ? [{ kind: K.global, flags: F.undef, index: 0 }] : []),
      ],
    });
    expect(joinObjects([input('a.o', object(true))]).ok).toBe(true);
    const refused = joinObjects([input('a.o', object(false))]);
    expect(codes(refused)).toEqual(['undefined_symbol']);
    if (!refused.ok) expect(refused.error.text()).toMatch(/^a\.o:0x[0-9a-f]+: error: undefined symbol: global 0/);
  });

  test('of lost weak definitions are gone, with their bodies', () => {
    const weak = (value: number): HandObject => ({
      types: TYPES,
      funcs: [{ type: 0, body: constantBody(value) }],
      symbols: [{ kind: K.func, flags: F.weak | F.exported, index: 0, name: 'w' }],
    });
    const object = parsed(joined([input('1.o', weak(1)), input('2.o', weak(2))]));
    expect(object.funcTypes).toHaveLength(1);
    const linked = expectLinked(linkObjects([{ object }]));
    expect(run(linked.bytes).call('w')).toBe(1);
  });
});
