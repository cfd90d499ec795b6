/**
 * A plan: what a profile, a restriction and the capabilities of a back end leave to choose from, and by which plan a seed goes.
 *
 * Made once per campaign by emit/choices.ts, used by every case. Invariant: a tag outside of `allowed` is never emitted, by
 * a statement or by a guard.
 */
import type { AirTag, DescribedTag, InternPool, IpIndex } from '../../core/index.ts';
import type { Profile } from './profile.ts';
import type { WeightedTable } from './random.ts';
import { RandomStream } from './random.ts';

/**
 * Whether an instruction is to be kept away from; a type that is null is not known yet, and then only what is known decides. No
 * `result`: the same.
 */
export type Avoids = (
  pool: InternPool,
  tag: AirTag,
  operands: readonly (IpIndex | null)[],
  result: IpIndex | null,
) => boolean;

/** What programs may be made of, and how often. */
export interface Plan {
  readonly profile: Profile;
  readonly allowed: ReadonlySet<AirTag>;
  /** What a sweep goes through: what was asked for, or everything, as far as the back end has it. */
  readonly swept: ReadonlySet<AirTag>;
  /** Instructions that statements are chosen from. */
  readonly tags: readonly DescribedTag[];
  readonly weights: readonly number[];
  /** The same as `weights`, of `tags`. */
  readonly table: WeightedTable;
  /** Chance (of 256) that a program has a place that may trap. */
  readonly faults: number;
  /** What programs should not have in them; null: nothing of the kind. */
  readonly avoids: Avoids | null;
  /** Plans of the mixes of the profile. */
  readonly mixes: readonly MixPlan[];
}

/** What a share of the seeds is made by, of 256. */
export interface MixPlan {
  readonly share: number;
  readonly plan: Plan;
}

/** Some other stream than that of the program, so that what a mix leaves alone stays what it was. */
const OTHER_STREAM = 0x1d_3c6e_f372_51f3;

/** The plan that the program of `seed` is made by: one of the mixes, or `plan` itself. */
export function planOfSeed(plan: Plan, seed: number): Plan {
  if (plan.mixes.length === 0) return plan;
  let at = new RandomStream((seed + OTHER_STREAM) % Number.MAX_SAFE_INTEGER).below(256);
  for (const mix of plan.mixes) {
    if (at < mix.share) return mix.plan;
    at -= mix.share;
  }
  return plan;
}
