/**
 * Stops JavaScript and wasm that do not end: `vm` interrupts both.
 *
 * One guarded call costs some 50 microseconds, so a caller guards a batch, and never guards inside of a guarded body. What
 * was stopped has run only partly: `finally` blocks included.
 */
import { createContext, Script } from 'node:vm';

const room: { body: () => void } = createContext({ body: () => undefined }) as { body: () => void };
const script = new Script('body()');

/** What became of a guarded body. */
export type Guarded<T> = { readonly timedOut: false; readonly value: T } | { readonly timedOut: true };

/** Runs `body` for at most `milliseconds`; what it throws, this throws. */
export function withinTime<T>(milliseconds: number, body: () => T): Guarded<T> {
  let result: { value: T } | null = null;
  room.body = () => {
    result = { value: body() };
  };
  try {
    script.runInContext(room, { timeout: milliseconds });
  } catch (error) {
    if (isTimeout(error)) return { timedOut: true };
    throw error;
  } finally {
    room.body = () => undefined;
  }
  return { timedOut: false, value: result!.value };
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
