/**
 * `foldMasks`: a mask, or the extension of a sign, is left out where the value is known to be in that form.
 *
 * Follows for each value how many bits it has at most, as an unsigned and as a signed number, through the operand stack and through
 * locals that are set once. A local that is read before it is set holds 0, which has the form of anything.
 */
import { MirTag } from '../../mir/ops.ts';
import { EMPTY_BLOCK } from '../../wasm/kinds.ts';
import type { Code } from './code.ts';
import { endsFlow, opensBlock, removeMarked } from './code.ts';
import type { CallEffects } from './effects.ts';
import { effectOf, OperandStack, pops, pushes, UNKNOWN } from './effects.ts';

// What is known of a value as one number: bits as an unsigned number, and as a signed one. 64 means nothing.
const NOTHING_KNOWN = 64 * 128 + 64;

function known(unsigned: number, signed: number): number {
  return Math.min(unsigned, 64) * 128 + Math.min(signed, unsigned + 1, 64);
}

function unsignedBits(value: number): number {
  return value >> 7;
}

function signedBits(value: number): number {
  return value & 127;
}

/** Leaves masks and extensions out. */
export function foldMasks(code: Code, calls: CallEffects): void {
  const { tags, data } = code;
  const gone = new Uint8Array(tags.length);
  const stack = new OperandStack(NOTHING_KNOWN);
  const writes = countWrites(code);
  const locals = new Array<number>(writes.length).fill(NOTHING_KNOWN);
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    const needless = needlessLength(code, i, stack.top());
    if (needless > 0) {
      gone.fill(1, i, i + needless);
      i += needless - 1;
      continue;
    }
    if (tag === MirTag.local_get) {
      stack.push(locals[data[i]!]!);
    } else if (tag === MirTag.local_set || tag === MirTag.local_tee) {
      const value = stack.pop();
      if (writes[data[i]!] === 1 && data[i]! >= code.paramCount) locals[data[i]!] = value;
      if (tag === MirTag.local_tee) stack.push(value);
    } else {
      step(code, i, stack, calls);
    }
  }
  removeMarked(code, gone);
}

/** How often each local is set. */
function countWrites({ tags, data, paramCount, locals }: Code): Uint32Array {
  const writes = new Uint32Array(paramCount + locals.length);
  for (let i = 0; i < tags.length; i++) {
    if (tags[i] === MirTag.local_set || tags[i] === MirTag.local_tee) writes[data[i]!]!++;
  }
  return writes;
}

/** Number of instructions from `i` on that only give `top` the form that it has; 0 if they do more. */
function needlessLength({ tags, data, extra }: Code, i: number, top: number): number {
  switch (tags[i]) {
    case MirTag.i32_const: {
      const bits = data[i]!;
      if (tags[i + 1] === MirTag.i32_and) return coversMask(bits | 0, 0, top) ? 2 : 0;
      const isPair = tags[i + 1] === MirTag.i32_shl && tags[i + 2] === MirTag.i32_const && data[i + 2] === bits;
      return isPair && tags[i + 3] === MirTag.i32_shr_s && bits < 32 && signedBits(top) <= 32 - bits ? 4 : 0;
    }
    case MirTag.i64_const: {
      const [lo, hi] = [extra[data[i]!]!, extra[data[i]! + 1]!];
      if (tags[i + 1] === MirTag.i64_and) return coversMask(lo | 0, hi | 0, top) ? 2 : 0;
      const isPair = tags[i + 1] === MirTag.i64_shl && tags[i + 2] === MirTag.i64_const;
      if (!isPair || tags[i + 3] !== MirTag.i64_shr_s || hi !== 0 || lo >= 64) return 0;
      return extra[data[i + 2]!] === lo && extra[data[i + 2]! + 1] === 0 && signedBits(top) <= 64 - lo ? 4 : 0;
    }
    case MirTag.i32_extend8_s:
    case MirTag.i64_extend8_s:
      return signedBits(top) <= 8 ? 1 : 0;
    case MirTag.i32_extend16_s:
    case MirTag.i64_extend16_s:
      return signedBits(top) <= 16 ? 1 : 0;
    case MirTag.i64_extend32_s:
      return signedBits(top) <= 32 ? 1 : 0;
    default:
      return 0;
  }
}

