/**
 * What runs: the version of this package, of Node, of V8, and the system.
 *
 * Owns where the version of the package is read from, in the sources and in the build.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a campaign ran on; for people who want to see it again. */
export interface HostVersions {
  readonly harness: string;
  readonly node: string;
  readonly v8: string;
  /** Operating system and processor, as Node names them: `linux x64`. */
  readonly system: string;
}

/** The version of this package. */
export function packageVersion(): string {
  const file = ['../../package.json', '../../../package.json']
    .map((path) => join(import.meta.dirname, path))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error('package.json is missing');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The versions of this process. */
export function hostVersions(): HostVersions {
  const { version: node, versions, platform, arch } = process;
  return { harness: packageVersion(), node, v8: versions.v8, system: `${platform} ${arch}` };
}
