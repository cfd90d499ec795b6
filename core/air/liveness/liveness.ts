/**
 * Where each value of a body dies (codegen specification 15): two passes over structured bodies.
 *
 * Pass 1 goes forward and finds the blocks that nothing leaves (what follows them is dead code: it has no tombs, and codegen
 * skips it), and for each loop what it uses from outside and which outer scopes it can leave to. Pass 2 goes backward with a
 * live set and writes, per instruction, which operands die there and whether the result is unused. What an instruction is to
 * control flow follows from its row and form. Relies on canonical form (body.ts): what a loop owns are the instructions right
 * behind it.
 *
 * Sets are bit rows in one array that the runs of an analysis share. Invariant: at the entry of the function nothing is
 * alive. verify-liveness.ts judges the result and shares nothing with this file.
 */
import { IP } from '../../intern/keys.ts';
import { assert } from '../../support/assert.ts';
import { U32Column } from '../../support/column.ts';
import type { Body } from '../body/body.ts';
import { armCount, armLength, armStart, firstArm, operandAt, operandCount } from '../body/operands.ts';
import type { InstIndex, Ref } from '../body/ref.ts';
import { isInstRef, refInst } from '../body/ref.ts';
import { BODY_SLOTS, HAS_TARGET } from '../schema/layout.ts';
import type { OpInfo } from '../schema/ops.ts';
import { AIR_OP_BY_NUMBER, MUST_LOWER } from '../schema/ops.ts';

/** Bit of a tomb nibble: the result is used by nothing. Bits 0 to 2: operand 0 to 2 dies here. */
export const UNUSED_BIT = 8;
/** Operands that have a bit in the nibble; further ones have theirs in tomb words. */
export const SMALL_TOMBS = 3;
/** Tomb bits of one word in `extra`; the top bit marks the last word. */
const TOMBS_PER_WORD = 31;

/** Result of the analysis of one body. The arrays may be longer than what is said. */
export interface Liveness {
  /** Tomb nibble of each instruction. */
  readonly tombs: Uint8Array;
  /**
   * Index into `extra` of what else is known of an instruction, 0 = nothing:
   *   block              [n, the values that die inside]; nothing for a block noreturn
   *   branch             per way on: values dead at its start: [m, for each way but the last (n, values), m values].
   *                      The ways are the bodies it owns and then, if it does not end its body, what follows it
   *   more than 3 operands: tomb words for operand 3 and up, 31 bits each
   */
  readonly special: Uint32Array;
  readonly extra: Uint32Array;
}

/** Whether nothing uses the result of `inst`. */
export function isUnused(liveness: Liveness, inst: InstIndex): boolean {
  return (liveness.tombs[inst]! & UNUSED_BIT) !== 0;
}

/** Whether operand `k` of `inst` dies there. */
export function operandDies(liveness: Liveness, inst: InstIndex, k: number): boolean {
  if (k < SMALL_TOMBS) return (liveness.tombs[inst]! & (1 << k)) !== 0;
  const bit = k - SMALL_TOMBS;
  const word = liveness.extra[liveness.special[inst]! + Math.floor(bit / TOMBS_PER_WORD)]!;
  return ((word >>> (bit % TOMBS_PER_WORD)) & 1) !== 0;
}

/** The live set is always row 0. */
const LIVE = 0;

/** What an instruction is to control flow. */
const Role = { plain: 0, block: 1, loop: 2, jump: 3, branch: 4 } as const;
type Role = (typeof Role)[keyof typeof Role];

function roleOf({ opens }: OpInfo, tag: number): Role {
  if (opens === 'block') return Role.block;
  if (opens === 'loop') return Role.loop;
  if (HAS_TARGET[tag] === 1) return Role.jump;
  return BODY_SLOTS[tag] === 0 ? Role.plain : Role.branch;
}

const ROLE: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, roleOf);
/** 1 for each tag number of an instruction whose bodies may run again and again. */
const REPEATS: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, ({ opens }) =>
  opens === 'loop' || opens === 'switch' ? 1 : 0,
);
const ENDS: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, ({ ends }) => (ends ? 1 : 0));

