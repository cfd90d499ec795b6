/** Names read through a pool: the strings that reading without one gives, and equal ones shared. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NamePool } from '../../../core/support/name-pool.ts';
import { ByteReader, MalformedError } from '../../../core/wasm/byte-reader.ts';
import { ByteWriter } from '../../../core/wasm/byte-writer.ts';

describe('names that are read through a pool', () => {
  const written = (names: readonly string[]): Uint8Array => {
    const out = new ByteWriter();
    for (const name of names) out.name(name);
    return out.toBytes();
  };
  const read = (bytes: Uint8Array, count: number, pool: NamePool): string[] => {
    const reader = new ByteReader(bytes, 0, bytes.length, pool);
    return Array.from({ length: count }, () => reader.text());
  };

  test('are those that are read without one', () => {
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.stringMatching(/^[ab]{0,5}$/));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 60 }), (names) => {
        const pool = new NamePool();
        const bytes = written(names);
        expect(read(bytes, names.length, pool)).toEqual(names);
        expect(read(bytes, names.length, pool)).toEqual(names);
      }),
    );
  });

  test('are found again after the table has grown', () => {
    const names = Array.from({ length: 5000 }, (_, n) => `name_${n % 3000}`);
    expect(read(written(names), names.length, new NamePool())).toEqual(names);
  });

  test('are refused each time when they are not UTF-8', () => {
    const bytes = Uint8Array.of(2, 0xc3, 0x28);
    const pool = new NamePool();
    for (let n = 0; n < 2; n++) expect(() => read(bytes, 1, pool)).toThrow(MalformedError);
  });
});
