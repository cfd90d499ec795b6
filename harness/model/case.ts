/**
 * A case: one program with everything that decides what happens to it. Plain data.
 *
 * Owns the shape and the spelling of seeds. A generated case is a pure function of (seed, profile, generator version); a
 * stored one carries all of its parts (case-file.ts). Knows neither backends nor checks.
 */
import type { CallInput, NavIndex, Unit } from '../../core/index.ts';
import type { Decoration } from '../../generators/index.ts';
import type { OpaqueSettings } from './settings.ts';

/** The profile that a seed belongs to when none is written. */
export const DEFAULT_PROFILE = 'default';

/** How the program is cut into objects for `exe-split`. */
export interface LinkPlan {
  /** The navs that each object defines; together every defined nav once. Fewer than two parts: nothing to split. */
  readonly parts: readonly (readonly NavIndex[])[];
  /** Positions in `parts`, in the order in which the objects are handed to the linker. */
  readonly order: readonly number[];
  /** What the check `topology` does to the objects, and puts beside them. */
  readonly decorations?: readonly Decoration[];
  /** Options of the decorated link, with wasm-ld's names. */
  readonly options?: readonly string[];
}

/** A plan that does not cut. */
export const WHOLE_PLAN: LinkPlan = { parts: [], order: [] };

/** See the file header. */
export interface Case<S extends OpaqueSettings = OpaqueSettings> {
  readonly seed: number;
  readonly profile: string;
  /** Version of the generator that made the program, 0 for one written by hand. */
  readonly generator: number;
  readonly unit: Unit;
  readonly plan: LinkPlan;
  /** Of the type that the back end of the case has. */
  readonly settings: S;
  readonly calls: readonly CallInput[];
}

/** A seed with its profile, as a person writes it. */
export interface SeedName {
  readonly seed: number;
  readonly profile: string;
}

/** `0x51f3`, or `link:0x51f3` where the profile is not the default. */
export function printSeed({ seed, profile }: SeedName): string {
  const hex = `0x${seed.toString(16)}`;
  return profile === DEFAULT_PROFILE ? hex : `${profile}:${hex}`;
}

/** Reads `0x51f3`, `20979` or either after `profile:`; null for anything else. Seeds are safe non-negative integers. */
export function parseSeed(text: string): SeedName | null {
  const match = /^(?:([a-z][a-z0-9_-]*):)?(0x[0-9a-f]+|[0-9]+)$/i.exec(text.trim());
  if (match === null) return null;
  const seed = Number(match[2]);
  if (!Number.isSafeInteger(seed)) return null;
  return { seed, profile: match[1] ?? DEFAULT_PROFILE };
}
