/**
 * From `--backend` to a back end: `core`, `zig`, `zig-llvm`, a command, the folder of another build of core, or a module that exports one as
 * `backend`.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError, InputError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import type { CoreDoor } from './core/core-backend.ts';
import { isCommandSpec } from '../model/command-spec.ts';
import { CORE_BACKEND, coreBackend } from './core/core-backend.ts';
import type { Backend } from './door.ts';

/** The back end `spec`. A folder may be that of core's door (`dist/core`) or the one above it (`dist`). */
export async function loadBackend(spec: string): Promise<Backend> {
  if (spec === CORE_BACKEND.name) return CORE_BACKEND;
  if (/^zig(-llvm)?(:|$)/.test(spec)) {
    const { zigBackend } = await import('./zig/zig-backend.ts');
    return zigBackend(spec);
  }
  if (isCommandSpec(spec)) {
    const { commandBackend } = await import('./command/command-backend.ts');
    return commandBackend(spec, loadBackend);
  }
  const file = fileOf(resolve(spec));
  if (file === null) {
    throw new InputError(
      `no back end '${spec}': neither the name of one (core, zig, zig-llvm), nor command:…, nor a module file, nor a folder with a built core in it`,
    );
  }
  let module: { readonly backend?: Backend } & Partial<CoreDoor>;
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module;
  } catch (error) {
    throw new HarnessError(`the back end in ${spec} cannot be loaded: ${messageOf(error)}`);
  }
  if (module.backend !== undefined) {
    const fault = faultOf(module.backend);
    if (fault !== null) throw new InputError(`${spec}: the exported 'backend' ${fault} (docs/your-back-end.md)`);
    return module.backend;
  }
  if (typeof module.openCompilation === 'function') return coreBackend(module as CoreDoor, spec);
  throw new InputError(`${spec} is no built core and exports no 'backend' (docs/your-back-end.md)`);
}

/** What a module may have forgotten that was written without types. */
function faultOf(backend: Partial<Backend>): string | null {
  if (typeof backend.name !== 'string') return 'has no name';
  const { settings, compiler, ways } = backend;
  const kinds = ['stored', 'draw', 'print', 'read', 'size', 'simpler', 'variations'] as const;
  const missing = kinds.find((key) => settings?.[key] === undefined);
  if (missing !== undefined) return `has settings without '${missing}'`;
  if (compiler === undefined || !['direct', 'batch'].includes(compiler.kind) || typeof compiler.build !== 'function') {
    return "has no compiler of kind 'direct' or 'batch' with a function build";
  }
  if (compiler.kind === 'batch' && !(compiler.most >= 1)) return "has a compiler of batches without 'most'";
  return Array.isArray(ways) && ways.length > 0 ? null : 'has no ways';
}

function fileOf(path: string): string | null {
  const places = [path, join(path, 'index.js'), join(path, 'core', 'index.js')];
  return places.find((place) => existsSync(place) && statSync(place).isFile()) ?? null;
}
