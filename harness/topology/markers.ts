/**
 * Markers: a custom section in each object that asks the linker where each of its symbols is.
 *
 * A custom section keeps nothing alive and takes no room in memory, so the link is the same with and without markers, and a
 * linker answers in the output itself: the address of a datum, the place of a function in the code section, the
 * index of a global. A symbol that is not in the output has the value 0. Owns the layout of the section.
 */
import { isArchiveItem, type Item, type ObjectItem } from './draft.ts';
import type { ObjectModel, Relocation, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Flag, Kind, relocationType } from '../wasm/object-model.ts';

/** Bytes of one answer, of which the first four are looked at. */
const ENTRY = 8;
const PREFIX = 'judge.';

/** Relocation that asks for a symbol, or null where nobody can be asked. */
function question({ kind, flags }: SymbolEntry, isWide = false): string | null {
  // A linker may say of thread-local data where it is in memory, or where in its block.
  if ((flags & (Flag.undefined | Flag.absolute | Flag.tls)) !== 0) return null;
  switch (kind) {
    case Kind.function:
      return isWide ? 'FUNCTION_OFFSET_I64' : 'FUNCTION_OFFSET_I32';
    case Kind.data:
      return isWide ? 'MEMORY_ADDR_I64' : 'MEMORY_ADDR_I32';
    case Kind.global:
      return 'GLOBAL_INDEX_I32';
    default:
      // Tables and tags have relocations in code alone.
      return null;
  }
}

/** `model` with a marker that says `number`. */
export function withMarker(model: ObjectModel, number: number): ObjectModel {
  const relocations: Relocation[] = [];
  const bytes = new Uint8Array(ENTRY * model.symbols.length);
  // Limits of the memory that the object imports, with the flag of 64-bit addresses.
  const isWide = model.imports.some(({ kind, desc }) => kind === Extern.memory && (desc[0]! & 4) !== 0);
  model.symbols.forEach((symbol, index) => {
    const type = question(symbol, isWide);
    if (type === null) return;
    relocations.push({ type: relocationType(type), offset: index * ENTRY, index, addend: 0 });
  });
  // A section must not be empty, or a linker may leave it out.
  const custom = { name: `${PREFIX}${number}`, bytes: bytes.length === 0 ? new Uint8Array(1) : bytes, relocations };
  return { ...model, customs: [...model.customs, custom] };
}

/** `items` with markers in all objects, and the objects by number. */
export function withMarkers(items: readonly Item[]): {
  readonly items: readonly Item[];
  readonly objects: ObjectItem[];
} {
  const objects: ObjectItem[] = [];
  const mark = (item: ObjectItem): ObjectItem => {
    objects.push(item);
    return { ...item, model: withMarker(item.model, objects.length - 1) };
  };
  const marked = items.map((item) => (isArchiveItem(item) ? { ...item, members: item.members.map(mark) } : mark(item)));
  return { items: marked, objects };
}

/** Number of the object whose marker a custom section is; -1: it is no marker. */
export function markerNumber(name: string): number {
  return name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : -1;
}

/** The answers in a marker of the output, by symbol index. */
export function readMarker(model: ObjectModel, bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return model.symbols.map((symbol, index) => (question(symbol) === null ? 0 : view.getUint32(index * ENTRY, true)));
}
