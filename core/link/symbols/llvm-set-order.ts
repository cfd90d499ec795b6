/**
 * The order in which LLVM's hash set of strings (`StringSet`) gives its elements.
 *
 * wasm-ld keeps the names of `--export` in one and searches archives for them in its order. Owns the layout of that set: slots
 * by XXH3, probes of growing steps, twice as many slots when three quarters are taken.
 */
import { xxh3 } from './xxh3.ts';

const FIRST_SLOTS = 16;

interface Element {
  readonly name: string;
  readonly hash: number;
}

type Slots = (Element | null)[];

/** The different ones of `names`, added one after the other, in the order of the set. */
export function inLlvmSetOrder(names: Iterable<string>): readonly string[] {
  const encoder = new TextEncoder();
  let slots: Slots = emptySlots(FIRST_SLOTS);
  let count = 0;
  for (const name of new Set(names)) {
    place(slots, { name, hash: Number(xxh3(encoder.encode(name)) & 0xffff_ffffn) });
    if (++count * 4 <= slots.length * 3) continue;
    const grown = emptySlots(slots.length * 2);
    for (const element of slots) if (element !== null) place(grown, element);
    slots = grown;
  }
  return slots.flatMap((element) => (element === null ? [] : [element.name]));
}

function emptySlots(count: number): Slots {
  return new Array<Element | null>(count).fill(null);
}

function place(slots: Slots, element: Element): void {
  const mask = slots.length - 1;
  let at = element.hash & mask;
  for (let step = 1; slots[at] !== null; step++) at = (at + step) & mask;
  slots[at] = element;
}
