/**
 * Runtime library, floats in parts: what routines of f80 and f128 have in common, whatever the format.
 *
 * A float in parts is 7 words: four words of significand, the least first, left-justified (bit 255 is the leading one of a
 * number), the exponent of the leading bit, what it is, and the sign. The formats are taken apart and put together in
 * float-codecs.ts. A significand of f128 has 113 bits, a product 226, so there is always room for a carry and for a last bit
 * that stands for all that was shifted out.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { i64, routine, u64 } from './assembler.ts';

/** Type of a float in parts. */
export const PARTS = '*[7]u64';
/** Words of it. */
const PART_COUNT = 7;
export const EXPONENT = 4;
export const KIND = 5;
export const SIGN = 6;

/** What a float is. */
export const ZERO = u64(0);
export const NUMBER = u64(1);
export const INFINITE = u64(2);
export const NAN = u64(3);

/** Makes a float what `kind` says, and returns. */
export function become(r: Routine, parts: Operand, kind: Operand, sign?: Operand): void {
  r.store(parts, KIND, kind);
  if (sign !== undefined) r.store(parts, SIGN, sign);
  r.ret();
}

function copyParts(r: Routine, to: Operand, from: Operand): void {
  for (let n = 0; n < PART_COUNT; n++) r.store(to, n, r.load(from, n));
}

/** Moves the leading bit to bit 255; a significand of 0 makes a zero. */
const NORMALISE = routine('__float_normalise', [PARTS], 'void', (r, [p]) => {
  const parts = p!;
  const limb = (n: number): Operand => r.load(parts, n);
  r.when(r.eq(r.or(limb(0), limb(1), limb(2), limb(3)), u64(0)), () => {
    become(r, parts, ZERO);
  });
  r.loop(
    () => r.eq(limb(3), u64(0)),
    () => {
      for (let n = 3; n > 0; n--) r.store(parts, n, limb(n - 1));
      r.store(parts, 0, u64(0));
      r.store(parts, EXPONENT, r.sub(r.load(parts, EXPONENT), u64(64)));
    },
  );
  const zeros = r.clz(limb(3));
  r.when(r.eq(zeros, u64(0)), () => {
    r.ret();
  });
  const rest = r.sub(u64(64), zeros);
  for (let n = 3; n > 0; n--) r.store(parts, n, r.or(r.shl(limb(n), zeros), r.shr(limb(n - 1), rest)));
  r.store(parts, 0, r.shl(limb(0), zeros));
  r.store(parts, EXPONENT, r.sub(r.load(parts, EXPONENT), zeros));
  r.ret();
});

/** Shifts the significand right by any amount; the last bit is set if a bit was lost. The exponent stays. */
const SHIFT = routine('__float_shift', [PARTS, 'u64'], 'void', (r, [p, amount]) => {
  const parts = p!;
  const limb = (n: number): Operand => r.load(parts, n);
  const lost = r.variable(u64(0));
  const left = r.variable(r.min(amount!, u64(256)));
  r.loop(
    () => r.ge(left.get(), u64(64)),
    () => {
      lost.set(r.or(lost.get(), limb(0)));
      for (let n = 0; n < 3; n++) r.store(parts, n, limb(n + 1));
      r.store(parts, 3, u64(0));
      left.set(r.sub(left.get(), u64(64)));
    },
  );
  r.when(r.ne(left.get(), u64(0)), () => {
    const bits = left.get();
    const rest = r.sub(u64(64), bits);
    lost.set(r.or(lost.get(), r.shl(limb(0), rest)));
    for (let n = 0; n < 3; n++) r.store(parts, n, r.or(r.shr(limb(n), bits), r.shl(limb(n + 1), rest)));
    r.store(parts, 3, r.shr(limb(3), bits));
  });
  r.when(r.ne(lost.get(), u64(0)), () => {
    r.store(parts, 0, r.or(limb(0), u64(1)));
  });
  r.ret();
});

/**
 * Rounds a number to `precision` bits, fewer where it is subnormal: the significand is then an integer in words 0 and 1. The
 * result is the exponent field less one, 0 for subnormal numbers too.
 */
