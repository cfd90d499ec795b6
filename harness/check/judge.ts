/**
 * Compares what an engine did with what the reference says. Pure; knows no backend and no engine by name.
 *
 * Policy. Results are compared as bits, except that all NaNs of f32 are one value, and so are those of f64 (the other
 * formats say which NaN arithmetic makes). Traps are compared by kind.
 * The trace of imported calls is compared in order, with arguments (NaNs as above). Then the memory of every exported
 * variable by defined bytes (memory-image.ts), and that the stack pointer is back where it was after calls that returned.
 * The first difference in this order is the verdict: outcomes, trace, memory, stack.
 *
 * An exhausted reference compares with nothing. An engine that runs out of stack or memory is incomparable, except that a
 * stack cannot run out within {@link SHALLOW_STEPS} instructions unless the program recurses where it should not. An
 * engine that runs out of time is different: the reference has ended within its fuel.
 */
import type { CallInput, IpIndex, Unit } from '../../core/index.ts';
import { IP } from '../../core/index.ts';
import type { HostCall, Outcome, ProgramRun } from '../../interpreter/model/outcome.ts';
import { printScalar } from '../case/scalar-text.ts';
import type { EngineOutcome, EngineRun } from '../engine/door.ts';
import { exportedNav, externFunction, isNan32, isNan64 } from '../model/scalars.ts';
import { compareMemory } from './memory-image.ts';
import type { Verdict } from '../model/verdict.ts';
import { different, SAME } from '../model/verdict.ts';

/** Below this number of reference instructions no honest run is deep enough to exhaust the stack of an engine. */
const SHALLOW_STEPS = 1000;

/** Compares `actual` with `reference`, which made `calls` on `unit`. */
export function judge(unit: Unit, calls: readonly CallInput[], reference: ProgramRun, actual: EngineRun): Verdict {
  if (actual.kind === 'not-run') return { kind: 'incomparable', reason: actual.reason };
  if (actual.kind === 'rejected') {
    const verdict = different('invalid', actual.phase, 'a module that runs', actual.detail);
    return { ...verdict, op: actual.message };
  }
  const outcomes = judgeOutcomes(unit, calls, reference, actual.outcomes);
  if (outcomes.kind !== 'same') return outcomes;
  const trace = judgeTrace(unit, reference.trace, actual.trace);
  if (trace.kind !== 'same') return trace;
  const memory = compareMemory(unit, reference.memory, actual.state);
  if (memory.kind !== 'same') return memory;
  const pointer = actual.state.stackPointer;
  const allReturned = actual.outcomes.every((outcome) => outcome.kind === 'returned');
  if (pointer !== null && allReturned && pointer.before !== pointer.after) {
    return different('stack', '__stack_pointer', String(pointer.before), String(pointer.after));
  }
  return memory;
}

function judgeOutcomes(
  unit: Unit,
  calls: readonly CallInput[],
  reference: ProgramRun,
  actual: readonly EngineOutcome[],
): Verdict {
  const count = Math.max(reference.outcomes.length, actual.length);
  for (let n = 0; n < count; n++) {
    const left = reference.outcomes[n];
    const right = actual[n];
    const name = calls[n]?.fn ?? '?';
    const where = `call ${n + 1} @${name}`;
    if (left === undefined && right?.kind === 'exhausted')
      return { kind: 'incomparable', reason: `engine:${right.what}` };
    // One side has ended by something other than a return, and the other has not: the previous call differed already.
    if (left === undefined || right === undefined) {
      return different('trap', where, left?.kind ?? 'not called', right?.kind ?? 'not called');
    }
    if (left.kind === 'illegal') return { kind: 'incomparable', reason: `illegal:${left.what}` };
    if (left.kind === 'exhausted') return { kind: 'incomparable', reason: `exhausted:${left.what}` };
    const verdict = judgeOutcome(unit, name, where, left, right, reference.steps);
    if (verdict !== null) return verdict;
  }
  return SAME;
}

