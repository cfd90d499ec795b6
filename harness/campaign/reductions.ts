/**
 * From failing cases to named buckets: has representatives reduced, names what is left, files it.
 *
 * Owns the choice of what is reduced and how the reduced cases become buckets. Reductions run on the workers, in any
 * order; what comes of them is put together in the order of buckets, so it is the same for any number of workers.
 */
import type { Finding } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import type { Rate } from '../model/rate.ts';
import { rateText } from '../model/rate.ts';
import type { Cause } from '../check/bucket-id.ts';
import { bucketId, findingOfBucket } from '../check/bucket-id.ts';
import type { CaseSource, Replies, Slipped } from '../worker/protocol.ts';
import type { Bucket, BucketTable, RawBucket, Representative } from './buckets.ts';
import type { CampaignParts } from './parts.ts';
import type { Place } from '../model/place.ts';
import { runNaming, runPlacing } from '../worker/run-naming.ts';
import { runReduction } from '../worker/run-reduction.ts';
import type { BackgroundReductions, Best } from './background.ts';
import type { CampaignConfig } from './config.ts';
import { UNREDUCIBLE } from './config.ts';
import { PositionSet } from './position-set.ts';
import type { Explained } from './representatives.ts';
import { chooseRepresentatives, explainFirst, explainSample } from './representatives.ts';

/** Reductions of cases that slipped out of another reduction. */
const MAX_SLIPS = 8;

/** One reduced (or, where that was not possible, unreduced) failing case. */
interface Named {
  readonly id: string;
  /** Id of the cause that was known before the reduction, which kept it; or null. */
  readonly before: string | null;
  readonly finding: Finding;
  readonly seed: number;
  readonly position: number;
  readonly text: string | null;
  readonly original: string;
  readonly instructions: number | null;
  readonly reduction: string;
  readonly minimal: boolean;
  readonly lastSweep: number;
  /** How often the case failed, where that is not each time. */
  readonly rate: Rate | null;
}

/** What one representative came to, and what else it brought to light. */
interface Outcome {
  readonly named: Named;
  readonly slips: readonly Slipped[];
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
  /** When all reductions end, in milliseconds of `Date.now`; null: when they are done. */
  readonly until: number | null;
  /** What was reduced while cases ran. */
  readonly background: BackgroundReductions;
}

/** Reduces, names and files the buckets of a campaign. */
export async function nameBuckets(
  table: BucketTable,
  config: CampaignConfig,
  parts: CampaignParts,
  background: BackgroundReductions,
): Promise<NamedBuckets> {
  const end = new AbortController();
  void parts.stop.whenRequested.then(() => setTimeout(() => end.abort(), PATIENCE).unref());
  const until = config.reduceSeconds === undefined ? null : Date.now() + config.reduceSeconds * 1000;
  const reducing: Reducing = { config, parts, abort: end.signal, warnings: [], until, background };
  const raws = table.sorted();
  const isReduced = ({ first }: RawBucket): boolean => mayReduce(first[0]!.finding, reducing);
  const first = await explainFirst(raws.filter(isReduced), parts, end.signal);
  const explained = [...first, ...(await explainSample(first, parts, end.signal))];
  const unexplained = raws
    .filter((raw) => !isReduced(raw))
    .flatMap((raw) => {
      return raw.first.slice(0, 1).map((representative) => ({ raw, representative, cause: null }));
    });
  const chosen = [...chooseRepresentatives(explained), ...unexplained];
  let number = 0;
  const outcomes = await Promise.all(
    chosen.map(async ({ raw, representative, cause }) => {
      const source: CaseSource = { from: 'position', position: representative.position };
      const announce = (): void => {
        parts.emit('reducing', { bucket: raw.bucket, number: ++number, of: chosen.length });
      };
      return { raw, representative, outcome: await reduceOne(source, representative, cause, reducing, announce) };
    }),
  );
  const folds = foldByCause(raws, explained, outcomes);
  const known = new Set([...raws.map((raw) => raw.bucket), ...folds.keys()]);
  const slipped = await reduceSlips(
    outcomes.map((entry) => entry.outcome),
    known,
    reducing,
  );
  const chosenCases = [...folds].map(([id, fold]) => ({ id, fold, smallest: smallestOf(fold) }));
  const places = await Promise.all(chosenCases.map(({ smallest }) => placeOf(smallest, reducing)));
  const buckets = chosenCases.map(({ id, fold, smallest }, n) => fileBucket(id, fold, smallest, places[n]!, parts));
  const slips = new Map<string, Bucket>();
  for (const named of slipped) {
    if (folds.has(named.id) || slips.has(named.id)) continue;
    const fold = { members: [named], cases: new PositionSet(), raw: new Map<string, PositionSet>() };
    slips.set(named.id, fileBucket(named.id, fold, named, null, parts));
  }
  return { buckets, slips: [...slips.values()], warnings: reducing.warnings };
}

