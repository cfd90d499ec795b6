/**
 * `stackify`: a value that is put into a local and read when the operand stack is as high again stays on the stack; if it is read
 * once more later, `local.tee` keeps it as well.
 *
 * No instruction is evaluated in another order, but for reads of other locals and constants, which move in front of the value that
 * lies above them then. Each step is a change of the code as the steps before left it, in the order of the `local.set`s.
 */
import { MirTag } from '../../mir/ops.ts';
import { isSilent } from '../../mir/variables.ts';
import type { Code } from './code.ts';
import { endsFlow, endsOf, namesLocal, opensBlock, targetsOf } from './code.ts';
import type { CallEffects } from './effects.ts';
import { effectOf, OperandStack, pops, pushes, UNKNOWN } from './effects.ts';
import type { LocalLiveness } from './local-liveness.ts';
import { findLiveness } from './local-liveness.ts';
import { EMPTY_BLOCK } from '../../wasm/kinds.ts';
import { SIMD_OP } from '../../wasm/opcodes.ts';

/** How far a value is followed, in instructions. */
const MOST_STEPS = 2000;
/** Most reads that move in front of a value. */
const MOST_MOVED = 4;
/** Beginning of a value that is not known. */
const NOWHERE = -1;

/** Keeps values on the operand stack. */
export function stackify(code: Code, calls: CallEffects): void {
  new Stackifier(code, calls).run();
}

class Stackifier {
  readonly #code: Code;
  readonly #calls: CallEffects;
  readonly #liveness: LocalLiveness;
  readonly #ends: readonly number[];
  /** Position of the opening of each label. */
  readonly #openings: number[] = [];
  /** 1 for each `local.get` whose value is on the stack already. */
  readonly #onStack: Uint8Array;
  readonly #tags: number[] = [];
  readonly #data: number[] = [];
  /** Of each value on the stack: where in the new code its computation begins. */
  readonly #stack = new OperandStack(NOWHERE);

  constructor(code: Code, calls: CallEffects) {
    this.#code = code;
    this.#calls = calls;
    this.#liveness = findLiveness(code);
    this.#ends = endsOf(code);
    this.#onStack = new Uint8Array(code.tags.length);
    this.#openings[0] = -1;
    for (let i = 0; i < code.tags.length; i++) if (opensBlock(code.tags[i]!)) this.#openings[code.data[i]!] = i;
  }

  run(): void {
    const { tags, data } = this.#code;
    for (let i = 0; i < tags.length; i++) {
      if (this.#onStack[i] === 1) continue;
      if (tags[i] === MirTag.local_set) this.#set(i);
      else this.#append(i, tags[i]!, data[i]!);
    }
    this.#code.tags = this.#tags;
    this.#code.data = this.#data;
  }

  /** Appends instruction `i`, as `tag` with `word`. */
  #append(i: number, tag: number, word: number): void {
    const start = this.#tags.length;
    this.#tags.push(tag);
    this.#data.push(word);
    if (tag === MirTag.end) this.#stack.closeBlock();
    if (tag === MirTag.end && this.#code.blockTypes[word] !== EMPTY_BLOCK) this.#stack.push(NOWHERE);
    if (endsFlow(tag)) {
      this.#stack.forget();
      return;
    }
    const effect = effectOf(this.#code, i, this.#calls);
    if (effect === UNKNOWN) this.#stack.forget();
    let begin = start;
    for (let n = pops(effect); n > 0 && effect !== UNKNOWN; n--) begin = this.#stack.pop();
    if (effect !== UNKNOWN && pushes(effect) === 1) this.#stack.push(begin);
    if (opensBlock(tag)) this.#stack.openBlock();
  }

  #set(i: number): void {
    const local = this.#code.data[i]!;
    if (this.#liveness.last[i] === 1) {
      this.#appendDrop();
      return;
    }
    const behind = this.#findRead(i, local);
    if (behind !== null) {
      this.#onStack[behind.at] = 1;
      if (!behind.isLast) this.#appendTee(local);
      return;
    }
    const moved = this.#movable(i, local);
    if (moved === null) {
      this.#append(i, MirTag.local_set, local);
      return;
    }
    this.#moveInFront(moved);
    const read = moved[moved.length - 1]! + 1;
    const at = this.#skipLines(read);
    this.#onStack[at] = 1;
    if (this.#liveness.last[at] === 0) this.#appendTee(local);
  }

  #appendTee(local: number): void {
    const begin = this.#stack.pop();
    this.#tags.push(MirTag.local_tee);
    this.#data.push(local);
    this.#stack.push(begin);
  }

  #appendDrop(): void {
    this.#stack.pop();
    this.#tags.push(MirTag.drop);
    this.#data.push(0);
  }

