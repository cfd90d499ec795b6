/**
 * From failing cases to named buckets: has representatives reduced, names what is left, files it.
 *
 * Owns the choice of what is reduced and how the reduced cases become buckets. Reductions run on the workers, in any
 * order; what comes of them is put together in the order of buckets, so it is the same for any number of workers.
 */
import type { Finding } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import type { CaseSource, Replies } from '../worker/protocol.ts';
import type { Bucket, BucketTable, RawBucket, Representative } from './buckets.ts';
import type { CampaignParts } from './parts.ts';
import { runReduction } from '../worker/run-reduction.ts';
import type { CampaignConfig } from './config.ts';
import { MAX_REDUCTIONS } from './config.ts';

/** Reductions of cases that slipped out of another reduction. */
const MAX_SLIPS = 8;

/** Findings that are not of a check: a dead worker cannot be asked twice, and a generator makes no smaller case. */
const UNREDUCIBLE: readonly string[] = ['process', 'generate'];

/** One reduced (or, where that was not possible, unreduced) failing case. */
interface Named {
  readonly id: string;
  readonly finding: Finding;
  readonly seed: number;
  readonly position: number;
  readonly text: string | null;
  readonly original: string;
  readonly instructions: number | null;
  readonly reduction: string;
  readonly minimal: boolean;
  readonly lastSweep: number;
}

/** What one representative came to, and what else it brought to light. */
interface Outcome {
  readonly named: Named;
  readonly slips: readonly { readonly bucket: string; readonly text: string }[];
}

/** What the failing cases of a campaign came to. */
export interface NamedBuckets {
  /** By their first case. */
  readonly buckets: readonly Bucket[];
  /** Buckets of candidates alone: no case of the campaign failed in them. */
  readonly slips: readonly Bucket[];
  readonly warnings: readonly string[];
}

/** How long a reduction may go on that a person has asked to end, in milliseconds. */
const PATIENCE = 3000;

/** With what reductions are run. */
interface Reducing {
  readonly config: CampaignConfig;
  readonly parts: CampaignParts;
  readonly abort: AbortSignal;
  readonly warnings: string[];
}

/** Reduces, names and files the buckets of a campaign. */
export async function nameBuckets(
  table: BucketTable,
  config: CampaignConfig,
  parts: CampaignParts,
): Promise<NamedBuckets> {
  const end = new AbortController();
  void parts.stop.whenRequested.then(() => setTimeout(() => end.abort(), PATIENCE).unref());
  const reducing: Reducing = { config, parts, abort: end.signal, warnings: [] };
  const raws = table.sorted();
  const chosen = chooseRepresentatives(raws);
  let number = 0;
  const outcomes = await Promise.all(
    chosen.map(async ({ raw, representative }) => {
      const source: CaseSource = { from: 'position', position: representative.position };
      const announce = (): void => {
        parts.emit('reducing', { bucket: raw.bucket, number: ++number, of: chosen.length });
      };
      return { raw, outcome: await reduceOne(source, representative, reducing, announce) };
    }),
  );
  const members = new Map<string, Named[]>();
  const counts = new Map<string, number>();
  for (const raw of raws) {
    const own = outcomes.filter((entry) => entry.raw === raw).map((entry) => entry.outcome.named);
    for (const named of own) {
      members.set(named.id, [...(members.get(named.id) ?? []), named]);
      counts.set(named.id, (counts.get(named.id) ?? 0) + 1);
    }
    // Failing cases that were not reduced count for the first bucket that the reduced ones came to.
    const first = own[0]!.id;
    counts.set(first, counts.get(first)! + raw.count - own.length);
  }
  const known = new Set([...raws.map((raw) => raw.bucket), ...members.keys()]);
  const slipped = await reduceSlips(
    outcomes.map((entry) => entry.outcome),
    known,
    reducing,
  );
  const buckets = [...members].map(([id, list]) => fileBucket(id, list, counts.get(id)!, parts));
  const slips = new Map<string, Bucket>();
  for (const named of slipped) {
    if (!members.has(named.id) && !slips.has(named.id)) slips.set(named.id, fileBucket(named.id, [named], 0, parts));
  }
  return { buckets, slips: [...slips.values()], warnings: reducing.warnings };
}

/** First one case of each bucket, then second ones, as far as the limit goes; at least one of each. */
function chooseRepresentatives(raws: readonly RawBucket[]): { raw: RawBucket; representative: Representative }[] {
  const chosen: { raw: RawBucket; representative: Representative }[] = [];
  for (let round = 0; chosen.length < MAX_REDUCTIONS || round === 0; round++) {
    let any = false;
    for (const raw of raws) {
      const representative = raw.first[round];
      if (representative === undefined || (round > 0 && chosen.length >= MAX_REDUCTIONS)) continue;
      chosen.push({ raw, representative });
      any = true;
    }
    if (!any) break;
  }
  return chosen;
}

