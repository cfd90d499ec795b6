/**
 * Builds function bodies, one after the other, in canonical form (body.ts): an instruction is numbered when it is begun, before the bodies
 * it owns, and lists of instructions go to `extra` when their body is closed.
 *
 * Owns packing only, which follows from schema/layout.ts. It checks nothing but its own nesting; verify.ts judges the result.
 */
import { assert, unreachable } from '../../support/assert.ts';
import { U32Column, U8Column } from '../../support/column.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { OpForm } from '../schema/forms.ts';
import type { FORMS } from '../schema/forms.ts';
import type { FormLayout } from '../schema/layout.ts';
import { LAYOUT_BY_NUMBER } from '../schema/layout.ts';
import type { AirTag, TagOfForm } from '../schema/ops.ts';
import type { AIR_OPS } from '../schema/ops.ts';
import { TAG } from '../schema/ops.ts';
import type { Form, SlotKind } from '../schema/slots.ts';
import type { Body } from './body.ts';
import { placeAlone } from './body-store.ts';
import type { BodyStore } from './body-store.ts';
import type { InstIndex, MaskItem, Ref } from './ref.ts';
import { instRef, maskWord, REF_NONE } from './ref.ts';

/** One case of a switch under construction. */
export interface SwitchCaseInput {
  readonly items: readonly Ref[];
  readonly ranges: readonly (readonly [lo: Ref, hi: Ref])[];
  readonly body: () => void;
}

/** What the builder takes for a slot of each kind. Bodies are built when it calls for them, in text order. */
interface SlotInputs {
  ref: Ref;
  callee: Ref;
  optional_ref: Ref;
  type: IpIndex;
  number: number;
  /** Index in the words of the slot. */
  word: number;
  nav: NavIndex;
  target: InstIndex;
  refs: readonly Ref[];
  mask: readonly MaskItem[];
  /** UTF-8. */
  name: Uint8Array;
  body: (self: InstIndex) => void;
  /** The body of a case is built before the next case is asked for. */
  cases: Iterable<SwitchCaseInput>;
}

/** What the builder takes for a slot of kind `K`. */
export type SlotInput<K extends SlotKind = SlotKind> = SlotInputs[K];

type InputsOf<Slots extends Form> = {
  readonly [N in keyof Slots]: Slots[N] extends { readonly kind: infer K extends SlotKind } ? SlotInput<K> : never;
};

/** What the builder takes for the slots of form `F`, in the order of the text. */
type FormInputs<F extends OpForm> = InputsOf<(typeof FORMS)[F]>;

/** Form of an instruction. */
type FormOf<T extends AirTag> = NonNullable<(typeof AIR_OPS)[T]['form']>;

/** Builder of one {@link Body}. */
export class BodyBuilder {
  readonly #tags = new U8Column(64);
  readonly #a = new U32Column(64);
  readonly #b = new U32Column(64);
  readonly #extra = new U32Column(64);
  #open: InstIndex[][] = [[]];
  readonly #store: BodyStore | null;

  /** `store`: where the finished body lies; absent: in memory of this thread. */
  constructor(store: BodyStore | null = null) {
    this.#store = store;
  }

  /** Forgets what was built, finished or not. */
  reset(): void {
    this.#tags.length = this.#a.length = this.#b.length = this.#extra.length = 0;
    this.#open = [[]];
  }

  /** Number of instructions so far. */
  get length(): number {
    return this.#tags.length;
  }

  /** Appends an instruction with the given data words, right or wrong, to the open body. */
  raw(tag: AirTag, a: number, b: number): InstIndex {
    const inst = this.#tags.push(TAG[tag]) as InstIndex;
    this.#a.push(a);
    this.#b.push(b);
    this.#open[this.#open.length - 1]!.push(inst);
    return inst;
  }

  /** Appends an instruction with what its form asks for. */
  add<T extends AirTag>(tag: T, ...inputs: FormInputs<FormOf<T>>): InstIndex {
    return this.put(tag, inputs);
  }

  /** As {@link add}, for who does not know the form: one input per slot, of its kind. */
  put(tag: AirTag, inputs: readonly SlotInput[]): InstIndex {
    const layout = LAYOUT_BY_NUMBER[TAG[tag]]!;
    const { inA, inB } = layout;
    const inst = this.raw(tag, inA < 0 ? 0 : (inputs[inA] as number), inB < 0 ? 0 : (inputs[inB] as number));
    if (!layout.hasPayload) return inst;
    if (layout.isPlain) this.#putPlain(inst, layout, inputs);
    else this.#putLists(inst, layout, inputs);
    return inst;
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
    return instRef(this.add(tag, ty, lhs, rhs));
  }

  /** Result type, operand and field number. */
  field(tag: TagOfForm<'ty_pl_field'>, ty: IpIndex, operand: Ref, field: number): Ref {
    return instRef(this.add(tag, ty, operand, field));
  }

