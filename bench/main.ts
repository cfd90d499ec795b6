/**
 * `npm run bench`: how fast one process runs cases, and where the time goes; then what codegen threads gain (threads.ts) and
 * how the linker compares (link.ts). One run, all figures from it. A word behind it chooses one part (`npm run bench -- --help` lists
 * them), or the profile whose cases run.
 *
 * Owns the list of parts and what their words mean. Runs the cases of a campaign in this process, as a worker does (same V8 flags), after a
 * warm-up. Seeds are fixed, so two builds can be compared; the clock of a busy machine cannot.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PROFILES } from '../generators/index.ts';
import { CORE_BACKEND } from '../harness/backend/core/core-backend.ts';
import { CHUNK } from '../harness/campaign/config.ts';
import { generatorOf } from '../harness/case/generate.ts';
import { loadChecks } from '../harness/check/checks.ts';
import { Interrupted } from '../harness/model/failure.ts';
import { TIME_PARTS } from '../harness/model/stopwatch.ts';
import { V8_ENGINE } from '../harness/engine/v8/v8-engine.ts';
import type { Tally } from '../harness/model/tally.ts';
import { addTally, emptyTally, total } from '../harness/model/tally.ts';
import { Executor } from '../harness/worker/executor.ts';
import { workerV8Flags } from '../harness/worker/v8-flags.ts';

const WARM_UP = 300;
const MEASURED = 1500;
const CHILD = 'HARNESS_BENCH_CHILD';

/** A part of the benchmarks that is asked for by its name. */
interface Part {
  /** Its words behind the name, for people. */
  readonly words: string;
  readonly says: string;
  /** False: it failed. */
  readonly run: (words: readonly string[]) => Promise<unknown>;
}

const PARTS: Readonly<Record<string, Part>> = {
  threads: {
    words: '',
    says: 'what codegen threads gain',
    run: async () => (await import('./threads.ts')).benchThreads(),
  },
  link: { words: '', says: 'our linker beside others', run: async () => (await import('./link.ts')).benchLink() },
  codegen: {
    words: '[PROFILE]',
    says: 'code generation alone',
    run: async ([profile = 'default']) => (await import('./codegen.ts')).benchCodegen(profileOf(profile)),
  },
  kernels: {
    words: '',
    says: 'size and speed of emitted code beside that of clang',
    run: async () => (await import('./kernels.ts')).benchKernels(),
  },
  peers: {
    words: '[SECONDS]',
    says: 'cases per second, and planted mistakes found, beside other fuzzers',
    run: async ([seconds]) => (await import('./peers.ts')).benchPeers(numberOf(seconds)),
  },
  outside: {
    words: '[PROGRAMS]',
    says: 'foreign compilers, engines and tools',
    run: async ([programs]) => (await import('./outside.ts')).benchOutside(numberOf(programs)),
  },
  compare: {
    words: 'OTHER_DIST [PROFILE]',
    says: 'processor time of two builds, in turn',
    run: async ([other, profile]) => {
      if (other === undefined) throw new UsageError('compare: which build? (the folder dist of another one)');
      await (await import('./compare.ts')).benchCompare(other, profile === undefined ? undefined : profileOf(profile));
    },
  },
  memory: {
    words: '[CASES]',
    says: 'size of workers over many cases',
    run: async ([cases]) => (await import('./memory.ts')).benchMemory(numberOf(cases)),
  },
  load: {
    words: '[CAMPAIGNS CASES LOAD]',
    says: 'campaigns on a busy machine against undisturbed ones',
    run: async (words) => (await import('./load.ts')).benchLoad(...words.map((word) => numberOf(word)!)),
  },
  night: {
    words: '[SECONDS MISTAKES]',
    says: 'a campaign with planted mistakes whose processes are killed',
    run: async (words) => (await import('./night.ts')).benchNight(...words.map((word) => numberOf(word)!)),
  },
  triage: {
    words: '[COUNT|NAMES] [CASES PAIRS]',
    says: 'how well findings of planted mistakes are told apart',
    run: async ([which, ...numbers]) => {
      const names = which === undefined || /^[0-9]+$/.test(which) ? undefined : which.split(',');
      const { benchTriage } = await import('./triage.ts');
      await benchTriage(names ?? numberOf(which), ...numbers.map((word) => numberOf(word)!));
    },
  },
  frequencies: {
    words: '[MUTANTS CASES PROFILE]',
    says: 'how often each check should run, by what it finds for its time',
    run: async ([mutants, cases, profile = 'default']) =>
      (await import('./frequencies.ts')).benchFrequencies(numberOf(mutants), numberOf(cases), profileOf(profile)),
  },
  sizes: {
    words: '[MUTANTS CASES PROFILE]',
    says: 'how large programs should be, by what they find for their time',
    run: async ([mutants, cases, profile = 'default']) =>
      (await import('./sizes.ts')).benchSizes(numberOf(mutants), numberOf(cases), profileOf(profile)),
  },
  table: {
    words: '[FILE]',
    says: 'writes the table of docs/instructions.md',
    run: async ([file = 'instructions.md']) => (await import('./instruction-table.ts')).writeInstructionTable(file),
  },
  digests: {
    words: '[FILE]',
    says: 'writes a digest of every artefact of core',
    run: async ([file = 'digests.txt']) => (await import('./digests.ts')).writeDigests(file),
  },
};

