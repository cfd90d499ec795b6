/**
 * What an operand form is made of: the kinds of slots, and where a slot lies.
 *
 * Owns the vocabulary. Data only: what each kind looks like in text, in a body or in the reducer is the business of the
 * walkers over it, each of which is exhaustive over {@link SlotKind}, so that a new kind does not compile until all of them
 * have an answer. A new form made of known kinds needs nothing but its row in forms.ts.
 */

/** How many words a slot takes: one, or a counted list of words, or a counted list of switch cases. */
type SlotSize = 'word' | 'list' | 'cases';

/** What of a slot counts as operands: values that liveness and code generation see. */
type SlotOperands = 'none' | 'one' | 'at most one' | 'each';

interface SlotKindInfo {
  readonly size: SlotSize;
  readonly operands: SlotOperands;
}

/**
 * Every kind of slot.
 *
 *   ref, callee   an operand; a callee may be written as the name of a function
 *   optional_ref  an operand, or REF_NONE
 *   type          an interned type
 *   number        any u32
 *   word          one of the words that the slot lists, as its index in that list
 *   nav           a nav of the unit
 *   target        an enclosing instruction that can be branched to
 *   refs          operands
 *   mask          lanes of a shuffle (see `MaskItem` in body/ref.ts)
 *   name          the UTF-8 bytes of a name, one to a word
 *   body          instruction indexes of an owned body
 *   cases         per case: numbers of items, ranges and instructions; item refs; (lo, hi) refs; instruction indexes
 */
export const SLOT_KINDS = {
  ref: { size: 'word', operands: 'one' },
  callee: { size: 'word', operands: 'one' },
  optional_ref: { size: 'word', operands: 'at most one' },
  type: { size: 'word', operands: 'none' },
  number: { size: 'word', operands: 'none' },
  word: { size: 'word', operands: 'none' },
  nav: { size: 'word', operands: 'none' },
  target: { size: 'word', operands: 'none' },
  refs: { size: 'list', operands: 'each' },
  mask: { size: 'list', operands: 'none' },
  name: { size: 'list', operands: 'none' },
  body: { size: 'list', operands: 'none' },
  cases: { size: 'cases', operands: 'none' },
} as const satisfies Readonly<Record<string, SlotKindInfo>>;

/** Name of a kind of slot. */
export type SlotKind = keyof typeof SLOT_KINDS;

/** Where a slot of one word lies: in data word `a` or `b`, or in the payload in `extra` that word `b` then points to. */
export type SlotPlace = 'a' | 'b' | 'extra';

/** One slot of a form. */
export interface Slot {
  readonly kind: SlotKind;
  /** `extra` for lists and cases. */
  readonly place: SlotPlace;
  /** Numbers: what the number is, for messages. */
  readonly what?: string;
  /** Words: the choices, in the order of their numbers. */
  readonly words?: readonly string[];
  /** Refs: the brackets around the list. */
  readonly brackets?: 'braces' | 'parentheses';
}

/** An operand form: its slots in the order of the text. */
export type Form = readonly Slot[];
