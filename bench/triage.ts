/**
 * `npm run bench -- triage [MISTAKES] [CASES] [PAIRS]`: how well findings are told apart, named and made small.
 *
 * Plants MISTAKES (50, or those whose names are given with commas between) in copies of the built core, one each, and runs a campaign of CASES (400) of seed 1 over each copy: one mistake
 * should come to one bucket that accuses the right part and has a small case. Then plants PAIRS (12) of those that were found, two
 * in one copy: a reduction must not end at the other mistake without a word (a silent slip), and none may hide the other. Prints a line for
 * each mistake, and the figures. Times are by the clock: of whole campaigns, with their reductions.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bucketSlug } from '../harness/model/bucket-slug.ts';
import type { BugFamily, PlantedBug } from './planted/bugs.ts';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { plant } from './planted/plant.ts';

const MAIN = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));

/** What may be accused of a mistake of each family. The runtime library is AIR that codegen has compiled. */
const RIGHT: Readonly<Record<BugFamily, readonly string[]>> = {
  codegen: ['codegen'],
  emit: ['emit', 'codegen'],
  link: ['linker'],
  object: ['object-writer', 'linker'],
  runtime: ['codegen'],
  threads: ['codegen'],
};

interface FoundBucket {
  readonly id: string;
  readonly stage: string;
  readonly caseFile: string | null;
  readonly instructions: number | null;
}

/** A campaign over a copy with mistakes in it. */
interface Campaign {
  readonly folder: string;
  readonly buckets: readonly FoundBucket[];
  readonly seconds: number;
}

/** Runs the benchmark. */
export async function benchTriage(mistakes: number | readonly string[] = 50, cases = 400, pairs = 12): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-triage-'));
  try {
    const found = await singles(folder, chosen(mistakes), cases);
    if (pairs > 0) await doubles(folder, found, cases, pairs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `count` of the mistakes, spread over the list, or those with the given names. */
function chosen(count: number | readonly string[]): readonly PlantedBug[] {
  if (typeof count !== 'number') return PLANTED_BUGS.filter(({ name }) => count.includes(name));
  const step = PLANTED_BUGS.length / Math.min(count, PLANTED_BUGS.length);
  return Array.from({ length: Math.min(count, PLANTED_BUGS.length) }, (_, n) => PLANTED_BUGS[Math.floor(n * step)]!);
}

async function singles(folder: string, bugs: readonly PlantedBug[], cases: number): Promise<PlantedBug[]> {
  const found: PlantedBug[] = [];
  const all: FoundBucket[] = [];
  const seconds: number[] = [];
  let right = 0;
  console.log('buckets  right  instructions        s  mistake, buckets');
  for (const bug of bugs) {
    const { buckets, seconds: spent } = await campaign(join(folder, bug.name), [bug], cases);
    const good = buckets.filter(({ stage }) => RIGHT[bug.family].includes(stage)).length;
    const sizes = buckets.map(({ instructions }) => instructions ?? '-').join(',');
    const head = `${String(buckets.length).padStart(7)}  ${String(good).padStart(5)}  ${sizes.padEnd(14)} ${spent.toFixed(1).padStart(6)}`;
    console.log(`${head}  ${bug.family} ${bug.name}: ${buckets.map(({ id }) => id).join(' ') || 'not found'}`);
    if (buckets.length === 0) continue;
    found.push(bug);
    all.push(...buckets);
    seconds.push(spent);
    right += good;
  }
  const sizes = all.map(({ instructions }) => instructions ?? Infinity);
  console.log(
    [
      '',
      `${found.length} of ${bugs.length} mistakes found in ${cases} cases each`,
      `buckets per mistake     ${(all.length / found.length).toFixed(2)}  (at most 1.3)`,
      `right stage             ${((100 * right) / all.length).toFixed(1)} %  (at least 95 %)`,
      `instructions, median    ${quantile(sizes, 0.5)}  (at most 10)`,
      `instructions, 90 %      ${quantile(sizes, 0.9)}  (at most 25)`,
      `seconds, median         ${quantile(seconds, 0.5).toFixed(1)}  (of a campaign with its reductions)`,
    ].join('\n'),
  );
  return found;
}

async function doubles(folder: string, found: readonly PlantedBug[], cases: number, pairs: number): Promise<void> {
  const half = found.length >> 1;
  let silent = 0;
  let hidden = 0;
  let slipped = 0;
  const count = Math.min(pairs, half);
  for (let n = 0; n < count; n++) {
    const both = [found[n]!, found[n + half]!] as const;
    const name = both.map((bug) => bug.name).join(' + ');
    const { folder: run, buckets } = await campaign(join(folder, `pair-${n}`), both, cases);
    const alone = both.map((bug) => join(folder, bug.name, 'core'));
    const ends: { from: readonly boolean[]; to: readonly boolean[] }[] = [];
    for (const { id } of buckets) {
      const slug = join(run, 'run', 'cases', bucketSlug(id));
      const [from, to] = [`${slug}.original.air`, `${slug}.air`];
      if (!existsSync(from) || !existsSync(to)) continue;
      const shown = await Promise.all(alone.map((core) => failing(run, core, [from, to])));
      ends.push({ from: shown.map((files) => files.has(from)), to: shown.map((files) => files.has(to)) });
    }
    const saved = join(run, 'run', 'cases');
    const others = existsSync(saved) ? readdirSync(saved).filter((file) => !file.endsWith('.original.air')) : [];
    const files = others.map((file) => join(saved, file));
    const shown = await Promise.all(alone.map((core) => failing(run, core, files)));
    const isThere = shown.map(({ size }) => size > 0);
    for (const { from, to } of ends) {
      const lost = [0, 1].find((bug) => from[bug] && !from[1 - bug] && !to[bug]);
      if (lost === undefined) continue;
      slipped++;
      if (!isThere[lost]) silent++;
    }
    const gone = both.filter((_, bug) => !isThere[bug]);
    hidden += gone.length;
    console.log(`${name}: ${buckets.length} buckets${gone.map((bug) => `, hidden: ${bug.name}`).join('')}`);
  }
  console.log(`${count} pairs: ${slipped} slips, ${silent} of them silent; ${hidden} mistakes hidden by the other`);
}

async function campaign(
  folder: string,
  [first, ...others]: readonly [PlantedBug, ...PlantedBug[]],
  cases: number,
): Promise<Campaign> {
  mkdirSync(folder);
  const core = plant(first, folder, ...others);
  const begin = performance.now();
  const args = ['--seed', '1', '--runs', String(cases), '--jobs', '1', '--out', 'run', '--backend', core, '--json'];
  const { stdout } = await run(folder, ['fuzz', ...args]);
  const seconds = (performance.now() - begin) / 1000;
  const { buckets } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { buckets: readonly FoundBucket[] };
  return { folder, buckets, seconds };
}

/** Those of `files` that fail with the copy `core`. */
async function failing(cwd: string, core: string, files: readonly string[]): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const { stdout } = await run(cwd, ['regress', ...files, '--backend', core]);
  const paths = new Map(files.map((file) => [file.slice(cwd.length + 1), file]));
  return new Set([...stdout.matchAll(/^FAIL (\S+)$/gm)].map(([, name]) => paths.get(name!) ?? name!));
}

function run(cwd: string, args: readonly string[]): Promise<{ stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('close', () => resolve({ stdout }));
  });
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
