/**
 * Swarms: each seed of such a profile leaves out a random part of the instructions, so that the others come in longer runs and together.
 *
 * Owns which instructions a seed leaves out, and what a variant of a seed is: the same types, declarations and data with another part of the
 * instructions. Nothing is kept from one seed to the next. Guards may have what a statement is not drawn from.
 */
import type { AirTag } from '../../core/index.ts';
import type { Plan } from './plan.ts';
import {
  ATOMIC_TAGS,
  CHECKED_TAGS,
  CONTROL,
  FLOATS,
  FLOW_TAGS,
  INTEGERS,
  MEMORY,
  SUM_TAGS,
  VECTOR_TAGS,
} from './tag-groups.ts';
import { RandomStream, weightedTable } from './random.ts';

/** Seeds from here on are variants of those below. */
const VARIANT = 2 ** 48;

/** Number of the last variant of a seed; variant 0 is the seed itself. */
export const MOST_VARIANTS = 31;

/** Variant `n` of the seed `seed`, of a campaign: below 2 ** 48. */
export function variantOf(seed: number, n: number): number {
  return baseSeed(seed) + n * VARIANT;
}

/** The seed that `seed` is a variant of: everything but the choice of instructions follows from it. */
export function baseSeed(seed: number): number {
  return seed % VARIANT;
}

/** Instructions that are left out together, as well as one by one. */
const GROUPS: readonly (readonly AirTag[])[] = [
  INTEGERS,
  FLOATS,
  MEMORY,
  CONTROL,
  SUM_TAGS,
  VECTOR_TAGS,
  CHECKED_TAGS,
  FLOW_TAGS,
  ATOMIC_TAGS,
  ['call'],
];

/** Chances, of 256, that a group and that an instruction is left out, and that an instruction comes more often. */
const GROUP_OFF = 64;
const ONE_OFF = 80;
const MORE = 24;
const MORE_TIMES = 6;

/** A stream beside that of the program. */
const SWARM_STREAM = 0x0b_51c7_90e1_2d67;

/** `plan` with the part of the instructions that `seed` has; a plan of a profile that is no swarm as it is. */
export function swarmed(plan: Plan, seed: number): Plan {
  if (!plan.profile.swarms) return plan;
  const r = new RandomStream((seed + SWARM_STREAM) % Number.MAX_SAFE_INTEGER);
  const off = new Set(GROUPS.flatMap((group) => (r.chance(GROUP_OFF) ? group : [])));
  const factors = plan.tags.map((tag) => {
    const [isOff, isMore] = [r.chance(ONE_OFF), r.chance(MORE)];
    return off.has(tag) || isOff ? 0 : isMore ? MORE_TIMES : 1;
  });
  const weights = plan.weights.map((weight, n) => weight * factors[n]!);
  const kept = plan.tags.flatMap((_, n) => (weights[n]! > 0 ? [n] : []));
  if (kept.length === 0) return plan;
  const own = kept.map((n) => weights[n]!);
  return { ...plan, tags: kept.map((n) => plan.tags[n]!), weights: own, table: weightedTable(own) };
}
