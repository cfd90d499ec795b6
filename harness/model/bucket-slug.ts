/**
 * File names of buckets: readable, safe on every file system, and different for different buckets.
 */
import { createHash } from 'node:crypto';

const MAX_LENGTH = 100;

/** `codegen/interp-exe/result/intcast` -> `codegen-interp-exe-result-intcast`. */
export function bucketSlug(id: string): string {
  const plain = id
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  const isReadable = plain.length <= MAX_LENGTH && /^[a-z0-9._/-]+$/.test(id) && !id.endsWith('-');
  if (isReadable) return plain;
  const hash = createHash('sha1').update(id).digest('hex').slice(0, 8);
  return `${plain.slice(0, MAX_LENGTH)}-${hash}`;
}
