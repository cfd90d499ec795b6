/**
 * `npm run bench -- peers [SECONDS]`: what this harness does with a second of processor time, beside other ways to look for the same
 * kind of bug, one after the other in one run.
 *
 * Each rival is a process that works for SECONDS of processor time, its children's and its start included: this harness; Binaryen's
 * `wasm-opt -ttf -O2 --fuzz-exec`; clang -O0 against -O2 over random C of our printer; a plain fast-check property over this core. Then
 * planted mistakes (planted/) for the two that look at the same core. What is not installed is named and left out.
 */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { check, property } from 'fast-check';
import { DEFAULT_SETTINGS, linkObjects } from '../core/index.ts';
import { caseArbitrary, RandomStream } from '../generators/index.ts';
import { interpret } from '../interpreter/interpret.ts';
import type { ProgramRun } from '../interpreter/model/outcome.ts';
import type { CoreDoor } from '../harness/backend/core/core-backend.ts';
import { CORE_BACKEND, coreBackend } from '../harness/backend/core/core-backend.ts';
import type { Backend } from '../harness/backend/door.ts';
import { generatorOf } from '../harness/case/generate.ts';
import { loadChecks } from '../harness/check/checks.ts';
import { judge } from '../harness/check/judge.ts';
import type { EngineRun } from '../harness/engine/door.ts';
import { requestOf, wishOfImages } from '../harness/engine/request.ts';
import { V8_ENGINE } from '../harness/engine/v8/v8-engine.ts';
import type { Case } from '../harness/model/case.ts';
import { HarnessError } from '../harness/model/failure.ts';
import { OUTSIDE } from '../harness/model/outside-folder.ts';
import { quieten } from '../harness/model/scalars.ts';
import { isSpelledInC } from '../harness/source/c/c-instructions.ts';
import { C_PRELUDE, printC } from '../harness/source/c/print-c.ts';
import { NotPrintable } from '../harness/source/not-printable.ts';
import { Executor } from '../harness/worker/executor.ts';
import { processState } from '../harness/worker/process-state.ts';
import { workerV8Flags } from '../harness/worker/v8-flags.ts';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { plant } from './planted/plant.ts';

const PROFILE = 'default';
/** Mistakes that are planted, from the whole list in equal steps, and the processor seconds for each: a part of those of a rival. */
const MISTAKES = 12;
const PART_FOR_MISTAKE = 1 / 4;
/** Bytes that wasm-opt makes a module of. */
const FUZZ_BYTES = 4096;
/** Cases between two looks at the time. */
const PORTION = 10;
const CHILD = 'HARNESS_BENCH_PEER';

/** What a process of a rival is told. */
interface Order {
  readonly rival: string;
  readonly seconds: number;
  /** A folder with a copy of core; null: core as it is. */
  readonly core: string | null;
}

/** What it says in the end. */
interface Result {
  readonly cases: number;
  readonly seconds: number;
  /** It has found something, and stopped there. */
  readonly found: boolean;
  readonly note: string;
}

/** Runs cases from number `first`: how many, and whether one failed. */
type Portion = (first: number) => { readonly cases: number; readonly found: boolean };

/** A rival at work; the note is for people, in the end. */
interface Opened {
  readonly portion: Portion;
  readonly note: () => string;
}

interface Rival {
  readonly name: string;
  /** Whether it looks for mistakes in this core. */
  readonly looksAtCore: boolean;
  /** What is missing, or null. */
  readonly missing: () => string | null;
  readonly open: (core: string | null) => Opened | Promise<Opened>;
}

const RIVALS: readonly Rival[] = [
  { name: 'this harness', looksAtCore: true, missing: () => null, open: openHarness },
  { name: 'fast-check property', looksAtCore: true, missing: () => null, open: openProperty },
  {
    name: 'wasm-opt -ttf --fuzz-exec',
    looksAtCore: false,
    missing: () => (wasmOpt() === null ? "wasm-opt ('npm run outside:install engines')" : null),
    open: openWasmOpt,
  },
  {
    name: 'clang -O0 against -O2',
    looksAtCore: false,
    missing: () => (clang() === null ? 'clang for wasm32' : null),
    open: openClang,
  },
];