function judgeOutcome(
  unit: Unit,
  name: string,
  where: string,
  left: Extract<Outcome, { kind: 'returned' | 'trapped' }>,
  right: EngineOutcome,
  steps: number,
): Verdict | null {
  const type = resultType(unit, name);
  const say = (outcome: EngineOutcome): string => describeOutcome(unit, type, outcome);
  if (right.kind === 'exhausted') {
    if (right.what === 'time') return different('timeout', where, say(left), 'does not end');
    if (right.what === 'stack' && steps < SHALLOW_STEPS) return different('trap', where, say(left), 'stack overflow');
    return { kind: 'incomparable', reason: `engine:${right.what}` };
  }
  if (left.kind === 'returned' && right.kind === 'returned') {
    return sameBits(unit, type, left.bits, right.bits) ? null : different('result', where, say(left), say(right));
  }
  if (left.kind === 'trapped' && right.kind === 'trapped') {
    if (left.trap === right.trap || ('also' in right && right.also.includes(left.trap))) return null;
  }
  return different('trap', where, say(left), say(right));
}

function judgeTrace(unit: Unit, left: readonly HostCall[], right: readonly HostCall[]): Verdict {
  const count = Math.max(left.length, right.length);
  for (let n = 0; n < count; n++) {
    const a = left[n];
    const b = right[n];
    if (a === undefined || b === undefined || !sameHostCall(unit, a, b)) {
      const at = { kind: 'trace', index: n + 1 } as const;
      return different('trace', `imported call ${n + 1}`, describeHostCall(unit, a), describeHostCall(unit, b), at);
    }
  }
  return SAME;
}

function sameHostCall(unit: Unit, a: HostCall, b: HostCall): boolean {
  if (a.name !== b.name || a.args.length !== b.args.length) return false;
  const type = externType(unit, a.name);
  return a.args.every((bits, n) => sameBits(unit, parameterType(unit, type, n), bits, b.args[n]!));
}

/** Whether two bit patterns of type `type` are one value. Results of pointer type have none and are always the same. */
export function sameBits(unit: Unit, type: IpIndex, a: bigint | null, b: bigint | null): boolean {
  if (unit.pool.isPtr(type)) return true;
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (!unit.pool.isFloat(type)) return false;
  switch (unit.pool.floatBits(type)) {
    case 32:
      return isNan32(a) && isNan32(b);
    case 64:
      return isNan64(a) && isNan64(b);
    case 16:
    case 80:
    case 128:
      return false;
  }
}

function resultType(unit: Unit, exportName: string): IpIndex {
  const nav = exportedNav(unit, exportName);
  return nav === undefined ? IP.void_type : unit.pool.fnReturn(unit.navs[nav]!.ty);
}

function externType(unit: Unit, name: string): IpIndex | null {
  return externFunction(unit, name)?.ty ?? null;
}

function parameterType(unit: Unit, fn: IpIndex | null, n: number): IpIndex {
  return fn === null || n >= unit.pool.fnParamCount(fn) ? IP.void_type : unit.pool.fnParam(fn, n);
}

/** An outcome in words: `returns 7`, `traps unreachable`, `does not end`. */
export function describeOutcome(unit: Unit, type: IpIndex, outcome: Outcome | EngineOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return outcome.bits === null ? 'returns' : `returns ${printScalar(unit.pool, type, outcome.bits)}`;
    case 'trapped':
      return `traps ${outcome.trap}`;
    case 'exhausted':
      return `exhausts ${outcome.what}`;
    case 'illegal':
      return `illegal ${outcome.what} at ${outcome.where}`;
  }
}

function describeHostCall(unit: Unit, call: HostCall | undefined): string {
  if (call === undefined) return 'no call';
  const type = externType(unit, call.name);
  const args = call.args.map((bits, n) => printScalar(unit.pool, parameterType(unit, type, n), bits));
  return `@${call.name}(${args.join(', ')})`;
}
