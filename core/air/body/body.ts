/**
 * One function body in AIR: parallel arrays of tag and two data words per instruction, and an `extra` pool.
 *
 * Owns the encoding; only this file and builder.ts know how operands are packed. Bodies are structured: an instruction
 * that owns bodies lists their instruction indexes in `extra`.
 *
 * Canonical form (made by builder and parser, required by the verifier): the indexes, read in text order (an instruction
 * before the bodies it owns), are 0, 1, 2, ...; each instruction is in exactly one body. So the index of an instruction
 * is also its name in the text form.
 *
 * switch_br payload: [case count, else count, per case (items, ranges, body count, item refs, (lo, hi) refs, insts), else insts].
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { IP, IP_NONE } from '../../intern/keys.ts';
import type { Brand } from '../../support/brand.ts';
import { unreachable } from '../../support/assert.ts';
import type { AirTag, OpForm } from '../schema/ops.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES } from '../schema/ops.ts';

/** Index into the instructions of one body. */
export type InstIndex = Brand<number, 'InstIndex'>;

/** An operand: top bit set = instruction, clear = interned value. */
export type Ref = Brand<number, 'Ref'>;

/** Absent operand. */
export const REF_NONE = IP_NONE as number as Ref;

const INST_BIT = 0x8000_0000;

/** Operand that names instruction `inst`. */
export function instRef(inst: InstIndex): Ref {
  return ((inst | INST_BIT) >>> 0) as Ref;
}

/** Operand that names interned value `ip`. */
export function valueRef(ip: IpIndex): Ref {
  return ip as number as Ref;
}

/** Whether `ref` names an instruction. */
export function isInstRef(ref: Ref): boolean {
  return ref >= INST_BIT;
}

/** Instruction that `ref` names. */
export function refInst(ref: Ref): InstIndex {
  return (ref & 0x7fff_ffff) as InstIndex;
}

/** Interned value that `ref` names. */
export function refValue(ref: Ref): IpIndex {
  return ref as number as IpIndex;
}

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
export class Body {
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

  /** Operand form of `inst`. */
  form(inst: InstIndex): OpForm {
    return AIR_OP_BY_NUMBER[this.tags[inst]!]!.form;
  }

  /** Instructions of the main body: a view, do not keep it longer than the body. */
  mainBody(): InstList {
    return this.insts(this.main + 1, this.extra[this.main]!);
  }

  /** View of `count` instruction indexes at `extra[start]`. */
  insts(start: number, count: number): InstList {
    return this.extra.subarray(start, start + count) as unknown as InstList;
  }

  /** Body of a `ty_pl_body` instruction (block, loop). */
  blockBody(inst: InstIndex): InstList {
    const at = this.b[inst]!;
    return this.insts(at + 1, this.extra[at]!);
  }

  /** Then body of a cond_br. */
  thenBody(inst: InstIndex): InstList {
    const at = this.b[inst]!;
    return this.insts(at + 2, this.extra[at]!);
  }

  /** Else body of a cond_br. */
  elseBody(inst: InstIndex): InstList {
    const at = this.b[inst]!;
    return this.insts(at + 2 + this.extra[at]!, this.extra[at + 1]!);
  }

  /** Decodes a switch_br or loop_switch_br. */
  switchOf(inst: InstIndex): Switch {
    let at = this.b[inst]!;
    const caseCount = this.extra[at++]!;
    const elseCount = this.extra[at++]!;
    const cases: SwitchCase[] = [];
    for (let c = 0; c < caseCount; c++) {
      const items = this.extra[at++]!;
      const ranges = this.extra[at++]!;
      const bodyCount = this.extra[at++]!;
      const itemRefs: Ref[] = [];
      for (let i = 0; i < items; i++) itemRefs.push(this.extra[at++]! as Ref);
      const rangeRefs: [Ref, Ref][] = [];
      for (let i = 0; i < ranges; i++) {
        rangeRefs.push([this.extra[at]! as Ref, this.extra[at + 1]! as Ref]);
        at += 2;
      }
      cases.push({ items: itemRefs, ranges: rangeRefs, body: Array.from(this.insts(at, bodyCount)) });
      at += bodyCount;
    }
    return { operand: this.a[inst]! as Ref, cases, elseBody: Array.from(this.insts(at, elseCount)) };
  }

  /** Arguments of a call or elements of an aggregate_init. */
  refs(inst: InstIndex): RefList {
    const at = this.b[inst]!;
    return this.extra.subarray(at + 1, at + 1 + this.extra[at]!) as unknown as RefList;
  }

  /** Left operand of a bin_op, or of the pair in `extra` (ty_pl_bin, pl_op_bin). */
  lhs(inst: InstIndex): Ref {
    return (this.form(inst) === 'bin_op' ? this.a[inst]! : this.extra[this.b[inst]!]!) as Ref;
  }

  /** Right operand, as {@link lhs}. */
  rhs(inst: InstIndex): Ref {
    return (this.form(inst) === 'bin_op' ? this.b[inst]! : this.extra[this.b[inst]! + 1]!) as Ref;
  }

  /** Operand of un_op (word a) or of ty_op (word b). */
  operand(inst: InstIndex): Ref {
    return (this.form(inst) === 'ty_op' ? this.b[inst]! : this.a[inst]!) as Ref;
  }

