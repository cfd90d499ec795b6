/**
 * `node dist/bench/mutate-objects.js`: links broken objects and archives, and finds what a linker must not do with them.
 *
 * Options: `--runs N` cases, from number `--from K`, of the campaign `--seed S`; `--show K` writes the files of one case to a
 * folder and says how to link them. The cases run in processes of their own that say which case they are at, so that this one
 * sees a hang (a case of more than two seconds), a crash, and the greatest memory of such a process. Exit code 1 if anything
 * is wrong.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { loadLlvm } from '../harness/external/llvm.ts';
import type { MutatedOutcome } from './mutation/judge.ts';
import { judgeLink, mutatedLink } from './mutation/judge.ts';
import type { MutationSeed } from './mutation/seeds.ts';
import { mutationSeeds } from './mutation/seeds.ts';

/** A case may not take longer. */
const MOST_MILLISECONDS = 2000;
/** Resident memory that the process of the cases may have, with the engine and all seeds. */
const MOST_MEGABYTES = 512;
const POLL_MILLISECONDS = 200;
/**
 * Cases of a process. The engine that judges keeps the function types of every module it has seen, some 4 KB a case here;
 * without it the memory of the process does not grow.
 */
const CASES_PER_PROCESS = 25_000;
/** Kinds of wrong outcomes of which the first cases are listed. */
const MOST_LISTED = 5;

interface Range {
  readonly campaign: number;
  readonly from: number;
  readonly to: number;
}

/** What the process of the cases reports in the end. */
interface Report {
  readonly tally: Record<string, number>;
  readonly wrong: readonly { readonly number: number; readonly seed: string; readonly what: string }[];
  readonly slowest: { readonly number: number; readonly milliseconds: number };
  readonly megabytes: number;
}

const [role, folderOfChild] = process.argv.slice(2);
if (role === '--child') runCases(folderOfChild!);
else await main();

