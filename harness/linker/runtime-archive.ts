/**
 * Objects of a run-time library as the archive that linkers get which have none of their own.
 */
import type { ObjectInput } from '../backend/door.ts';
import { isGlobalDefinition } from '../topology/draft.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { ArchiveFile } from '../wasm/write-archive.ts';
import { writeArchive } from '../wasm/write-archive.ts';
import { withFeatures } from './known-to-zig.ts';

/** The archive of `objects`. */
export function runtimeArchive(objects: readonly ObjectInput[]): Uint8Array {
  return writeArchive(objects.map(archived), 'gnu', true);
}

/** A member with what Zig's linker asks of one (known-to-zig.ts): a place in the index, and a table of long names beside it. */
function archived({ name, bytes }: ObjectInput): ArchiveFile {
  const symbols = readObjectModel(bytes)
    .symbols.filter(isGlobalDefinition)
    .map((symbol) => symbol.name);
  return { name: `runtime-library-${name}.o`, bytes: withFeatures(bytes), symbols };
}
