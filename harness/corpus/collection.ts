/**
 * Many stored cases together: which of them are one case, and which findings a corpus can do without.
 *
 * Owns what makes two files one case: the program, the link plan, settings and calls, and nothing of what is said about them. Decides;
 * touches no file. Everything is decided by contents and names, never by the order in which files come.
 */
import { createHash } from 'node:crypto';
import { instructionCount } from '../../core/index.ts';
import type { StoredCase } from '../case/case-file.ts';
import { writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';

/** A stored case and its file. */
export interface Stored {
  readonly file: string;
  readonly stored: StoredCase;
}

/** A finding that is not needed, and why. */
export interface Superfluous {
  readonly file: string;
  readonly why: string;
}

/** Equal for two files that hold the same case. */
export function essenceOf({ case: case_ }: StoredCase): string {
  const text = writeCaseFile({ case: case_, bucket: null, notes: [], expect: NO_EXPECTATIONS });
  const lines = text.split('\n').filter((line) => !line.startsWith(';! seed '));
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/**
 * The findings that `keep` smaller ones of the same bucket, another finding or a regression make superfluous. Of copies the first by
 * name stays; of a bucket the smallest, and of equally small ones the first by name.
 */
export function superfluousFindings(
  findings: readonly Stored[],
  regressions: readonly Stored[],
  keep: number,
): Superfluous[] {
  const known = new Map(regressions.map(({ file, stored }) => [essenceOf(stored), file]));
  const superfluous: Superfluous[] = [];
  const byBucket = new Map<string, Stored[]>();
  for (const one of [...findings].sort((a, b) => (a.file < b.file ? -1 : 1))) {
    const essence = essenceOf(one.stored);
    const other = known.get(essence);
    if (other !== undefined) {
      superfluous.push({ file: one.file, why: `the same case as ${other}` });
      continue;
    }
    known.set(essence, one.file);
    const { bucket } = one.stored;
    // What says no bucket stands for itself.
    if (bucket !== null) byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), one]);
  }
  for (const [bucket, members] of byBucket) {
    const bySize = members.toSorted((a, b) => sizeOf(a) - sizeOf(b) || (a.file < b.file ? -1 : 1));
    for (const { file } of bySize.slice(keep)) {
      superfluous.push({ file, why: `${bucket} has ${keep} that ${keep === 1 ? 'is' : 'are'} no larger` });
    }
  }
  return superfluous.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function sizeOf({ stored }: Stored): number {
  return instructionCount(stored.case.unit);
}
