/**
 * How fast programs go through compilers, engines and tools that nobody here wrote, and how much of that time is this harness's:
 * `npm run bench -- outside [PROGRAMS]`.
 *
 * One process runs the programs of a campaign through each that is installed, one after the other, with the checks that ask it. What
 * this process computes itself is outside of the tool; it has one thread, so the rest of the clock is waiting for the tool. On a busy
 * machine that share is too small.
 */
import { generatorOf } from '../harness/case/generate.ts';
import type { Backend } from '../harness/backend/door.ts';
import { CORE_BACKEND } from '../harness/backend/core/core-backend.ts';
import { loadBackend } from '../harness/backend/load-backend.ts';
import { loadChecks } from '../harness/check/checks.ts';
import type { Engine } from '../harness/engine/door.ts';
import { loadEngines } from '../harness/engine/load-engines.ts';
import { engineNames } from '../harness/engine/process/families.ts';
import { V8_ENGINE } from '../harness/engine/v8/v8-engine.ts';
import { HarnessError, InputError } from '../harness/model/failure.ts';
import { addTally, emptyTally, total } from '../harness/model/tally.ts';
import { Executor } from '../harness/worker/executor.ts';
import type { Replies } from '../harness/worker/protocol.ts';

/** What runs the programs, and what is asked of them. */
interface Way {
  readonly name: string;
  readonly checks: readonly string[];
  load(): Promise<{ readonly backend: Backend; readonly engines: readonly [Engine, ...Engine[]] }>;
}

const PROGRAMS = 400;
/** Programs of a portion: compilers get batches of them. */
const PORTION = 200;
/** Programs before the clock starts: a tool that starts, caches of a compiler. */
const WARM_UP = 40;

const COMPILED = ['validate', 'interp-exe'];

const WAYS: readonly Way[] = [
  ...['core', 'zig', 'zig-llvm'].map((name): Way => ({
    name: `back end ${name}`,
    checks: COMPILED,
    load: async () => ({ backend: await loadBackend(name), engines: [V8_ENGINE] }),
  })),
  ...engineNames().map((name): Way => ({
    name: `engine ${name}`,
    checks: ['engines'],
    load: async () => ({ backend: CORE_BACKEND, engines: await loadEngines(`v8,${name}`) }),
  })),
  {
    name: 'check linkers',
    checks: ['linkers'],
    load: () => Promise.resolve({ backend: CORE_BACKEND, engines: [V8_ENGINE] }),
  },
];

/** Measures `programs` programs of profile `link` on each. */
export async function benchOutside(programs = PROGRAMS): Promise<void> {
  console.log(`${programs} programs of profile link, seed 1, one process; all clock time`);
  console.log(`${'through'.padEnd(30)} per second  ms each  outside of the tool  asked  no answers`);
  for (const way of WAYS) {
    try {
      await measure(way, programs);
    } catch (error) {
      if (!(error instanceof HarnessError || error instanceof InputError)) throw error;
      console.log(`${way.name.padEnd(30)} not measured: ${error.message.split('\n')[0]}`);
    }
  }
}

async function measure(way: Way, programs: number): Promise<void> {
  const { name, checks } = way;
  const { backend, engines } = await way.load();
  const executor = new Executor({
    campaignSeed: 1,
    profile: 'link',
    shard: { index: 0, of: 1 },
    generate: generatorOf('link', null),
    backend,
    engines,
    checks: await loadChecks(checks),
    mark: () => undefined,
    keepCandidate: () => undefined,
  });
  const run = async (first: number, count: number): Promise<Replies['cases']> =>
    (await executor.run({ kind: 'cases', first, count, stopOnFirst: false })) as Replies['cases'];
  await run(programs, WARM_UP);
  const tally = emptyTally();
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  for (let done = 0; done < programs; done += PORTION) {
    addTally(tally, (await run(done, Math.min(PORTION, programs - done))).tally);
  }
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const own = (user + system) / 1e6;
  console.log(
    [
      name.padEnd(30),
      (programs / seconds).toFixed(1).padStart(10),
      ((1000 * seconds) / programs).toFixed(1).padStart(8),
      `${((100 * Math.min(own, seconds)) / seconds).toFixed(0)} %`.padStart(20),
      // A tool that was asked about nothing was not measured.
      String(tally.checks[checks.at(-1)!]?.ran ?? 0).padStart(6),
      String(total(tally.incomparable)).padStart(11),
    ].join(' '),
  );
}
