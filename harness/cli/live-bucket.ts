/**
 * From a bucket as a campaign names it while it runs (`codegen/interp-exe/result`) to a case: the minimised one of the bucket that it
 * became part of, or the seed that showed it first.
 *
 * Reads events.jsonl of the runs below reports/, the newest first, as far as it is whole. Believes nothing of it: a line that is not
 * understood is passed over. Never writes.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readInputText } from '../model/files.ts';
import { shownBucket } from '../model/finding.ts';

/** What a live name stands for. */
export type LiveBucket =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'seed'; readonly seed: number; readonly profile: string };

const STARTED = z.looseObject({ event: z.literal('started'), config: z.looseObject({ profile: z.string() }) });
const FOUND = z.looseObject({ event: z.literal('found'), bucket: z.string(), seed: z.number().int().nonnegative() });
const ENDED = z.looseObject({
  event: z.literal('ended'),
  buckets: z.array(
    z.looseObject({
      caseFile: z.string().nullable(),
      raw: z.array(z.looseObject({ bucket: z.string() })).default([]),
    }),
  ),
});
const LINE = z.union([STARTED, FOUND, ENDED]);

/** What `named` stands for in one of the runs `folders`, which stand newest first; null if no run has it. */
export function liveBucket(named: string, folders: readonly string[], cwd: string): LiveBucket | null {
  const wanted = shownBucket(named);
  for (const folder of folders) {
    const file = join(folder, 'events.jsonl');
    if (!existsSync(file) || !statSync(file).isFile()) continue;
    const found = inRun(wanted, readInputText(file), cwd);
    if (found !== null) return found;
  }
  return null;
}

function inRun(wanted: string, text: string, cwd: string): LiveBucket | null {
  let profile = 'default';
  let found: LiveBucket | null = null;
  for (const line of text.split('\n')) {
    // Lines about cases are long and many.
    if (!/^\{"event":"(?:started|found|ended)"/.test(line)) continue;
    const read = LINE.safeParse(valueOf(line));
    if (!read.success) continue;
    const { data } = read;
    if (data.event === 'started') profile = data.config.profile;
    else if (data.event === 'found') {
      if (shownBucket(data.bucket) === wanted) found ??= { kind: 'seed', seed: data.seed, profile };
    } else {
      const own = data.buckets.find(({ raw }) => raw.some(({ bucket }) => shownBucket(bucket) === wanted));
      const file = own === undefined || own.caseFile === null ? null : join(cwd, own.caseFile);
      if (file !== null && existsSync(file)) found = { kind: 'file', file };
    }
  }
  return found;
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
