/**
 * Has the causes of findings, and the places at which sides part, looked for, whatever happens to the workers that do it.
 *
 * A worker that is killed from outside is replaced and the next one asked; a case at which workers die by themselves has no cause
 * that could be told. So the answer is the same as that of workers nobody disturbed.
 */
import type { Place } from '../model/place.ts';
import type { Finding } from '../model/finding.ts';
import { GIVEN_UP_LATE, judgeDeaths } from './deaths.ts';
import type { Died, Replies, RunningTask, Task, Workers } from './protocol.ts';

/** The answer to `task`; null where there is none to be had, or nobody waits for it any more. */
export function runNaming(
  workers: Workers,
  task: Omit<Extract<Task, { kind: 'name' }>, 'kind'>,
  running: RunningTask = {},
): Promise<Replies['name'] | null> {
  return ask<'name'>(workers, { ...task, kind: 'name' }, running);
}

/** The same for where the sides of `finding` part in the case of `text`. */
export async function runPlacing(
  workers: Workers,
  text: string,
  finding: Finding,
  running: RunningTask = {},
): Promise<Place | null> {
  return (await ask<'place'>(workers, { kind: 'place', text, finding }, running))?.place ?? null;
}

async function ask<K extends 'name' | 'place'>(
  workers: Workers,
  task: Extract<Task, { kind: K }>,
  running: RunningTask,
): Promise<Replies[K] | null> {
  const deaths: Died[] = [];
  for (;;) {
    const outcome = await workers.run<K>(task, running);
    if (outcome.kind === 'done') return outcome.reply;
    if (outcome.kind !== 'died') return null;
    deaths.push(outcome);
    if (judgeDeaths(deaths, GIVEN_UP_LATE) !== 'again') return null;
  }
}
