/** `harness doctor`: whether this machine can run campaigns, each thing by itself. */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadChecks } from '../check/checks.ts';
import { enableMemory64, hasTable64 } from '../engine/v8/memory64.ts';
import { messageOf } from '../model/files.ts';
import { workerV8Flags } from '../worker/v8-flags.ts';
import type { NoOptions } from './command.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { DEFAULT_ENGINES } from './option.ts';
import { withWorker } from './one-worker.ts';

/** Cases that are run twice to see that they do the same. */
const SMOKE_CASES = 64;

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
  { name: 'wabt', run: async () => ((await loadChecks(['wabt'])).length === 1 ? 'loaded' : 'missing') },
  { name: 'worker', run: workerAndDeterminism },
];

/** See the file header. */
export const doctorCommand = defineCommand<NoOptions>({
  name: 'doctor',
  summary: 'check that this machine can run campaigns',
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
    const task = { kind: 'cases', first: 0, count: SMOKE_CASES, stopOnFirst: false } as const;
    await workers.run<'cases'>({ ...task, count: 0 });
    return [performance.now(), await workers.run<'cases'>(task), await workers.run<'cases'>(task)];
  });
  if (first.kind !== 'done' || second.kind !== 'done') throw new Error('the worker died');
  const counts = ({ reply }: typeof first): string => {
    const { cases, discarded, incomparable, checks } = reply.tally;
    return JSON.stringify({ cases, discarded, incomparable, checks, found: reply.found.length });
  };
  if (counts(first) !== counts(second))
    throw new Error('the same cases had different results when they were run again');
  const rate = first.reply.tally.cases / first.reply.tally.busy;
  return (
    `starts in ${(started - begin).toFixed(0)} ms; ` +
    `${SMOKE_CASES} cases twice with equal results, ${rate.toFixed(0)} per second`
  );
}
