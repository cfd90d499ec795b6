/**
 * Runtime library: sin, cos, tan, exp, exp2, log, log2 and log10 of every float format, by the names of libm.
 *
 * One routine each on floats in parts, in fixed point with 448 bits behind the point, rounded once when the result is put
 * together: 300 bits and more of it are right, where the hardest cases of f128 are expected to need about 245.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { i64, routine, sourceOf, u64 } from './assembler.ts';
import type { FixedConstant } from './elementary-constants.ts';
import { constantsSource, LEADING_ZEROS, TABLE_DIGITS, WINDOW } from './elementary-constants.ts';
import {
  add,
  copy,
  FIXED,
  FIXED_CONST,
  FIXED_POINT,
  fixed,
  FRACTION_DIGITS,
  multiply,
  readable,
  setInteger,
  subtract,
  UNITS,
  untilZero,
} from './fixed-point.ts';
import type { Codec } from './float-codecs.ts';
import { DOUBLE, EXTENDED, giveBack, HALF, libmName, QUADRUPLE, signature, SINGLE, takeApart } from './float-codecs.ts';
import { become, EXPONENT, FLOAT_ROUNDING, INFINITE, KIND, NAN, NUMBER, PARTS, SIGN, ZERO } from './float-parts.ts';

function constant(name: FixedConstant): Operand {
  return { text: `${FIXED_CONST} &@__elementary_${name}`, type: FIXED_CONST };
}

const TABLE: Operand = {
  text: `*const [${TABLE_DIGITS}]u32 &@__elementary_two_over_pi`,
  type: `*const [${TABLE_DIGITS}]u32`,
};

/** Makes a float 1, and returns. */
function becomeOne(r: Routine, parts: Operand): void {
  r.store(parts, 3, u64(1n << 63n));
  for (const word of [0, 1, 2, EXPONENT]) r.store(parts, word, u64(0));
  become(r, parts, NUMBER, u64(0));
}

/** Returns the float as it is, if `condition`. */
function leaveIf(r: Routine, condition: Operand): void {
  r.when(condition, () => {
    r.ret();
  });
}

/** Below it in magnitude, sin x and tan x round to x, and cos x to 1, in every format. */
const LEAST_ANGLE = i64(-60);
/** Below it in magnitude, e^x and 2^x round to 1. */
const LEAST_POWER = i64(-120);
/** A number of this exponent is too great for e^x and 2^x in every format. */
const GREATEST_POWER = i64(16);
/** An exponent that is beyond every format. */
const BEYOND = 100_000;

/** Moves 20 digits up by less than 32 bits. */
const RAISE = routine('__elementary_raise', [`*[${WINDOW}]u32`, 'u64'], 'void', (r, [digits, bits]) => {
  r.count(u64(WINDOW - 1), (n) => {
    const place = r.sub(u64(WINDOW - 1), n);
    const pair = r.or(r.shl(r.digit(digits!, place), 32), r.digit(digits!, r.sub(place, u64(1))));
    r.setDigit(digits!, place, r.shr(pair, r.sub(u64(32), bits!)));
  });
  r.setDigit(digits!, 0, r.shl(r.digit(digits!, 0), bits!));
  r.ret();
});

/**
 * to = the distance of |x| from the nearest multiple of pi/2, at most pi/4; the result is the number of that multiple modulo 4, plus
 * 4 if x is below it. x times 2/pi, of which only digits count that are neither multiples of 4 nor too small: Payne and Hanek.
 */