  /** The first mention of `local` behind `i`, if it is a read when the stack is as high as it is behind `i`. */
  #findRead(i: number, local: number): { readonly at: number; readonly isLast: boolean } | null {
    const { tags, data } = this.#code;
    let height = 0;
    let isOnlyHere = true;
    for (let at = i + 1, steps = 0; steps < MOST_STEPS; at++, steps++) {
      if (this.#onStack[at] === 1) continue;
      const tag = tags[at]!;
      if (namesLocal(tag) && data[at] === local) {
        if (tag !== MirTag.local_get || height !== 0) return null;
        return { at, isLast: isOnlyHere && this.#liveness.last[at] === 1 };
      }
      if (tag === MirTag.end || endsFlow(tag)) return null;
      const effect = effectOf(this.#code, at, this.#calls);
      if (effect === UNKNOWN) return null;
      height -= pops(effect);
      if (height < 0) return null;
      height += pushes(effect);
      const until = opensBlock(tag) ? this.#ends[data[at]!]! : at;
      for (; at < until; at++, steps++) {
        if (namesLocal(tags[at]!) && data[at] === local) return null;
        if (this.#jumpsOutTo(at, i, local)) isOnlyHere = false;
      }
      if (this.#jumpsOutTo(at, i, local)) isOnlyHere = false;
      if (tags[at] === MirTag.end && this.#code.blockTypes[data[at]!] !== EMPTY_BLOCK) height++;
    }
    return null;
  }

  /** Whether instruction `at` may jump out of the block of instruction `i` to where `local` is read. */
  #jumpsOutTo(at: number, i: number, local: number): boolean {
    return targetsOf(this.#code, at).some(
      (label) => this.#openings[label]! < i && this.#liveness.isLiveAt(label, local),
    );
  }

  /**
   * Positions of reads of other locals and of constants that lie between the `local.set` at `i` and a read of its `local`, and
   * may be evaluated before the value of that; null if there are none, or there is more.
   */
  #movable(i: number, local: number): readonly number[] | null {
    const { tags, data } = this.#code;
    const begin = this.#stack.top();
    if (begin === NOWHERE) return null;
    const moved: number[] = [];
    for (let at = this.#skipLines(i + 1); moved.length <= MOST_MOVED; at = this.#skipLines(at + 1)) {
      if (this.#onStack[at] === 1) return null;
      if (tags[at] === MirTag.local_get && data[at] === local) return moved.length > 0 ? moved : null;
      if (!isPure(this.#code, at) || (tags[at] === MirTag.local_get && this.#isWritten(begin, data[at]!))) return null;
      moved.push(at);
    }
    return null;
  }

  #skipLines(from: number): number {
    let at = from;
    while (isSilent(this.#code.tags[at])) at++;
    return at;
  }

  /** Whether the new code from `begin` on sets `local`. */
  #isWritten(begin: number, local: number): boolean {
    for (let at = begin; at < this.#tags.length; at++) {
      const tag = this.#tags[at];
      if ((tag === MirTag.local_set || tag === MirTag.local_tee) && this.#data[at] === local) return true;
    }
    return false;
  }

  /** Puts the instructions `moved` in front of the value on top of the stack. */
  #moveInFront(moved: readonly number[]): void {
    const { tags, data } = this.#code;
    const begin = this.#stack.pop();
    const valueTags = this.#tags.splice(begin);
    const valueData = this.#data.splice(begin);
    for (const at of moved) {
      this.#stack.push(this.#tags.length);
      this.#tags.push(tags[at]!);
      this.#data.push(data[at]!);
      this.#onStack[at] = 1;
    }
    this.#stack.push(this.#tags.length);
    for (let n = 0; n < valueTags.length; n++) {
      this.#tags.push(valueTags[n]!);
      this.#data.push(valueData[n]!);
    }
  }
}

/** Whether instruction `at` pushes a value that is the same wherever no local is set. */
function isPure({ tags, data, extra }: Code, at: number): boolean {
  switch (tags[at]) {
    case MirTag.local_get:
    case MirTag.i32_const:
    case MirTag.i64_const:
    case MirTag.f32_const:
    case MirTag.f64_const:
    case MirTag.nav_ref:
    case MirTag.nav_ref_off:
    case MirTag.uav_ref:
    case MirTag.uav_ref_off:
    case MirTag.func_ref:
      return true;
    case MirTag.simd_prefix:
      return extra[data[at]!] === SIMD_OP.v128_const;
    default:
      return false;
  }
}
