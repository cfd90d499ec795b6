/**
 * A program whose variables are wrong before the first call may have another fault as well: an instruction that makes something wrong of numbers on
 * which both sides agree.
 *
 * Owns which instructions can be told so: what they make depends on nothing in memory but their operands, which are looked at again right in
 * front of them. Anything else may follow from the wrong variables.
 */
import type { InstIndex, IpIndex, Unit } from '../../core/index.ts';
import { forEachOperand, isInstRef, refInst, refValue, resultTypes } from '../../core/index.ts';
import { computes } from '../check/computing.ts';
import type { Case } from '../model/case.ts';
import { typeClass } from '../model/type-class.ts';
import type { Way } from '../way/ways.ts';
import { PLAIN_CONSTANTS } from './data-cause.ts';
import { guiltySite } from './instruction-part.ts';
import type { Lockstep } from './lockstep.ts';
import { stepEverywhere, stepThrough } from './lockstep.ts';
import { lostValue } from './lost-value.ts';
import type { Bench } from './runner.ts';

/** As `stepThrough`, and past variables that are wrong from the start to an instruction that is wrong whatever they hold. */
export function stepPastData(case_: Case, way: Way, bench: Bench, most?: number): Lockstep {
  const steps = stepThrough(case_, way, bench, most);
  if (steps.kind !== 'initial') return steps;
  const past = stepEverywhere(case_, way, bench);
  if (past === null || past.parting.kind !== 'value') return steps;
  const { nav, inst, kind } = guiltySite(past);
  if (kind !== 'value' || !needsNoData(case_.unit, case_.unit.navs[nav]!.body!, inst)) return steps;
  return lostValue(case_, way, bench, past) === null ? past : steps;
}

type Body = NonNullable<Unit['navs'][number]['body']>;

function needsNoData({ pool }: Unit, body: Body, inst: InstIndex): boolean {
  if (!computes(body.tag(inst))) return false;
  const types = resultTypes(pool, body);
  let needsNone = !LEADING.includes(typeClass(pool, types[inst]! as IpIndex));
  forEachOperand(body, inst, (ref) => {
    needsNone &&= isInstRef(ref)
      ? !LEADING.includes(typeClass(pool, types[refInst(ref)]! as IpIndex))
      : PLAIN_CONSTANTS.includes(typeClass(pool, pool.typeOf(refValue(ref))));
  });
  return needsNone;
}

/** Classes of types whose values lead to memory, or hold what may do so. */
const LEADING: readonly string[] = ['pointer', 'slice', 'function', 'optional', 'error-union', 'union', 'array'];
