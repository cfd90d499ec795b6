/**
 * The programs that LLVM's tests call, found where a distribution puts them, in a folder that a test has first in its PATH.
 *
 * Owns their names and the search. Knows nothing of the tests. Of the linker there is whichever is asked for.
 */
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Everything that some test in scope calls, apart from the linker. */
export const TOOLS = [
  'FileCheck',
  'llc',
  'llvm-ar',
  'llvm-as',
  'llvm-dwarfdump',
  'llvm-mc',
  'llvm-nm',
  'llvm-objdump',
  'llvm-readobj',
  'not',
  'obj2yaml',
  'opt',
  'split-file',
  'yaml2obj',
] as const;

const LINKER = 'wasm-ld';

/** Paths by name; what no folder has is missing. `version` is that of the suffix of LLVM's names and folders. */
export function findTools(version: number, folder: string | null): ReadonlyMap<string, string> {
  const folders =
    folder === null ? [`/usr/lib/llvm-${version}/bin`, ...(process.env['PATH'] ?? '').split(delimiter)] : [folder];
  const found = new Map<string, string>();
  for (const tool of [...TOOLS, LINKER]) {
    const candidates = folders.flatMap((place) => [join(place, tool), join(place, `${tool}-${version}`)]);
    const path = candidates.find((candidate) => existsSync(candidate));
    if (path !== undefined) found.set(tool, path);
  }
  return found;
}

/** Makes a folder with the tools under their plain names; `linker` is the command line that `wasm-ld` stands for. */
export function makePath(
  folder: string,
  tools: ReadonlyMap<string, string>,
  linker: readonly [string, ...string[]],
): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of tools) if (name !== LINKER) symlinkSync(path, join(folder, name));
  const script = join(folder, LINKER);
  writeFileSync(script, `#!/bin/sh\nexec ${linker.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(script, 0o755);
}
