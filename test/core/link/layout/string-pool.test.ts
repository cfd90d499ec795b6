/** Strings of merged sections: each once, and every old offset leads to its byte. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StringPool } from '../../../../core/link/layout/string-pool.ts';
import { ByteWriter } from '../../../../core/wasm/byte-writer.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a pool of strings', () => {
  const bytesOf = (pool: StringPool): Uint8Array => {
    const out = new ByteWriter();
    pool.writeTo(out);
    return out.toBytes();
  };

  test('holds each string once, and every old offset leads to the byte it led to', () => {
    const string = fc.oneof(fc.stringMatching(/^[ab]{0,3}$/), fc.string({ maxLength: 20 }));
    const input = fc.array(
      string.map((text) => text.replaceAll('\0', '')),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
        const pool = new StringPool();
        const added = inputs.map((strings) => {
          const bytes = encode(`${strings.join('\0')}\0`);
          return { bytes, number: pool.add(bytes, 0, bytes.length) };
        });
        const all = bytesOf(pool);
        expect(all.length).toBe(pool.size);
        const distinct = new Set(inputs.flat());
        expect(Buffer.from(all).toString().split('\0').length - 1).toBe(distinct.size);
        for (const { bytes, number } of added) {
          bytes.forEach((byte, offset) => expect(all[pool.offsetOf(number, offset)]).toBe(byte));
        }
      }),
    );
  });

  test('lets a string lie inside of one that it ends, and old offsets still lead to their bytes', () => {
    const input = fc.array(fc.stringMatching(/^[ab]{0,5}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 5 }), (inputs) => {
        const pool = new StringPool();
        const added = inputs.map((strings) => {
          const bytes = encode(`${strings.join('\0')}\0`);
          return { bytes, number: pool.add(bytes, 0, bytes.length) };
        });
        pool.shareEnds();
        const all = bytesOf(pool);
        expect(all.length).toBe(pool.size);
        const kept = Buffer.from(all).toString().split('\0').slice(0, -1);
        for (const text of kept) expect(kept.filter((other) => other.endsWith(text))).toEqual([text]);
        for (const { bytes, number } of added) {
          bytes.forEach((byte, offset) => expect(all[pool.offsetOf(number, offset)]).toBe(byte));
        }
      }),
    );
  });

  test('has them in the order of LLVM then: by their last bytes, greatest first', () => {
    const pool = new StringPool();
    const bytes = encode('alpha\0beta\0a\0\0zeta\0alp\0');
    pool.add(bytes, 0, bytes.length);
    pool.shareEnds();
    expect(Buffer.from(bytesOf(pool)).toString()).toBe('alp\0zeta\0beta\0alpha\0');
  });

  test('grows with many strings', () => {
    const pool = new StringPool();
    const bytes = encode(Array.from({ length: 3000 }, (_, n) => `${n}\0`).join(''));
    const first = pool.add(bytes, 0, bytes.length);
    const second = pool.add(bytes, 0, bytes.length);
    expect(bytesOf(pool)).toEqual(bytes);
    expect(pool.offsetOf(second, 100)).toBe(pool.offsetOf(first, 100));
  });
});