const ANGLE = routine('__elementary_angle', [FIXED, PARTS], 'u64', (r, [to, x]) => {
  const shift = r.add(r.load(x!, EXPONENT), u64(32 * LEADING_ZEROS - 129));
  const first = r.shr(shift, 5);
  const product = r.digits(WINDOW);
  r.count(u64(WINDOW), (n) => {
    r.setDigit(product, n, u64(0));
  });
  r.count(u64(4), (i) => {
    const word = r.load(x!, r.add(u64(2), r.shr(i, 1)));
    const left = r.and(r.shr(word, r.shl(r.and(i, u64(1)), 5)), u64(0xffff_ffff));
    const carry = r.variable(u64(0));
    r.count(r.sub(u64(WINDOW), i), (j) => {
      const place = r.add(i, j);
      const right = r.digit(TABLE, r.sub(r.add(first, u64(WINDOW - 1)), j));
      const sum = r.add(r.add(r.mul(left, right), r.digit(product, place)), carry.get());
      r.setDigit(product, place, sum);
      carry.set(r.shr(sum, 32));
    });
  });
  r.call('__elementary_raise', product, r.and(shift, u64(31)));
  const quadrant = r.variable(r.shr(r.digit(product, WINDOW - 1), 30));
  r.call('__elementary_raise', product, u64(2));
  setInteger(r, to!, u64(0));
  r.count(u64(FRACTION_DIGITS), (n) => {
    r.setDigit(to!, n, r.digit(product, r.add(n, u64(WINDOW - FRACTION_DIGITS))));
  });
  r.when(r.ne(r.shr(r.digit(to!, FRACTION_DIGITS - 1), 31), u64(0)), () => {
    const rest = fixed(r);
    setInteger(r, rest, u64(1));
    subtract(r, rest, to!);
    copy(r, to!, rest);
    quadrant.set(r.or(r.and(r.add(quadrant.get(), u64(1)), u64(3)), u64(4)));
  });
  multiply(r, to!, to!, constant('half_pi'));
  r.ret(quadrant.get());
});

/** sine and cosine of an angle of at most pi/4, by their series. */
const SERIES = routine('__elementary_series', [FIXED, FIXED, FIXED_CONST], 'void', (r, [sine, cosine, angle]) => {
  const term = fixed(r);
  setInteger(r, sine!, u64(0));
  setInteger(r, cosine!, u64(1));
  setInteger(r, term, u64(1));
  const n = r.variable(u64(1));
  untilZero(r, term, () => {
    multiply(r, term, term, angle!);
    r.call('__fixed_divide', term, n.get());
    const isSubtracted = r.ne(r.and(n.get(), u64(2)), u64(0));
    const sum = r.choose(r.ne(r.and(n.get(), u64(1)), u64(0)), sine!, cosine!);
    r.when(
      isSubtracted,
      () => {
        subtract(r, sum, term);
      },
      () => {
        add(r, sum, term);
      },
    );
    n.set(r.add(n.get(), u64(1)));
  });
  r.ret();
});

/** Answers for what has no angle: NaN, infinities, and what is so small that it is its own sine. */
function leaveUnlessAngle(r: Routine, x: Operand): void {
  const kind = r.load(x, KIND);
  r.when(r.or(r.eq(kind, INFINITE), r.eq(kind, NAN)), () => {
    become(r, x, NAN);
  });
  leaveIf(r, r.or(r.eq(kind, ZERO), r.lt(r.loadSigned(x, EXPONENT), LEAST_ANGLE)));
}

function sineAndCosine(r: Routine, x: Operand): { quadrant: Operand; sine: Operand; cosine: Operand } {
  const [angle, sine, cosine] = [fixed(r), fixed(r), fixed(r)];
  const quadrant = r.callFor('u64', '__elementary_angle', angle, x);
  r.call('__elementary_series', sine, cosine, readable(r, angle));
  return { quadrant, sine, cosine };
}

/** a = the sine of a + turns * pi/2, for an a that is no sine of its own. */
const TURNED_SINE = routine('__elementary_turned', [PARTS, 'u64'], 'void', (r, [a, turns]) => {
  const x = a!;
  const { quadrant, sine, cosine } = sineAndCosine(r, x);
  const turned = r.add(quadrant, turns!);
  const isOdd = r.ne(r.and(turned, u64(1)), u64(0));
  const half = r.and(r.shr(turned, 1), u64(1));
  // The sign of a small angle is that of its sine, and nothing to its cosine. The sum of turns may carry into its bit.
  const below = r.and(r.shr(quadrant, 2), u64(1));
  const sign = r.xor(half, r.choose(isOdd, u64(0), below));
  r.store(x, SIGN, r.xor(r.load(x, SIGN), sign));
  r.call('__fixed_give', x, r.choose(isOdd, cosine, sine), u64(0));
  r.ret();
});

const SINE = routine('__elementary_sin', [PARTS], 'void', (r, [x]) => {
  leaveUnlessAngle(r, x!);
  r.call('__elementary_turned', x!, u64(0));
  r.ret();
});

