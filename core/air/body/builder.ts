/**
 * Builds one function body in canonical form (body.ts): an instruction is numbered when it is begun, before the bodies
 * it owns, and lists of instructions go to `extra` when their body is closed.
 *
 * Owns packing only. It checks nothing but its own nesting; verify.ts judges the result.
 */
import { assert } from '../../support/assert.ts';
import { U32Column, U8Column } from '../../support/column.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { InstIndex, Ref } from './body.ts';
import { Body, instRef, REF_NONE } from './body.ts';
import type { BodyStore } from './body-store.ts';
import type { AirTag, TagOfForm } from '../schema/ops.ts';
import { TAG } from '../schema/ops.ts';

/** One case of a switch under construction. */
export interface SwitchCaseInput {
  readonly items: readonly Ref[];
  readonly ranges: readonly (readonly [lo: Ref, hi: Ref])[];
  readonly body: () => void;
}

/** Builder of one {@link Body}. */
export class BodyBuilder {
  readonly #tags = new U8Column(64);
  readonly #a = new U32Column(64);
  readonly #b = new U32Column(64);
  readonly #extra = new U32Column(64);
  readonly #open: number[][] = [[]];
  readonly #store: BodyStore | null;

  /** `store`: where the finished body lies; absent: in memory of this thread. */
  constructor(store: BodyStore | null = null) {
    this.#store = store;
  }

  /** Number of instructions so far. */
  get length(): number {
    return this.#tags.length;
  }

  /** Appends an instruction with raw data words to the open body. */
  raw(tag: AirTag, a: number, b: number): InstIndex {
    const inst = this.#tags.push(TAG[tag]);
    this.#a.push(a);
    this.#b.push(b);
    this.#open[this.#open.length - 1]!.push(inst);
    return inst as InstIndex;
  }

  /** Value of parameter `param`. */
  arg(ty: IpIndex, param: number): Ref {
    return instRef(this.raw('arg', ty, param));
  }

  /** Instruction without operands. */
  none(tag: TagOfForm<'no_op'>): Ref {
    return instRef(this.raw(tag, 0, 0));
  }

  /** One operand. */
  un(tag: TagOfForm<'un_op'>, operand: Ref): Ref {
    return instRef(this.raw(tag, operand, 0));
  }

  /** Two operands. */
  bin(tag: TagOfForm<'bin_op'>, lhs: Ref, rhs: Ref): Ref {
    return instRef(this.raw(tag, lhs, rhs));
  }

  /** Type only: alloc, ret_ptr. */
  typed(tag: TagOfForm<'ty'>, ty: IpIndex): Ref {
    return instRef(this.raw(tag, ty, 0));
  }

  /** Result type and one operand. */
  tyOp(tag: TagOfForm<'ty_op'>, ty: IpIndex, operand: Ref): Ref {
    return instRef(this.raw(tag, ty, operand));
  }

  /** Result type and two operands. */
  tyBin(tag: TagOfForm<'ty_pl_bin'>, ty: IpIndex, lhs: Ref, rhs: Ref): Ref {
    const at = this.#extra.push(lhs);
    this.#extra.push(rhs);
    return instRef(this.raw(tag, ty, at));
  }

  /** Three operands `a * b + c` (payload a, b; word c). */
  opBin(tag: TagOfForm<'pl_op_bin'>, a: Ref, b: Ref, c: Ref): Ref {
    const at = this.#extra.push(a);
    this.#extra.push(b);
    return instRef(this.raw(tag, c, at));
  }

  /** Result type, operand and field number. */
  field(tag: TagOfForm<'ty_pl_field'>, ty: IpIndex, operand: Ref, field: number): Ref {
    const at = this.#extra.push(operand);
    this.#extra.push(field);
    return instRef(this.raw(tag, ty, at));
  }

