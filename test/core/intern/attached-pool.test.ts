/** A pool that another thread reads: what is seen, when, and that reading is all there is. */
import { describe, expect, test } from '@jest/globals';
import { attachPool } from '../../../core/intern/pool-reader.ts';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import type { IpIndex } from '../../../core/intern/keys.ts';
import { abiAlign, abiSize } from '../../../core/intern/layout.ts';

/** Items that outgrow the first size of every column. */
function fill(pool: InternPool, from: number, count: number): IpIndex[] {
  const u32 = pool.intType(false, 32);
  return Array.from({ length: count }, (_, n) => pool.ptrUav(pool.ptrType(u32), pool.int(u32, BigInt(from + n)), 0, n));
}

describe('an attached pool', () => {
  test.each([true, false])(
    'shows the items of its owner, at the same indexes (shared from the start: %s)',
    (shared) => {
      const pool = new InternPool({ ptrBits: 32 }, shared);
      const items = fill(pool, 0, 500);
      const struct = pool.structType(1, [
        { ty: pool.intType(false, 8), align: 0 },
        { ty: pool.intType(true, 64), align: 0 },
      ]);
      const reader = attachPool(pool.target, pool.share());
      expect(reader.size).toBe(pool.size);
      for (const item of items) {
        expect([reader.isType(item), reader.word(item, 1), reader.ptrOffset(item)]).toEqual([
          pool.isType(item),
          pool.word(item, 1),
          pool.ptrOffset(item),
        ]);
        expect(reader.typeOf(item)).toBe(pool.typeOf(item));
      }
      expect([abiSize(reader, struct), abiAlign(reader, struct)]).toEqual([16, 8]);
    },
  );

  test('shows what is interned later after a refresh, through the same handle while the storage stays', () => {
    const pool = new InternPool({ ptrBits: 32 }, true);
    const handle = pool.share();
    const reader = attachPool(pool.target, handle);
    for (let round = 0; round < 8; round++) {
      const before = reader.size;
      const items = fill(pool, round * 1000, 1000);
      expect(reader.size).toBe(before);
      reader.refresh();
      expect(reader.size).toBe(pool.size);
      for (const item of items) expect(reader.word(item, 3)).toBe(pool.word(item, 3));
    }
    expect(pool.share()).toBe(handle);
  });

  test('keeps showing what it did when the storage moves; a new handle shows the rest', () => {
    const pool = new InternPool();
    const old = fill(pool, 0, 40);
    const handle = pool.share();
    const reader = attachPool(pool.target, handle);
    const words = old.map((item) => pool.word(item, 1));
    fill(pool, 100_000, 5000);
    expect(pool.share()).not.toBe(handle);
    expect(old.map((item) => reader.word(item, 1))).toEqual(words);
    const again = attachPool(pool.target, pool.share());
    expect(again.size).toBe(pool.size);
  });

  test('refuses to intern, whatever is tried', () => {
    const pool = new InternPool();
    const reader = attachPool(pool.target, pool.share()) as InternPool;
    for (const attempt of [
      (): unknown => reader.intType(false, 8),
      () => reader.structType(0, []),
      () => reader.int(reader.word(0 as IpIndex, 0) as IpIndex, 5n),
      () => reader.undef(0 as IpIndex),
      () => reader.share(),
    ]) {
      expect(attempt).toThrow();
    }
    expect(() => reader.ptrType(0 as IpIndex)).toThrow('read only');
    reader.refresh();
    expect(reader.size).toBe(pool.size);
  });
});
