/**
 * The part of a campaign that runs cases, until its budget ends.
 *
 * Owns what becomes of a case whose worker dies or whose guard strikes: it runs again, by itself, until it is clear whether the
 * case or the environment is at fault (worker/deaths.ts). Invariant: every case is counted once, whatever happens to workers.
 */
import { printSeed } from '../model/case.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import { bucketOf } from '../model/finding.ts';
import { describeDeath, explainDeath, findingOfDeath } from '../worker/death.ts';
import { judgeDeaths } from '../worker/deaths.ts';
import type { Died, FoundCase, Replies, TaskOutcome } from '../worker/protocol.ts';
import { seedAt } from '../worker/seed-at.ts';
import type { Representative } from './buckets.ts';
import { BucketTable } from './buckets.ts';
import type { CampaignConfig } from './config.ts';
import { chunkOf } from './config.ts';
import type { CampaignParts } from './parts.ts';
import type { Range } from './schedule.ts';
import { Schedule } from './schedule.ts';

/** How long workers may take to end what they are at when a campaign is interrupted, in milliseconds. */
const PATIENCE = 3000;

/** Milliseconds between two events of progress while nothing else happens. */
const HEARTBEAT = 250;

/** Deaths between two cases, one after the other, after which no worker is believed to come any further. */
const MOST_FRUITLESS = 8;

/** How much longer than its limit a step may take, by the clock, whose worker does not get the processor. */
const MOST_PATIENCE = 64;

/** Why a case counts as discarded that the environment did not let run. */
const KILLED = 'environment:killed';
const STARVED = 'environment:no processor time';

interface RangeResult {
  readonly range: Range;
  readonly tally: Tally;
  readonly found: readonly FoundCase[];
}

/** What the running of cases needs of what a campaign is given. */
export type CaseParts = Pick<CampaignParts, 'workers' | 'emit' | 'stop' | 'before' | 'batch' | 'seedAt'>;

export class CasePhase {
  readonly warnings: string[] = [];
  readonly #config: CampaignConfig;
  readonly #parts: CaseParts;
  readonly #onNew: (first: Representative) => void;
  readonly #schedule: Schedule;
  readonly #begin = performance.now();
  readonly #table = new BucketTable();
  readonly #tally = emptyTally();
  /** Kept only to be able to forget what came after the first failing case. */
  readonly #results: RangeResult[] = [];
  /** Seeds of cases that could not be run. */
  readonly #lost: string[] = [];
  #failing = 0;
  #firstFound = Infinity;
  #failure: string | null = null;
  #end = 0;

  /** `onNew` is told the first case that was seen of each bucket. */
  constructor(config: CampaignConfig, parts: CaseParts, onNew: (first: Representative) => void = () => undefined) {
    this.#onNew = onNew;
    this.#config = config;
    this.#parts = parts;
    const { budget, shard } = config;
    const { before, batch = null } = parts;
    this.#schedule = new Schedule(budget.runs, shard, chunkOf(batch), before?.ranges ?? [], before?.tally.cases ?? 0);
    for (const text of before?.warnings ?? []) this.#warn(text);
    if (before !== null) this.#add({ range: NOWHERE, tally: before.tally, found: before.found });
  }

  get stoppedOnFirst(): boolean {
    return this.#config.stopOnFirst && this.#failing > 0;
  }

  /** Whether the time was up, or might have been. */
  get ranOutOfTime(): boolean {
    const { seconds } = this.#config.budget;
    const now = this.#end === 0 ? performance.now() : this.#end;
    return seconds !== null && now - this.#begin >= seconds * 1000;
  }

