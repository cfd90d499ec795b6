/**
 * From a profile, a restriction and the capabilities of a back end to a plan.
 *
 * Owns how weights combine, and which mixes of a profile a restriction leaves: a back end that lacks an instruction of a mix gets no
 * programs of it, because it will lack the types too.
 */
import type { AirTag, DescribedTag, Unit } from '../../core/index.ts';
import { DESCRIBED_TAGS, isDescribed } from '../../core/index.ts';
import type { Avoids, MixPlan, Plan } from '../model/plan.ts';
import type { Mix, Profile } from '../model/profile.ts';
import {
  ATOMIC_TAGS,
  CHECKED_TAGS,
  EVERY_VECTOR_TAGS,
  FLOAT_EXTRAS,
  FLOW_TAGS,
  MATH_TAGS,
  SUM_TAGS,
  TRACE_TAGS,
  VECTOR_TAGS,
} from '../model/tag-groups.ts';
import { weightedTable } from '../model/random.ts';
import { WEIGHTS } from '../model/weights.ts';
import { BASE_TAGS } from './guards.ts';
import { EMITTERS } from './table.ts';

/** What narrows a profile down. */
export interface Restriction {
  /** These instructions make up most of the program (`--only-ops`); others only support them. */
  readonly onlyOps?: readonly AirTag[];
  /** What the backend can do; instructions for which it is false are not generated, those of {@link BASE_TAGS} excepted. */
  readonly supports?: (tag: AirTag) => boolean;
  /**
   * Instructions on types to keep away from: those of a statement are not drawn, cells of a sweep are left out, and other
   * programs with `isUnwanted` are drawn again, a few times.
   */
  readonly avoids?: Avoids;
  /** Whether a program has in it what is to be kept away from. */
  readonly isUnwanted?: (unit: Unit) => boolean;
}

/** Instructions that a profile without them has if they are asked for. */
const ON_DEMAND: readonly AirTag[] = [...FLOAT_EXTRAS, ...MATH_TAGS];

/** Share of the other instructions under `onlyOps`. */
const SUPPORTING = 0.05;

/** Whether the generator makes `tag` at all. */
export function isGenerated(tag: AirTag): tag is DescribedTag {
  return isDescribed(tag) && WEIGHTS[tag] > 0;
}

/** Whether programs of `profile` may have `tag`: some instructions are drawn only where a profile has their types or names them. */
export function isDrawn(profile: Profile, tag: AirTag): boolean {
  return draws(profile, tag) || profile.mixes.some((mix) => draws(mixed(profile, mix), tag));
}

/** `profile` with what `mix` changes. */
function mixed(profile: Profile, { change }: Mix): Profile {
  return { ...profile, ...change, factors: { ...profile.factors, ...change.factors }, mixes: [] };
}

/** Whether programs that are of no mix may have `tag`. */
function draws(profile: Profile, tag: AirTag): boolean {
  if (!isGenerated(tag) || (profile.sums === 0 && SUM_TAGS.includes(tag))) return false;
  if (!profile.vectors && VECTOR_TAGS.includes(tag)) return false;
  if (!profile.everyVector && EVERY_VECTOR_TAGS.includes(tag)) return false;
  if (!profile.math && MATH_TAGS.includes(tag)) return false;
  if (!profile.atomics && ATOMIC_TAGS.includes(tag)) return false;
  if (!profile.checked && CHECKED_TAGS.includes(tag)) return false;
  if (profile.threadLocals === 0 && tag === 'runtime_nav_ptr') return false;
  if (!profile.traces && TRACE_TAGS.includes(tag)) return false;
  if (!profile.flow && FLOW_TAGS.includes(tag)) return false;
  const factor = profile.factors[tag];
  return factor === undefined ? !FLOAT_EXTRAS.includes(tag) : factor > 0;
}

/** Prepares to generate programs of `profile` within `restriction`. */
export function makePlan(profile: Profile, restriction: Restriction = {}): Plan {
  const plain = planWithout(profile, restriction);
  const mixes = profile.mixes.flatMap((mix): MixPlan[] => {
    const own = mixed(profile, mix);
    return lacksSome(profile, own, restriction) ? [] : [{ share: mix.share, plan: planWithout(own, restriction) }];
  });
  return { ...plain, mixes: restriction.onlyOps === undefined ? mixes : best(plain, mixes, restriction.onlyOps) };
}

/** Whether the back end lacks an instruction that `own` draws and `profile` does not. */
function lacksSome(profile: Profile, own: Profile, { supports }: Restriction): boolean {
  return (
    supports !== undefined && DESCRIBED_TAGS.some((tag) => draws(own, tag) && !draws(profile, tag) && !supports(tag))
  );
}

/** Those of `mixes` that draw as many of the instructions asked for as any; all seeds are theirs if `plain` draws fewer. */
function best(plain: Plan, mixes: readonly MixPlan[], onlyOps: readonly AirTag[]): readonly MixPlan[] {
  const count = ({ allowed }: Plan): number => onlyOps.filter((tag) => allowed.has(tag)).length;
  const most = Math.max(count(plain), ...mixes.map(({ plan }) => count(plan)));
  const chosen = mixes.filter(({ plan }) => count(plan) === most);
  if (count(plain) === most) return chosen;
  const all = chosen.reduce((sum, { share }) => sum + share, 0);
  return chosen.map(({ share, plan }) => ({ share: Math.ceil((share * 256) / all), plan }));
}

/** The plan of `profile` without its mixes. */
function planWithout(profile: Profile, restriction: Restriction): Plan {
  const { onlyOps, supports } = restriction;
  const only = onlyOps === undefined ? null : new Set<AirTag>(onlyOps);
  const base = new Set(BASE_TAGS);
  const allowed = new Set<AirTag>(
    DESCRIBED_TAGS.filter((tag) => {
      const isWanted = draws(profile, tag) || (only?.has(tag) === true && ON_DEMAND.includes(tag));
      return isWanted && (base.has(tag) || supports === undefined || supports(tag));
    }),
  );
  const isSwept = (tag: AirTag): boolean =>
    MATH_TAGS.includes(tag) === profile.math &&
    (only === null || only.has(tag)) &&
    (supports === undefined || supports(tag));
  const swept = new Set<AirTag>(DESCRIBED_TAGS.filter(isSwept));
  const tags: DescribedTag[] = [];
  const weights: number[] = [];
  for (const tag of DESCRIBED_TAGS) {
    if (typeof EMITTERS[tag] === 'string' || !allowed.has(tag)) continue;
    const factor = profile.factors[tag] ?? profile.others;
    tags.push(tag);
    weights.push(only === null ? WEIGHTS[tag] * factor : only.has(tag) ? 10 : WEIGHTS[tag] * SUPPORTING);
  }
  // What is asked for is not switched off.
  const narrowed = only === null ? profile : { ...profile, swarms: false };
  const faults = only !== null && (only.has('trap') || only.has('breakpoint')) ? 256 : profile.faults;
  const avoids = restriction.avoids ?? null;
  return { profile: narrowed, allowed, swept, tags, weights, table: weightedTable(weights), faults, avoids, mixes: [] };
}
