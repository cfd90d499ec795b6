/** Every relocation type, 0 to 27: the value it writes, in the bytes it writes. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import { ByteReader } from '../../../../core/wasm/byte-reader.ts';
import { RELOCATIONS } from '../../../../core/wasm/relocations.ts';
import type { HandObject, Reloc } from '../hand-object.ts';
import { F, handObject, I32, K, P10, P5, sectionOfCustom } from '../hand-object.ts';
import { expectLinked } from '../hand-program.ts';

const MARK = [0xca, 0xfe];
const symbols = [
  { kind: K.func, flags: F.exported, index: 1, name: 'main' },
  { kind: K.func, flags: F.local | F.noStrip, index: 2, name: 'taken' },
  { kind: K.data, flags: F.local, name: 'd', index: 1, offset: 4, size: 4 },
  { kind: K.global, flags: F.local, index: 1, name: 'g' },
  { kind: K.tag, flags: 0, index: 0, name: 'tag' },
  { kind: K.table, flags: 0, index: 0, name: 'table' },
  { kind: K.data, flags: F.local | F.tls, name: 't', index: 2, offset: 8, size: 4 },
  { kind: K.section, flags: F.local, index: 0 },
  { kind: K.func, flags: F.undef | F.explicit, index: 0, name: 'host' },
];
const S = { main: 0, taken: 1, d: 2, g: 3, tag: 4, table: 5, t: 6, section: 7 };

/** An object whose `main` holds a relocated immediate behind a mark, or whose data or custom section does. */
function objectWith(place: 'code' | 'data' | 'custom', reloc: Omit<Reloc, 'at'>, hole: readonly number[]): Uint8Array {
  const inCode = place === 'code';
  // i32.const 0xcafe in four bytes is the mark; the hole follows as the operand of a const, all behind an unreachable.
  const opcode = hole.length === 10 ? 0x42 : 0x41;
  const tagOrTable = reloc.type === 10 ? [0x08] : reloc.type === 20 ? [0x41, 0, 0x25] : [];
  const operation =
    tagOrTable.length > 0 ? tagOrTable : reloc.type === 0 ? [0x10] : reloc.type === 7 ? [0x23] : [opcode];
  const call = reloc.type === 6 ? [0x41, 0, 0x11] : operation;
  const tail = reloc.type === 6 ? [0x00] : [];
  const body = inCode ? [0, 0x00, ...call, ...hole, ...tail, 0x0b] : [0, 0x0b];
  const at = 2 + call.length;
  const object: HandObject = {
    types: [
      [[], []],
      [[I32], []],
      [[I32, I32], []],
    ],
    funcImports: [['host', 1]],
    globalImports: [['unused', I32, 0]],
    funcs: [
      { type: 0, body, relocs: inCode ? [{ at, ...reloc }] : [] },
      { type: 1, body: [0, 0x0b] },
    ],
    tables: [[0x70, 0, 1]],
    tags: [1],
    globals: [[I32, 0, 0x41, 7, 0x0b]],
    data: [
      {
        name: '.data.hole',
        bytes: [...MARK, ...hole, ...Array<number>(32 - hole.length).fill(0)],
        flags: 4,
        relocs: place === 'data' ? [{ at: 2, ...reloc }] : [],
      },
      { name: '.data.d', bytes: [1, 2, 3, 4, 5, 6, 7, 8], align: 2, flags: 4 },
      { name: '.tdata.t', bytes: Array<number>(12).fill(9), align: 4, flags: 2 | 4 },
    ],
    customs: [
      { name: 'first', bytes: [1, 2, 3] },
      { name: 'mine', bytes: [...MARK, ...hole], relocs: place === 'custom' ? [{ at: 2, ...reloc }] : [] },
    ],
    symbols,
    features: ['+atomics', '+bulk-memory', '+mutable-globals'],
  };
  const section = { ...symbols[S.section]!, index: sectionOfCustom(object, 1) };
  return handObject({ ...object, symbols: symbols.map((symbol, i) => (i === S.section ? section : symbol)) });
}

/** The object before: its `mine` section makes the offset of a merged section visible. */
const BEFORE = handObject({ customs: [{ name: 'mine', bytes: [9, 9, 9, 9, 9] }] });

const PLACES = ['code', 'data', 'custom'] as const;
const CASES: readonly { type: number; index: number; addend?: number; value: (l: Linked) => number }[] = [
  { type: 0, index: S.taken, value: ({ fn }) => fn('taken') },
  { type: 1, index: S.taken, value: () => 1 },
  // A custom section alone gives a function no slot.
  { type: 2, index: S.taken, value: ({ place }) => (place === 'custom' ? 0 : 1) },
  { type: 3, index: S.d, addend: 100, value: ({ d }) => d + 100 },
  { type: 4, index: S.d, addend: -3, value: ({ d }) => d - 3 },
  { type: 5, index: S.d, addend: -3, value: ({ d }) => d - 3 },
  { type: 6, index: 2, value: () => 2 },
  // Behind the stack pointer, which is always there.
  { type: 7, index: S.g, value: () => 1 },
  { type: 8, index: S.taken, addend: 1, value: ({ body }) => body('taken') + 1 },
  { type: 9, index: S.section, addend: 1, value: () => 5 + 1 },
  { type: 10, index: S.tag, value: () => 0 },
  { type: 11, index: S.d, addend: 2, value: ({ d }) => d + 2 },
  { type: 12, index: S.taken, value: () => 0 },
  { type: 13, index: S.g, value: ({ place }) => (place === 'custom' ? 0 : 1) },
  { type: 14, index: S.d, addend: 3, value: ({ d }) => d + 3 },
  { type: 15, index: S.d, addend: -4, value: ({ d }) => d - 4 },
  { type: 16, index: S.d, addend: 5, value: ({ d }) => d + 5 },
  { type: 17, index: S.d, addend: 6, value: ({ d }) => d + 6 },
  { type: 18, index: S.taken, value: () => 1 },
  { type: 19, index: S.taken, value: () => 1 },
  { type: 20, index: S.table, value: () => 0 },
  { type: 21, index: S.t, addend: 2, value: () => 8 + 2 },
  { type: 22, index: S.taken, addend: 3, value: ({ body }) => body('taken') + 3 },
  { type: 23, index: S.d, addend: 1, value: ({ d, hole }) => d + 1 - hole },
  { type: 24, index: S.taken, value: () => 0 },
  { type: 25, index: S.t, addend: 1, value: () => 8 + 1 },
  { type: 26, index: S.taken, value: ({ fn }) => fn('taken') },
  { type: 27, index: S.d, addend: 2, value: ({ d, hole }) => d + 2 - hole },
];

