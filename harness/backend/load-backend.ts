/**
 * From `--backend` to a backend: a name, or the folder of another build of core.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Backend } from './door.ts';
import { CORE_BACKEND, loadCoreBackend } from './core/core-backend.ts';
import { messageOf } from '../model/files.ts';
import { HarnessError, InputError } from '../model/failure.ts';

/** The backend `spec`. A folder may be that of the door (`dist/core`) or the one above it (`dist`). */
export async function loadBackend(spec: string): Promise<Backend> {
  if (spec === CORE_BACKEND.name) return CORE_BACKEND;
  const door = doorOf(resolve(spec));
  if (door === null) {
    throw new InputError(`no backend '${spec}': neither the name of one (core) nor a folder with a built core in it`);
  }
  try {
    return await loadCoreBackend(pathToFileURL(door).href, spec);
  } catch (error) {
    throw new HarnessError(`the backend in ${spec} cannot be loaded: ${messageOf(error)}`);
  }
}

function doorOf(path: string): string | null {
  const places = [path, join(path, 'index.js'), join(path, 'core', 'index.js')];
  return places.find((place) => existsSync(place) && statSync(place).isFile()) ?? null;
}
