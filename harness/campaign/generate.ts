/**
 * From a seed to a case: the one place where the harness asks the generator.
 */
import { generateCase, GENERATOR_VERSION } from '../../generators/index.ts';
import type { Case } from '../case/case.ts';

/** A function that makes the case of a seed of `profile`, of the given instructions only where there are some. */
export function caseGenerator(profile: string, onlyOps: readonly string[] | null): (seed: number) => Case {
  return (seed) => {
    const made = generateCase(seed, profile, onlyOps);
    return { ...made, seed, profile, generator: GENERATOR_VERSION };
  };
}
