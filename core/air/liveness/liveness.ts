/**
 * Where each value of a body dies (codegen specification 15): two passes over structured bodies.
 *
 * Pass 1 goes forward and finds the blocks that nothing leaves (what follows them is dead code: it has no tombs, and codegen
 * skips it), and for each loop what it uses from outside and which outer scopes it can leave to. Pass 2 goes backward with a live set and writes, per instruction, which operands die there and whether the
 * result is unused. Relies on canonical form (body.ts): what a loop owns are the instructions right behind it.
 *
 * Sets are bit rows in one scratch array that all calls share. Invariant: at the entry of the function nothing is alive.
 * verify-liveness.ts judges the result and shares nothing with this file.
 */
import { IP } from '../../intern/keys.ts';
import { assert } from '../../support/assert.ts';
import { U32Column } from '../../support/column.ts';
import type { Body } from '../body/body.ts';
import { MUST_LOWER, operandAt, operandCount } from './liveness-operands.ts';
import { TAG } from '../schema/ops.ts';

/** Bit of a tomb nibble: the result is used by nothing. Bits 0 to 2: operand 0 to 2 dies here. */
export const UNUSED_BIT = 8;
/** Operands that have a bit in the nibble; further ones have theirs in tomb words. */
export const SMALL_TOMBS = 3;
/** Tomb bits of one word in `extra`; the top bit marks the last word. */
export const TOMBS_PER_WORD = 31;

/** Result of the analysis of one body. */
export interface Liveness {
  /** Tomb nibble of each instruction. */
  readonly tombs: Uint8Array;
  /**
   * Index into `extra` of what else is known of an instruction, 0 = nothing:
   *   block              [n, the values that die inside]; nothing for a block noreturn
   *   cond_br            [n, m, values dead at the start of then, of else]
   *   switch_br          [m, per case (n, dead values), dead values of else (m)]
   *   more than 3 operands: tomb words for operand 3 and up, 31 bits each
   */
  readonly special: Uint32Array;
  readonly extra: Uint32Array;
}

/** Whether nothing uses the result of `inst`. */
export function isUnused(liveness: Liveness, inst: number): boolean {
  return (liveness.tombs[inst]! & UNUSED_BIT) !== 0;
}

/** Whether operand `k` of `inst` dies there. */
export function operandDies(liveness: Liveness, inst: number, k: number): boolean {
  if (k < SMALL_TOMBS) return (liveness.tombs[inst]! & (1 << k)) !== 0;
  const bit = k - SMALL_TOMBS;
  const word = liveness.extra[liveness.special[inst]! + Math.floor(bit / TOMBS_PER_WORD)]!;
  return ((word >>> (bit % TOMBS_PER_WORD)) & 1) !== 0;
}

const INST_BIT = 0x8000_0000;
const INDEX_MASK = 0x7fff_ffff;
/** The live set is always row 0. */
const LIVE = 0;

/** Analyses `body`, which must be verified. */
export function analyzeLiveness(body: Body): Liveness {
  return scratch.run(body);
}

class Analysis {
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
  readonly #openLoops: number[] = [];
  /** Blocks and loops that a loop can leave to, as (loop, target) pairs. */
  readonly #exits: number[] = [];

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
    return {
      tombs: this.#tombs.slice(0, count),
      special: this.#special.slice(0, count),
      extra: this.#extra.toArray(),
    };
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

