/**
 * Stops JavaScript and wasm that do not end: `vm` interrupts both.
 *
 * One guarded call costs some 50 microseconds, so a caller guards a batch, and never guards inside of a guarded body. What
 * was stopped has run only partly, `finally` blocks included: its data are not to be used again.
 * A guard knows the clock only, and a process that was suspended, or that shares its cores with many others, does not get
 * the processor for as long as the clock says. So a guard waits longer where the process got less of the processor before; it
 * also says whether the process was starved, and `withPatience` gives all guards inside more time by the clock. None of that
 * gives a body more of the processor.
 */
import { createContext, Script } from 'node:vm';

const room: { body: () => void } = createContext({ body: () => undefined }) as { body: () => void };
const script = new Script('body()');

/** What became of a guarded body. `starved`: the process had the processor for less than {@link OWN_SHARE} of the time. */
export type Guarded<T> =
  { readonly timedOut: false; readonly value: T } | { readonly timedOut: true; readonly starved: boolean };

/** Part of the time that a process must have worked for a time-out to be the body's fault. */
const OWN_SHARE = 0.9;

/** How much longer than its limit a guard waits at most because the process gets little of the processor. */
const MOST_SLOWNESS = 64;

let starved = 0;
let patience = 1;
/**
 * Milliseconds by the clock for one of the processor, as far as known: at first what the start of the process took, then what
 * guarded bodies took. One body doubles or halves it at most: a body may wait for something else than the processor.
 */
let slowness: number | null = null;

/** Time-outs of this process so far in which it was starved. Two readings tell whether there was one in between. */
export function starvedTimeouts(): number {
  return starved;
}

/** Runs `body`; each guard in it waits `factor` times as long, and takes a body that worked for its time for endless still. */
export function withPatience<T>(factor: number, body: () => T): T {
  const outer = patience;
  patience = factor;
  try {
    return body();
  } finally {
    patience = outer;
  }
}

/** Runs `body`, again with more patience as long as something in it ran out of time because the process was starved. */
export function unstarved<T>(body: () => T): T {
  for (let factor = 1; ; factor *= 4) {
    const before = starved;
    const value = factor === 1 ? body() : withPatience(factor, body);
    if (starved === before || factor >= MOST_SLOWNESS) return value;
  }
}

/** Runs `body` for at most `milliseconds`; what it throws, this throws. */
export function withinTime<T>(milliseconds: number, body: () => T): Guarded<T> {
  let result: { value: T } | null = null;
  slowness ??= slownessOf(performance.now(), process.cpuUsage());
  const begin = performance.now();
  const before = process.cpuUsage();
  room.body = () => {
    result = { value: body() };
  };
  try {
    script.runInContext(room, { timeout: Math.ceil(milliseconds * Math.max(patience, slowness)) });
  } catch (error) {
    if (isTimeout(error)) return { timedOut: true, starved: wasStarved(milliseconds, before) };
    throw error;
  } finally {
    room.body = () => undefined;
    const measured = slownessOf(performance.now() - begin, process.cpuUsage(before));
    slowness = Math.min(Math.max(measured, slowness / 2), slowness * 2);
  }
  return { timedOut: false, value: result!.value };
}

/** Milliseconds by the clock for one of the processor, from 1 to {@link MOST_SLOWNESS}. */
function slownessOf(passed: number, { user, system }: NodeJS.CpuUsage): number {
  return Math.min(Math.max((passed * 1000) / Math.max(user + system, 1), 1), MOST_SLOWNESS);
}

function wasStarved(milliseconds: number, before: NodeJS.CpuUsage): boolean {
  const { user, system } = process.cpuUsage(before);
  const isStarved = (user + system) / 1000 < OWN_SHARE * milliseconds;
  if (isStarved) starved++;
  return isStarved;
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
