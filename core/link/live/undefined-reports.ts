/**
 * Reports of undefined names that are reached: each name once, at the first place that reaches it.
 */
import type { Diagnostics, Place } from '../../diagnostics/diagnostics.ts';

/** See the file header. */
export class UndefinedReports {
  readonly diags: Diagnostics;
  readonly #reported = new Set<string>();

  constructor(diags: Diagnostics) {
    this.diags = diags;
  }

  /** `name` has no definition. */
  error(name: string, place: Place): void {
    if (this.#isNew(name)) this.diags.error('undefined_symbol', { name }, place);
  }

  /** `name` has no definition, and the options allow it. */
  warn(name: string, place: Place): void {
    if (this.#isNew(name)) this.diags.warn('undefined_symbol', { name }, place);
  }

  /** The runtime function `name` has no definition. */
  intrinsic(name: string, place: Place): void {
    if (this.#isNew(name)) this.diags.error('intrinsic_missing', { name }, place);
  }

  #isNew(name: string): boolean {
    if (this.#reported.has(name)) return false;
    this.#reported.add(name);
    return true;
  }
}
