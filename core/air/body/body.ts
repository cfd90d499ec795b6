/**
 * One function body in AIR: parallel arrays of tag and two data words per instruction, and an `extra` pool.
 *
 * Owns the arrays and access by role (left operand, field number, else body); how forms are laid out is said in
 * schema/layout.ts. Bodies are structured: an instruction that owns bodies lists their instruction indexes in `extra`.
 *
 * Canonical form (made by builder and parser, required by the verifier): the indexes, read in text order (an instruction
 * before the bodies it owns), are 0, 1, 2, ...; each instruction is in exactly one body. So the index of an instruction
 * is also its name in the text form.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import {
  HEAD_LENGTH,
  MASK_COUNT,
  MAX_WORDS,
  NAV_PLACE,
  NUMBER_PLACE,
  SINGLE_OPERANDS,
  WORD_PLACE,
} from '../schema/layout.ts';
import type { AirTag } from '../schema/ops.ts';
import { AIR_TAG_NAMES } from '../schema/ops.ts';
import { armCount, armLength, armStart, caseCount, firstArm, operandAt, operandCount, wordAt } from './operands.ts';
import type { BodyColumns, InstIndex, InstList, MaskItem, Ref, RefList } from './ref.ts';
import { maskItem } from './ref.ts';

/** One case of a switch. */
export interface SwitchCase {
  readonly items: readonly Ref[];
  /** Inclusive. */
  readonly ranges: readonly (readonly [lo: Ref, hi: Ref])[];
  readonly body: readonly InstIndex[];
}

/** A switch, decoded. */
export interface Switch {
  readonly operand: Ref;
  readonly cases: readonly SwitchCase[];
  readonly elseBody: readonly InstIndex[];
}

/** An immutable function body. */
export class Body implements BodyColumns {
  /** Tag number per instruction. */
  readonly tags: Uint8Array;
  /** First data word per instruction. */
  readonly a: Uint32Array;
  /** Second data word per instruction. */
  readonly b: Uint32Array;
  readonly extra: Uint32Array;
  /** Index in `extra` of [n, insts] of the main body. */
  readonly main: number;

  constructor(tags: Uint8Array, a: Uint32Array, b: Uint32Array, extra: Uint32Array, main: number) {
    this.tags = tags;
    this.a = a;
    this.b = b;
    this.extra = extra;
    this.main = main;
  }

  /** Number of instructions. */
  get length(): number {
    return this.tags.length;
  }

  /** Name of the tag of `inst`. */
  tag(inst: InstIndex): AirTag {
    return AIR_TAG_NAMES[this.tags[inst]!]!;
  }

  /** Instructions of the main body: a view, do not keep it longer than the body. */
  mainBody(): InstList {
    return this.insts(this.main + 1, this.extra[this.main]!);
  }

  /** View of `count` instruction indexes at `extra[start]`. */
  insts(start: number, count: number): InstList {
    return this.extra.subarray(start, start + count) as unknown as InstList;
  }

  /** The bodies that `inst` owns, in text order. */
  ownedBodies(inst: InstIndex): InstList[] {
    const bodies: InstList[] = [];
    const count = armCount(this, inst);
    let at = firstArm(this, inst);
    for (let n = 0; n < count; n++) {
      const start = armStart(this, inst, n, at);
      const length = armLength(this, inst, n, at);
      bodies.push(this.insts(start, length));
      at = start + length;
    }
    return bodies;
  }

  /** Body of a block or loop. */
  blockBody(inst: InstIndex): InstList {
    return this.insts(firstArm(this, inst), armLength(this, inst, 0, 0));
  }

  /** Then body of a cond_br. */
  thenBody(inst: InstIndex): InstList {
    return this.blockBody(inst);
  }

  /** Else body of a cond_br. */
  elseBody(inst: InstIndex): InstList {
    return this.insts(firstArm(this, inst) + armLength(this, inst, 0, 0), armLength(this, inst, 1, 0));
  }

  /** Decodes a switch_br or loop_switch_br. */
  switchOf(inst: InstIndex): Switch {
    const { extra } = this;
    const bodies = this.ownedBodies(inst);
    const cases: SwitchCase[] = [];
    let at = firstArm(this, inst);
    for (let c = 0; c < caseCount(this, inst); c++) {
      const items: Ref[] = [];
      const ranges: [Ref, Ref][] = [];
      const body = Array.from(bodies[c]!);
      const [itemCount, rangeCount] = [extra[at]!, extra[at + 1]!];
      at += 3;
      for (let i = 0; i < itemCount; i++) items.push(extra[at++]! as Ref);
      for (let i = 0; i < rangeCount; i++, at += 2) ranges.push([extra[at]! as Ref, extra[at + 1]! as Ref]);
      cases.push({ items, ranges, body });
      at += body.length;
    }
    return { operand: this.operand(inst), cases, elseBody: Array.from(bodies[bodies.length - 1]!) };
  }

  /** Arguments of a call or elements of an aggregate_init. */
  refs(inst: InstIndex): RefList {
    const tag = this.tags[inst]!;
    const at = this.b[inst]! + HEAD_LENGTH[tag]!;
    return this.extra.subarray(at, at + operandCount(this, inst) - SINGLE_OPERANDS[tag]!) as unknown as RefList;
  }

  /** Lanes of the result of a shuffle. */
  mask(inst: InstIndex): MaskItem[] {
    const tag = this.tags[inst]!;
    const payload = this.b[inst]!;
    const at = payload + HEAD_LENGTH[tag]!;
    return Array.from(this.extra.subarray(at, at + this.extra[payload + MASK_COUNT[tag]!]!), maskItem);
  }

  /** First operand; REF_NONE for a br without a value. */
  operand(inst: InstIndex): Ref {
    return operandAt(this, inst, 0);
  }

  /** Left of two operands. */
  lhs(inst: InstIndex): Ref {
    return operandAt(this, inst, 0);
  }

  /** Right of two operands. */
  rhs(inst: InstIndex): Ref {
    return operandAt(this, inst, 1);
  }

  /** Type word of forms that have one. */
  ty(inst: InstIndex): IpIndex {
    return this.a[inst]! as IpIndex;
  }

  /** The number that the form has: of a field, a parameter. */
  number(inst: InstIndex): number {
    return wordAt(this, inst, NUMBER_PLACE[this.tags[inst]!]!);
  }

  /** Choice `n` of those that the form has, as its index in the words of the slot. */
  word(inst: InstIndex, n = 0): number {
    return wordAt(this, inst, WORD_PLACE[this.tags[inst]! * MAX_WORDS + n]!);
  }

  /** Block, loop or switch that a br, repeat or switch_dispatch goes to. */
  target(inst: InstIndex): InstIndex {
    return this.a[inst]! as InstIndex;
  }

  /** Nav of forms that have one. */
  nav(inst: InstIndex): NavIndex {
    return wordAt(this, inst, NAV_PLACE[this.tags[inst]!]!) as NavIndex;
  }
}
