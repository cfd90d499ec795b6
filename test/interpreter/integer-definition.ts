/**
 * A second definition of integer arithmetic, for the tests: sign and magnitude, digits, and search, where the interpreter uses
 * two's complement. `undefined` stands for illegal.
 */

/** An integer type. */
export interface IntType {
  readonly signed: boolean;
  readonly bits: number;
}

/** Name in AIR text. */
export function nameOf({ signed, bits }: IntType): string {
  return `${signed ? 'i' : 'u'}${bits}`;
}

/** Widths at which representations change, and their neighbours. */
export const WIDTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 63, 64];

/** Both integer types of each width. */
export function typesOf(widths: readonly number[]): IntType[] {
  return widths.flatMap((bits) => [
    { signed: false, bits },
    { signed: true, bits },
  ]);
}

/** Number of values. */
export function countOf(t: IntType): bigint {
  return 1n << BigInt(t.bits);
}

/** Least value. */
export function minOf(t: IntType): bigint {
  return t.signed ? -countOf(t) / 2n : 0n;
}

/** Greatest value. */
export function maxOf(t: IntType): bigint {
  return minOf(t) + countOf(t) - 1n;
}

/** Whether the type has the value. */
export function has(t: IntType, v: bigint): boolean {
  return minOf(t) <= v && v <= maxOf(t);
}

/** The value of the type that is congruent to `v`. */
export function wrapped(t: IntType, v: bigint): bigint {
  const distance = (v - minOf(t)) % countOf(t);
  return minOf(t) + (distance < 0n ? distance + countOf(t) : distance);
}

function saturated(t: IntType, v: bigint): bigint {
  if (has(t, v)) return v;
  return v > 0n ? maxOf(t) : minOf(t);
}

function legal(t: IntType, v: bigint): bigint | undefined {
  return has(t, v) ? v : undefined;
}

function magnitude(v: bigint): bigint {
  return v < 0n ? -v : v;
}

function truncated(a: bigint, b: bigint): bigint {
  const q = magnitude(a) / magnitude(b);
  return a < 0n === b < 0n ? q : -q;
}

function floored(a: bigint, b: bigint): bigint {
  const q = truncated(a, b);
  return q * b !== a && a < 0n !== b < 0n ? q - 1n : q;
}

/** Digits of the pattern, least significant first. */
export function digits(t: IntType, v: bigint): number[] {
  let rest = wrapped({ signed: false, bits: t.bits }, v);
  const list: number[] = [];
  for (let n = 0; n < t.bits; n++) {
    list.push(Number(rest % 2n));
    rest /= 2n;
  }
  return list;
}

/** The value whose pattern has these digits. */
export function fromDigits(t: IntType, list: readonly number[]): bigint {
  return wrapped(
    t,
    list.reduce((sum, digit, n) => sum + BigInt(digit) * 2n ** BigInt(n), 0n),
  );
}

function bitwise(t: IntType, a: bigint, b: bigint, f: (x: number, y: number) => number): bigint {
  const y = digits(t, b);
  return fromDigits(
    t,
    digits(t, a).map((x, n) => f(x, y[n]!)),
  );
}

type Definition = (t: IntType, a: bigint, b: bigint) => bigint | undefined;

/** bin_op by tag. */
export const BINARY = {
  add: (t, a, b) => legal(t, a + b),
  sub: (t, a, b) => legal(t, a - b),
  mul: (t, a, b) => legal(t, a * b),
  add_wrap: (t, a, b) => wrapped(t, a + b),
  sub_wrap: (t, a, b) => wrapped(t, a - b),
  mul_wrap: (t, a, b) => wrapped(t, a * b),
  add_sat: (t, a, b) => saturated(t, a + b),
  sub_sat: (t, a, b) => saturated(t, a - b),
  mul_sat: (t, a, b) => saturated(t, a * b),
  div_trunc: (t, a, b) => (b === 0n ? undefined : legal(t, truncated(a, b))),
  div_floor: (t, a, b) => (b === 0n ? undefined : legal(t, floored(a, b))),
  div_exact: (t, a, b) => (b === 0n || truncated(a, b) * b !== a ? undefined : legal(t, truncated(a, b))),
  rem: (_, a, b) => (b === 0n ? undefined : a - truncated(a, b) * b),
  mod: (_, a, b) => (b === 0n ? undefined : a - floored(a, b) * b),
  min: (_, a, b) => (a <= b ? a : b),
  max: (_, a, b) => (a >= b ? a : b),
  bit_and: (t, a, b) => bitwise(t, a, b, (x, y) => x * y),
  bit_or: (t, a, b) => bitwise(t, a, b, (x, y) => Math.max(x, y)),
  xor: (t, a, b) => bitwise(t, a, b, (x, y) => (x + y) % 2),
} as const satisfies Readonly<Record<string, Definition>>;

/** Shifts by tag; `k` is any amount. */
export const SHIFTS = {
  shl: (t, a, k) => (k < BigInt(t.bits) ? wrapped(t, a * 2n ** k) : undefined),
  shl_exact: (t, a, k) => (k < BigInt(t.bits) ? legal(t, a * 2n ** k) : undefined),
  shl_sat: (t, a, k) => (a === 0n ? 0n : saturated(t, k > 200n ? a * 2n ** 200n : a * 2n ** k)),
  shr: (t, a, k) => (k < BigInt(t.bits) ? floored(a, 2n ** k) : undefined),
  shr_exact: (t, a, k) => (k < BigInt(t.bits) && a % 2n ** k === 0n ? a / 2n ** k : undefined),
} as const satisfies Readonly<Record<string, Definition>>;

/** Why a bin_op or shift is illegal, when it is. */
export function reasonOf(tag: string, t: IntType, a: bigint, b: bigint): string {
  if (tag.startsWith('sh')) return b >= BigInt(t.bits) ? 'shift_too_large' : 'inexact';
  if (!tag.startsWith('div') && tag !== 'rem' && tag !== 'mod') return 'integer_overflow';
  if (b === 0n) return 'division_by_zero';
  return truncated(a, b) * b === a ? 'integer_overflow' : 'inexact';
}

/** All values of a type. */
export function allValues(t: IntType): bigint[] {
  return Array.from({ length: Number(countOf(t)) }, (_, n) => minOf(t) + BigInt(n));
}

/** Values at which arithmetic of a type changes its ways. */
export function boundaryValues(t: IntType): bigint[] {
  const half = 1n << BigInt(t.bits >> 1);
  const near = [0n, 1n, -1n, 2n, -3n, 7n, minOf(t), minOf(t) + 1n, maxOf(t) - 1n, maxOf(t)];
  const far = [maxOf(t) / 3n, minOf(t) / 2n, half - 1n, half, -half];
  return [...new Set([...near, ...far])].filter((v) => has(t, v));
}
