/**
 * What a run folder says when a campaign is resumed: run.json, and what events.jsonl says is done.
 *
 * Owns what a resumed campaign believes; event-lines.ts has the schema of a line. A last line without its end is what a kill
 * leaves: it is dropped, and said. Anything else that is not as this program writes it is an InputError with file and
 * line; nothing of such a folder is counted. Loaded only to resume.
 */
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError, InputError } from '../model/failure.ts';
import { messageOf, readInputText } from '../model/files.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import type { FoundCase } from '../worker/protocol.ts';
import { checked, parsed, RAN_LINE, REDUCTION_LINE, requireOnce, wholeLines } from './event-lines.ts';
import type { DoneBefore } from './parts.ts';
import type { Reduction } from './reduction-record.ts';
import { reductionKey } from './reduction-record.ts';
import type { Range } from './schedule.ts';
import { mergeRanges } from './schedule.ts';

const line = z.looseObject({ event: z.string() });

const runFile = z.looseObject({ schema: z.literal(1), identity: z.record(z.string(), z.unknown()) });

/** The identity of the campaign in `folder`, as run.json states it. */
export function storedIdentity(folder: string): unknown {
  const file = join(folder, 'run.json');
  return checked(runFile, parsed(readInputText(file), file), file).identity;
}

const seedName = z.looseObject({ seed: z.number().int().nonnegative(), profile: z.string() });

/** The seed and the profile of the campaign in `folder`, or null where there is none. */
export function storedSeed(folder: string): { readonly seed: number; readonly profile: string } | null {
  const file = join(folder, 'run.json');
  if (!existsSync(file)) return null;
  const { seed, profile } = checked(seedName, storedIdentity(folder), file);
  return { seed, profile };
}

/** What the campaign in `folder` has done; `warn` is told of a line that a kill has torn. The folder is ours: it is locked. */
export function readDone(folder: string, warn: (text: string) => void): DoneBefore {
  const file = join(folder, 'events.jsonl');
  // A run that was killed at once has none.
  const text = existsSync(file) ? mendEnd(file, readInputText(file), warn) : '';
  const ranges: Range[] = [];
  const sum = emptyTally();
  const cases: FoundCase[] = [];
  let passed = 0;
  text.split('\n').forEach((content, n) => {
    if (content === '') return;
    const place = `${file}:${n + 1}`;
    const value = parsed(content, place);
    if (checked(line, value, place).event !== 'ran') return;
    const stored = checked(RAN_LINE, value, place);
    if (stored.shard !== undefined)
      throw new InputError(`${folder} was merged from shards: resume those, and merge again`);
    for (const [first, next] of stored.ranges) ranges.push({ first, next });
    addTally(sum, stored.tally);
    cases.push(...stored.found);
    passed += stored.seconds;
  });
  requireOnce(ranges, file);
  return { ranges: mergeRanges(ranges), tally: sum, found: cases, seconds: passed };
}

/** The reductions that the campaign in `folder` has come to the end of, by {@link reductionKey}. After {@link readDone}. */
export function readReductions(folder: string): ReadonlyMap<string, Reduction> {
  const file = join(folder, 'events.jsonl');
  const reductions = new Map<string, Reduction>();
  if (!existsSync(file)) return reductions;
  readInputText(file)
    .split('\n')
    .forEach((content, n) => {
      if (!content.startsWith('{"event":"reduction"')) return;
      const place = `${file}:${n + 1}`;
      const { event: _event, ...reduction } = checked(REDUCTION_LINE, parsed(content, place), place);
      reductions.set(reductionKey(reduction), reduction);
    });
  return reductions;
}

/** `text` without a last line that has no end; the file loses it too, so that the next line does not continue it. */
function mendEnd(file: string, text: string, warn: (text: string) => void): string {
  const whole = wholeLines(text);
  if (whole.length === text.length) return text;
  warn(`${file}: the last line is not whole, as a kill leaves it, and is dropped; its cases are run again`);
  try {
    truncateSync(file, Buffer.byteLength(whole));
  } catch (error) {
    throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
  }
  return whole;
}
