/**
 * Compiling with codegen threads: 1 : N : 1.
 *
 * Owns the order: MIR is handed to the linker in the order of the unit, whatever order it arrives in, so the output depends
 * neither on the number of threads nor on their timing. The linker runs in the calling thread and shares no state with
 * codegen. An exception of codegen is reported once, as a diagnostic with the name of the function; the other functions
 * are compiled nevertheless. 0 threads: all of it in the calling thread, with the same result.
 */
import type { Nav, Unit } from '../../air/unit.ts';
import { refusals } from '../../codegen/refusals.ts';
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { NavIndex } from '../../intern/keys.ts';
import type { CompileObjectOptions, Result } from '../compile.ts';
import { codegenOptions, Compilation, compileFunction } from '../compile.ts';
import type { Settings } from '../settings.ts';
import type { FunctionOutcome } from './codegen-job.ts';
import { CodegenJob } from './codegen-job.ts';
import { CODEGEN_THREADS } from './codegen-threads.ts';
import type { Disturbance } from './protocol.ts';
import { failureOf } from './protocol.ts';

/** How a compilation uses threads. */
export interface ThreadOptions {
  /** Codegen threads, 0 to 64; 0: the calling thread does everything. */
  readonly threads: number;
  /** For tests: upsets the timing. */
  readonly disturbance?: Disturbance;
  /** Milliseconds without any sign of life after which a thread counts as dead. */
  readonly patience?: number;
}

/** A compilation whose functions arrive one by one: it hands them on in the order of the unit. */
export class QueueOrder {
  readonly #unit: Unit;
  readonly #compilation: Compilation;
  readonly #defines: ReadonlySet<NavIndex> | undefined;
  readonly #waiting = new Map<NavIndex, FunctionOutcome>();
  readonly #failed: FunctionOutcome[] = [];
  #next = 0;

  constructor(unit: Unit, compilation: Compilation, defines?: ReadonlySet<NavIndex>) {
    this.#unit = unit;
    this.#compilation = compilation;
    this.#defines = defines;
  }

