/**
 * Shards of one campaign, read from their run folders and put together.
 *
 * Owns which runs belong together, which of two runs of the same shard counts, and what is still missing of the whole.
 * Reads events.jsonl alone. Invariant: the result depends on the set of the shards, not on the order of the folders or on
 * how often one is named. What cannot be joined without guessing is an InputError that names the folders.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../model/failure.ts';
import { readInputText } from '../model/files.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import type { FoundCase, Shard } from '../worker/protocol.ts';
import { indexAt } from '../worker/seed-at.ts';
import type { CampaignConfig } from './config.ts';
import { identityOf } from './config.ts';
import type { EndedLine } from './event-lines.ts';
import { ofWhole, readLines, requireOnce, wholeLines } from './event-lines.ts';
import type { EndReason } from './events.ts';
import type { DoneBefore } from './parts.ts';
import type { Reduction } from './reduction-record.ts';
import { reductionKey } from './reduction-record.ts';
import type { Range } from './schedule.ts';
import { mergeRanges } from './schedule.ts';

/** What the run of one shard has done, by its own positions. */
interface ShardRun {
  readonly folder: string;
  readonly config: CampaignConfig;
  readonly versions: string;
  readonly jobs: number;
  readonly ranges: readonly Range[];
  readonly tally: Tally;
  readonly found: readonly FoundCase[];
  readonly seconds: number;
  readonly warnings: readonly string[];
  readonly reductions: readonly Reduction[];
  readonly ended: EndedLine | null;
}

/** Shards, as the start of the whole campaign. */
export interface Joined {
  readonly config: CampaignConfig;
  /** Of all shards together. */
  readonly jobs: number;
  readonly before: DoneBefore;
  /** What each shard has done, by its own positions and in order. */
  readonly shards: readonly { readonly shard: Shard; readonly done: Omit<DoneBefore, 'end'> }[];
  /** By {@link reductionKey}. */
  readonly reductions: ReadonlyMap<string, Reduction>;
}

/** Joins the runs in `folders`. */
export function joinShards(folders: readonly string[]): Joined {
  const runs = folders.map(readShardRun).sort((a, b) => a.config.shard.index - b.config.shard.index);
  const [{ config, versions, folder }] = runs as [ShardRun];
  for (const run of runs) {
    const [ours, theirs] = [JSON.stringify(meaningOf(config)), JSON.stringify(meaningOf(run.config))];
    if (ours !== theirs) {
      throw new InputError(
        `${folder} and ${run.folder} are not shards of one campaign: ${ours} and ${theirs} (fuzz gives all shards the same options and --seed)`,
      );
    }
  }
  if (config.stopOnFirst) {
    throw new InputError(
      `${folder}: runs with --stop-on-first cannot be joined: each has left out cases that others need`,
    );
  }
  const { of } = config.shard;
  const chosen = Array.from({ length: of }, (_, index) =>
    chooseRun(runs.filter((run) => run.config.shard.index === index)),
  );
  const present = chosen.filter((run) => run !== null);
  const lacks = chosen.flatMap((run, index) => lackOf(run, { index, of }));
  const tally = emptyTally();
  for (const run of present) addTally(tally, run.tally);
  const reductions = new Map<string, Reduction>();
  for (const one of runs.flatMap((run) => run.reductions)) {
    const key = reductionKey(one);
    if (!reductions.has(key)) reductions.set(key, one);
  }
  const reasons = present.map((run) => run.ended?.end);
  const reason: EndReason = lacks.length > 0 ? 'interrupted' : reasons.includes('time') ? 'time' : 'done';
  const end = reason === 'done' ? {} : { end: { reason, failure: lacks.length === 0 ? null : lacks.join('; ') } };
  return {
    config: { ...config, shard: { index: 0, of: 1 } },
    jobs: present.reduce((sum, run) => sum + run.jobs, 0),
    before: {
      ranges: reason === 'done' ? doneOf(present, config) : [],
      tally,
      found: present.flatMap((run) => run.found.map((one) => ofWhole(one, run.config.shard))),
      // They run side by side.
      seconds: Math.max(...present.map((run) => run.seconds)),
      warnings: [
        ...warningsOf(present),
        ...(runs.some((run) => run.versions !== versions)
          ? [
              `the shards ran with different versions: ${[...new Set(runs.map((run) => run.versions))].sort().join(' and ')}`,
            ]
          : []),
      ],
      ...end,
    },
    shards: present.map(({ config: { shard }, ranges, tally: sum, found, seconds }) => ({
      shard,
      done: { ranges, tally: sum, found, seconds },
    })),
    reductions,
  };
}

function readShardRun(folder: string): ShardRun {
  const file = join(folder, 'events.jsonl');
  const lines = readLines(wholeLines(readInputText(file)), file);
  const ranges: Range[] = [];
  const tally = emptyTally();
  const found: FoundCase[] = [];
  const reductions: Reduction[] = [];
  let seconds = 0;
  let started: Extract<(typeof lines)[number], { event: 'started' }> | null = null;
  let ended: EndedLine | null = null;
  let warnings: string[] = [];
  for (const line of lines) {
    switch (line.event) {
      case 'started':
        [started, ended, warnings] = [line, null, []];
        break;
      case 'ran':
        if (line.shard !== undefined) {
          throw new InputError(`${folder} was merged already: merge takes the run folders of the shards`);
        }
        for (const [first, next] of line.ranges) ranges.push({ first, next });
        addTally(tally, line.tally);
        found.push(...line.found);
        seconds += line.seconds;
        break;
      case 'warning':
        warnings.push(line.text);
        break;
      case 'reduction': {
        const { event: _event, ...reduction } = line;
        reductions.push(reduction);
        break;
      }
      case 'ended':
        ended = line;
        break;
      case 'found':
      case 'shrunk':
      case 'reduced':
        break;
    }
  }
  if (started === null)
    throw new InputError(`${file}: error: not what a campaign writes: no campaign was started in it`);
  requireOnce(ranges, file);
  const { config, versions, jobs } = started;
  return {
    folder,
    config,
    versions: Object.values(versions).join(' '),
    jobs,
    ranges: mergeRanges(ranges),
    tally,
    found: found.sort((a, b) => a.position - b.position),
    seconds,
    warnings,
    reductions,
    ended,
  };
}

