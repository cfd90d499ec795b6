/**
 * The folder of one campaign: its configuration, its log of events, its cases, and what a later run needs to go on.
 *
 *   run.json       configuration                     cases/<bucket>.air            minimised cases
 *   events.jsonl   everything that happened          cases/<bucket>.original.air   the cases as generated
 *   summary.json   the object of `--json`            lock                          while a campaign runs in it
 *   reduction-<key>.journal                          answers of a reduction that was interrupted
 *
 * Owns names, and what is written. events.jsonl is the source of truth; stored-run.ts reads it back.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bucketOf } from '../model/finding.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { codeOf, makeFolder, messageOf, writeWhole } from '../model/files.ts';
import { hostVersions } from '../model/versions.ts';
import type { FoundCase, Shard } from '../worker/protocol.ts';
import type { DoneBefore } from './parts.ts';
import type { CampaignConfig } from './config.ts';
import { identityOf } from './config.ts';
import { lookedAt } from './buckets.ts';
import type { Reporter } from './events.ts';
import type { LookedAt } from './looked-at.ts';
import type { Reduction, WantedReduction } from './reduction-record.ts';
import { reductionKey } from './reduction-record.ts';
import { lockRun } from './run-lock.ts';
import { readIfThere, saveFinding } from './save-finding.ts';
import type { Range } from './schedule.ts';
import { mergeRanges } from './schedule.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';

/** Milliseconds between two lines about cases that passed. */
const FLUSH_INTERVAL = 1000;

/** A line of events.jsonl about cases: sums since the line before. */
interface RanLine {
  readonly event: 'ran';
  /** Of which shard the positions are; absent: of the run itself. */
  readonly shard?: Shard;
  readonly ranges: readonly (readonly [first: number, next: number])[];
  readonly tally: Tally;
  readonly found: readonly FoundCase[];
  readonly seconds: number;
}

export class RunFolder {
  readonly path: string;
  readonly #findings: string;
  readonly #unlock: () => void;
  /** Reductions that events.jsonl has, by key. */
  readonly #reduced = new Set<string>();

  /** `unlock` gives the lock of the folder back, which is held. */
  constructor(path: string, findings: string, unlock: () => void) {
    this.path = path;
    this.#findings = findings;
    this.#unlock = unlock;
  }

  /** Makes a folder for a new run: `path`, or the first free one below `reports`. */
  static create(config: CampaignConfig, path: string | null, cwd: string): RunFolder {
    if (path === '') throw new InputError('--out: the name of a folder is not empty');
    const folder = path ?? makeFreeFolder(join(cwd, 'reports'), config);
    if (existsSync(folder) && !statSync(folder).isDirectory()) throw new InputError(`${folder} is no folder`);
    const run = openFolder(folder, () => makeFolder(folder), cwd);
    try {
      if (existsSync(join(folder, 'events.jsonl'))) {
        throw new InputError(`${folder} already holds a run; resume it (--resume) or choose another folder`);
      }
      const content = { schema: 1, identity: identityOf(config), config };
      writeWhole(join(folder, 'run.json'), `${JSON.stringify(content, null, 2)}\n`);
      return run;
    } catch (error) {
      run.close();
      throw error;
    }
  }

  /** Opens the folder of a run to resume it: `path`, or the last one of the same campaign. */
  static async resume(
    config: CampaignConfig,
    path: string | null,
    cwd: string,
    warn: (text: string) => void,
  ): Promise<{ run: RunFolder; before: DoneBefore; reductions: ReadonlyMap<string, Reduction> }> {
    const folder = path ?? lastFolder(join(cwd, 'reports'), config);
    if (folder === null || !existsSync(join(folder, 'run.json'))) {
      throw new InputError(`there is no run to resume in ${folder ?? join(cwd, 'reports')}`);
    }
    // Loaded only where a run is resumed: commands shall start fast.
    const { readDone, readReductions, storedIdentity } = await import('./stored-run.ts');
    const stored = JSON.stringify(storedIdentity(folder));
    const wanted = JSON.stringify(identityOf(config));
    if (stored !== wanted) throw new InputError(`${folder} is another campaign: it has ${stored}, not ${wanted}`);
    const run = openFolder(folder, () => undefined, cwd);
    try {
      const before = readDone(folder, warn);
      const reductions = readReductions(folder);
      for (const key of reductions.keys()) run.#reduced.add(key);
      return { run, before, reductions };
    } catch (error) {
      run.close();
      throw error;
    }
  }

  /** Gives the folder free for others, and takes away what workers have left in it. */
  close(): void {
    removeFiles(this.path, OF_WORKER);
    this.#unlock();
  }

  /** A file for the answers of one reduction. */
  journalOf(wanted: WantedReduction): string {
    const key = createHash('sha1').update(reductionKey(wanted)).digest('hex');
    return join(this.path, `reduction-${key.slice(0, 16)}.journal`);
  }

