/**
 * Members of Darwin's archives: their size counts the bytes that fill them up to a multiple of eight.
 *
 * Owns the cut behind the last section. Fill bytes cannot begin a section: a custom section of size 0 has no name, and a code
 * section of ten bytes does not fit into seven.
 */
import { ByteReader, MalformedError } from '../../wasm/byte-reader.ts';
import { SectionId } from '../../wasm/kinds.ts';

const HEADER_SIZE = 8;
const MAX_PADDING = 7;

/** `object` up to its last section, if up to seven equal fill bytes follow; else all of it. */
export function withoutPadding(object: Uint8Array): Uint8Array {
  const reader = new ByteReader(object, Math.min(HEADER_SIZE, object.length));
  try {
    while (!reader.done) {
      if (isFill(object, reader.at)) return object.subarray(0, reader.at);
      const id = reader.u8();
      const size = reader.uleb();
      if (id === SectionId.custom && size === 0) return object;
      reader.skip(size);
    }
  } catch (error) {
    // Whoever reads the object says where it is broken.
    if (!(error instanceof MalformedError)) throw error;
  }
  return object;
}

function isFill(bytes: Uint8Array, at: number): boolean {
  const fill = bytes[at]!;
  if (bytes.length - at > MAX_PADDING || (fill !== 0 && fill !== 0x0a)) return false;
  for (let i = at; i < bytes.length; i++) if (bytes[i] !== fill) return false;
  return true;
}
