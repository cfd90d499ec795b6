/**
 * The `build_id` section: what tells this output from every other (tool-conventions BuildId.md).
 *
 * Owns its bytes; build-id.ts has the hashes. Invariant: it is the last section, since its hash is that of all in front of it.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import type { BuildId } from '../options/options.ts';
import { hashFast, hashSha1 } from './build-id.ts';

/** Bytes of a SHA-1 and of the fast hash. */
const ID_SIZE = { fast: 16, sha1: 20 } as const;

/** The `build_id` section, last: a hash is that of everything in front with zeros in place of the id. */
export function writeBuildId(out: ByteWriter, id: BuildId): void {
  const size = id.kind === 'bytes' ? id.bytes.length : ID_SIZE[id.kind];
  const mark = out.beginCustomSection('build_id');
  out.uleb(size);
  out.zeros(size);
  out.endSized(mark);
  const at = out.length - size;
  const bytes = out.bytes.subarray(0, out.length);
  out.bytes.set(id.kind === 'bytes' ? id.bytes : id.kind === 'sha1' ? hashSha1(bytes) : hashFast(bytes), at);
}