function mayReduce({ check }: Finding, { config, parts }: Reducing): boolean {
  return !UNREDUCIBLE.includes(check) && config.reduceRuns > 0 && !parts.stop.requested;
}

/** All that came to one cause. */
interface Fold {
  readonly members: Named[];
  /** Failing cases. */
  readonly cases: PositionSet;
  /** The same, by the bucket that they were found in. */
  readonly raw: Map<string, PositionSet>;
}

/**
 * Puts the failing cases of all buckets together by what they came to, in the order of their first cases. A case whose cause is known
 * counts there; one that nobody has looked at counts for the first that its bucket came to.
 */
function foldByCause(
  raws: readonly RawBucket[],
  explained: readonly Explained[],
  outcomes: readonly { readonly raw: RawBucket; readonly representative: Representative; readonly outcome: Outcome }[],
): Map<string, Fold> {
  const folds = new Map<string, Fold>();
  const foldOf = (id: string): Fold => {
    let fold = folds.get(id);
    if (fold === undefined) folds.set(id, (fold = { members: [], cases: new PositionSet(), raw: new Map() }));
    return fold;
  };
  const count = (id: string, { bucket }: RawBucket, positions: Iterable<number>): void => {
    const fold = foldOf(id);
    let own = fold.raw.get(bucket);
    if (own === undefined) fold.raw.set(bucket, (own = new PositionSet()));
    for (const position of positions) {
      own.add(position);
      fold.cases.add(position);
    }
  };
  /** Ids by the cause that was told before the reduction. */
  const byCause = new Map<string, string>();
  for (const { outcome } of outcomes) {
    const { before, id } = outcome.named;
    if (before !== null && !byCause.has(before)) byCause.set(before, id);
  }
  for (const raw of raws) {
    const counted = new PositionSet();
    let first: string | null = null;
    const countOne = (id: string, { position }: Representative): void => {
      first ??= id;
      counted.add(position);
      count(id, raw, [position]);
    };
    for (const entry of outcomes) {
      if (entry.raw !== raw) continue;
      foldOf(entry.outcome.named.id).members.push(entry.outcome.named);
      countOne(entry.outcome.named.id, entry.representative);
    }
    for (const { raw: of, representative, cause } of explained) {
      const id = of === raw && cause !== null ? byCause.get(bucketId(cause)) : undefined;
      if (id !== undefined && !counted.has(representative.position)) countOne(id, representative);
    }
    count(
      first ?? raw.bucket,
      raw,
      [...raw.positions].filter((position) => !counted.has(position)),
    );
  }
  return folds;
}

