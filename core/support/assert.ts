/**
 * How the project reports a bug in itself. `InternalError` is never caught inside core; expected failures (bad input)
 * travel as data instead (see core/diagnostics).
 */

/** A broken invariant of our own code: never caused by user input. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

/** Throws {@link InternalError} unless `condition` holds. Keep the message cheap: it is evaluated on every call. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Marks a place that no value of a union can reach. */
export function unreachable(value: never, what: string): never {
  throw new InternalError(`unexpected ${what}: ${String(value)}`);
}
