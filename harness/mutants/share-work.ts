/**
 * Trials on several jobs at a time: each job takes the next one until there are no more or somebody interrupts.
 */
import type { StopSignal } from '../campaign/parts.ts';
import { Interrupted } from '../model/failure.ts';

/** Runs `work` for 0 to `count` - 1. Throws what the first job to fail threw, unless it was interrupted, once all have ended. */
export async function shareWork(
  count: number,
  { jobs, stop }: { readonly jobs: number; readonly stop: StopSignal },
  work: (n: number, job: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const run = async (job: number): Promise<void> => {
    while (next < count && !stop.requested) await work(next++, job);
  };
  const ends = await Promise.allSettled(Array.from({ length: jobs }, (_, job) => run(job)));
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
  const fatal = failed.find((reason) => !(reason instanceof Interrupted));
  if (fatal !== undefined) throw fatal;
}
