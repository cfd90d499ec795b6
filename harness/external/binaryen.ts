/**
 * Binaryen's optimizer in this process, from a package that is installed apart (outside/engines).
 *
 * Owns the way from a module and a level to the optimized module. Judges nothing. Its settings are globals of the package, so each
 * call sets all of them. Functions that are equal are not merged: a pointer to a function tells which one it is.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Feature } from '../engine/process/features.ts';
import { featuresOf } from '../engine/process/features.ts';
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

/** A feature by Binaryen's name. */
type FeatureName = string;

/** Features that every engine has. */
const COMMON: readonly FeatureName[] = [
  'MutableGlobals',
  'NontrappingFPToInt',
  'BulkMemory',
  'BulkMemoryOpt',
  'SignExt',
  'ReferenceTypes',
  'Multivalue',
];
/** Features that a module must use itself to be given them. */
const OWN: readonly (readonly [feature: Feature, name: FeatureName])[] = [
  ['atomics', 'Atomics'],
  ['simd', 'SIMD128'],
  ['relaxed_simd', 'RelaxedSIMD'],
  ['tail_call', 'TailCall'],
  ['wide_arithmetic', 'WideArithmetic'],
  ['legacy_exceptions', 'ExceptionHandling'],
  ['exnref', 'ExceptionHandling'],
  ['memory64', 'Memory64'],
  ['table64', 'Memory64'],
  ['multi_memory', 'MultiMemory'],
  ['extended_const', 'ExtendedConst'],
];

/** The package, as far as it is used. */
interface Package {
  readonly Features: Readonly<Record<FeatureName, number>>;
  readBinary(bytes: Uint8Array): {
    setFeatures(features: number): void;
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
    const module = found.readBinary(bytes);
    try {
      module.setFeatures(featureBits(found, bytes));
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

/** What the optimizer may use: no more than the module's engine is known to take. */
function featureBits({ Features }: Package, bytes: Uint8Array): number {
  const used = featuresOf(bytes);
  const names = [...COMMON, ...OWN.flatMap(([feature, name]) => (used.has(feature) ? [name] : []))];
  return names.reduce((bits, name) => bits | Features[name]!, 0);
}
