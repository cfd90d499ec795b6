/** The option `--jobs`. */
import { availableParallelism } from 'node:os';
import { readInteger } from './option.ts';

/** The option that says how many workers there are. */
export const JOBS_OPTION = {
  flags: '--jobs <n|auto>',
  help: 'worker processes; auto: one for each core',
  fallback: 'auto' as number | 'auto',
  read: (text: string): number | 'auto' => (text === 'auto' ? text : readInteger(1, 1024)(text)),
};

/** How many workers `jobs` stands for. */
export function jobsOf(jobs: number | 'auto'): number {
  return jobs === 'auto' ? availableParallelism() : jobs;
}