  /** Files a bucket's case here and among the findings of the corpus; returns the path to show. */
  saveCase(id: string, seed: number, text: string, original: string, cwd: string): string {
    const slug = bucketSlug(id);
    const file = join(this.path, 'cases', `${slug}.air`);
    const before = readIfThere(file);
    const finding = saveFinding(this.#findings, slug, seed, text, before);
    writeWhole(join(this.path, 'cases', `${slug}.original.air`), original);
    writeWhole(file, text);
    return relative(cwd, finding);
  }

  /** Where the case of a bucket as it was generated is kept. */
  originalOf(id: string, cwd: string): string {
    return relative(cwd, join(this.path, 'cases', `${bucketSlug(id)}.original.air`)) || '.';
  }

  writeSummary(summary: unknown): void {
    writeWhole(join(this.path, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  }

  /** Which buckets are new, known, fixed, quiet and flaky. */
  writeStanding(standing: unknown): void {
    writeWhole(join(this.path, 'standing.json'), `${JSON.stringify(standing, null, 2)}\n`);
  }

  /** A reporter that writes events.jsonl. `flush` writes what is left; `writeShard` what a shard has done, by its own positions. */
  log(now: () => number = Date.now): Reporter & {
    flush(): void;
    writeShard(shard: Shard, done: Omit<DoneBefore, 'end'>): void;
  } {
    const file = join(this.path, 'events.jsonl');
    const begin = now();
    let ranges: Range[] = [];
    let tally = emptyTally();
    let found: FoundCase[] = [];
    /** What is looked at of each bucket so far: a back end that fails everywhere must not fill the disk with its details. */
    const looked = new Map<string, LookedAt<FoundCase>>();
    const brief = (one: FoundCase): FoundCase => ({
      ...one,
      findings: one.findings.map((finding) => {
        const bucket = bucketOf(finding);
        const own = looked.get(bucket) ?? lookedAt();
        looked.set(bucket, own);
        return own.add(one) ? finding : { ...finding, detail: '' };
      }),
    });
    let written = begin;
    let counted = begin;
    const line = (value: object): void => {
      try {
        appendFileSync(file, `${JSON.stringify(value)}\n`);
      } catch (error) {
        throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
      }
    };
    const flush = (): void => {
      written = now();
      if (ranges.length === 0) return;
      const seconds = (written - counted) / 1000;
      counted = written;
      const ran: RanLine = {
        event: 'ran',
        ranges: mergeRanges(ranges).map(({ first, next }) => [first, next]),
        tally,
        found,
        seconds,
      };
      ranges = [];
      tally = emptyTally();
      found = [];
      line(ran);
    };
    return {
      flush,
      writeShard: (shard, { ranges: done, tally: sum, found: cases, seconds }) => {
        if (done.length === 0) return;
        const pairs = done.map(({ first, next }) => [first, next] as const);
        line({ event: 'ran', shard, ranges: pairs, tally: sum, found: cases, seconds } satisfies RanLine);
      },
      onStarted: ({ config, jobs }) => {
        const time = new Date(now()).toISOString();
        line({ event: 'started', schema: 1, time, jobs, versions: hostVersions(), config });
      },
      onRan: (event) => {
        ranges.push({ first: event.first, next: event.next });
        addTally(tally, event.tally);
        found.push(...event.found.map(brief));
        // A failing case is on disk at once.
        if (event.found.length > 0 || now() - written >= FLUSH_INTERVAL) flush();
      },
      onFound: (event) => line({ event: 'found', ...event }),
      onWarning: (event) => line({ event: 'warning', ...event }),
      onShrunk: (event) => line({ event: 'shrunk', ...event }),
      onReduction: (event) => {
        const key = reductionKey(event);
        if (!this.#reduced.has(key)) line({ event: 'reduction', ...event });
        this.#reduced.add(key);
      },
      onReduced: (event) => line({ event: 'reduced', ...event }),
      onEnded: ({ result }) => {
        flush();
        // One that was interrupted goes on with them.
        if (result.end !== 'interrupted') removeFiles(this.path, JOURNAL);
        const { end, seconds, tally: sum, buckets, slips, warnings, failure } = result;
        line({ event: 'ended', end, seconds, tally: sum, buckets, slips, warnings, failure });
      },
    };
  }
}

function folderName(config: CampaignConfig): string {
  const profile = config.profile === 'default' ? '' : `${config.profile}-`;
  const shard = config.shard.of === 1 ? '' : `-shard-${config.shard.index}-of-${config.shard.of}`;
  return `${profile}0x${config.seed.toString(16)}${shard}`;
}

/** Locks a folder and takes away what killed workers have left in it; `make` makes it if that is to be done. */
function openFolder(folder: string, make: () => void, cwd: string): RunFolder {
  try {
    make();
    const unlock = lockRun(folder);
    removeFiles(folder, OF_WORKER);
    return new RunFolder(folder, join(cwd, 'corpus', 'findings'), unlock);
  } catch (error) {
    if (error instanceof InputError || error instanceof HarnessError) throw error;
    throw new HarnessError(`cannot write to the folder ${folder}: ${messageOf(error)}`);
  }
}

/** Makes the first folder that is not there yet; of several campaigns that start at a time each gets one. */
function makeFreeFolder(reports: string, config: CampaignConfig): string {
  try {
    makeFolder(reports);
    for (let n = 1; ; n++) {
      const folder = join(reports, `${folderName(config)}-${n}`);
      try {
        mkdirSync(folder);
        return folder;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw new HarnessError(`cannot make a folder in ${reports}: ${messageOf(error)}`);
  }
}

const OF_WORKER = /^worker-.*\.(?:at|air)$/;
const JOURNAL = /^reduction-.*\.journal$/;

function removeFiles(folder: string, pattern: RegExp): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (pattern.test(name)) rmSync(join(folder, name), { force: true });
  }
}

function lastFolder(reports: string, config: CampaignConfig): string | null {
  const prefix = `${folderName(config)}-`;
  const numbers = (existsSync(reports) ? readdirSync(reports) : [])
    .filter((name) => name.startsWith(prefix) && /^[0-9]+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
  return numbers.length === 0 ? null : join(reports, `${prefix}${Math.max(...numbers)}`);
}
