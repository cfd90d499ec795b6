/**
 * How forms are laid out in a body, derived from their slots.
 *
 * Words `a` and `b` hold one slot each. A form with slots in `extra` has its payload at `extra[b]`:
 *   [the count of each list, in order; each slot of one word, in order; the contents of each list, in order].
 * Owns that rule, its limits (checked here, once, for every form) and the tables by tag number that make access fast.
 */
import { assert } from '../../support/assert.ts';
import type { OpForm } from './forms.ts';
import { FORMS } from './forms.ts';
import { AIR_OP_BY_NUMBER } from './ops.ts';
import type { Form, Slot, SlotKind } from './slots.ts';
import { SLOT_KINDS } from './slots.ts';

/** A slot and where exactly it lies. */
export interface LaidSlot extends Slot {
  /** In `extra`: offset in the payload of the word, or of the count of the list. Else 0. */
  readonly offset: number;
  /** What stands in front of it in text. */
  readonly lead: '' | ' ' | ', ';
}

/** A form, laid out. */
export interface FormLayout {
  readonly slots: readonly LaidSlot[];
  /** Words `b` points to a payload. */
  readonly hasPayload: boolean;
  /** Index of the slot in word `a`, or -1. */
  readonly inA: number;
  /** Index of the slot in word `b`, or -1. */
  readonly inB: number;
  /** Indexes of the slots of one word in `extra`, in order. */
  readonly extraWords: readonly number[];
  /** Indexes of the lists, in order. */
  readonly lists: readonly number[];
  /** Words of the payload in front of the contents of the lists. */
  readonly headLength: number;
  /** All lists are lists of operands, so that the input of each slot is its content as it stands. */
  readonly isPlain: boolean;
}

function isList(slot: Slot): boolean {
  return SLOT_KINDS[slot.kind].size !== 'word';
}

/** Lays out the form `name`; throws if it is beyond the limits of this file. */
export function layOut(name: string, form: Form): FormLayout {
  checkLimits(name, form);
  let lists = 0;
  let words = form.filter(isList).length;
  const slots = form.map((slot, n): LaidSlot => {
    const offset = isList(slot) ? lists++ : slot.place === 'extra' ? words++ : 0;
    return { ...slot, offset, lead: leadOf(slot, form.slice(0, n)) };
  });
  const isPlain = form.every((slot) => !isList(slot) || slot.kind === 'refs');
  const indexesOf = (is: (slot: Slot) => boolean): number[] => slots.flatMap((slot, n) => (is(slot) ? [n] : []));
  return {
    slots,
    inA: slots.findIndex(({ place }) => place === 'a'),
    inB: slots.findIndex(({ place }) => place === 'b'),
    extraWords: indexesOf((slot) => slot.place === 'extra' && !isList(slot)),
    lists: indexesOf(isList),
    hasPayload: words > 0,
    headLength: words,
    isPlain,
  };
}

/** From the first operand on, commas separate the slots; a list in parentheses and bodies follow without one. */
function leadOf(slot: Slot, before: Form): LaidSlot['lead'] {
  if (slot.brackets === 'parentheses') return '';
  const afterOperand = before.some((other) => SLOT_KINDS[other.kind].operands !== 'none');
  return afterOperand && slot.kind !== 'body' && slot.kind !== 'cases' ? ', ' : ' ';
}

function checkLimits(name: string, form: Form): void {
  const holds = (condition: boolean, rule: string): void => {
    assert(condition, `form ${name}: ${rule}`);
  };
  const used = (place: string): number => form.filter((slot) => slot.place === place).length;
  holds(used('a') <= 1 && used('b') + Math.min(1, used('extra')) <= 1, 'a data word is used twice');
  const lists = form.filter(isList);
  holds(
    lists.every((slot) => slot.place === 'extra'),
    'a list is not in extra',
  );
  holds(
    form.slice(0, form.length - lists.length).every((slot) => !isList(slot)),
    'a word follows a list',
  );
  holds(
    form.every((slot) => (slot.kind !== 'type' && slot.kind !== 'target') || slot.place === 'a'),
    'a type or a target is not in word a',
  );
  const owning = lists.filter((slot) => slot.kind === 'body' || slot.kind === 'cases');
  holds(owning.length === 0 || owning.length === lists.length, 'bodies stand beside another list');
  holds(
    lists.slice(1).every((slot) => slot.kind !== 'cases'),
    'cases are not the first list',
  );
  holds(owning.length === 0 || owning[owning.length - 1]!.kind === 'body', 'no body follows the cases');
  holds(
    lists.slice(1).every((slot) => SLOT_KINDS[slot.kind].operands === 'none'),
    'operands are in a list that is not the first',
  );
  const optional = form.findIndex((slot) => SLOT_KINDS[slot.kind].operands === 'at most one');
  holds(
    optional === -1 || (optional === form.length - 1 && form[optional]!.place === 'b'),
    'an optional operand is not last and in word b',
  );
}