  /** Type word of forms that have one. */
  ty(inst: InstIndex): IpIndex {
    return this.a[inst]! as IpIndex;
  }

  /** Operand of a `ty_pl_field` instruction. */
  fieldOperand(inst: InstIndex): Ref {
    return this.extra[this.b[inst]!]! as Ref;
  }

  /** Field number of a `ty_pl_field` instruction. */
  fieldIndex(inst: InstIndex): number {
    return this.extra[this.b[inst]! + 1]!;
  }

  /** Block or loop that a br, repeat or switch_dispatch goes to. */
  target(inst: InstIndex): InstIndex {
    return this.a[inst]! as InstIndex;
  }

  /** Value that a br or switch_dispatch carries. */
  brOperand(inst: InstIndex): Ref {
    return this.b[inst]! as Ref;
  }

  /** Nav of a `ty_nav` instruction. */
  nav(inst: InstIndex): NavIndex {
    return this.b[inst]! as NavIndex;
  }

  /** Type of an operand. */
  typeOf(pool: PoolReader, ref: Ref): IpIndex {
    return isInstRef(ref) ? this.typeOfInst(pool, refInst(ref)) : pool.typeOf(refValue(ref));
  }

  /** Type of the result of `inst`. */
  typeOfInst(pool: PoolReader, inst: InstIndex): IpIndex {
    let info = AIR_OP_BY_NUMBER[this.tags[inst]!]!;
    // A loop, because a chain of operands can be as long as the body.
    while (info.result === 'lhs') {
      const ref = this.a[inst]! as Ref;
      if (!isInstRef(ref)) return pool.typeOf(refValue(ref));
      inst = refInst(ref);
      info = AIR_OP_BY_NUMBER[this.tags[inst]!]!;
    }
    switch (info.result) {
      case 'ty':
        return this.a[inst]! as IpIndex;
      case 'elem':
        return pool.childType(this.typeOf(pool, this.a[inst]! as Ref));
      case 'call':
        return pool.fnReturn(pool.childType(this.typeOf(pool, this.a[inst]! as Ref)));
      case 'bool':
        return IP.bool_type;
      case 'usize':
        return IP.usize_type;
      case 'u32':
        return IP.u32_type;
      case 'i32':
        return IP.i32_type;
      case 'void':
        return IP.void_type;
      case 'noreturn':
        return IP.noreturn_type;
      default:
        return unreachable(info.result, 'typing rule');
    }
  }

  /** Whether `inst` ends its body: it never continues with the next instruction. A noreturn block or call does too. */
  endsBody(pool: PoolReader, inst: InstIndex): boolean {
    return AIR_OP_BY_NUMBER[this.tags[inst]!]!.ends || this.typeOfInst(pool, inst) === IP.noreturn_type;
  }

  /**
   * Calls `visit` for every operand of `inst` in the fixed order that liveness and codegen agree on (left to right as
   * printed; a switch: the operand only, items are constants).
   */
  forEachOperand(inst: InstIndex, visit: (ref: Ref) => void): void {
    const form = this.form(inst);
    switch (form) {
      case 'no_op':
      case 'ty':
      case 'arg':
      case 'ty_pl_body':
      case 'repeat':
      case 'ty_nav':
      case 'dbg_stmt':
      case 'other':
        return;
      case 'un_op':
      case 'cond_br':
      case 'switch_br':
        visit(this.a[inst]! as Ref);
        return;
      case 'bin_op':
        visit(this.a[inst]! as Ref);
        visit(this.b[inst]! as Ref);
        return;
      case 'ty_op':
      case 'br':
        if (this.b[inst] !== REF_NONE) visit(this.b[inst]! as Ref);
        return;
      case 'ty_pl_bin':
        visit(this.extra[this.b[inst]!]! as Ref);
        visit(this.extra[this.b[inst]! + 1]! as Ref);
        return;
      case 'pl_op_bin':
        visit(this.extra[this.b[inst]!]! as Ref);
        visit(this.extra[this.b[inst]! + 1]! as Ref);
        visit(this.a[inst]! as Ref);
        return;
      case 'ty_pl_field':
        visit(this.extra[this.b[inst]!]! as Ref);
        return;
      case 'call':
        visit(this.a[inst]! as Ref);
        for (const ref of this.refs(inst)) visit(ref);
        return;
      case 'ty_pl_elems':
        for (const ref of this.refs(inst)) visit(ref);
        return;
      default:
        return unreachable(form, 'operand form');
    }
  }

  /** The bodies that `inst` owns, in text order. */
  ownedBodies(inst: InstIndex): InstSequence[] {
    switch (this.form(inst)) {
      case 'ty_pl_body':
        return [this.blockBody(inst)];
      case 'cond_br':
        return [this.thenBody(inst), this.elseBody(inst)];
      case 'switch_br': {
        const decoded = this.switchOf(inst);
        return [...decoded.cases.map((c) => c.body), decoded.elseBody];
      }
      default:
        return [];
    }
  }
}

/** View of instruction indexes in `extra`. */
export interface InstList extends Iterable<InstIndex> {
  readonly length: number;
  readonly [n: number]: InstIndex;
}

/** A list of instruction indexes, view or array. */
export type InstSequence = InstList | readonly InstIndex[];

/** View of operands in `extra`. */
export interface RefList extends Iterable<Ref> {
  readonly length: number;
  readonly [n: number]: Ref;
}
