/**
 * Reductions while cases are still running: the first case of each new bucket becomes small on a share of the workers' time.
 *
 * Owns what is begun when, and what has come of it. A reduction is a function of what it starts from, so one that has ended here need not be done at the
 * end of the campaign, and one that is not wanted there changes nothing: the result is that of a campaign without. Needs a clock for the
 * share alone. Invariant: after `stop` nothing runs any more, and a reduction that was broken off can go on by its journal.
 */
import { bucketId } from '../check/bucket-id.ts';
import { bucketOf } from '../model/finding.ts';
import type { Rate } from '../model/rate.ts';
import type { ReductionEnd } from '../worker/run-reduction.ts';
import { runReduction } from '../worker/run-reduction.ts';
import type { Representative } from './buckets.ts';
import type { CampaignConfig } from './config.ts';
import { UNREDUCIBLE } from './config.ts';
import type { CampaignParts } from './parts.ts';
import type { Reduction, WantedReduction } from './reduction-record.ts';
import { reductionKey } from './reduction-record.ts';
import { causeBefore } from './representatives.ts';

/** The smallest case that a reduction has come to before it was broken off. */
export type Best = NonNullable<Extract<ReductionEnd, { kind: 'cut' }>['best']>;

/** Milliseconds that a reduction may take beyond the share before it has to wait, and between two looks at that. */
const GRACE = 4000;
const LOOK = 200;

/** What is needed of a campaign. */
export type BackgroundParts = Pick<CampaignParts, 'workers' | 'emit' | 'stop' | 'journalOf' | 'reductionOf'>;

/** The reductions of one campaign that run beside its cases, one at a time. */
export class BackgroundReductions {
  readonly #config: CampaignConfig;
  readonly #parts: BackgroundParts;
  readonly #begin = performance.now();
  readonly #waiting: Representative[] = [];
  readonly #done = new Map<string, Reduction>();
  readonly #best = new Map<string, Best>();
  #isOver = false;
  #abort = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #isAtWork = false;
  /** Milliseconds that reductions have run for. */
  #spent = 0;

  constructor(config: CampaignConfig, parts: BackgroundParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /** The first case that was seen of a bucket. */
  add(representative: Representative): void {
    const { reduceShare = 0, reduceRuns, stopOnFirst } = this.#config;
    if (this.#isOver || reduceShare <= 0 || reduceRuns === 0 || stopOnFirst) return;
    if (UNREDUCIBLE.includes(representative.finding.check)) return;
    this.#waiting.push(representative);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.#work = this.#run().finally(() => (this.#isAtWork = false));
  }

  /** What `wanted` has come to, or null. */
  reductionOf(wanted: WantedReduction): Reduction | null {
    return this.#done.get(reductionKey(wanted)) ?? null;
  }

  /** How far `wanted` has come that was broken off, or null. */
  bestOf(wanted: WantedReduction): Best | null {
    return this.#best.get(reductionKey(wanted)) ?? null;
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#abort.abort();
    await this.#work;
  }

  /** Milliseconds by which reductions have had more than their share; less than 0: they may run. */
  #excess(running: number): number {
    const { reduceShare = 0 } = this.#config;
    return this.#spent + running - reduceShare * (performance.now() - this.#begin) * this.#parts.workers.size;
  }

  async #run(): Promise<void> {
    for (;;) {
      while (!this.#isOver && this.#excess(0) > 0) await delay(LOOK);
      const next = this.#waiting.shift();
      if (this.#isOver || next === undefined) return;
      const begin = performance.now();
      this.#abort = new AbortController();
      const watch = setInterval(() => {
        if (this.#excess(performance.now() - begin) > GRACE) this.#abort.abort();
      }, LOOK);
      try {
        if (!(await this.#reduce(next, this.#abort.signal))) this.#waiting.push(next);
      } finally {
        clearInterval(watch);
        this.#spent += performance.now() - begin;
      }
    }
  }

  /** Whether there is nothing left to do for `from`. */
  async #reduce(from: Representative, abort: AbortSignal): Promise<boolean> {
    const { workers, emit, journalOf } = this.#parts;
    const cause = await causeBefore(from, this.#parts, abort);
    if (abort.aborted) return false;
    const bucket = bucketOf(from.finding);
    const before = cause === null ? null : bucketId(cause);
    const { reduceRuns: maxRuns } = this.#config;
    const wanted = { from: { seed: from.seed }, bucket, ...(before !== null && { cause: before }), maxRuns };
    if (this.reductionOf(wanted) !== null || (this.#parts.reductionOf?.(wanted) ?? null) !== null) return true;
    const source = { from: 'position', position: from.position } as const;
    const task = { source, bucket, cause: before, maxRuns, maxSeconds: null, until: null };
    const end = await runReduction(workers, task, journalOf(wanted), {
      abort,
      onStep: (step) => {
        this.#best.set(reductionKey(wanted), step);
        emit('shrunk', {
          bucket,
          ...(before !== null && { cause: before }),
          runs: step.runs,
          instructions: step.instructions,
        });
      },
    });
    if (end.kind === 'cut') return end.why !== 'stopped';
    if (end.unjudged === 0) this.#keep(wanted, end);
    return true;
  }

  #keep(wanted: WantedReduction, { reply, rate }: Pick<Reduction, 'reply'> & { readonly rate: Rate | null }): void {
    const reduction = { ...wanted, reply, ...(rate !== null && { rate }) };
    this.#done.set(reductionKey(wanted), reduction);
    this.#parts.emit('reduction', reduction);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
