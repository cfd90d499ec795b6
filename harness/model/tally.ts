/**
 * Counts of a part of a campaign: what one worker reports for one range of cases, and the sum of all.
 *
 * Owns addition. Plain data, so that it crosses process boundaries and goes into files. Invariant: addition is
 * commutative, so the order in which workers finish does not show; keys are sorted where order would.
 */
import type { CaseReport } from './case-report.ts';
import type { TimeSplit } from './stopwatch.ts';
import { addSplits, TIME_PARTS } from './stopwatch.ts';

/** How often one check ran and failed. */
export interface CheckCount {
  readonly ran: number;
  readonly failed: number;
}

/** See the file header. */
export interface Tally {
  /** Completed cases: those that were not discarded. */
  cases: number;
  /** Discarded cases by reason. */
  discarded: Record<string, number>;
  /** Comparisons that could not be made, by reason. */
  incomparable: Record<string, number>;
  checks: Record<string, CheckCount>;
  /** Seconds by part. */
  time: TimeSplit;
  /** Seconds in which a worker was at work. */
  busy: number;
}

/** No cases yet. */
export function emptyTally(): Tally {
  const time = Object.fromEntries(TIME_PARTS.map((part) => [part, 0])) as unknown as TimeSplit;
  return { cases: 0, discarded: {}, incomparable: {}, checks: {}, time, busy: 0 };
}

/** Counts one case into `tally`. */
export function countCase(tally: Tally, report: Pick<CaseReport, 'verdict' | 'incomparable' | 'checks'>): void {
  if (report.verdict.kind === 'discarded') {
    increase(tally.discarded, report.verdict.reason, 1);
    return;
  }
  tally.cases++;
  for (const reason of report.incomparable) increase(tally.incomparable, reason, 1);
  for (const { name, failed } of report.checks) addCheck(tally, name, { ran: 1, failed: failed ? 1 : 0 });
}

/** Adds `part` to `sum`. */
export function addTally(sum: Tally, part: Tally): void {
  sum.cases += part.cases;
  for (const [reason, n] of Object.entries(part.discarded)) increase(sum.discarded, reason, n);
  for (const [reason, n] of Object.entries(part.incomparable)) increase(sum.incomparable, reason, n);
  for (const [name, count] of Object.entries(part.checks)) addCheck(sum, name, count);
  sum.time = addSplits(sum.time, part.time);
  sum.busy += part.busy;
}

/** Sum of the counts of `counts`. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/** `counts` with its keys in alphabetical order. */
export function sortedRecord<T>(counts: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function increase(counts: Record<string, number>, key: string, by: number): void {
  counts[key] = (counts[key] ?? 0) + by;
}

function addCheck(tally: Tally, name: string, count: CheckCount): void {
  const old = tally.checks[name] ?? { ran: 0, failed: 0 };
  tally.checks[name] = { ran: old.ran + count.ran, failed: old.failed + count.failed };
}
