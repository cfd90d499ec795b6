/**
 * Copies of the built core with mistakes in them, for `--backend <folder>`.
 *
 * Owns the copying and the edit. An edit that does not apply exactly once is an error that names bug and file, so that the
 * list of mistakes is kept in step with the code. Works on the output of the build: core itself has no switches for bugs.
 */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PlantedBug } from './bugs.ts';

/** The built core: beside this file's own build, or in the build of these sources. */
const BESIDE = join(import.meta.dirname, '../../core');
const BUILT_CORE = existsSync(join(BESIDE, 'index.js')) ? BESIDE : join(import.meta.dirname, '../../dist/core');

/** Makes `folder` a copy of the built core with `first` and `others` in it; returns the path for `--backend`. */
export function plant(first: PlantedBug, folder: string, ...others: readonly PlantedBug[]): string {
  if (!existsSync(join(BUILT_CORE, 'index.js'))) throw new Error('core is not built: run npm run build first');
  const core = join(folder, 'core');
  cpSync(BUILT_CORE, core, { recursive: true, filter: (path) => !/\.(map|d\.ts)$/.test(path) });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
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
  const places = [...source.matchAll(patternOf(bug.find))];
  if (places.length !== 1) {
    const found = places.length === 0 ? 'is no longer in' : `occurs ${places.length} times in`;
    throw new Error(`planted bug ${bug.name}: the code to replace ${found} ${bug.file}\n  ${bug.find}`);
  }
  const { index, 0: text } = places[0]!;
  return source.slice(0, index) + bug.replace + source.slice(index + text.length);
}

/** Matches `code` literally, but for white space: any run of it, or none between punctuation. */
function patternOf(code: string): RegExp {
  const words = code.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(words.join('\\s+'), 'g');
}
