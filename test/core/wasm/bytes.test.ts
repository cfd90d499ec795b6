/** Writer and reader against each other: names, sized blocks, growth, and bounds. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, MalformedError } from '../../../core/wasm/byte-reader.ts';
import { ByteWriter } from '../../../core/wasm/byte-writer.ts';
import { SECTION_RANK, SectionId } from '../../../core/wasm/kinds.ts';
import { patchRelocation, RELOCATIONS } from '../../../core/wasm/relocations.ts';

describe('round trips', () => {
  test('names of any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ minLength: 100 })), (text) => {
        const out = new ByteWriter(1);
        out.name(text);
        const reader = new ByteReader(out.toBytes());
        expect(reader.text()).toBe(text);
        expect(reader.done).toBe(true);
      }),
    );
  });

  test('sized blocks of any size, nested', () => {
    for (const size of [0, 1, 127, 128, 16383, 16384, 3_000_000]) {
      const out = new ByteWriter(1);
      out.u8(0xee);
      const outer = out.beginSection(SectionId.code);
      const inner = out.beginSized();
      out.fill(0x5a, size);
      out.endSized(inner);
      out.endSized(outer);
      const reader = new ByteReader(out.toBytes());
      expect([reader.u8(), reader.u8()]).toEqual([0xee, SectionId.code]);
      expect(reader.uleb()).toBe(reader.remaining);
      expect(reader.uleb()).toBe(size);
      expect(reader.take(size).every((byte) => byte === 0x5a)).toBe(true);
      expect(reader.done).toBe(true);
    }
  });

  test('words are little endian', () => {
    const out = new ByteWriter(1);
    out.u32(0x8090_a0b0);
    out.u64(1, 0xffff_ffff);
    expect([...out.toBytes()]).toEqual([0xb0, 0xa0, 0x90, 0x80, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    expect(new ByteReader(out.toBytes()).u32()).toBe(0x8090_a0b0);
  });

  test('a cleared writer starts over', () => {
    const out = new ByteWriter(1);
    out.zeros(10);
    out.clear();
    out.u8(7);
    expect([...out.toBytes()]).toEqual([7]);
  });
});

describe('bounds', () => {
  test('every read past the end is refused', () => {
    const reads: ((reader: ByteReader) => unknown)[] = [
      (r) => r.u8(),
      (r) => r.u32(),
      (r) => r.uleb(),
      (r) => r.sleb64(),
      (r) => r.text(),
      (r) => r.take(1),
      (r) => r.skip(1),
    ];
    for (const read of reads) expect(() => read(new ByteReader(Uint8Array.of(1, 2), 1, 1))).toThrow(MalformedError);
  });

  test('a count that the rest cannot hold is refused before anything is allocated', () => {
    const reader = new ByteReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2));
    expect(() => reader.count()).toThrow(/count exceeds/);
    expect(new ByteReader(Uint8Array.of(2, 1, 2)).count()).toBe(2);
    expect(() => new ByteReader(Uint8Array.of(2, 1, 2)).count(2)).toThrow(MalformedError);
  });

  test('a name that is not UTF-8 is refused', () => {
    expect(() => new ByteReader(Uint8Array.of(2, 0xc3, 0x28)).text()).toThrow(/UTF-8/);
  });
});

describe('tables', () => {
  test('section ranks follow the file order of the specification', () => {
    const order = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
    expect(order.map((id) => SECTION_RANK[id])).toEqual(order.map((_, i) => i + 1));
  });

  test('there are 28 relocation types, with addends exactly where the convention has them', () => {
    expect(RELOCATIONS).toHaveLength(28);
    const withAddend = RELOCATIONS.flatMap((row, type) => (row.hasAddend ? [type] : []));
    expect(withAddend).toEqual([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25, 27]);
  });

  test('a patch writes exactly the width of its type', () => {
    for (const { encoding, width } of RELOCATIONS) {
      for (const value of [0, 1, 64, 2 ** 20, 2 ** 31, 2 ** 32 - 1]) {
        const bytes = new Uint8Array(width + 2).fill(0xcc);
        patchRelocation(bytes, 1, encoding, value);
        expect([bytes[0], bytes[width + 1]]).toEqual([0xcc, 0xcc]);
        const reader = new ByteReader(bytes, 1, width + 1);
        const read = {
          uleb32: () => reader.uleb(),
          sleb32: () => reader.sleb() >>> 0,
          uleb64: () => reader.uleb64(),
          sleb64: () => reader.sleb64(),
          word32: () => reader.u32(),
          word64: () => reader.u32() + reader.u32() * 2 ** 32,
        }[encoding]();
        expect(read).toBe(value);
        expect(reader.done).toBe(true);
      }
    }
  });
});
