/** Sections of finished modules: the payload of one, and an object with one more or another one where the format wants it. */
import { ByteReader } from '../../../core/wasm/byte-reader.ts';
import { ByteWriter } from '../../../core/wasm/byte-writer.ts';
import { SECTION_RANK } from '../../../core/wasm/kinds.ts';

/** Copy of `object` whose section `id` has `payload`. Relocations count sections: `object` has none, or none behind it. */
export function withSection(object: Uint8Array, id: number, payload: readonly number[]): Uint8Array {
  const out = new ByteWriter();
  const reader = new ByteReader(object);
  out.append(reader.take(8));
  let isWritten = false;
  const write = (): void => {
    if (isWritten) return;
    isWritten = true;
    const mark = out.beginSection(id);
    out.append(Uint8Array.from(payload));
    out.endSized(mark);
  };
  while (!reader.done) {
    const start = reader.at;
    const other = reader.u8();
    const size = reader.uleb();
    reader.skip(size);
    if (other === 0 || SECTION_RANK[other]! >= SECTION_RANK[id]!) write();
    if (other !== id) out.append(object.subarray(start, reader.at));
  }
  write();
  return out.toBytes();
}

/** Payload of the first section `id`, or of the first custom section of that name after the name; empty if there is none. */
export function payloadOf(module: Uint8Array, id: number | string): Uint8Array {
  const reader = new ByteReader(module);
  reader.skip(8);
  while (!reader.done) {
    const found = reader.u8();
    const size = reader.uleb();
    const end = reader.at + size;
    if (found === id) return reader.take(size);
    if (found === 0 && reader.text() === id) return reader.take(end - reader.at);
    reader.at = end;
  }
  return new Uint8Array(0);
}
