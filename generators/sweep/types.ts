/**
 * The types that the profile `sweep` goes through, and the operands of each: all values of narrow integers, and of others those at
 * which lowerings change their mind.
 *
 * Owns the choice of widths and values. Types that a version refuses are left out by cells.ts.
 */
import type { FloatBits, InternPool, IpIndex } from '../../core/index.ts';
import {
  FLOAT_FORMATS,
  infinityBits,
  IP,
  isFloatPattern,
  nearestPattern,
  numberOfPattern,
  quietNanBits,
} from '../../core/index.ts';

/** Widths of integers. */
// prettier-ignore
const WIDTHS = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 80, 96, 100, 127, 128, 129, 200, 256,
];

/** Those of a second type beside another first one: amounts of shifts, and what is cast to. */
const OTHER_WIDTHS = [1, 3, 5, 8, 16, 31, 32, 33, 63, 64, 65, 128, 129];

/** Widths far beyond those, of which a value is so long that tables have few of them. */
const LONG_WIDTHS = [4097, 8191, 16384, 65535];

/** Types that stand beside a long one: an amount or a number that is cast, of one register, of two, and of memory. */
const BESIDE_LONG: ReadonlySet<string> = new Set([
  'u16',
  'i64',
  'u65',
  'usize',
  'u4097',
  'f16',
  'f32',
  'f64',
  'f80',
  'f128',
]);

/** Bytes that a table of operands or results may take of long integers, about. */
const TABLE_BYTES = 300_000;

/** Up to this width every value is an operand. */
const WHOLE = 5;

/** A type of operands and results. */
export interface SweepType {
  readonly name: string;
  /** Number of the type in a pool. */
  readonly in: (pool: InternPool) => IpIndex;
  /** Stands beside every first type as well. */
  readonly isOther: boolean;
  /** An integer whose values are long. */
  readonly isLong: boolean;
}

function integersOf(bits: number, isOther: boolean, isLong: boolean): SweepType[] {
  return [
    { name: `u${bits}`, in: (pool) => pool.intType(false, bits), isOther, isLong },
    { name: `i${bits}`, in: (pool) => pool.intType(true, bits), isOther, isLong },
  ];
}

/** Whether `second` stands beside `first`, another type: as the result's, or as that of the second of `count` operands. */
export function standsBeside(second: SweepType, first: SweepType, count: number): boolean {
  if (!first.isLong && !second.isLong) return second.isOther || (count === 1 && first.isOther);
  const [isNear, isFirstNear] = [second, first].map(({ name }) => BESIDE_LONG.has(name)) as [boolean, boolean];
  if (!(isNear || second.isLong) || !(isFirstNear || first.isLong)) return false;
  return isNear || (count === 1 && isFirstNear);
}

/** Whether integers of `bits` bits are long ones. */
export function isLongWidth(bits: number): boolean {
  return bits >= LONG_WIDTHS[0]!;
}

/** Most rows of a table whose values have up to `bits` bits. */
export function mostRows(bits: number): number {
  return isLongWidth(bits) ? Math.max(24, Math.floor(TABLE_BYTES / (bits / 8))) : Infinity;
}

/** All of them, in a fixed order. */
export const SWEEP_TYPES: readonly SweepType[] = [
  { name: 'bool', in: () => IP.bool_type, isOther: true, isLong: false },
  ...WIDTHS.flatMap((bits) => integersOf(bits, OTHER_WIDTHS.includes(bits), false)),
  { name: 'usize', in: () => IP.usize_type, isOther: true, isLong: false },
  { name: 'isize', in: () => IP.isize_type, isOther: false, isLong: false },
  ...Object.keys(FLOAT_FORMATS).map((key): SweepType => {
    const bits = Number(key) as FloatBits;
    return { name: `f${bits}`, in: (pool) => pool.floatType(bits), isOther: true, isLong: false };
  }),
  ...LONG_WIDTHS.flatMap((bits) => integersOf(bits, true, true)),
];

/** An operand: its constant, and the number that it is (of a float NaN or an infinity too). */
export interface SweepValue {
  readonly value: IpIndex;
  readonly number: bigint | number;
}

/** The operands of type `ty`, least first where they have an order. */
export function valuesOf(pool: InternPool, ty: IpIndex): readonly SweepValue[] {
  if (ty === IP.bool_type) return [IP.bool_false, IP.bool_true].map((value, n) => ({ value, number: BigInt(n) }));
  if (pool.isFloat(ty)) return floatsOf(pool, ty);
  const bits = pool.intBits(ty);
  const isSigned = pool.intSigned(ty);
  const list = (isLongWidth(bits) ? longIntegers : integers)(bits, isSigned);
  return list.map((number) => ({ value: pool.int(ty, number), number }));
}