const ROUND = routine('__float_round', [PARTS, 'u64', 'i64'], 'u64', (r, [p, precision, bias]) => {
  const parts = p!;
  const limb = (n: number): Operand => r.load(parts, n);
  const field = r.add(r.loadSigned(parts, EXPONENT), bias!);
  // All bits but two more than are kept: half a unit, and whether there is more.
  const cut = r.variable(r.sub(u64(254), precision!));
  const result = r.variable(u64(0));
  r.when(
    r.gt(field, i64(0)),
    () => {
      result.set(r.sub(r.bitcast('u64', field), u64(1)));
    },
    () => {
      const more = r.min(r.sub(i64(1), field), i64(256));
      cut.set(r.add(cut.get(), r.bitcast('u64', more)));
    },
  );
  r.call('__float_shift', parts, cut.get());
  const low = limb(0);
  const half = r.and(r.shr(low, 1), u64(1));
  const up = r.and(half, r.or(low, r.shr(low, 2)));
  const units = r.add(r.or(r.shr(low, 2), r.shl(limb(1), 62)), up);
  const carry = r.flag(r.lt(units, up));
  r.store(parts, 1, r.add(r.shr(limb(1), 2), carry));
  r.store(parts, 0, units);
  r.ret(result.get());
});

/** a = a + b, exact but for the last bit; `b` is used up. */
const ADD = routine('__float_add', [PARTS, PARTS], 'void', (r, [a, b]) => {
  const [x, y] = [a!, b!];
  const kindX = r.load(x, KIND);
  const kindY = r.load(y, KIND);
  const differ = r.ne(r.load(x, SIGN), r.load(y, SIGN));
  r.when(r.or(r.eq(kindX, NAN), r.eq(kindY, NAN)), () => {
    become(r, x, NAN);
  });
  r.when(r.eq(kindX, INFINITE), () => {
    r.when(r.and(r.eq(kindY, INFINITE), differ), () => {
      become(r, x, NAN);
    });
    r.ret();
  });
  r.when(r.or(r.eq(kindY, INFINITE), r.and(r.eq(kindX, ZERO), r.ne(kindY, ZERO))), () => {
    copyParts(r, x, y);
    r.ret();
  });
  r.when(r.eq(kindY, ZERO), () => {
    r.when(r.eq(kindX, ZERO), () => {
      r.store(x, SIGN, r.and(r.load(x, SIGN), r.load(y, SIGN)));
    });
    r.ret();
  });
  r.when(r.lt(r.loadSigned(x, EXPONENT), r.loadSigned(y, EXPONENT)), () => {
    for (let n = 0; n < PART_COUNT; n++) {
      const kept = r.load(x, n);
      r.store(x, n, r.load(y, n));
      r.store(y, n, kept);
    }
  });
  // One bit of room for the carry.
  const distance = r.sub(r.load(x, EXPONENT), r.load(y, EXPONENT));
  r.call('__float_shift', x, u64(1));
  r.store(x, EXPONENT, r.add(r.load(x, EXPONENT), u64(1)));
  r.call('__float_shift', y, r.add(distance, u64(1)));
  const carry = r.variable(u64(0));
  r.when(
    differ,
    () => {
      for (let n = 0; n < 4; n++) {
        const [left, right, borrow] = [r.load(x, n), r.load(y, n), carry.get()];
        const first = r.sub(left, right);
        r.store(x, n, r.sub(first, borrow));
        carry.set(r.flag(r.or(r.lt(left, right), r.lt(first, borrow))));
      }
      r.when(r.ne(carry.get(), u64(0)), () => {
        // The other one was greater: the difference is negative.
        r.store(x, SIGN, r.load(y, SIGN));
        carry.set(u64(1));
        for (let n = 0; n < 4; n++) {
          const negated = r.add(r.not(r.load(x, n)), carry.get());
          carry.set(r.flag(r.lt(negated, carry.get())));
          r.store(x, n, negated);
        }
      });
      const all = r.or(r.load(x, 0), r.load(x, 1), r.load(x, 2), r.load(x, 3));
      r.when(r.eq(all, u64(0)), () => {
        become(r, x, ZERO, u64(0));
      });
    },
    () => {
      for (let n = 0; n < 4; n++) {
        const [left, right, before] = [r.load(x, n), r.load(y, n), carry.get()];
        const first = r.add(left, right);
        const sum = r.add(first, before);
        r.store(x, n, sum);
        carry.set(r.flag(r.or(r.lt(first, left), r.lt(sum, before))));
      }
    },
  );
  r.call('__float_normalise', x);
  r.ret();
});