/** Prints all figures. */
export async function benchPeers(seconds = 20): Promise<void> {
  if (secondsOfChildren() === null)
    return console.log('peers: this system does not say what processes use (/proc/self/stat)');
  const { model } = cpus()[0]!;
  console.log(
    `${seconds} processor seconds each, starts included; profile ${PROFILE}; Node ${process.versions.node}; ${model}`,
  );
  console.log(`${''.padEnd(28)}${'cases'.padStart(8)}${'per processor second'.padStart(24)}`);
  const here = RIVALS.filter(({ name, missing }) => {
    const what = missing();
    if (what !== null) console.log(`${name.padEnd(28)} left out: not installed: ${what}`);
    return what === null;
  });
  for (const { name } of here) {
    const { cases, seconds: used, found, note } = await run({ rival: name, seconds, core: null });
    const more = [found ? 'stopped at a finding' : '', note].filter((text) => text !== '').join('; ');
    console.log(
      `${name.padEnd(28)}${String(cases).padStart(8)}${(cases / used).toFixed(1).padStart(24)}  ${more}`.trimEnd(),
    );
  }
  const step = PLANTED_BUGS.length / MISTAKES;
  const bugs = Array.from({ length: MISTAKES }, (_, n) => PLANTED_BUGS[Math.floor(n * step)]!);
  const most = Math.max(1, seconds * PART_FOR_MISTAKE);
  console.log('');
  console.log(`${MISTAKES} planted mistakes, at most ${most} processor seconds each`);
  console.log(`${''.padEnd(28)}${'found'.padStart(8)}${'per processor minute'.padStart(24)}`);
  const totals = new Map(here.filter((one) => one.looksAtCore).map(({ name }) => [name, { found: 0, seconds: 0 }]));
  for (const bug of bugs) {
    const folder = mkdtempSync(join(tmpdir(), 'harness-peers-'));
    try {
      const core = plant(bug, folder);
      for (const [rival, sum] of totals) {
        const result = await run({ rival, seconds: most, core });
        if (result.found) sum.found++;
        sum.seconds += result.seconds;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  for (const [name, { found, seconds: used }] of totals)
    console.log(`${name.padEnd(28)}${String(found).padStart(8)}${((60 * found) / used).toFixed(1).padStart(24)}`);
}

/** How many times its processor time a process gets before it is taken to be at something that does not end. */
const PATIENCE = 4;

/** Sends a process to work, and waits for what it says. One that crashes, or does not end, has found something. */
async function run(order: Order): Promise<Result> {
  const before = secondsOfChildren()!;
  const child = fork(fileURLToPath(import.meta.url), [], {
    execArgv: [...workerV8Flags()],
    env: { ...process.env, [CHILD]: JSON.stringify(order) },
  });
  const said: { result: Omit<Result, 'seconds'> | null } = { result: null };
  child.on('message', (message) => (said.result = message as Omit<Result, 'seconds'>));
  const looks = setInterval(() => {
    const used = processState(child.pid!)?.processorTime ?? 0;
    if (used > PATIENCE * 1000 * order.seconds) child.kill('SIGKILL');
  }, 1000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(looks);
  if (said.result === null && code !== null)
    throw new HarnessError(`peers: ${order.rival} ended with exit code ${code}`);
  const seconds = secondsOfChildren()! - before;
  return { ...(said.result ?? { cases: 0, found: true, note: 'the process crashed or did not end' }), seconds };
}

/** In such a process. */
async function work({ rival, seconds, core }: Order): Promise<void> {
  const { portion, note } = await RIVALS.find(({ name }) => name === rival)!.open(core);
  let cases = 0;
  let found = false;
  while (!found && process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6 + secondsOfChildren()! < seconds) {
    const done = portion(cases);
    cases += done.cases;
    found = done.found;
  }
  process.send!({ cases, found, note: note() }, () => process.exit(0));
}

/** Processor seconds of children that have ended, their own included (proc(5): fields 16 and 17, in ticks of 10 ms); null: not told. */
function secondsOfChildren(): number | null {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return null;
  }
}

async function backendOf(core: string | null): Promise<Backend> {
  if (core === null) return CORE_BACKEND;
  return coreBackend((await import(pathToFileURL(join(core, 'index.js')).href)) as CoreDoor, 'copy');
}

const silent = (): string => '';

async function openHarness(core: string | null): Promise<Opened> {
  const backend = await backendOf(core);
  const executor = new Executor({
    campaignSeed: 1,
    profile: PROFILE,
    shard: { index: 0, of: 1 },
    generate: generatorOf(PROFILE, null, backend),
    backend,
    engines: [V8_ENGINE],
    checks: await loadChecks(),
    mark: () => undefined,
    keepCandidate: () => undefined,
  });
  const portion: Portion = (first) => {
    const { tally, found } = executor.runCases(first, PORTION, true);
    return { cases: tally.cases, found: found.length > 0 };
  };
  return { portion, note: silent };
}

/** What somebody would write who has the generator and nothing else: compiled, run, and compared with the interpreter. */
async function openProperty(core: string | null): Promise<Opened> {
  const { compiler } = await backendOf(core);
  if (compiler.kind !== 'direct') throw new Error('core answers at once');
  const settings = DEFAULT_SETTINGS as never;
  const holds = property(caseArbitrary(PROFILE), ({ unit, calls: given }) => {
    const calls = quieten(unit, given);
    const reference = interpret(unit, calls);
    const last = reference.outcomes.at(-1)?.kind;
    if (last === 'illegal' || last === 'exhausted') return true;
    const answer = compiler.build({ unit, settings, way: 'executable' });
    if (answer.kind !== 'built') return false;
    const memory = wishOfImages(unit, reference.memory);
    const actual = V8_ENGINE.run(requestOf(answer.bytes, unit, calls, { timeout: 2000, memory }));
    return judge(unit, calls, reference, actual).kind !== 'different';
  });
  const portion: Portion = (first) => {
    const { failed, numRuns } = check(holds, { numRuns: PORTION, seed: first + 1, endOnFailure: true });
    return { cases: numRuns, found: failed };
  };
  return { portion, note: silent };
}

/** The command that runs wasm-opt, or null: one that is installed, else the JavaScript of the package. */
function wasmOpt(): readonly string[] | null {
  if (spawnSync('wasm-opt', ['--version']).status === 0) return ['wasm-opt'];
  const script = join(OUTSIDE, 'engines', 'node_modules', 'binaryen', 'bin', 'wasm-opt');
  return existsSync(script) ? [process.execPath, script] : null;
}

function openWasmOpt(): Opened {
  const [command, ...words] = wasmOpt()!;
  const folder = mkdtempSync(join(tmpdir(), 'harness-peers-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'input');
  const portion: Portion = (first) => {
    const random = new RandomStream(first + 1);
    writeFileSync(
      file,
      Uint8Array.from({ length: FUZZ_BYTES }, () => random.between(0, 255)),
    );
    const { status } = spawnSync(command!, [...words, '-ttf', '-O2', '--fuzz-exec', file]);
    return { cases: 1, found: status !== 0 };
  };
  const how = command === 'wasm-opt' ? 'native' : 'its JavaScript, a start of Node for each case';
  return { portion, note: () => `${how}; ${FUZZ_BYTES} random bytes a case` };
}

/** A clang that compiles for wasm32, or null. */
function clang(): string | null {
  const compiles = (name: string): boolean =>
    spawnSync(name, ['--target=wasm32-unknown-unknown', '-x', 'c', '-c', '-o', '-', '-'], { input: '' }).status === 0;
  return ['clang', 'clang-19', 'clang-18'].find(compiles) ?? null;
}

const CLANG_FLAGS = [
  '--target=wasm32-unknown-unknown',
  '-mbulk-memory',
  '-ffp-contract=off',
  '-w',
  '-x',
  'c',
  '-c',
  '-o',
  '-',
  '-',
];

function openClang(): Opened {
  const command = clang()!;
  const generate = generatorOf(PROFILE, null, { ...CORE_BACKEND, supports: { tag: isSpelledInC } });
  let left = 0;
  const runAt = (level: string, source: string, { unit, calls }: Case): EngineRun | null => {
    const { status, stdout } = spawnSync(command, [level, ...CLANG_FLAGS], { input: source, maxBuffer: 2 ** 26 });
    if (status !== 0) return null;
    const linked = linkObjects([{ name: 'a.o', bytes: stdout }], DEFAULT_SETTINGS);
    if (!linked.ok) return null;
    const memory = { variables: [], objects: [] };
    return V8_ENGINE.run(requestOf(linked.value, unit, calls, { timeout: 2000, memory }));
  };
  const portion: Portion = (first) => {
    const given = generate(first + 1 + left);
    let source: string;
    try {
      source = `${C_PRELUDE}${printC(given.unit, '')}`;
    } catch (error) {
      if (!(error instanceof NotPrintable)) throw error;
      left++;
      return { cases: 0, found: false };
    }
    const reference = interpret(given.unit, given.calls);
    const last = reference.outcomes.at(-1)?.kind;
    const [plain, optimized] = [runAt('-O0', source, given), runAt('-O2', source, given)];
    if (plain?.kind !== 'ran' || optimized?.kind !== 'ran' || last === 'illegal' || last === 'exhausted') {
      left++;
      return { cases: 0, found: false };
    }
    // Two levels lay memory out in their own ways: results and calls are compared, as they are with the interpreter.
    const expected = {
      ...reference,
      outcomes: plain.outcomes as ProgramRun['outcomes'],
      trace: plain.trace,
      memory: new Map(),
    };
    const state = { ...optimized.state, stackPointer: null };
    return { cases: 1, found: judge(given.unit, given.calls, expected, { ...optimized, state }).kind === 'different' };
  };
  return {
    portion,
    note: () => `${command}; ${left} programs that C cannot spell, or that do not link or run, left out`,
  };
}

if (process.env[CHILD] !== undefined) await work(JSON.parse(process.env[CHILD]) as Order);
