/**
 * The interpreter's arithmetic on float patterns, against two opinions that share nothing with it: the host's own numbers, in
 * the formats that the host has, and neighbours compared as exact fractions in those that it has not.
 */
import { describe, expect, test } from '@jest/globals';
import type { SoftFormat } from '../../interpreter/model/soft-float.ts';
import {
  fromInteger,
  fusedMultiplyAdd,
  integerOf,
  isNan,
  order,
  resized,
  SOFT_BINARY,
  SOFT_FORMATS,
  SOFT_UNARY,
} from '../../interpreter/model/soft-float.ts';

const view = new DataView(new ArrayBuffer(8));

/** The formats of the host: pattern to number and back, and the rounding of a number. */
const HOST = {
  32: {
    number: (pattern: bigint): number => {
      view.setUint32(0, Number(pattern));
      return view.getFloat32(0);
    },
    pattern: (value: number): bigint => {
      view.setFloat32(0, value);
      return BigInt(view.getUint32(0));
    },
    round: Math.fround,
  },
  64: {
    number: (pattern: bigint): number => {
      view.setBigUint64(0, pattern);
      return view.getFloat64(0);
    },
    pattern: (value: number): bigint => {
      view.setFloat64(0, value);
      return view.getBigUint64(0);
    },
    round: (value: number): number => value,
  },
} as const;

/** Numbers that look random, always the same. */
function stream(seed: number): () => bigint {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    return (state ^ (state >> 29n)) >> 8n;
  };
}

/** Patterns at the limits of a format and in between; without the ones that no value has. */
function patterns(t: SoftFormat, count: number): bigint[] {
  const stored = BigInt(t.storesLead ? t.precision : t.precision - 1);
  const lead = t.storesLead ? 1n << (stored - 1n) : 0n;
  const at = (field: number, fraction: bigint): bigint =>
    (BigInt(field) << stored) | (field === 0 ? 0n : lead) | BigInt.asUintN(t.precision - 1, fraction);
  const top = 2 * t.emax + 1;
  const sign = 1n << BigInt(t.bits - 1);
  const fields = [0, 1, 2, t.emax - t.precision, t.emax - 1, t.emax, t.emax + 1, t.emax + 2, t.emax + t.precision - 1];
  fields.push(t.emax + t.precision, top - 2, top - 1);
  const next = stream(7);
  const list = [at(top, 0n), at(top, 1n << BigInt(t.precision - 2)), 0n];
  for (const field of fields) {
    for (const fraction of [0n, 1n, -1n, -2n, 1n << BigInt(t.precision - 2), next() << 40n])
      list.push(at(field, fraction));
  }
  while (list.length < count) list.push(at(Number(next() % BigInt(top)), (next() << 56n) ^ next()));
  return list.flatMap((pattern) => [pattern, pattern | sign]);
}

/** Every pair of neighbours in the list, each value with itself, and one in seven of the others. */
function* pairs(values: readonly bigint[]): Generator<readonly [bigint, bigint]> {
  for (let i = 0; i < values.length; i++) {
    for (let j = 0; j < values.length; j++) {
      if (Math.abs(i - j) <= 1 || (5 * i + j) % 7 === 0) yield [values[i]!, values[j]!];
    }
  }
}

