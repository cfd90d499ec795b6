/**
 * What integer instructions mean, in BigInt, for tests: one line each, from docs/air.md. `null` marks an operand pair for
 * which the instruction is illegal. Shares nothing with the code generator or the interpreter.
 */

/** An integer type. */
export interface Int {
  readonly signed: boolean;
  readonly bits: number;
}

export function norm(t: Int, v: bigint): bigint {
  return t.signed ? BigInt.asIntN(t.bits, v) : BigInt.asUintN(t.bits, v);
}

function minOf(t: Int): bigint {
  return t.signed ? -(1n << BigInt(t.bits - 1)) : 0n;
}

export function maxOf(t: Int): bigint {
  return (1n << BigInt(t.signed ? t.bits - 1 : t.bits)) - 1n;
}

function clamp(t: Int, v: bigint): bigint {
  return v < minOf(t) ? minOf(t) : v > maxOf(t) ? maxOf(t) : v;
}

function inRange(t: Int, v: bigint): bigint | null {
  return v === norm(t, v) ? v : null;
}

function floorDiv(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}

type Binary = (t: Int, a: bigint, b: bigint) => bigint | null;

/** Instructions of two operands of one type, result of that type. */
export const BINARY: Readonly<Record<string, Binary>> = {
  add: (t, a, b) => inRange(t, a + b),
  sub: (t, a, b) => inRange(t, a - b),
  mul: (t, a, b) => inRange(t, a * b),
  add_wrap: (t, a, b) => norm(t, a + b),
  sub_wrap: (t, a, b) => norm(t, a - b),
  mul_wrap: (t, a, b) => norm(t, a * b),
  add_sat: (t, a, b) => clamp(t, a + b),
  sub_sat: (t, a, b) => clamp(t, a - b),
  mul_sat: (t, a, b) => clamp(t, a * b),
  div_trunc: (t, a, b) => (b === 0n ? null : inRange(t, a / b)),
  div_floor: (t, a, b) => (b === 0n ? null : inRange(t, floorDiv(a, b))),
  div_exact: (t, a, b) => (b === 0n || a % b !== 0n ? null : inRange(t, a / b)),
  rem: (_t, a, b) => (b === 0n ? null : a % b),
  mod: (_t, a, b) => (b === 0n ? null : a - floorDiv(a, b) * b),
  min: (_t, a, b) => (a < b ? a : b),
  max: (_t, a, b) => (a > b ? a : b),
  bit_and: (_t, a, b) => a & b,
  bit_or: (_t, a, b) => a | b,
  xor: (_t, a, b) => a ^ b,
};

/** Exact results of instructions that report overflow. */
export const OVERFLOWING: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add_with_overflow: (a, b) => a + b,
  sub_with_overflow: (a, b) => a - b,
  mul_with_overflow: (a, b) => a * b,
};

/** Comparisons. */
export const COMPARISON: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  cmp_lt: (a, b) => a < b,
  cmp_lte: (a, b) => a <= b,
  cmp_eq: (a, b) => a === b,
  cmp_gte: (a, b) => a >= b,
  cmp_gt: (a, b) => a > b,
  cmp_neq: (a, b) => a !== b,
};

/** Shifts; `k` is the amount. */
export const SHIFT: Readonly<Record<string, Binary>> = {
  shl: (t, a, k) => (k >= BigInt(t.bits) ? null : norm(t, a << k)),
  shl_exact: (t, a, k) => (k >= BigInt(t.bits) ? null : inRange(t, a << k)),
  shr: (t, a, k) => (k >= BigInt(t.bits) ? null : a >> k),
  shr_exact: (t, a, k) => (k >= BigInt(t.bits) || (a >> k) << k !== a ? null : a >> k),
  shl_sat: (t, a, k) => clamp(t, a << (k < BigInt(t.bits) ? k : BigInt(t.bits))),
};

function pattern(t: Int, v: bigint): string {
  return BigInt.asUintN(t.bits, v).toString(2).padStart(t.bits, '0');
}

/** Instructions of one operand; counts and results of one type alike. */
export const UNARY: Readonly<Record<string, (t: Int, a: bigint) => bigint>> = {
  not: (t, a) => norm(t, ~a),
  clz: (t, a) => BigInt(pattern(t, a).match(/^0*/)![0].length),
  ctz: (t, a) => BigInt(t.bits - 1 - pattern(t, a).lastIndexOf('1')),
  popcount: (t, a) => BigInt(pattern(t, a).replaceAll('0', '').length),
  bit_reverse: (t, a) => norm(t, BigInt(`0b${Array.from(pattern(t, a)).reverse().join('')}`)),
  byte_swap: (t, a) => norm(t, BigInt(`0b${pattern(t, a).match(/.{8}/g)!.reverse().join('')}`)),
  abs: (_t, a) => (a < 0n ? -a : a),
};

/** Values at which integer code breaks: ends of the type and neighbours of powers of two. */
export function boundaries(t: Int): bigint[] {
  const values = new Set<bigint>();
  const add = (v: bigint): void => {
    if (norm(t, v) === v) values.add(v);
  };
  for (const v of [0n, 1n, 2n, 3n, 5n, 7n, 10n, 100n]) {
    add(v);
    add(-v);
    add(maxOf(t) - v);
    add(minOf(t) + v);
  }
  const powers = [7n, 8n, 16n, 31n, 32n, 33n, 62n, 63n];
  for (let k = 64; k < t.bits; k += 64) powers.push(BigInt(k), BigInt(k + 1), BigInt(k + 63));
  for (const k of powers) {
    for (const d of [-1n, 0n, 1n]) {
      add((1n << k) + d);
      add(-(1n << k) + d);
    }
  }
  return [...values];
}
