/**
 * Files among the findings of a corpus: named by bucket and seed, and never overwritten by anybody else.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNew, writeWhole } from '../model/files.ts';

/**
 * Puts a minimised case among the findings, under the name of its bucket. A case of another campaign there stays: then the seed
 * goes into the name, and a number if that is taken too. What this run wrote itself (`before`) is replaced.
 */
export function saveFinding(folder: string, slug: string, seed: number, text: string, before: string | null): string {
  for (let n = 0; ; n++) {
    const suffix = n === 0 ? '' : n === 1 ? `-0x${seed.toString(16)}` : `-0x${seed.toString(16)}-${n}`;
    const file = join(folder, `${slug}${suffix}.air`);
    if (writeNew(file, text)) return file;
    const present = readIfThere(file);
    if (present === text) return file;
    if (present === null || present !== before) continue;
    writeWhole(file, text);
    return file;
  }
}

/** The text of `file`; null where there is none that can be read. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
