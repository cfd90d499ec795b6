/**
 * A program whose variables are wrong before the first call may have another fault as well: an instruction that makes something wrong of numbers on
 * which both sides agree.
 *
 * Owns which instructions can be told so: what they make depends on nothing in memory but their operands, which are looked at again right in
 * front of them. Anything else may follow from the wrong variables. An instruction whose right value does not help is not the reason.
 */
import type { InstIndex, IpIndex, NavIndex, Unit } from '../../core/index.ts';
import { forEachOperand, isInstRef, refInst, refValue, resultTypes } from '../../core/index.ts';
import { computes } from '../check/computing.ts';
import type { Case } from '../model/case.ts';
import { typeClass } from '../model/type-class.ts';
import { agree } from '../model/verdict.ts';
import type { Way } from '../way/ways.ts';
import { runOnce } from './accused-ways.ts';
import { PLAIN_CONSTANTS } from './data-cause.ts';
import { guiltySite } from './instruction-part.ts';
import type { Lockstep } from './lockstep.ts';
import { stepEverywhere, stepThrough } from './lockstep.ts';
import { lostValue } from './lost-value.ts';
import type { Bench } from './runner.ts';
import type { Parting } from './parting.ts';
import { partings } from './parting.ts';
import { withValue } from './with-value.ts';

/** As `stepThrough`, and past variables that are wrong from the start to an instruction that is wrong whatever they hold. */
export function stepPastData(case_: Case, way: Way, bench: Bench, most?: number): Lockstep {
  const steps = stepThrough(case_, way, bench, most);
  if (steps.kind !== 'initial') return steps;
  const everywhere = stepEverywhere(case_, way, bench);
  if (everywhere === null) return steps;
  const parting = partingOfItself(case_.unit, everywhere);
  if (parting === null) return steps;
  const past = { ...everywhere, parting };
  if (lostValue(case_, way, bench, past) !== null) return steps;
  return failsAnyway(case_, way, bench, past) ? steps : past;
}

/** The first wrong value that an instruction makes of values on which both sides have agreed so far, whatever is in memory; or null. */
function partingOfItself({ navs, pool }: Unit, { watched, addresses }: Parted): Parting | null {
  /** Instructions of each function that have made something wrong. */
  const wrong = new Map<NavIndex, Set<InstIndex>>();
  for (const parting of partings(watched, addresses)) {
    const { site, kind } = parting;
    if (kind !== 'value' || site?.kind !== 'value') continue;
    const { nav, inst } = site;
    const before = wrong.get(nav) ?? new Set();
    if (needsNoData(pool, navs[nav]!.body!, inst, before)) return parting;
    wrong.set(nav, before.add(inst));
  }
  return null;
}

/** Whether the program fails as it does with the right value in place of the wrong one; false where that cannot be tried. */
function failsAnyway(case_: Case, way: Way, bench: Bench, past: Parted): boolean {
  const { nav, inst } = guiltySite(past);
  const { reference, probed } = past.watched;
  const isThere = ({ site }: { readonly site: number }): boolean => {
    const { kind, nav: of, inst: at } = probed.sites[site]!;
    return kind === 'value' && of === nav && at === inst;
  };
  // What is made again and again is no constant.
  const [made, ...more] = reference.filter(isThere);
  if (made?.value?.kind !== 'bits' || more.length > 0) return false;
  const unit = withValue(case_.unit, nav, inst, made.value.bits);
  const repaired = unit === null ? null : runOnce({ ...case_, unit }, way, bench);
  if (repaired === null || repaired.difference === null) return false;
  const before = runOnce(case_, way, bench)?.difference ?? null;
  return before !== null && agree(repaired.difference, before);
}

type Parted = Extract<Lockstep, { kind: 'parted' }>;

type Body = NonNullable<Unit['navs'][number]['body']>;

function needsNoData(pool: Unit['pool'], body: Body, inst: InstIndex, wrong: ReadonlySet<InstIndex>): boolean {
  if (!computes(body.tag(inst))) return false;
  const types = resultTypes(pool, body);
  let needsNone = !LEADING.includes(typeClass(pool, types[inst]! as IpIndex));
  forEachOperand(body, inst, (ref) => {
    needsNone &&= isInstRef(ref)
      ? !wrong.has(refInst(ref)) && !LEADING.includes(typeClass(pool, types[refInst(ref)]! as IpIndex))
      : PLAIN_CONSTANTS.includes(typeClass(pool, pool.typeOf(refValue(ref))));
  });
  return needsNone;
}

/** Classes of types whose values lead to memory, or hold what may do so. */
const LEADING: readonly string[] = ['pointer', 'slice', 'function', 'optional', 'error-union', 'union', 'array'];
