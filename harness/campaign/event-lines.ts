/**
 * The lines of events.jsonl: their schema, and how a file of them is read. docs/reports.md is the manual.
 *
 * Owns what is believed of such a file. Every line is checked whole before anything is made of it; what is not as this
 * program writes it is an InputError with file and line. Never writes. Loaded only to resume, to merge and to report.
 */
import { z } from 'zod';
import { FINDING_KINDS, STAGES } from '../model/finding.ts';
import type { Finding, WayId } from '../model/finding.ts';
import { InputError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import type { TimePart } from '../model/stopwatch.ts';
import { TIME_PARTS } from '../model/stopwatch.ts';
import type { HostVersions } from '../model/versions.ts';
import type { CaseText, FoundCase, Replies, Shard } from '../worker/protocol.ts';
import { indexAt } from '../worker/seed-at.ts';
import type { InstructionPlace, Place, RelocationPlace } from '../model/place.ts';
import type { Bucket } from './buckets.ts';
import type { CampaignConfig } from './config.ts';
import type { Reduction } from './reduction-record.ts';
import type { Range } from './schedule.ts';

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
  cause: z.string().min(1).exactOptional(),
  detail: z.string(),
} satisfies Record<keyof Finding, z.ZodType>);

const found = z.strictObject({ position: count, seed: count, findings: z.array(finding).min(1) });

const range = z.tuple([count, count]).refine(([first, next]) => first < next, 'an empty range');

const shard = z
  .strictObject({ index: count, of: count.min(1) })
  .refine(({ index, of }) => index < of, 'there is no such shard');

/** Cases that were run since the line before; in a run that was merged, those of a shard, by its own positions. */
export const RAN_LINE = z
  .strictObject({
    event: z.literal('ran'),
    shard: shard.exactOptional(),
    ranges: z.array(range).min(1),
    tally,
    found: z.array(found),
    seconds,
  })
  .refine(({ ranges, tally: { cases, discarded } }) => {
    const positions = ranges.reduce((sum, [first, next]) => sum + next - first, 0);
    return cases + Object.values(discarded).reduce((sum, n) => sum + n, 0) === positions;
  }, 'not as many cases as positions')
  .refine(
    ({ ranges, found: cases }) =>
      cases.every(({ position }) => ranges.some(([first, next]) => first <= position && position < next)),
    'a failing case that is in none of the ranges',
  );

const config = z.strictObject({
  seed: count,
  profile: z.string().min(1),
  generator: count,
  budget: z.strictObject({ runs: count.nullable(), seconds: seconds.nullable() }),
  shard,
  stopOnFirst: z.boolean(),
  backend: z.string().min(1),
  engines: z.string().min(1).exactOptional(),
  checks: z.string().nullable(),
  onlyOps: z.array(z.string()).nullable(),
  steer: z.literal(true).exactOptional(),
  known: z.array(z.string()).exactOptional(),
  reduceRuns: count,
  reduceSeconds: seconds.exactOptional(),
  reduceShare: seconds.max(1).exactOptional(),
} satisfies Record<keyof CampaignConfig, z.ZodType>);

const rate = z
  .strictObject({ failed: count, of: count.min(1) })
  .refine(({ failed, of }) => failed <= of, 'failed more often than it ran');

const place = z.strictObject({
  summary: z.string().min(1),
  instruction: z
    .strictObject({
      function: z.string(),
      line: count.min(1),
      text: z.string(),
      expected: z.string(),
      actual: z.string(),
    } satisfies Record<keyof InstructionPlace, z.ZodType>)
    .nullable(),
  relocation: z
    .strictObject({
      type: z.string().min(1),
      symbol: z.string(),
      addend: z.number().int(),
      offset: count,
      object: z.string(),
      owner: z.string(),
    } satisfies Record<keyof RelocationPlace, z.ZodType>)
    .nullable(),
} satisfies Record<keyof Place, z.ZodType>);

const bucket = z.strictObject({
  id: z.string().min(1),
  check: z.string().min(1),
  stage: z.enum(STAGES),
  kind: z.enum(FINDING_KINDS),
  seed: count,
  count,
  // Runs of older versions have none.
  raw: z.array(z.strictObject({ bucket: z.string().min(1), count })).default([]),
  caseFile: z.string().min(1).nullable(),
  instructions: count.nullable(),
  text: z.string().nullable(),
  detail: z.string(),
  reduction: z.string(),
  // The same.
  flaky: rate.nullable().default(null),
  place: place.nullable().default(null),
} satisfies Record<keyof Bucket, z.ZodType>);

