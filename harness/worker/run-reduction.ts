/**
 * Runs one reduction to its end, whatever happens to the workers that do it.
 *
 * Owns what the death of a reducing worker means. The next worker goes on where it was, by the journal of answers, so the result is
 * that of a reduction nobody disturbed. A candidate at which workers die again and again gets an answer here: the finding that
 * its deaths are, or none if they come from outside. Invariant: the journal file is gone afterwards, unless the reduction was stopped:
 * then the next one goes on with it.
 */
import { rmSync } from 'node:fs';
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
      if (outcome.kind === 'done') return { kind: 'done', reply: outcome.reply, unjudged };
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

function judgeFruitless(died: Died): 'environment' | 'harness' {
  return died.how.why === 'exit' && died.how.signal === null ? 'harness' : 'environment';
}

function describeFruitless(died: Died): string {
  return `workers keep ending (${describeDeath(died)})\n${died.stderr}`.trimEnd();
}