/** Analyses one `body`, which must be verified; who has many bodies keeps a {@link LivenessAnalysis}. */
export function analyzeLiveness(body: Body): Liveness {
  return new LivenessAnalysis().run(body);
}

/** The analysis with its memory, which each run uses anew. */
export class LivenessAnalysis {
  #body!: Body;
  #tombs = new Uint8Array(256);
  #special = new Uint32Array(256);
  readonly #extra = new U32Column(256);
  /** Words of a row. */
  #words = 0;
  #rows = new Uint32Array(256);
  #rowCount = 0;
  /** Row of what is alive behind a block, or at the start of an iteration of a loop. */
  #scopeRow = new Uint32Array(256);
  /** Last instruction that an instruction owns, itself if none. */
  #lastOwned = new Uint32Array(256);
  /** 1 for a block that a reachable br leaves. */
  #left = new Uint8Array(256);
  #hasDeadCode = false;
  readonly #openLoops: InstIndex[] = [];
  /** What a loop can leave to, outside of it, as (loop, target) pairs. */
  readonly #exits: InstIndex[] = [];

  /** Analyses `body`, which must be verified. What it returns holds until the next run. */
  run(body: Body): Liveness {
    const count = body.length;
    this.#body = body;
    if (this.#tombs.length < count) {
      const capacity = count * 2;
      this.#tombs = new Uint8Array(capacity);
      this.#special = new Uint32Array(capacity);
      this.#scopeRow = new Uint32Array(capacity);
      this.#lastOwned = new Uint32Array(capacity);
      this.#left = new Uint8Array(capacity);
    } else {
      this.#left.fill(0, 0, count);
      this.#tombs.fill(0, 0, count);
      this.#special.fill(0, 0, count);
    }
    this.#extra.length = 0;
    this.#extra.push(0);
    this.#words = (count + 31) >>> 5;
    this.#rowCount = 0;
    this.#addRow();
    this.#hasDeadCode = false;
    this.#reachBody(body.main + 1, body.extra[body.main]!);
    this.#analyzeLoops();
    this.#analyzeBody(body.main + 1, body.extra[body.main]!);
    for (let w = 0; w < this.#words; w++) assert(this.#rows[w] === 0, 'a value is alive at the entry of a function');
    return { tombs: this.#tombs, special: this.#special, extra: this.#extra.view };
  }

  // --- rows ---

  /** Adds an empty row and returns its number. */
  #addRow(): number {
    const start = this.#rowCount * this.#words;
    const end = start + this.#words;
    if (end > this.#rows.length) {
      const grown = new Uint32Array(end * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    } else {
      this.#rows.fill(0, start, end);
    }
    return this.#rowCount++;
  }

  #copyRow(to: number, from: number): void {
    const words = this.#words;
    const rows = this.#rows;
    for (let w = 0; w < words; w++) rows[to * words + w] = rows[from * words + w]!;
  }

  #uniteRow(to: number, from: number): void {
    const words = this.#words;
    const rows = this.#rows;
    for (let w = 0; w < words; w++) rows[to * words + w]! |= rows[from * words + w]!;
  }

