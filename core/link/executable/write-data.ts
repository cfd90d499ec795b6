/**
 * The data section of an executable: one entry for each group that brings bytes along.
 *
 * Owns the bytes of groups: padding, contents, relocations (wasm core spec 5.5.14). A group that is only cleared has no entry.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SectionId, SegmentMode } from '../../wasm/kinds.ts';
import type { Indexed } from './indexed.ts';
import type { PlacedSegment, SegmentId } from '../layout/collect-segments.ts';
import type { Group } from '../layout/group-segments.ts';
import { applyFixups, applyRelocations } from './relocate.ts';
import { writeAddressConst } from '../sections/write-vectors.ts';

/** Whether instructions refer to entries of the data section, so that their number must precede the code. */
export function usesPassive(indexed: Indexed): boolean {
  for (const group of indexed.placed.groups) if (group.passive && !group.isCleared) return true;
  return false;
}

/** Where the data of the output lies. */
export interface DataPlaces {
  /** By PlacedSegment.id: first byte from the start of the section's payload. */
  readonly segmentStart: ReadonlyMap<SegmentId, number>;
}

/** The section; nothing if there is no entry. `places`, if given, learns where each segment lies. */
export function writeData(
  out: ByteWriter,
  indexed: Indexed,
  is64: boolean,
  places: Map<SegmentId, number> | null,
): void {
  const { groups } = indexed.placed;
  let count = 0;
  for (const group of groups) if (!group.isCleared) count++;
  if (count === 0) return;
  const mark = out.beginSection(SectionId.data);
  out.uleb(count);
  for (const group of groups) {
    if (group.isCleared) continue;
    if (group.passive) {
      out.uleb(SegmentMode.passive);
    } else {
      out.uleb(SegmentMode.active);
      writeAddressConst(out, group.start, is64);
    }
    out.uleb(group.end - group.start);
    writeGroup(out, indexed, group);
    if (places === null) continue;
    const shift = out.length - mark - group.end;
    for (const { id, address } of group.segments) places.set(id, address + shift);
  }
  out.endSized(mark);
}

function writeGroup(out: ByteWriter, indexed: Indexed, group: Group): void {
  const base = out.length;
  for (const segment of group.segments) {
    const at = base + segment.address - group.start;
    out.zeros(at - out.length);
    writeSegment(out, indexed, segment, at);
  }
}

function writeSegment(out: ByteWriter, indexed: Indexed, segment: PlacedSegment, at: number): void {
  const { address, size, lowered, strings, object, segment: s } = segment;
  if (lowered) {
    if (lowered.bytes) out.append(lowered.bytes);
    else out.zeros(size);
    applyFixups(indexed, lowered, out.bytes, at);
  } else if (strings) {
    strings.pool.writeTo(out);
  } else {
    const { bytes, segments, dataRelocs: relocs, segmentRelocs } = indexed.placed.live.symbols.table.objects[object]!;
    const { start, end } = segments[s]!;
    out.appendRange(bytes, start, end);
    const [from, to] = [segmentRelocs[s]!, segmentRelocs[s + 1]!];
    if (from < to) applyRelocations(indexed, out.bytes, { object, relocs, from, to, start, at, address });
  }
}
