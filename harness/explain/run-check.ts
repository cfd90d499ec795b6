/** Runs one check on one case again, for what it leaves in its context: which builds or modules it found to differ. */
import { interpret } from '../../interpreter/interpret.ts';
import type { Check } from '../check/check.ts';
import { CaseContext } from '../check/context.ts';
import type { Engine } from '../engine/door.ts';
import type { Case } from '../model/case.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import type { Supply } from '../way/supply.ts';
import type { Bench } from './runner.ts';

/** Milliseconds that one step may take. */
const STEP_TIME = 5000;

/** The context after `check` has run on `case_`; null where it does not apply. */
export function contextAfter(
  check: Check,
  case_: Case,
  { backend }: Bench,
  supply: Supply,
  engine: Engine,
): CaseContext | null {
  const context = new CaseContext({
    case: case_,
    backend,
    engines: [engine],
    reference: interpret(case_.unit, case_.calls),
    stopwatch: new Stopwatch(),
    every: true,
    samples: () => true,
    stepTime: STEP_TIME,
    supply,
  });
  if (check.possible?.(backend, [engine]) === false || !check.applies(context)) return null;
  check.run(context);
  return context;
}
