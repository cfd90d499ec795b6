/**
 * Runtime functions on 128-bit integers: shifts, quotients, remainders, products with overflow, conversions from and to floats.
 *
 * An integer travels as two u64, low word first; results are written through an address. Signatures are those of INTRINSICS in
 * core/mir. Narrower integers are extended by the caller, so these functions know one width.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { routine, sourceOf, u32, u64 } from './assembler.ts';

/** Two words, low one first. */
type Pair = readonly [low: Operand, high: Operand];

const PAIR = '*[2]u64';
/** Where results go, and two integers. */
const TWO = [PAIR, 'u64', 'u64', 'u64', 'u64'] as const;

function loadPair(r: Routine, from: Operand, at = 0): Pair {
  return [r.load(from, at), r.load(from, at + 1)];
}

/** Writes `value` and returns. */
function give(r: Routine, to: Operand, [low, high]: Pair): void {
  r.store(to, 0, low);
  r.store(to, 1, high);
  r.ret();
}

/** A word shifted to the right, with copies of its top bit from the left. */
function shiftedRight(r: Routine, high: Operand, bits: Operand | number): Operand {
  return r.bitcast('u64', r.shr(r.bitcast('i64', high), bits));
}

/** All ones if the top bit is set, else 0. */
function signOf(r: Routine, high: Operand): Operand {
  return shiftedRight(r, high, 63);
}

/** `value` or, where `sign` is all ones, its negative; in room of its own. */
function signed(r: Routine, value: Pair, sign: Operand): Pair {
  const to = r.words(2);
  r.call('__air_neg128', to, ...value, sign);
  return loadPair(r, to);
}

const NEGATE = routine('__air_neg128', [PAIR, 'u64', 'u64', 'u64'], 'void', (r, [to, low, high, sign]) => {
  const flipped = r.xor(low!, sign!);
  const borrow = r.flag(r.lt(flipped, sign!));
  give(r, to!, [r.sub(flipped, sign!), r.sub(r.sub(r.xor(high!, sign!), sign!), borrow)]);
});

// --- shifts ---

/** What a shift by `bits` (0 .. 63) makes of two words; `rest` is 63 - `bits`. */
type Shifted = (r: Routine, value: Pair, bits: Operand, rest: Operand) => Pair;

/** Amounts are 0 .. 127: `far` is for those from 64 on, less 64. A shift by 64 - k is made of two, so that no amount is 64. */
function shift(name: string, far: Shifted, near: Shifted): Source {
  return routine(name, [PAIR, 'u64', 'u64', 'u32'], 'void', (r, [to, low, high, amount]) => {
    const bits = r.and(amount!, u32(63));
    const rest = r.sub(u32(63), bits);
    r.when(r.ge(amount!, u32(64)), () => {
      give(r, to!, far(r, [low!, high!], bits, rest));
    });
    give(r, to!, near(r, [low!, high!], bits, rest));
  });
}

/** The low word of a shift to the right by less than 64. */
function lowShiftedRight(r: Routine, [low, high]: Pair, bits: Operand, rest: Operand): Operand {
  return r.or(r.shr(low, bits), r.shl(r.shl(high, 1), rest));
}

const SHIFTS = [
  shift(
    '__ashlti3',
    (r, [low], bits) => [u64(0), r.shl(low, bits)],
    (r, [low, high], bits, rest) => [r.shl(low, bits), r.or(r.shl(high, bits), r.shr(r.shr(low, 1), rest))],
  ),
  shift(
    '__lshrti3',
    (r, [, high], bits) => [r.shr(high, bits), u64(0)],
    (r, value, bits, rest) => [lowShiftedRight(r, value, bits, rest), r.shr(value[1], bits)],
  ),
  shift(
    '__ashrti3',
    (r, [, high], bits) => [shiftedRight(r, high, bits), signOf(r, high)],
    (r, value, bits, rest) => [lowShiftedRight(r, value, bits, rest), shiftedRight(r, value[1], bits)],
  ),
];

// --- quotients and remainders ---

const LEADING_ZEROS = routine('__air_clz128', ['u64', 'u64'], 'u64', (r, [low, high]) => {
  r.when(r.eq(high!, u64(0)), () => {
    r.ret(r.add(r.clz(low!), u64(64)));
  });
  r.ret(r.clz(high!));
});

/**
 * Quotient (words 0 and 1 of the result) and remainder (words 2 and 3). If no operand has a high word, one division. Otherwise the
 * divisor is shifted up to the dividend's leading bit, and each step down gives one bit: the divisor is subtracted where it
 * goes. A divisor of 0 ends after a bounded number of steps.
 */
