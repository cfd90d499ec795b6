/**
 * The words of a mangled name of Rust: tags of one letter, numbers of two kinds, identifiers.
 *
 * Owns the text and the place in it. A word that is none throws {@link UNREADABLE} (rust-text.ts).
 */
import { fail } from './rust-text.ts';

/** As LLVM, numbers have 64 bits. */
const NUMBER_LIMIT = 2n ** 64n;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A name as it stands. */
export interface Identifier {
  readonly text: string;
  readonly isPunycode: boolean;
}

export class RustWords {
  /** Where the next word begins. */
  at = 0;
  readonly #input: string;

  constructor(input: string) {
    this.#input = input;
  }

  get length(): number {
    return this.#input.length;
  }

  get isDone(): boolean {
    return this.at === this.#input.length;
  }

  take(): string {
    if (this.isDone) fail();
    return this.#input[this.at++]!;
  }

  skip(tag: string): boolean {
    if (this.#input[this.at] !== tag) return false;
    this.at++;
    return true;
  }

  identifier(): Identifier {
    const isPunycode = this.skip('u');
    const digits = /^(?:0|[1-9][0-9]*)/.exec(this.#input.slice(this.at, this.at + 20))?.[0] ?? fail();
    this.at += digits.length;
    // Where the name begins with a digit or an underscore.
    this.skip('_');
    const end = this.at + Number(digits);
    if (end > this.#input.length) fail();
    const text = this.#input.slice(this.at, end);
    if (!/^\w*$/.test(text)) fail();
    this.at = end;
    return { text, isPunycode };
  }

  /** 0 if there is none, and else one more than the number behind the tag. */
  optionalNumber(tag: string): bigint {
    return this.skip(tag) ? this.number() + 1n : 0n;
  }

  /** Base 62, ends with `_`; `_` alone is 0 and `0_` is 1. */
  number(): bigint {
    if (this.skip('_')) return 0n;
    let value = 0n;
    for (let digit = this.take(); digit !== '_'; digit = this.take()) {
      const place = DIGITS.indexOf(digit);
      if (place < 0) fail();
      value = value * 62n + BigInt(place);
      if (value >= NUMBER_LIMIT - 2n) fail();
    }
    return value + 1n;
  }

  hexDigits(): string {
    const end = this.#input.indexOf('_', this.at);
    const digits = this.#input.slice(this.at, end < 0 ? this.at : end);
    if (!/^(?:0|[1-9a-f][0-9a-f]*)$/.test(digits)) fail();
    this.at = end + 1;
    return digits;
  }
}
