/**
 * Float instructions of the interpreter against exact fractions, for both formats; NaNs, signs of zero, conversions.
 */
import { describe, expect, test } from '@jest/globals';
import { nearestFloat } from '../../interpreter/model/floats.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { illegalAs, outcomeOf, outcomeOfBody, returned, unitOf } from './air-program.ts';
import type { Format } from './float-definition.ts';
import {
  bitsOf,
  F32,
  F64,
  floorOf,
  fractionOf,
  interestingNumbers,
  nearest,
  product,
  quotient,
  remainder,
  root,
  sum,
} from './float-definition.ts';

const FORMATS = [
  ['f32', F32],
  ['f64', F64],
] as const;

type Binary = (a: number, b: number, format: Format) => number | undefined;

/** An integer of any size as a float; the sign of zero is that of `like`. */
function integral(v: bigint, like: number, format: Format): number {
  return nearest({ n: v, d: 1n }, format, like < 0 || Object.is(like, -0) ? -1 : 1);
}

function rounded(v: number, format: Format, round: (v: number) => bigint): number {
  return Number.isFinite(v) ? integral(round(v), v, format) : v;
}

function isMinus(v: number): boolean {
  return v < 0 || Object.is(v, -0);
}

const UNARY: Readonly<Record<string, (v: number, format: Format) => number>> = {
  neg: (v) => -v,
  sqrt: (v, format) => (v > 0 && Number.isFinite(v) ? root(v, format) : v < 0 ? NaN : v),
  floor: (v, format) => rounded(v, format, floorOf),
  ceil: (v, format) => rounded(v, format, (one) => -floorOf(-one)),
  trunc_float: (v, format) => rounded(v, format, (one) => (one < 0 ? -floorOf(-one) : floorOf(one))),
  round: (v, format) =>
    rounded(v, format, (one) => {
      const { n, d } = fractionOf(Math.abs(one));
      const halves = (2n * n + d) / (2n * d);
      return one < 0 ? -halves : halves;
    }),
};

const BINARY: Readonly<Record<string, Binary>> = {
  add: sum,
  sub: (a, b, format) => sum(a, -b, format),
  mul: product,
  div_float: quotient,
  div_trunc: (a, b, format) => UNARY['trunc_float']!(quotient(a, b, format), format),
  div_floor: (a, b, format) => UNARY['floor']!(quotient(a, b, format), format),
  div_exact(a, b, format) {
    const q = quotient(a, b, format);
    return Number.isFinite(q) && fractionOf(q).n % fractionOf(q).d === 0n ? q : undefined;
  },
  rem: remainder,
  mod(a, b, format) {
    const r = remainder(a, b, format);
    return Number.isNaN(r) || r === 0 || isMinus(r) === isMinus(b) ? r : sum(r, b, format);
  },
  min(a, b) {
    if (Number.isNaN(a)) return b;
    if (Number.isNaN(b)) return a;
    return a < b || (a === b && isMinus(a)) ? a : b;
  },
  max(a, b) {
    if (Number.isNaN(a)) return b;
    if (Number.isNaN(b)) return a;
    return a > b || (a === b && isMinus(b)) ? a : b;
  },
};

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  cmp_lt: (a, b) => a < b,
  cmp_lte: (a, b) => a <= b,
  cmp_eq: (a, b) => a === b,
  cmp_gte: (a, b) => a >= b,
  cmp_gt: (a, b) => a > b,
  cmp_neq: (a, b) => a !== b,
};

/** Random but fixed operands of all magnitudes. */
function someNumbers(format: Format, count: number): number[] {
  let state = 12345n;
  return Array.from({ length: count }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, state);
    const any = format.name === 'f32' ? view.getFloat32(0) : view.getFloat64(0);
    return Number.isNaN(any) ? 1.25 : any;
  });
}

