/** `harness doctor`: whether this machine can run campaigns, each thing by itself. */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { INSTALL_ZIG, installedZigs } from '../backend/zig/installed-zig.ts';
import { loadChecks } from '../check/checks.ts';
import { enableMemory64, hasTable64 } from '../engine/v8/memory64.ts';
import { messageOf } from '../model/files.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import type { Replies, Workers } from '../worker/protocol.ts';
import { workerV8Flags } from '../worker/v8-flags.ts';
import type { NoOptions } from './command.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { DEFAULT_ENGINES } from './option.ts';
import { withWorker } from './one-worker.ts';

/** Cases that are run twice to see that they do the same. */
const SMOKE_CASES = 64;

/** How many times its time a case may take by itself. */
const PATIENCE = 16;

/** One thing to look at; throws what is wrong, returns what is to say. */
interface Probe {
  readonly name: string;
  readonly run: () => string | Promise<string>;
}

const PROBES: readonly Probe[] = [
  { name: 'node', run: nodeVersion },
  { name: 'flags', run: () => workerV8Flags().join(' ') },
  { name: 'memory', run: freshMemories },
  { name: '64-bit memory', run: wideMemory },
  { name: 'temporary files', run: temporaryFiles },
  { name: 'working folder', run: workingFolder },
  { name: 'zig', run: zigs },
  { name: 'engines', run: engines },
  { name: 'wabt', run: async () => ((await loadChecks(['wabt'])).length === 1 ? 'loaded' : 'missing') },
  { name: 'worker', run: workerAndDeterminism },
];

export const doctorCommand = defineCommand<NoOptions>({
  args: [],
  options: {},
  async run(_args, _options, io) {
    let failed = false;
    for (const { name, run } of PROBES) {
      try {
        io.say(`${io.paint.green('ok  ')} ${name.padEnd(16)} ${await run()}`);
      } catch (error) {
        failed = true;
        io.say(`${io.paint.red('FAIL')} ${name.padEnd(16)} ${messageOf(error)}`);
      }
    }
    return failed ? EXIT.failed : EXIT.clean;
  },
});

function nodeVersion(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`${process.version} is too old, 20.19 is needed`);
  return `${process.version}, V8 ${process.versions.v8}, ${availableParallelism()} cores`;
}

function freshMemories(): string {
  const memories = Array.from({ length: 64 }, () => new WebAssembly.Memory({ initial: 2 }));
  return `${memories.length} live memories`;
}

/** No failure where it is missing: only programs with 64-bit addresses need it, and they say so. */
function wideMemory(): string {
  if (!enableMemory64()) return 'missing, so the target wasm64 cannot run here';
  return hasTable64() ? 'with 64-bit tables' : 'yes, with tables made narrow';
}

/** No failure where it is missing: only the back ends of that name need it. */
function zigs(): string {
  const found = installedZigs().map(({ version }) => version);
  return found.length === 0 ? `not installed: ${INSTALL_ZIG}` : found.join(', ');
}

/** Nor here: each line that would install something is named once. */
async function engines(): Promise<string> {
  const { FAMILIES } = await import('../engine/process/families.ts');
  const all = FAMILIES.map((family) => ({ ...family, installed: family.find() }));
  const here = all.flatMap(({ name, installed }) => (installed === null ? [] : [`${name} ${installed.version}`]));
  const missing = all.filter(({ installed }) => installed === null);
  const lines = [...new Set(missing.map(({ install }) => install))].map((line) => {
    return `${missing.flatMap(({ name, install }) => (install === line ? [name] : [])).join(', ')}: ${line}`;
  });
  return [here.length === 0 ? 'v8' : `v8, ${here.join(', ')}`, ...lines.map((line) => `not installed: ${line}`)].join(
    '; ',
  );
}

function temporaryFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'harness-'));
  writeFileSync(join(folder, 'probe'), 'x');
  rmSync(folder, { recursive: true });
  return tmpdir();
}

function workingFolder(): string {
  accessSync(process.cwd(), constants.W_OK);
  return process.cwd();
}

async function workerAndDeterminism(): Promise<string> {
  const begin = performance.now();
  const options = { profile: 'default', backend: 'core', engines: DEFAULT_ENGINES, checks: null, onlyOps: null };
  const [started, first, second] = await withWorker(options, async (workers) => {
    await runPart(workers, 0, 0);
    return [performance.now(), await runSmoke(workers), await runSmoke(workers)];
  });
  const counts = ({ tally, found }: typeof first): string => {
    const { cases, discarded, incomparable, checks } = tally;
    return JSON.stringify({ cases, discarded, incomparable, checks, found });
  };
  if (counts(first) !== counts(second))
    throw new Error('the same cases had different results when they were run again');
  const rate = first.tally.cases / first.tally.busy;
  return (
    `starts in ${(started - begin).toFixed(0)} ms; ` +
    `${SMOKE_CASES} cases twice with equal results, ${rate.toFixed(0)} per second`
  );
}

/** Runs the smoke cases: on a busy machine the guard of time may strike, and then the case runs by itself, with patience. */
async function runSmoke(workers: Workers): Promise<{ readonly tally: Tally; readonly found: number }> {
  const tally = emptyTally();
  let found = 0;
  let isStruck = false;
  for (let at = 0; at < SMOKE_CASES;) {
    const part = await runPart(workers, at, isStruck ? 1 : SMOKE_CASES - at, isStruck);
    if (isStruck && part.struck) throw new Error('this machine is too busy: a case did not end within its time');
    addTally(tally, part.tally);
    found += part.found.length;
    at = part.next;
    isStruck = part.struck;
  }
  return { tally, found };
}

async function runPart(workers: Workers, first: number, count: number, isPatient = false): Promise<Replies['cases']> {
  const task = { kind: 'cases', first, count, stopOnFirst: false } as const;
  const outcome = await workers.run<'cases'>(isPatient ? { ...task, patience: PATIENCE } : task);
  if (outcome.kind !== 'done') throw new Error('the worker died');
  return outcome.reply;
}
