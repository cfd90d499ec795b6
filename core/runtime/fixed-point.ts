/**
 * Runtime library, numbers in fixed point: what the elementary functions are computed with.
 *
 * A number is 16 digits of 32 bits, the least first: 14 behind the point and two before it. Results are cut off, so each is below
 * the exact one by less than a unit of the last digit, 2^-448. Signs are the caller's business.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { routine, u64 } from './assembler.ts';
import { EXPONENT, KIND, NUMBER, PARTS, ZERO } from './float-parts.ts';

/** Digits of a number. */
export const FIXED_DIGITS = 16;
/** Digits behind the point. */
export const FRACTION_DIGITS = 14;
/** The digit before the point. */
export const UNITS = FIXED_DIGITS - 2;

/** Type of a number that is written. */
export const FIXED = `*[${FIXED_DIGITS}]u32`;
/** Type of a number that is read. */
export const FIXED_CONST = `*const [${FIXED_DIGITS}]u32`;

/** A number as one that is read. */
export function readable(r: Routine, x: Operand): Operand {
  return x.type === FIXED_CONST ? x : r.emit(`bitcast ${FIXED_CONST} ${x.text}`, FIXED_CONST);
}

/** Room for a number in the frame. */
export function fixed(r: Routine): Operand {
  return r.digits(FIXED_DIGITS);
}

/** to = a * b; `to` may be either. */
export function multiply(r: Routine, to: Operand, a: Operand, b: Operand): void {
  r.call('__fixed_multiply', to, readable(r, a), readable(r, b));
}

/** to = to + a. */
export function add(r: Routine, to: Operand, a: Operand): void {
  r.call('__fixed_add', to, readable(r, a));
}

/** to = to - a, modulo 2^64. */
export function subtract(r: Routine, to: Operand, a: Operand): void {
  r.call('__fixed_subtract', to, readable(r, a));
}

/** to = value, below 2^32. */
export function setInteger(r: Routine, to: Operand, value: Operand): void {
  r.count(u64(FIXED_DIGITS), (n) => {
    r.setDigit(to, n, u64(0));
  });
  r.setDigit(to, UNITS, value);
}

/** to = from. */
export function copy(r: Routine, to: Operand, from: Operand): void {
  r.count(u64(FIXED_DIGITS), (n) => {
    r.setDigit(to, n, r.digit(from, n));
  });
}

/** Repeats `body` until `x` is zero behind it. */
export function untilZero(r: Routine, x: Operand, body: () => void): void {
  const more = r.variable(u64(1));
  r.loop(
    () => r.ne(more.get(), u64(0)),
    () => {
      body();
      more.set(r.callFor('u64', '__fixed_digits', readable(r, x)));
    },
  );
}

/** All digits in one: 0 for zero. */
const DIGITS = routine('__fixed_digits', [FIXED_CONST], 'u64', (r, [x]) => {
  const all = r.variable(u64(0));
  r.count(u64(FIXED_DIGITS), (n) => {
    all.set(r.or(all.get(), r.digit(x!, n)));
  });
  r.ret(all.get());
});

const MULTIPLY = routine('__fixed_multiply', [FIXED, FIXED_CONST, FIXED_CONST], 'void', (r, [to, a, b]) => {
  const product = r.digits(2 * FIXED_DIGITS);
  r.count(u64(2 * FIXED_DIGITS), (n) => {
    r.setDigit(product, n, u64(0));
  });
  r.count(u64(FIXED_DIGITS), (i) => {
    const left = r.digit(a!, i);
    r.when(r.ne(left, u64(0)), () => {
      const carry = r.variable(u64(0));
      r.count(u64(FIXED_DIGITS), (j) => {
        const place = r.add(i, j);
        const sum = r.add(r.add(r.mul(left, r.digit(b!, j)), r.digit(product, place)), carry.get());
        r.setDigit(product, place, sum);
        carry.set(r.shr(sum, 32));
      });
      r.setDigit(product, r.add(i, u64(FIXED_DIGITS)), carry.get());
    });
  });
  r.count(u64(FIXED_DIGITS), (n) => {
    r.setDigit(to!, n, r.digit(product, r.add(n, u64(FRACTION_DIGITS))));
  });
  r.ret();
});

/** x = x / n, where n is below 2^32. */
const DIVIDE = routine('__fixed_divide', [FIXED, 'u64'], 'void', (r, [x, divisor]) => {
  const rest = r.variable(u64(0));
  r.count(u64(FIXED_DIGITS), (n) => {
    const place = r.sub(u64(FIXED_DIGITS - 1), n);
    const left = r.or(r.shl(rest.get(), 32), r.digit(x!, place));
    r.setDigit(x!, place, r.div(left, divisor!));
    rest.set(r.rem(left, divisor!));
  });
  r.ret();
});

const ADD = routine('__fixed_add', [FIXED, FIXED_CONST], 'void', (r, [to, a]) => {
  const carry = r.variable(u64(0));
  r.count(u64(FIXED_DIGITS), (n) => {
    const sum = r.add(r.add(r.digit(to!, n), r.digit(a!, n)), carry.get());
    r.setDigit(to!, n, sum);
    carry.set(r.shr(sum, 32));
  });
  r.ret();
});

