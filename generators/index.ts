/**
 * The door of the generators: cases by seed for campaigns, and as fast-check arbitraries for property tests.
 *
 * Both are the same function of (seed, profile, restriction): an arbitrary draws the seed from the runner's stream.
 */
export { caseArbitrary } from './arbitrary.ts';
export type { GeneratedCase } from './case.ts';
export { GENERATOR_VERSION } from './case.ts';
export type { Restriction } from './choices.ts';
export { isGenerated } from './choices.ts';
export type { Decoration, DecorationKind, Decorations } from './decorations.ts';
export { DECORATION_KINDS, EDIT_KINDS, GADGET_KINDS, MISTAKE_KINDS, OPTION_CHOICES, PLAIN } from './decorations.ts';
export type { CaseGenerator } from './generator.ts';
export { caseGenerator, generateCase } from './generator.ts';
export { BASE_TAGS } from './guards.ts';
export type { LinkPlan } from './link-plan.ts';
export type { Profile } from './profiles.ts';
export { PROFILES } from './profiles.ts';
export { RandomStream } from './random.ts';
export { WEIGHTS } from './weights.ts';
