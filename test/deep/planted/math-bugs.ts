/**
 * Mistakes in the elementary functions, planted in a copy of the built core as in bugs.ts: each must be found by profile `math`.
 *
 * Data only. Modelled on what goes wrong in libms: quadrants, signs, too few bits of pi, series that end early, thresholds, limits.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

// prettier-ignore
/** All of them. */
export const MATH_BUGS: readonly PlantedBug[] = [
  bugOf(['cosine-takes-the-sign', 'runtime', 'elementary.js', "r.store(x, SIGN, u64(0)); r.call('__elementary_turned', x, u64(1));", "r.call('__elementary_turned', x, u64(1));", 'the cosine of a negative number has another sign']),
  bugOf(['tangent-of-odd-quadrants-keeps-its-sign', 'runtime', 'elementary.js', 'const sign = r.xor(odd, r.and(r.shr(quadrant, 2), u64(1)));', 'const sign = r.and(r.shr(quadrant, 2), u64(1));', 'tan behind pi/2 is positive']),
  bugOf(['two-over-pi-of-binary64', 'runtime', 'elementary-constants.js', 'return [...Array.from({ length: LEADING_ZEROS }, () => 0), ...digits];', 'return [...Array.from({ length: LEADING_ZEROS }, () => 0), ...digits.map((digit, n) => (n < 36 ? digit : 0))];', 'the table of 2/pi ends where that of f64 may end']),
  bugOf(['two-over-pi-of-few-bits', 'runtime', 'elementary-constants.js', 'return [...Array.from({ length: LEADING_ZEROS }, () => 0), ...digits];', 'return [...Array.from({ length: LEADING_ZEROS }, () => 0), ...digits.map((digit, n) => (n < 4 ? digit : 0))];', 'arguments are reduced with 128 bits of 2/pi']),
  bugOf(['series-ends-at-60-bits', 'runtime', 'fixed-point.js', "more.set(r.callFor('u64', '__fixed_digits', readable(r, x)));", 'more.set(r.or(r.digit(x, 12), r.digit(x, 13)));', 'a series is cut off at 64 bits']),
  bugOf(['tiny-angles-are-too-great', 'runtime', 'elementary.js', 'const LEAST_ANGLE = i64(-60);', 'const LEAST_ANGLE = i64(-20);', 'sin x is x for x below 2^-20']),
  bugOf(['negative-powers-round-toward-zero', 'runtime', 'elementary.js', 'whole.set(r.sub(whole.get(), u64(1))); setInteger(r, sum, u64(1)); subtract(r, sum, y); copy(r, y, sum);', 'setInteger(r, sum, u64(1)); subtract(r, sum, y); copy(r, y, sum);', 'e to a negative number is twice as great']),
  bugOf(['logarithm-below-one-is-positive', 'runtime', 'elementary.js', 'r.flag(r.choose(r.eq(exponent, i64(0)), isBelow, isSmall))', 'r.flag(isSmall)', 'the logarithm of a number a little below 1 is positive']),
  bugOf(['wrong-base', 'codegen', 'lowerings.js', "log10: wideFloats.elementary('log10')", "log10: wideFloats.elementary('log2')", 'log10 is log2']),
  bugOf(['infinity-has-a-power', 'runtime', 'elementary.js', 'r.choose(isNegative, ZERO, INFINITE)', 'INFINITE', 'e to minus infinity is infinite']),
];
