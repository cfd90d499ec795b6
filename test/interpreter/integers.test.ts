/**
 * The integer operations of the interpreter against a second definition: all operands of narrow types, boundary operands of all
 * widths, and the fast path for small types against the one for all types.
 */
import { describe, expect, test } from '@jest/globals';
import { Halt } from '../../interpreter/model/halt.ts';
import type { IntBinary, IntShift } from '../../interpreter/model/integers.ts';
import {
  BIT_COUNT,
  bitsReversed,
  bytesReversed,
  INT_BINARY,
  INT_EXACT,
  INT_SHIFT,
  norm,
} from '../../interpreter/model/integers.ts';
import { makeIntShape } from '../../interpreter/model/shapes.ts';
import {
  SMALL_BINARY,
  SMALL_COUNT,
  SMALL_EXACT,
  SMALL_SHIFT,
  smallFits,
  smallNorm,
  smallReversed,
} from '../../interpreter/model/small-integers.ts';
import type { IntType } from './integer-definition.ts';
import {
  allValues,
  BINARY,
  boundaryValues,
  digits,
  fromDigits,
  has,
  nameOf,
  reasonOf,
  SHIFTS,
  typesOf,
  WIDTHS,
  wrapped,
} from './integer-definition.ts';

const NARROW = typesOf([1, 2, 3, 4, 5, 6]);
const SMALL = typesOf(WIDTHS.filter((bits) => bits <= 32));
const ALL = typesOf(WIDTHS);

function shapeOf(t: IntType) {
  return makeIntShape(t.signed, t.bits, 8);
}

/** The result of an operation, or the kind of illegal behaviour that it reports. */
function attempt(action: () => bigint | number): bigint | string {
  try {
    const result = action();
    // -0 would be a second zero.
    return Object.is(result, -0) ? 'minus zero' : BigInt(result);
  } catch (error) {
    if (error instanceof Halt && error.reason.kind === 'illegal') return error.reason.what;
    throw error;
  }
}

function expected(tag: string, t: IntType, a: bigint, b: bigint, result: bigint | undefined): bigint | string {
  return result ?? reasonOf(tag, t, a, b);
}

/** Differences only: an expect() for each of a million results would take minutes. */
function differences(
  types: readonly IntType[],
  values: (t: IntType) => bigint[],
  one: (t: IntType, a: bigint, b: bigint) => string | null,
): string[] {
  const found: string[] = [];
  for (const t of types) {
    const list = values(t);
    for (const a of list) {
      for (const b of list) {
        const difference = one(t, a, b);
        if (difference !== null) found.push(`${nameOf(t)} ${a} ${b}: ${difference}`);
      }
    }
  }
  return found.slice(0, 10);
}

function difference(mine: bigint | string, theirs: bigint | string): string | null {
  return mine === theirs ? null : `${mine} instead of ${theirs}`;
}

describe.each(Object.keys(BINARY) as IntBinary[])('%s', (tag) => {
  const want = (t: IntType, a: bigint, b: bigint) => expected(tag, t, a, b, BINARY[tag](t, a, b));
  const wide = (t: IntType, a: bigint, b: bigint) =>
    difference(
      attempt(() => INT_BINARY[tag](a, b, shapeOf(t))),
      want(t, a, b),
    );
  const small = (t: IntType, a: bigint, b: bigint) =>
    difference(
      attempt(() => SMALL_BINARY[tag](Number(a), Number(b), shapeOf(t))),
      want(t, a, b),
    );

  test('is right for all operands of 1 to 6 bits', () => {
    expect(differences(NARROW, allValues, wide)).toEqual([]);
    expect(differences(NARROW, allValues, small)).toEqual([]);
  });

  test('is right for boundary operands of all widths', () => {
    expect(differences(ALL, boundaryValues, wide)).toEqual([]);
    expect(differences(SMALL, boundaryValues, small)).toEqual([]);
  });
});

