/**
 * The part of `npm run bench` about codegen threads: compile time of a unit of 5,000 functions for N = 0, 1 and 2, beside
 * what two independent processes reach on the same machine, and where the remainder goes.
 *
 * The unit is made of generated programs, each under names of its own. Rounds of all N are interleaved, and the best round
 * counts, because other work on the machine only ever adds time; the median is printed beside it. Run alone:
 * `node dist/bench/threads.js`; with a number it also builds so many generated cases with 0, 1, 2 and 4 threads and
 * compares the bytes.
 */
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { argv, env } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { NavIndex, Settings, Unit } from '../core/index.ts';
import {
  compileExe,
  compileExeThreadedSync,
  compileFunction,
  compileObject,
  compileObjectThreadedSync,
  DEFAULT_SETTINGS,
  parseUnit,
  printUnit,
  refusals,
  stopCodegenThreads,
} from '../core/index.ts';
import { codegenOptions, Compilation } from '../core/pipeline/compile.ts';
import { CodegenJob } from '../core/pipeline/threads/codegen-job.ts';
import { CODEGEN_THREADS } from '../core/pipeline/threads/codegen-threads.ts';
import { functionQueue, QueueOrder } from '../core/pipeline/threads/compile-threaded.ts';
import { packMirs, unpackMirs } from '../core/pipeline/threads/mir-packet.ts';
import { generatorOf } from '../harness/case/generate.ts';

const FUNCTIONS = 5000;
const ROUNDS = 9;
const WARM_UP = 3;
const CHILD = 'HARNESS_BENCH_COMPILE';

/** A unit of at least `count` functions, in shared memory. */
export function largeUnit(count: number): Unit {
  const generate = generatorOf('default', null);
  const texts: string[] = [];
  let functions = 0;
  for (let seed = 1; functions < count; seed++) {
    const { unit } = generate(seed * 7919);
    const text = printUnit(unit);
    // Names are made unique by a prefix; a program with other names would need more than that.
    if (/"[^"\n]*@[^"\n]*"|@"|export "|extern "/.test(text)) continue;
    texts.push(text.replace(/@([A-Za-z0-9_.$]+)/g, `@p${seed}_$1`));
    functions += unit.navs.filter((nav) => nav.kind === 'func').length;
  }
  const parsed = parseUnit(texts.join('\n'), { shared: true });
  if (!parsed.ok) throw new Error(`the unit does not parse: ${parsed.diagnostics[0]!.message}`);
  const { pool, navs } = parsed.unit;
  const renamed = navs.map((nav, n) => {
    const exports = nav.exports.map(({ name, visibility }) => ({ name: `${n}.${name}`, visibility }));
    return { ...nav, exports };
  });
  return { pool, navs: renamed };
}

function timed(body: () => void): number {
  const begin = performance.now();
  body();
  return performance.now() - begin;
}

/** Best and median of rounds. */
interface Times {
  readonly best: number;
  readonly median: number;
}

function timesOf(rounds: readonly number[]): Times {
  const sorted = [...rounds].sort((a, b) => a - b);
  return { best: sorted[0]!, median: sorted[sorted.length >> 1]! };
}

/**
 * Milliseconds of processor time of each part of a compilation with threads, in the calling thread; on the clock where the
 * system does not tell, and always for `waiting`.
 */
interface Parts {
  /** Refusals, tables, messages. */
  handOut: number;
  waiting: number;
  /** Messages in, views of packets. */
  receiving: number;
  /** Updates of the linker. */
  updating: number;
  flushing: number;
}

/** Processor time of this thread so far in milliseconds; the clock where the system does not tell. */
function ownTime(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** What `compileExeThreadedSync` does, with a clock between the steps. */
function compileInParts(unit: Unit, settings: Settings, threads: number): Parts {
  const parts: Parts = { handOut: 0, waiting: 0, receiving: 0, updating: 0, flushing: 0 };
  let at = ownTime();
  const lap = (part: keyof Parts): void => {
    const now = ownTime();
    parts[part] += now - at;
    at = now;
  };
  refusals(unit);
  const compilation = new Compilation(unit, settings, new Set());
  const queue = new QueueOrder(unit, compilation);
  const functions = functionQueue(unit.navs);
  const job = new CodegenJob(CODEGEN_THREADS, { unit, functions, options: codegenOptions(unit, settings), threads });
  lap('handOut');
  for (;;) {
    const outcomes = job.poll();
    lap('receiving');
    const done = queue.take(outcomes);
    lap('updating');
    if (done) break;
    const asleep = performance.now();
    job.waitSync();
    parts.waiting += performance.now() - asleep;
    lap('receiving');
  }
  queue.finish(() => compilation.flush());
  lap('flushing');
  return parts;
}

/** A process that compiles the unit once for each message, and says how long it took. */
class OtherProcess {
  readonly #child = fork(fileURLToPath(import.meta.url), [], {
    env: { ...env, [CHILD]: '1' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  /** What it says next. */
  message(): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('a process of the bench ended'));
      this.#child.once('exit', fail);
      this.#child.once('message', (value) => {
        this.#child.off('exit', fail);
        resolve(value as number);
      });
    });
  }

  round(): Promise<number> {
    const answer = this.message();
    this.#child.send('go');
    return answer;
  }

  end(): void {
    this.#child.kill();
  }
}

