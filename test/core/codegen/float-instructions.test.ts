/** Float instructions, executed in V8 against JavaScript numbers; the few that JavaScript lacks are defined here. */
import { describe, expect, test } from '@jest/globals';
import type { Running } from './run-air.ts';
import { runAir } from './run-air.ts';

interface Float {
  readonly ty: string;
  readonly bitsTy: string;
  readonly round: (x: number) => number;
  readonly values: readonly number[];
}

const COMMON = [
  0,
  -0,
  0.5,
  -0.5,
  0.25,
  1,
  -1,
  1.5,
  -1.5,
  2.5,
  -2.5,
  3,
  7,
  -7,
  0.1,
  -0.3,
  100.75,
  1e10,
  -1e10,
  Infinity,
  -Infinity,
  NaN,
];

const FLOATS: readonly Float[] = [
  {
    ty: 'f64',
    bitsTy: 'u64',
    round: (x) => x,
    values: [...COMMON, 0.49999999999999994, 4503599627370495.5, 2 ** 52 + 1, 1e308, -1e308, 5e-324, 2.5e-320, 1e-10],
  },
  {
    ty: 'f32',
    bitsTy: 'u32',
    round: Math.fround,
    values: [...COMMON, 0.49999997, 8388607.5, 2 ** 23 + 1, 3e38, -3e38, 1e-45, 2.5e-40].map(Math.fround),
  },
];

function roundHalfAway(x: number): number {
  const t = Math.trunc(x);
  return Math.abs(x - t) >= 0.5 ? t + Math.sign(x) : t;
}

function least(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
}

function greatest(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
}

const BINARY: Readonly<Record<string, (f: Float, a: number, b: number) => number>> = {
  add: (f, a, b) => f.round(a + b),
  sub: (f, a, b) => f.round(a - b),
  mul: (f, a, b) => f.round(a * b),
  div_float: (f, a, b) => f.round(a / b),
  div_trunc: (f, a, b) => Math.trunc(f.round(a / b)),
  div_floor: (f, a, b) => Math.floor(f.round(a / b)),
  div_exact: (f, a, b) => f.round(a / b),
  rem: (_f, a, b) => a % b,
  mod: (f, a, b) => {
    const r = a % b;
    return r === 0 || r < 0 === b < 0 ? r : f.round(r + b);
  },
  min: (_f, a, b) => least(a, b),
  max: (_f, a, b) => greatest(a, b),
};

const UNARY: Readonly<Record<string, (f: Float, a: number) => number>> = {
  neg: (_f, a) => -a,
  sqrt: (f, a) => f.round(Math.sqrt(a)),
  floor: (_f, a) => Math.floor(a),
  ceil: (_f, a) => Math.ceil(a),
  trunc_float: (_f, a) => Math.trunc(a),
  round: (_f, a) => roundHalfAway(a),
};

const COMPARISON: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  cmp_lt: (a, b) => a < b,
  cmp_lte: (a, b) => a <= b,
  cmp_eq: (a, b) => a === b,
  cmp_gte: (a, b) => a >= b,
  cmp_gt: (a, b) => a > b,
  cmp_neq: (a, b) => a !== b,
};

function check(running: Running, name: string, args: number[], want: number, wrong: string[]): void {
  const found = running.call[name]!(...args);
  if (!Object.is(found, want)) wrong.push(`${name} ${args.join(' ')} = ${String(found)}, not ${want}`);
}