  /** Struct or array from its elements. */
  aggregate(ty: IpIndex, elems: readonly Ref[]): Ref {
    return instRef(this.raw('aggregate_init', ty, this.#list(elems)));
  }

  /** Call; `callee` is a pointer to a function, `tag` one of the call forms. */
  call(callee: Ref, args: readonly Ref[], tag: TagOfForm<'call'> = 'call'): Ref {
    return instRef(this.raw(tag, callee, this.#list(args)));
  }

  /** Address of a nav at run time. */
  navPtr(ty: IpIndex, nav: NavIndex): Ref {
    return instRef(this.raw('runtime_nav_ptr', ty, nav));
  }

  /** Source position. */
  dbgStmt(line: number, column: number): void {
    this.raw('dbg_stmt', line, column);
  }

  /** Block of result type `ty`; `body` gets the block to branch to. */
  block(ty: IpIndex, body: (self: InstIndex) => void): Ref {
    return instRef(this.#owner('block', ty, body));
  }

  /** Loop; `body` gets the loop to repeat. */
  loop(ty: IpIndex, body: (self: InstIndex) => void): Ref {
    return instRef(this.#owner('loop', ty, body));
  }

  /** Leaves `block`, with a value if its type has bits. */
  br(block: InstIndex, operand: Ref = REF_NONE): void {
    this.raw('br', block, operand);
  }

  /** Next iteration of `loop`. */
  repeat(loop: InstIndex): void {
    this.raw('repeat', loop, 0);
  }

  /** Two-way branch. */
  condBr(cond: Ref, then: () => void, otherwise: () => void): void {
    const inst = this.raw('cond_br', cond, 0);
    const thenList = this.#nested(then);
    const elseList = this.#nested(otherwise);
    const at = this.#extra.push(thenList.length);
    this.#extra.push(elseList.length);
    for (const i of thenList) this.#extra.push(i);
    for (const i of elseList) this.#extra.push(i);
    this.#b.set(inst, at);
  }

  /** Multi-way branch. The body of a case is built before the next case is asked for. */
  switchBr(
    operand: Ref,
    cases: Iterable<SwitchCaseInput>,
    otherwise: () => void,
    tag: TagOfForm<'switch_br'> = 'switch_br',
  ): void {
    const inst = this.raw(tag, operand, 0);
    const inputs: SwitchCaseInput[] = [];
    const lists: number[][] = [];
    for (const c of cases) {
      inputs.push(c);
      lists.push(this.#nested(c.body));
    }
    const elseList = this.#nested(otherwise);
    const at = this.#extra.push(inputs.length);
    this.#extra.push(elseList.length);
    inputs.forEach((c, n) => {
      const list = lists[n]!;
      this.#extra.push(c.items.length);
      this.#extra.push(c.ranges.length);
      this.#extra.push(list.length);
      for (const item of c.items) this.#extra.push(item);
      for (const [lo, hi] of c.ranges) {
        this.#extra.push(lo);
        this.#extra.push(hi);
      }
      for (const i of list) this.#extra.push(i);
    });
    for (const i of elseList) this.#extra.push(i);
    this.#b.set(inst, at);
  }

  /** Closes the main body and returns the finished function body. */
  finish(): Body {
    assert(this.#open.length === 1, 'a body is still open');
    const main = this.#list(this.#open[0]!);
    if (this.#store !== null) {
      const [a, b, extra] = [this.#a, this.#b, this.#extra].map((column) => column.view.subarray(0, column.length));
      return this.#store.place(this.#tags.view.subarray(0, this.#tags.length), a!, b!, extra!, main);
    }
    return new Body(this.#tags.toArray(), this.#a.toArray(), this.#b.toArray(), this.#extra.toArray(), main);
  }

  #list(items: readonly number[]): number {
    const at = this.#extra.push(items.length);
    for (const item of items) this.#extra.push(item);
    return at;
  }

  #nested(body: () => void): number[] {
    const list: number[] = [];
    this.#open.push(list);
    body();
    assert(this.#open.pop() === list, 'bodies are not nested');
    return list;
  }

  #owner(tag: 'block' | 'loop', ty: IpIndex, body: (self: InstIndex) => void): InstIndex {
    const inst = this.raw(tag, ty, 0);
    const list = this.#nested(() => {
      body(inst);
    });
    this.#b.set(inst, this.#list(list));
    return inst;
  }
}