function beChild(): void {
  const unit = largeUnit(FUNCTIONS);
  for (let n = 0; n < WARM_UP; n++) compileExe(unit, DEFAULT_SETTINGS);
  process.on('message', () => process.send!(timed(() => compileExe(unit, DEFAULT_SETTINGS))));
  process.send!(0);
}

/**
 * Milliseconds of processor time per round, by thread of this process: the calling thread, then others by their share. It
 * does not depend on what else the machine does. Null where the system does not tell.
 */
function processorTimes(body: () => void): readonly number[] | null {
  const read = (): Map<string, number> => {
    const found = new Map<string, number>();
    for (const thread of readdirSync('/proc/self/task')) {
      const [nanos] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
      found.set(thread, Number(nanos) / 1e6);
    }
    return found;
  };
  try {
    const before = read();
    for (let round = 0; round < ROUNDS; round++) body();
    const after = read();
    const spent = [...after].map(([thread, time]) => [thread, (time - (before.get(thread) ?? 0)) / ROUNDS] as const);
    const [own] = spent.filter(([thread]) => Number(thread) === process.pid);
    const others = spent.filter(([thread]) => Number(thread) !== process.pid).map(([, time]) => time);
    return [own![1], ...others.sort((a, b) => b - a)];
  } catch {
    return null;
  }
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(34) + cells.map((cell) => cell.padStart(14)).join('');
}

function ms(value: number): string {
  return value.toFixed(1);
}

/** Prints the comparison; the last lines say where the time of N = 2 goes. */
export async function benchThreads(): Promise<void> {
  const unit = largeUnit(FUNCTIONS);
  const functions = functionQueue(unit.navs);
  const instructions = unit.navs.reduce((sum, nav) => sum + (nav.body?.length ?? 0), 0);
  const counts = [0, 1, 2];
  const rounds = counts.map((): number[] => []);
  const compile = (threads: number) => (): void => {
    if (!compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads }).ok) throw new Error('the unit does not compile');
  };
  const others = [new OtherProcess(), new OtherProcess()];
  const alone: number[] = [];
  const together: number[] = [];
  try {
    await Promise.all(others.map((other) => other.message()));
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      counts.forEach((threads, k) => {
        const time = timed(compile(threads));
        if (round >= 0) rounds[k]!.push(time);
      });
      const one = await others[0]!.round();
      const two = await Promise.all(others.map((other) => other.round()));
      if (round < 0) continue;
      alone.push(one);
      together.push(Math.max(...two));
    }
  } finally {
    for (const other of others) other.end();
  }
  const times = rounds.map(timesOf);
  const [one, two] = [alone, together].map(timesOf) as [Times, Times];
  const here = times[0]!.best;
  console.log('');
  console.log(
    `codegen threads: ${functions.length} functions, ${instructions} AIR instructions, ${cpus().length} cores`,
  );
  console.log(row('', 'best ms', 'median ms', 'gain'));
  counts.forEach((threads, k) => {
    const { best, median } = times[k]!;
    console.log(row(`N = ${threads}`, ms(best), ms(median), (here / best).toFixed(2)));
  });
  console.log(row('one process', ms(one.best), ms(one.median)));
  console.log(row('two processes at once, each', ms(two.best), ms(two.median), ((2 * one.best) / two.best).toFixed(2)));
  console.log(
    'processor time: calling thread, codegen threads, all other threads; N = 0 by the busiest thread: the limit',
  );
  let wholeTime = 0;
  const forecasts: string[] = [];
  for (const threads of counts) {
    const [own = 0, ...others] = processorTimes(compile(threads)) ?? [];
    const codegen = others.slice(0, threads);
    const rest = others.slice(threads).reduce((sum, time) => sum + time, 0);
    const busiest = Math.max(own, ...codegen);
    if (threads === 0) wholeTime = own;
    const limit = (wholeTime / busiest).toFixed(2);
    if (busiest === 0) continue;
    console.log(row(`  N = ${threads}`, ms(own), codegen.map(ms).join(' + ') || '-', ms(rest), limit));
    if (threads === 0) continue;
    const best = onFreeCores(partsOf(unit, threads), codegen, rest);
    forecasts.push(row(`  N = ${threads}`, ms(best), (wholeTime / best).toFixed(2)));
  }
  if (forecasts.length > 0) console.log('on cores that do nothing else, by processor time: at best, gain');
  for (const forecast of forecasts) console.log(forecast);
  printRemainder(unit, functions, here);
  await stopCodegenThreads();
}

