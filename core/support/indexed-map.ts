/**
 * Insertion-ordered map from small numbers, such as indexes of another table, with dense indexes and access by key and by
 * index without hashing.
 */
export class IndexedMap<K extends number, V> {
  readonly keys: K[] = [];
  readonly values: V[] = [];
  /** Index plus 1 by key, 0 = absent. */
  #index: Uint32Array;

  /** `capacity`: one more than the greatest key that is expected. */
  constructor(capacity = 16) {
    this.#index = new Uint32Array(capacity);
  }

  /** Number of entries. */
  get size(): number {
    return this.keys.length;
  }

  /** Index of `key`, or -1. */
  indexOf(key: K): number {
    return key < this.#index.length ? this.#index[key]! - 1 : -1;
  }

  /** Value of `key`, or undefined. */
  get(key: K): V | undefined {
    const at = this.indexOf(key);
    return at < 0 ? undefined : this.values[at];
  }

  /** Sets the value of `key`, keeping the position of an existing entry; returns its index. */
  set(key: K, value: V): number {
    const at = this.indexOf(key);
    if (at >= 0) {
      this.values[at] = value;
      return at;
    }
    if (key >= this.#index.length) this.#grow(key);
    const index = this.keys.length;
    this.keys.push(key);
    this.values.push(value);
    this.#index[key] = index + 1;
    return index;
  }

  /** Forgets the entries from index `size` on. */
  truncate(size: number): void {
    while (this.keys.length > size) {
      this.#index[this.keys.pop()!] = 0;
      this.values.pop();
    }
  }

  #grow(key: K): void {
    let capacity = Math.max(16, this.#index.length * 2);
    while (capacity <= key) capacity *= 2;
    const grown = new Uint32Array(capacity);
    grown.set(this.#index);
    this.#index = grown;
  }
}