/** Whether the mask, given by its words, keeps all bits that `value` may have. */
function coversMask(lo: number, hi: number, value: number): boolean {
  const bits = unsignedBits(value);
  return holdsBits(lo, Math.min(bits, 32)) && holdsBits(hi, Math.max(bits - 32, 0));
}

/** Whether the lowest `count` bits of `word` are set. */
function holdsBits(word: number, count: number): boolean {
  const needed = count === 32 ? -1 : (1 << count) - 1;
  return (word & needed) === needed;
}

/** What instruction `i` makes of the stack, if it is no access to a local. */
function step(code: Code, i: number, stack: OperandStack, calls: CallEffects): void {
  const tag = code.tags[i]!;
  const word = code.data[i]!;
  if (tag === MirTag.end) {
    stack.closeBlock();
    if (code.blockTypes[word] !== EMPTY_BLOCK) stack.push(NOTHING_KNOWN);
    return;
  }
  const effect = endsFlow(tag) ? UNKNOWN : effectOf(code, i, calls);
  if (effect === UNKNOWN) {
    stack.forget();
    return;
  }
  const above = pops(effect) > 0 ? stack.pop() : NOTHING_KNOWN;
  const below = pops(effect) > 1 ? stack.pop() : NOTHING_KNOWN;
  for (let n = pops(effect); n > 2; n--) stack.pop();
  if (pushes(effect) === 1) {
    const constant = code.tags[i - 1] === MirTag.i32_const ? code.data[i - 1]! >>> 0 : null;
    stack.push(resultOf(code, i, below, above, constant));
  }
  if (opensBlock(tag)) stack.openBlock();
}

/** What is known of the result of instruction `i`; `constant`: the number below 2^32 that the instruction in front of it pushes. */
function resultOf(code: Code, i: number, below: number, above: number, constant: number | null): number {
  const tag = code.tags[i]!;
  const word = code.data[i]!;
  switch (tag) {
    case MirTag.i32_const:
      return constantBits(word | 0, 0, 32);
    case MirTag.i64_const:
      return constantBits(code.extra[word]! | 0, code.extra[word + 1]! | 0, 64);
    case MirTag.i32_load8_u:
      return known(8, 9);
    case MirTag.i32_load16_u:
      return known(16, 17);
    case MirTag.i32_load8_s:
    case MirTag.i32_extend8_s:
    case MirTag.i64_extend8_s:
      return known(64, 8);
    case MirTag.i32_load16_s:
    case MirTag.i32_extend16_s:
    case MirTag.i64_extend16_s:
      return known(64, 16);
    case MirTag.i64_extend32_s:
      return known(64, 32);
    case MirTag.i32_and:
    case MirTag.i64_and:
      return known(Math.min(unsignedBits(below), unsignedBits(above)), 64);
    case MirTag.i32_or:
    case MirTag.i64_or:
    case MirTag.i32_xor:
    case MirTag.i64_xor:
      return known(Math.max(unsignedBits(below), unsignedBits(above)), Math.max(signedBits(below), signedBits(above)));
    case MirTag.i32_shr_u:
      return constant === null
        ? NOTHING_KNOWN
        : known(Math.max(0, Math.min(unsignedBits(below), 32) - (constant & 31)), 64);
    case MirTag.i64_extend_i32_u:
      return known(Math.min(unsignedBits(above), 32), 64);
    case MirTag.i64_extend_i32_s:
      return known(unsignedBits(above) < 32 ? unsignedBits(above) : 64, Math.min(signedBits(above), 32));
    case MirTag.i32_wrap_i64:
      return known(unsignedBits(above), signedBits(above));
    default:
      return isTruth(tag) ? known(1, 2) : NOTHING_KNOWN;
  }
}

/** Whether `tag` gives 0 or 1. */
function isTruth(tag: number): boolean {
  return tag >= MirTag.i32_eqz && tag <= MirTag.f64_ge;
}

/** Bits of a constant of `width` bits, given by its words. */
function constantBits(lo: number, hi: number, width: 32 | 64): number {
  if (width === 32) return known(32 - Math.clz32(lo), 33 - Math.clz32(lo < 0 ? ~lo : lo));
  const unsigned = hi === 0 ? 32 - Math.clz32(lo) : 64 - Math.clz32(hi);
  const top = hi < 0 ? ~hi : hi;
  const low = hi < 0 ? ~lo : lo;
  return known(unsigned, top === 0 ? 33 - Math.clz32(low) : 65 - Math.clz32(top));
}
