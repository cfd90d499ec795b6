/**
 * The folder `outside/` of the checkout: what nobody here wrote is installed below it, apart from the dependencies.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, whether this file is a source or in the build. */
export const CHECKOUT = rootOf(dirname(fileURLToPath(import.meta.url)));

/** What is installed apart. */
export const OUTSIDE = join(CHECKOUT, 'outside');

function rootOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'outside', 'package.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}
