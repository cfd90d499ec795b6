/**
 * The strings of debug information, as `.debug_str` and line tables have them: UTF-8 that ends in NUL.
 */
import { ByteWriter } from '../../wasm/byte-writer.ts';

/** Strings of the unit as `.debug_str` has them, each once. */
export class DebugStrings {
  readonly #out = new ByteWriter(256);
  readonly #places = new Map<string, number>();

  /** Where `text`, which is UTF-8 if it is bytes, is. */
  place(text: string | Uint8Array): number {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text;
    const key = latin1.decode(bytes);
    let at = this.#places.get(key);
    if (at === undefined) {
      at = this.#out.length;
      zeroTerminated(this.#out, bytes);
      this.#places.set(key, at);
    }
    return at;
  }

  /** All of them. */
  get bytes(): Uint8Array {
    return this.#out.toBytes();
  }
}

const encoder = new TextEncoder();
/** A character for each byte. */
const latin1 = new TextDecoder('latin1');

/** A name has no NUL inside of it: what follows one is left out. */
export function zeroTerminated(out: ByteWriter, bytes: Uint8Array): void {
  const end = bytes.indexOf(0);
  out.append(end < 0 ? bytes : bytes.subarray(0, end));
  out.u8(0);
}
