/**
 * A campaign: runs cases on workers until its budget ends, collects what fails, has it reduced.
 *
 * Owns the order of events and what a dead worker means. Knows workers only as something that does tasks, files and
 * screens only as listeners. Invariant: with a budget of runs, everything in the result but times is the same for any
 * number of workers and any order in which they finish.
 */
import type { Finding } from '../model/finding.ts';
import { HarnessError } from '../model/failure.ts';
import { describeDeath, findingOfDeath } from '../worker/death.ts';
import type { FoundCase, Replies, TaskOutcome } from '../worker/protocol.ts';
import { seedAt } from '../worker/seed-at.ts';
import { BucketTable } from './buckets.ts';
import type { CampaignConfig } from './config.ts';
import { CHUNK } from './config.ts';
import type { CampaignResult, EndReason } from './events.ts';
import { judgeHealth } from './health.ts';
import type { CampaignParts } from './parts.ts';
import { nameBuckets } from './reductions.ts';
import type { Range } from './schedule.ts';
import { Schedule } from './schedule.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';

/** How long workers may take to end what they are at when a campaign is interrupted, in milliseconds. */
const PATIENCE = 3000;

/** Milliseconds between two events of progress while nothing else happens. */
const HEARTBEAT = 250;

/** Runs a campaign to its end. */
export async function runCampaign(config: CampaignConfig, parts: CampaignParts): Promise<CampaignResult> {
  const cases = new CasePhase(config, parts);
  await cases.run();
  const { tally, table } = cases.totals();
  const end: EndReason = parts.stop.requested ? 'interrupted' : cases.stoppedOnFirst ? 'stopped' : 'done';
  const buckets = await nameBuckets(table, config, parts);
  const health = judgeHealth(config, tally, parts.checks, parts.required, parts.absent ?? [], end);
  const result: CampaignResult = {
    config,
    end,
    tally,
    buckets,
    seconds: cases.seconds,
    jobs: parts.workers.size,
    warnings: [...cases.warnings, ...health.warnings],
    failure: buckets.length > 0 ? null : health.failure,
  };
  parts.emit('ended', { result });
  return result;
}

interface RangeResult {
  readonly range: Range;
  readonly tally: Tally;
  readonly found: readonly FoundCase[];
}

/** The part of a campaign that runs cases. */
class CasePhase {
  readonly warnings: string[] = [];
  readonly #config: CampaignConfig;
  readonly #parts: CampaignParts;
  readonly #schedule: Schedule;
  readonly #begin = performance.now();
  readonly #table = new BucketTable();
  readonly #tally = emptyTally();
  /** Kept only to be able to forget what came after the first failing case. */
  readonly #results: RangeResult[] = [];
  #failing = 0;
  #firstFound = Infinity;
  #end = 0;

  constructor(config: CampaignConfig, parts: CampaignParts) {
    this.#config = config;
    this.#parts = parts;
    const { budget, shard } = config;
    const { before } = parts;
    const runs = budget.kind === 'runs' ? budget.runs : null;
    this.#schedule = new Schedule(runs, shard, CHUNK, before?.ranges ?? [], before?.tally.cases ?? 0);
    if (before !== null) this.#add({ range: { first: -1, next: -1 }, tally: before.tally, found: before.found });
  }

  get stoppedOnFirst(): boolean {
    return this.#config.stopOnFirst && this.#failing > 0;
  }