const COSINE = routine('__elementary_cos', [PARTS], 'void', (r, [x]) => {
  const kind = r.load(x!, KIND);
  const isSmall = r.and(r.eq(kind, NUMBER), r.lt(r.loadSigned(x!, EXPONENT), LEAST_ANGLE));
  r.when(r.or(r.eq(kind, ZERO), isSmall), () => {
    becomeOne(r, x!);
  });
  leaveUnlessAngle(r, x!);
  r.store(x!, SIGN, u64(0));
  r.call('__elementary_turned', x!, u64(1));
  r.ret();
});

const TANGENT = routine('__elementary_tan', [PARTS], 'void', (r, [a]) => {
  const x = a!;
  leaveUnlessAngle(r, x);
  const { quadrant, sine, cosine } = sineAndCosine(r, x);
  const odd = r.and(quadrant, u64(1));
  const isOdd = r.ne(odd, u64(0));
  const sign = r.xor(odd, r.and(r.shr(quadrant, 2), u64(1)));
  r.store(x, SIGN, r.xor(r.load(x, SIGN), sign));
  const over = r.choose(isOdd, cosine, sine);
  const under = r.choose(isOdd, sine, cosine);
  const up = r.callFor('u64', '__fixed_normalise', over);
  const down = r.callFor('u64', '__fixed_normalise', under);
  const inverse = fixed(r);
  r.call('__fixed_invert', inverse, readable(r, under));
  multiply(r, over, over, inverse);
  r.call('__fixed_give', x, over, r.sub(up, down));
  r.ret();
});

/** a = 2^(a * factor): 2 to the power of the whole part, times the series of e to that of the fraction times ln 2. */
const POWER = routine('__elementary_power', [PARTS, FIXED_CONST], 'void', (r, [a, factor]) => {
  const x = a!;
  const kind = r.load(x, KIND);
  const isNegative = r.ne(r.load(x, SIGN), u64(0));
  leaveIf(r, r.eq(kind, NAN));
  r.when(r.eq(kind, INFINITE), () => {
    become(r, x, r.choose(isNegative, ZERO, INFINITE), u64(0));
  });
  const exponent = r.loadSigned(x, EXPONENT);
  r.when(r.or(r.eq(kind, ZERO), r.lt(exponent, LEAST_POWER)), () => {
    becomeOne(r, x);
  });
  r.store(x, SIGN, u64(0));
  r.when(r.ge(exponent, GREATEST_POWER), () => {
    r.store(x, EXPONENT, r.bitcast('u64', r.choose(isNegative, i64(-BEYOND), i64(BEYOND))));
    r.ret();
  });
  const [y, sum, term] = [fixed(r), fixed(r), fixed(r)];
  r.call('__fixed_take', y, x);
  multiply(r, y, y, factor!);
  const whole = r.variable(r.digit(y, UNITS));
  r.setDigit(y, UNITS, u64(0));
  r.when(isNegative, () => {
    whole.set(r.sub(u64(0), whole.get()));
    r.when(r.ne(r.callFor('u64', '__fixed_digits', readable(r, y)), u64(0)), () => {
      whole.set(r.sub(whole.get(), u64(1)));
      setInteger(r, sum, u64(1));
      subtract(r, sum, y);
      copy(r, y, sum);
    });
  });
  multiply(r, y, y, constant('ln2'));
  setInteger(r, sum, u64(1));
  setInteger(r, term, u64(1));
  const n = r.variable(u64(1));
  untilZero(r, term, () => {
    multiply(r, term, term, y);
    r.call('__fixed_divide', term, n.get());
    add(r, sum, term);
    n.set(r.add(n.get(), u64(1)));
  });
  r.call('__fixed_give', x, sum, whole.get());
  r.ret();
});

/** The square root of 2, of which 63 bits are behind the point. */
const ROOT_OF_TWO = u64(0xb504_f333_f9de_6484n);

/**
 * a = exponent * unit + ln(significand) * factor, for a = significand * 2^exponent and a significand from half the root of 2 up to
 * that. ln m = 2 atanh z, where z = (m - 1) / (m + 1) is at most 0.172.
 */