describe.each(FLOATS.map((f) => [f.ty, f] as const))('%s', (ty, f) => {
  test('instructions of two operands', () => {
    const text = Object.keys(BINARY).map(
      (op) => `export fn @${op}(${ty}, ${ty}) ${ty} { %0 = arg ${ty} 0 %1 = arg ${ty} 1 %2 = ${op} %0, %1 ret %2 }\n`,
    );
    for (const op of Object.keys(COMPARISON)) {
      text.push(`export fn @${op}(${ty}, ${ty}) bool { %0 = arg ${ty} 0 %1 = arg ${ty} 1 %2 = ${op} %0, %1 ret %2 }\n`);
    }
    const running = runAir(text.join(''));
    const wrong: string[] = [];
    for (const a of f.values) {
      for (const b of f.values) {
        for (const [op, define] of Object.entries(BINARY)) check(running, op, [a, b], define(f, a, b), wrong);
        for (const [op, define] of Object.entries(COMPARISON)) {
          check(running, op, [a, b], define(a, b) ? 1 : 0, wrong);
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test('instructions of one operand', () => {
    const text = Object.keys(UNARY).map(
      (op) => `export fn @${op}(${ty}) ${ty} { %0 = arg ${ty} 0 %1 = ${op} %0 ret %1 }\n`,
    );
    text.push(`export fn @abs(${ty}) ${ty} { %0 = arg ${ty} 0 %1 = abs ${ty} %0 ret %1 }\n`);
    const running = runAir(text.join(''));
    const wrong: string[] = [];
    for (const a of f.values) {
      for (const [op, define] of Object.entries(UNARY)) check(running, op, [a], define(f, a), wrong);
      check(running, 'abs', [a], Math.abs(a), wrong);
    }
    expect(wrong).toEqual([]);
  });

  test('remainders of many exponents', () => {
    const running = runAir(
      `export fn @rem(${ty}, ${ty}) ${ty} { %0 = arg ${ty} 0 %1 = arg ${ty} 1 %2 = rem %0, %1 ret %2 }\n`,
    );
    const wrong: string[] = [];
    for (let i = -1070; i < 1020; i += 13) {
      for (let j = -1074; j < 1020; j += 29) {
        const a = f.round(1.2345678901234567 * 2 ** i);
        const b = f.round(-1.9876543210987654 * 2 ** j);
        check(running, 'rem', [a, b], a % b, wrong);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

describe('float conversions', () => {
  test('between the two float types', () => {
    const running = runAir(`
      export fn @down(f64) f32 { %0 = arg f64 0 %1 = fptrunc f32 %0 ret %1 }
      export fn @up(f32) f64 { %0 = arg f32 0 %1 = fpext f64 %0 ret %1 }
    `);
    const wrong: string[] = [];
    for (const a of FLOATS[0]!.values) check(running, 'down', [a], Math.fround(a), wrong);
    for (const a of FLOATS[1]!.values) check(running, 'up', [a], a, wrong);
    expect(wrong).toEqual([]);
  });

  test.each(FLOATS)('integers from $ty, at the ends of each range', ({ ty, round }) => {
    const wrong: string[] = [];
    for (const bits of [1, 7, 8, 16, 24, 31, 32, 33, 53, 63, 64]) {
      for (const signed of [false, true]) {
        const int = `${signed ? 'i' : 'u'}${bits}`;
        const { call } = runAir(`export fn @f(${ty}) ${int} { %0 = arg ${ty} 0 %1 = int_from_float ${int} %0 ret %1 }`);
        const low = signed ? -(2n ** BigInt(bits - 1)) : 0n;
        const high = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
        const candidates = [
          0,
          -0,
          -0.9,
          0.9,
          1.5,
          -1.5,
          Number(low),
          Number(low) - 0.5,
          Number(high),
          Number(high) + 0.5,
        ];
        for (let k = 20; k < bits; k += 7) candidates.push(2 ** k, 2 ** k - 2 ** (k - 20), -(2 ** k));
        for (const x of candidates.map(round)) {
          const exact = BigInt(Math.trunc(x));
          if (exact < low || exact > high) continue;
          const want = bits <= 32 ? Number(BigInt.asIntN(32, exact)) : BigInt.asIntN(64, exact);
          const found = call['f']!(x);
          if (found !== want) wrong.push(`${int} from ${x} = ${String(found)}, not ${String(want)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('floats from integers round to nearest, ties to even', () => {
    const wrong: string[] = [];
    for (const bits of [1, 8, 24, 25, 32, 33, 53, 54, 64]) {
      for (const signed of [false, true]) {
        const int = `${signed ? 'i' : 'u'}${bits}`;
        const { call } = runAir(`
          export fn @d(${int}) f64 { %0 = arg ${int} 0 %1 = float_from_int f64 %0 ret %1 }
          export fn @s(${int}) f32 { %0 = arg ${int} 0 %1 = float_from_int f32 %0 ret %1 }
        `);
        const values = [
          0n,
          1n,
          2n ** 24n + 1n,
          2n ** 24n + 3n,
          2n ** 53n + 1n,
          2n ** 53n + 3n,
          2n ** 63n,
          -1n,
          -(2n ** 24n) - 1n,
        ];
        for (let k = 0n; k < 64n; k += 3n)
          values.push(2n ** k - 1n, (2n ** 64n - 1n) >> k, (0x1_0000_0080_0000_01n << 4n) >> k);
        for (const raw of values) {
          const v = signed ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw);
          const arg = bits <= 32 ? Number(BigInt.asIntN(32, v)) : BigInt.asIntN(64, v);
          const found = [call['d']!(arg), call['s']!(arg)];
          const want = [Number(v), nearestF32(v)];
          if (found[0] !== want[0] || found[1] !== want[1])
            wrong.push(`${int} ${v}: ${found.join(' ')}, not ${want.join(' ')}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('bit patterns pass unchanged, signalling NaNs in memory included', () => {
    const running = runAir(`
      export var @a : u32 = 0x7f800001
      export var @b : u64 = 0
      export fn @copy() void {
        %0 = load u32 *u32 &@a
        %1 = bitcast f32 %0
        %2 = neg %1
        %3 = bitcast *f32 *u32 &@a
        store %3, %2
        %5 = bitcast *f64 *u64 &@b
        store %5, f64 nan(0x7ff4000000000001)
        ret void {}
      }
    `);
    running.call['copy']!();
    expect(running.memory().getUint32(running.address('a'), true)).toBe(0xff800001);
    expect(running.memory().getBigUint64(running.address('b'), true)).toBe(0x7ff4000000000001n);
  });
});

/** Nearest f32 of an integer, in one rounding. */
function nearestF32(v: bigint): number {
  const magnitude = v < 0n ? -v : v;
  const length = magnitude.toString(2).length;
  if (length <= 24) return Number(v);
  const shift = BigInt(length - 24);
  let top = magnitude >> shift;
  const rest = magnitude - (top << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && top % 2n === 1n)) top += 1n;
  return (v < 0n ? -1 : 1) * Number(top) * 2 ** Number(shift);
}
