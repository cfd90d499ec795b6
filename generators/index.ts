/**
 * The door of the generators: cases by seed for campaigns, and as fast-check arbitraries for property tests.
 *
 * Both are the same function of (seed, profile, restriction): an arbitrary draws the seed from the runner's stream.
 */
export { caseArbitrary } from './case/arbitrary.ts';
export type { GeneratedCase } from './case/case.ts';
export { GENERATOR_VERSION } from './case/case.ts';
export type { Restriction } from './emit/choices.ts';
export { isDrawn, isGenerated } from './emit/choices.ts';
export type { Decoration, DecorationKind, Decorations } from './case/decorations.ts';
export {
  DECORATION_KINDS,
  DENSE_CHOICES,
  DROP_IN_CHOICES,
  DROP_IN_KINDS,
  EDIT_KINDS,
  GADGET_KINDS,
  MISTAKE_KINDS,
  OBJECT_KINDS,
  OBJECT_MISTAKE_KINDS,
  OPTION_CHOICES,
  PLAIN,
} from './case/decorations.ts';
export type { CaseGenerator } from './case/generator.ts';
export { casesOfProfile, caseGenerator, generateCase, tagsOfSweep } from './case/generator.ts';
export { BASE_TAGS } from './emit/guards.ts';
export type { LinkPlan } from './case/link-plan.ts';
export type { Profile } from './model/profile.ts';
export { PROFILES } from './model/profiles.ts';
export { baseSeed, MOST_VARIANTS, variantOf } from './model/swarm.ts';
export { RandomStream } from './model/random.ts';
export { WEIGHTS } from './model/weights.ts';
