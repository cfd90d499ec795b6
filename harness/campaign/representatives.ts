/**
 * Which failing cases are reduced: one for each cause that can be told before, so that no mistake hides behind another.
 *
 * Owns the choice. Causes are looked for by workers, in any order; the choice is made in the order of buckets and positions, so
 * it is the same for any number of workers.
 */
import type { Cause } from '../check/bucket-id.ts';
import { bucketId } from '../check/bucket-id.ts';
import { isComputed } from '../check/computing.ts';
import type { FindingKind } from '../model/finding.ts';
import type { RawBucket, Representative } from './buckets.ts';
import { MAX_REDUCTIONS, MAX_SAMPLED, REDUCED_PER_BUCKET } from './config.ts';
import type { CampaignParts } from './parts.ts';
import { runNaming } from '../worker/run-naming.ts';

/** A failing case with what is known of its cause. */
export interface Explained {
  readonly raw: RawBucket;
  readonly representative: Representative;
  /** Null where it cannot be told before the case is small. */
  readonly cause: Cause | null;
}

/** The causes of the first failing cases of each bucket, in the order of buckets and positions. */
export async function explainFirst(
  raws: readonly RawBucket[],
  parts: CampaignParts,
  abort: AbortSignal,
): Promise<readonly Explained[]> {
  return explainAll(
    raws.flatMap((raw) => raw.first.map((representative) => ({ raw, representative }))),
    parts,
    abort,
  );
}

/**
 * More cases of those buckets whose first ones all came to one fault of a link: data that is wrong everywhere hides code that is wrong now and
 * then. What counts is an instruction that computes something wrong of right numbers; all else may follow from the link.
 */
export async function explainSample(
  explained: readonly Explained[],
  parts: CampaignParts,
  abort: AbortSignal,
): Promise<readonly Explained[]> {
  const causes = new Map<RawBucket, Set<string>>();
  for (const { raw, cause } of explained) {
    const own = causes.get(raw) ?? new Set();
    causes.set(raw, own.add(cause?.stage === 'linker' ? bucketId(cause) : ''));
  }
  const uniform = [...causes].filter(([, own]) => own.size === 1 && !own.has('')).map(([raw]) => raw);
  const most = Math.max(0, ...uniform.map(({ sample }) => sample.length));
  const rounds = Array.from({ length: most }, (_, n) =>
    uniform.flatMap((raw) => raw.sample.slice(n, n + 1).map((representative) => ({ raw, representative }))),
  );
  const found = await explainAll(rounds.flat().slice(0, MAX_SAMPLED), parts, abort);
  return found.filter(({ cause }) => cause !== null && isComputed(cause));
}

function explainAll(
  cases: readonly Omit<Explained, 'cause'>[],
  parts: CampaignParts,
  abort: AbortSignal,
): Promise<Explained[]> {
  return Promise.all(
    cases.map(async (one) => ({ ...one, cause: await causeBefore(one.representative, parts, abort) })),
  );
}

/**
 * What a message names needs no probes, and is named when the case is small; but a module that is refused, bytes that differ and a rule that is broken may be
 * what a wrong encoding has made.
 */
const ENCODED: readonly FindingKind[] = ['invalid', 'bytes', 'layout'];

export async function causeBefore(
  { position, finding }: Representative,
  parts: Pick<CampaignParts, 'workers' | 'stop'>,
  abort: AbortSignal,
): Promise<Cause | null> {
  if ((finding.op !== '-' && !ENCODED.includes(finding.kind)) || parts.stop.requested) return null;
  const source = { from: 'position', position } as const;
  const reply = await runNaming(parts.workers, { source, findings: [finding], minimised: false }, { abort });
  return reply?.causes[0] ?? null;
}

/**
 * First one case of each bucket, then second ones, as far as the limit goes: of each cause the first case, and of cases without a
 * known cause {@link REDUCED_PER_BUCKET} for each bucket. A bucket whose causes all are those of others gets none.
 */
export function chooseRepresentatives(explained: readonly Explained[]): readonly Explained[] {
  const causes = new Set<string>();
  const byBucket = new Map<RawBucket, Explained[]>();
  for (const one of explained) {
    let own = byBucket.get(one.raw);
    if (own === undefined) byBucket.set(one.raw, (own = []));
    if (one.cause === null) {
      if (own.filter(({ cause }) => cause === null).length < REDUCED_PER_BUCKET) own.push(one);
    } else if (!causes.has(bucketId(one.cause))) {
      causes.add(bucketId(one.cause));
      own.push(one);
    }
  }
  const chosen: Explained[] = [];
  for (let round = 0; ; round++) {
    const next = [...byBucket.values()].flatMap((own) => own.slice(round, round + 1));
    if (next.length === 0) return chosen;
    // At least one of each bucket.
    chosen.push(...(round === 0 ? next : next.slice(0, Math.max(0, MAX_REDUCTIONS - chosen.length))));
  }
}