/** A word that means nothing. */
class UsageError extends Error {}

const words = process.argv.slice(2);
try {
  await main(words);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof Interrupted)) throw error;
  console.error(`bench: ${error instanceof Interrupted ? 'interrupted' : error.message}`);
  process.exitCode = error instanceof Interrupted ? 130 : 2;
}

async function main([name, ...rest]: readonly string[]): Promise<void> {
  if (name === '--help' || name === '-h' || name === 'help') return console.log(usage());
  const part = name === undefined ? undefined : PARTS[name];
  if (part !== undefined) {
    if ((await part.run(rest)) === false) process.exitCode = 1;
    return;
  }
  const profile = profileOf(name ?? 'default');
  if (process.env[CHILD] !== undefined) return benchCases(profile);
  const self = fileURLToPath(import.meta.url);
  const env = { ...process.env, [CHILD]: '1' };
  const child = spawnSync(process.execPath, [...workerV8Flags(), self, ...words], { stdio: 'inherit', env });
  process.exitCode = child.status ?? 3;
  if (name !== undefined || child.status !== 0) return;
  for (const next of ['threads', 'link']) {
    console.log('');
    await PARTS[next]!.run([]);
  }
}

function usage(): string {
  const rows = Object.entries(PARTS).map(([name, part]) => [`${name} ${part.words}`.trimEnd(), part.says]);
  const all = [
    ['', 'cases per second and where the time goes, profile default; then threads and link'],
    ['PROFILE', 'the same cases of this profile, and nothing else'],
    ...rows,
  ];
  const width = Math.max(...all.map(([first]) => first!.length)) + 2;
  return ['Usage: npm run bench [-- PART]', '', ...all.map(([first, says]) => `  ${first!.padEnd(width)}${says}`)].join(
    '\n',
  );
}

function profileOf(name: string): string {
  if (Object.hasOwn(PROFILES, name)) return name;
  throw new UsageError(`there is no part and no profile '${name}'; npm run bench -- --help lists the parts`);
}

function numberOf(word: string | undefined): number | undefined {
  if (word === undefined || /^[0-9]+$/.test(word)) return word === undefined ? undefined : Number(word);
  throw new UsageError(`'${word}' is no number`);
}

async function benchCases(profile: string): Promise<void> {
  const executor = new Executor({
    campaignSeed: 1,
    profile,
    shard: { index: 0, of: 1 },
    generate: generatorOf(profile, null),
    backend: CORE_BACKEND,
    engines: [V8_ENGINE],
    checks: await loadChecks(),
    mark: () => undefined,
    keepCandidate: () => undefined,
  });
  run(executor, 0, WARM_UP);
  const cpuBefore = process.cpuUsage();
  const { tally, failing } = run(executor, WARM_UP, MEASURED);
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const { busy, time } = tally;
  const spent = TIME_PARTS.reduce((sum, part) => sum + time[part], 0);
  console.log(
    `profile ${profile}: ${tally.cases} cases after ${WARM_UP} to warm up, ${failing} failing, ${total(tally.discarded)} discarded`,
  );
  console.log(`cases per second per process  ${(tally.cases / busy).toFixed(0).padStart(8)}`);
  console.log(`  per second of processor time${(tally.cases / cpuSeconds).toFixed(0).padStart(8)}`);
  console.log(`engineShare                   ${(time.engine / busy).toFixed(3).padStart(8)}`);
  console.log('');
  console.log(`${'part'.padEnd(12)}${'share'.padStart(8)}${'ms/case'.padStart(10)}`);
  for (const part of TIME_PARTS) console.log(line(part, time[part], busy, tally.cases));
  console.log(line('the rest', busy - spent, busy, tally.cases));
  console.log(line('all', busy, busy, tally.cases));
  console.log('');
  const { benchCodegen } = await import('./codegen.ts');
  benchCodegen(profile);
}

/** Runs `count` cases from position `first`, in the portions in which a worker gets them. */
function run(executor: Executor, first: number, count: number): { tally: Tally; failing: number } {
  const tally = emptyTally();
  let failing = 0;
  for (let done = 0; done < count; done += CHUNK) {
    const part = executor.runCases(first + done, Math.min(CHUNK, count - done), false);
    addTally(tally, part.tally);
    failing += part.found.length;
  }
  return { tally, failing };
}

function line(name: string, seconds: number, all: number, cases: number): string {
  const share = `${((100 * seconds) / all).toFixed(1)} %`;
  return `${name.padEnd(12)}${share.padStart(8)}${((1000 * seconds) / cases).toFixed(3).padStart(10)}`;
}
