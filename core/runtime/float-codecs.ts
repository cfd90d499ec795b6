/**
 * Runtime library: float formats to and from floats in parts (float-parts.ts), each as it travels.
 *
 * Owns names and the way of each format: f16, f32 and f64 as one word or number, f80 and f128 as two words, and as a result
 * through an address. A NaN comes out as the quiet NaN without sign and payload.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { i64, routine, u64 } from './assembler.ts';
import { EXPONENT, INFINITE, KIND, NAN, NUMBER, PARTS, SIGN, ZERO } from './float-parts.ts';

/** A format as routines see it. */
export interface Codec {
  /** Letters in names of routines: `h`, `s`, `d`, `x`, `t`. */
  readonly letter: string;
  /** Types of the parameters that one float takes. */
  readonly params: readonly string[];
  /** Type of a result; null where it goes through an address. */
  readonly result: string | null;
  readonly precision: number;
  readonly bias: number;
  /** Text of the two routines. */
  readonly routines: readonly Source[];
}

const WORDS_128 = '*[2]u64';

/** Fills the parts from fields; `top` is the significand without a leading bit that is not stored. */
function storeParts(
  r: Routine,
  parts: Operand,
  fields: {
    readonly sign: Operand;
    readonly field: Operand;
    readonly greatest: bigint;
    readonly isInfinite: Operand;
    readonly top: Operand;
    readonly next: Operand;
    readonly bias: number;
    readonly hidden: boolean;
  },
): void {
  const { sign, field, isInfinite } = fields;
  r.store(parts, 0, u64(0));
  r.store(parts, 1, u64(0));
  r.store(parts, 2, fields.next);
  const lead = fields.hidden ? r.shl(r.min(field, u64(1)), 63) : null;
  r.store(parts, 3, lead === null ? fields.top : r.or(fields.top, lead));
  r.store(parts, SIGN, sign);
  r.when(r.eq(field, u64(fields.greatest)), () => {
    r.store(parts, KIND, r.choose(isInfinite, INFINITE, NAN));
    r.ret();
  });
  r.store(parts, KIND, NUMBER);
  r.store(parts, EXPONENT, r.sub(r.max(field, u64(1)), u64(fields.bias)));
  r.call('__float_normalise', parts);
  r.ret();
}

/** Leaves a routine with the pattern of what is no number, made by `give` of the kind. */
function leaveUnlessNumber(r: Routine, parts: Operand, give: (kind: 'zero' | 'infinite' | 'nan') => void): void {
  const kind = r.load(parts, KIND);
  r.when(r.eq(kind, ZERO), () => {
    give('zero');
  });
  r.when(r.eq(kind, INFINITE), () => {
    give('infinite');
  });
  r.when(r.eq(kind, NAN), () => {
    give('nan');
  });
}

/** A format of one word. */
function narrow(letter: string, type: string, bits: 16 | 32 | 64, fraction: number): Codec {
  const bias = 2 ** (bits - fraction - 2) - 1;
  const greatest = BigInt(2 * bias + 1);
  const infinity = greatest << BigInt(fraction);
  const take = routine(`__float_from_${letter}f`, [PARTS, type], 'void', (r, [parts, value]) => {
    const word = `u${bits}`;
    const pattern = type.startsWith('f') ? r.bitcast(word, value!) : value!;
    const bitsOf = bits === 64 ? pattern : r.resize('u64', pattern);
    const rest = r.and(bitsOf, u64((1n << BigInt(fraction)) - 1n));
    storeParts(r, parts!, {
      sign: r.shr(bitsOf, bits - 1),
      field: r.and(r.shr(bitsOf, fraction), u64(greatest)),
      greatest,
      isInfinite: r.eq(rest, u64(0)),
      top: r.shl(rest, 63 - fraction),
      next: u64(0),
      bias,
      hidden: true,
    });
  });
  const give = routine(`__float_to_${letter}f`, [PARTS], type, (r, [p]) => {
    const parts = p!;
    const leave = (pattern: Operand): void => {
      const cut = bits === 64 ? pattern : r.resize(`u${bits}`, pattern);
      r.ret(type.startsWith('f') ? r.bitcast(type, cut) : cut);
    };
    const sign = r.shl(r.load(parts, SIGN), bits - 1);
    leaveUnlessNumber(r, parts, (kind) => {
      if (kind === 'nan') leave(r.or(u64(infinity | (1n << BigInt(fraction - 1))), u64(0)));
      else leave(kind === 'zero' ? sign : r.or(sign, u64(infinity)));
    });
    const field = r.callFor('u64', '__float_round', parts, u64(fraction + 1), i64(bias));
    r.when(r.gt(field, u64(greatest - 2n)), () => {
      leave(r.or(sign, u64(infinity)));
    });
    // The leading bit of the significand adds the one that the field lacks, and so does a carry.
    leave(r.or(sign, r.add(r.shl(field, fraction), r.load(parts, 0))));
  });
  return { letter, params: [type], result: type, precision: fraction + 1, bias, routines: [take, give] };
}

const BIAS = 16383;
const GREATEST = 0x7fffn;

