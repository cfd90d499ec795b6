/** Custom sections of a module: joined by name, relocated, stripped, with tombstones for what is gone. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { HandObject } from '../hand-object.ts';
import { constantBody, F, I32, K, sectionOfCustom } from '../hand-object.ts';
import { codes, expectLinked } from '../hand-program.ts';
import { input, link, moduleOf, section } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];

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

  test('have address 0 for undefined weak data that the output means, and a tombstone where nothing in it does', () => {
    const relocs = [0, 1].map((symbol) => ({ at: symbol * 4, type: 5, index: symbol, addend: 8 }));
    const bytes = Array<number>(8).fill(0x11);
    const object: HandObject = {
      data: [{ name: '.data.d', bytes: [0, 0, 0, 0], relocs: [{ at: 0, type: 5, index: 0, addend: 0 }] }],
      customs: [
        { name: '.debug_info', bytes, relocs },
        { name: 'note', bytes, relocs },
      ],
      symbols: [
        { kind: K.data, flags: F.undef | F.weak, name: 'meant' },
        { kind: K.data, flags: F.undef | F.weak, name: 'not_meant' },
        { kind: K.data, flags: F.exported, index: 0, name: 'd', size: 4 },
      ],
    };
    const collected = moduleOf([object]);
    expect(words(section(collected, '.debug_info')[0]!)).toEqual([0, -1]);
    expect(words(section(collected, 'note')[0]!)).toEqual([0, 8]);
    const whole = moduleOf([object], { gc: false });
    expect(words(section(whole, '.debug_info')[0]!)).toEqual([0, 0]);
    expect(words(section(whole, 'note')[0]!)).toEqual([0, 0]);
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
      // What one object requires, all have to have.
      features: ['+b', '+a', '+c'],
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
