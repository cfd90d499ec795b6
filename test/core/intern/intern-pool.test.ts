import { describe, expect, test } from '@jest/globals';
import { byteAt, byteCount, bytesValue } from '../../../core/intern/byte-values.ts';
import fc from 'fast-check';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import { abiAlign, abiSize, fieldOffset, isByRef } from '../../../core/intern/layout.ts';
import type { NavIndex } from '../../../core/intern/keys.ts';
import { IP } from '../../../core/intern/keys.ts';
import { StructLayout } from '../../../core/intern/type-kinds.ts';

describe('interning', () => {
  test('equal content has one index and different content has two', () => {
    const pool = new InternPool();
    expect(pool.intType(false, 32)).toBe(IP.u32_type);
    expect(pool.intType(true, 17)).toBe(pool.intType(true, 17));
    expect(pool.intType(true, 17)).not.toBe(pool.intType(false, 17));
    expect(pool.ptrType(IP.u8_type)).not.toBe(pool.ptrType(IP.u8_type, { align: 4 }));
  });

  test('an index still names the same item after the tables have grown', () => {
    const pool = new InternPool();
    const made = Array.from({ length: 5000 }, (_, n) => pool.int(IP.i64_type, BigInt(n) - 2500n));
    expect(new Set(made).size).toBe(5000);
    made.forEach((index, n) => {
      expect(pool.int(IP.i64_type, BigInt(n) - 2500n)).toBe(index);
      expect(pool.intBig(index)).toBe(BigInt(n) - 2500n);
    });
  });

  test('items in shared memory read the same as in private memory', () => {
    const shared = new InternPool({ ptrBits: 32 }, true);
    const own = new InternPool();
    for (let bits = 1; bits <= 64; bits++) {
      expect(shared.intType(true, bits)).toBe(own.intType(true, bits));
    }
    expect(shared.size).toBe(own.size);
  });

  test('an integer is reduced to its width and extended by its sign', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.boolean(), fc.bigInt(), (bits, signed, value) => {
        const pool = new InternPool();
        const want = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
        expect(pool.intBig(pool.int(pool.intType(signed, bits), value))).toBe(want);
      }),
    );
  });

  test('bytes read back one by one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const pool = new InternPool();
        const value = bytesValue(pool, pool.arrayType(IP.u8_type, bytes.length), bytes);
        expect(byteCount(pool, value)).toBe(bytes.length);
        expect(Array.from(bytes, (_, n) => byteAt(pool, value, n))).toEqual(Array.from(bytes));
      }),
    );
  });

  test('a pointer keeps a negative offset', () => {
    const pool = new InternPool();
    const pointer = pool.ptrNav(pool.ptrType(IP.u8_type), 3 as NavIndex, -4);
    expect(pool.ptrOffset(pointer)).toBe(-4);
  });
});

describe('layout', () => {
  test.each([
    [1, 1, 1],
    [8, 1, 1],
    [9, 2, 2],
    [17, 4, 4],
    [24, 4, 4],
    [33, 8, 8],
    [64, 8, 8],
    [65, 16, 16],
    [128, 16, 16],
  ])('an integer of %i bits has size %i and alignment %i', (bits, size, align) => {
    const pool = new InternPool();
    expect(abiSize(pool, pool.intType(true, bits))).toBe(size);
    expect(abiAlign(pool, pool.intType(true, bits))).toBe(align);
  });

  test('an auto struct orders its fields by alignment and an extern struct does not', () => {
    const pool = new InternPool();
    const fields = [IP.u8_type, IP.u64_type, IP.bool_type, IP.u32_type].map((ty) => ({ ty, align: 0 }));
    const auto = pool.structType(StructLayout.auto, fields);
    const extern = pool.structType(StructLayout.extern, fields);
    expect([0, 1, 2, 3].map((n) => fieldOffset(pool, auto, n))).toEqual([12, 0, 13, 8]);
    expect([0, 1, 2, 3].map((n) => fieldOffset(pool, extern, n))).toEqual([0, 8, 16, 20]);
    expect(abiSize(pool, auto)).toBe(16);
    expect(abiSize(pool, extern)).toBe(24);
  });

  test('an over-aligned field aligns the struct', () => {
    const pool = new InternPool();
    const ty = pool.structType(StructLayout.extern, [
      { ty: IP.u8_type, align: 0 },
      { ty: IP.u8_type, align: 16 },
    ]);
    expect([fieldOffset(pool, ty, 1), abiAlign(pool, ty), abiSize(pool, ty)]).toEqual([16, 16, 32]);
  });

  test('a sentinel is memory but not length', () => {
    const pool = new InternPool();
    const ty = pool.arrayType(IP.u8_type, 3, pool.int(IP.u8_type, 0n));
    expect([pool.arrayLen(ty), abiSize(pool, ty)]).toEqual([3, 4]);
    expect(pool.arraySentinel(pool.arrayType(IP.u8_type, 3))).toBeNull();
  });

  test('aggregates with bits live in memory, those without have no representation', () => {
    const pool = new InternPool();
    expect(isByRef(pool, pool.sliceType(IP.u8_type))).toBe(true);
    expect(isByRef(pool, pool.arrayType(IP.u8_type, 1))).toBe(true);
    expect(isByRef(pool, pool.arrayType(IP.u8_type, 0))).toBe(false);
    expect(isByRef(pool, pool.structType(StructLayout.auto, []))).toBe(false);
  });
});