/** f128. */
function quadruple(): Codec {
  const take = routine('__float_from_tf', [PARTS, 'u64', 'u64'], 'void', (r, [parts, low, high]) => {
    const rest = r.and(high!, u64(0xffff_ffff_ffff));
    storeParts(r, parts!, {
      sign: r.shr(high!, 63),
      field: r.and(r.shr(high!, 48), u64(GREATEST)),
      greatest: GREATEST,
      isInfinite: r.eq(r.or(rest, low!), u64(0)),
      top: r.or(r.shl(rest, 15), r.shr(low!, 49)),
      next: r.shl(low!, 15),
      bias: BIAS,
      hidden: true,
    });
  });
  const give = routine('__float_to_tf', [WORDS_128, PARTS], 'void', (r, [to, p]) => {
    const parts = p!;
    const leave = (low: Operand, high: Operand): void => {
      r.store(to!, 0, low);
      r.store(to!, 1, high);
      r.ret();
    };
    const sign = r.shl(r.load(parts, SIGN), 63);
    const infinite = r.or(sign, u64(GREATEST << 48n));
    leaveUnlessNumber(r, parts, (kind) => {
      leave(u64(0), kind === 'nan' ? u64(0xffffn << 47n) : kind === 'zero' ? sign : infinite);
    });
    const field = r.callFor('u64', '__float_round', parts, u64(113), i64(BIAS));
    r.when(r.gt(field, u64(GREATEST - 2n)), () => {
      leave(u64(0), infinite);
    });
    leave(r.load(parts, 0), r.or(sign, r.add(r.shl(field, 48), r.load(parts, 1))));
  });
  return { letter: 't', params: ['u64', 'u64'], result: null, precision: 113, bias: BIAS, routines: [take, give] };
}

/** f80: the upper word has 16 bits, and anything above them. */
function extended(): Codec {
  const take = routine('__float_from_xf', [PARTS, 'u64', 'u64'], 'void', (r, [parts, low, high]) => {
    storeParts(r, parts!, {
      sign: r.and(r.shr(high!, 15), u64(1)),
      field: r.and(high!, u64(GREATEST)),
      greatest: GREATEST,
      isInfinite: r.eq(low!, u64(1n << 63n)),
      top: low!,
      next: u64(0),
      bias: BIAS,
      hidden: false,
    });
  });
  const give = routine('__float_to_xf', [WORDS_128, PARTS], 'void', (r, [to, p]) => {
    const parts = p!;
    const leave = (low: Operand, high: Operand): void => {
      r.store(to!, 0, low);
      r.store(to!, 1, high);
      r.ret();
    };
    const lead = u64(1n << 63n);
    const sign = r.shl(r.load(parts, SIGN), 15);
    const infinite = r.or(sign, u64(GREATEST));
    leaveUnlessNumber(r, parts, (kind) => {
      if (kind === 'nan') leave(u64(3n << 62n), u64(GREATEST));
      else if (kind === 'zero') leave(u64(0), sign);
      else leave(lead, infinite);
    });
    const field = r.callFor('u64', '__float_round', parts, u64(64), i64(BIAS));
    const units = r.load(parts, 0);
    // A carry leaves nothing but a bit above the word; a stored leading bit means one more than the field less one.
    const carry = r.load(parts, 1);
    const more = r.add(r.add(field, r.shr(units, 63)), r.shl(carry, 1));
    r.when(r.ge(more, u64(GREATEST)), () => {
      leave(lead, infinite);
    });
    leave(r.or(units, r.shl(carry, 63)), r.or(sign, more));
  });
  return { letter: 'x', params: ['u64', 'u64'], result: null, precision: 64, bias: BIAS, routines: [take, give] };
}

/** All formats, the narrowest first. */
export const HALF: Codec = narrow('h', 'u16', 16, 10);
export const SINGLE: Codec = narrow('s', 'f32', 32, 23);
export const DOUBLE: Codec = narrow('d', 'f64', 64, 52);
export const EXTENDED: Codec = extended();
export const QUADRUPLE: Codec = quadruple();

/** Takes the float whose parameters begin at `args[at]` apart. */
export function takeApart(r: Routine, codec: Codec, args: readonly Operand[], at: number): Operand {
  const parts = r.words(7);
  r.call(`__float_from_${codec.letter}f`, parts, ...args.slice(at, at + codec.params.length));
  return parts;
}

/** Ends a routine with `parts` in the format: as its result, or through the address in `args[0]`. */
export function giveBack(r: Routine, codec: Codec, args: readonly Operand[], parts: Operand): void {
  const name = `__float_to_${codec.letter}f`;
  if (codec.result !== null) {
    r.ret(r.callFor(codec.result, name, parts));
    return;
  }
  r.call(name, args[0]!, parts);
  r.ret();
}

/** Parameters and result of a routine whose result is of the format. */
export function signature(
  codec: Codec,
  params: readonly string[],
): readonly [params: readonly string[], result: string] {
  return codec.result === null ? [[WORDS_128, ...params], 'void'] : [params, codec.result];
}

/** A routine of libm: `f` or `q` behind the name for f32 and f128, `__` and a letter around it for f16 and f80. */
export function libmName({ letter }: Codec, name: string): string {
  if (letter === 'd') return name;
  if (letter === 's') return `${name}f`;
  return letter === 't' ? `${name}q` : `__${name}${letter}`;
}