/** Layout of each form. */
const LAYOUTS: Readonly<Record<OpForm, FormLayout>> = Object.fromEntries(
  Object.entries<Form>(FORMS).map(([name, form]) => [name, layOut(name, form)]),
) as Record<OpForm, FormLayout>;

/** Layout by tag number; null for an instruction without a form. */
export const LAYOUT_BY_NUMBER: readonly (FormLayout | null)[] = AIR_OP_BY_NUMBER.map(({ form }) =>
  form === null ? null : LAYOUTS[form],
);

const NO_LAYOUT = layOut('none', []);

function byNumber(of: (layout: FormLayout) => number): Uint8Array {
  return Uint8Array.from(LAYOUT_BY_NUMBER, (layout) => of(layout ?? NO_LAYOUT));
}

function first(layout: FormLayout, is: (slot: LaidSlot) => boolean): number {
  return layout.slots.find(is)?.offset ?? NONE;
}

/** Entry of a table for what an instruction does not have. */
export const NONE = 255;

// Places in the tables below: word a, word b, or 2 + the offset in the payload.
export const PLACE_A = 0;
export const PLACE_B = 1;
export const PLACE_EXTRA = 2;

/** Place of a slot of one word. */
function placeOf(slot: LaidSlot): number {
  return slot.place === 'a' ? PLACE_A : slot.place === 'b' ? PLACE_B : PLACE_EXTRA + slot.offset;
}

function placeOfFirst(layout: FormLayout, kind: SlotKind): number {
  const slot = layout.slots.find((other) => other.kind === kind);
  return slot === undefined ? NONE : placeOf(slot);
}

const isSingle = (slot: Slot): boolean => ['one', 'at most one'].includes(SLOT_KINDS[slot.kind].operands);

/** Operands with a slot of their own, per tag number; the last may be absent, see {@link MAY_LACK_LAST}. */
export const SINGLE_OPERANDS = byNumber((layout) => layout.slots.filter(isSingle).length);
/** 1 if the last single operand may be absent. */
export const MAY_LACK_LAST = byNumber((layout) => layout.slots.filter((slot) => slot.kind === 'optional_ref').length);
/** Greatest number of single operands. */
export const MAX_SINGLE = Math.max(...SINGLE_OPERANDS);
/** Places of the single operands: {@link MAX_SINGLE} entries per tag number. */
export const OPERAND_PLACE = Uint8Array.from(
  LAYOUT_BY_NUMBER.flatMap((layout) => {
    const places = (layout ?? NO_LAYOUT).slots.filter(isSingle).map(placeOf);
    return Array.from({ length: MAX_SINGLE }, (_, k) => places[k] ?? NONE);
  }),
);
/** Offset of the count of a list of operands, or {@link NONE}. Its contents begin at {@link HEAD_LENGTH}. */
export const OPERAND_LIST = byNumber((layout) => first(layout, (slot) => SLOT_KINDS[slot.kind].operands === 'each'));
/** Length of the head of the payload. */
export const HEAD_LENGTH = byNumber((layout) => layout.headLength);
/** Offset of the count of cases, or {@link NONE}. */
export const CASE_COUNT = byNumber((layout) => first(layout, (slot) => slot.kind === 'cases'));
/** Number of `body` slots. */
export const BODY_SLOTS = byNumber((layout) => layout.slots.filter((slot) => slot.kind === 'body').length);
/** Offset of the length of the first body slot, or {@link NONE}; those of further ones follow it. */
export const BODY_LENGTH = byNumber((layout) => first(layout, (slot) => slot.kind === 'body'));
/** Offset of the count of lanes of a mask, or {@link NONE}. Its contents begin at {@link HEAD_LENGTH}. */
export const MASK_COUNT = byNumber((layout) => first(layout, (slot) => slot.kind === 'mask'));
/** Place of the first number, or {@link NONE}. */
export const NUMBER_PLACE = byNumber((layout) => placeOfFirst(layout, 'number'));
/** Place of the nav, or {@link NONE}. */
export const NAV_PLACE = byNumber((layout) => placeOfFirst(layout, 'nav'));
/** Words of an instruction that name a choice. */
export const MAX_WORDS = 2;
/** Places of those words, or {@link NONE}: {@link MAX_WORDS} entries per tag number. */
export const WORD_PLACE = Uint8Array.from(
  LAYOUT_BY_NUMBER.flatMap((layout) => {
    const places = (layout ?? NO_LAYOUT).slots.filter(({ kind }) => kind === 'word').map(placeOf);
    return Array.from({ length: MAX_WORDS }, (_, n) => places[n] ?? NONE);
  }),
);
/** 1 if the instruction goes to a target. */
export const HAS_TARGET = byNumber((layout) => layout.slots.filter((slot) => slot.kind === 'target').length);