/** Both words of a product, the low one first. */
const MULTIPLY_WORDS = routine('__float_multiply_words', ['*[2]u64', 'u64', 'u64'], 'void', (r, [to, a, b]) => {
  const mask = u64(0xffff_ffff);
  const [a0, a1, b0, b1] = [r.and(a!, mask), r.shr(a!, 32), r.and(b!, mask), r.shr(b!, 32)];
  const low = r.mul(a0, b0);
  const middle = r.add(r.mul(a1, b0), r.shr(low, 32));
  const other = r.add(r.mul(a0, b1), r.and(middle, mask));
  r.store(to!, 0, r.mul(a!, b!));
  r.store(to!, 1, r.add(r.add(r.mul(a1, b1), r.shr(middle, 32)), r.shr(other, 32)));
  r.ret();
});

/**
 * What a product or quotient is where an operand is no number, and its sign. A divisor counts as its inverse: zero as infinite,
 * infinite as zero.
 */
export function answerSpecials(r: Routine, x: Operand, y: Operand, isQuotient: boolean): void {
  const kindX = r.load(x, KIND);
  const kindY = r.load(y, KIND);
  const [infiniteY, zeroY] = isQuotient ? [ZERO, INFINITE] : [INFINITE, ZERO];
  r.store(x, SIGN, r.xor(r.load(x, SIGN), r.load(y, SIGN)));
  const isLost = r.or(
    r.or(r.eq(kindX, NAN), r.eq(kindY, NAN)),
    r.and(r.eq(kindX, INFINITE), r.eq(kindY, zeroY)),
    r.and(r.eq(kindX, ZERO), r.eq(kindY, infiniteY)),
  );
  r.when(isLost, () => {
    become(r, x, NAN);
  });
  r.when(r.or(r.eq(kindX, INFINITE), r.eq(kindY, infiniteY)), () => {
    become(r, x, INFINITE);
  });
  r.when(r.or(r.eq(kindX, ZERO), r.eq(kindY, zeroY)), () => {
    become(r, x, ZERO);
  });
}

/** a = a * b, exact, of significands of up to 128 bits. */
const MULTIPLY = routine('__float_multiply', [PARTS, PARTS], 'void', (r, [a, b]) => {
  const [x, y] = [a!, b!];
  answerSpecials(r, x, y, false);
  const [x0, x1, y0, y1] = [r.load(x, 2), r.load(x, 3), r.load(y, 2), r.load(y, 3)];
  const words = r.words(2);
  const product = (left: Operand, right: Operand): readonly [Operand, Operand] => {
    r.call('__float_multiply_words', words, left, right);
    return [r.load(words, 0), r.load(words, 1)];
  };
  const low = product(x0, y0);
  const one = product(x0, y1);
  const two = product(x1, y0);
  const high = product(x1, y1);
  r.store(x, 0, low[0]);
  const first = r.add(low[1], one[0]);
  const second = r.add(first, two[0]);
  r.store(x, 1, second);
  const carry = r.add(r.flag(r.lt(first, one[0])), r.flag(r.lt(second, two[0])));
  const third = r.add(one[1], two[1]);
  const fourth = r.add(third, high[0]);
  const fifth = r.add(fourth, carry);
  r.store(x, 2, fifth);
  const carries = r.add(r.add(r.flag(r.lt(third, two[1])), r.flag(r.lt(fourth, high[0]))), r.flag(r.lt(fifth, carry)));
  r.store(x, 3, r.add(high[1], carries));
  r.store(x, EXPONENT, r.add(r.add(r.load(x, EXPONENT), r.load(y, EXPONENT)), u64(1)));
  r.call('__float_normalise', x);
  r.ret();
});

/** How a float becomes an integer. */
export const TOWARD_ZERO = u64(0);
export const DOWN = u64(1);
export const UP = u64(2);
/** To nearest, ties away from zero. */
export const NEAREST = u64(3);

