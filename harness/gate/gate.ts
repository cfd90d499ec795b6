/**
 * The gate: what of a working tree fails that does not fail on its base.
 *
 * Owns the order of its steps and the time of each. Both builds are commands (build-side.ts); what is run first runs on the working tree, and what
 * fails there on the base. A case that passes in the working tree cannot be red, so it is not run twice. In place of two commits, two back
 * ends can be compared: two builds of a compiler that is made elsewhere.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { airFilesBelow } from '../corpus/air-files.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { HarnessError } from '../model/failure.ts';
import { CHECKOUT } from '../model/outside-folder.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import type { BucketSummary, Summary } from '../report/summary.ts';
import { plural, wholeNumber } from '../report/text.ts';
import { lastLine, Side } from './build-side.ts';
import { buildWorkingTree, commitOf, git, Worktree } from './build-tree.ts';
import type { Children } from './children.ts';
import type { Candidate, Judged } from './judge-candidate.ts';
import { judgeCandidate } from './judge-candidate.ts';
import type { Shown } from './reduce-red.ts';
import { reduceRed } from './reduce-red.ts';
import type { Part } from './touched.ts';
import { isQuiet, planParts } from './touched.ts';

/** Seconds below which a part is not worth the start of its workers. */
const LEAST_SECONDS = 4;

/** Parts of a gate, at most. */
const MOST_PARTS = 6;

/** Part of the time that is spent where a diff changes nothing that runs. */
const QUIET_SHARE = 0.2;

/** Cases that one reduction may run. */
const REDUCE_RUNS = '500';

/** Seconds that the reduction of a red bucket may take, and that those of one part may take. */
const REDUCE_SECONDS = 45;

/** The part of the time of a gate that the reduction may take where random cases have used all of it. */
const REDUCE_SHARE = 0.25;

/** Cases of a corpus that are replayed with every check; of a larger one each has those that it is about. */
const WHOLE_CORPUS = 200;

/** What a gate is told. */
export interface GateOptions {
  readonly root: string;
  readonly sides: GateSides;
  /** For random cases; with `runs`, whichever comes first. */
  readonly seconds: number | null;
  readonly runs: number | null;
  readonly jobs: number | 'auto';
  /** Null: that of the commit. */
  readonly seed: number | null;
  /** Folder of the runs; it exists. */
  readonly out: string;
  /** Folder for what is gone afterwards; it exists. */
  readonly temporary: string;
}

/** What is compared. */
export type GateSides =
  /** The commit that the working tree left `base` at, and the working tree; both with the back end `backend`, null: core of each. */
  | { readonly kind: 'commits'; readonly base: string; readonly backend: string | null }
  /** Two back ends, as `--backend` names them, under this build of the harness. */
  | { readonly kind: 'backends'; readonly base: string; readonly head: string };

/** A part that was run. */
interface PartResult {
  readonly profile: string;
  readonly cases: number;
  readonly seconds: number;
  readonly failing: number;
}

/** What a gate has to say. */
export interface GateResult {
  readonly base: string;
  readonly head: string;
  readonly seed: number;
  readonly corpus: { readonly cases: number; readonly failing: number };
  readonly parts: readonly PartResult[];
  readonly tally: Tally;
  /** Without the red ones. */
  readonly judged: readonly Judged[];
  readonly red: readonly Shown[];
  /** Buckets that nobody looked at, as the gate was closed already. */
  readonly unjudged: readonly BucketSummary[];
  /** Random cases without a new failure. */
  readonly cases: number;
}

/** With what a gate is run. */
export interface GateParts {
  readonly children: Children;
  readonly note: (text: string) => void;
  readonly isStopped: () => boolean;
}

/** Runs a gate; the worktree of the base is gone afterwards. */
export function runGate(options: GateOptions, parts: GateParts): Promise<GateResult> {
  const { sides } = options;
  return sides.kind === 'commits' ? ofCommits(sides, options, parts) : ofBackends(sides, options, parts);
}

