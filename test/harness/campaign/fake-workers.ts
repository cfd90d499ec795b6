/**
 * Workers in this process, for campaigns whose workers die when a test says so.
 */
import type { Backend } from '../../../harness/backend/door.ts';
import type { CampaignConfig } from '../../../harness/campaign/config.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import type { Check } from '../../../harness/check/check.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { TimePart } from '../../../harness/model/stopwatch.ts';
import { Executor } from '../../../harness/worker/executor.ts';
import type { Died, Replies, RunningTask, Task, TaskOutcome, Workers } from '../../../harness/worker/protocol.ts';

/** How a worker dies: a signal, or the environment of all workers fails for good. */
export type Death = { readonly signal: string; readonly stderr?: string } | { readonly failed: string };

/** What a test decides at each step of a worker. */
export interface Fate {
  /** Before the case at `position` (less than -1: a candidate of a reduction; null: a worker starts). */
  at(position: number | null): Death | null;
  /** Before the candidate `text` of a reduction. */
  candidate?(text: string): Death | null;
}

/** What a worker was at when it died. */
type At = Pick<Died, 'position' | 'part' | 'candidate'>;

class Dead extends Error {
  readonly death: Death;
  readonly at: At;
  constructor(death: Death, at: At) {
    super('dead');
    this.death = death;
    this.at = at;
  }
}

/** Tasks finish in an order of their own; `ran` lists the positions that were run. */
export function fakeWorkers(
  size: number,
  config: Pick<CampaignConfig, 'seed' | 'shard' | 'profile'>,
  backend: Backend,
  checks: readonly Check[],
  fate: Fate = { at: () => null },
): Workers & { readonly ran: number[] } {
  const ran: number[] = [];
  let at = -1;
  let part: TimePart | null = null;
  let candidate: string | null = null;
  let onStep: RunningTask['onStep'];
  const executor = new Executor({
    campaignSeed: config.seed,
    profile: config.profile,
    shard: config.shard,
    generate: generatorOf(config.profile, null),
    backend,
    engines: [V8_ENGINE],
    checks,
    mark: (position) => {
      at = position;
      if (position === -1) return;
      if (position >= 0) ran.push(position);
      const death = fate.at(position);
      if (death !== null) throw new Dead(death, { position: at, part, candidate });
    },
    markPart: (now) => (part = now),
    keepCandidate: (text) => {
      candidate = text;
      const death = fate.candidate?.(text) ?? null;
      if (death !== null) throw new Dead(death, { position: at, part, candidate });
    },
    onStep: (step) => onStep?.(step),
  });
  let turn = 0;
  return {
    size,
    ran,
    async run<K extends Task['kind']>(
      task: Extract<Task, { kind: K }>,
      running: RunningTask = {},
    ): Promise<TaskOutcome<Replies[K]>> {
      for (let wait = (turn++ * 7) % 5; wait > 0; wait--) await Promise.resolve();
      at = -1;
      candidate = part = null;
      onStep = running.onStep;
      try {
        const death = fate.at(null);
        if (death !== null) throw new Dead(death, { position: at, part, candidate });
        return { kind: 'done', reply: (await executor.run(task)) as Replies[K] };
      } catch (error) {
        if (!(error instanceof Dead)) throw error;
        const { death } = error;
        if ('failed' in death) return { kind: 'failed', message: death.failed };
        const how: Died['how'] = { why: 'exit', code: null, signal: death.signal };
        return { kind: 'died', how, ...error.at, stderr: death.stderr ?? '' };
      }
    },
    close: () => Promise.resolve(),
  };
}
