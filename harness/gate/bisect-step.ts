/**
 * One step of `git bisect run`, started by git in the worktree: builds what is checked out and runs the case on it.
 *
 *   node bisect-step.js ROOT CASE
 *
 * Owns the exit code: 0 good, 1 bad, 125 cannot tell (it does not build, cannot read the case, or proves nothing), 130 interrupted,
 * upon which git stops. Knows nothing of which commit it is at.
 */
import { programOutput } from '../report/streams.ts';
import { Side } from './build-side.ts';
import { buildCheckout } from './build-tree.ts';
import { Children } from './children.ts';

const CANNOT_TELL = 125;
const INTERRUPTED = 130;

const [root, case_] = process.argv.slice(2) as [string, string];
const children = new Children();
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopped = true;
    children.end('SIGTERM');
  });
}
const code = await step();
process.exitCode = isStopped ? INTERRUPTED : code;

async function step(): Promise<number> {
  const why = await buildCheckout(process.cwd(), root, children);
  if (why !== null) {
    programOutput.out(`cannot be built:\n${why}\n`);
    return CANNOT_TELL;
  }
  try {
    const answer = await new Side(process.cwd(), process.cwd(), children).ask(case_);
    programOutput.out(`${answer}\n`);
    return { passes: 0, fails: 1, 'no case': CANNOT_TELL }[answer];
  } catch (error) {
    programOutput.out(`${String(error)}\n`);
    return CANNOT_TELL;
  }
}
