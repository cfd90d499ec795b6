/**
 * `corpus/known.json`: the buckets that campaigns have found, since when, how often, when last, and what people say of them.
 *
 * Owns the form of the file and what a run changes in it. Dates come from the caller. The same store, run and date give the same
 * bytes: entries are sorted, and a run that is written down again changes nothing. A file that is not as this program writes it is an
 * InputError, and is never replaced. docs/campaigns.md is the manual.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Bucket } from '../campaign/buckets.ts';
import { checked, parsed } from '../campaign/event-lines.ts';
import { readInputText, writeWhole } from '../model/files.ts';
import type { Rate } from '../model/rate.ts';
import { isFlaky } from '../model/rate.ts';

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const date = z.iso.date();

const entry = z.strictObject({
  bucket: z.string().min(1),
  /** As `--backend`. */
  backend: z.string().min(1),
  since: date,
  lastSeen: date,
  /** Campaigns that found it, and their failing cases. */
  runs: count,
  cases: count,
  /** The campaign that found it last. */
  lastRun: z.string(),
  /** `fixed`: its case did not fail any more when it was replayed. */
  state: z.enum(['open', 'fixed']),
  /** Runs of its case that failed, of those that were made last, where both kinds were seen. */
  flaky: z.strictObject({ failed: count, of: count.min(1) }).nullable(),
  caseFile: z.string().min(1).nullable(),
  /** For people, by people. */
  note: z.string(),
});

const store = z.strictObject({ schema: z.literal(1), buckets: z.array(entry) });

/** One known bucket of one back end. */
export type KnownBucket = z.infer<typeof entry>;

/** What a run says of buckets that were found and that were known, by name. */
export interface Standing {
  readonly new: readonly string[];
  /** Found again. */
  readonly known: readonly string[];
  /** Their cases do not fail any more, and no case failed in them. */
  readonly fixed: readonly string[];
  /** Not found, and not shown to be fixed. */
  readonly quiet: readonly string[];
  /** Their cases fail now and then: quarantined, unless they are new. */
  readonly flaky: readonly string[];
}

/** A run as the store sees it. */
export interface StoredRun {
  /** Seed and profile. */
  readonly name: string;
  readonly backend: string;
  /** ISO 8601, a day. */
  readonly date: string;
  readonly buckets: readonly Pick<Bucket, 'id' | 'count' | 'caseFile' | 'flaky'>[];
  /** By bucket; one whose case was not replayed is not in it. */
  readonly replayed: ReadonlyMap<string, Rate>;
}

/** Reads `file`; empty where there is none. */
export function readStore(file: string): readonly KnownBucket[] {
  if (!existsSync(file)) return [];
  return checked(store, parsed(readInputText(file), file), file).buckets;
}

/** Writes `buckets`. */
export function writeStore(file: string, buckets: readonly KnownBucket[]): void {
  writeWhole(file, `${JSON.stringify({ schema: 1, buckets }, null, 2)}\n`);
}

/** Where the buckets of `run` and those that were `known` stand. */
export function standingOf(known: readonly KnownBucket[], run: StoredRun): Standing {
  const own = known.filter(({ backend }) => backend === run.backend);
  const found = new Set(run.buckets.map(({ id }) => id));
  const before = new Map(own.map((one) => [one.bucket, one]));
  const standing = { new: [] as string[], known: [] as string[], fixed: [] as string[], quiet: [] as string[], flaky: [] as string[] };
  for (const id of [...new Set([...found, ...before.keys()])].sort()) {
    const replayed = run.replayed.get(id);
    if (flakyIn(run, id) !== null) standing.flaky.push(id);
    if (!before.has(id)) standing.new.push(id);
    else if (found.has(id)) standing.known.push(id);
    else if (before.get(id)!.state === 'fixed' && (replayed?.failed ?? 0) === 0)
      // What was fixed before and stays away is no news.
      continue;
    else if (replayed?.failed === 0) standing.fixed.push(id);
    else standing.quiet.push(id);
  }
  return standing;
}

/** The store after `run`. */
export function storeAfter(known: readonly KnownBucket[], run: StoredRun): readonly KnownBucket[] {
  const after = new Map(known.map((one) => [keyOf(one), one]));
  for (const { id, count: cases, caseFile } of run.buckets) {
    const key = keyOf({ bucket: id, backend: run.backend });
    const before = after.get(key);
    const isAgain = before?.lastRun === run.name;
    after.set(key, {
      bucket: id,
      backend: run.backend,
      since: earlier(before?.since, run.date),
      lastSeen: later(before?.lastSeen, run.date),
      runs: (before?.runs ?? 0) + (isAgain ? 0 : 1),
      cases: (before?.cases ?? 0) + (isAgain ? 0 : cases),
      lastRun: run.name,
      state: 'open',
      flaky: flakyIn(run, id) ?? before?.flaky ?? null,
      caseFile: before?.caseFile ?? caseFile,
      note: before?.note ?? '',
    });
  }
  for (const [bucket, replayed] of run.replayed) {
    const key = keyOf({ bucket, backend: run.backend });
    const before = after.get(key);
    if (before === undefined) continue;
    const wasFound = run.buckets.some(({ id }) => id === bucket);
    const state = replayed.failed === 0 && !wasFound ? 'fixed' : 'open';
    after.set(key, { ...before, state, flaky: flakyIn(run, bucket) });
  }
  return [...after.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** How often the case of bucket `id` fails, where that is not each time, by its replay or, where that has not failed, by the case that `run` found. */
export function flakyIn({ replayed, buckets }: Pick<StoredRun, 'replayed' | 'buckets'>, id: string): Rate | null {
  const rate = replayed.get(id);
  const shown = rate !== undefined && rate.failed > 0 ? rate : buckets.find((one) => one.id === id)?.flaky;
  return shown !== undefined && shown !== null && isFlaky(shown) ? { ...shown } : null;
}

function keyOf({ backend, bucket }: Pick<KnownBucket, 'backend' | 'bucket'>): string {
  return `${backend}\n${bucket}`;
}

function earlier(a: string | undefined, b: string): string {
  return a !== undefined && a < b ? a : b;
}

function later(a: string | undefined, b: string): string {
  return a !== undefined && a > b ? a : b;
}
