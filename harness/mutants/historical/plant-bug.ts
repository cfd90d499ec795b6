/**
 * Plants a historical bug in a copy of the built core.
 *
 * Owns the edit: it applies exactly once, or it is an error that names the bug and the file, so that the bank is kept in step with the
 * code.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../model/failure.ts';
import { BUILT_CORE, copyBuiltCore, requireBuiltCore } from '../built-core.ts';
import { editOnce } from '../edit-once.ts';
import type { HistoricalBug } from './bug.ts';

/** Makes `folder` a copy of core with `bug` in it; returns the path for `--backend`. */
export function plantBug(bug: HistoricalBug, folder: string): string {
  const text = plantedText(bug);
  const core = copyBuiltCore(folder);
  writeFileSync(join(core, bug.file), text);
  return core;
}

/** The built file of `bug` with the bug in it. Throws if the text to replace is not there exactly once. */
export function plantedText(bug: HistoricalBug): string {
  requireBuiltCore();
  const { id, file, find, replace } = bug;
  let source: string;
  try {
    source = readFileSync(join(BUILT_CORE, file), 'utf8');
  } catch {
    throw new HarnessError(`historical bug ${id}: core has no file ${file} any more`);
  }
  const planted = editOnce(source, find, replace);
  if (typeof planted === 'string') return planted;
  const found = planted === 0 ? 'is no longer in' : `occurs ${planted} times in`;
  throw new HarnessError(`historical bug ${id}: the code to replace ${found} core/${file}: ${find}`);
}