const DIVIDE = routine('__air_udivmod128', ['*[4]u64', ...TWO.slice(1)], 'void', (r, [result, a0, a1, b0, b1]) => {
  const to = result!;
  r.store(to, 1, u64(0));
  r.store(to, 3, u64(0));
  r.when(r.eq(r.or(a1!, b1!), u64(0)), () => {
    r.store(to, 0, r.div(a0!, b0!));
    r.store(to, 2, r.rem(a0!, b0!));
    r.ret();
  });
  r.store(to, 0, u64(0));
  r.store(to, 2, a0!);
  r.store(to, 3, a1!);
  const zerosA = r.callFor('u64', '__air_clz128', a0!, a1!);
  const zerosB = r.callFor('u64', '__air_clz128', b0!, b1!);
  r.when(r.lt(zerosB, zerosA), () => {
    r.ret();
  });
  const steps = r.min(r.sub(zerosB, zerosA), u64(127));
  const divisor = r.words(2);
  r.call('__ashlti3', divisor, b0!, b1!, r.resize('u32', steps));
  r.count(r.add(steps, u64(1)), () => {
    const [r0, r1] = loadPair(r, to, 2);
    const [d0, d1] = loadPair(r, divisor);
    const borrow = r.lt(r0, d0);
    const isLess = r.or(r.lt(r1, d1), r.and(r.eq(r1, d1), borrow));
    r.when(r.not(isLess), () => {
      r.store(to, 2, r.sub(r0, d0));
      r.store(to, 3, r.sub(r.sub(r1, d1), r.flag(borrow)));
    });
    const [q0, q1] = loadPair(r, to);
    r.store(to, 1, r.or(r.shl(q1, 1), r.shr(q0, 63)));
    r.store(to, 0, r.or(r.shl(q0, 1), r.flag(r.not(isLess))));
    r.store(divisor, 0, r.or(r.shr(d0, 1), r.shl(d1, 63)));
    r.store(divisor, 1, r.shr(d1, 1));
  });
  r.ret();
});

/** Two words of what {@link DIVIDE} makes of the operands, from word `at`. */
function divided(r: Routine, a: Pair, b: Pair, at: 0 | 2): Pair {
  const both = r.words(4);
  r.call('__air_udivmod128', both, ...a, ...b);
  return loadPair(r, both, at);
}

/** The same for magnitudes of signed operands. */
function dividedMagnitudes(r: Routine, a: Pair, b: Pair, at: 0 | 2): Pair {
  return divided(r, signed(r, a, signOf(r, a[1])), signed(r, b, signOf(r, b[1])), at);
}

function division(name: string, result: (r: Routine, a: Pair, b: Pair) => Pair): Source {
  return routine(name, TWO, 'void', (r, [to, a0, a1, b0, b1]) => {
    give(r, to!, result(r, [a0!, a1!], [b0!, b1!]));
  });
}

const DIVISIONS = [
  division('__udivti3', (r, a, b) => divided(r, a, b, 0)),
  division('__umodti3', (r, a, b) => divided(r, a, b, 2)),
  division('__divti3', (r, a, b) => signed(r, dividedMagnitudes(r, a, b, 0), signOf(r, r.xor(a[1], b[1])))),
  division('__modti3', (r, a, b) => signed(r, dividedMagnitudes(r, a, b, 2), signOf(r, a[1]))),
];

// --- products with overflow ---

/** Both words of the product of two words; in AIR, whose wide product needs `__multi3`. */
const MULTIPLY_WORDS = routine('__air_mul64', [PAIR, 'u64', 'u64'], 'void', (r, [to, a, b]) => {
  const product = r.mul(r.resize('u128', a!), r.resize('u128', b!));
  give(r, to!, [r.resize('u64', product), r.resize('u64', r.shr(product, 64))]);
});

/**
 * With operands of a high and a low word each, the product overflows if both high words are not 0, if a product of a high and a low
 * word does not fit 64 bits, or if adding it to the high word of the product of the low words carries.
 */
const MULTIPLY_UNSIGNED = routine('__umuloti4', [...TWO, '*u32'], 'void', (r, [to, a0, a1, b0, b1, overflow]) => {
  const words = r.words(2);
  const product = (a: Operand, b: Operand): Pair => {
    r.call('__air_mul64', words, a, b);
    return loadPair(r, words);
  };
  const one = product(a0!, b1!);
  const two = product(a1!, b0!);
  const [low, middle] = product(a0!, b0!);
  const high = r.add(middle, r.add(one[0], two[0]));
  const isBeyond = r.or(
    r.and(r.ne(a1!, u64(0)), r.ne(b1!, u64(0))),
    r.ne(r.or(one[1], two[1]), u64(0)),
    r.lt(high, middle),
  );
  r.put(overflow!, r.resize('u32', r.flag(isBeyond)));
  give(r, to!, [low, high]);
});

/** The product of the magnitudes, which must not be above 2^127, or 2^127 - 1 if the signs are equal. */
const MULTIPLY_SIGNED = routine('__muloti4', [...TWO, '*u32'], 'void', (r, [to, a0, a1, b0, b1, overflow]) => {
  const [signA, signB] = [signOf(r, a1!), signOf(r, b1!)];
  const sign = r.xor(signA, signB);
  const magnitude = r.words(2);
  r.call('__umuloti4', magnitude, ...signed(r, [a0!, a1!], signA), ...signed(r, [b0!, b1!], signB), overflow!);
  const [low, high] = loadPair(r, magnitude);
  const result = signed(r, [low, high], sign);
  const hasWrongSign = r.ne(r.shr(r.xor(result[1], sign), 63), u64(0));
  const isBeyond = r.flag(r.and(hasWrongSign, r.ne(r.or(low, high), u64(0))));
  r.put(overflow!, r.or(r.take(overflow!), r.resize('u32', isBeyond)));
  give(r, to!, result);
});

