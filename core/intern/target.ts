/**
 * What types are laid out for: the one fact about a target that sizes depend on. Knows no type.
 */

/** What the types of a pool are laid out for. */
export interface Target {
  /** Bits of an address: 32 (wasm32) or 64 (wasm64). */
  readonly ptrBits: 32 | 64;
}
