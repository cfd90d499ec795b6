/**
 * Names that are read from bytes, each made into a string once.
 *
 * Owns an open hash table over the bytes of names. Objects of one link repeat most of their names (a symbol in each object
 * that mentions it, a COMDAT group in each that has it), and equal names being one string makes every later look-up of
 * them cheap. Knows nothing of what is named. Invariant: only names of ASCII characters are kept, so that the bytes of a
 * name can be compared with the string.
 */

const FIRST_SLOTS = 1024;

/** Whoever can decode the bytes of a new name. */
export interface NameDecoder {
  decode(from: number, to: number): string;
}

/** Strings by their bytes. */
export class NamePool {
  /** Number of a name plus 1, by hash; 0 is empty. */
  #slots = new Uint32Array(FIRST_SLOTS);
  readonly #hashes: number[] = [];
  readonly #names: string[] = [];

  /** The string of `bytes[from, to)`; `decoder` makes it if it is new. */
  name(bytes: Uint8Array, from: number, to: number, decoder: NameDecoder): string {
    let hash = to - from;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    // The low bits of a product depend on the low bits of the bytes only.
    hash = (hash ^ (hash >>> 15)) & 0x3fff_ffff;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (this.#hashes[number] !== hash) continue;
      const known = this.#names[number]!;
      if (isName(known, bytes, from, to)) return known;
    }
    const name = decoder.decode(from, to);
    if (name.length === to - from) this.#add(name, hash, slot);
    return name;
  }

  #add(name: string, hash: number, slot: number): void {
    this.#hashes.push(hash);
    this.#slots[slot] = this.#names.push(name);
    if (this.#names.length * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Uint32Array(mask + 1);
    for (let number = 0; number < this.#hashes.length; number++) {
      let slot = this.#hashes[number]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function isName(name: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = from, n = 0; i < to; i++, n++) if (name.charCodeAt(n) !== bytes[i]) return false;
  return true;
}
