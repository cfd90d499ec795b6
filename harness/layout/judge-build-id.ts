/**
 * The section that tells an output from every other (tool conventions, BuildId.md): a count, so many bytes, nothing behind.
 *
 * Owns what those bytes must be where a digest was asked for, SHA-1 of the whole module with zeros in their place
 * (docs/linker.md), and what a random UUID has. Computed by Node's own digest; no linker is asked.
 */
import { createHash } from 'node:crypto';
import { Cursor } from '../wasm/cursor.ts';
import type { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';

/** Judges the build id of `module`, linked with `options`. */
export function judgeBuildId(
  { bytes, sections }: FoundModule,
  options: readonly string[],
  complaints: Complaints,
): void {
  const asked = options.findLast((option) => option.startsWith('--build-id'));
  for (const { id, from, to } of sections) {
    if (id !== 0) continue;
    const cursor = new Cursor(bytes, from, to, true);
    if (cursor.name() !== 'build_id') continue;
    const size = cursor.number();
    if (cursor.at + size !== to) {
      complaints.add('build-id', `the build id says ${size} bytes and has ${to - cursor.at}`);
    } else if (asked === '--build-id=sha1') {
      const blank = bytes.slice();
      blank.fill(0, cursor.at, to);
      const digest = createHash('sha1').update(blank).digest('hex');
      const found = Buffer.from(bytes.subarray(cursor.at, to)).toString('hex');
      if (found !== digest)
        complaints.add('build-id-digest', `the build id is ${found}; the module has SHA-1 ${digest}`);
    } else if (asked === '--build-id=uuid') {
      // RFC 9562, 5.4: version 4, variant 10.
      const isUuid = size === 16 && bytes[cursor.at + 6]! >> 4 === 4 && bytes[cursor.at + 8]! >> 6 === 2;
      if (!isUuid) complaints.add('build-id', `the build id of ${size} bytes is no random UUID`);
    }
  }
}
