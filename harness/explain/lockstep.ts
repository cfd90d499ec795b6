/**
 * Runs a failing program with probes, through the interpreter and through the failing way, and finds where the two part.
 *
 * Owns what happens when the probes themselves change the matter: all instructions are probed first; where that hides the
 * failure, single functions and then halves of them, until a set of probes is found that keeps it. Deterministic.
 */
import type { InstIndex, NavIndex, Unit } from '../../core/index.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { Case } from '../model/case.ts';
import { judge } from '../check/judge.ts';
import type { Difference, Verdict } from '../model/verdict.ts';
import { Addresses } from './addresses.ts';
import type { ProbeChoice } from './instrument.ts';
import { instrument } from './instrument.ts';
import type { Parting, Watched } from './parting.ts';
import { findParting } from './parting.ts';
import { watchEngine, watchReference } from './sightings.ts';
import type { Way } from '../way/ways.ts';
import type { Bench, Runner } from './runner.ts';

/** A range of instructions of one function. */
interface ProbedRange {
  readonly nav: NavIndex;
  readonly from: number;
  readonly to: number;
}

/** What stepping through a program found. */
export type Lockstep =
  | {
      readonly kind: 'parted';
      /** The program without probes. */
      readonly original: Unit;
      readonly parting: Parting;
      readonly watched: Watched;
      readonly addresses: Addresses;
      /** How the probed program failed: the same way as the program, as a rule. */
      readonly verdict: Verdict;
      /** Where probes are, if not everywhere. */
      readonly range: ProbedRange | null;
    }
  /** A variable is wrong before the first call. */
  | { readonly kind: 'initial'; readonly difference: Difference }
  /** The probed program fails, and no probe saw a difference. */
  | { readonly kind: 'unseen'; readonly verdict: Difference }
  /** With probes anywhere, the program does what it should. */
  | { readonly kind: 'gone'; readonly tried: number };

/** Sets of probes that are tried when probes everywhere hide the failure. */
const MAX_TRIED = 64;

/** Steps through `case_`, whose module `way` makes, with at most `most` sets of probes. */
export function stepThrough(case_: Case, way: Way, bench: Bench, most = MAX_TRIED): Lockstep {
  const initial = initialDifference(case_, way, bench);
  if (initial !== null) return { kind: 'initial', difference: initial };
  return stepAnyway(case_, way, bench, most);
}

/** The same with probes everywhere, of a program whose variables may be wrong from the start; null where they do not part at any probe. */
export function stepEverywhere(case_: Case, way: Way, bench: Bench): Extract<Lockstep, { kind: 'parted' }> | null {
  const steps = stepAnyway(case_, way, bench, 0);
  return steps.kind === 'parted' ? steps : null;
}

function stepAnyway(case_: Case, way: Way, bench: Bench, most: number): Lockstep {
  let tried = 0;
  let unseen: Difference | null = null;
  const attempt = (choice: ProbeChoice, range: ProbedRange | null): Lockstep | null => {
    tried++;
    const ended = watch(case_, way, bench, choice);
    if (ended === null) return null;
    const { parting, verdict, watched, addresses } = ended;
    if (parting !== null) return { kind: 'parted', original: case_.unit, parting, watched, addresses, verdict, range };
    if (verdict.kind === 'different') unseen ??= verdict;
    return null;
  };
  for (const exportData of [true, false]) {
    const found = attempt({ wants: () => true, exportData }, null);
    if (found !== null) return found;
  }
  let ranges = functionRanges(case_.unit);
  while (ranges.length > 0 && tried < most) {
    for (const range of ranges) {
      if (tried >= most) break;
      const wants = (nav: NavIndex, inst: InstIndex): boolean =>
        nav === range.nav && inst >= range.from && inst < range.to;
      const found = attempt({ wants, exportData: false }, range);
      if (found !== null) return found;
    }
    ranges = ranges.flatMap(halves);
  }
  return unseen === null ? { kind: 'gone', tried } : { kind: 'unseen', verdict: unseen };
}

function functionRanges(unit: Unit): ProbedRange[] {
  return unit.navs.flatMap(({ body }, nav) =>
    body === null ? [] : [{ nav: nav as NavIndex, from: 0, to: body.length }],
  );
}

function halves({ nav, from, to }: ProbedRange): ProbedRange[] {
  if (to - from < 2) return [];
  const middle = (from + to) >> 1;
  return [
    { nav, from, to: middle },
    { nav, from: middle, to },
  ];
}

/**
 * The first variable that does not hold its initial value before any call, or null. A back end whose layout is its own promises that only of
 * variables that the program exports; of any other, all are exported to be looked at.
 */
export function initialDifference(case_: Case, way: Way, bench: Bench): Difference | null {
  const { unit } = instrument(case_.unit, { wants: () => false, exportData: bench.backend.layout !== undefined });
  const built = way.make(bench.store(case_, unit));
  if (built?.kind !== 'built') return null;
  const reference = interpret(unit, []);
  const verdict = judge(unit, [], reference, bench.run(built.bytes, unit, [], null, reference));
  return verdict.kind === 'different' && verdict.what === 'memory' ? verdict : null;
}

interface Ended {
  readonly parting: Parting | null;
  readonly verdict: Verdict;
  readonly watched: Watched;
  readonly addresses: Addresses;
}

/** Runs `case_` once with the probes of `choice`; null where it cannot be compared. */
export function watch(case_: Case, way: Way, bench: Bench, choice: ProbeChoice): Ended | null {
  const { calls } = case_;
  const probed = instrument(case_.unit, choice);
  const { run: reference, sights } = watchReference(probed, calls);
  const last = reference.outcomes.at(-1);
  if (last?.kind === 'illegal' || last?.kind === 'exhausted') return null;
  const built = way.make(bench.store(case_, probed.unit));
  if (built?.kind !== 'built') return null;
  const withMemory: Runner = (bytes, unit, list, probes) => bench.run(bytes, unit, list, probes, reference);
  const { run, sights: seen } = watchEngine(withMemory, built.bytes, probed, calls, sights.length);
  if (run.kind !== 'ran') return null;
  const watched: Watched = {
    probed,
    reference: sights,
    engine: seen,
    referenceCalls: reference.trace,
    engineCalls: run.trace,
  };
  const addresses = new Addresses(probed.unit, run.state);
  const verdict = judge(probed.unit, calls, reference, run);
  // A stack of the engine that runs out where it may is no difference, and cuts the list of sightings.
  const parting = verdict.kind === 'incomparable' ? null : findParting(watched, addresses);
  return { parting, verdict, watched, addresses };
}
