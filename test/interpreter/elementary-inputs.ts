/** Operands of elementary functions: random words, patterns of the host's numbers, and patterns at which functions turn. */
import type { SoftFormat } from '../../interpreter/model/soft-float.ts';
import { resized, rounded, SOFT_FORMATS } from '../../interpreter/model/soft-float.ts';

const view = new DataView(new ArrayBuffer(8));

/** Pattern of a number. */
export function bits64(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

/** Number of a pattern. */
export function number64(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** Words of 64 bits, the same for the same seed (not 0): xorshift. */
export function randoms(seed: bigint): () => bigint {
  let x = seed * 0x9e37_79b9_7f4a_7c15n;
  return () => {
    x = BigInt.asUintN(64, x);
    x ^= BigInt.asUintN(64, x << 13n);
    x ^= x >> 7n;
    x ^= BigInt.asUintN(64, x << 17n);
    return x;
  };
}

// prettier-ignore
const TURNS = [
  0, 1, 0.5, 2, 10, 100, 1000, 0.1, Math.E, Math.PI / 4, Math.PI / 2, Math.PI, 1.5 * Math.PI, 3 * Math.PI, 710 / 226, 355, 22, 1e15, 1e22, 2 ** 64,
  2 ** 120, 2 ** 1000, 2 ** -20, 2 ** -40, 2 ** -59, 2 ** -60, 2 ** -61, 2 ** -118, 2 ** -119, 2 ** -120, 2 ** -121, 2 ** -500, Math.SQRT2, Math.SQRT1_2,
  0.75, 1.5, 11, 15, 16, 24, 25, 88, 89, 103, 104, 126, 127, 128, 149, 150, 709, 710, 745, 746, 1022, 1023, 1024, 1074, 1075, 11355, 11356, 11357,
  16382, 16383, 16384, 16445, 16446, 16494, 16495, 32767, 32768, 40000, 65535, 65536, 1e5,
];

/** Patterns of numbers at which a function turns, of those next to them, and of what is no number. */
export function turnsOf(t: SoftFormat): readonly bigint[] {
  const infinity = resized(SOFT_FORMATS[64], t, bits64(Infinity));
  const sign = 1n << BigInt(t.bits - 1);
  const near = TURNS.flatMap((number) => {
    const pattern = resized(SOFT_FORMATS[64], t, bits64(number));
    return [pattern - 1n, pattern, pattern + 1n];
  });
  const least = rounded(t, false, 1n, 2 - t.emax - t.precision);
  const lead = BigInt(t.precision - 1);
  const isValue = (p: bigint): boolean => !t.storesLead || p >> BigInt(t.precision) === 0n || ((p >> lead) & 1n) === 1n;
  const subnormal = (p: bigint): boolean =>
    t.storesLead && p >> BigInt(t.precision) === 0n && ((p >> lead) & 1n) === 1n;
  const numbers = [...near, least, infinity - 1n].filter((p) => p >= 0n && p < infinity && isValue(p) && !subnormal(p));
  const all = [...new Set([...numbers, infinity])];
  return [...all, ...all.map((p) => p | sign), infinity + (1n << (lead - 1n))];
}

/** The `n`-th of random finite patterns of a format: any, or one of moderate size. */
export function randomPattern(t: SoftFormat, random: () => bigint, n: number): bigint {
  const raw = (random() << 64n) | random();
  const negative = random() % 2n === 1n;
  const range = n % 3 === 0 ? t.emax : n % 3 === 1 ? 12 : 4;
  const exponent = Number(random() % BigInt(2 * range)) - range;
  return rounded(t, negative, raw | (1n << 127n), exponent - 127);
}