async function ofBackends(
  { base, head }: Extract<GateSides, { kind: 'backends' }>,
  options: GateOptions,
  parts: GateParts,
): Promise<GateResult> {
  const { children, note } = parts;
  note(`gate: the back end ${head} against ${base}`);
  const cwd = join(options.temporary, 'runs');
  mkdirSync(cwd);
  const sideOf = (backend: string): Side => new Side(CHECKOUT, cwd, children, ['--backend', backend]);
  return compare(options, parts, { head: sideOf(head), base: sideOf(base) }, { base, head, paths: null, cwd });
}

async function ofCommits(
  sides: Extract<GateSides, { kind: 'commits' }>,
  options: GateOptions,
  parts: GateParts,
): Promise<GateResult> {
  const { root, temporary } = options;
  const { children, note } = parts;
  const tip = commitOf(root, sides.base);
  const base = git(root, 'merge-base', 'HEAD', tip) ?? tip;
  const head = commitOf(root, 'HEAD');
  const paths = changedPaths(root, base);
  note(
    `gate: ${nameOf(head)}${isDirty(root) ? ' and what is not committed' : ''} against ${nameOf(base)} (${sides.base})`,
  );
  const tree = new Worktree(root, base, join(temporary, 'base'));
  try {
    const [onHead, onBase] = await Promise.all([buildWorkingTree(root, children), tree.build(children)]);
    if (parts.isStopped()) return emptyResult(base, head);
    if (onHead !== null) throw new HarnessError(`the working tree cannot be built:\n${onHead}`);
    if (onBase !== null) throw new HarnessError(`the base ${nameOf(base)} cannot be built:\n${onBase}`);
    const cwd = join(temporary, 'runs');
    mkdirSync(cwd);
    const { backend } = sides;
    if (backend !== null) tree.linkOutside();
    const words = backend === null ? [] : ['--backend', backend];
    const both = { head: new Side(root, cwd, children, words), base: new Side(tree.path, cwd, children, words) };
    return await compare(options, parts, both, { base, head, paths, cwd });
  } finally {
    tree.remove();
  }
}

interface Place {
  readonly base: string;
  readonly head: string;
  /** What the change touches; null: no change of this repository is judged. */
  readonly paths: readonly string[] | null;
  /** Where the commands run. */
  readonly cwd: string;
}

async function compare(
  options: GateOptions,
  { note, isStopped }: GateParts,
  sides: { readonly head: Side; readonly base: Side },
  { base, head, paths, cwd }: Place,
): Promise<GateResult> {
  const seed = options.seed ?? seedOf(options.root);
  const corpus = await replayCorpus(options.root, sides.head, options.jobs);
  const how = corpus.isQuick ? ' with the checks that each is about' : '';
  note(`corpus: ${plural(corpus.cases, 'case')}${how}, ${corpus.candidates.length} failing`);
  const verdicts = new Verdicts(sides, isStopped);
  await verdicts.judge(corpus.candidates);
  const tally = emptyTally();
  const results: PartResult[] = [];
  const plan = planOf(options, paths);
  const changed = paths === null ? 'profiles' : `${plural(paths.length, 'file')} changed`;
  note(`${changed}: ${plan.map(({ profile }) => profile).join(', ')}`);
  let left = options.seconds === null ? null : options.seconds * (paths !== null && isQuiet(paths) ? QUIET_SHARE : 1);
  let share = 1;
  for (const part of plan) {
    if (isStopped() || verdicts.isClosed) break;
    const begin = performance.now();
    const seconds = left === null ? null : Math.max(LEAST_SECONDS, (left * part.share) / share);
    // The first failing case is nearly always new. Where the base fails it too, the part is run to its end.
    for (const more of [['--stop-on-first'], []]) {
      const ran = await runPart(part, { ...options, seconds }, seed, sides.head, more);
      if (ran === null) break;
      const { cases, seconds: passed, buckets } = ran.summary;
      const isOver =
        buckets.length === 0 || (await verdicts.judge(buckets.map((bucket) => candidateOf(bucket, ran.folder, cwd))));
      if (!isOver && more.length > 0) continue;
      addTally(tally, tallyOf(ran.summary));
      results.push({ profile: part.profile, cases, seconds: passed, failing: buckets.length });
      note(`${part.profile}: ${plural(cases, 'case')} in ${passed.toFixed(1)} s, ${plural(buckets.length, 'bucket')}`);
      break;
    }
    share -= part.share;
    if (left !== null) left = Math.max(0, left - (performance.now() - begin) / 1000);
  }
  const { judged, unjudged } = verdicts;
  const red: Shown[] = [];
  // What random cases have left over, and a part of the time in any case.
  const most = Math.min(REDUCE_SECONDS, Math.max(left ?? Infinity, (options.seconds ?? 0) * REDUCE_SHARE));
  for (const one of judged.filter(({ verdict }) => verdict === 'red')) {
    note(`red: ${one.bucket.id}; its case is reduced`);
    red.push(await reduceRed(one, sides, isStopped() ? 0 : most, options.out));
  }
  if (results.every(({ cases }) => cases === 0) && !isStopped() && !verdicts.isClosed) {
    throw new HarnessError('nothing was tested: no random case was run in the time there was');
  }
  const cases = results.filter(({ profile }) => profile !== 'sweep').reduce((sum, part) => sum + part.cases, 0);
  const counts = { cases: corpus.cases, failing: corpus.candidates.length };
  const others = judged.filter(({ verdict }) => verdict !== 'red');
  return { base, head, seed, corpus: counts, parts: results, tally, judged: others, red, unjudged, cases };
}

