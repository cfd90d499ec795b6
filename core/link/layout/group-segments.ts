/**
 * Which segments share an entry of the data section.
 *
 * Owns the grouping rule. Neighbours of one class share an entry; the thread-local ones are always one entry, because a
 * thread copies them as a block. Zero memory needs no entry where the memory is the module's own and fresh; where it is not,
 * it is one group that the start function clears, or plain zeros if the output must not use bulk memory. Invariant: groups
 * are ascending by address and no byte belongs to two.
 */
import type { PlacedSegment } from './collect-segments.ts';
import { Category } from './collect-segments.ts';
import type { LinkOptions } from '../options/options.ts';

/** Consecutive segments that are initialised together. */
export interface Group {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly segments: readonly PlacedSegment[];
  readonly isTls: boolean;
  /** Copied by a function of the linker, not by the engine. */
  readonly passive: boolean;
  /** Cleared by a function of the linker; has no entry in the data section. */
  readonly isCleared: boolean;
}

/** Padding above which a new group costs less than the zeros; also bounds what alignment can add to the file. */
const MAX_PADDING = 64;

/** The options that count here. */
export type GroupOptions = Pick<LinkOptions, 'sharedMemory' | 'importMemory' | 'splitSegments' | 'wasmLdOrder'>;

/** Puts segments into groups. */
export function groupSegments(
  segments: readonly PlacedSegment[],
  options: GroupOptions,
  hasBulk: boolean,
): readonly Group[] {
  const groups: Group[] = [];
  const { sharedMemory, importMemory } = options;
  // A memory of the host may hold anything.
  const clears = sharedMemory || importMemory !== null;
  let members: PlacedSegment[] = [];
  const close = (): void => {
    const first = members[0];
    const last = members[members.length - 1];
    if (first && last && last.address + last.size > first.address) {
      const { category } = first;
      const isCleared = category === Category.zero && hasBulk;
      groups.push({
        start: first.address,
        end: last.address + last.size,
        name: category === Category.tls ? '.tdata' : options.splitSegments ? first.name : first.prefix,
        segments: members,
        isTls: category === Category.tls,
        passive: sharedMemory || first.passive || isCleared,
        isCleared,
      });
    }
    members = [];
  };
  for (const segment of segments) {
    if (segment.category === Category.zero && !clears) break;
    const last = members[members.length - 1];
    if (last && !sharesGroup(last, segment, options)) close();
    members.push(segment);
  }
  close();
  return groups;
}

function sharesGroup(
  a: PlacedSegment,
  b: PlacedSegment,
  { splitSegments, wasmLdOrder }: Pick<GroupOptions, 'splitSegments' | 'wasmLdOrder'>,
): boolean {
  if (a.category !== b.category) return false;
  if (a.category === Category.tls) return true;
  // As wasm-ld: what is not joined is sections of different names.
  if (splitSegments && (!wasmLdOrder || a.name !== b.name)) return false;
  if (a.passive !== b.passive || b.address - (a.address + a.size) > MAX_PADDING) return false;
  return a.category === Category.zero || a.prefix === b.prefix;
}
