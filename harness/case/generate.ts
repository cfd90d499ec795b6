/**
 * From a seed to a case: the one place where the harness asks the generator.
 */
import type { AirTag, Settings } from '../../core/index.ts';
import type { Restriction } from '../../generators/index.ts';
import { caseGenerator, GENERATOR_VERSION, RandomStream } from '../../generators/index.ts';
import type { Backend } from '../backend/door.ts';
import { avoiding, bugsMet } from '../backend/known-bugs.ts';
import type { Case } from '../model/case.ts';

/** What of a back end decides how its cases look; `known`: bugs that cases keep away from. */
export type CaseWish = Pick<Backend, 'settings' | 'supports' | 'known'>;

/** What generated cases are held to: the given instructions, what the back end has, and what it is known to do wrong. */
export function restrictionOf(
  onlyOps: readonly string[] | null,
  backend?: Pick<CaseWish, 'supports' | 'known'>,
): Restriction {
  const tag = backend?.supports?.tag;
  const known = backend?.known ?? [];
  return {
    ...(onlyOps !== null && { onlyOps: onlyOps as readonly AirTag[] }),
    ...(tag !== undefined && { supports: tag }),
    ...(known.length > 0 && { avoids: avoiding(known), isUnwanted: (unit) => bugsMet(unit, null, known).length > 0 }),
  };
}

/**
 * A function that makes the case of a seed of `profile`, of the given instructions only where there are some. For a back
 * end: with its settings, and of instructions that it supports; without one, as for core, and in any size (1: the profile's).
 */
export function generatorOf(
  profile: string,
  onlyOps: readonly string[] | null,
): (seed: number, scale?: number) => Case<Settings>;
export function generatorOf(
  profile: string,
  onlyOps: readonly string[] | null,
  backend: CaseWish,
): (seed: number) => Case;
export function generatorOf(
  profile: string,
  onlyOps: readonly string[] | null,
  backend?: CaseWish,
): (seed: number, scale?: number) => Case {
  const restriction = restrictionOf(onlyOps, backend);
  const generate = caseGenerator(profile, Object.keys(restriction).length === 0 ? undefined : restriction);
  if (generate === null) throw new RangeError(`there is no profile '${profile}'`);
  return (seed, scale) => {
    const made = { ...generate(seed, scale), seed, profile, generator: GENERATOR_VERSION };
    if (backend === undefined) return made;
    // A stream of its own: settings of another type change nothing of the program.
    return { ...made, settings: backend.settings.draw(new RandomStream(seed), made.settings) };
  };
}
