/** LEB128 in all eight forms against BigInt, and the reader's refusal of wrong encodings. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, MalformedError } from '../../../core/wasm/byte-reader.ts';
import { ByteWriter } from '../../../core/wasm/byte-writer.ts';
import { uleb32Length } from '../../../core/wasm/leb128.ts';

/** Minimal LEB of a value by the textbook, in BigInt. */
function textbook(value: bigint, signed: boolean): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    const done = signed ? (value === 0n && low < 64) || (value === -1n && low >= 64) : value === 0n;
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

function written(write: (out: ByteWriter) => void): number[] {
  const out = new ByteWriter(1);
  write(out);
  return [...out.toBytes()];
}

const lo = (value: bigint): number => Number(BigInt.asUintN(32, value));
const hi = (value: bigint): number => Number(BigInt.asUintN(32, value >> 32n));

const edges32 = [0, 1, 63, 64, 127, 128, 8191, 8192, 16383, 16384, 2 ** 20 - 1, 2 ** 20, 2 ** 21, 2 ** 27, 2 ** 28];
const u32 = fc.oneof(fc.constantFrom(...edges32, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), fc.nat({ max: 0xffff_ffff }));
const i64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc
    .tuple(fc.integer({ min: 0, max: 63 }), fc.constantFrom(-1n, 0n, 1n), fc.boolean())
    .map(([shift, delta, negate]) => {
      const value = (1n << BigInt(shift)) + delta;
      return BigInt.asIntN(64, negate ? -value : value);
    }),
);

describe('every form reads back', () => {
  test('unsigned 32 bits', () => {
    fc.assert(
      fc.property(u32, (value) => {
        const minimal = written((out) => out.uleb(value));
        expect(minimal).toEqual(textbook(BigInt(value), false));
        expect(uleb32Length(value)).toBe(minimal.length);
        expect(new ByteReader(Uint8Array.from(minimal)).uleb()).toBe(value);
        const padded = written((out) => out.paddedUleb(value));
        expect(padded).toHaveLength(5);
        expect(new ByteReader(Uint8Array.from(padded)).uleb()).toBe(value);
      }),
    );
  });

  test('signed 32 bits', () => {
    fc.assert(
      fc.property(u32, (bits) => {
        const value = bits | 0;
        const minimal = written((out) => out.sleb(bits));
        expect(minimal).toEqual(textbook(BigInt(value), true));
        expect(new ByteReader(Uint8Array.from(minimal)).sleb()).toBe(value);
        const padded = written((out) => out.paddedSleb(bits));
        expect(padded).toHaveLength(5);
        expect(new ByteReader(Uint8Array.from(padded)).sleb()).toBe(value);
      }),
    );
  });

  test('unsigned 64 bits', () => {
    fc.assert(
      fc.property(i64, (value) => {
        const bits = BigInt.asUintN(64, value);
        for (const bytes of [
          written((out) => out.uleb64(lo(value), hi(value))),
          written((out) => out.paddedUleb64(lo(value), hi(value))),
        ]) {
          const reader = new ByteReader(Uint8Array.from(bytes));
          expect(reader.uleb64()).toBe(lo(value));
          expect(reader.hi).toBe(hi(value));
          expect(reader.done).toBe(true);
        }
        expect(written((out) => out.uleb64(lo(value), hi(value)))).toEqual(textbook(bits, false));
        expect(written((out) => out.paddedUleb64(lo(value), hi(value)))).toHaveLength(10);
      }),
    );
  });

  test('signed 64 bits', () => {
    fc.assert(
      fc.property(i64, (value) => {
        for (const bytes of [
          written((out) => out.sleb64(lo(value), hi(value))),
          written((out) => out.paddedSleb64(lo(value), hi(value))),
        ]) {
          const reader = new ByteReader(Uint8Array.from(bytes));
          expect(reader.sleb64()).toBe(lo(value));
          expect(reader.hi).toBe(hi(value) | 0);
          expect(reader.done).toBe(true);
        }
        expect(written((out) => out.sleb64(lo(value), hi(value)))).toEqual(textbook(value, true));
        expect(written((out) => out.paddedSleb64(lo(value), hi(value)))).toHaveLength(10);
      }),
    );
  });

  test('every padding width of a 64-bit value reads as that value', () => {
    for (const value of [-1n, -65n, 0n, 5n, 2n ** 31n, -(2n ** 35n)]) {
      const minimal = textbook(value, true);
      for (let width = minimal.length; width <= 10; width++) {
        const padded = [...minimal];
        if (padded.length < width) padded[padded.length - 1]! |= 0x80;
        while (padded.length < width) padded.push(value < 0n ? 0xff : 0x80);
        if (minimal.length < width) padded[width - 1] = value < 0n ? 0x7f : 0;
        const reader = new ByteReader(Uint8Array.from(padded));
        expect([reader.sleb64(), reader.hi]).toEqual([lo(value), hi(value) | 0]);
      }
    }
  });
});

describe('wrong encodings are refused with their offset', () => {
  const refused: [string, number[], (reader: ByteReader) => number][] = [
    ['a fifth byte with unused bits', [0x80, 0x80, 0x80, 0x80, 0x10], (r) => r.uleb()],
    ['a sixth byte', [0x80, 0x80, 0x80, 0x80, 0x80, 0x00], (r) => r.uleb()],
    ['a signed fifth byte whose unused bits are not the sign', [0xff, 0xff, 0xff, 0xff, 0x0f], (r) => r.sleb()],
    ['a signed sixth byte', [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], (r) => r.sleb()],
    ['a tenth byte with unused bits', [...Array<number>(9).fill(0x80), 0x02], (r) => r.uleb64()],
    ['an eleventh byte', [...Array<number>(10).fill(0x80), 0x00], (r) => r.uleb64()],
    ['a signed tenth byte that is neither 0 nor 7F', [...Array<number>(9).fill(0x80), 0x01], (r) => r.sleb64()],
    ['a missing last byte', [0x80], (r) => r.uleb()],
  ];
  for (const [what, bytes, read] of refused) {
    test(what, () => {
      const reader = new ByteReader(Uint8Array.from([0, ...bytes]), 1);
      expect(() => read(reader)).toThrow(MalformedError);
    });
  }

  test('the offset of a LEB error is its first byte', () => {
    const reader = new ByteReader(Uint8Array.of(9, 9, 0x80, 0x80, 0x80, 0x80, 0x7f), 2);
    let offset = -1;
    try {
      reader.uleb();
    } catch (error) {
      offset = (error as MalformedError).offset;
    }
    expect(offset).toBe(2);
  });
});