/** a = a rounded to an integer, as `mode` says. */
const INTEGRAL = routine('__float_integral', [PARTS, 'u64'], 'void', (r, [a, m]) => {
  const [x, mode] = [a!, m!];
  const exponent = r.loadSigned(x, EXPONENT);
  r.when(r.or(r.ne(r.load(x, KIND), NUMBER), r.ge(exponent, i64(127))), () => {
    r.ret();
  });
  const sign = r.load(x, SIGN);
  const away = r.or(r.and(r.eq(mode, DOWN), r.ne(sign, u64(0))), r.and(r.eq(mode, UP), r.eq(sign, u64(0))));
  const isNearest = r.eq(mode, NEAREST);
  r.when(r.lt(exponent, i64(0)), () => {
    r.when(r.not(r.or(away, r.and(isNearest, r.eq(exponent, i64(-1))))), () => {
      become(r, x, ZERO);
    });
    r.store(x, 3, u64(1n << 63n));
    r.store(x, 2, u64(0));
    r.store(x, EXPONENT, u64(0));
    r.ret();
  });
  // The integer in the upper words, the fraction in the lower ones.
  r.call('__float_shift', x, r.sub(u64(127), r.bitcast('u64', exponent)));
  const isHalf = r.ne(r.shr(r.load(x, 1), 63), u64(0));
  const isFraction = r.ne(r.or(r.load(x, 1), r.load(x, 0)), u64(0));
  const up = r.flag(r.or(r.and(away, isFraction), r.and(isNearest, isHalf)));
  const low = r.add(r.load(x, 2), up);
  r.store(x, 2, low);
  r.store(x, 3, r.add(r.load(x, 3), r.flag(r.lt(low, up))));
  r.store(x, 1, u64(0));
  r.store(x, 0, u64(0));
  r.store(x, EXPONENT, u64(127));
  r.call('__float_normalise', x);
  r.ret();
});

/** Two words of the integer that a float is rounded to toward zero, modulo 2^128; 0 for what is no number. */
const TO_INTEGER = routine('__float_to_integer', ['*[2]u64', PARTS], 'void', (r, [to, a]) => {
  const x = a!;
  const exponent = r.loadSigned(x, EXPONENT);
  r.when(r.or(r.ne(r.load(x, KIND), NUMBER), r.lt(exponent, i64(0))), () => {
    r.store(to!, 0, u64(0));
    r.store(to!, 1, u64(0));
    r.ret();
  });
  const distance = r.max(r.sub(i64(127), exponent), i64(0));
  r.call('__float_shift', x, r.bitcast('u64', distance));
  const [low, high] = [r.load(x, 2), r.load(x, 3)];
  const isNegative = r.ne(r.load(x, SIGN), u64(0));
  const negatedLow = r.sub(u64(0), low);
  const negatedHigh = r.sub(r.sub(u64(0), high), r.flag(r.ne(low, u64(0))));
  r.store(to!, 0, r.choose(isNegative, negatedLow, low));
  r.store(to!, 1, r.choose(isNegative, negatedHigh, high));
  r.ret();
});

/** The float of an integer: the words of its magnitude, and its sign. */
const FROM_INTEGER = routine(
  '__float_from_integer',
  [PARTS, 'u64', 'u64', 'u64'],
  'void',
  (r, [a, low, high, sign]) => {
    const x = a!;
    r.store(x, 3, high!);
    r.store(x, 2, low!);
    r.store(x, 1, u64(0));
    r.store(x, 0, u64(0));
    r.store(x, EXPONENT, u64(127));
    r.store(x, KIND, NUMBER);
    r.store(x, SIGN, sign!);
    r.call('__float_normalise', x);
    r.ret();
  },
);

/** What the formats need to be taken apart and put together. */
export const FLOAT_ROUNDING: readonly Source[] = [NORMALISE, SHIFT, ROUND];

/** The routines. */
export const FLOAT_PARTS: readonly Source[] = [
  ...FLOAT_ROUNDING,
  ADD,
  MULTIPLY_WORDS,
  MULTIPLY,
  INTEGRAL,
  TO_INTEGER,
  FROM_INTEGER,
];