  /** Appends the members of row `a` that are not in row `b` to extra; returns how many. */
  #pushDifference(a: number, b: number): number {
    const words = this.#words;
    const before = this.#extra.length;
    for (let w = 0; w < words; w++) {
      let rest = this.#rows[a * words + w]! & ~this.#rows[b * words + w]!;
      while (rest !== 0) {
        const bit = 31 - Math.clz32(rest & -rest);
        this.#extra.push(w * 32 + bit);
        rest &= rest - 1;
      }
    }
    return this.#extra.length - before;
  }

  // --- pass 1 ---

  #instAt(at: number): InstIndex {
    return this.#body.extra[at]! as InstIndex;
  }

  /** Marks the blocks that are left; stops behind one that is not. */
  #reachBody(start: number, count: number): void {
    const { tags, a } = this.#body;
    for (let k = 0; k < count; k++) {
      const inst = this.#instAt(start + k);
      const role = ROLE[tags[inst]!];
      if (role === Role.plain) continue;
      if (role === Role.jump) {
        this.#left[a[inst]!] = 1;
        continue;
      }
      this.#reachArms(inst);
      if (role === Role.block && this.#left[inst] === 0) {
        if (k < count - 1) this.#hasDeadCode = true;
        return;
      }
    }
  }

  #reachArms(inst: InstIndex): void {
    const body = this.#body;
    const count = armCount(body, inst);
    let at = firstArm(body, inst);
    for (let n = 0; n < count; n++) {
      const start = armStart(body, inst, n, at);
      const length = armLength(body, inst, n, at);
      this.#reachBody(start, length);
      at = start + length;
    }
  }

  /** Instructions of a body up to the first block that nothing leaves. */
  #reachableCount(start: number, count: number): number {
    const { tags } = this.#body;
    for (let k = 0; k < count; k++) {
      const inst = this.#instAt(start + k);
      if (ROLE[tags[inst]!] === Role.block && this.#left[inst] === 0) return k + 1;
    }
    return count;
  }

  #analyzeLoops(): void {
    const { tags, a, length } = this.#body;
    this.#exits.length = 0;
    this.#openLoops.length = 0;
    let anyLoop = false;
    for (let i = 0; i < length && !anyLoop; i++) anyLoop = REPEATS[tags[i]!] === 1;
    if (!anyLoop) return;
    for (let i = length - 1; i >= 0; i--) this.#lastOwned[i] = this.#findLastOwned(i as InstIndex);
    const open = this.#openLoops;
    for (let i = 0; i < length; i++) {
      const inst = i as InstIndex;
      while (open.length > 0 && i > this.#lastOwned[open[open.length - 1]!]!) open.pop();
      const tag = tags[i]!;
      if (open.length > 0) {
        const count = operandCount(this.#body, inst);
        for (let k = 0; k < count; k++) this.#noteLoopUse(operandAt(this.#body, inst, k));
        if (ROLE[tag] === Role.jump) this.#noteExit(a[i]! as InstIndex);
      }
      if (REPEATS[tag] === 1) {
        this.#scopeRow[i] = this.#addRow();
        open.push(inst);
      }
    }
  }

  #findLastOwned(inst: InstIndex): number {
    const body = this.#body;
    const count = armCount(body, inst);
    if (count === 0) return inst;
    let end = firstArm(body, inst);
    for (let n = 0; n < count; n++) end = armStart(body, inst, n, end) + armLength(body, inst, n, end);
    return this.#lastOwned[body.extra[end - 1]!]!;
  }

  /** A value used inside every open loop that it was born in front of. */
  #noteLoopUse(ref: Ref): void {
    if (!isInstRef(ref)) return;
    const inst = refInst(ref);
    const open = this.#openLoops;
    for (let d = open.length - 1; d >= 0 && inst < open[d]!; d--) {
      this.#rows[this.#scopeRow[open[d]!]! * this.#words + (inst >>> 5)]! |= 1 << (inst & 31);
    }
  }

  #noteExit(target: InstIndex): void {
    const open = this.#openLoops;
    for (let d = open.length - 1; d >= 0 && target < open[d]!; d--) this.#exits.push(open[d]!, target);
  }

  // --- pass 2 ---

  /** Leaves in the live row what is alive in front of the body at `extra[start]`. */
  #analyzeBody(start: number, count: number): void {
    this.#rows.fill(0, 0, this.#words);
    const reachable = this.#hasDeadCode ? this.#reachableCount(start, count) : count;
    for (let k = reachable - 1; k >= 0; k--) this.#analyzeInst(this.#instAt(start + k));
  }

  #analyzeInst(inst: InstIndex): void {
    const tag = this.#body.tags[inst]!;
    const used = this.#takeResult(inst);
    if (!used) this.#tombs[inst] = UNUSED_BIT;
    switch (ROLE[tag] as Role) {
      case Role.plain:
        if (!used && MUST_LOWER[tag] === 0) return;
        break;
      case Role.block:
        this.#analyzeBlock(inst);
        return;
      case Role.loop:
        this.#analyzeLoop(inst);
        return;
      case Role.jump:
        this.#copyRow(LIVE, this.#scopeRow[this.#body.a[inst]!]!);
        break;
      case Role.branch:
        this.#analyzeBranch(inst);
        break;
    }
    this.#useOperands(inst);
  }

  #takeResult(inst: InstIndex): boolean {
    const bit = 1 << (inst & 31);
    const word = this.#rows[inst >>> 5]!;
    this.#rows[inst >>> 5] = word & ~bit;
    return (word & bit) !== 0;
  }

  /** From last to first, so that of a repeated operand the last occurrence dies. */
  #useOperands(inst: InstIndex): void {
    const count = operandCount(this.#body, inst);
    let words = 0;
    if (count > SMALL_TOMBS) {
      words = this.#extra.length;
      this.#special[inst] = words;
      for (let k = SMALL_TOMBS; k < count; k += TOMBS_PER_WORD) this.#extra.push(0);
      this.#extra.view[this.#extra.length - 1] = 0x8000_0000;
    }
    for (let k = count - 1; k >= 0; k--) {
      const ref = operandAt(this.#body, inst, k);
      if (!isInstRef(ref)) continue;
      const at = refInst(ref) >>> 5;
      const bit = 1 << (ref & 31);
      const word = this.#rows[at]!;
      if ((word & bit) !== 0) continue;
      this.#rows[at] = word | bit;
      if (k < SMALL_TOMBS) {
        this.#tombs[inst]! |= 1 << k;
      } else {
        const place = k - SMALL_TOMBS;
        this.#extra.view[words + Math.floor(place / TOMBS_PER_WORD)]! |= 1 << (place % TOMBS_PER_WORD);
      }
    }
  }

  #analyzeBlock(inst: InstIndex): void {
    const behind = this.#addRow();
    this.#copyRow(behind, LIVE);
    this.#scopeRow[inst] = behind;
    this.#analyzeBody(firstArm(this.#body, inst), armLength(this.#body, inst, 0, 0));
    if (this.#body.a[inst] !== IP.noreturn_type) {
      const list = this.#extra.push(0);
      this.#special[inst] = list;
      const count = this.#pushDifference(LIVE, behind);
      this.#extra.set(list, count);
    }
    this.#rowCount = behind;
  }

  #analyzeLoop(inst: InstIndex): void {
    this.#addExits(inst);
    this.#analyzeBody(firstArm(this.#body, inst), armLength(this.#body, inst, 0, 0));
  }

  /** What lives where a loop can leave to lives in every iteration. */
  #addExits(inst: InstIndex): void {
    const row = this.#scopeRow[inst]!;
    const exits = this.#exits;
    for (let e = 0; e < exits.length; e += 2) {
      if (exits[e] === inst) this.#uniteRow(row, this.#scopeRow[exits[e + 1]!]!);
    }
  }

  #analyzeBranch(inst: InstIndex): void {
    const body = this.#body;
    const tag = body.tags[inst]!;
    if (REPEATS[tag] === 1) this.#addExits(inst);
    const first = this.#rowCount;
    const goesOn = ENDS[tag] === 0;
    if (goesOn) this.#copyRow(this.#addRow(), LIVE);
    const arms = armCount(body, inst);
    let at = firstArm(body, inst);
    for (let n = 0; n < arms; n++) {
      const start = armStart(body, inst, n, at);
      const length = armLength(body, inst, n, at);
      this.#analyzeBody(start, length);
      this.#copyRow(this.#addRow(), LIVE);
      at = start + length;
    }
    const ways = this.#rowCount - first;
    for (let n = 0; n < ways; n++) this.#uniteRow(LIVE, first + n);
    const lists = this.#extra.push(0);
    this.#special[inst] = lists;
    // The row of what follows the instruction was made first, its list comes last.
    const firstArmRow = goesOn ? first + 1 : first;
    for (let n = 0; n < ways - 1; n++) {
      const list = this.#extra.push(0);
      const count = this.#pushDifference(LIVE, firstArmRow + n);
      this.#extra.set(list, count);
    }
    const last = this.#pushDifference(LIVE, goesOn ? first : first + ways - 1);
    this.#extra.set(lists, last);
    this.#rowCount = first;
  }
}
