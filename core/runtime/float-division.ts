/**
 * Runtime library, floats in parts: quotients, square roots and remainders, a digit at a time.
 *
 * Owns the long division. A quotient or root has two bits more than f128 keeps, and one that stands for the rest, so that what
 * puts the float together rounds once.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { i64, routine, u64 } from './assembler.ts';
import { answerSpecials, become, EXPONENT, INFINITE, KIND, NAN, PARTS, SIGN, ZERO } from './float-parts.ts';

/** Bits of quotients and roots: two more than f128 keeps, and one that stands for the rest. */
const DIGITS = 115;

/** A remainder of two words and the bit above them, from which a divisor is taken away. */
class Remainder {
  readonly #r: Routine;
  readonly low;
  readonly high;
  readonly above;

  constructor(r: Routine, low: Operand, high: Operand) {
    this.#r = r;
    this.low = r.variable(low);
    this.high = r.variable(high);
    this.above = r.variable(u64(0));
  }

  /** Moves it up by `bits` (1 or 2) and puts `fill` into the free bits. */
  shift(bits: 1 | 2, fill: Operand): void {
    const r = this.#r;
    this.above.set(r.shr(this.high.get(), 64 - bits));
    this.high.set(r.or(r.shl(this.high.get(), bits), r.shr(this.low.get(), 64 - bits)));
    this.low.set(r.or(r.shl(this.low.get(), bits), fill));
  }

  /** Takes a number away if it is not greater; the result says whether. */
  take(low: Operand, high: Operand): Operand {
    const r = this.#r;
    const [l, h] = [this.low.get(), this.high.get()];
    const isLess = r.or(r.lt(h, high), r.and(r.eq(h, high), r.lt(l, low)));
    const fits = r.or(r.ne(this.above.get(), u64(0)), r.not(isLess));
    r.when(fits, () => {
      this.low.set(r.sub(l, low));
      this.high.set(r.sub(r.sub(h, high), r.flag(r.lt(l, low))));
      this.above.set(u64(0));
    });
    return r.flag(fits);
  }

  get isZero(): Operand {
    return this.#r.eq(this.#r.or(this.low.get(), this.high.get()), u64(0));
  }
}

/** Writes DIGITS bits, and one more if the remainder is not zero, to the top of the significand. */
function storeDigits(r: Routine, x: Operand, digits: Remainder, rest: Remainder): void {
  const space = 128 - DIGITS;
  const low = r.shl(digits.low.get(), space);
  r.store(x, 3, r.or(r.shl(digits.high.get(), space), r.shr(digits.low.get(), 64 - space)));
  r.store(x, 2, r.or(low, r.flag(r.not(rest.isZero))));
  r.store(x, 1, u64(0));
  r.store(x, 0, u64(0));
}

/** a = a / b, exact but for the last bit: long division, a bit at a time. */
const DIVIDE = routine('__float_divide', [PARTS, PARTS], 'void', (r, [a, b]) => {
  const [x, y] = [a!, b!];
  answerSpecials(r, x, y, true);
  const [low, high] = [r.load(y, 2), r.load(y, 3)];
  const rest = new Remainder(r, r.load(x, 2), r.load(x, 3));
  const exponent = r.variable(r.sub(r.load(x, EXPONENT), r.load(y, EXPONENT)));
  const [l, h] = [rest.low.get(), rest.high.get()];
  // The first digit is 1: a dividend that is less is doubled.
  r.when(r.or(r.lt(h, high), r.and(r.eq(h, high), r.lt(l, low))), () => {
    rest.shift(1, u64(0));
    exponent.set(r.sub(exponent.get(), u64(1)));
  });
  const digits = new Remainder(r, u64(0), u64(0));
  r.count(u64(DIGITS), () => {
    digits.shift(1, rest.take(low, high));
    rest.shift(1, u64(0));
  });
  // The last shift does not make a zero of what is none: the bit above counts.
  r.when(r.ne(rest.above.get(), u64(0)), () => {
    rest.low.set(u64(1));
  });
  storeDigits(r, x, digits, rest);
  r.store(x, EXPONENT, exponent.get());
  r.ret();
});

/** a = the square root of a, exact but for the last bit: a digit for every two bits of the operand. */
const ROOT = routine('__float_root', [PARTS], 'void', (r, [a]) => {
  const x = a!;
  const kind = r.load(x, KIND);
  r.when(r.or(r.eq(kind, NAN), r.eq(kind, ZERO)), () => {
    r.ret();
  });
  r.when(r.ne(r.load(x, SIGN), u64(0)), () => {
    become(r, x, NAN);
  });
  r.when(r.eq(kind, INFINITE), () => {
    r.ret();
  });
  const exponent = r.loadSigned(x, EXPONENT);
  const isOdd = r.and(r.bitcast('u64', exponent), u64(1));
  // Two bits in front of the point: for an even exponent the first one is 0. The last bits of a significand are free.
  const feed = new Remainder(r, r.load(x, 2), r.load(x, 3));
  r.when(r.eq(isOdd, u64(0)), () => {
    feed.low.set(r.or(r.shr(feed.low.get(), 1), r.shl(feed.high.get(), 63)));
    feed.high.set(r.shr(feed.high.get(), 1));
  });
  const rest = new Remainder(r, u64(0), u64(0));
  const digits = new Remainder(r, u64(0), u64(0));
  r.count(u64(DIGITS), () => {
    rest.shift(2, r.shr(feed.high.get(), 62));
    feed.shift(2, u64(0));
    // Four times what is there, plus one; the remainder stays below 2^118.
    const low = r.or(r.shl(digits.low.get(), 2), u64(1));
    const high = r.or(r.shl(digits.high.get(), 2), r.shr(digits.low.get(), 62));
    digits.shift(1, rest.take(low, high));
  });
  storeDigits(r, x, digits, rest);
  r.store(x, EXPONENT, r.emit(`shr ${exponent.text}, u8 1`, 'i64'));
  r.ret();
});

/** a = fmod(a, b), exact, with the sign of a: long division that keeps only the remainder. */
const REMAINDER = routine('__float_remainder', [PARTS, PARTS], 'void', (r, [a, b]) => {
  const [x, y] = [a!, b!];
  const kindX = r.load(x, KIND);
  const kindY = r.load(y, KIND);
  const isLost = r.or(r.or(r.eq(kindX, NAN), r.eq(kindY, NAN)), r.or(r.eq(kindX, INFINITE), r.eq(kindY, ZERO)));
  r.when(isLost, () => {
    become(r, x, NAN);
  });
  const distance = r.variable(r.sub(r.loadSigned(x, EXPONENT), r.loadSigned(y, EXPONENT)));
  const isSmall = r.or(r.or(r.eq(kindX, ZERO), r.eq(kindY, INFINITE)), r.lt(distance.get(), i64(0)));
  r.when(isSmall, () => {
    r.ret();
  });
  const [low, high] = [r.load(y, 2), r.load(y, 3)];
  const rest = new Remainder(r, r.load(x, 2), r.load(x, 3));
  rest.take(low, high);
  r.loop(
    () => r.gt(distance.get(), i64(0)),
    () => {
      rest.shift(1, u64(0));
      rest.take(low, high);
      distance.set(r.sub(distance.get(), i64(1)));
    },
  );
  r.store(x, 3, rest.high.get());
  r.store(x, 2, rest.low.get());
  r.store(x, EXPONENT, r.load(y, EXPONENT));
  r.call('__float_normalise', x);
  r.ret();
});

/** The routines. */
export const FLOAT_DIVISION: readonly Source[] = [DIVIDE, ROOT, REMAINDER];