describe.each(FORMATS)('%s', (name, format) => {
  const numbers = interestingNumbers(format);
  const random = someNumbers(format, 24);

  test.each(Object.keys(BINARY))('%s is correctly rounded', (tag) => {
    const unit = unitOf(
      `export fn @f(${name}, ${name}) ${name} { %0 = arg ${name} 0 %1 = arg ${name} 1 %2 = ${tag} %0, %1 ret %2 }`,
    );
    // Every third pair: each number still meets a third of all others, of both signs.
    const pairs = [numbers, random].flatMap((list) =>
      list.flatMap((a, n) => list.filter((_, m) => (n + m) % 3 === 0).map((b) => [a, b] as const)),
    );
    const legal = pairs.filter(([a, b]) => BINARY[tag]!(a, b, format) !== undefined);
    const run = interpret(
      unit,
      legal.map(([a, b]) => ({ fn: 'f', args: [bitsOf(a, format), bitsOf(b, format)] })),
    );
    const wrong = legal.flatMap(([a, b], n) => {
      const want = bitsOf(BINARY[tag]!(a, b, format)!, format);
      const outcome = run.outcomes[n];
      return outcome?.kind === 'returned' && outcome.bits === want ? [] : [{ a, b, want, outcome }];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    for (const [a, b] of pairs.filter((pair) => !legal.includes(pair)).slice(0, 20)) {
      const args = [bitsOf(a, format), bitsOf(b, format)];
      expect(interpret(unit, [{ fn: 'f', args }]).outcomes[0]).toMatchObject(illegalAs('inexact'));
    }
  });

  test.each(Object.keys(UNARY))('%s is correctly rounded', (tag) => {
    const unit = unitOf(`export fn @f(${name}) ${name} { %0 = arg ${name} 0 %1 = ${tag} %0 ret %1 }`);
    const list = [...numbers, ...someNumbers(format, 300)];
    const run = interpret(
      unit,
      list.map((v) => ({ fn: 'f', args: [bitsOf(v, format)] })),
    );
    const wrong = list.flatMap((v, n) => {
      const want = bitsOf(UNARY[tag]!(v, format), format);
      const outcome = run.outcomes[n];
      return outcome?.kind === 'returned' && outcome.bits === want ? [] : [{ v, want, outcome }];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test.each(Object.keys(COMPARISONS))('%s follows IEEE 754', (tag) => {
    const unit = unitOf(
      `export fn @f(${name}, ${name}) bool { %0 = arg ${name} 0 %1 = arg ${name} 1 %2 = ${tag} %0, %1 ret %2 }`,
    );
    const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
    const run = interpret(
      unit,
      pairs.map(([a, b]) => ({ fn: 'f', args: [bitsOf(a, format), bitsOf(b, format)] })),
    );
    expect(run.outcomes).toEqual(pairs.map(([a, b]) => returned(COMPARISONS[tag]!(a, b) ? 1n : 0n)));
  });

  test('abs clears the sign bit', () => {
    const text = `export fn @f(${name}) ${name} { %0 = arg ${name} 0 %1 = abs ${name} %0 ret %1 }`;
    expect(outcomeOf(text, bitsOf(-0, format))).toEqual(returned(0n));
    expect(outcomeOf(text, bitsOf(-1.5, format))).toEqual(returned(bitsOf(1.5, format)));
    expect(outcomeOf(text, bitsOf(-Infinity, format))).toEqual(returned(bitsOf(Infinity, format)));
  });

  const intTypes = ['u1', 'i1', 'u8', 'i17', 'u32', 'i32', 'u33', 'i53', 'u64', 'i64'];

  test.each(intTypes)('conversions from and to %s are exact, or rounded once, or illegal', (int) => {
    const bits = Number(int.slice(1));
    const low = int.startsWith('i') ? -(2n ** BigInt(bits - 1)) : 0n;
    const high = low + 2n ** BigInt(bits) - 1n;
    const unit = unitOf(`
      export fn @to(${int}) ${name} { %0 = arg ${int} 0 %1 = float_from_int ${name} %0 ret %1 }
      export fn @from(${name}) ${int} { %0 = arg ${name} 0 %1 = int_from_float ${int} %0 ret %1 }`);
    const ties = [24, 25, 53, 54, 60].flatMap((k) => {
      const power = 2n ** BigInt(k);
      return [power, power + 1n, power - 1n, power + 2n ** BigInt(k - 23) / 2n, power + 2n ** BigInt(k - 23) / 2n + 1n];
    });
    const integers = [0n, 1n, low, low + 1n, high, high - 1n, high / 3n, ...ties, ...ties.map((v) => -v)].filter(
      (v) => low <= v && v <= high,
    );
    for (const v of integers) {
      const outcome = interpret(unit, [{ fn: 'to', args: [BigInt.asUintN(bits, v)] }]).outcomes[0];
      expect([v, outcome]).toEqual([v, returned(bitsOf(nearest({ n: v, d: 1n }, format), format))]);
    }
    for (const v of numbers) {
      const outcome = interpret(unit, [{ fn: 'from', args: [bitsOf(v, format)] }]).outcomes[0];
      const whole = Number.isFinite(v) ? (v < 0 ? -floorOf(-v) : floorOf(v)) : null;
      if (whole !== null && low <= whole && whole <= high) {
        expect([v, outcome]).toEqual([v, returned(BigInt.asUintN(bits, whole))]);
      } else {
        expect([v, outcome]).toMatchObject([v, illegalAs('integer_out_of_range')]);
      }
    }
  });
});

describe('conversions between formats', () => {
  test('fptrunc rounds to nearest, ties to even', () => {
    const unit = unitOf('export fn @f(f64) f32 { %0 = arg f64 0 %1 = fptrunc f32 %0 ret %1 }');
    const tie = 1 + 2 ** -24;
    for (const v of [...interestingNumbers(F64), tie, tie + 2 ** -52, 1 + 3 * 2 ** -24, 2 ** -150, 2 ** -149 * 1.5]) {
      const want = Number.isFinite(v) ? nearest(fractionOf(v), F32, isMinus(v) ? -1 : 1) : v;
      const outcome = interpret(unit, [{ fn: 'f', args: [bitsOf(v, F64)] }]).outcomes[0];
      expect([v, outcome]).toEqual([v, returned(bitsOf(want, F32))]);
    }
  });

  test('fpext is exact', () => {
    const unit = unitOf('export fn @f(f32) f64 { %0 = arg f32 0 %1 = fpext f64 %0 ret %1 }');
    for (const v of interestingNumbers(F32)) {
      expect(interpret(unit, [{ fn: 'f', args: [bitsOf(v, F32)] }]).outcomes[0]).toEqual(returned(bitsOf(v, F64)));
    }
  });

  test('an integer of 64 bits is not rounded twice on its way to f32', () => {
    // 2^60 + 2^36 is a tie of f32; one more would be lost by a detour through f64.
    expect(nearestFloat(2n ** 60n + 2n ** 36n, 24)).toBe(2 ** 60);
    expect(nearestFloat(2n ** 60n + 2n ** 36n + 1n, 24)).toBe(2 ** 60 + 2 ** 37);
    expect(nearestFloat(-(2n ** 64n - 1n), 24)).toBe(-(2 ** 64));
  });
});

describe('NaN', () => {
  const signalling = 'nan(0x7fa00001)';

  test('a result of arithmetic is shown as the canonical one', () => {
    expect(outcomeOfBody('f32', `%0 = add f32 ${signalling}, f32 1.0 ret %0`)).toEqual(returned(0x7fc0_0000n));
    expect(outcomeOfBody('f64', '%0 = sub f64 inf, f64 inf ret %0')).toEqual(returned(0x7ff8_0000_0000_0000n));
  });

  test('copies, neg and abs keep the bits of a constant', () => {
    const through = `%0 = alloc *f32 store %0, f32 ${signalling} %2 = load f32 %0`;
    expect(outcomeOfBody('f32', `${through} ret %2`)).toEqual(returned(0x7fa0_0001n));
    expect(outcomeOfBody('f32', `${through} %3 = neg %2 ret %3`)).toEqual(returned(0xffa0_0001n));
    expect(outcomeOfBody('f32', `${through} %3 = neg %2 %4 = abs f32 %3 ret %4`)).toEqual(returned(0x7fa0_0001n));
    const wide = '%0 = block f64 { br %0 f64 nan(0xfff0000000000abc) } ret %0';
    expect(outcomeOfBody('f64', wide)).toEqual(returned(0xfff0_0000_0000_0abcn));
  });

  test('no NaN becomes an integer by bitcast', () => {
    expect(outcomeOfBody('u32', `%0 = bitcast u32 f32 ${signalling} ret %0`)).toMatchObject(illegalAs('nan_bits'));
    expect(outcomeOfBody('i64', '%0 = div_float f64 0.0, f64 0.0 %1 = bitcast i64 %0 ret %1')).toMatchObject(
      illegalAs('nan_bits'),
    );
    expect(outcomeOfBody('u32', '%0 = bitcast u32 f32 -0.0 ret %0')).toEqual(returned(0x8000_0000n));
    expect(outcomeOfBody('f64', '%0 = bitcast f64 u64 0x7ff0000000000001 ret %0')).toEqual(
      returned(0x7ff0_0000_0000_0001n),
    );
  });

  test('a NaN that arithmetic made cannot be read from memory as an integer, but as a float', () => {
    const stored = `%0 = alloc *f64 %1 = div_float f64 0.0, f64 0.0 store %0, %1`;
    const asInt = `${stored} %3 = bitcast *u64 %0 %4 = load u64 %3`;
    expect(outcomeOfBody('bool', `${asInt} %5 = cmp_eq %4, u64 0 ret %5`)).toMatchObject(illegalAs('undefined_value'));
    const asFloat = `${stored} %3 = load f64 %0 %4 = cmp_eq %3, %3`;
    expect(outcomeOfBody('bool', `${asFloat} ret %4`)).toEqual(returned(0n));
    const half = `${stored} %3 = bitcast *align(8) f32 %0 %4 = load f32 %3`;
    expect(outcomeOfBody('f32', `${half} %5 = neg %4 ret %5`)).toMatchObject(illegalAs('undefined_value'));
  });
});