  /** Struct or array from its elements. */
  aggregate(ty: IpIndex, elems: readonly Ref[]): Ref {
    return instRef(this.add('aggregate_init', ty, elems));
  }

  /** Call; `callee` is a pointer to a function, `tag` one of the call forms. */
  call(callee: Ref, args: readonly Ref[], tag: TagOfForm<'call'> = 'call'): Ref {
    return instRef(this.add(tag, callee, args));
  }

  /** Block of result type `ty`; `body` gets the block to branch to. */
  block(ty: IpIndex, body: (self: InstIndex) => void): Ref {
    return instRef(this.add('block', ty, body));
  }

  /** Loop; `body` gets the loop to repeat. */
  loop(ty: IpIndex, body: (self: InstIndex) => void): Ref {
    return instRef(this.add('loop', ty, body));
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
    this.add('cond_br', cond, then, otherwise);
  }

  /** Multi-way branch. The body of a case is built before the next case is asked for. */
  switchBr(
    operand: Ref,
    cases: Iterable<SwitchCaseInput>,
    otherwise: () => void,
    tag: TagOfForm<'switch_br'> = 'switch_br',
  ): void {
    this.add(tag, operand, cases, otherwise);
  }

  /** Closes the main body and returns the finished function body. */
  finish(): Body {
    assert(this.#open.length === 1, 'a body is still open');
    const list = this.#open[0]!;
    const main = this.#extra.push(list.length);
    for (const inst of list) this.#extra.push(inst);
    if (this.#store !== null) {
      const [a, b, extra] = [this.#a, this.#b, this.#extra].map((column) => column.view.subarray(0, column.length));
      return this.#store.place(this.#tags.view.subarray(0, this.#tags.length), a!, b!, extra!, main);
    }
    const columns = { tags: this.#tags.view, a: this.#a.view, b: this.#b.view, extra: this.#extra.view };
    return placeAlone(columns, this.#tags.length, this.#extra.length, main);
  }

  /** The payload of a form whose inputs are its contents: calls, elements and fields are half of what is built. */
  #putPlain(inst: InstIndex, { extraWords, lists }: FormLayout, inputs: readonly SlotInput[]): void {
    const extra = this.#extra;
    this.#b.view[inst] = extra.length;
    for (const n of lists) extra.push((inputs[n] as SlotInputs['refs']).length);
    for (const n of extraWords) extra.push(inputs[n] as number);
    for (const n of lists) for (const ref of inputs[n] as SlotInputs['refs']) extra.push(ref);
  }

  #putLists(inst: InstIndex, layout: FormLayout, inputs: readonly SlotInput[]): void {
    // Bodies come first: what they put into `extra` lies in front of the payload of their owner.
    const contents: (readonly number[])[] = [];
    const counts: number[] = [];
    for (const n of layout.lists) {
      const count = this.#list(inst, layout.slots[n]!.kind, inputs[n]!, contents);
      counts.push(count);
    }
    const extra = this.#extra;
    this.#b.view[inst] = extra.length;
    for (const count of counts) extra.push(count);
    for (const n of layout.extraWords) extra.push(inputs[n] as number);
    for (const list of contents) for (const word of list) extra.push(word);
  }

  /** Appends the contents of a list to `contents` and returns its count. */
  #list(inst: InstIndex, kind: SlotKind, input: SlotInput, contents: (readonly number[])[]): number {
    switch (kind) {
      case 'refs':
        return contents[contents.push(input as SlotInputs['refs']) - 1]!.length;
      case 'name':
        return contents[contents.push(Array.from(input as SlotInputs['name'])) - 1]!.length;
      case 'mask':
        return contents[contents.push((input as SlotInputs['mask']).map(maskWord)) - 1]!.length;
      case 'body':
        return contents[contents.push(this.#nested(inst, input as SlotInputs['body'])) - 1]!.length;
      case 'cases':
        return this.#cases(inst, input as SlotInputs['cases'], contents);
      case 'ref':
      case 'callee':
      case 'optional_ref':
      case 'type':
      case 'number':
      case 'word':
      case 'nav':
      case 'target':
        assert(false, 'a slot of one word is no list');
        break;
      default:
        return unreachable(kind, 'kind of slot');
    }
  }

  /** Contents of the cases, one list each; returns how many. */
  #cases(inst: InstIndex, cases: SlotInputs['cases'], lists: (readonly number[])[]): number {
    let count = 0;
    for (const { items, ranges, body } of cases) {
      const insts = this.#nested(inst, body);
      lists.push([items.length, ranges.length, insts.length, ...items, ...ranges.flat(), ...insts]);
      count++;
    }
    return count;
  }

  #nested(inst: InstIndex, body: (self: InstIndex) => void): InstIndex[] {
    const list: InstIndex[] = [];
    this.#open.push(list);
    body(inst);
    assert(this.#open.pop() === list, 'bodies are not nested');
    return list;
  }
}
