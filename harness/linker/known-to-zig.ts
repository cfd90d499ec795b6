/**
 * What Zig's own linker is known to get wrong at the very first object or archive (docs/found.md), so that a campaign comes to the rest.
 *
 * An object without `target_features` is refused: it gets an empty one, which says the same. An archive without an index, with one of odd
 * size, or without a table of long names, ends it: such a link is counted under the name of the defect.
 */
import { Cursor, listSections } from '../wasm/cursor.ts';

const FEATURES = 'target_features';
const CUSTOM = 0;

/** The object `bytes` with an empty list of features, unless it has a list. */
export function withFeatures(bytes: Uint8Array): Uint8Array {
  const has = listSections(bytes).some(
    ({ id, from, to }) => id === CUSTOM && new Cursor(bytes, from, to, true).name() === FEATURES,
  );
  if (has) return bytes;
  const name = new TextEncoder().encode(FEATURES);
  const section = [CUSTOM, name.length + 2, name.length, ...name, 0];
  const out = new Uint8Array(bytes.length + section.length);
  out.set(bytes);
  out.set(section, bytes.length);
  return out;
}

/** The name of the defect that an archive meets, or null. */
export function defectOfArchive(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (text.toString('latin1', 0, 8) !== '!<arch>\n') return null;
  if (text.toString('latin1', 8, 24).trimEnd() !== '/') return 'known: an archive without an index';
  const size = Number(text.toString('latin1', 56, 66));
  if (size % 2 === 1) return 'known: an archive with an index of odd size';
  const second = 68 + size;
  return text.toString('latin1', second, second + 2) === '//' ? null : 'known: an archive without long names';
}