describe.each([32, 64] as const)('f%d against the host', (bits) => {
  const t = SOFT_FORMATS[bits];
  const { number, pattern, round } = HOST[bits];
  const values = patterns(t, 90);
  const shown = (p: bigint): string => (isNan(t, p) ? 'nan' : `0x${p.toString(16)}`);
  const expected = (value: number): string => (Number.isNaN(value) ? 'nan' : `0x${pattern(round(value)).toString(16)}`);

  test.each([
    ['add', (a: number, b: number) => a + b],
    ['sub', (a: number, b: number) => a - b],
    ['mul', (a: number, b: number) => a * b],
    ['div_float', (a: number, b: number) => a / b],
    ['rem', (a: number, b: number) => a % b],
    ['div_trunc', (a: number, b: number) => Math.trunc(round(a / b))],
    ['div_floor', (a: number, b: number) => Math.floor(round(a / b))],
  ] as const)('%s', (name, apply) => {
    const wrong: string[] = [];
    for (const [a, b] of pairs(values)) {
      const result = shown(SOFT_BINARY[name](t, a, b));
      const right = expected(apply(number(a), number(b)));
      if (result !== right) wrong.push(`${shown(a)} ${shown(b)} gives ${result}, not ${right}`);
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['sqrt', Math.sqrt],
    ['floor', Math.floor],
    ['ceil', Math.ceil],
    ['trunc_float', Math.trunc],
    ['round', (v: number) => (Math.abs(v - Math.trunc(v)) >= 0.5 ? Math.trunc(v) + Math.sign(v) : Math.trunc(v))],
  ] as const)('%s', (name, apply) => {
    for (const a of values) {
      expect(`${shown(a)}: ${shown(SOFT_UNARY[name](t, a))}`).toBe(`${shown(a)}: ${expected(apply(number(a)))}`);
    }
  });

  test('order, extremes, whole parts and integers', () => {
    for (const a of values) {
      const x = number(a);
      expect(integerOf(t, a)).toBe(Number.isFinite(x) ? BigInt(Math.trunc(x)) : null);
    }
    const wrong: string[] = [];
    for (const [a, b] of pairs(values)) {
      const [x, y] = [number(a), number(b)];
      const sign = order(t, a, b);
      const isOrdered =
        sign === null ? Number.isNaN(x + y) || x === -y : sign === Math.sign(x < y ? -1 : x > y ? 1 : 0);
      const isExtreme =
        sign === null ||
        (shown(SOFT_BINARY.min(t, a, b)) === expected(Math.min(x, y)) &&
          shown(SOFT_BINARY.max(t, a, b)) === expected(Math.max(x, y)));
      if (!isOrdered || !isExtreme) wrong.push(`${shown(a)} ${shown(b)}`);
    }
    expect(wrong).toEqual([]);
    const next = stream(3);
    for (let n = 0; n < 500; n++) {
      const v = BigInt.asIntN(64, next() << BigInt(n % 20));
      if (bits === 64) expect(shown(fromInteger(t, v))).toBe(expected(Number(v)));
      else expect(shown(fromInteger(t, v >> 12n))).toBe(expected(Number(v >> 12n)));
    }
  });

  test('to the other format of the host', () => {
    for (const a of values) {
      const other = bits === 32 ? 64 : 32;
      const result = resized(t, SOFT_FORMATS[other], a);
      if (isNan(t, a)) expect(isNan(SOFT_FORMATS[other], result)).toBe(true);
      else expect(result).toBe(HOST[other].pattern(number(a)));
    }
  });
});

/** A fraction; the denominator is positive. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** The number of a finite pattern. Written from the definition of the formats. */
function valueOf(t: SoftFormat, pattern: bigint): Fraction {
  const stored = t.storesLead ? t.precision : t.precision - 1;
  const sign = pattern >> BigInt(t.bits - 1) === 1n ? -1n : 1n;
  const fraction = BigInt.asUintN(stored, pattern);
  const field = Number(BigInt.asUintN(t.bits - 1 - stored, pattern >> BigInt(stored)));
  const whole = field > 0 && !t.storesLead ? fraction + (1n << BigInt(stored)) : fraction;
  const exponent = (field === 0 ? 1 : field) - t.emax - (t.precision - 1);
  return exponent >= 0
    ? { over: (sign * whole) << BigInt(exponent), under: 1n }
    : { over: sign * whole, under: 1n << BigInt(-exponent) };
}

/** Sign of a - b. */
function compared(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The pattern of the magnitude `steps` steps away, where the next one beyond the greatest number stands for infinity. */
function stepped(t: SoftFormat, magnitude: bigint, steps: 1n | -1n): bigint {
  const next = magnitude + steps;
  if (!t.storesLead) return next;
  // Patterns skip those without the leading bit that the exponent asks for.
  const stored = BigInt(t.precision);
  const lead = 1n << (stored - 1n);
  const low = BigInt.asUintN(t.precision, next);
  const field = next >> stored;
  if (field > 0n && low < lead)
    return steps === 1n
      ? (field << stored) | lead
      : ((field - 1n) << stored) | (field === 1n ? lead - 1n : (1n << stored) - 1n);
  if (field === 0n && low >= lead) return (1n << stored) | lead;
  return next;
}

/** Whether `result` is the float nearest to `exact`, ties to even. */
function isNearest(t: SoftFormat, exact: Fraction, result: bigint): boolean {
  const sign = 1n << BigInt(t.bits - 1);
  const negative = exact.over < 0n;
  if (exact.over !== 0n && negative !== result >= sign) return false;
  const magnitude = result % sign;
  const target: Fraction = { over: negative ? -exact.over : exact.over, under: exact.under };
  const infinite = SOFT_BINARY.div_float(t, fromInteger(t, 1n), 0n);
  const even = magnitude % 2n === 0n;
  const middle = (a: bigint, b: bigint): Fraction => {
    const [x, y] = [valueOf(t, a), valueOf(t, b)];
    return { over: x.over * y.under + y.over * x.under, under: 2n * x.under * y.under };
  };
  if (magnitude > 0n) {
    const side = compared(target, middle(stepped(t, magnitude, -1n), magnitude));
    if (side < 0 || (side === 0 && !even)) return false;
  }
  if (magnitude === infinite) return true;
  const side = compared(target, middle(magnitude, stepped(t, magnitude, 1n)));
  return side < 0 || (side === 0 && even);
}

describe.each([16, 80, 128] as const)('f%d against exact fractions', (bits) => {
  const t = SOFT_FORMATS[bits];
  const infinite = SOFT_BINARY.div_float(t, fromInteger(t, 1n), 0n);
  const sign = 1n << BigInt(bits - 1);
  const values = patterns(t, bits === 16 ? 120 : 78).filter((pattern) => pattern % sign < infinite);

  function holds(name: string, operands: readonly bigint[], exact: Fraction | null, result: bigint): void {
    const right = exact === null || isNearest(t, exact, result);
    if (!right)
      throw new Error(`${name} ${operands.map((v) => v.toString(16)).join(' ')} gives ${result.toString(16)}`);
  }

  test('sums, differences, products and quotients', () => {
    let count = 0;
    for (const [a, b] of pairs(values)) {
      const [x, y] = [valueOf(t, a), valueOf(t, b)];
      const under = x.under * y.under;
      const sum = x.over * y.under + y.over * x.under;
      const difference = x.over * y.under - y.over * x.under;
      const product = { over: x.over * y.over, under };
      holds('add', [a, b], { over: sum, under }, SOFT_BINARY.add(t, a, b));
      holds('sub', [a, b], { over: difference, under }, SOFT_BINARY.sub(t, a, b));
      holds('mul', [a, b], product, SOFT_BINARY.mul(t, a, b));
      if (y.over !== 0n) {
        const negative = y.over < 0n ? -1n : 1n;
        const quotient = { over: negative * x.over * y.under, under: negative * x.under * y.over };
        holds('div', [a, b], quotient, SOFT_BINARY.div_float(t, a, b));
      }
      count++;
    }
    expect(count).toBeGreaterThan(values.length);
  });

  test('square roots, and products with a sum', () => {
    const next = stream(11);
    const pick = (): bigint => values[Number(next() % BigInt(values.length))]!;
    for (let n = 0; n < 1500; n++) {
      const [a, b, c] = [pick(), pick(), pick()];
      const [x, y, z] = [valueOf(t, a), valueOf(t, b), valueOf(t, c)];
      const under = x.under * y.under * z.under;
      const over = x.over * y.over * z.under + z.over * x.under * y.under;
      holds('fma', [a, b, c], { over, under }, fusedMultiplyAdd(t, a, b, c));
    }
    for (const a of values) {
      const x = valueOf(t, a);
      if (x.over < 0n) continue;
      const root = SOFT_UNARY.sqrt(t, a);
      if (root % sign === 0n) {
        expect(x.over).toBe(0n);
        continue;
      }
      // The root lies between the middles to its neighbours; their squares are compared.
      const square = (p: bigint, q: bigint): Fraction => {
        const [u, v] = [valueOf(t, p), valueOf(t, q)];
        const over = u.over * v.under + v.over * u.under;
        return { over: over * over, under: (2n * u.under * v.under) ** 2n };
      };
      expect(compared(x, square(stepped(t, root, -1n), root))).toBe(1);
      expect(compared(x, square(root, stepped(t, root, 1n)))).toBe(-1);
    }
  });

  test('integers and the other formats', () => {
    const next = stream(5);
    for (let n = 0; n < 400; n++) {
      const v = BigInt.asIntN(128, (next() << BigInt(n % 90)) ^ next());
      holds('integer', [v], { over: v, under: 1n }, fromInteger(t, v));
    }
    for (const other of [16, 32, 64, 80, 128] as const) {
      const from = SOFT_FORMATS[other];
      const most = SOFT_BINARY.div_float(from, fromInteger(from, 1n), 0n);
      for (const a of patterns(from, 70)) {
        if (a % (1n << BigInt(other - 1)) >= most) continue;
        holds(`from f${other}`, [a], valueOf(from, a), resized(from, t, a));
      }
    }
  });
});

test('a NaN that arithmetic makes is the quiet one without sign and payload', () => {
  const NANS = { 16: 0x7e00n, 80: 0x7fff_c000_0000_0000_0000n, 128: 0x7fff_8000n << 96n } as const;
  for (const bits of [16, 80, 128] as const) {
    const t = SOFT_FORMATS[bits];
    const payload = NANS[bits] | (1n << BigInt(bits - 1)) | 5n;
    expect(SOFT_BINARY.add(t, payload, 0n)).toBe(NANS[bits]);
    expect(SOFT_BINARY.div_float(t, 0n, 0n)).toBe(NANS[bits]);
    expect(SOFT_BINARY.min(t, payload, payload)).toBe(NANS[bits]);
    expect(SOFT_BINARY.max(t, payload, fromInteger(t, 3n))).toBe(fromInteger(t, 3n));
    expect(SOFT_UNARY.sqrt(t, fromInteger(t, -1n))).toBe(NANS[bits]);
    expect(SOFT_UNARY.floor(t, payload)).toBe(NANS[bits]);
  }
});
