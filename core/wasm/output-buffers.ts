/**
 * The memory that an executable is written into before its bytes are copied out.
 *
 * Who makes many small executables keeps one of these from link to link: memory of that size costs more to get and to clear than
 * what is written there. Knows nothing of what is written. Invariant: between links it holds no more than {@link MOST_KEPT} bytes.
 */
import { ByteWriter } from './byte-writer.ts';

const MODULE_CAPACITY = 4096;
const BODY_CAPACITY = 1024;
const MOST_KEPT = 1 << 20;

/** Buffers of one link at a time. */
export class OutputBuffers {
  #module: ByteWriter | null = null;
  /** Holds one body at a time. */
  readonly body = new ByteWriter(BODY_CAPACITY);

  /** An empty buffer for the module, which will have about `size` bytes. */
  openModule(size: number): ByteWriter {
    const out = (this.#module ??= new ByteWriter(Math.max(size, MODULE_CAPACITY)));
    out.clear();
    out.reserve(size);
    return out;
  }

  /** The bytes of the module. */
  closeModule(out: ByteWriter): Uint8Array {
    if (out.bytes.length > MOST_KEPT) this.#module = null;
    return out.toBytes();
  }
}