  get seconds(): number {
    return (this.#parts.before?.seconds ?? 0) + (this.#end - this.#begin) / 1000;
  }

  async run(): Promise<void> {
    const { workers, stop } = this.#parts;
    const slots = Promise.all(Array.from({ length: workers.size }, () => this.#slot()));
    // Time passes while nothing ends, and people want to see it.
    const heartbeat = setInterval(() => this.#tellProgress(), HEARTBEAT);
    // A worker that does not end must not keep a person waiting who has asked for an end.
    const patience = stop.whenRequested.then(() => delay(PATIENCE));
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
    if (this.#parts.stop.requested || this.stoppedOnFirst) return false;
    const { budget } = this.#config;
    return budget.kind === 'runs' || performance.now() - this.#begin < budget.seconds * 1000;
  }

  async #slot(): Promise<void> {
    while (this.#mayGoOn()) {
      const range = this.#schedule.take();
      if (range === null) return;
      const before = this.#tally.cases;
      await this.#runRange(range);
      this.#schedule.end(this.#tally.cases - before);
    }
  }

  async #runRange(range: Range): Promise<void> {
    const outcome = await this.#runCases(range);
    if (outcome.kind === 'stopped') return;
    if (outcome.kind === 'done') {
      this.#finish(range, outcome.reply);
      return;
    }
    const { position } = outcome;
    if (position < range.first || position >= range.next) {
      await this.#runRangeAgain(range, outcome);
      return;
    }
    this.#schedule.giveBack({ first: range.first, next: position });
    this.#schedule.giveBack({ first: position + 1, next: range.next });
    await this.#runDeadly({ first: position, next: position + 1 });
  }

  /** The worker died outside of any case: once is bad luck, twice is a broken environment. */
  async #runRangeAgain(range: Range, first: Extract<TaskOutcome, { kind: 'died' }>): Promise<void> {
    this.#warn(`a worker ended between two cases and was replaced (${describeDeath(first)})`);
    const outcome = await this.#runCases(range);
    if (outcome.kind === 'died') {
      throw new HarnessError(`workers keep ending (${describeDeath(outcome)})\n${outcome.stderr}`);
    }
    if (outcome.kind === 'done') this.#finish(range, outcome.reply);
  }

  /** Runs a case again that a worker died at: only what it does twice is a finding. */
  async #runDeadly(range: Range): Promise<void> {
    const seed = seedAt(this.#config.seed, this.#config.shard, range.first);
    const outcome = await this.#runCases(range);
    if (outcome.kind === 'stopped') return;
    if (outcome.kind === 'done') {
      this.#warn(`a worker died at seed 0x${seed.toString(16)}, but not when the case was run again: not counted`);
      this.#finish(range, outcome.reply);
      return;
    }
    const tally = { ...emptyTally(), cases: 1 };
    this.#add({ range, tally, found: [{ position: range.first, seed, findings: [findingOfDeath(outcome)] }] });
  }

  #runCases(range: Range): Promise<TaskOutcome<Replies['cases']>> {
    const { stopOnFirst } = this.#config;
    return this.#parts.workers.run<'cases'>({
      kind: 'cases',
      first: range.first,
      count: range.next - range.first,
      stopOnFirst,
    });
  }

  #finish(range: Range, reply: Replies['cases']): void {
    this.#add({ range: { first: range.first, next: reply.next }, tally: reply.tally, found: reply.found });
  }

  #add(result: RangeResult): void {
    const { emit } = this.#parts;
    addTally(this.#tally, result.tally);
    this.#failing += result.found.length;
    if (this.#config.stopOnFirst) this.#results.push(result);
    for (const found of result.found) {
      this.#firstFound = Math.min(this.#firstFound, found.position);
      for (const fresh of this.#table.add(found)) {
        emit('found', { bucket: bucketName(fresh), seed: found.seed, detail: fresh.detail });
      }
    }
    if (result.range.first >= 0) emit('ran', { ...result.range, tally: result.tally, found: result.found });
    this.#tellProgress();
  }

  #tellProgress(): void {
    const seconds = (performance.now() - this.#begin) / 1000;
    const progress = { tally: this.#tally, failing: this.#failing, buckets: this.#table.size, seconds };
    this.#parts.emit('progress', progress);
  }

  #warn(text: string): void {
    this.warnings.push(text);
    this.#parts.emit('warning', { text });
  }
}

function bucketName(finding: Finding): string {
  return `${finding.stage}/${finding.check}/${finding.kind}/${finding.op}`;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
