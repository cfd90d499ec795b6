/**
 * Reports of undefined names that are reached: each name once for each file, at the first place of it that reaches it.
 */
import type { Diagnostics, Place } from '../../diagnostics/diagnostics.ts';

export class UndefinedReports {
  readonly diags: Diagnostics;
  readonly #reported = new Set<string>();
  readonly #names = new Set<string>();

  constructor(diags: Diagnostics) {
    this.diags = diags;
  }

  /** `name` has no definition. */
  error(name: string, place: Place): void {
    if (this.#isNew(name, place)) this.diags.error('undefined_symbol', { name }, place);
  }

  /** `name` has no definition, and the options allow it. */
  warn(name: string, place: Place): void {
    if (this.#isNew(name, place)) this.diags.warn('undefined_symbol', { name }, place);
  }

  /** As {@link warn}, unless a place has been named that reaches `name`. */
  warnOnce(name: string): void {
    if (!this.#names.has(name)) this.warn(name, { in: 'options' });
  }

  /** The runtime function `name` has no definition. */
  intrinsic(name: string, place: Place): void {
    if (this.#isNew(name, place)) this.diags.error('intrinsic_missing', { name }, place);
  }

  #isNew(name: string, place: Place): boolean {
    const key = place.in === 'file' ? `${name}\0${place.file}` : name;
    if (this.#reported.has(key)) return false;
    this.#reported.add(key);
    this.#names.add(name);
    return true;
  }
}
