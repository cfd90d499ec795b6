/**
 * The Zig compilers that are installed below outside/, apart from the dependencies of the harness, and where each keeps its cache.
 *
 * Owns the paths and the line that installs what is missing. Starts nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/failure.ts';
import { OUTSIDE } from '../../model/outside-folder.ts';

/** One Zig compiler. */
export interface InstalledZig {
  /** `0.16.0`. */
  readonly version: string;
  readonly path: string;
  /** What has to be in its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The line that installs them. */
export const INSTALL_ZIG = 'npm run outside:install zig';

/** The file of the known bugs of back end `name` in `version`; it need not be there. */
export function knownBugsFile(name: string, version: string): string {
  return join(OUTSIDE, 'known', `${name}-${version}.json`);
}

/** Every Zig that is there, that of npm first. */
export function installedZigs(): readonly InstalledZig[] {
  const fromNpm = join(OUTSIDE, 'node_modules', '@zigc', `${process.platform}-${process.arch}`);
  const fromPython = join(OUTSIDE, 'python', 'ziglang');
  const lib = join(OUTSIDE, 'node_modules', '@zigc', 'lib');
  const found: InstalledZig[] = [];
  for (const { bin, version, library } of [
    { bin: join(fromNpm, 'bin'), version: versionOfPackage(join(fromNpm, 'package.json')), library: lib },
    { bin: fromPython, version: versionOfWheel(join(OUTSIDE, 'python')), library: join(fromPython, 'lib') },
  ]) {
    const path = join(bin, process.platform === 'win32' ? 'zig.exe' : 'zig');
    if (version === null || !existsSync(path)) continue;
    // What all compiles share, such as its runtime library, stays here; what one compile makes goes with it.
    const environment = { ZIG_LIB_DIR: library, ZIG_GLOBAL_CACHE_DIR: join(OUTSIDE, 'cache', version) };
    found.push({ version, path, environment });
  }
  return found;
}

function versionOfPackage(file: string): string | null {
  if (!existsSync(file)) return null;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: string };
  return version ?? null;
}

/** pip names the folder with the facts of a package by its version. */
function versionOfWheel(folder: string): string | null {
  const requirements = join(OUTSIDE, 'requirements.txt');
  if (!existsSync(folder) || !existsSync(requirements)) return null;
  const version = /^ziglang==(\S+)/m.exec(readFileSync(requirements, 'utf8'))?.[1] ?? null;
  return version !== null && existsSync(join(folder, `ziglang-${version}.dist-info`)) ? version : null;
}

/** The Zig of `version` (`0.16.0`, `0.17`), or the first one. */
export function findZig(version: string | null): InstalledZig {
  const all = installedZigs();
  const found = all.find((zig) => version === null || zig.version === version || zig.version.startsWith(`${version}.`));
  if (found !== undefined) return found;
  const has = all.length === 0 ? 'none is installed' : `installed: ${all.map((zig) => zig.version).join(', ')}`;
  throw new InputError(`there is no Zig ${version ?? ''} (${has}); ${INSTALL_ZIG} installs it`.replace('  ', ' '));
}
