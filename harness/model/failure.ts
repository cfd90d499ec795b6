/**
 * Failures that are neither the user's nor a bug: the environment does not do what the harness needs (exit code 3), and
 * input that cannot be used (exit code 2). Thrown only in harness/, caught only by harness/cli/main.ts.
 */

/** The harness or its environment failed. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
}

/** A signal has ended the work; there is nothing to explain. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Wrong usage or a bad input; the message says which and where. Nothing has been written. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