const SUBTRACT = routine('__fixed_subtract', [FIXED, FIXED_CONST], 'void', (r, [to, a]) => {
  const borrow = r.variable(u64(0));
  r.count(u64(FIXED_DIGITS), (n) => {
    const difference = r.sub(r.sub(r.digit(to!, n), r.digit(a!, n)), borrow.get());
    r.setDigit(to!, n, difference);
    borrow.set(r.shr(difference, 63));
  });
  r.ret();
});

/**
 * to = 1 / d for 1 <= d < 4, by Newton's method: y + y (1 - d y) has twice the right bits of y. It begins with 30 of them, and four
 * steps make more than there are.
 */
const INVERT = routine('__fixed_invert', [FIXED, FIXED_CONST], 'void', (r, [y, d]) => {
  const top = r.or(r.shl(r.digit(d!, UNITS), 32), r.digit(d!, UNITS - 1));
  setInteger(r, y!, u64(0));
  r.setDigit(y!, UNITS - 1, r.div(u64((1n << 64n) - 1n), r.add(top, u64(1))));
  const product = fixed(r);
  const error = fixed(r);
  r.count(u64(4), () => {
    multiply(r, product, d!, y!);
    setInteger(r, error, u64(1));
    const isOver = r.ne(r.digit(product, UNITS), u64(0));
    r.when(
      isOver,
      () => {
        subtract(r, product, error);
        multiply(r, product, product, y!);
        subtract(r, y!, product);
      },
      () => {
        subtract(r, error, product);
        multiply(r, error, error, y!);
        add(r, y!, error);
      },
    );
  });
  r.ret();
});

/** Scales a number other than zero and below 2^32 by a power of two, so that it is from 1 up to 2; the result is the power that undoes it. */
const NORMALISE = routine('__fixed_normalise', [FIXED], 'u64', (r, [x]) => {
  const power = r.variable(u64(0));
  r.loop(
    () => r.eq(r.digit(x!, UNITS), u64(0)),
    () => {
      r.count(u64(UNITS), (n) => {
        const place = r.sub(u64(UNITS), n);
        r.setDigit(x!, place, r.digit(x!, r.sub(place, u64(1))));
      });
      r.setDigit(x!, 0, u64(0));
      power.set(r.sub(power.get(), u64(32)));
    },
  );
  const bits = r.sub(u64(63), r.clz(r.digit(x!, UNITS)));
  r.count(u64(FIXED_DIGITS - 1), (n) => {
    const pair = r.or(r.shl(r.digit(x!, r.add(n, u64(1))), 32), r.digit(x!, n));
    r.setDigit(x!, n, r.shr(pair, bits));
  });
  r.ret(r.add(power.get(), bits));
});

/** The float in parts that is x * 2^power; the sign stays. `x` is below 2^32, and is used up. */
const GIVE = routine('__fixed_give', [PARTS, FIXED, 'u64'], 'void', (r, [parts, x, power]) => {
  r.when(r.eq(r.callFor('u64', '__fixed_digits', readable(r, x!)), u64(0)), () => {
    r.store(parts!, KIND, ZERO);
    r.ret();
  });
  const own = r.callFor('u64', '__fixed_normalise', x!);
  r.store(parts!, KIND, NUMBER);
  r.store(parts!, EXPONENT, r.add(own, power!));
  const lost = r.variable(u64(0));
  r.count(u64(7), (n) => {
    lost.set(r.or(lost.get(), r.digit(x!, n)));
  });
  for (let n = 0; n < 4; n++) {
    // The last bit of a digit is the first one of the word below.
    const at = UNITS - 2 * (3 - n);
    const [first, middle, last] = [r.digit(x!, at), r.digit(x!, at - 1), r.digit(x!, at - 2)];
    r.store(parts!, n, r.or(r.shl(first, 63), r.shl(middle, 31), r.shr(last, 1)));
  }
  r.store(parts!, 0, r.or(r.load(parts!, 0), r.min(lost.get(), u64(1))));
  r.ret();
});

/** to = the magnitude of a float in parts of up to 128 bits of significand, from 2^-120 up to 2^32. */
const TAKE = routine('__fixed_take', [FIXED, PARTS], 'void', (r, [to, parts]) => {
  setInteger(r, to!, u64(0));
  const shift = r.add(r.load(parts!, EXPONENT), u64(FRACTION_DIGITS * 32 - 127));
  const place = r.variable(r.shr(shift, 5));
  const bits = r.and(shift, u64(31));
  const carry = r.variable(u64(0));
  for (const [word, half] of [
    [2, 0],
    [2, 32],
    [3, 0],
    [3, 32],
  ] as const) {
    const digit = r.and(r.shr(r.load(parts!, word), half), u64(0xffff_ffff));
    const moved = r.or(r.shl(digit, bits), carry.get());
    r.setDigit(to!, place.get(), moved);
    carry.set(r.shr(moved, 32));
    place.set(r.add(place.get(), u64(1)));
  }
  r.setDigit(to!, place.get(), carry.get());
  r.ret();
});

/** The routines. */
export const FIXED_POINT: readonly Source[] = [DIGITS, MULTIPLY, DIVIDE, ADD, SUBTRACT, INVERT, NORMALISE, GIVE, TAKE];
