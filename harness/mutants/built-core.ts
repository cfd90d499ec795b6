/**
 * The built core and copies of it, in which mistakes are planted.
 *
 * Owns where the build is, from the build and from the sources, and what a copy leaves out. Knows no mistakes.
 */
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../model/failure.ts';

/** The folder `core/` of the build. */
export const BUILT_CORE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/core' : '../../core', import.meta.url),
);

/** Throws if there is no build. */
export function requireBuiltCore(): void {
  if (!existsSync(join(BUILT_CORE, 'index.js'))) throw new HarnessError('core is not built: run npm run build');
}

/** Makes `core/` in `folder` a copy that can be loaded; returns its path. */
export function copyBuiltCore(folder: string): string {
  const core = join(folder, 'core');
  cpSync(BUILT_CORE, core, { recursive: true, filter: (path) => !/\.(map|d\.ts)$/.test(path) });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return core;
}
