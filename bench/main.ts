/**
 * `npm run bench`: how fast one process runs cases, and where the time goes; then what codegen threads gain (threads.ts) and
 * how the linker compares (link.ts). One run, all figures from it. `npm run bench -- PROFILE` runs cases of that profile only,
 * `-- link` and `-- threads` only that part, `-- load` runs campaigns on a busy machine (load.ts), `-- memory` watches the size of
 * workers over 60,000 cases (memory.ts), and `-- digests FILE` writes a digest of every artefact (digests.ts).
 * `-- kernels` compares with clang (kernels.ts), `-- codegen [PROFILE]` measures code generation alone (codegen.ts).
 * `-- outside [PROGRAMS]` measures foreign compilers, engines and tools (outside.ts). `-- table FILE` writes the table of docs/instructions.md (instruction-table.ts).
 * `-- compare OTHER_DIST` compares the processor time of two builds (compare.ts), and `-- triage` says how well findings of planted
 * mistakes are told apart (triage.ts); names in place of its first number choose them. `-- night [SECONDS] [MISTAKES]` disturbs a campaign as a
 * bad night would (night.ts).
 *
 * Runs the cases of a campaign in this process, as a worker does (same V8 flags), after a warm-up. Seeds are fixed, so two
 * builds can be compared; the clock of a busy machine cannot.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CORE_BACKEND } from '../harness/backend/core/core-backend.ts';
import { CHUNK } from '../harness/campaign/config.ts';
import { generatorOf } from '../harness/case/generate.ts';
import { loadChecks } from '../harness/check/checks.ts';
import { TIME_PARTS } from '../harness/model/stopwatch.ts';
import { V8_ENGINE } from '../harness/engine/v8/v8-engine.ts';
import type { Tally } from '../harness/model/tally.ts';
import { addTally, emptyTally, total } from '../harness/model/tally.ts';
import { Executor } from '../harness/worker/executor.ts';
import { workerV8Flags } from '../harness/worker/v8-flags.ts';
import { benchCompare } from './compare.ts';
import { writeDigests } from './digests.ts';
import { benchLoad } from './load.ts';
import { benchLink } from './link.ts';
import { benchMemory } from './memory.ts';
import { benchNight } from './night.ts';
import { benchThreads } from './threads.ts';
import { benchTriage } from './triage.ts';

const WARM_UP = 300;
const MEASURED = 1500;
const CHILD = 'HARNESS_BENCH_CHILD';

if (process.argv[2] === 'link') {
  await benchLink();
} else if (process.argv[2] === 'threads') {
  await benchThreads();
} else if (process.argv[2] === 'compare') {
  await benchCompare(process.argv[3] ?? 'no folder given', process.argv[4]);
} else if (process.argv[2] === 'memory') {
  if (!(await benchMemory(process.argv[3] === undefined ? undefined : Number(process.argv[3])))) process.exitCode = 1;
} else if (process.argv[2] === 'load') {
  const [campaigns, cases, load] = process.argv.slice(3).map(Number);
  if (!(await benchLoad(campaigns, cases, load))) process.exitCode = 1;
} else if (process.argv[2] === 'night') {
  const [seconds, mistakes] = process.argv.slice(3).map(Number);
  if (!(await benchNight(seconds, mistakes))) process.exitCode = 1;
} else if (process.argv[2] === 'triage') {
  const [which, ...numbers] = process.argv.slice(3);
  const names = which === undefined || /^[0-9]+$/.test(which) ? undefined : which.split(',');
  await benchTriage(names ?? (which === undefined ? undefined : Number(which)), ...numbers.map(Number));
} else if (process.argv[2] === 'kernels') {
  const { benchKernels } = await import('./kernels.ts');
  await benchKernels();
} else if (process.argv[2] === 'codegen') {
  const { benchCodegen } = await import('./codegen.ts');
  benchCodegen(process.argv[3] ?? 'default');
} else if (process.argv[2] === 'outside') {
  const { benchOutside } = await import('./outside.ts');
  await benchOutside(process.argv[3] === undefined ? undefined : Number(process.argv[3]));
} else if (process.argv[2] === 'table') {
  const { writeInstructionTable } = await import('./instruction-table.ts');
  await writeInstructionTable(process.argv[3] ?? 'instructions.md');
} else if (process.argv[2] === 'digests') {
  writeDigests(process.argv[3] ?? 'digests.txt');
} else if (process.env[CHILD] === undefined) {
  const self = fileURLToPath(import.meta.url);
  const args = [...workerV8Flags(), self, ...process.argv.slice(2)];
  const child = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, [CHILD]: '1' } });
  process.exitCode = child.status ?? 3;
  if (process.argv[2] === undefined && child.status === 0) {
    console.log('');
    await benchThreads();
    console.log('');
    await benchLink();
  }
} else {
  await bench(process.argv[2] ?? 'default');
}

async function bench(profile: string): Promise<void> {
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