/** What shards of one campaign have in common. */
function meaningOf(config: CampaignConfig): Record<string, unknown> {
  const { generator, budget, reduceRuns, stopOnFirst, shard } = config;
  return { ...identityOf(config), shard: { of: shard.of }, generator, budget, reduceRuns, stopOnFirst };
}

/** Of several runs of one shard the one that has done most; it has to have done what the others have. */
function chooseRun(runs: readonly ShardRun[]): ShardRun | null {
  const [best, ...others] = [...runs].sort(
    (a, b) =>
      sizeOf(b) - sizeOf(a) || Number(b.ended !== null) - Number(a.ended !== null) || (a.folder < b.folder ? -1 : 1),
  );
  for (const other of others) {
    const isSame =
      sizeOf(other) === sizeOf(best!) ? isDeepStrictEqual(countsOf(other), countsOf(best!)) : isPart(other, best!);
    if (!isSame) {
      throw new InputError(
        `${best!.folder} and ${other.folder} are both shard ${nameOf(best!.config.shard)} and have done different things: name one of them`,
      );
    }
  }
  return best ?? null;
}

function sizeOf({ ranges }: ShardRun): number {
  return ranges.reduce((sum, { first, next }) => sum + next - first, 0);
}

/** All that two runs of the same cases on the same build have in common. */
function countsOf({ ranges, tally, found }: ShardRun): unknown {
  const { cases, discarded, incomparable, checks } = tally;
  return {
    ranges,
    cases,
    discarded,
    incomparable,
    checks,
    found: found.map(({ position, seed }) => ({ position, seed })),
  };
}

function isPart(small: ShardRun, large: ShardRun): boolean {
  const isCovered = ({ first, next }: Range): boolean =>
    large.ranges.some((range) => range.first <= first && next <= range.next);
  const positions = new Set(large.found.map(({ position }) => position));
  return small.ranges.every(isCovered) && small.found.every(({ position }) => positions.has(position));
}

/** What keeps a conclusion from being drawn about a shard, for people; nothing where it came to its end. */
function lackOf(run: ShardRun | null, shard: Shard): string[] {
  const name = `shard ${nameOf(shard)}`;
  if (run === null) return [`${name} is missing`];
  const { ended, config, folder } = run;
  if (ended === null) return [`${name} has not ended (${folder})`];
  if (ended.end === 'interrupted') return [`${name} was interrupted (${folder})`];
  if (ended.end !== 'done') return [];
  if (config.budget.runs === null)
    return [`${name} ended before its time: ${ended.failure ?? 'it does not say why'} (${folder})`];
  const lost =
    (ended.tally.discarded['environment:killed'] ?? 0) + (ended.tally.discarded['environment:no processor time'] ?? 0);
  const wanted = Math.ceil((config.budget.runs - shard.index) / shard.of);
  if (sizeOf(run) + lost >= wanted) return [];
  return [`${name} ran ${sizeOf(run)} of its ${wanted} cases: ${ended.failure ?? 'it does not say why'} (${folder})`];
}

/** Positions of the whole that are done, where every shard has come to its end: all but those that its machine did not let run. */
function doneOf(runs: readonly ShardRun[], { budget }: CampaignConfig): Range[] {
  const end = budget.runs ?? 0;
  const missing = runs
    .flatMap(({ config: { shard }, ranges }) => {
      const wanted = Math.max(0, Math.ceil((end - shard.index) / shard.of));
      return gapsOf(ranges, wanted).map((position) => indexAt(shard, position));
    })
    .sort((a, b) => a - b);
  const done: Range[] = [];
  let first = 0;
  for (const next of [...missing, end]) {
    if (first < next) done.push({ first, next });
    first = next + 1;
  }
  return done;
}

/** Positions below `end` that are in none of `ranges`, which are in order. */
function gapsOf(ranges: readonly Range[], end: number): number[] {
  const gaps: number[] = [];
  let at = 0;
  for (const { first, next } of [...ranges, { first: end, next: end }]) {
    for (; at < Math.min(first, end); at++) gaps.push(at);
    at = Math.max(at, next);
  }
  return gaps;
}

/** What shards warn of; once, and as the whole would, what all of them say. */
function warningsOf(runs: readonly ShardRun[]): string[] {
  const common = runs[0]!.warnings.filter((text) => runs.every(({ warnings }) => warnings.includes(text)));
  const own = runs.flatMap(({ warnings, config: { shard } }) =>
    warnings.filter((text) => !common.includes(text)).map((text) => `shard ${nameOf(shard)}: ${text}`),
  );
  return [...common, ...own];
}

function nameOf({ index, of }: Shard): string {
  return `${index}/${of}`;
}