  /** Takes `outcomes` in any order and hands over what is next in the queue; true when the queue is empty. */
  take(outcomes: readonly FunctionOutcome[]): boolean {
    for (const outcome of outcomes) this.#waiting.set(outcome.nav, outcome);
    const { navs } = this.#unit;
    for (; this.#next < navs.length; this.#next++) {
      const nav = this.#next as NavIndex;
      if (this.#defines !== undefined && !this.#defines.has(nav)) continue;
      if (navs[nav]!.kind !== 'func') {
        this.#compilation.updateNav(nav);
        continue;
      }
      const outcome = this.#waiting.get(nav);
      if (outcome === undefined) return false;
      this.#waiting.delete(nav);
      if (outcome.mir === null) this.#failed.push(outcome);
      else this.#compilation.accept(nav, outcome.mir);
    }
    return true;
  }

  /** The bytes that `flush` gives, unless a function is missing. */
  finish(flush: () => Result<Uint8Array>): Result<Uint8Array> {
    if (this.#failed.length === 0) return flush();
    const diags = new Diagnostics();
    for (const outcome of this.#failed) {
      if (outcome.mir !== null) continue;
      const { name } = this.#unit.navs[outcome.nav]!;
      diags.error('function_crashed', { why: outcome.message }, { in: 'nav', nav: name });
    }
    return { ok: false, error: diags.list };
  }
}

/** The functions of a compilation, in queue order. */
export function functionQueue(navs: readonly Nav[], defines?: ReadonlySet<NavIndex>): NavIndex[] {
  const queue: NavIndex[] = [];
  navs.forEach((nav, index) => {
    if (nav.kind === 'func' && (defines?.has(index as NavIndex) ?? true)) queue.push(index as NavIndex);
  });
  return queue;
}

function compileOne(unit: Unit, nav: NavIndex, settings: Settings): FunctionOutcome {
  try {
    return { nav, mir: compileFunction(unit, nav, settings) };
  } catch (error) {
    const { message, stack } = failureOf(nav, error);
    return { nav, mir: null, message, stack };
  }
}

/** One function after the other, here; each is handed on before the next one is begun. */
function compileHere(unit: Unit, functions: readonly NavIndex[], settings: Settings, queue: QueueOrder): void {
  queue.take([]);
  for (const nav of functions) queue.take([compileOne(unit, nav, settings)]);
}

/** A compilation under way, and the job that feeds it (null: all is there). */
interface Started {
  readonly queue: QueueOrder;
  readonly job: CodegenJob | null;
  readonly flush: () => Result<Uint8Array>;
}

/** Of a compilation that is fed from outside. */
const NOTHING: ReadonlySet<NavIndex> = new Set();

type Flush = (compilation: Compilation) => Result<Uint8Array>;

function start(
  unit: Unit,
  settings: Settings,
  options: ThreadOptions,
  flush: Flush,
  defines?: ReadonlySet<NavIndex>,
): Started {
  const compilation = new Compilation(unit, settings, NOTHING);
  const queue = new QueueOrder(unit, compilation, defines);
  const functions = functionQueue(unit.navs, defines);
  const started = { queue, flush: () => flush(compilation) };
  if (options.threads === 0 || functions.length === 0) {
    compileHere(unit, functions, settings, queue);
    return { ...started, job: null };
  }
  const { threads, disturbance, patience } = options;
  const parts = { unit, functions, options: codegenOptions(unit, settings), threads, disturbance, patience };
  return { ...started, job: new CodegenJob(CODEGEN_THREADS, parts) };
}

function runSync({ queue, job, flush }: Started): Result<Uint8Array> {
  if (job !== null) while (!queue.take(job.poll())) job.waitSync();
  return queue.finish(flush);
}

async function run({ queue, job, flush }: Started): Promise<Result<Uint8Array>> {
  if (job !== null) while (!queue.take(job.poll())) await job.wait();
  return queue.finish(flush);
}

/** Jobs that do not block this thread run one after the other. */
let last: Promise<unknown> = Promise.resolve();

function enqueue(begin: () => Started): Promise<Result<Uint8Array>> {
  const result = last.then(() => run(begin()));
  last = result.catch(() => undefined);
  return result;
}

const flushExe: Flush = (compilation) => compilation.flush();

/** As `compileExe`, with codegen threads; this thread waits for them without blocking. */
export async function compileExeThreaded(
  unit: Unit,
  settings: Settings,
  options: ThreadOptions,
): Promise<Result<Uint8Array>> {
  const refused = refusals(unit, settings);
  if (refused.length > 0) return { ok: false, error: refused };
  return enqueue(() => start(unit, settings, options, flushExe));
}

/** As `compileObject`, with codegen threads; this thread waits for them without blocking. */
export async function compileObjectThreaded(
  unit: Unit,
  settings: Settings,
  options: ThreadOptions & CompileObjectOptions,
): Promise<Result<Uint8Array>> {
  const refused = refusals(unit, settings);
  if (refused.length > 0) return { ok: false, error: refused };
  const { shared = false, defines } = options;
  return enqueue(() => start(unit, settings, options, (c) => c.flushObject(shared), defines));
}

/** As {@link compileExeThreaded}, blocking: not while one that does not block is under way. */
export function compileExeThreadedSync(unit: Unit, settings: Settings, options: ThreadOptions): Result<Uint8Array> {
  const refused = refusals(unit, settings);
  if (refused.length > 0) return { ok: false, error: refused };
  return runSync(start(unit, settings, options, flushExe));
}

/** As {@link compileObjectThreaded}, blocking: not while one that does not block is under way. */
export function compileObjectThreadedSync(
  unit: Unit,
  settings: Settings,
  options: ThreadOptions & CompileObjectOptions,
): Result<Uint8Array> {
  const refused = refusals(unit, settings);
  if (refused.length > 0) return { ok: false, error: refused };
  const { shared = false, defines } = options;
  return runSync(start(unit, settings, options, (c) => c.flushObject(shared), defines));
}
