/**
 * Function types, each once, numbered in order of first use (wasm core spec 5.5.4).
 *
 * Owns the numbers. Whoever needs a type asks for it; the order of questions is the order of the type section.
 */
import type { SignatureKey } from '../input/object-file.ts';
import { assert } from '../../support/assert.ts';

/** See the file header; `Index` is the space of the numbers: types of an object or of the output. */
export class TypeList<Index extends number> {
  readonly keys: SignatureKey[] = [];
  readonly #index = new Map<SignatureKey, Index>();

  /** Number of a type, which is entered if it is new. */
  need(key: SignatureKey): Index {
    let index = this.#index.get(key);
    if (index === undefined) {
      index = (this.keys.push(key) - 1) as Index;
      this.#index.set(key, index);
    }
    return index;
  }

  /** Number of a type that has been entered. */
  of(key: SignatureKey): Index {
    const index = this.#index.get(key);
    assert(index !== undefined, 'a type that is used has no number');
    return index;
  }
}