  /** Marks the blocks that are left; stops behind one that is not. */
  #reachBody(start: number, count: number): void {
    const { tags, a, b, extra } = this.#body;
    for (let k = 0; k < count; k++) {
      const inst = extra[start + k]!;
      const at = b[inst]!;
      switch (tags[inst]) {
        case TAG.block:
          this.#reachBody(at + 1, extra[at]!);
          if (this.#left[inst] === 0) {
            if (k < count - 1) this.#hasDeadCode = true;
            return;
          }
          break;
        case TAG.loop:
          this.#reachBody(at + 1, extra[at]!);
          break;
        case TAG.br:
          this.#left[a[inst]!] = 1;
          break;
        case TAG.cond_br:
          this.#reachBody(at + 2, extra[at]!);
          this.#reachBody(at + 2 + extra[at]!, extra[at + 1]!);
          break;
        case TAG.switch_br:
          this.#reachSwitch(at);
          break;
        default:
      }
    }
  }

  #reachSwitch(payload: number): void {
    const { extra } = this.#body;
    let at = payload + 2;
    for (let c = 0; c < extra[payload]!; c++) {
      const bodyCount = extra[at + 2]!;
      at += 3 + extra[at]! + 2 * extra[at + 1]!;
      this.#reachBody(at, bodyCount);
      at += bodyCount;
    }
    this.#reachBody(at, extra[payload + 1]!);
  }

  /** Instructions of a body up to the first block that nothing leaves. */
  #reachableCount(start: number, count: number): number {
    const { tags, extra } = this.#body;
    for (let k = 0; k < count; k++) {
      const inst = extra[start + k]!;
      if (tags[inst] === TAG.block && this.#left[inst] === 0) return k + 1;
    }
    return count;
  }

  #analyzeLoops(): void {
    const { tags, a, length } = this.#body;
    this.#exits.length = 0;
    this.#openLoops.length = 0;
    let anyLoop = false;
    for (let i = 0; i < length && !anyLoop; i++) anyLoop = tags[i] === TAG.loop;
    if (!anyLoop) return;
    for (let i = length - 1; i >= 0; i--) this.#lastOwned[i] = this.#findLastOwned(i);
    const open = this.#openLoops;
    for (let i = 0; i < length; i++) {
      while (open.length > 0 && i > this.#lastOwned[open[open.length - 1]!]!) open.pop();
      const tag = tags[i]!;
      if (open.length > 0) {
        const count = operandCount(this.#body, i);
        for (let k = 0; k < count; k++) this.#noteLoopUse(operandAt(this.#body, i, k));
        if (tag === TAG.br || tag === TAG.repeat) this.#noteExit(a[i]!);
      }
      if (tag === TAG.loop) {
        this.#scopeRow[i] = this.#addRow();
        open.push(i);
      }
    }
  }

  #findLastOwned(inst: number): number {
    const { tags, b, extra } = this.#body;
    let at = b[inst]!;
    switch (tags[inst]) {
      case TAG.block:
      case TAG.loop:
        return this.#lastOwned[extra[at + extra[at]!]!]!;
      case TAG.cond_br:
        return this.#lastOwned[extra[at + 1 + extra[at]! + extra[at + 1]!]!]!;
      case TAG.switch_br: {
        const cases = extra[at]!;
        const elseCount = extra[at + 1]!;
        at += 2;
        for (let c = 0; c < cases; c++) at += 3 + extra[at]! + 2 * extra[at + 1]! + extra[at + 2]!;
        return this.#lastOwned[extra[at + elseCount - 1]!]!;
      }
      default:
        return inst;
    }
  }

  /** A value used inside every open loop that it was born in front of. */
  #noteLoopUse(ref: number): void {
    if (ref < INST_BIT) return;
    const inst = ref & INDEX_MASK;
    const open = this.#openLoops;
    for (let d = open.length - 1; d >= 0 && inst < open[d]!; d--) {
      this.#rows[this.#scopeRow[open[d]!]! * this.#words + (inst >>> 5)]! |= 1 << (inst & 31);
    }
  }

  #noteExit(target: number): void {
    const open = this.#openLoops;
    for (let d = open.length - 1; d >= 0 && target < open[d]!; d--) this.#exits.push(open[d]!, target);
  }

  // --- pass 2 ---

  /** Leaves in the live row what is alive in front of the body at `extra[start]`. */
  #analyzeBody(start: number, count: number): void {
    this.#rows.fill(0, 0, this.#words);
    const reachable = this.#hasDeadCode ? this.#reachableCount(start, count) : count;
    for (let k = reachable - 1; k >= 0; k--) this.#analyzeInst(this.#body.extra[start + k]!);
  }

  #analyzeInst(inst: number): void {
    const tag = this.#body.tags[inst]!;
    const used = this.#takeResult(inst);
    if (!used) this.#tombs[inst] = UNUSED_BIT;
    switch (tag) {
      case TAG.block:
        this.#analyzeBlock(inst);
        return;
      case TAG.loop:
        this.#analyzeLoop(inst);
        return;
      case TAG.br:
      case TAG.repeat:
        this.#copyRow(LIVE, this.#scopeRow[this.#body.a[inst]!]!);
        break;
      case TAG.cond_br:
        this.#analyzeCondBr(inst);
        break;
      case TAG.switch_br:
        this.#analyzeSwitch(inst);
        break;
      default:
        if (!used && MUST_LOWER[tag] === 0) return;
    }
    this.#useOperands(inst);
  }

  #takeResult(inst: number): boolean {
    const bit = 1 << (inst & 31);
    const word = this.#rows[inst >>> 5]!;
    this.#rows[inst >>> 5] = word & ~bit;
    return (word & bit) !== 0;
  }

  /** From last to first, so that of a repeated operand the last occurrence dies. */
  #useOperands(inst: number): void {
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
      if (ref < INST_BIT) continue;
      const at = (ref & INDEX_MASK) >>> 5;
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

  #analyzeBlock(inst: number): void {
    const at = this.#body.b[inst]!;
    const behind = this.#addRow();
    this.#copyRow(behind, LIVE);
    this.#scopeRow[inst] = behind;
    this.#analyzeBody(at + 1, this.#body.extra[at]!);
    if (this.#body.a[inst] !== IP.noreturn_type) {
      const list = this.#extra.push(0);
      this.#special[inst] = list;
      const count = this.#pushDifference(LIVE, behind);
      this.#extra.set(list, count);
    }
    this.#rowCount = behind;
  }

  #analyzeLoop(inst: number): void {
    const at = this.#body.b[inst]!;
    const row = this.#scopeRow[inst]!;
    const exits = this.#exits;
    for (let e = 0; e < exits.length; e += 2) {
      if (exits[e] === inst) this.#uniteRow(row, this.#scopeRow[exits[e + 1]!]!);
    }
    this.#analyzeBody(at + 1, this.#body.extra[at]!);
  }

  #analyzeCondBr(inst: number): void {
    const { b, extra } = this.#body;
    const at = b[inst]!;
    const thenCount = extra[at]!;
    this.#analyzeBody(at + 2, thenCount);
    const thenRow = this.#addRow();
    this.#copyRow(thenRow, LIVE);
    this.#analyzeBody(at + 2 + thenCount, extra[at + 1]!);
    const lists = this.#extra.push(0);
    this.#extra.push(0);
    this.#special[inst] = lists;
    const thenDeaths = this.#pushDifference(LIVE, thenRow);
    const elseDeaths = this.#pushDifference(thenRow, LIVE);
    this.#extra.set(lists, thenDeaths);
    this.#extra.set(lists + 1, elseDeaths);
    this.#uniteRow(LIVE, thenRow);
    this.#rowCount = thenRow;
  }

  #analyzeSwitch(inst: number): void {
    const { b, extra } = this.#body;
    let at = b[inst]!;
    const caseCount = extra[at++]!;
    const elseCount = extra[at++]!;
    const first = this.#rowCount;
    for (let c = 0; c < caseCount; c++) {
      const bodyCount = extra[at + 2]!;
      at += 3 + extra[at]! + 2 * extra[at + 1]!;
      this.#analyzeBody(at, bodyCount);
      this.#copyRow(this.#addRow(), LIVE);
      at += bodyCount;
    }
    this.#analyzeBody(at, elseCount);
    const elseRow = this.#addRow();
    this.#copyRow(elseRow, LIVE);
    for (let c = 0; c < caseCount; c++) this.#uniteRow(LIVE, first + c);
    const lists = this.#extra.push(0);
    this.#special[inst] = lists;
    for (let c = 0; c < caseCount; c++) {
      const list = this.#extra.push(0);
      const count = this.#pushDifference(LIVE, first + c);
      this.#extra.set(list, count);
    }
    const elseDeaths = this.#pushDifference(LIVE, elseRow);
    this.#extra.set(lists, elseDeaths);
    this.#rowCount = first;
  }
}

const scratch = new Analysis();
