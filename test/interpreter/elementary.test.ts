/** sin to log10 as the interpreter computes them: against their series, against the host, and in the cases that are exact. */
import { describe, expect, test } from '@jest/globals';
import type { Elementary } from '../../interpreter/model/elementary.ts';
import { elementary } from '../../interpreter/model/elementary.ts';
import type { SoftFormat } from '../../interpreter/model/soft-float.ts';
import { fromInteger, partsOf, resized, rounded, SOFT_FORMATS } from '../../interpreter/model/soft-float.ts';
import { bits64, number64, randoms } from './elementary-inputs.ts';
import { IS_BELOW, longOf } from './elementary-definition.ts';

const NAMES = Object.keys(IS_BELOW) as Elementary[];
const FORMATS = Object.values(SOFT_FORMATS) as readonly SoftFormat[];

/** A pattern as a number at the scale of the definition, and half of a unit in its last place. */
function longPattern(t: SoftFormat, pattern: bigint): { readonly value: bigint; readonly half: bigint } {
  const { negative, significand, exponent } = partsOf(t, pattern);
  const value = longOf(significand, exponent);
  return { value: negative ? -value : value, half: longOf(1n, exponent - 1) };
}

describe.each(NAMES)('%s', (name) => {
  const isLog = name.startsWith('log');

  test.each(FORMATS)('is the nearest float of its series: $bits bits', (t) => {
    const random = randoms(7n);
    for (let n = 0; n < 6; n++) {
      const raw = (random() << 64n) | random();
      const x = rounded(t, !isLog && n % 2 === 1, raw | (1n << 127n), -127 + (n % 6) - 3);
      const y = longPattern(t, elementary(name, t, x));
      const { value } = longPattern(t, x);
      // A power of two has half a unit of the float below it as well; none comes up.
      expect(IS_BELOW[name](y.value - y.half, value)).toBe(true);
      expect(IS_BELOW[name](y.value + y.half, value)).toBe(false);
    }
  });

  test('is at most one unit from what the host computes', () => {
    const random = randoms(11n);
    const ofHost = (x: number): number => (name === 'exp2' ? 2 ** x : Math[name](x));
    for (let n = 0; n < 120; n++) {
      const x = (Number(random() % 1_000_001n) / 1_000_000 - (isLog ? 0 : 0.5)) * 2 ** ((n % 40) - 20);
      const own = elementary(name, SOFT_FORMATS[64], bits64(x));
      const host = bits64(ofHost(x));
      const distance = own < host ? host - own : own - host;
      if (distance > 1n) expect(`${x}: ${number64(own)}`).toBe(`${x}: ${number64(host)}`);
    }
  });
});

describe('what is exact', () => {
  const to = (t: SoftFormat, x: number): bigint => resized(SOFT_FORMATS[64], t, bits64(x));

  test.each(FORMATS)('special operands of $bits bits', (t) => {
    const rows: readonly (readonly [Elementary, number, number])[] = [
      ...(['sin', 'tan'] as const).flatMap((name) => [[name, 0, 0] as const, [name, -0, -0] as const]),
      ...(['sin', 'cos', 'tan'] as const).flatMap((name) => [
        [name, Infinity, NaN] as const,
        [name, -Infinity, NaN] as const,
      ]),
      ...(['cos', 'exp', 'exp2'] as const).flatMap((name) => [[name, 0, 1] as const, [name, -0, 1] as const]),
      ...(['exp', 'exp2'] as const).flatMap((name) => [
        [name, Infinity, Infinity] as const,
        [name, -Infinity, 0] as const,
      ]),
      ...(['exp', 'exp2'] as const).flatMap((name) => [[name, 65000, Infinity] as const, [name, -65000, 0] as const]),
      ...(['log', 'log2', 'log10'] as const).flatMap((name) => [
        [name, 0, -Infinity] as const,
        [name, -0, -Infinity] as const,
        [name, -1, NaN] as const,
        [name, -Infinity, NaN] as const,
        [name, Infinity, Infinity] as const,
        [name, 1, 0] as const,
      ]),
      ...NAMES.map((name) => [name, NaN, NaN] as const),
    ];
    for (const [name, x, y] of rows) {
      expect(`${name} ${x}: ${elementary(name, t, to(t, x)).toString(16)}`).toBe(
        `${name} ${x}: ${to(t, y).toString(16)}`,
      );
    }
  });

  test.each(FORMATS)('powers of two and ten of $bits bits', (t) => {
    const lowest = 2 - t.emax - t.precision;
    for (let n = lowest - 2; n <= t.emax + 1; n += t.emax > 2000 ? 191 : t.emax > 20 ? 7 : 1) {
      const power = rounded(t, false, 1n, n);
      expect(elementary('exp2', t, fromInteger(t, BigInt(n)))).toBe(
        rounded(t, false, 1n, Number(longPattern(t, fromInteger(t, BigInt(n))).value >> 1500n)),
      );
      if (n >= lowest && n <= t.emax) expect(elementary('log2', t, power)).toBe(fromInteger(t, BigInt(n)));
    }
    for (let n = 0n; 5n ** n < 1n << BigInt(t.precision) && fromInteger(t, 10n ** n) < to(t, Infinity); n++) {
      expect(elementary('log10', t, fromInteger(t, 10n ** n))).toBe(fromInteger(t, n));
    }
  });

  test('half of the least number rounds to even, that is to zero', () => {
    expect(elementary('exp2', SOFT_FORMATS[64], bits64(-1075))).toBe(0n);
    expect(elementary('exp2', SOFT_FORMATS[64], bits64(-1074.9999999999998))).toBe(1n);
  });

  test('hard cases of binary64: the result is next to the middle of two floats', () => {
    // Where correctly rounded libraries are tested: tan next to a pole, sin next to a multiple of pi, the classic e^x and 10^22.
    const rows: readonly (readonly [Elementary, number, number])[] = [
      ['sin', 1e22, -0.8522008497671888],
      ['cos', 1e22, 0.523214785395139],
      ['tan', 1.5707963267948966, 16331239353195370],
      ['sin', 3.141592653589793, 1.2246467991473532e-16],
      ['sin', 6381956970095103 * 2 ** 797, 1],
      ['cos', 6381956970095103 * 2 ** 797, -4.6871659242546277e-19],
    ];
    for (const [name, x, y] of rows)
      expect([name, x, number64(elementary(name, SOFT_FORMATS[64], bits64(x)))]).toEqual([name, x, y]);
  });
});