describe.each(Object.keys(SHIFTS) as IntShift[])('%s', (tag) => {
  const amounts = (t: IntType) =>
    [0, 1, 2, t.bits - 2, t.bits - 1, t.bits, t.bits + 1, 31, 32, 33, 63, 64, 65, 255, 2 ** 40].filter((k) => k >= 0);
  const compare = (types: readonly IntType[], values: (t: IntType) => bigint[], useSmall: boolean) => {
    const found: string[] = [];
    for (const t of types) {
      for (const a of values(t)) {
        for (const k of amounts(t)) {
          const mine = attempt(() =>
            useSmall ? SMALL_SHIFT[tag](Number(a), k, shapeOf(t)) : INT_SHIFT[tag](a, k, shapeOf(t)),
          );
          const theirs = expected(tag, t, a, BigInt(k), SHIFTS[tag](t, a, BigInt(k)));
          if (mine !== theirs) found.push(`${nameOf(t)} ${a} by ${k}: ${mine} instead of ${theirs}`);
        }
      }
    }
    return found.slice(0, 10);
  };

  test('is right for all operands of 1 to 6 bits', () => {
    expect(compare(NARROW, allValues, false)).toEqual([]);
    expect(compare(NARROW, allValues, true)).toEqual([]);
  });

  test('is right for boundary operands of all widths', () => {
    expect(compare(ALL, boundaryValues, false)).toEqual([]);
    expect(compare(SMALL, boundaryValues, true)).toEqual([]);
  });
});

describe('bits of a pattern', () => {
  const counts = {
    clz: (list: readonly number[]) => (list.includes(1) ? list.length - 1 - list.lastIndexOf(1) : list.length),
    ctz: (list: readonly number[]) => (list.includes(1) ? list.indexOf(1) : list.length),
    popcount: (list: readonly number[]) => list.filter((digit) => digit === 1).length,
  };

  test.each(Object.keys(counts) as (keyof typeof counts)[])('%s is right for all widths', (tag) => {
    for (const t of ALL) {
      for (const v of boundaryValues(t)) {
        const want = counts[tag](digits(t, v));
        expect([nameOf(t), v, BIT_COUNT[tag](v, shapeOf(t))]).toEqual([nameOf(t), v, want]);
        if (t.bits <= 32) expect([nameOf(t), v, SMALL_COUNT[tag](Number(v), shapeOf(t))]).toEqual([nameOf(t), v, want]);
      }
    }
  });

  test('reversing bits and bytes is right for all widths', () => {
    for (const t of ALL) {
      for (const v of boundaryValues(t)) {
        const list = digits(t, v);
        const mirrored = fromDigits(t, list.toReversed());
        expect(bitsReversed(v, shapeOf(t))).toBe(mirrored);
        if (t.bits <= 32) expect(BigInt(smallReversed(Number(v), shapeOf(t), 1))).toBe(mirrored);
        if (t.bits % 8 !== 0) continue;
        const bytes = Array.from({ length: t.bits / 8 }, (_, n) => list.slice(n * 8, n * 8 + 8));
        const swapped = fromDigits(t, bytes.toReversed().flat());
        expect(bytesReversed(v, shapeOf(t))).toBe(swapped);
        if (t.bits <= 32) expect(BigInt(smallReversed(Number(v), shapeOf(t), 8))).toBe(swapped);
      }
    }
  });
});

describe('exact results', () => {
  test.each(['add', 'sub', 'mul'] as const)('%s on numbers fits a type exactly when it does on bigints', (tag) => {
    const found = differences(SMALL, boundaryValues, (t, a, b) => {
      const exact = INT_EXACT[tag](a, b);
      return difference(String(smallFits(SMALL_EXACT[tag](Number(a), Number(b)), shapeOf(t))), String(has(t, exact)));
    });
    expect(found).toEqual([]);
  });

  test('reduction modulo 2^N is right far outside of the range', () => {
    for (const t of ALL) {
      for (const v of [
        0n,
        1n,
        -1n,
        2n ** 31n,
        -(2n ** 31n),
        2n ** 32n - 1n,
        2n ** 52n + 2n ** 31n,
        -(2n ** 62n),
        12345678901234n,
      ]) {
        expect(norm(v, shapeOf(t))).toBe(wrapped(t, v));
        if (t.bits <= 32) expect(BigInt(smallNorm(Number(v), shapeOf(t)))).toBe(wrapped(t, v));
      }
    }
  });
});