async function reduceOne(
  source: CaseSource,
  from: Representative,
  cause: Cause | null,
  reducing: Reducing,
  announce: () => void,
): Promise<Outcome> {
  const { config, parts, abort, until, background } = reducing;
  const bucket = bucketOf(from.finding);
  const before = cause === null ? null : bucketId(cause);
  const { reduceRuns: maxRuns } = config;
  const record = {
    from: source.from === 'text' ? { text: source.text } : { seed: from.seed },
    bucket,
    ...(before !== null && { cause: before }),
    maxRuns,
  };
  const known = background.reductionOf(record) ?? parts.reductionOf?.(record) ?? undefined;
  if (known === undefined && !mayReduce(from.finding, reducing)) {
    const why = parts.stop.requested ? 'interrupted' : 'not reduced';
    const described = await describeOne(source, from, cause, parts, why);
    const best = background.bestOf(record);
    return best === null ? described : { ...described, named: await nameCut(described.named, best, reducing) };
  }
  announce();
  const task = { source, bucket, cause: before, maxRuns, maxSeconds: null, until };
  const end =
    known !== undefined
      ? ({ kind: 'done', reply: known.reply, unjudged: 0, rate: known.rate ?? null } as const)
      : await runReduction(parts.workers, task, parts.journalOf(record), {
          abort,
          onStep: ({ runs, instructions }) =>
            parts.emit('shrunk', { bucket, ...(before !== null && { cause: before }), runs, instructions }),
        });
  if (end.kind === 'cut') {
    const why = end.why === 'stopped' ? 'interrupted' : 'not reduced';
    const described = await describeOne(source, from, cause, parts, why);
    if (end.why !== 'stopped') warn(reducing, `${bucket} could not be reduced: ${end.message}`);
    return end.best === null ? described : { named: await nameCut(described.named, end.best, reducing), slips: [] };
  }
  const { reply, unjudged, rate } = end;
  // One that a clock has ended is no function of what it started from: a merge does it again.
  if (unjudged === 0 && (until === null || reply.minimal))
    parts.emit('reduction', { ...record, reply, ...(rate !== null && { rate }) });
  if (unjudged > 0) {
    const many = unjudged === 1 ? 'a candidate' : `${unjudged} candidates`;
    warn(reducing, `while ${bucket} was reduced, workers were ended from outside at ${many} again and again`);
  }
  if (reply.reduced === null) {
    // One that another build has reduced, which knew no rates, has none.
    const why = `did not fail again when it was to be reduced${rate === null ? '' : `: ${inRuns(rate)}`}`;
    const described = await describeOne(source, from, cause, parts, why);
    return { named: { ...described.named, rate }, slips: reply.slips };
  }
  const named = await nameReduced(reply, reply.reduced, from, cause, reducing);
  if (rate === null) return { named, slips: reply.slips };
  const reduction = `${named.reduction}; it does not fail each time: ${inRuns(rate)}`;
  return { named: { ...named, rate, reduction }, slips: reply.slips };
}

function inRuns(rate: Rate): string {
  return `${rateText(rate)} runs`;
}

function warn({ warnings, parts }: Reducing, text: string): void {
  warnings.push(text);
  parts.emit('warning', { text });
}

/** What was reached of a reduction that could not go on: by the cause that the case tells, so that it counts with others of its kind. */
async function nameCut(
  described: Named,
  { text, instructions, runs }: Best,
  { parts, abort }: Reducing,
): Promise<Named> {
  const cut = { ...described, text, instructions, reduction: `${described.reduction}: ${stoppedAfter(runs)}` };
  if (described.before !== null || parts.stop.requested) return cut;
  const source = { from: 'text', text } as const;
  const named = await runNaming(parts.workers, { source, findings: [cut.finding], minimised: true }, { abort });
  const cause = named?.causes[0] ?? null;
  if (named === null || cause === null) return cut;
  return { ...cut, id: bucketId(cause), text: named.text, finding: { ...cut.finding, stage: cause.stage } };
}

function stoppedAfter(runs: number): string {
  return `stopped after ${runs} ${runs === 1 ? 'run' : 'runs'}`;
}

/** A reduced case by its cause: the one that the reduction kept, or what the small case tells. */
async function nameReduced(
  reply: Replies['reduce'],
  reduced: NonNullable<Replies['reduce']['reduced']>,
  from: Representative,
  before: Cause | null,
  { parts, abort }: Reducing,
): Promise<Named> {
  let { id, text, finding } = reduced;
  if (before !== null) {
    finding = { ...finding, stage: before.stage };
  } else {
    const source = { from: 'text', text } as const;
    const named = await runNaming(parts.workers, { source, findings: [finding], minimised: true }, { abort });
    const cause = named?.causes[0] ?? null;
    if (named !== null && cause !== null) {
      id = bucketId(cause);
      text = named.text;
      finding = { ...finding, stage: cause.stage };
    }
  }
  return {
    id,
    before: before === null ? null : bucketId(before),
    finding,
    seed: from.seed,
    position: from.position,
    text,
    original: reply.original.text,
    instructions: reduced.instructions,
    minimal: reply.minimal,
    lastSweep: reply.lastSweep,
    rate: null,
    reduction: reply.minimal
      ? `1-minimal: none of the ${reply.lastSweep} smaller candidates still fails; ${reply.runs} runs`
      : `not minimal: ${stoppedAfter(reply.runs)}`,
  };
}

