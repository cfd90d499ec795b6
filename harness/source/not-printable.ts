/**
 * What a source language cannot say: the one exception that printers of AIR as source throw, and who catches it.
 *
 * A program that a printer refuses is `unsupported` by the back end behind it: counted by `reason`, never a finding.
 * Invariant: a reason names a construct of AIR, not a place in a program, so that equal reasons count together.
 */

/** Thrown by printers; caught by {@link printed}. */
export class NotPrintable extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`no source for ${reason}`);
    this.reason = reason;
  }
}

/** Source text, or the construct that the language cannot spell. */
export type Printed<T> =
  { readonly kind: 'printed'; readonly value: T } | { readonly kind: 'unsupported'; readonly reason: string };

/** What `print` gives, with a {@link NotPrintable} as data. */
export function printed<T>(print: () => T): Printed<T> {
  try {
    return { kind: 'printed', value: print() };
  } catch (error) {
    if (error instanceof NotPrintable) return { kind: 'unsupported', reason: error.reason };
    throw error;
  }
}
