/**
 * Every operand form of AIR, as a list of slots in the order of the text.
 *
 * Data only. Operand access, packing check, liveness, printer, parser, builder and the reducer's encoder follow from it.
 * Types and targets are in word `a`; how a payload is laid out is said in layout.ts.
 */
import type { Form, Slot, SlotPlace } from './slots.ts';

const ref = (place: SlotPlace) => ({ kind: 'ref', place }) as const;
const extraRef = ref('extra');
const type = { kind: 'type', place: 'a' } as const;
const target = { kind: 'target', place: 'a' } as const;
const body = { kind: 'body', place: 'extra' } as const;
const mask = { kind: 'mask', place: 'extra' } as const;
const number = (place: SlotPlace, what: string) => ({ kind: 'number', place, what }) as const;
const word = (words: readonly string[], place: SlotPlace = 'extra') => ({ kind: 'word', place, words }) as const;
const refs = (brackets: NonNullable<Slot['brackets']>) => ({ kind: 'refs', place: 'extra', brackets }) as const;

/** Memory orders of atomic instructions, the weaker first. */
export const ORDERS = ['unordered', 'monotonic', 'acquire', 'release', 'acq_rel', 'seq_cst'] as const;
/** What a compare of vectors asks of each pair of lanes. */
export const COMPARISONS = ['lt', 'lte', 'eq', 'gte', 'gt', 'neq'] as const;
/** What a reduction of a vector applies between lanes. */
export const REDUCTIONS = ['and', 'or', 'xor', 'min', 'max', 'add', 'mul'] as const;
/** What an atomic read-modify-write applies. */
export const MODIFICATIONS = ['xchg', 'add', 'sub', 'and', 'nand', 'or', 'xor', 'max', 'min'] as const;

/** Every form by name. */
export const FORMS = {
  no_op: [],
  un_op: [ref('a')],
  bin_op: [ref('a'), ref('b')],
  ty: [type],
  arg: [type, number('b', 'the number of a parameter')],
  ty_field: [type, number('b', 'the number of a field')],
  ty_op: [type, ref('b')],
  ty_pl_bin: [type, extraRef, extraRef],
  ty_pl_field: [type, extraRef, number('extra', 'the number of a field')],
  ty_pl_elems: [type, refs('braces')],
  ty_pl_body: [type, body],
  ty_pl_op_body: [type, extraRef, body],
  ty_pl_nav_body: [type, { kind: 'nav', place: 'extra' }, body],
  ty_pl_cmp: [type, extraRef, extraRef, word(COMPARISONS)],
  ty_pl_mask_one: [type, extraRef, mask],
  ty_pl_mask_two: [type, extraRef, extraRef, mask],
  ty_nav: [type, { kind: 'nav', place: 'b' }],
  br: [target, { kind: 'optional_ref', place: 'b' }],
  repeat: [target],
  dispatch: [target, ref('b')],
  cond_br: [ref('a'), body, body],
  switch_br: [ref('a'), { kind: 'cases', place: 'extra' }, body],
  call: [{ kind: 'callee', place: 'a' }, refs('parentheses')],
  pl_op_bin: [extraRef, extraRef, ref('a')],
  op_pl_bin: [ref('a'), extraRef, extraRef],
  reduce: [ref('a'), word(REDUCTIONS, 'b')],
  atomic_load: [type, extraRef, word(ORDERS)],
  atomic_rmw: [type, extraRef, extraRef, word(MODIFICATIONS), word(ORDERS)],
  cmpxchg: [type, extraRef, extraRef, extraRef, word(ORDERS), word(ORDERS)],
  prefetch: [ref('a'), word(['read', 'write']), number('extra', 'a locality'), word(['instruction', 'data'])],
  number: [number('a', 'an index')],
  number_op: [number('a', 'an index'), ref('b')],
  op_name: [ref('a'), { kind: 'name', place: 'extra' }],
  dbg_stmt: [number('a', 'a line'), number('b', 'a column')],
} as const satisfies Readonly<Record<string, Form>>;

/** A memory order. */
export type Order = (typeof ORDERS)[number];
/** What an atomic read-modify-write applies. */
export type Modification = (typeof MODIFICATIONS)[number];

/** What a reduction applies. */
export type Reduction = (typeof REDUCTIONS)[number];

/** Name of an operand form. */
export type OpForm = keyof typeof FORMS;
