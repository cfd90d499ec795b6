/**
 * Which cases a check with a frequency runs on: decided by the seed alone, so that a case runs the same checks wherever
 * and whenever it runs.
 */
import type { Case } from './case.ts';

/** Hash of a case's seed and `salt`, 32 bits, unsigned (FNV-1a with a final avalanche). */
export function sampleHash(case_: Pick<Case, 'seed' | 'profile'>, salt: string): number {
  let hash = 0x811c_9dc5;
  const text = `${case_.profile}:${case_.seed}:${salt}`;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether a check called `name` with `frequency` runs on `case_`. */
export function isSampled(case_: Pick<Case, 'seed' | 'profile'>, name: string, frequency: number): boolean {
  return frequency >= 1 || sampleHash(case_, name) < frequency * 2 ** 32;
}
