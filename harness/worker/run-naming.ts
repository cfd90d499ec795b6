/**
 * Has the causes of findings looked for, whatever happens to the workers that do it.
 *
 * A worker that is killed from outside is replaced and the next one asked; a case at which workers die by themselves has no cause
 * that could be told. So the answer is the same as that of workers nobody disturbed.
 */
import { GIVEN_UP_LATE, judgeDeaths } from './deaths.ts';
import type { Died, Replies, RunningTask, Task, Workers } from './protocol.ts';

/** The answer to `task`; null where there is none to be had, or nobody waits for it any more. */
export async function runNaming(
  workers: Workers,
  task: Omit<Extract<Task, { kind: 'name' }>, 'kind'>,
  running: RunningTask = {},
): Promise<Replies['name'] | null> {
  const deaths: Died[] = [];
  for (;;) {
    const outcome = await workers.run<'name'>({ ...task, kind: 'name' }, running);
    if (outcome.kind === 'done') return outcome.reply;
    if (outcome.kind !== 'died') return null;
    deaths.push(outcome);
    if (judgeDeaths(deaths, GIVEN_UP_LATE) !== 'again') return null;
  }
}
