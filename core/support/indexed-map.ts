/**
 * Insertion-ordered map from key to dense index: the id tables of linker and pool. The index of a key is its insertion
 * position and never changes. Knows nothing of what keys mean.
 */
export class IndexedSet<K> {
  readonly keys: K[] = [];
  readonly #index = new Map<K, number>();

  /** Number of keys. */
  get size(): number {
    return this.keys.length;
  }

  /** Index of `key`, inserting it at the end if it is new. */
  add(key: K): number {
    const at = this.#index.get(key);
    if (at !== undefined) return at;
    const index = this.keys.length;
    this.keys.push(key);
    this.#index.set(key, index);
    return index;
  }

  /** Index of `key`, or -1. */
  indexOf(key: K): number {
    return this.#index.get(key) ?? -1;
  }

  /** Whether `key` is present. */
  has(key: K): boolean {
    return this.#index.has(key);
  }
}

/** Insertion-ordered map with dense indexes and O(1) access by key and by index. */
export class IndexedMap<K, V> {
  readonly keys: K[] = [];
  readonly values: V[] = [];
  readonly #index = new Map<K, number>();

  /** Number of entries. */
  get size(): number {
    return this.keys.length;
  }

  /** Index of `key`, or -1. */
  indexOf(key: K): number {
    return this.#index.get(key) ?? -1;
  }

  /** Value of `key`, or undefined. */
  get(key: K): V | undefined {
    const at = this.#index.get(key);
    return at === undefined ? undefined : this.values[at];
  }

  /** Sets the value of `key`, keeping the position of an existing entry; returns its index. */
  set(key: K, value: V): number {
    const at = this.#index.get(key);
    if (at !== undefined) {
      this.values[at] = value;
      return at;
    }
    const index = this.keys.length;
    this.keys.push(key);
    this.values.push(value);
    this.#index.set(key, index);
    return index;
  }
}