interface Linked {
  readonly place: string;
  readonly d: number;
  /** Address of the hole in data. */
  readonly hole: number;
  readonly fn: (name: string) => number;
  /** First byte of a body from the start of the code section's payload. */
  readonly body: (name: string) => number;
}

const HOLE_SIZE = { uleb32: 5, sleb32: 5, uleb64: 10, sleb64: 10, word32: 4, word64: 8 } as const;

function decode(bytes: Uint8Array, at: number, encoding: keyof typeof HOLE_SIZE): number {
  const reader = new ByteReader(bytes, at, at + HOLE_SIZE[encoding]);
  const wide = (lo: number, hi: number): number => hi * 2 ** 32 + lo;
  switch (encoding) {
    case 'uleb32':
      return reader.uleb();
    case 'sleb32':
      return reader.sleb();
    case 'uleb64':
      return wide(reader.uleb64(), reader.hi);
    case 'sleb64':
      return wide(reader.sleb64(), reader.hi);
    case 'word32':
      return reader.u32() | 0;
    case 'word64':
      return wide(reader.u32(), reader.u32() | 0);
  }
}

function find(bytes: Uint8Array, pattern: readonly number[]): number {
  const at = Buffer.from(bytes).indexOf(Buffer.from(pattern));
  expect(at).toBeGreaterThan(0);
  return at;
}

describe('relocation types', () => {
  test('the table of cases has every type', () => {
    expect(CASES.map(({ type }) => type)).toEqual(RELOCATIONS.map((_, type) => type));
  });

  for (const { type, index, addend, value } of CASES) {
    const { name, encoding, places } = RELOCATIONS[type]!;
    for (const place of PLACES.filter((_, i) => (places & (1 << i)) !== 0)) {
      test(`${name} in ${place}`, () => {
        const hole =
          HOLE_SIZE[encoding] === 10
            ? P10
            : HOLE_SIZE[encoding] === 5
              ? P5
              : Array<number>(HOLE_SIZE[encoding]).fill(0);
        const reloc = addend === undefined ? { type, index } : { type, index, addend };
        const inputs = [
          { name: 'before.o', bytes: BEFORE },
          { name: 'a.o', bytes: objectWith(place, reloc, hole) },
        ];
        const { bytes, map } = expectLinked(linkObjects(inputs, { exports: ['table', 'tag'] }));
        const code = codePlaces(bytes);
        const linked: Linked = {
          place,
          d: map.datum('d')!.address,
          hole: map.memory.dataStart + addressOfHole(bytes, map.datum('d')!.address, map.memory.dataStart),
          fn: (wanted) => map.functions.indexOf(wanted),
          body: (wanted) => code[map.functions.indexOf(wanted) - code.imports]!,
        };
        // In code the mark is the unreachable at the begin of main, which is the first body.
        const at =
          place === 'code'
            ? code.start + code[0]! + 2 + (type === 6 || type === 20 ? 3 : 1)
            : find(bytes, MARK) + (place === 'custom' ? find(bytes.subarray(find(bytes, MARK) + 2), MARK) + 2 : 0) + 2;
        expect(decode(bytes, at, encoding)).toBe(value(linked));
      });
    }
  }
});

/** Distance of the hole from the start of data, given that data begins with the thread-local block. */
function addressOfHole(bytes: Uint8Array, d: number, dataStart: number): number {
  // `.data.d` (aligned to 4) comes before `.data.hole` (aligned to 1), and both are one entry of the data section.
  const content = find(bytes, [1, 2, 3, 4, 5, 6, 7, 8]);
  return d - 4 - dataStart + (find(bytes, MARK) - content) + 2;
}

/** Starts of the bodies from the payload, and where the payload is. */
function codePlaces(bytes: Uint8Array): number[] & { start: number; imports: number } {
  const reader = new ByteReader(bytes, 8);
  let imports = 0;
  for (;;) {
    const id = reader.u8();
    const size = reader.uleb();
    const start = reader.at;
    if (id === 2) imports = 1;
    if (id === 10) {
      const places: number[] = [];
      for (let n = reader.uleb(); n > 0; n--) {
        const length = reader.uleb();
        places.push(reader.at - start);
        reader.at += length;
      }
      return Object.assign(places, { start, imports });
    }
    reader.at = start + size;
  }
}
