/**
 * Copies of the built core with mistakes in them, for `--backend <folder>`.
 *
 * Owns the copying and the edit. An edit that does not apply exactly once is an error that names bug and file, so that the
 * list of mistakes is kept in step with the code. Works on the output of the build: core itself has no switches for bugs.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BUILT_CORE, copyBuiltCore, requireBuiltCore } from '../../harness/mutants/built-core.ts';
import { editOnce } from '../../harness/mutants/edit-once.ts';
import type { PlantedBug } from './bugs.ts';

/** Makes `folder` a copy of the built core with `first` and `others` in it; returns the path for `--backend`. */
export function plant(first: PlantedBug, folder: string, ...others: readonly PlantedBug[]): string {
  requireBuiltCore();
  const core = copyBuiltCore(folder);
  for (const bug of [first, ...others]) {
    const file = join(core, builtFile(bug));
    writeFileSync(file, withBug(bug, readFileSync(file, 'utf8')));
  }
  return core;
}

/** What is wrong with the edit of `bug`, or null. */
export function checkBug(bug: PlantedBug): string | null {
  try {
    withBug(bug, readFileSync(join(BUILT_CORE, builtFile(bug)), 'utf8'));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Path below `dist/core` of the one file that has the name in `bug`. Throws if there is none, or more than one. */
function builtFile({ name, file }: PlantedBug): string {
  const found = readdirSync(BUILT_CORE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => basename(path) === file,
  );
  if (found.length !== 1) throw new Error(`planted bug ${name}: dist/core has ${found.length} files named ${file}`);
  return found[0]!;
}

/** `source` with the edit of `bug`. */
function withBug(bug: PlantedBug, source: string): string {
  const planted = editOnce(source, bug.find, bug.replace);
  if (typeof planted === 'string') return planted;
  const found = planted === 0 ? 'is no longer in' : `occurs ${planted} times in`;
  throw new Error(`planted bug ${bug.name}: the code to replace ${found} ${bug.file}\n  ${bug.find}`);
}