const caseText = { text: z.string(), instructions: count } satisfies Record<keyof CaseText, z.ZodType>;

const reply = z.strictObject({
  kind: z.literal('reduce'),
  seed: count,
  original: z.strictObject(caseText),
  reduced: z.strictObject({ ...caseText, id: z.string().min(1), finding }).nullable(),
  minimal: z.boolean(),
  lastSweep: count,
  runs: count,
  slips: z.array(z.strictObject({ bucket: z.string().min(1), cause: z.string().min(1).nullable(), text: z.string() })),
} satisfies Record<keyof Replies['reduce'], z.ZodType>);

/** What one reduction came to. */
export const REDUCTION_LINE = z.strictObject({
  event: z.literal('reduction'),
  from: z.union([z.strictObject({ seed: count }), z.strictObject({ text: z.string() })]),
  bucket: z.string().min(1),
  cause: z.string().min(1).exactOptional(),
  maxRuns: count,
  reply,
  rate: rate.exactOptional(),
} satisfies Record<keyof Reduction | 'event', z.ZodType>);

const versions = z.strictObject({
  harness: z.string(),
  node: z.string(),
  v8: z.string(),
  system: z.string(),
} satisfies Record<keyof HostVersions, z.ZodType>);

const LINES = {
  started: z.strictObject({
    event: z.literal('started'),
    schema: z.literal(1),
    time: z.iso.datetime(),
    jobs: count.min(1),
    versions,
    config,
  }),
  ran: RAN_LINE,
  found: z.strictObject({ event: z.literal('found'), bucket: z.string().min(1), seed: count, detail: z.string() }),
  warning: z.strictObject({ event: z.literal('warning'), text: z.string() }),
  reduction: REDUCTION_LINE,
  shrunk: z.strictObject({
    event: z.literal('shrunk'),
    bucket: z.string().min(1),
    cause: z.string().min(1).exactOptional(),
    runs: count,
    instructions: count,
  }),
  reduced: z.strictObject({
    event: z.literal('reduced'),
    id: z.string().min(1),
    instructions: count,
    minimal: z.boolean(),
    lastSweep: count,
  }),
  ended: z.strictObject({
    event: z.literal('ended'),
    end: z.enum(['done', 'stopped', 'time', 'interrupted']),
    seconds,
    tally,
    buckets: z.array(bucket),
    slips: z.array(bucket),
    warnings: z.array(z.string()),
    failure: z.string().nullable(),
  }),
} as const;

/** A line of events.jsonl. */
export type EventLine = z.infer<(typeof LINES)[keyof typeof LINES]>;

/** The line that ends a campaign. */
export type EndedLine = z.infer<(typeof LINES)['ended']>;

const LINE = z.discriminatedUnion('event', [
  LINES.started,
  LINES.ran,
  LINES.found,
  LINES.warning,
  LINES.reduction,
  LINES.shrunk,
  LINES.reduced,
  LINES.ended,
]);

/** The part of `text` that is whole lines; what follows is what a kill leaves. */
export function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

/** The lines of `text`, which is whole lines of `file`. */
export function readLines(text: string, file: string): EventLine[] {
  const lines: EventLine[] = [];
  text.split('\n').forEach((content, n) => {
    if (content === '') return;
    const place = `${file}:${n + 1}`;
    lines.push(checked(LINE, parsed(content, place), place));
  });
  return lines;
}

/** `found`, which `shard` has found, at its position in the whole campaign. */
export function ofWhole(found: FoundCase, shard: Shard): FoundCase {
  return { ...found, position: indexAt(shard, found.position) };
}

/** Refuses ranges that overlap: a case that is counted twice would make a summary that no campaign has. */
export function requireOnce(ranges: readonly Range[], file: string): void {
  const sorted = ranges.toSorted((a, b) => a.first - b.first || a.next - b.next);
  for (let n = 1; n < sorted.length; n++) {
    const { first } = sorted[n]!;
    if (first < sorted[n - 1]!.next)
      throw new InputError(`${file}: error: the case at position ${first} is counted twice`);
  }
}

/** The JSON value in `text`. */
export function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError("there is a key '__proto__'");
      return value;
    });
  } catch (error) {
    throw new InputError(`${place}: error: not what a campaign writes: ${messageOf(error)}`);
  }
}

/** `value`, if `schema` has it. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  throw new InputError(`${place}: error: not what a campaign writes: ${where}${message}`);
}
