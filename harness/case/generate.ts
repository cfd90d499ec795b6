/**
 * From a seed to a case: the one place where the harness asks the generator.
 */
import type { AirTag } from '../../core/index.ts';
import { caseGenerator, GENERATOR_VERSION } from '../../generators/index.ts';
import type { Case } from '../model/case.ts';

/** A function that makes the case of a seed of `profile`, of the given instructions only where there are some. */
export function generatorOf(profile: string, onlyOps: readonly string[] | null): (seed: number) => Case {
  const generate = caseGenerator(profile, onlyOps === null ? undefined : { onlyOps: onlyOps as readonly AirTag[] });
  if (generate === null) throw new RangeError(`there is no profile '${profile}'`);
  return (seed) => ({ ...generate(seed), seed, profile, generator: GENERATOR_VERSION });
}
