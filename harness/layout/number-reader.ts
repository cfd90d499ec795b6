/**
 * Numbers of a module with the question whether each is as short as it can be.
 *
 * Owns the rule of minimal LEB128 forms (wasm core spec 5.2.2): no last byte that only repeats what the byte before says.
 * What is longer is collected, by the place that asks; places that are relocated have their width by another rule.
 */
import type { Limits } from '../wasm/cursor.ts';
import { Cursor, Malformed } from '../wasm/cursor.ts';

/** A number that could be shorter. */
export interface WideNumber {
  /** What it is: `section size`, `function index`. */
  readonly what: string;
  readonly offset: number;
}

/** Whether the unsigned LEB128 number at `start ..< end` has no byte too many. */
export function isMinimalUnsigned(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 || bytes[end - 1] !== 0;
}

/** Whether the signed LEB128 number at `start ..< end` has no byte too many. */
export function isMinimalSigned(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 1) return true;
  const last = bytes[end - 1]!;
  const sign = bytes[end - 2]! & 0x40;
  return !((last === 0x00 && sign === 0) || (last === 0x7f && sign !== 0));
}

/** Reads a module forward and collects numbers that are too long. */
export class NumberReader {
  readonly cursor: Cursor;
  readonly wide: WideNumber[];

  constructor(bytes: Uint8Array, at: number, end = bytes.length, wide: WideNumber[] = []) {
    this.cursor = new Cursor(bytes, at, end, true);
    this.wide = wide;
  }

  /** An unsigned number. */
  unsigned(what: string): number {
    const { cursor } = this;
    const start = cursor.at;
    const value = cursor.number();
    if (!isMinimalUnsigned(cursor.bytes, start, cursor.at)) this.wide.push({ what, offset: start });
    return value;
  }

  /** A signed number. */
  signed(what: string): bigint {
    const { cursor } = this;
    const start = cursor.at;
    const value = cursor.signed();
    if (!isMinimalSigned(cursor.bytes, start, cursor.at)) this.wide.push({ what, offset: start });
    return value;
  }

  /** A length and UTF-8 bytes. */
  name(): string {
    const { cursor } = this;
    const start = cursor.at;
    const length = cursor.number();
    if (!isMinimalUnsigned(cursor.bytes, start, cursor.at)) this.wide.push({ what: 'length of a name', offset: start });
    cursor.at = start;
    const text = cursor.name();
    if (length > cursor.end - start) throw new Malformed('a name goes beyond its section');
    return text;
  }

  /** A count, then `read` so many times. */
  each(what: string, read: (n: number) => void): void {
    const count = this.unsigned(`number of ${what}`);
    for (let n = 0; n < count; n++) read(n);
  }

  limits(what: string): Limits {
    const flags = this.cursor.byte();
    const min = this.unsigned(`limit of a ${what}`);
    const max = (flags & 1) === 0 ? null : this.unsigned(`limit of a ${what}`);
    return { min, max, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0 };
  }

  /** A constant expression: its integer modulo 2^64 as a number where it is one constant, else null. */
  constant(): number | null {
    const { cursor } = this;
    let value: number | null = null;
    let count = 0;
    for (;;) {
      const op = cursor.byte();
      if (op === 0x0b) return count === 1 ? value : null;
      count++;
      if (op === 0x41) value = Number(BigInt.asUintN(32, this.signed('constant')));
      else if (op === 0x42) value = Number(BigInt.asUintN(64, this.signed('constant')));
      else if (op === 0x23 || op === 0xd2) this.unsigned('index in a constant expression');
      else if (op === 0x43) cursor.at += 4;
      else if (op === 0x44) cursor.at += 8;
      else if (op === 0xd0) cursor.byte();
      else if (op !== 0x6a && op !== 0x6b && op !== 0x6c && op !== 0x7c && op !== 0x7d && op !== 0x7e) {
        throw new Malformed(`no constant expression has opcode ${op}`);
      }
    }
  }
}