/** What has been judged so far. The first red bucket closes the gate: what is left is listed, and not compared with the base. */
class Verdicts {
  readonly judged: Judged[] = [];
  readonly unjudged: BucketSummary[] = [];
  readonly #sides: { readonly head: Side; readonly base: Side };
  readonly #isStopped: () => boolean;

  constructor(sides: { readonly head: Side; readonly base: Side }, isStopped: () => boolean) {
    this.#sides = sides;
    this.#isStopped = isStopped;
  }

  get isClosed(): boolean {
    return this.judged.some(({ verdict }) => verdict === 'red');
  }

  /** Judges `candidates`, and says whether the gate is closed. */
  async judge(candidates: readonly Candidate[]): Promise<boolean> {
    for (const candidate of candidates) {
      if (this.#isStopped()) break;
      if (this.isClosed) this.unjudged.push(candidate.bucket);
      else this.judged.push(await judgeCandidate(candidate, this.#sides.head, this.#sides.base));
    }
    return this.isClosed;
  }
}

function planOf({ seconds, runs }: GateOptions, paths: readonly string[] | null): Part[] {
  const most = seconds === null ? (runs ?? MOST_PARTS) : Math.floor(seconds / LEAST_SECONDS);
  return planParts(paths, Math.min(MOST_PARTS, most));
}

/** Each commit looks at other programs, and the same one at the same; 1 where there is no commit. */
function seedOf(root: string): number {
  const head = git(root, 'rev-parse', '--verify', '--quiet', 'HEAD');
  return head === null ? 1 : Number.parseInt(head.slice(0, 8), 16);
}

/** Runs one part; null where there was no time for a single case. */
async function runPart(
  { profile, share }: Part,
  { seconds, runs, jobs, out }: GateOptions,
  seed: number,
  head: Side,
  more: readonly string[],
): Promise<{ readonly summary: Summary; readonly folder: string } | null> {
  const folder = join(out, more.length === 0 ? `${profile}-all` : profile);
  const args = ['fuzz', '--seed', String(seed), '--profile', profile, '--jobs', String(jobs), '--out', folder];
  if (runs !== null) args.push('--runs', String(Math.max(1, Math.round(runs * share))));
  if (seconds !== null) args.push('--time', `${seconds.toFixed(1)}s`);
  const { code, summary, stderr } = await head.run(
    ...args,
    ...more,
    '--reduce-runs',
    REDUCE_RUNS,
    '--reduce-time',
    `${REDUCE_SECONDS}s`,
  );
  if (code === 0 || code === 1 || (summary !== null && summary.buckets.length > 0))
    return { summary: summary!, folder };
  if (code === 130 || (summary?.cases === 0 && seconds !== null)) return null;
  throw new HarnessError(`profile ${profile} cannot be run: ${lastLine(stderr)} (exit code ${code})`);
}

interface ReplayedCorpus {
  readonly cases: number;
  /** Each case had the checks that it is about, not every one. */
  readonly isQuick: boolean;
  readonly candidates: Candidate[];
}

/** The corpus and the findings that are known, on the working tree. */
export async function replayCorpus(root: string, head: Side, jobs: number | 'auto' = 'auto'): Promise<ReplayedCorpus> {
  const folders = ['regressions', 'findings']
    .map((name) => join(root, 'corpus', name))
    .filter((path) => existsSync(path));
  const nothing = { cases: 0, isQuick: false, candidates: [] };
  if (folders.length === 0) return nothing;
  const isQuick = folders.reduce((sum, folder) => sum + airFilesBelow(folder).length, 0) > WHOLE_CORPUS;
  const words = ['--jobs', String(jobs), ...(isQuick ? ['--quick'] : [])];
  const { code, stdout, stderr, summary } = await head.run('regress', ...words, ...folders);
  if (code === 130) return nothing;
  const failed = new Set([...stderr.matchAll(/^FAIL (.+)$/gm)].map(([, file]) => file!));
  if (summary === null || (code !== 0 && code !== 2 && failed.size === 0)) {
    throw new HarnessError(`the corpus cannot be replayed: ${lastLine(stdout + stderr)} (exit code ${code})`);
  }
  const unnamed: Omit<BucketSummary, 'id' | 'caseFile'> = {
    check: 'expect',
    stage: 'codegen',
    kind: 'result',
    raw: [],
    seed: '0x0',
    count: 1,
    instructions: null,
  };
  const candidates = [...failed].map((file) => {
    const path = join(root, 'corpus', file.replace(/^.*?corpus\//, ''));
    const named = summary.buckets.find(({ caseFile }) => caseFile === file);
    return {
      bucket: { ...unnamed, id: `corpus/${relative(join(root, 'corpus'), path)}`, ...named, caseFile: path },
      cases: [path],
      seed: null,
    };
  });
  return { cases: summary.cases, isQuick, candidates };
}

/** A bucket of a run in `folder`, with the texts that show it. */
function candidateOf(bucket: BucketSummary, folder: string, cwd: string): Candidate {
  const slug = bucketSlug(bucket.id);
  const texts = [join(folder, 'cases', `${slug}.air`), join(folder, 'cases', `${slug}.original.air`)];
  const present = texts.filter((file) => existsSync(file));
  const caseFile = present[0] ?? (bucket.caseFile === null ? null : join(cwd, bucket.caseFile));
  return { bucket: { ...bucket, caseFile }, cases: present.length > 0 ? present : [bucket.seed], seed: bucket.seed };
}

/** Paths that differ between `base` and the working tree, new ones included. */
function changedPaths(root: string, base: string): string[] {
  const changed = git(root, 'diff', '--name-only', '--no-renames', '-z', base) ?? '';
  const fresh = git(root, 'ls-files', '--others', '--exclude-standard', '-z') ?? '';
  return [...new Set(`${changed}\0${fresh}`.split('\0'))].filter((path) => path !== '').sort();
}

function isDirty(root: string): boolean {
  return git(root, 'status', '--porcelain') !== '';
}

/** The counts of a summary, which has times only as a share. */
function tallyOf({ cases, discarded, incomparable, checks, engineShare, seconds }: Summary): Tally {
  const tally = emptyTally();
  addTally(tally, { ...tally, cases, discarded, incomparable, checks, busy: seconds });
  return { ...tally, time: { ...tally.time, engine: engineShare * seconds } };
}

function nameOf(commit: string): string {
  return commit.slice(0, 12);
}

function emptyResult(base: string, head: string): GateResult {
  const corpus = { cases: 0, failing: 0 };
  return { base, head, seed: 0, corpus, parts: [], tally: emptyTally(), judged: [], red: [], unjudged: [], cases: 0 };
}

/** What so many cases without a new failure say of the rate of new failures, for people: the rule of three. */
export function boundOf(cases: number): string {
  if (cases === 0) return 'no random case was run';
  const percent = Math.min(100, 300 / cases);
  return `no new failure in ${wholeNumber(cases)} random cases: at 95 % confidence fewer than ${percent.toPrecision(2)} % of such cases fail anew (3 / ${wholeNumber(cases)})`;
}