  /** Seconds spent, those of earlier runs included. */
  get seconds(): number {
    return Math.max(0, this.#end - this.#begin) / 1000 + (this.#parts.before?.seconds ?? 0);
  }

  /** Why the environment did not let all cases run, or null. */
  get failure(): string | null {
    if (this.#failure !== null || this.#lost.length === 0) return this.#failure;
    const shown = this.#lost.slice(0, 5).join(', ');
    const more = this.#lost.length > 5 ? ` and ${this.#lost.length - 5} more` : '';
    return `the environment did not let these cases run: ${shown}${more}`;
  }

  async run(): Promise<void> {
    const { workers, stop } = this.#parts;
    const slots = Promise.all(Array.from({ length: workers.size }, () => this.#slot()));
    // Progress between results: on a slow machine a chunk takes its time until it ends, and people want to see it.
    const heartbeat = setInterval(() => this.#tellProgress(), HEARTBEAT);
    // A worker that does not end must not keep a person waiting who has asked for an end.
    const patience = stop.whenRequested.then(() => delay(PATIENCE));
    // Once nobody waits for it any more, nobody wants to know either.
    slots.catch(() => undefined);
    try {
      await Promise.race([slots, patience]);
    } finally {
      clearInterval(heartbeat);
    }
    this.#end = performance.now();
  }

  /** The sums; with `stopOnFirst` those of the cases up to the first failing one. */
  totals(): { tally: Tally; table: BucketTable } {
    if (!this.stoppedOnFirst) return { tally: this.#tally, table: this.#table };
    const tally = emptyTally();
    const table = new BucketTable();
    for (const result of this.#results) {
      if (result.range.first > this.#firstFound) continue;
      addTally(tally, result.tally);
      for (const found of result.found) if (found.position <= this.#firstFound) table.add(found);
    }
    return { tally, table };
  }

  #mayGoOn(): boolean {
    if (this.#parts.stop.requested || this.stoppedOnFirst || this.#failure !== null) return false;
    return !this.ranOutOfTime;
  }

  async #slot(): Promise<void> {
    while (this.#mayGoOn()) {
      const range = this.#schedule.take();
      if (range === null) return;
      this.#schedule.end(await this.#runRange(range));
    }
  }

  /** Runs a range, and returns how many of its cases have completed; what is left of it is given back. */
  async #runRange(range: Range): Promise<number> {
    for (let fruitless = 1; ; fruitless++) {
      const outcome = await this.#runCases(range);
      if (outcome.kind === 'stopped') return 0;
      if (outcome.kind === 'failed') return this.#fail(outcome.message);
      if (outcome.kind === 'done') {
        const { next, struck } = outcome.reply;
        const completed = this.#finish(range, outcome.reply);
        if (!struck) return completed;
        this.#schedule.giveBack({ first: next + 1, next: range.next });
        return completed + (await this.#runAlone(next, null));
      }
      const { position } = outcome;
      if (position >= range.first && position < range.next) {
        this.#schedule.giveBack({ first: range.first, next: position });
        this.#schedule.giveBack({ first: position + 1, next: range.next });
        return this.#runAlone(position, outcome);
      }
      if (fruitless === MOST_FRUITLESS) {
        return this.#fail(`workers keep ending (${describeDeath(outcome)})\n${outcome.stderr}`.trimEnd());
      }
      this.#warn(`a worker ended between two cases and was replaced (${describeDeath(outcome)})`);
    }
  }

  /** Runs a case by itself that a worker died at (`death`), or that the guard of a batch struck at. */
  async #runAlone(position: number, death: Died | null): Promise<number> {
    const range = { first: position, next: position + 1 };
    const deaths = death === null ? [] : [death];
    const seed = this.#parts.seedAt?.(position) ?? seedAt(this.#config, position);
    const name = printSeed({ seed, profile: this.#config.profile });
    for (let patience = 1; ;) {
      const outcome = await this.#runCases(range, patience);
      if (outcome.kind === 'stopped') return 0;
      if (outcome.kind === 'failed') return this.#fail(outcome.message);
      if (outcome.kind === 'done') {
        if (outcome.reply.struck) {
          patience *= 4;
          if (patience <= MOST_PATIENCE) continue;
          return this.#lose(name, STARVED, 'its worker did not get the processor');
        }
        if (deaths.length > 0) {
          const how = [...new Set(deaths.map(explainDeath))].join(', ');
          this.#warn(`a worker died at seed ${name} (${how}), but not when the case was run again: not counted`);
        }
        return this.#finish(range, outcome.reply);
      }
      deaths.push(outcome);
      switch (judgeDeaths(deaths)) {
        case 'again':
          continue;
        case 'environment':
          return this.#lose(name, KILLED, `workers were ended from outside at it, again and again`);
        case 'finding': {
          const tally = { ...emptyTally(), cases: 1 };
          this.#add({ range, tally, found: [{ position, seed, findings: [findingOfDeath(outcome)] }] });
          return 1;
        }
      }
    }
  }

  #runCases({ first, next }: Range, patience?: number): Promise<TaskOutcome<Replies['cases']>> {
    const { stopOnFirst } = this.#config;
    const task = { kind: 'cases', first, count: next - first, stopOnFirst } as const;
    return this.#parts.workers.run<'cases'>(patience === undefined ? task : { ...task, patience });
  }

  #finish({ first }: Range, { next, tally, found }: Replies['cases']): number {
    this.#add({ range: { first, next }, tally, found });
    return tally.cases;
  }

  /** A case that cannot be run here: counted, named, and not written down as done, so that a resumed run tries it again. */
  #lose(seed: string, reason: string, why: string): number {
    this.#lost.push(seed);
    this.#warn(`the case ${seed} could not be run: ${why}`);
    this.#add({ range: NOWHERE, tally: { ...emptyTally(), discarded: { [reason]: 1 } }, found: [] });
    return 0;
  }

  #fail(message: string): number {
    this.#failure ??= message;
    return 0;
  }

  #add(result: RangeResult): void {
    const { emit } = this.#parts;
    addTally(this.#tally, result.tally);
    this.#failing += result.found.length;
    if (this.#config.stopOnFirst) this.#results.push(result);
    for (const found of result.found) {
      this.#firstFound = Math.min(this.#firstFound, found.position);
      for (const fresh of this.#table.add(found)) {
        emit('found', { bucket: bucketOf(fresh), seed: found.seed, detail: fresh.detail });
        this.#onNew({ position: found.position, seed: found.seed, finding: fresh });
      }
    }
    if (result.range.first < result.range.next)
      emit('ran', { ...result.range, tally: result.tally, found: result.found });
    this.#tellProgress();
  }

  #tellProgress(): void {
    const seconds = (performance.now() - this.#begin) / 1000;
    const { hasStarted = true } = this.#parts.workers;
    const progress = { tally: this.#tally, failing: this.#failing, buckets: this.#table.size, seconds, hasStarted };
    this.#parts.emit('progress', progress);
  }

  #warn(text: string): void {
    this.warnings.push(text);
    this.#parts.emit('warning', { text });
  }
}

/** No positions: of sums that are not to be written down as done. */
const NOWHERE: Range = { first: -1, next: -1 };

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
