/**
 * The known buckets of a corpus in a campaign: their cases are replayed first, and at the end it is said what is new, known, fixed and gone
 * quiet.
 *
 * Owns what counts as failing again: with the checks that a case is about, all cases at the same time, as far as there are workers.
 * harness/corpus/bucket-store.ts has the file. Shards write nothing: their merge does.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignResult } from '../campaign/events.ts';
import type { KnownBucket, StoredRun, Standing } from '../corpus/bucket-store.ts';
import { nameFindings, replay } from '../corpus/replay.ts';
import type { SettingsKind } from '../model/settings.ts';
import { printSeed } from '../model/case.ts';
import { HarnessError, InputError, Interrupted } from '../model/failure.ts';
import { bucketOf } from '../model/finding.ts';
import type { Rate } from '../model/rate.ts';
import { rateOf, rateText } from '../model/rate.ts';
import type { Io } from '../report/io.ts';
import { plural } from '../report/text.ts';
import type { Workers } from '../worker/protocol.ts';
import { caseOfFile } from './find-case.ts';

/** A store that was read, and what the replay of its cases came to. */
export interface KnownBuckets {
  readonly file: string;
  readonly buckets: readonly KnownBucket[];
  readonly replayed: ReadonlyMap<string, Rate>;
}

/** The store of the corpus of `cwd`. A file that is no store is an InputError, before anything has run. */
export async function openStore(cwd: string): Promise<Pick<KnownBuckets, 'file' | 'buckets'>> {
  const file = join(cwd, 'corpus', 'known.json');
  if (!existsSync(file)) return { file, buckets: [] };
  const { readStore } = await import('../corpus/bucket-store.ts');
  return { file, buckets: readStore(file) };
}

/** Replays the cases of the known buckets of `backend` on `workers`. */
export async function replayBuckets(
  opened: Pick<KnownBuckets, 'file' | 'buckets'>,
  backend: { readonly spec: string; readonly settings: SettingsKind },
  workers: Workers,
  cwd: string,
  io: Io,
): Promise<KnownBuckets> {
  const known = opened.buckets.filter((one) => one.backend === backend.spec);
  const results = await Promise.all(
    known.map(async ({ bucket, caseFile, flaky }): Promise<Rate | string | null> => {
      const file = caseFile === null ? null : join(cwd, caseFile);
      if (file === null || !existsSync(file)) return null;
      return replayOne({ bucket, wasFlaky: flaky !== null }, file, backend.settings, workers);
    }),
  );
  const replayed = new Map<string, Rate>();
  results.forEach((result, n) => {
    if (typeof result === 'string') io.note(result);
    else if (result !== null) replayed.set(known[n]!.bucket, result);
  });
  if (known.length > 0) io.note(`${plural(known.length, 'known bucket')}, ${replayed.size} replayed`);
  return { ...opened, replayed };
}

/** How often the case in `file` fails in `bucket`, or why that cannot be told. */
async function replayOne(
  { bucket, wasFlaky }: { readonly bucket: string; readonly wasFlaky: boolean },
  file: string,
  settings: SettingsKind,
  workers: Workers,
): Promise<Rate | string> {
  try {
    const { source, stored } = caseOfFile(file, settings);
    const again = async (): Promise<boolean> => {
      const named = await nameFindings(workers, source, await replay(workers, source, true), stored!.case.unit);
      // One that was never reduced has the name of how it was seen.
      return named.some(({ id, finding }) => id === bucket || bucketOf(finding) === bucket);
    };
    return await rateOf(again, wasFlaky);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof HarnessError) || error instanceof Interrupted) throw error;
    return `the case of ${bucket} cannot be replayed: ${error.message}`;
  }
}

/** Says where the buckets of `result` stand, and writes them down; returns it for the summary. Null: there never was a bucket. */
export async function settleBuckets(
  { file, buckets, replayed }: KnownBuckets,
  { config, buckets: found, end }: CampaignResult,
  date: string,
  io: Io,
): Promise<Standing | null> {
  if (buckets.length === 0 && found.length === 0) return null;
  const { flakyIn, readStore, standingOf, storeAfter, writeStore } = await import('../corpus/bucket-store.ts');
  const { seed, profile, shard, backend } = config;
  const run: StoredRun = { name: printSeed({ seed, profile }), backend, date, buckets: found, replayed };
  const shown = (id: string): string => {
    const rate = flakyIn(run, id);
    return rate === null ? id : `${id} (${rateText(rate)})`;
  };
  const standing = standingOf(buckets, run);
  const lines = (['new', 'known', 'fixed', 'quiet', 'flaky'] as const).flatMap((word) => {
    const ids = standing[word];
    const title = word === 'quiet' ? 'gone quiet' : word;
    return ids.length === 0 ? [] : [`${title.padEnd(10)} ${(word === 'flaky' ? ids.map(shown) : ids).join(', ')}`];
  });
  for (const line of lines) io.say(line);
  // A run that was cut short cannot say what it did not find; the next one does.
  if (shard.of === 1 && end !== 'interrupted') {
    // Another campaign may have written meanwhile.
    writeStore(file, storeAfter(readStore(file), run));
  }
  return standing;
}

/** Buckets that count for the exit code: not those that were known and whose cases fail now and then. A new one counts. */
export function withoutFlaky<T extends { readonly id: string }>(
  buckets: readonly T[],
  standing: Standing | null,
): readonly T[] {
  if (standing === null) return buckets;
  return buckets.filter(({ id }) => standing.new.includes(id) || !standing.flaky.includes(id));
}
