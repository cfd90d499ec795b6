/**
 * The Nodes that the project is tested on: one of each major version that it supports, installed in this folder by
 * `npm run nodes:install`, apart from the dependencies because they are large. No install script is needed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Major versions that are supported: package.json, README.md and CONTRIBUTING.md say the same. */
export const MAJORS = [20, 22, 24, 26] as const;

/** A Node that is there. */
export interface InstalledNode {
  readonly major: number;
  readonly path: string;
}

/** Where the Node of `major` is, installed or not. */
function pathOf(major: number): string {
  const name = `node-${major}-${process.platform}-${process.arch}`;
  return join(import.meta.dirname, 'node_modules', name, 'bin', 'node');
}

/** Those that are installed, in order. */
export const NODES: readonly InstalledNode[] = MAJORS.map((major) => ({ major, path: pathOf(major) })).filter(
  ({ path }) => existsSync(path),
);

/** Those that are not. */
export const MISSING: readonly number[] = MAJORS.filter((major) => !NODES.some((node) => node.major === major));