async function reduceOne(
  source: CaseSource,
  from: Representative,
  reducing: Reducing,
  announce: () => void,
): Promise<Outcome> {
  const { config, parts, abort } = reducing;
  const bucket = bucketOf(from.finding);
  const isReducible = !UNREDUCIBLE.includes(from.finding.check) && config.reduceRuns > 0 && !parts.stop.requested;
  if (!isReducible) return describeOne(source, from, parts, parts.stop.requested ? 'interrupted' : 'not reduced');
  announce();
  const task = { source, bucket, maxRuns: config.reduceRuns, maxSeconds: null };
  const record = {
    from: source.from === 'text' ? { text: source.text } : { seed: from.seed },
    bucket,
    maxRuns: task.maxRuns,
  };
  const known = parts.reductionOf?.(record)?.reply;
  const end =
    known !== undefined
      ? ({ kind: 'done', reply: known, unjudged: 0 } as const)
      : await runReduction(parts.workers, task, parts.journalOf(bucket, from.position), { abort });
  if (end.kind === 'cut') {
    const described = await describeOne(source, from, parts, end.why === 'stopped' ? 'interrupted' : 'not reduced');
    if (end.why !== 'stopped') warn(reducing, `${bucket} could not be reduced: ${end.message}`);
    if (end.best === null) return described;
    const { text, instructions, runs } = end.best;
    const reduction = `${described.named.reduction}: stopped after ${runs} runs`;
    return { named: { ...described.named, text, instructions, reduction }, slips: [] };
  }
  const { reply, unjudged } = end;
  if (unjudged === 0) parts.emit('reduction', { ...record, reply });
  if (unjudged > 0) {
    const many = unjudged === 1 ? 'a candidate' : `${unjudged} candidates`;
    warn(reducing, `while ${bucket} was reduced, workers were ended from outside at ${many} again and again`);
  }
  if (reply.reduced === null) {
    const described = await describeOne(source, from, parts, 'did not fail again when it was to be reduced');
    return { ...described, slips: reply.slips };
  }
  return { named: namedOf(reply, reply.reduced, from), slips: reply.slips };
}

function warn({ warnings, parts }: Reducing, text: string): void {
  warnings.push(text);
  parts.emit('warning', { text });
}

function namedOf(
  reply: Replies['reduce'],
  reduced: NonNullable<Replies['reduce']['reduced']>,
  from: Representative,
): Named {
  return {
    id: reduced.id,
    finding: reduced.finding,
    seed: from.seed,
    position: from.position,
    text: reduced.text,
    original: reply.original.text,
    instructions: reduced.instructions,
    minimal: reply.minimal,
    lastSweep: reply.lastSweep,
    reduction: reply.minimal
      ? `1-minimal: none of the ${reply.lastSweep} smaller candidates still fails; ${reply.runs} runs`
      : `not minimal: stopped after ${reply.runs} runs`,
  };
}

/** The case as it is, without reduction. */
async function describeOne(
  source: CaseSource,
  from: Representative,
  parts: CampaignParts,
  reduction: string,
): Promise<Outcome> {
  const outcome = await parts.workers.run<'describe'>({ kind: 'describe', source });
  const original = outcome.kind === 'done' ? outcome.reply.original : null;
  const named: Named = {
    id: bucketOf(from.finding),
    finding: from.finding,
    seed: from.seed,
    position: from.position,
    text: original?.text ?? null,
    original: original?.text ?? '',
    instructions: original?.instructions ?? null,
    minimal: false,
    lastSweep: 0,
    reduction,
  };
  return { named, slips: [] };
}

/** Reduces one case for each bucket that candidates slipped into and that is not known yet. */
async function reduceSlips(
  outcomes: readonly Outcome[],
  known: ReadonlySet<string>,
  reducing: Reducing,
): Promise<readonly Named[]> {
  const fresh = new Map<string, { text: string; from: Representative }>();
  for (const { named, slips } of outcomes) {
    for (const { bucket, text } of slips) {
      if (known.has(bucket) || fresh.has(bucket) || fresh.size >= MAX_SLIPS) continue;
      const { position, seed } = named;
      fresh.set(bucket, { text, from: { position, seed, finding: findingOfBucket(bucket) } });
    }
  }
  return Promise.all(
    [...fresh.values()].map(async ({ text, from }) => {
      const { named } = await reduceOne({ from: 'text', text }, from, reducing, () => undefined);
      return { ...named, reduction: `${named.reduction}; found while reducing another case` };
    }),
  );
}

/** A finding that has the bucket `bucket`; its detail comes with the reduction. */
function findingOfBucket(bucket: string): Finding {
  const [stage, check, kind, ...op] = bucket.split('/') as [Finding['stage'], string, Finding['kind'], ...string[]];
  return { stage, check, kind, op: op.join('/'), detail: '' };
}

function fileBucket(id: string, members: readonly Named[], count: number, parts: CampaignParts): Bucket {
  const smallest = [...members].sort(
    (a, b) => (a.instructions ?? Infinity) - (b.instructions ?? Infinity) || a.position - b.position,
  )[0]!;
  const first = [...members].sort((a, b) => a.position - b.position)[0]!;
  const { check, stage, kind } = smallest.finding;
  const caseFile = smallest.text === null ? null : parts.saveCase(id, smallest.seed, smallest.text, smallest.original);
  parts.emit('reduced', {
    id,
    instructions: smallest.instructions ?? 0,
    minimal: smallest.minimal,
    lastSweep: smallest.lastSweep,
  });
  return {
    id,
    check,
    stage,
    kind,
    seed: first.seed,
    count,
    caseFile,
    instructions: smallest.instructions,
    text: smallest.text,
    detail: smallest.finding.detail,
    reduction: smallest.reduction,
  };
}