/** The case as it is, without reduction. */
async function describeOne(
  source: CaseSource,
  from: Representative,
  cause: Cause | null,
  parts: CampaignParts,
  reduction: string,
): Promise<Outcome> {
  const outcome = await parts.workers.run<'describe'>({ kind: 'describe', source });
  const original = outcome.kind === 'done' ? outcome.reply.original : null;
  const named: Named = {
    id: cause === null ? bucketOf(from.finding) : bucketId(cause),
    before: cause === null ? null : bucketId(cause),
    finding: cause === null ? from.finding : { ...from.finding, stage: cause.stage },
    seed: from.seed,
    position: from.position,
    text: original?.text ?? null,
    original: original?.text ?? '',
    instructions: original?.instructions ?? null,
    minimal: false,
    lastSweep: 0,
    rate: null,
    reduction,
  };
  return { named, slips: [] };
}

/** Reduces one case for each bucket and cause that candidates slipped into and that is not known yet. */
async function reduceSlips(
  outcomes: readonly Outcome[],
  known: ReadonlySet<string>,
  reducing: Reducing,
): Promise<readonly Named[]> {
  const fresh = new Map<string, { slip: Slipped; from: Representative }>();
  let left = 0;
  for (const { named, slips } of outcomes) {
    for (const slip of slips) {
      const key = slip.cause ?? slip.bucket;
      if (known.has(key) || fresh.has(key)) continue;
      const { position, seed } = named;
      if (fresh.size < MAX_SLIPS)
        fresh.set(key, { slip, from: { position, seed, finding: findingOfBucket(slip.bucket) } });
      else left++;
    }
  }
  if (left > 0)
    warn(reducing, `${left} more candidates failed in other buckets while cases were reduced; they are not saved`);
  return Promise.all(
    [...fresh.values()].map(async ({ slip, from }) => {
      const { named } = await reduceOne({ from: 'text', text: slip.text }, from, null, reducing, () => undefined);
      return { ...named, reduction: `${named.reduction}; found while reducing another case` };
    }),
  );
}

/** The case that stands for a bucket: the smallest. One that fails each time shows more than a smaller one that does not. */
function smallestOf({ members }: Fold): Named {
  const steady = members.filter(({ rate }) => rate === null);
  return (steady.length === 0 ? [...members] : steady).sort(
    (a, b) => (a.instructions ?? Infinity) - (b.instructions ?? Infinity) || a.position - b.position,
  )[0]!;
}

/** Where the two sides part in a case; null where nobody waits for the answer, or it changes from run to run. */
async function placeOf({ text, finding, rate }: Named, reducing: Reducing): Promise<Place | null> {
  const { parts, abort } = reducing;
  if (text === null || rate !== null || !mayReduce(finding, reducing)) return null;
  return runPlacing(parts.workers, text, finding, { abort });
}

function fileBucket(
  id: string,
  { members, cases, raw }: Fold,
  smallest: Named,
  place: Place | null,
  parts: CampaignParts,
): Bucket {
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
    seed: [...members].sort((a, b) => a.position - b.position)[0]!.seed,
    count: cases.size,
    raw: [...raw].map(([bucket, { size }]) => ({ bucket, count: size })).sort((a, b) => (a.bucket < b.bucket ? -1 : 1)),
    caseFile,
    instructions: smallest.instructions,
    text: smallest.text,
    detail: smallest.finding.detail,
    reduction: smallest.reduction,
    place,
    flaky: smallest.rate,
  };
}
