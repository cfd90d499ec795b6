/**
 * Runtime functions on integers of more than 128 bits: products, quotients, shifts, conversions from and to floats. AIR text.
 *
 * An integer is a run of u64 limbs, the least significant first, and travels by address with the number of its limbs; results
 * lie in no operand. Signs are the caller's business but where one is a parameter. compiler-rt has no such functions.
 */
import type { Operand, Routine } from './assembler.ts';
import { routine, u64 } from './assembler.ts';
import { LIMBS, wordOf } from './limb-loops.ts';

/** Type of the address of digits of 32 bits. */
const DIGITS = '[*]u32';

/** A loop over `%index = 0 .. bound - 1`; `slot` holds the index, and instructions from `%first` to `%first + 4` are taken. */
function each(first: number, slot: string, bound: string, body: (index: string) => string): string {
  const [block, loop, index, ended, next] = [0, 1, 2, 3, 4].map((n) => `%${first + n}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return `
  store ${slot}, usize 0
  ${block} = block void {
    ${loop} = loop noreturn {
      ${index} = load usize ${slot}
      ${ended} = cmp_eq ${index}, ${bound}
      cond_br ${ended} {
        br ${block}
      } else {
        ${body(index)}
        ${next} = add ${index}, usize 1
        store ${slot}, ${next}
        repeat ${loop}
      }
    }
  }`;
}

/** Limb `index` of `from`, which has `count` limbs, or `other` beyond them; takes three instructions from `%first`. */
function limbOr(first: number, from: string, index: string, count: string, other: string): string {
  return `
        %${first} = block u64 {
          %${first + 1} = cmp_lt ${index}, ${count}
          cond_br %${first + 1} {
            %${first + 2} = ptr_elem_val ${from}, ${index}
            br %${first} %${first + 2}
          } else {
            br %${first} ${other}
          }
        }`;
}

/** The two words of x * y + more, where `more` is below 2^64. */
function multiplied(r: Routine, x: Operand, y: Operand, more: Operand): readonly [low: Operand, high: Operand] {
  const mask = u64(0xffff_ffff);
  const [x0, x1, y0, y1] = [r.and(x, mask), r.shr(x, 32), r.and(y, mask), r.shr(y, 32)];
  const middle = r.add(r.mul(x1, y0), r.shr(r.mul(x0, y0), 32));
  const other = r.add(r.mul(x0, y1), r.and(middle, mask));
  const low = r.add(r.mul(x, y), more);
  const high = r.add(r.add(r.mul(x1, y1), r.shr(middle, 32)), r.shr(other, 32));
  return [low, r.add(high, r.flag(r.lt(low, more)))];
}

/** All limbs of the product of two unsigned integers of n limbs: 2n of them; schoolbook. */
const PRODUCT = routine('__air_bigmul', [LIMBS, LIMBS, LIMBS, 'usize'], 'void', (r, [to, a, b, n]) => {
  const count = wordOf(r, n!);
  r.count(r.add(count, count), (k) => {
    r.store(to!, k, u64(0));
  });
  r.count(count, (i) => {
    const factor = r.load(a!, i);
    const carry = r.variable(u64(0));
    r.when(r.ne(factor, u64(0)), () => {
      r.count(count, (j) => {
        const at = r.add(i, j);
        const [low, high] = multiplied(r, factor, r.load(b!, j), carry.get());
        const sum = r.add(low, r.load(to!, at));
        r.store(to!, at, sum);
        carry.set(r.add(high, r.flag(r.lt(sum, low))));
      });
      r.store(to!, r.add(i, count), carry.get());
    });
  });
  r.ret();
});

/** Digit k of `from` shifted left by `shift` below 32, where `below` is the digit under it: the low 32 bits count. */
function shiftedDigit(r: Routine, digit: Operand, below: Operand, shift: Operand): Operand {
  return r.shr(r.shl(r.or(r.shl(digit, 32), below), shift), 32);
}

/**
 * Quotient q and remainder of unsigned integers of n limbs, by digits of 32 bits (D. Knuth, The Art of Computer Programming, vol. 2,
 * 4.3.1, algorithm D). The remainder has n + 1 limbs, of which the topmost is room for the dividend and 0 in the end. Dividend and
 * divisor are shifted so that the divisor's leading digit has its top bit; the divisor's digits are shifted as they are read.
 */
const DIVISION = routine('__air_bigudivmod', [LIMBS, LIMBS, LIMBS, LIMBS, 'usize'], 'void', (r, args) => {
  const [q, rest, a, b] = args.slice(0, 4).map((limbs) => r.emit(`bitcast ${DIGITS} ${limbs.text}`, DIGITS)) as [
    Operand,
    Operand,
    Operand,
    Operand,
  ];
  const limbs = wordOf(r, args[4]!);
  const count = r.shl(limbs, 1);
  r.count(limbs, (k) => {
    r.store(args[0]!, k, u64(0));
  });
  const length = r.variable(count);
  r.loop(
    () => r.and(r.ne(length.get(), u64(0)), r.eq(r.digit(b, r.sub(r.max(length.get(), u64(1)), u64(1))), u64(0))),
    () => {
      length.set(r.sub(length.get(), u64(1)));
    },
  );
  const m = length.get();
  // A divisor of 0 has no quotient.
  r.when(r.eq(m, u64(0)), () => {
    r.ret();
  });
  const below = (k: Operand): Operand => {
    const found = r.variable(u64(0));
    r.when(r.ne(k, u64(0)), () => {
      found.set(r.digit(b, r.sub(k, u64(1))));
    });
    return found.get();
  };
  const top = r.sub(m, u64(1));
  const shift = r.sub(r.clz(r.digit(b, top)), u64(32));
  const leading = shiftedDigit(r, r.digit(b, top), below(top), shift);
  const second = r.variable(u64(0));
  r.when(r.ne(top, u64(0)), () => {
    const next = r.sub(top, u64(1));
    second.set(shiftedDigit(r, r.digit(b, next), below(next), shift));
  });
  const previous = r.variable(u64(0));
  r.count(count, (k) => {
    const digit = r.digit(a, k);
    r.setDigit(rest, k, shiftedDigit(r, digit, previous.get(), shift));
    previous.set(digit);
  });
  r.store(args[1]!, limbs, r.shr(r.shl(previous.get(), shift), 32));
  const place = r.variable(r.add(r.sub(count, m), u64(1)));
  r.loop(
    () => r.ne(place.get(), u64(0)),
    () => {
      const j = r.sub(place.get(), u64(1));
      place.set(j);
      divideStep(r, { q, rest, b, j, m, shift, leading, second: second.get() });
    },
  );
  r.count(count, (k) => {
    const pair = r.or(r.shl(r.digit(rest, r.add(k, u64(1))), 32), r.digit(rest, k));
    r.setDigit(rest, k, r.shr(pair, shift));
  });
  r.store(args[1]!, limbs, u64(0));
  r.ret();
});

/** What a step of the division works on: digits, and the shifted divisor's two leading ones. */
interface Step {
  readonly q: Operand;
  readonly rest: Operand;
  readonly b: Operand;
  readonly j: Operand;
  readonly m: Operand;
  readonly shift: Operand;
  readonly leading: Operand;
  readonly second: Operand;
}

/** Digit j of the quotient: guessed from the leading digits, at most one too great after it is corrected by the second ones. */
function divideStep(r: Routine, { q, rest, b, j, m, shift, leading, second }: Step): void {
  const base = u64(1n << 32n);
  const high = r.add(j, m);
  const under = r.variable(u64(0));
  r.when(r.gt(m, u64(1)), () => {
    under.set(r.digit(rest, r.sub(high, u64(2))));
  });
  const head = r.or(r.shl(r.digit(rest, high), 32), r.digit(rest, r.sub(high, u64(1))));
  const guess = r.variable(r.div(head, leading));
  const left = r.variable(r.rem(head, leading));
  const isTooGreat = (): Operand => {
    const isOver = r.gt(r.mul(guess.get(), second), r.or(r.shl(left.get(), 32), under.get()));
    return r.and(r.lt(left.get(), base), r.or(r.ge(guess.get(), base), isOver));
  };
  r.loop(isTooGreat, () => {
    guess.set(r.sub(guess.get(), u64(1)));
    left.set(r.add(left.get(), leading));
  });
  r.when(r.ne(guess.get(), u64(0)), () => {
    const carry = r.variable(u64(0));
    const borrow = r.variable(u64(0));
    eachShifted(r, b, m, shift, (i, digit) => {
      const product = r.add(r.mul(guess.get(), digit), carry.get());
      carry.set(r.shr(product, 32));
      const at = r.add(j, i);
      const difference = r.sub(r.sub(r.digit(rest, at), r.and(product, u64(0xffff_ffff))), borrow.get());
      r.setDigit(rest, at, difference);
      borrow.set(r.shr(difference, 63));
    });
    const difference = r.sub(r.sub(r.digit(rest, high), carry.get()), borrow.get());
    r.setDigit(rest, high, difference);
    r.when(r.ne(r.shr(difference, 63), u64(0)), () => {
      guess.set(r.sub(guess.get(), u64(1)));
      const more = r.variable(u64(0));
      eachShifted(r, b, m, shift, (i, digit) => {
        const at = r.add(j, i);
        const sum = r.add(r.add(r.digit(rest, at), digit), more.get());
        r.setDigit(rest, at, sum);
        more.set(r.shr(sum, 32));
      });
      r.setDigit(rest, high, r.add(r.digit(rest, high), more.get()));
    });
    r.setDigit(q, j, guess.get());
  });
}

/** Runs `body` for the m digits of b, shifted left. */
function eachShifted(
  r: Routine,
  b: Operand,
  m: Operand,
  shift: Operand,
  body: (k: Operand, digit: Operand) => void,
): void {
  const previous = r.variable(u64(0));
  r.count(m, (k) => {
    const digit = r.digit(b, k);
    body(k, shiftedDigit(r, digit, previous.get(), shift));
    previous.set(digit);
  });
}

/**
 * A shift by k bits of an integer of n limbs. Each limb is made of two: the one whole limbs away, shifted in the direction of the
 * shift, and the one behind it, shifted the other way; `fill` stands for limbs that are not there.
 */
function shift(name: string, fill: string, step: string, direction: string, back: string): string {
  const isFilled = fill !== 'u64 0';
  return `
fn @${name}([*]u64, [*]const u64, usize, usize${isFilled ? ', u64' : ''}) void {
  %0 = arg [*]u64 0
  %1 = arg [*]const u64 1
  %2 = arg usize 2
  %3 = arg usize 3
  ${isFilled ? `${fill} = arg u64 4` : ''}
  %4 = alloc *usize
  %5 = shr %3, u5 6
  %6 = bit_and %3, usize 63
  %7 = sub usize 63, %6
  ${each(
    10,
    '%4',
    '%2',
    (i) => `
        %20 = ${step} ${i}, %5
        %21 = ${step} %20, usize 1
        ${limbOr(30, '%1', '%20', '%2', fill)}
        ${limbOr(40, '%1', '%21', '%2', fill)}
        %50 = ${direction} %30, %6
        %51 = ${back} %40, u6 1
        %52 = ${back} %51, %7
        %53 = bit_or %50, %52
        %54 = ptr_elem_ptr *u64 %0, ${i}
        store %54, %53`,
  )}
  ret void {}
}
`;
}

/** To the right, the last parameter (0 or all ones) comes in. A limb in front of the first one is beyond the last, as numbers wrap. */
const SHIFTS =
  shift('__air_bigshl', 'u64 0', 'sub_wrap', 'shl', 'shr') + shift('__air_bigshr', '%8', 'add', 'shr', 'shl');

/** The float of an unsigned integer: the top bits times a power of two. `word` is the integer of its size. */
function toFloat(type: string, word: string, bias: number, fraction: number): string {
  return `
fn @__air_big${type.replace('f', 'float')}([*]const u64, usize) ${type} {
  %0 = arg [*]const u64 0
  %1 = arg usize 1
  %2 = alloc *[2]u64
  call @__air_bigtop(%2, %0, %1)
  %4 = ptr_elem_ptr *u64 %2, usize 0
  %5 = ptr_elem_ptr *u64 %2, usize 1
  %6 = load u64 %4
  %7 = load u64 %5
  %8 = float_from_int ${type} %6
  %9 = min %7, u64 ${bias - 62}
  %10 = add %9, u64 ${bias}
  %11 = ${word === 'u64' ? 'bit_or u64 0, %10' : `trunc ${word} %10`}
  %12 = shl %11, u8 ${fraction}
  %13 = bitcast ${type} %12
  %14 = mul %8, %13
  ret %14
}`;
}

/**
 * To floats, of unsigned integers: 64 bits from the leading one on, the lowest of which says whether any bit below is set, are
 * rounded once by the conversion of wasm and scaled by a power of two; a power at which every result is infinite stands for all
 * greater ones. From floats: the significand shifted to its place, limb by limb, then the sign.
 */
const FLOATS = `
fn @__air_bigtop(*[2]u64, [*]const u64, usize) void {
  %0 = arg *[2]u64 0
  %1 = arg [*]const u64 1
  %2 = arg usize 2
  %3 = alloc *usize
  %4 = alloc *usize
  %5 = alloc *u64
  %6 = ptr_elem_ptr *u64 %0, usize 0
  %7 = ptr_elem_ptr *u64 %0, usize 1
  store %4, usize 0
  store %5, u64 0
  ${each(
    10,
    '%3',
    '%2',
    (i) => `
        %20 = ptr_elem_val %1, ${i}
        %21 = cmp_neq %20, u64 0
        %22 = block void {
          cond_br %21 {
            store %4, ${i}
            br %22
          } else {
            br %22
          }
        }`,
  )}
  %30 = load usize %4
  %31 = cmp_eq %30, usize 0
  cond_br %31 {
    %33 = ptr_elem_val %1, usize 0
    store %6, %33
    store %7, u64 0
    ret void {}
  } else {
    %37 = sub %30, usize 1
    ${each(
      40,
      '%3',
      '%37',
      (i) => `
          %50 = ptr_elem_val %1, ${i}
          %51 = load u64 %5
          %52 = bit_or %51, %50
          store %5, %52`,
    )}
    %60 = ptr_elem_val %1, %30
    %61 = ptr_elem_val %1, %37
    %62 = clz u64 %60
    %63 = shl %60, %62
    %64 = sub u64 63, %62
    %65 = shr %61, u6 1
    %66 = shr %65, %64
    %67 = bit_or %63, %66
    %68 = shl %61, %62
    %69 = load u64 %5
    %70 = bit_or %68, %69
    %71 = min %70, u64 1
    %72 = bit_or %67, %71
    %73 = intcast u64 %30
    %74 = shl %73, u6 6
    %75 = sub %74, %62
    store %6, %72
    store %7, %75
    ret void {}
  }
}
${toFloat('f64', 'u64', 1023, 52)}
${toFloat('f32', 'u32', 127, 23)}
fn @__air_bigfix([*]u64, usize, f64) void {
  %0 = arg [*]u64 0
  %1 = arg usize 1
  %2 = arg f64 2
  %3 = alloc *usize
  %4 = alloc *i64
  %5 = alloc *u64
  %6 = bitcast u64 %2
  %7 = bit_and %6, u64 0x000fffffffffffff
  %8 = bit_or %7, u64 0x0010000000000000
  %9 = shr %6, u6 52
  %10 = bit_and %9, u64 2047
  %11 = bitcast i64 %10
  %12 = sub %11, i64 1075
  %13 = bitcast i64 %6
  %14 = shr %13, u6 63
  %15 = bitcast u64 %14
  %16 = bit_and %15, u64 1
  store %4, %12
  store %5, %16
  ${each(
    20,
    '%3',
    '%1',
    (i) => `
        %30 = load i64 %4
        %31 = block u64 {
          %32 = cmp_gte %30, i64 0
          cond_br %32 {
            %34 = min %30, i64 64
            %35 = bitcast u64 %34
            %36 = shl_sat u64 1, %35
            %37 = cmp_eq %34, i64 64
            cond_br %37 {
              br %31 u64 0
            } else {
              %40 = mul_wrap %8, %36
              br %31 %40
            }
          } else {
            %42 = max %30, i64 -63
            %43 = sub i64 0, %42
            %44 = bitcast u64 %43
            %45 = shr %8, %44
            br %31 %45
          }
        }
        %50 = sub %30, i64 64
        store %4, %50
        %52 = xor %31, %15
        %53 = load u64 %5
        %54 = add_wrap %52, %53
        %55 = cmp_lt %54, %53
        %56 = bitcast u1 %55
        %57 = intcast u64 %56
        store %5, %57
        %59 = ptr_elem_ptr *u64 %0, ${i}
        store %59, %54`,
  )}
  ret void {}
}
`;

/** AIR text of these functions. */
export function bigIntegersSource(): string {
  return PRODUCT() + DIVISION() + SHIFTS + FLOATS;
}
