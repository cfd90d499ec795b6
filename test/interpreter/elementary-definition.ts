/**
 * What elementary functions are, by their power series alone: whole numbers at a scale of 2^1500, no argument reduction, as many
 * terms as change anything. For arguments of moderate size.
 */

const BITS = 1500n;
const ONE = 1n << BITS;

/** A number at the scale. */
export type Long = bigint;

/** value * 2^exponent. */
export function longOf(value: bigint, exponent: number): Long {
  const shift = BITS + BigInt(exponent);
  return shift >= 0n ? value << shift : value >> -shift;
}

/** Sums of x^n / n! over n = first, first + step, ..., with signs in turn if `alternates`. */
function series(x: Long, first: number, step: number, alternates: boolean): Long {
  let sum = 0n;
  let sign = 1n;
  let term = ONE;
  for (let n = 1; ; n++) {
    if ((n - 1) % step === first % step) {
      sum += sign * term;
      if (alternates) sign = -sign;
    }
    term = (term * x) / ONE / BigInt(n);
    if (term === 0n) return sum;
  }
}

const exp = (x: Long): Long => series(x, 0, 1, false);
const sin = (x: Long): Long => series(x, 1, 2, true);
const cos = (x: Long): Long => series(x, 0, 2, true);

/** ln(1 / (1 - 1 / n)), of which the terms are 1 / (k n^k). */
function lnOf(n: bigint): Long {
  let sum = 0n;
  for (let k = 1n, power = ONE / n; power !== 0n; k++, power /= n) sum += power / k;
  return sum;
}

const LN2 = lnOf(2n);
/** 10 = 2^3 * 5/4. */
const LN10 = 3n * LN2 + lnOf(5n);

/**
 * Whether y is below the function of x: a logarithm by the power that undoes it. Only of what is increasing where it is asked about.
 */
export const IS_BELOW = {
  sin: (y: Long, x: Long) => y < sin(x),
  cos: (y: Long, x: Long) => y < cos(x),
  tan: (y: Long, x: Long) => (cos(x) > 0n ? y * cos(x) < sin(x) * ONE : y * cos(x) > sin(x) * ONE),
  exp: (y: Long, x: Long) => y < exp(x),
  exp2: (y: Long, x: Long) => y < exp((x * LN2) / ONE),
  log: (y: Long, x: Long) => exp(y) < x,
  log2: (y: Long, x: Long) => exp((y * LN2) / ONE) < x,
  log10: (y: Long, x: Long) => exp((y * LN10) / ONE) < x,
} as const;
