/**
 * What a run folder says when it is read back: run.json, and the lines of events.jsonl. The one place where that is believed.
 *
 * Owns the schema. A last line without its end is what a kill leaves: it is dropped, and said. Anything else that is not as
 * this program writes it is an InputError with file and line; nothing of such a folder is counted. Loaded only to resume.
 */
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError, InputError } from '../model/failure.ts';
import { messageOf, readInputText } from '../model/files.ts';
import type { FoundCase } from '../worker/protocol.ts';
import type { Finding, WayId } from '../model/finding.ts';
import { FINDING_KINDS, STAGES } from '../model/finding.ts';
import type { TimePart } from '../model/stopwatch.ts';
import { TIME_PARTS } from '../model/stopwatch.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import type { DoneBefore } from './parts.ts';
import type { Range } from './schedule.ts';
import { mergeRanges } from './schedule.ts';

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const seconds = z.number().nonnegative();
const counts = z.record(z.string().min(1), count);

const tally = z.strictObject({
  cases: count,
  discarded: counts,
  incomparable: counts,
  checks: z.record(
    z.string().min(1),
    z
      .strictObject({ ran: count, failed: count })
      .refine(({ ran, failed }) => failed <= ran, 'failed more often than ran'),
  ),
  time: z.strictObject(
    Object.fromEntries(TIME_PARTS.map((part) => [part, seconds])) as Record<TimePart, typeof seconds>,
  ),
  busy: seconds,
});

const way = z.strictObject({
  name: z.string().min(1),
  parameters: z.record(z.string().min(1), z.string()).exactOptional(),
} satisfies Record<keyof WayId, z.ZodType>);

// A field that findings gain is a compile error here: an unknown one would make every run with findings unreadable.
const finding = z.strictObject({
  check: z.string().min(1),
  stage: z.enum(STAGES),
  kind: z.enum(FINDING_KINDS),
  op: z.string().min(1),
  way: way.exactOptional(),
  detail: z.string(),
} satisfies Record<keyof Finding, z.ZodType>);

const found = z.strictObject({ position: count, seed: count, findings: z.array(finding).min(1) });

const range = z.tuple([count, count]).refine(([first, next]) => first < next, 'an empty range');

const ran = z
  .strictObject({ event: z.literal('ran'), ranges: z.array(range).min(1), tally, found: z.array(found), seconds })
  .refine(({ ranges, tally: { cases, discarded } }) => {
    const positions = ranges.reduce((sum, [first, next]) => sum + next - first, 0);
    return cases + Object.values(discarded).reduce((sum, n) => sum + n, 0) === positions;
  }, 'not as many cases as positions')
  .refine(
    ({ ranges, found: cases }) =>
      cases.every(({ position }) => ranges.some(([first, next]) => first <= position && position < next)),
    'a failing case that is in none of the ranges',
  );

const line = z.looseObject({ event: z.string() });

const runFile = z.looseObject({ schema: z.literal(1), identity: z.record(z.string(), z.unknown()) });

/** The identity of the campaign in `folder`, as run.json states it. */
export function storedIdentity(folder: string): unknown {
  const file = join(folder, 'run.json');
  return checked(runFile, parsed(readInputText(file), file), file).identity;
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
    const stored = checked(ran, value, place);
    for (const [first, next] of stored.ranges) ranges.push({ first, next });
    addTally(sum, stored.tally);
    cases.push(...stored.found);
    passed += stored.seconds;
  });
  requireOnce(ranges, file);
  return { ranges: mergeRanges(ranges), tally: sum, found: cases, seconds: passed };
}

/** `text` without a last line that has no end; the file loses it too, so that the next line does not continue it. */
function mendEnd(file: string, text: string, warn: (text: string) => void): string {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length === text.length) return text;
  warn(`${file}: the last line is not whole, as a kill leaves it, and is dropped; its cases are run again`);
  try {
    truncateSync(file, Buffer.byteLength(whole));
  } catch (error) {
    throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
  }
  return whole;
}

/** A case that is counted twice would make a summary that no campaign has. */
function requireOnce(ranges: readonly Range[], file: string): void {
  const sorted = ranges.toSorted((a, b) => a.first - b.first || a.next - b.next);
  for (let n = 1; n < sorted.length; n++) {
    const { first } = sorted[n]!;
    if (first < sorted[n - 1]!.next)
      throw new InputError(`${file}: error: the case at position ${first} is counted twice`);
  }
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError("there is a key '__proto__'");
      return value;
    });
  } catch (error) {
    throw new InputError(`${place}: error: not what a campaign writes: ${messageOf(error)}`);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  throw new InputError(`${place}: error: not what a campaign writes: ${where}${message}`);
}
