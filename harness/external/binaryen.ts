/**
 * Binaryen's optimizer in this process, from a package that is installed apart (outside/engines).
 *
 * Owns the way from a module and a level to the optimized module. Judges nothing. Its settings are globals of the package, so each
 * call sets all of them. Functions that are equal are not merged: a pointer to a function tells which one it is.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OUTSIDE } from '../model/outside-folder.ts';

/** The level that `-O`, `-Os` and so on mean: how much, and how small. */
export interface OptimizeLevel {
  readonly optimize: 0 | 1 | 2 | 3 | 4;
  readonly shrink: 0 | 1 | 2;
}

/** What came of it. */
export type Optimized =
  { readonly kind: 'module'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly message: string };

/** The optimizer. */
export interface Binaryen {
  readonly version: string;
  optimize(bytes: Uint8Array, level: OptimizeLevel): Optimized;
}

/** The package, as far as it is used. */
interface Package {
  readonly Features: { readonly All: number };
  readBinaryWithFeatures(
    bytes: Uint8Array,
    features: number,
  ): {
    validate(): number;
    optimize(): void;
    emitBinary(): Uint8Array;
    dispose(): void;
  };
  setOptimizeLevel(level: number): void;
  setShrinkLevel(level: number): void;
  setDebugInfo(on: boolean): void;
  addPassToSkip(pass: string): void;
}

/** Why the check does not run. */
export const BINARYEN_ABSENT = "binaryen is not installed; 'npm run outside:install engines' installs it";

const FOLDER = join(OUTSIDE, 'engines', 'node_modules', 'binaryen');

/** Binaryen (a second and 200 MB), or null where it is not installed. */
export async function loadBinaryen(): Promise<Binaryen | null> {
  const file = join(FOLDER, 'index.js');
  if (!existsSync(file)) return null;
  const { default: found } = (await import(pathToFileURL(file).href)) as { readonly default: Package };
  const { readFileSync } = await import('node:fs');
  const { version } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8')) as { readonly version: string };
  found.addPassToSkip('duplicate-function-elimination');
  return { version, optimize: (bytes, level) => optimize(found, bytes, level) };
}

function optimize(found: Package, bytes: Uint8Array, { optimize: level, shrink }: OptimizeLevel): Optimized {
  found.setOptimizeLevel(level);
  found.setShrinkLevel(shrink);
  found.setDebugInfo(true);
  try {
    const module = found.readBinaryWithFeatures(bytes, found.Features.All);
    try {
      module.optimize();
      if (module.validate() !== 1) return { kind: 'failed', message: 'the optimized module does not validate' };
      return { kind: 'module', bytes: module.emitBinary() };
    } finally {
      module.dispose();
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
