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
import { findingOfDeath } from '../worker/death.ts';
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
  readonly slips: readonly { readonly bucket: string; readonly text: string; readonly finding: Finding | null }[];
}

/** Reduces, names and files the buckets of a campaign; sorted by their first case. */
export async function nameBuckets(
  table: BucketTable,
  config: CampaignConfig,
  parts: CampaignParts,
): Promise<readonly Bucket[]> {
  const raws = table.sorted();
  const chosen = chooseRepresentatives(raws);
  let number = 0;
  const outcomes = await Promise.all(
    chosen.map(async ({ raw, representative }) => {
      const source: CaseSource = { from: 'position', position: representative.position };
      const announce = (): void => {
        parts.emit('reducing', { bucket: raw.bucket, number: ++number, of: chosen.length });
      };
      return { raw, outcome: await reduceOne(source, representative, config, parts, announce) };
    }),
  );
  const buckets = new Map<string, Named[]>();
  const counts = new Map<string, number>();
  for (const raw of raws) {
    const own = outcomes.filter((entry) => entry.raw === raw).map((entry) => entry.outcome.named);
    for (const named of own) {
      buckets.set(named.id, [...(buckets.get(named.id) ?? []), named]);
      counts.set(named.id, (counts.get(named.id) ?? 0) + 1);
    }
    // Failing cases that were not reduced count for the first bucket that the reduced ones came to.
    const first = own[0]!.id;
    counts.set(first, counts.get(first)! + raw.count - own.length);
  }
  const known = new Set([...raws.map((raw) => raw.bucket), ...buckets.keys()]);
  const slipped = await reduceSlips(
    outcomes.map((entry) => entry.outcome),
    known,
    config,
    parts,
  );
  for (const named of slipped) {
    if (buckets.has(named.id)) continue;
    buckets.set(named.id, [named]);
    counts.set(named.id, 1);
  }
  return [...buckets].map(([id, members]) => fileBucket(id, members, counts.get(id)!, parts));
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
  config: CampaignConfig,
  parts: CampaignParts,
  announce: () => void,
): Promise<Outcome> {
  const bucket = bucketOf(from.finding);
  const isReducible = !UNREDUCIBLE.includes(from.finding.check) && config.reduceRuns > 0 && !parts.stop.requested;
  if (!isReducible) return describeOne(source, from, parts, parts.stop.requested ? 'interrupted' : 'not reduced');
  announce();
  const maxRuns = config.reduceRuns;
  const outcome = await parts.workers.run<'reduce'>({ kind: 'reduce', source, bucket, maxRuns, maxSeconds: null });
  if (outcome.kind === 'stopped') return describeOne(source, from, parts, 'interrupted');
  if (outcome.kind === 'died') {
    const finding = findingOfDeath(outcome);
    const described = await describeOne(source, from, parts, 'not reduced: a candidate killed the worker');
    const text = outcome.candidate;
    return text === null ? described : { ...described, slips: [{ bucket: bucketOf(finding), text, finding }] };
  }
  const { reply } = outcome;
  if (reply.reduced === null) return describeOne(source, from, parts, 'did not fail again when it was to be reduced');
  return { named: namedOf(reply, reply.reduced, from), slips: reply.slips.map((slip) => ({ ...slip, finding: null })) };
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
      ? `1-minimal: ${reply.lastSweep} candidates tried, none of them fails; ${reply.runs} runs`
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
  config: CampaignConfig,
  parts: CampaignParts,
): Promise<readonly Named[]> {
  const fresh = new Map<string, { text: string; from: Representative; finding: Finding | null }>();
  for (const { named, slips } of outcomes) {
    for (const slip of slips) {
      if (known.has(slip.bucket) || fresh.has(slip.bucket) || fresh.size >= MAX_SLIPS) continue;
      const { position, seed, finding } = named;
      fresh.set(slip.bucket, { text: slip.text, finding: slip.finding, from: { position, seed, finding } });
    }
  }
  return Promise.all(
    [...fresh].map(async ([bucket, { text, from, finding }]) => {
      const slipped = finding ?? findingOfBucket(bucket);
      const source: CaseSource = { from: 'text', text };
      const outcome = await reduceOne(source, { ...from, finding: slipped }, config, parts, () => undefined);
      return { ...outcome.named, reduction: `${outcome.named.reduction}; found while reducing another case` };
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
  const caseFile = smallest.text === null ? null : parts.saveCase(id, smallest.text, smallest.original);
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
