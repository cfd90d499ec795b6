/**
 * Case files in folders.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every `.air` file below `folder`, sorted; none where there is no such folder. */
export function airFilesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.air'))
    .map((name) => join(folder, name))
    .sort();
}
