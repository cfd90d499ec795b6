/**
 * The folder of one campaign: its configuration, its log of events, its cases, and what a later run needs to go on.
 *
 *   run.json       configuration                     cases/<bucket>.air            minimised cases
 *   events.jsonl   everything that happened          cases/<bucket>.original.air   the cases as generated
 *   summary.json   the object of `--json`
 *
 * Owns names and formats. events.jsonl is the source of truth; a torn last line (the process was killed) is ignored.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bucketOf } from '../model/finding.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { writeWhole } from '../model/files.ts';
import { InputError } from '../model/failure.ts';
import type { FoundCase } from '../worker/protocol.ts';
import type { DoneBefore } from './parts.ts';
import type { CampaignConfig } from './config.ts';
import { identityOf, REDUCED_PER_BUCKET } from './config.ts';
import type { Reporter } from './events.ts';
import type { Range } from './schedule.ts';
import { mergeRanges } from './schedule.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';

/** Milliseconds between two lines about cases that passed. */
const FLUSH_INTERVAL = 1000;

/** A line of events.jsonl about cases: sums since the line before. */
interface RanLine {
  readonly event: 'ran';
  readonly ranges: readonly (readonly [first: number, next: number])[];
  readonly tally: Tally;
  readonly found: readonly FoundCase[];
  readonly seconds: number;
}

/** See the file header. */
export class RunFolder {
  readonly path: string;
  readonly #findings: string;

  private constructor(path: string, findings: string) {
    this.path = path;
    this.#findings = findings;
  }

  /** Makes a folder for a new run: `path`, or the first free one below `reports`. */
  static create(config: CampaignConfig, path: string | null, cwd: string): RunFolder {
    const folder = path ?? freeFolder(join(cwd, 'reports'), config);
    if (existsSync(join(folder, 'events.jsonl'))) {
      throw new InputError(`${folder} holds a run already; go on with it (--resume) or choose another folder`);
    }
    const run = new RunFolder(folder, join(cwd, 'corpus', 'findings'));
    mkdirSync(folder, { recursive: true });
    writeWhole(
      join(folder, 'run.json'),
      `${JSON.stringify({ schema: 1, identity: identityOf(config), config }, null, 2)}\n`,
    );
    return run;
  }

  /** Opens the folder of a run to go on with it: `path`, or the last one of the same campaign. */
  static resume(config: CampaignConfig, path: string | null, cwd: string): { run: RunFolder; before: DoneBefore } {
    const folder = path ?? lastFolder(join(cwd, 'reports'), config);
    if (folder === null || !existsSync(join(folder, 'run.json'))) {
      throw new InputError(`no run to go on with in ${folder ?? join(cwd, 'reports')}`);
    }
    const stored = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { identity: unknown };
    const wanted = JSON.stringify(identityOf(config));
    if (JSON.stringify(stored.identity) !== wanted) {
      throw new InputError(`${folder} is another campaign: it has ${JSON.stringify(stored.identity)}, not ${wanted}`);
    }
    return {
      run: new RunFolder(folder, join(cwd, 'corpus', 'findings')),
      before: readDone(join(folder, 'events.jsonl')),
    };
  }

  /** Files a bucket's case here and among the findings of the corpus; returns the path to show. */
  saveCase(id: string, text: string, original: string, cwd: string): string {
    const slug = bucketSlug(id);
    writeWhole(join(this.path, 'cases', `${slug}.original.air`), original);
    writeWhole(join(this.path, 'cases', `${slug}.air`), text);
    const file = join(this.#findings, `${slug}.air`);
    writeWhole(file, text);
    return relative(cwd, file);
  }

  /** Where the case of a bucket as it was generated is kept. */
  originalOf(id: string, cwd: string): string {
    return relative(cwd, join(this.path, 'cases', `${bucketSlug(id)}.original.air`)) || '.';
  }

  writeSummary(summary: unknown): void {
    writeWhole(join(this.path, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  }

  /** A reporter that writes events.jsonl. `flush` writes what is left. */
  log(now: () => number = Date.now): Reporter & { flush(): void } {
    const file = join(this.path, 'events.jsonl');
    const begin = now();
    let ranges: Range[] = [];
    let tally = emptyTally();
    let found: FoundCase[] = [];
    /** Failing cases written by bucket: a back end that fails everywhere must not fill the disk with its details. */
    const detailed = new Map<string, number>();
    const brief = (one: FoundCase): FoundCase => ({
      ...one,
      findings: one.findings.map((finding) => {
        const bucket = bucketOf(finding);
        const seen = detailed.get(bucket) ?? 0;
        detailed.set(bucket, seen + 1);
        return seen < REDUCED_PER_BUCKET ? finding : { ...finding, detail: '' };
      }),
    });
    let written = begin;
    let counted = begin;
    const line = (value: object): void => appendFileSync(file, `${JSON.stringify(value)}\n`);
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
      onStarted: ({ config, jobs }) => line({ event: 'started', time: new Date(now()).toISOString(), jobs, config }),
      onRan: (event) => {
        ranges.push({ first: event.first, next: event.next });
        addTally(tally, event.tally);
        found.push(...event.found.map(brief));
        // A failing case is on disk at once.
        if (event.found.length > 0 || now() - written >= FLUSH_INTERVAL) flush();
      },
      onFound: (event) => line({ event: 'found', ...event }),
      onWarning: (event) => line({ event: 'warning', ...event }),
      onReduced: (event) => line({ event: 'reduced', ...event }),
      onEnded: ({ result }) => {
        flush();
        line({
          event: 'ended',
          end: result.end,
          cases: result.tally.cases,
          buckets: result.buckets.map(({ id }) => id),
        });
      },
    };
  }
}

function folderName(config: CampaignConfig): string {
  const profile = config.profile === 'default' ? '' : `${config.profile}-`;
  const shard = config.shard.of === 1 ? '' : `-shard-${config.shard.index}-of-${config.shard.of}`;
  return `${profile}0x${config.seed.toString(16)}${shard}`;
}

function freeFolder(reports: string, config: CampaignConfig): string {
  for (let n = 1; ; n++) {
    const folder = join(reports, `${folderName(config)}-${n}`);
    if (!existsSync(folder)) return folder;
  }
}

function lastFolder(reports: string, config: CampaignConfig): string | null {
  const prefix = `${folderName(config)}-`;
  const numbers = (existsSync(reports) ? readdirSync(reports) : [])
    .filter((name) => name.startsWith(prefix) && /^[0-9]+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
  return numbers.length === 0 ? null : join(reports, `${prefix}${Math.max(...numbers)}`);
}

function readDone(file: string): DoneBefore {
  const ranges: Range[] = [];
  const tally = emptyTally();
  const found: FoundCase[] = [];
  let seconds = 0;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const line of text.split('\n')) {
    const ran = parseLine(line);
    if (ran === null) continue;
    for (const [first, next] of ran.ranges) ranges.push({ first, next });
    addTally(tally, ran.tally);
    found.push(...ran.found);
    seconds += ran.seconds;
  }
  return { ranges: mergeRanges(ranges), tally, found, seconds };
}

function parseLine(line: string): RanLine | null {
  try {
    const value = JSON.parse(line) as { event?: unknown };
    return value.event === 'ran' ? (value as RanLine) : null;
  } catch {
    return null;
  }
}