async function main(): Promise<void> {
  const values = readOptions();
  if (values === null) return;
  const campaign = Number(values.seed);
  const from = Number(values.from);
  const to = from + Number(values.runs);
  const llvm = await loadLlvm();
  if (llvm === null) console.log('LLVM is not installed: only objects of this compiler are mutated');
  const seeds = mutationSeeds(llvm);
  if (values.show !== undefined) {
    show(seeds, campaign, Number(values.show));
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mutate-objects-'));
  try {
    writeFileSync(join(folder, 'seeds'), serialize(seeds));
    const started = performance.now();
    const reports: Report[] = [];
    const lost: string[] = [];
    for (let next = from; next < to;) {
      const end = Math.min(next + CASES_PER_PROCESS, to);
      const { report, at, why } = await supervise(folder, { campaign, from: next, to: end });
      reports.push(report);
      if (why !== null) lost.push(`case ${at}: ${why}`);
      next = why === null ? end : at + 1;
    }
    conclude(
      `${seeds.length} seeds, --seed ${campaign} --from ${from},`,
      to - from,
      reports,
      lost,
      (performance.now() - started) / 1000,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Options as text; null, with a message and exit code 2, if they are none of ours. */
function readOptions(): { runs: string; seed: string; from: string; show?: string | undefined } | null {
  const options = {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    show: { type: 'string' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    for (const [name, value] of Object.entries(values)) {
      if (!/^\d+$/.test(value)) throw new Error(`--${name} takes a number, not '${value}'`);
    }
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: mutate-objects [--runs N] [--seed S] [--from K] [--show K]`);
    process.exitCode = 2;
    return null;
  }
}

/** Runs a range until it ends, hangs or dies. */
function supervise(folder: string, range: Range): Promise<{ report: Report; at: number; why: string | null }> {
  const place = join(folder, 'at');
  const result = join(folder, 'report');
  rmSync(result, { force: true });
  writeFileSync(place, Buffer.alloc(8));
  writeFileSync(join(folder, 'range'), JSON.stringify(range));
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ['--child', folder], { stdio: 'inherit' });
  return new Promise((resolve) => {
    let last = -1;
    let since = performance.now();
    let why: string | null = null;
    const timer = setInterval(() => {
      const at = placeOf(place);
      if (at !== last) {
        last = at;
        since = performance.now();
      } else if (at > 0 && performance.now() - since > MOST_MILLISECONDS) {
        why = `no end after ${MOST_MILLISECONDS} ms`;
        child.kill('SIGKILL');
      }
    }, POLL_MILLISECONDS);
    child.on('exit', (code, signal) => {
      clearInterval(timer);
      if (code !== 0) why ??= `the process ended with ${signal ?? code}`;
      let report: Report = { tally: {}, wrong: [], slowest: { number: 0, milliseconds: 0 }, megabytes: 0 };
      if (code === 0) report = JSON.parse(readFileSync(result, 'utf8')) as Report;
      else report.tally['lost'] = Math.max(0, placeOf(place) - range.from);
      resolve({ report, at: placeOf(place) - 1, why });
    });
  });
}

/** Number of the case at work plus 1; 0 before the first. */
function placeOf(path: string): number {
  const bytes = Buffer.alloc(8);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, 8, 0);
  closeSync(file);
  return bytes.readDoubleLE();
}

function conclude(
  seeds: string,
  runs: number,
  reports: readonly Report[],
  lost: readonly string[],
  seconds: number,
): void {
  const tally = new Map<string, number>();
  for (const report of reports) {
    for (const [kind, count] of Object.entries(report.tally)) tally.set(kind, (tally.get(kind) ?? 0) + count);
  }
  const wrong = reports.flatMap((report) => report.wrong);
  const slowest = reports.map((report) => report.slowest).reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  const megabytes = Math.max(...reports.map((report) => report.megabytes));
  console.log(`${runs} cases of ${seeds} in ${seconds.toFixed(1)} s`);
  for (const [kind, count] of [...tally].sort()) console.log(`  ${kind.padEnd(14)}${String(count).padStart(8)}`);
  console.log(
    `  slowest ${slowest.milliseconds.toFixed(0)} ms (case ${slowest.number}), memory ${megabytes.toFixed(0)} MB`,
  );
  for (const line of lost) console.log(`  LOST ${line}`);
  const kinds = new Map<string, Report['wrong'][number][]>();
  for (const entry of wrong) {
    const kind = entry.what
      .split('\n')
      .slice(0, 2)
      .join(' ')
      .replace(/0x[0-9a-f]+|\d+/g, 'N');
    kinds.set(kind, [...(kinds.get(kind) ?? []), entry]);
  }
  for (const entries of kinds.values()) {
    console.log(`  WRONG ${entries.length} times: ${entries[0]!.what}`);
    for (const { number, seed } of entries.slice(0, MOST_LISTED)) console.log(`    case ${number}, ${seed}`);
  }
  const isTooMuch = megabytes > MOST_MEGABYTES;
  if (isTooMuch) console.log(`  MEMORY more than ${MOST_MEGABYTES} MB`);
  process.exitCode = wrong.length + lost.length > 0 || isTooMuch ? 1 : 0;
}

/** The other process. */
function runCases(folder: string): void {
  const { campaign, from, to } = JSON.parse(readFileSync(join(folder, 'range'), 'utf8')) as Range;
  const seeds = deserialize(readFileSync(join(folder, 'seeds'))) as MutationSeed[];
  const place = openSync(join(folder, 'at'), 'r+');
  const mark = Buffer.alloc(8);
  const tally: Record<string, number> = {};
  const wrong: Report['wrong'][number][] = [];
  let slowest: Report['slowest'] = { number: from, milliseconds: 0 };
  let peak = 0;
  for (let number = from; number < to; number++) {
    mark.writeDoubleLE(number + 1);
    writeSync(place, mark, 0, 8, 0);
    const started = performance.now();
    const link = mutatedLink(seeds, campaign, number);
    const outcome: MutatedOutcome = judgeLink(link);
    const milliseconds = performance.now() - started;
    tally[outcome.kind] = (tally[outcome.kind] ?? 0) + 1;
    if (outcome.kind === 'wrong') wrong.push({ number, seed: link.seed, what: outcome.what });
    if (milliseconds > slowest.milliseconds) slowest = { number, milliseconds };
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  closeSync(place);
  const report: Report = { tally, wrong, slowest, megabytes: Math.max(peak, highWater()) / 2 ** 20 };
  writeFileSync(join(folder, 'report'), JSON.stringify(report));
}

/** Greatest resident memory of this process in bytes, where the system says; else 0. */
function highWater(): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? 0 : Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

function show(seeds: readonly MutationSeed[], campaign: number, number: number): void {
  const link = mutatedLink(seeds, campaign, number);
  const folder = `mutated-${campaign}-${number}`;
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of link.files) writeFileSync(join(folder, name), bytes);
  const outcome = judgeLink(link);
  console.log(`case ${number}, ${link.seed}: ${outcome.kind}${outcome.kind === 'wrong' ? `, ${outcome.what}` : ''}`);
  console.log(`cd ${folder} && harness link ${link.args.join(' ')}`);
}
