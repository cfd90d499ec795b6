/**
 * The door of the reference interpreter: what a unit does when it is called, by docs/air.md and nothing else.
 *
 * It shares types and layout with the compiler, and no line that says what an instruction means. The unit must be verified.
 */
import type { CallInput } from '../core/air/call.ts';
import type { Unit } from '../core/air/unit.ts';
import { navAt } from '../core/air/unit.ts';
import type { NavIndex } from '../core/intern/keys.ts';
import { Machine } from './machine.ts';
import { BadCallInput } from './model/halt.ts';
import { imagesOf } from './model/images.ts';
import type { Limits } from './model/limits.ts';
import { DEFAULT_LIMITS } from './model/limits.ts';
import type { Outcome, ProgramRun } from './model/outcome.ts';
import type { Probe } from './model/probe.ts';
import { isScalar, requireSupported } from './steps/supported.ts';

export { BadCallInput, UnsupportedInstruction } from './model/halt.ts';
export type { Limits } from './model/limits.ts';

/**
 * Runs `calls` in order on one instance of `unit`, until one of them does not return. Limits that are not given are the default ones
 * and hold for all calls together. `probe` watches the run through host functions of its own.
 *
 * Throws `UnsupportedInstruction` or `BadCallInput` before anything is run.
 */
export function interpret(
  unit: Unit,
  calls: readonly CallInput[],
  limits: Partial<Limits> = {},
  probe: Probe | null = null,
): ProgramRun {
  requireSupported(unit, probe);
  const exports = defaultExports(unit);
  const entries = calls.map((call) => ({ nav: entryOf(unit, exports, call), args: call.args }));
  const machine = new Machine(unit, { ...DEFAULT_LIMITS, ...limits }, probe);
  const outcomes: Outcome[] = [];
  const failure = machine.load();
  if (failure !== null) {
    return { outcomes: calls.length === 0 ? [] : [failure], trace: [], memory: new Map(), steps: 0, stackBytes: 0 };
  }
  for (const { nav, args } of entries) {
    const outcome = machine.enter(nav, args);
    outcomes.push(outcome);
    if (outcome.kind !== 'returned') break;
  }
  return {
    outcomes,
    trace: machine.trace,
    memory: imagesOf(unit, machine.space),
    steps: machine.steps,
    stackBytes: machine.stackBytes,
  };
}

/** Navs by the names under which they can be called from outside; of two with one name the first. */
function defaultExports(unit: Unit): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  unit.navs.forEach(({ exports }, index) => {
    for (const { name, visibility } of exports) {
      if (visibility === 'default' && !byName.has(name)) byName.set(name, index);
    }
  });
  return byName;
}

/** The function that a call from outside names. */
function entryOf(unit: Unit, exports: ReadonlyMap<string, number>, { fn, args }: CallInput): NavIndex {
  const index = exports.get(fn);
  if (index === undefined) throw new BadCallInput(`no function is exported as '${fn}'`);
  const { kind, ty } = navAt(unit, index as NavIndex);
  if (kind !== 'func') throw new BadCallInput(`'${fn}' is not a function with a body`);
  const count = unit.pool.fnParamCount(ty);
  if (count !== args.length) throw new BadCallInput(`'${fn}' takes ${count} arguments, not ${args.length}`);
  const types = [unit.pool.fnReturn(ty), ...Array.from({ length: count }, (_, n) => unit.pool.fnParam(ty, n))];
  if (!types.every((one) => isScalar(unit.pool, one))) {
    throw new BadCallInput(`'${fn}' has a parameter or result that is no scalar`);
  }
  return index as NavIndex;
}
