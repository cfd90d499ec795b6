/**
 * Generators by name: a profile and a restriction, prepared once, then one case per seed.
 *
 * Invariant: the same (seed, profile, restriction) gives the same case as long as `GENERATOR_VERSION` is the same.
 */
import type { AirTag } from '../../core/index.ts';
import { BodyBuilder } from '../../core/index.ts';
import type { Restriction } from '../emit/choices.ts';
import { makePlan } from '../emit/choices.ts';
import type { Plan } from '../model/plan.ts';
import { PROFILES } from '../model/profiles.ts';
import type { GeneratedCase } from './case.ts';
import { sweepSize, sweptTags } from '../sweep/sweep-case.ts';
import { makeCase } from './case.ts';

/** Makes the case of a seed (a safe non-negative integer), its program `scale` (> 0) times as large as the profile says; 1 is the real one. */
export type CaseGenerator = (seed: number, scale?: number) => GeneratedCase;

/** How often a program is drawn for a seed, at most, until one has nothing in it that is to be kept away from. */
const MOST_DRAWS = 40;
const STRIDE = 1_000_000_007_957;

const plans = new Map<string, Plan>();

/** A generator for a profile by name, or null if there is no such profile. */
export function caseGenerator(profileName: string, restriction?: Restriction): CaseGenerator | null {
  const profile = Object.hasOwn(PROFILES, profileName) ? PROFILES[profileName] : undefined;
  if (profile === undefined) return null;
  const known = restriction === undefined ? plans.get(profileName) : undefined;
  const plan = known ?? makePlan(profile, restriction);
  if (restriction === undefined) plans.set(profileName, plan);
  // One for all programs: its columns have grown to what a body takes.
  const builder = new BodyBuilder();
  const { isUnwanted } = restriction ?? {};
  if (isUnwanted === undefined || profile.sweeps) return (seed, scale = 1) => makeCase(seed, plan, scale, builder);
  return (seed, scale = 1) => {
    let made = makeCase(seed, plan, scale, builder);
    // Seeds that no campaign draws from the same place: a multiple of a large prime apart, modulo 2^52.
    for (let n = 1; n < MOST_DRAWS && isUnwanted(made.unit); n++) {
      made = makeCase((seed + n * STRIDE) % 2 ** 52, plan, scale, builder);
    }
    return made;
  };
}

/** Number of seeds that profile `profileName` goes through before it repeats itself; null: it never does. */
export function casesOfProfile(profileName: string, restriction?: Restriction): number | null {
  const profile = Object.hasOwn(PROFILES, profileName) ? PROFILES[profileName] : undefined;
  return profile?.sweeps === true ? sweepSize(makePlan(profile, restriction)) : null;
}

/** Instructions that profile `profileName` goes through within `restriction`, perhaps none; null: it draws them. */
export function tagsOfSweep(profileName: string, restriction?: Restriction): readonly AirTag[] | null {
  const profile = Object.hasOwn(PROFILES, profileName) ? PROFILES[profileName] : undefined;
  return profile?.sweeps === true ? sweptTags(makePlan(profile, restriction)) : null;
}

/** The case of `seed` in a profile; throws RangeError for an unknown name. */
export function generateCase(seed: number, profileName: string): GeneratedCase {
  const generate = caseGenerator(profileName);
  if (generate === null) throw new RangeError(`there is no profile ${JSON.stringify(profileName)}`);
  return generate(seed);
}
