/**
 * Case files as `harness corpus` reads them: what cannot be read is said, and never keeps the others from being read.
 */
import { CORE_SETTINGS } from '../backend/core/settings.ts';
import { airFilesBelow } from '../corpus/air-files.ts';
import type { Stored } from '../corpus/collection.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import type { Io } from '../report/io.ts';
import type { FoundByName } from './find-case.ts';
import { caseOfFile } from './find-case.ts';

/** The case files that `paths` name: files, and all below folders. */
export function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (path.endsWith('.air') ? [path] : airFilesBelow(path)));
}

/** The case in `file`; null where it is none or cannot run here, which is said. */
export function openCase(file: string, io: Io): FoundByName | null {
  try {
    return caseOfFile(file, CORE_SETTINGS);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof HarnessError)) throw error;
    io.note(error.message);
    return null;
  }
}

/** Those of `files` that can be read, and how many cannot. */
export function openCases(
  files: readonly string[],
  io: Io,
): { readonly cases: readonly Stored[]; readonly bad: number } {
  const cases = files.flatMap((file) => {
    const found = openCase(file, io);
    return found === null ? [] : [{ file, stored: found.stored! }];
  });
  return { cases, bad: files.length - cases.length };
}