/** Integers of `bits` bits, ascending. */
function integers(bits: number, isSigned: boolean): bigint[] {
  const size = 1n << BigInt(bits);
  const least = isSigned ? -size / 2n : 0n;
  const most = least + size - 1n;
  if (bits <= WHOLE) return Array.from({ length: Number(size) }, (_, n) => least + BigInt(n));
  const found = new Set<bigint>();
  const add = (value: bigint): void => {
    if (value >= least && value <= most) found.add(value);
  };
  for (const near of [0n, least, most, most / 2n]) for (let n = -2n; n <= 2n; n++) add(near + n);
  for (const small of [3, 5, 7, 10, 100, bits - 1, bits, bits + 1]) [small, -small].forEach((n) => add(BigInt(n)));
  for (const edge of [7, 8, 15, 16, 31, 32, 63, 64, 127, 128]) {
    for (const n of [-1n, 0n]) [1n, -1n].forEach((sign) => add(sign * ((1n << BigInt(edge)) + n)));
  }
  // Alternating bits, and bytes that differ.
  const pattern = (text: string): bigint =>
    BigInt.asUintN(bits, BigInt(`0x${text.repeat(Math.ceil(bits / 32))}`)) + least;
  for (const text of ['55555555', 'aaaaaaaa', '89abcdef']) add(pattern(text));
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

/** As many integers of `bits` bits, ascending, as a table of all pairs has room for: limits and patterns before what is near to them. */
function longIntegers(bits: number, isSigned: boolean): bigint[] {
  const least = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const most = least + (1n << BigInt(bits)) - 1n;
  const pattern = (text: string): bigint =>
    BigInt.asUintN(bits, BigInt(`0x${text.repeat(Math.ceil(bits / 64))}`)) + least;
  const half = 1n << BigInt(bits >> 1);
  const found = new Set([0n, most, least, pattern('0123456789abcdef'), half - 1n, isSigned ? -1n : most - 1n, 3n]);
  for (const more of [
    1n,
    least + 1n,
    most / 2n,
    half,
    1n << 64n,
    (1n << 64n) - 1n,
    -(1n << 64n),
    BigInt(bits),
    BigInt(bits - 1),
    -2n,
  ])
    found.add(more);
  for (const text of ['5555555555555555', 'ffffffff00000000', '00000000ffffffff', '0000000000000001'])
    found.add(pattern(text));
  const room = Math.floor(Math.sqrt(TABLE_BYTES / (bits / 8)));
  const fitting = [...found].filter((value) => value >= least && value <= most);
  return fitting.slice(0, room).sort((a, b) => (a < b ? -1 : 1));
}

// prettier-ignore
const NUMBERS = [
  0, -0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3, 0.1, 10, 100.5, 127.5, -128.5, 255.5, 32767.5, 65535.5, 65504, -65520,
  2 ** 23 - 0.5, 2 ** 24 + 1, 2 ** 31, -(2 ** 31), 2 ** 31 - 128, 2 ** 32 - 1, 2 ** 53, 2 ** 52 - 0.5, 2 ** 63, -(2 ** 63),
  2 ** 63 - 1024, 2 ** 64, 2 ** 64 - 2048, 2 ** -1074, 2 ** -1022, 2 ** -149, 2 ** -126, 2 ** -24, 2 ** -14, 2 ** 127,
  (2 - 2 ** -23) * 2 ** 127, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-7, 0.49999999999999994, 0.49999997,
];

/** Where elementary functions turn: multiples of pi/2 and of their reciprocal, powers of ten and two, neighbours of 1, limits of results. */
// prettier-ignore
const TURNS = [
  Math.PI / 4, Math.PI / 2, Math.PI, 1.5 * Math.PI, 2 * Math.PI, 100 * Math.PI, 355, 1e22, -1e22, 2 ** 120, 2 ** 1023, Math.E, Math.SQRT2,
  Math.SQRT1_2, 2, 4, 8, 0.25, 1e1, 1e2, 1e4, 1e15, 1e-1, 1e-5, 2 ** -58, 2 ** -61, 2 ** -119, 2 ** -121, 11.09, 15, 16, -14, -24, -25, 88.7,
  88.8, 127, 128, -103, -104, -126, -149, -150, 709.7, 709.8, -745, -746, 1023, 1024, -1074, -1075, 11356, 11357, 16383, 16384,
  -16445, -16494, -16495, -16496, 40000, -40000, 70000,
];

/** The operands of elementary functions of type `ty`: of most numbers the two beside them as well. */
export function mathValuesOf(pool: InternPool, ty: IpIndex): readonly SweepValue[] {
  const bits = pool.floatBits(ty);
  const plain = floatsOf(pool, ty);
  const greatest = infinityBits(FLOAT_FORMATS[bits], false);
  const near = [1, 0.5, ...TURNS].flatMap((number) => {
    const pattern = nearestPattern(bits, number);
    return [pattern - 1n, pattern, pattern + 1n];
  });
  const known = new Set(plain.map(({ value }) => value));
  const added = near
    .filter((pattern) => BigInt.asUintN(bits - 1, pattern) < greatest && isFloatPattern(FLOAT_FORMATS[bits], pattern))
    .map((pattern) => ({ value: pool.float(ty, pattern), number: numberOfPattern(bits, pattern) }))
    .filter(({ value }) => !known.has(value) && known.add(value));
  return [...plain, ...added];
}

function floatsOf(pool: InternPool, ty: IpIndex): readonly SweepValue[] {
  const bits = pool.floatBits(ty);
  const format = FLOAT_FORMATS[bits];
  const patterns = new Set(NUMBERS.map((number) => nearestPattern(bits, number)));
  patterns.add(infinityBits(format, false)).add(infinityBits(format, true)).add(quietNanBits(format));
  return [...patterns].map((pattern) => ({ value: pool.float(ty, pattern), number: numberOfPattern(bits, pattern) }));
}
