/**
 * The backend of this repository: core, in this process.
 *
 * `coreBackend` makes a backend out of any build of core, because the planted-bug tests run transformed copies of
 * dist/core. Such a copy works on units that another copy made: a unit is plain data, and the pool and bodies in it bring
 * their own methods. So nothing here and nothing in codegen, MIR, linker and pipeline may test a class of a unit.
 */
import * as core from '../../core/index.ts';
import type { Diagnostic } from '../../core/index.ts';
import type { Backend, Built } from './backend.ts';

/** The part of core's door that a backend needs. */
export type CoreDoor = Pick<typeof core, 'compileExe' | 'compileObject' | 'linkObjects' | 'openCompilation'>;

/** A backend over the build `door`. */
export function coreBackend(door: CoreDoor, name: string): Backend {
  return {
    name,
    capabilities: { objects: true, links: true, reflush: true },
    compileExe: (unit, settings) => built(door.compileExe(unit, settings)),
    compileObject: (unit, settings, options) => built(door.compileObject(unit, settings, options)),
    linkObjects: (objects, settings) => built(door.linkObjects(objects, settings)),
  };
}

/** Core as it is. */
export const CORE_BACKEND: Backend = coreBackend(core, 'core');

/** The build of core whose door is `url` (`file:…/core/index.js`). */
export async function loadCoreBackend(url: string, name = 'core-copy'): Promise<Backend> {
  return coreBackend((await import(url)) as CoreDoor, name);
}

type Result = { readonly ok: true; readonly value: Uint8Array } | { readonly ok: false; readonly error: Failure };
type Failure = readonly Diagnostic[];

function built(result: Result): Built {
  if (result.ok) return { kind: 'built', bytes: result.value };
  const text = result.error.map(core.formatDiagnostic).join('\n');
  return { kind: 'refused', code: result.error[0]?.code ?? 'unknown', text };
}