// --- floats ---

/**
 * The high word is the value divided by 2^64, the low word what is left; both steps are exact, because a float has at most 53
 * significant bits.
 */
const UNSIGNED_FROM_DOUBLE = routine('__fixunsdfti', [PAIR, 'f64'], 'void', (r, [to, value]) => {
  const scaled = r.emit(`mul ${value!.text}, f64 5.421010862427522e-20`, 'f64');
  const high = r.emit(`int_from_float u64 ${scaled.text}`, 'u64');
  const upper = r.emit(`float_from_int f64 ${high.text}`, 'f64');
  const exact = r.emit(`mul ${upper.text}, f64 18446744073709552000.0`, 'f64');
  const rest = r.emit(`sub ${value!.text}, ${exact.text}`, 'f64');
  give(r, to!, [r.emit(`int_from_float u64 ${rest.text}`, 'u64'), high]);
});

const SIGNED_FROM_DOUBLE = routine('__fixdfti', [PAIR, 'f64'], 'void', (r, [to, value]) => {
  r.call('__fixunsdfti', to!, r.emit(`abs f64 ${value!.text}`, 'f64'));
  give(r, to!, signed(r, loadPair(r, to!), signOf(r, r.bitcast('u64', value!))));
});

/** From f32, which every f64 holds. */
function fromSingle(name: string, fromDouble: string): Source {
  return routine(name, [PAIR, 'f32'], 'void', (r, [to, value]) => {
    r.call(fromDouble, to!, r.emit(`fpext f64 ${value!.text}`, 'f64'));
    r.ret();
  });
}

/** 64 bits from the leading one on, the lowest of which says whether any bit below is set; the high word has `zeros` in front. */
const LEADING_BITS = routine('__air_leading64', ['u64', 'u64', 'u64'], 'u64', (r, [low, high, zeros]) => {
  const upper = r.or(r.shl(high!, zeros!), r.shr(r.shr(low!, 1), r.sub(u64(63), zeros!)));
  r.ret(r.or(upper, r.min(r.shl(low!, zeros!), u64(1))));
});

interface HostFloat {
  readonly type: 'f32' | 'f64';
  /** Unsigned integer of its size. */
  readonly word: 'u32' | 'u64';
  readonly bias: number;
  /** Bits of the fraction. */
  readonly fraction: number;
}

const SINGLE: HostFloat = { type: 'f32', word: 'u32', bias: 127, fraction: 23 };
const DOUBLE: HostFloat = { type: 'f64', word: 'u64', bias: 1023, fraction: 52 };

/** {@link LEADING_BITS} are rounded once by the conversion of wasm and scaled by a power of two, exactly or to infinity. */
function fromUnsigned(name: string, { type, word, bias, fraction }: HostFloat): Source {
  return routine(name, ['u64', 'u64'], type, (r, [low, high]) => {
    const rounded = (value: Operand): Operand => r.emit(`float_from_int ${type} ${value.text}`, type);
    r.when(r.eq(high!, u64(0)), () => {
      r.ret(rounded(low!));
    });
    const zeros = r.clz(high!);
    const top = rounded(r.callFor('u64', '__air_leading64', low!, high!, zeros));
    const exponent = r.sub(u64(bias + 64), zeros);
    const power = r.bitcast(type, r.shl(word === 'u64' ? exponent : r.resize(word, exponent), fraction));
    r.ret(r.emit(`mul ${top.text}, ${power.text}`, type));
  });
}

function fromSigned(name: string, unsignedName: string, { type }: HostFloat): Source {
  return routine(name, ['u64', 'u64'], type, (r, [low, high]) => {
    const sign = signOf(r, high!);
    const magnitude = r.callFor(type, unsignedName, ...signed(r, [low!, high!], sign));
    r.when(r.eq(sign, u64(0)), () => {
      r.ret(magnitude);
    });
    r.ret(r.emit(`neg ${magnitude.text}`, type));
  });
}

const FLOATS = [
  UNSIGNED_FROM_DOUBLE,
  SIGNED_FROM_DOUBLE,
  fromSingle('__fixunssfti', '__fixunsdfti'),
  fromSingle('__fixsfti', '__fixdfti'),
  LEADING_BITS,
  fromUnsigned('__floatuntisf', SINGLE),
  fromUnsigned('__floatuntidf', DOUBLE),
  fromSigned('__floattisf', '__floatuntisf', SINGLE),
  fromSigned('__floattidf', '__floatuntidf', DOUBLE),
];

/** AIR text of these functions. */
export function wideIntegersSource(): string {
  return sourceOf([
    NEGATE,
    ...SHIFTS,
    LEADING_ZEROS,
    DIVIDE,
    ...DIVISIONS,
    MULTIPLY_WORDS,
    MULTIPLY_UNSIGNED,
    MULTIPLY_SIGNED,
    ...FLOATS,
  ]);
}