const LOGARITHM = routine(
  '__elementary_logarithm',
  [PARTS, FIXED_CONST, FIXED_CONST],
  'void',
  (r, [a, unit, factor]) => {
    const x = a!;
    const kind = r.load(x, KIND);
    leaveIf(r, r.eq(kind, NAN));
    r.when(r.eq(kind, ZERO), () => {
      become(r, x, INFINITE, u64(1));
    });
    r.when(r.ne(r.load(x, SIGN), u64(0)), () => {
      become(r, x, NAN);
    });
    leaveIf(r, r.eq(kind, INFINITE));
    const isGreat = r.flag(r.ge(r.load(x, 3), ROOT_OF_TWO));
    const exponent = r.bitcast('i64', r.add(r.load(x, EXPONENT), isGreat));
    r.store(x, EXPONENT, r.sub(u64(0), isGreat));
    const [m, one, z, square, sum, power] = [fixed(r), fixed(r), fixed(r), fixed(r), fixed(r), fixed(r)];
    r.call('__fixed_take', m, x);
    setInteger(r, one, u64(1));
    // z, and its sign.
    copy(r, sum, m);
    add(r, sum, one);
    r.call('__fixed_invert', power, readable(r, sum));
    const isBelow = r.eq(r.digit(m, UNITS), u64(0));
    r.when(
      isBelow,
      () => {
        subtract(r, one, m);
        multiply(r, z, one, power);
      },
      () => {
        subtract(r, m, one);
        multiply(r, z, m, power);
      },
    );
    multiply(r, square, z, z);
    copy(r, sum, z);
    copy(r, power, z);
    const n = r.variable(u64(3));
    untilZero(r, power, () => {
      multiply(r, power, power, square);
      copy(r, m, power);
      r.call('__fixed_divide', m, n.get());
      add(r, sum, m);
      n.set(r.add(n.get(), u64(2)));
    });
    add(r, sum, sum);
    multiply(r, sum, sum, factor!);
    const isSmall = r.lt(exponent, i64(0));
    r.store(x, SIGN, r.flag(r.choose(r.eq(exponent, i64(0)), isBelow, isSmall)));
    r.when(r.ne(exponent, i64(0)), () => {
      setInteger(r, m, r.bitcast('u64', r.choose(isSmall, r.sub(i64(0), exponent), exponent)));
      multiply(r, m, m, unit!);
      r.when(
        r.eq(r.flag(isSmall), r.flag(isBelow)),
        () => {
          add(r, sum, m);
        },
        () => {
          subtract(r, m, sum);
          copy(r, sum, m);
        },
      );
    });
    r.call('__fixed_give', x, sum, u64(0));
    r.ret();
  },
);

/** What is called for each function, in the order of the instructions. */
const FUNCTIONS: Readonly<Record<string, (r: Routine, x: Operand) => void>> = {
  sin(r, x) {
    r.call('__elementary_sin', x);
  },
  cos(r, x) {
    r.call('__elementary_cos', x);
  },
  tan(r, x) {
    r.call('__elementary_tan', x);
  },
  exp(r, x) {
    r.call('__elementary_power', x, constant('per_ln2'));
  },
  exp2(r, x) {
    r.call('__elementary_power', x, constant('one'));
  },
  log(r, x) {
    r.call('__elementary_logarithm', x, constant('ln2'), constant('one'));
  },
  log2(r, x) {
    r.call('__elementary_logarithm', x, constant('one'), constant('per_ln2'));
  },
  log10(r, x) {
    r.call('__elementary_logarithm', x, constant('log10_2'), constant('per_ln10'));
  },
};

const CODECS: readonly Codec[] = [HALF, SINGLE, DOUBLE, EXTENDED, QUADRUPLE];

/** Names that code asks for. */
export function elementaryNames(): readonly string[] {
  return CODECS.flatMap((codec) => Object.keys(FUNCTIONS).map((name) => libmName(codec, name)));
}

function functionOf(codec: Codec, name: string): Source {
  const [params, result] = signature(codec, codec.params);
  return routine(libmName(codec, name), params, result, (r, args) => {
    const x = takeApart(r, codec, args, params.length - codec.params.length);
    FUNCTIONS[name]!(r, x);
    giveBack(r, codec, args, x);
  });
}

/** AIR text of the family. It has routines of the wide floats under names of its own: both can be in one link. */
export function elementarySource(): string {
  const shared = sourceOf([...FLOAT_ROUNDING, ...CODECS.flatMap(({ routines }) => routines)]);
  const functions = CODECS.flatMap((codec) => Object.keys(FUNCTIONS).map((name) => functionOf(codec, name)));
  const own = [...FIXED_POINT, RAISE, ANGLE, SERIES, TURNED_SINE, SINE, COSINE, TANGENT, POWER, LOGARITHM];
  return (
    constantsSource() + (shared + sourceOf([...own, ...functions])).replaceAll('@__float_', '@__elementary_float_')
  );
}
