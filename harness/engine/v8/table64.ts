/**
 * Rewrites a module whose tables have 64-bit slots for an engine that has none: the tables become 32-bit ones.
 *
 * LLVM gives every wasm64 program such a table. Limits lose their flag, element offsets become i32 constants, and each
 * `call_indirect` wraps its slot first, so a slot of 2^32 or more calls what it should not: the caller's programs have none. Offsets in the custom sections of an object are not adjusted.
 * Instructions are read by harness/wasm/instructions.ts. Does not ask core. Invariant: a module without such a table comes back as it
 * is; one with an instruction that is not known, or one on tables that is no call, is refused with null.
 */
import { Cursor } from '../../wasm/cursor.ts';
import { Immediate, readInstruction } from '../../wasm/instructions.ts';
import { leb } from '../../wasm/module-parts.ts';

const IMPORT = 2;
const TABLE = 4;
const ELEMENT = 9;
const CODE = 10;
const IS_64 = 4;
const OP_I32_CONST = 0x41;
const OP_I64_CONST = 0x42;
const OP_END = 0x0b;
const OP_CALL_INDIRECT = 0x11;
const OP_RETURN_CALL_INDIRECT = 0x13;
const OP_I32_WRAP_I64 = 0xa7;
/** What lies between is garbage collection and opcodes that nobody has given away. */
const LAST_PLAIN = 0xd6;
const FIRST_PREFIX = 0xfc;

/** The module with 32-bit tables, or null where that cannot be made. */
export function withTable32(bytes: Uint8Array): Uint8Array | null {
  const walk = new Walk(bytes);
  try {
    return walk.module();
  } catch (error) {
    if (error instanceof NotUnderstood || error instanceof RangeError) return null;
    throw error;
  }
}

class NotUnderstood extends Error {}

class Walk {
  readonly #bytes: Uint8Array;
  readonly #cursor: Cursor;
  /** Output; what is not written yet begins at `#copied` of the input. */
  #out: number[] = [];
  #copied = 0;
  /** Whether table n is 64-bit; imported ones first. */
  readonly #tables: boolean[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#cursor = new Cursor(bytes, 0, bytes.length, true);
  }

  module(): Uint8Array {
    const sections: (number[] | Uint8Array)[] = [this.#bytes.subarray(0, 8)];
    this.#at = 8;
    while (this.#at < this.#bytes.length) {
      const id = this.#byte();
      const size = this.#number();
      const end = this.#at + size;
      const body = this.#section(id, end);
      sections.push([id, ...leb(body.length)], body);
      this.#at = end;
    }
    if (!this.#tables.includes(true)) return this.#bytes;
    const out = new Uint8Array(sections.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of sections) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #section(id: number, end: number): number[] | Uint8Array {
    const start = this.#at;
    this.#out = [];
    this.#copied = start;
    if (id === IMPORT) this.#vector(() => this.#import());
    else if (id === TABLE) this.#vector(() => this.#table());
    else if (id === ELEMENT) this.#vector(() => this.#element());
    else if (id === CODE && this.#tables.includes(true)) this.#code();
    else return this.#bytes.subarray(start, end);
    this.#flush(end);
    return this.#out;
  }

  #vector(item: () => void): void {
    for (let n = this.#number(); n > 0; n--) item();
  }

  #import(): void {
    this.#skipName();
    this.#skipName();
    const kind = this.#byte();
    if (kind === 0) this.#number();
    else if (kind === 1) this.#table();
    else if (kind === 2) this.#limits(false);
    else if (kind === 3) this.#at += 2;
    else {
      this.#byte();
      this.#number();
    }
  }

  #table(): void {
    this.#byte();
    this.#tables.push(this.#limits(true));
  }

  /** Reads limits; takes their 64-bit flag away if asked. Bounds below 2^32 look alike in both. */
  #limits(narrow: boolean): boolean {
    const at = this.#at;
    const flags = this.#number();
    if (narrow && (flags & IS_64) !== 0) this.#replace(at, [flags & ~IS_64]);
    this.#number();
    if ((flags & 1) !== 0) this.#number();
    return (flags & IS_64) !== 0;
  }

  #element(): void {
    const flags = this.#number();
    if (flags !== 0 && flags !== 2) throw new NotUnderstood();
    if (flags === 2) this.#number();
    const at = this.#at;
    const op = this.#byte();
    if (op !== OP_I32_CONST && op !== OP_I64_CONST) throw new NotUnderstood();
    this.#number();
    if (this.#byte() !== OP_END) throw new NotUnderstood();
    if (op === OP_I64_CONST) {
      const stop = this.#at;
      this.#at = at + 1;
      this.#replace(at, [OP_I32_CONST]);
      this.#at = stop;
    }
    if (flags === 2) this.#byte();
    this.#vector(() => this.#number());
  }

  /** Each body anew, because its size is in front of it. */
  #code(): void {
    const count = this.#number();
    const out: number[] = leb(count);
    for (let n = 0; n < count; n++) {
      const size = this.#number();
      const end = this.#at + size;
      this.#out = [];
      this.#copied = this.#at;
      this.#vector(() => {
        this.#number();
        this.#byte();
      });
      while (this.#at < end) this.#instruction();
      this.#flush(end);
      out.push(...leb(this.#out.length));
      for (const byte of this.#out) out.push(byte);
    }
    this.#out = out;
    this.#copied = this.#at;
  }

  #instruction(): void {
    const at = this.#at;
    const first = this.#bytes[at];
    let last = 0;
    const op = readInstruction(this.#cursor, (kind, cursor) => {
      last = cursor.number();
      // Only calls are rewritten: what else takes a slot of a table is refused.
      if (kind === Immediate.table && !isIndirectCall(first)) throw new NotUnderstood();
    });
    if (op > LAST_PLAIN && op < FIRST_PREFIX) throw new NotUnderstood();
    if (!isIndirectCall(op) || this.#tables[last] !== true) return;
    this.#flush(at);
    this.#out.push(OP_I32_WRAP_I64);
  }

  // --- bytes ---

  /** Writes the input up to `end`. */
  #flush(end: number): void {
    for (let i = this.#copied; i < end; i++) this.#out.push(this.#bytes[i]!);
    this.#copied = end;
  }

  /** Writes the input up to `from`, and `bytes` in place of what has been read since. */
  #replace(from: number, bytes: readonly number[]): void {
    this.#flush(from);
    this.#out.push(...bytes);
    this.#copied = this.#at;
  }

  get #at(): number {
    return this.#cursor.at;
  }

  set #at(at: number) {
    this.#cursor.at = at;
  }

  #byte(): number {
    return this.#cursor.byte();
  }

  #skipName(): void {
    this.#cursor.skipName();
  }

  /** An LEB128 number of any width, without its sign; exact below 2^53. */
  #number(): number {
    return this.#cursor.number();
  }
}

function isIndirectCall(op: number | undefined): boolean {
  return op === OP_CALL_INDIRECT || op === OP_RETURN_CALL_INDIRECT;
}