/** Parts of the round with the least processor time. */
function partsOf(unit: Unit, threads: number): Parts {
  const laps = Array.from({ length: ROUNDS }, () => compileInParts(unit, DEFAULT_SETTINGS, threads));
  const total = (p: Parts): number => p.handOut + p.receiving + p.updating + p.flushing;
  return laps.reduce((a, b) => (total(b) < total(a) ? b : a));
}

/**
 * Milliseconds if no core did anything else: hand-out and flush alone, between them codegen beside the updates of the linker,
 * which is over when the busiest thread is done, or when all cores have done all the work.
 */
function onFreeCores(parts: Parts, codegen: readonly number[], rest: number): number {
  const { handOut, receiving, updating, flushing } = parts;
  const linking = receiving + updating;
  const all = codegen.reduce((sum, time) => sum + time, linking + rest);
  return handOut + Math.max(linking, ...codegen, all / cpus().length) + flushing;
}

/** Where the time of N = 2 goes, and what the parts that threads cannot share cost in one thread. */
function printRemainder(unit: Unit, functions: readonly NavIndex[], here: number): void {
  const best = (body: () => void): number => timesOf(Array.from({ length: ROUNDS }, () => timed(body))).best;
  const codegen = best(() => functions.forEach((nav) => compileFunction(unit, nav, DEFAULT_SETTINGS)));
  const mirs = functions.map((nav, index) => ({ index, mir: compileFunction(unit, nav, DEFAULT_SETTINGS) }));
  const packet = packMirs(mirs);
  const packing = best(() => packMirs(mirs));
  const unpacking = best(() => unpackMirs(packet));
  const parts = partsOf(unit, 2);
  console.log('');
  console.log('where N = 2 spends its time in the calling thread: processor time, and waiting on the clock');
  console.log(row('  hand-out (tables, messages)', ms(parts.handOut)));
  console.log(row('  waiting for MIR', ms(parts.waiting)));
  console.log(row('  receiving', ms(parts.receiving)));
  console.log(row('  linker: updates', ms(parts.updating)));
  console.log(row('  linker: flush', ms(parts.flushing)));
  const serial = here - codegen;
  console.log('in one thread, alone');
  console.log(row('  codegen: what threads share', ms(codegen)));
  console.log(row('  all else: what they cannot', ms(serial)));
  console.log(row('  packing, unpacking MIR', ms(packing), ms(unpacking)));
}

/** Builds `count` generated cases with every number of threads and prints what differs. */
async function compareCases(count: number): Promise<void> {
  const generate = generatorOf('default', null);
  let built = 0;
  let different = 0;
  const begin = performance.now();
  for (let seed = 1; seed <= count; seed++) {
    const { unit, settings } = generate(seed);
    const exe = compileExe(unit, settings);
    const object = compileObject(unit, settings);
    for (const threads of [0, 1, 2, 4]) {
      const pairs = [
        [exe, compileExeThreadedSync(unit, settings, { threads })],
        [object, compileObjectThreadedSync(unit, settings, { threads })],
      ] as const;
      for (const [a, b] of pairs) {
        built++;
        if (a.ok && b.ok && Buffer.compare(a.value, b.value) === 0) continue;
        different++;
        console.log(`seed ${seed}, ${threads} threads: not the same`);
      }
    }
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${count} cases, N = 0, 1, 2, 4: ${built} builds compared in ${seconds} s, ${different} different`);
  await stopCodegenThreads();
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (env[CHILD] !== undefined) beChild();
  else {
    if (argv[2] !== undefined) await compareCases(Number(argv[2]));
    await benchThreads();
  }
}
