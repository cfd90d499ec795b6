/**
 * Whether linear memory is laid out as it must be: order of segments, gaps, entries of the data section, stack, limits.
 *
 * Computes the places from the inputs by the documented rules (docs/linker.md, "How memory is laid out") and compares with
 * what the module has. Knows no linker.
 */
import type { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';
import type { LiveSegment } from './live-segments.ts';
import { compareSegments, liveSegments, wrongKey } from './live-segments.ts';
import type { LayoutRules } from './rules.ts';
import { FIRST_ADDRESS } from './rules.ts';
import type { Trace } from './trace.ts';

const PAGE = 65536;
const STACK_ALIGN = 16;
/** Padding above which a new entry costs less than the zeros. */
const MOST_PADDING = 64;

/**
 * Judges memory, and follows what only memory knows the place of; returns what could not be judged, or null.
 * `isLess`: constants are as aligned as their types are, whatever the object says.
 */
export function judgeMemory(trace: Trace, rules: LayoutRules, complaints: Complaints, isLess = false): string | null {
  const live = liveSegments(trace, !rules.collects, isLess);
  const found = live.filter(({ address }) => address >= 0).sort((a, b) => a.address - b.address || a.size - b.size);
  for (let n = 1; n < found.length; n++) {
    const [a, b] = [found[n - 1]!, found[n]!];
    const key = wrongKey(a, b);
    if (key !== null) complaints.add(`order-${key}`, `${describe(a)} lies before ${describe(b)}`);
  }
  if (complaints.list.length > 0) return null;
  const order = withUnreached(found, live);
  if (order === null) return 'order of unreached constants';
  const { stackFirst, stackSize, globalBase } = rules;
  const first = globalBase ?? (stackFirst ? stackSize : FIRST_ADDRESS);
  const places: number[] = [];
  let end = first;
  for (const segment of order) {
    const address = alignUp(end, segment.align);
    places.push(address);
    if (segment.address >= 0 && segment.address !== address) {
      complaints.add('gap', `${describe(segment)} belongs at ${address}, behind ${end}`);
      return null;
    }
    end = address + segment.size;
  }
  order.forEach(({ source, segment }, n) => trace.meetSegment(source, segment, places[n]!));
  trace.run();
  judgeEntries(trace.module, order, places, complaints);
  const stackPointer = stackFirst ? stackSize : alignUp(end, STACK_ALIGN) + stackSize;
  judgeLimits(trace.module, alignUp(stackFirst ? end : stackPointer, STACK_ALIGN), stackPointer, complaints);
  return null;
}

function describe({ title, address, category, prefix, align, uses, size }: LiveSegment): string {
  const at = address < 0 ? 'unreached' : `at ${address}`;
  return `${title} (${at}, ${size} bytes, class ${category}, ${prefix}, alignment ${align}, ${uses} uses)`;
}

/** `found` with the others of `live` where they belong; null where that cannot be told. */
function withUnreached(found: readonly LiveSegment[], live: readonly LiveSegment[]): readonly LiveSegment[] | null {
  const unreached = live.filter(({ address }) => address < 0).sort(compareSegments);
  if (unreached.length === 0) return found;
  const order: LiveSegment[] = [];
  let next = 0;
  for (const segment of found) {
    for (; next < unreached.length; next++) {
      const compared = compareSegments(unreached[next]!, segment);
      if (compared === 0) return null;
      if (compared > 0) break;
      order.push(unreached[next]!);
    }
    order.push(segment);
  }
  order.push(...unreached.slice(next));
  for (let n = 1; n < unreached.length; n++) if (compareSegments(unreached[n - 1]!, unreached[n]!) === 0) return null;
  return order;
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

/** An entry that the data section must have. */
interface Entry {
  readonly start: number;
  readonly end: number;
  readonly prefix: string;
}

/** Neighbours of one class share an entry, and all that is thread-local does; zero memory has none. */
function entriesOf(order: readonly LiveSegment[], places: readonly number[]): Entry[] {
  const entries: Entry[] = [];
  order.forEach(({ prefix: own, size, isZero, isTls }, n) => {
    if (isZero) return;
    const start = places[n]!;
    const end = start + size;
    const last = entries.at(-1);
    const prefix = isTls ? '.tdata' : own;
    if (last?.prefix === prefix && (isTls || start - last.end <= MOST_PADDING))
      entries[entries.length - 1] = { ...last, end };
    else entries.push({ start, end, prefix });
  });
  return entries;
}

function judgeEntries(
  module: FoundModule,
  order: readonly LiveSegment[],
  places: readonly number[],
  complaints: Complaints,
): void {
  const wanted = entriesOf(order, places);
  const text = (list: readonly { readonly start: number; readonly end: number }[]): string =>
    list.map(({ start, end }) => `${start}..${end}`).join(' ');
  const entries = module.data.map(({ address, start, end }) => ({
    start: address ?? -1,
    end: (address ?? -1) + end - start,
  }));
  if (text(entries) !== text(wanted)) {
    complaints.add('entries', `the data section has ${text(entries)}; it needs ${text(wanted)}`);
    return;
  }
  for (let n = 1; n < order.length; n++) {
    const from = places[n - 1]! + order[n - 1]!.size;
    if (!isZeroMemory(module, from, places[n]!))
      complaints.add('padding', `not all bytes of the gap at ${from} are zero`);
  }
  const names = module.names?.get(9);
  if (module.names === null) return;
  const expected = wanted.map(({ prefix }, n) => `${n} ${prefix}`).join();
  const given = (names ?? []).map(([index, name]) => `${index} ${name}`).join();
  if (given !== expected) complaints.add('names-data', `names of data: ${given}; they must be ${expected}`);
}

function isZeroMemory({ bytes, data }: FoundModule, from: number, to: number): boolean {
  for (const { address, start, end } of data) {
    if (address === null) continue;
    for (let at = Math.max(from, address); at < Math.min(to, address + end - start); at++) {
      if (bytes[start + at - address] !== 0) return false;
    }
  }
  return true;
}

function judgeLimits(module: FoundModule, heapBase: number, stackPointer: number, complaints: Complaints): void {
  const [memory, ...others] = module.memories;
  if (memory === undefined || others.length > 0) {
    complaints.add('memories', `${module.memories.length} memories`);
    return;
  }
  const pages = Math.ceil(heapBase / PAGE);
  if (memory.min !== pages || memory.max !== null) {
    complaints.add(
      'memory-limits',
      `limits ${memory.min}, ${memory.max}; what is there ends at ${heapBase}: ${pages} pages`,
    );
  }
  const global = module.globals[0];
  if (global?.value !== stackPointer) {
    complaints.add('stack-pointer', `begins at ${String(global?.value)}; it must be ${stackPointer}`);
  }
}
