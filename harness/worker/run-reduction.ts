/**
 * Runs one reduction to its end, whatever happens to the workers that do it.
 *
 * Owns what the death of a reducing worker means. The next worker goes on where it was, by the journal of answers, so the result is
 * that of a reduction nobody disturbed. A candidate at which workers die again and again gets an answer here: the finding that
 * its deaths are, or none if they come from outside. What does not fail again, before or after it has become small, is run a few times more, so that
 * it is known how often it fails. Invariant: the journal file is gone afterwards, unless the reduction was stopped: then the next one goes on with it.
 */
import { rmSync } from 'node:fs';
import { bucketOf } from '../model/finding.ts';
import type { Rate } from '../model/rate.ts';
import { isFlaky, rateOf } from '../model/rate.ts';
import { Journal } from '../reduce/journal.ts';
import type { ReduceStep } from '../reduce/reduce.ts';
import { describeDeath, findingOfDeath } from './death.ts';
import { GIVEN_UP_LATE, judgeDeaths } from './deaths.ts';
import type { Died, Replies, RunningTask, Task, Workers } from './protocol.ts';

/** Deaths in a row without a candidate to blame and without a new answer after which a reduction is given up. */
const MOST_FRUITLESS = 8;

/** How a reduction ended. */
export type ReductionEnd =
  | {
      readonly kind: 'done';
      readonly reply: Replies['reduce'];
      /** Candidates without an answer, because their workers were killed from outside: taken for passing. */
      readonly unjudged: number;
      /** How often the case that it came to failed, where that is not each time: the run that found it counts. */
      readonly rate: Rate | null;
    }
  /** It could not go on; `best` is what had been reached. */
  | {
      readonly kind: 'cut';
      readonly why: 'stopped' | 'environment' | 'harness';
      readonly message: string;
      readonly best: ReduceStep | null;
    };

/** Runs `task` on `workers`; `journal` is a file of its own for the answers so far. */
export async function runReduction(
  workers: Workers,
  task: Omit<Extract<Task, { kind: 'reduce' }>, 'kind' | 'journal'>,
  journal: string,
  running: RunningTask = {},
): Promise<ReductionEnd> {
  const begin = performance.now();
  const deaths = new Map<string, Died[]>();
  let best: ReduceStep | null = null;
  let fruitless = 0;
  let answers = 0;
  let isStopped = false;
  let unjudged = 0;
  const onStep = (step: ReduceStep): void => {
    // A worker that goes on repeats the steps of the one before.
    if (best !== null && step.runs <= best.runs) return;
    best = step;
    running.onStep?.(step);
  };
  const cut = (why: 'stopped' | 'environment' | 'harness', message: string): ReductionEnd => ({
    kind: 'cut',
    why,
    message,
    best,
  });
  try {
    for (;;) {
      const passed = (performance.now() - begin) / 1000;
      const maxSeconds = task.maxSeconds === null ? null : Math.max(0, task.maxSeconds - passed);
      const outcome = await workers.run<'reduce'>(
        { ...task, kind: 'reduce', maxSeconds, journal },
        { ...running, onStep },
      );
      if (outcome.kind === 'done') {
        const { reply } = outcome;
        const rate = await rateAfter(workers, task, reply, running);
        if ('rate' in rate) return { kind: 'done', reply, unjudged, ...rate };
        isStopped = rate.why === 'stopped';
        return cut(rate.why, rate.message);
      }
      if (outcome.kind === 'stopped') {
        isStopped = true;
        return cut('stopped', 'interrupted');
      }
      if (outcome.kind === 'failed') return cut('environment', outcome.message);
      const { candidate } = outcome;
      const known = new Journal(journal);
      if (known.size > answers) fruitless = 0;
      answers = known.size;
      if (candidate === null || known.answerTo(candidate) !== null) {
        // It died between two candidates.
        if (++fruitless === MOST_FRUITLESS) return cut(judgeFruitless(outcome), describeFruitless(outcome));
        continue;
      }
      fruitless = 0;
      const here = [...(deaths.get(candidate) ?? []), outcome];
      deaths.set(candidate, here);
      const verdict = judgeDeaths(here, GIVEN_UP_LATE);
      if (verdict === 'again') continue;
      if (verdict === 'environment') unjudged++;
      known.add(candidate, verdict === 'finding' ? [findingOfDeath(outcome)] : [], null);
    }
  } finally {
    if (!isStopped) rmSync(journal, { force: true });
  }
}

/** Why it cannot be known whether a case fails again. */
class NoAnswer extends Error {
  readonly why: 'stopped' | 'environment';
  constructor(why: 'stopped' | 'environment', message: string) {
    super(message);
    this.why = why;
  }
}

/** How often the case that `reply` came to fails; null: each time. */
async function rateAfter(
  workers: Workers,
  task: Omit<Extract<Task, { kind: 'reduce' }>, 'kind' | 'journal'>,
  { reduced }: Replies['reduce'],
  { abort }: RunningTask,
): Promise<{ readonly rate: Rate | null } | NoAnswer> {
  const source = reduced === null ? task.source : ({ from: 'text', text: reduced.text } as const);
  // The start of a reduction and no more: the same judgement as in the one before.
  const once = { ...task, kind: 'reduce', source, cause: null, maxRuns: 1, maxSeconds: null, until: null } as const;
  const again = async (): Promise<boolean> => {
    const deaths: Died[] = [];
    for (;;) {
      const outcome = await workers.run<'reduce'>(once, abort === undefined ? {} : { abort });
      if (outcome.kind === 'done') return outcome.reply.reduced !== null;
      if (outcome.kind === 'stopped') throw new NoAnswer('stopped', 'interrupted');
      if (outcome.kind === 'failed') throw new NoAnswer('environment', outcome.message);
      deaths.push(outcome);
      const verdict = judgeDeaths(deaths, GIVEN_UP_LATE);
      if (verdict === 'finding') return bucketOf(findingOfDeath(outcome)) === task.bucket;
      if (verdict === 'environment') throw new NoAnswer('environment', describeFruitless(outcome));
    }
  };
  try {
    const { failed, of } = await rateOf(again, reduced === null);
    // Where it was not reduced, the run in which it was found failed, and the one of the reduction did not.
    const rate = { failed: failed + 1, of: of + (reduced === null ? 2 : 1) };
    return { rate: isFlaky(rate) ? rate : null };
  } catch (error) {
    if (error instanceof NoAnswer) return error;
    throw error;
  }
}

function judgeFruitless(died: Died): 'environment' | 'harness' {
  return died.how.why === 'exit' && died.how.signal === null ? 'harness' : 'environment';
}

function describeFruitless(died: Died): string {
  return `workers keep ending (${describeDeath(died)})\n${died.stderr}`.trimEnd();
}
