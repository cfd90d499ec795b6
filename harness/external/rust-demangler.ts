/**
 * What mangled names of Rust mean: the v0 scheme (Rust RFC 2603), shown as LLVM shows them.
 *
 * Owns the grammar of these names; rust-words.ts reads their words, rust-text.ts shows the smallest parts. Invariant: a name that does not follow it, that nests deeper than 500 levels, or whose text
 * would be longer than 64 KiB (back references can double it again and again) has no meaning; nothing throws. Hashes of crates
 * are not shown, and constants are those of integers, bools and characters.
 */
import { BASIC_TYPES, characterText, decodePunycode, fail, UNREADABLE } from './rust-text.ts';
import type { Identifier } from './rust-words.ts';
import { RustWords } from './rust-words.ts';

/** As LLVM. */
const MOST_LEVELS = 500;
const MOST_TEXT = 2 ** 16;
/** Constants of more digits are shown as hexadecimal numbers. */
const MOST_DECIMAL = 16;

const INTEGERS = 'ahijlmnostxy';

/** Namespaces that no name of the program is in. */
const SPECIAL: Readonly<Record<string, string>> = { C: 'closure', S: 'shim' };

/** What `name` (`_R…`) means, or null if it is no such name. */
export function demangleRust(name: string): string | null {
  if (!name.startsWith('_R')) return null;
  const dot = name.indexOf('.');
  const text = name.slice(2, dot < 0 ? undefined : dot);
  const demangler = new Demangler(text);
  try {
    demangler.path(false);
    // The crate that made an instance of a generic function.
    if (!demangler.isDone) demangler.silently(() => demangler.path(false));
    if (!demangler.isDone) return null;
  } catch (error) {
    if (error === UNREADABLE) return null;
    throw error;
  }
  return demangler.text + (dot < 0 ? '' : ` (${name.slice(dot)})`);
}

class Demangler {
  text = '';
  readonly #words: RustWords;
  #prints = true;
  #levels = 0;
  /** Lifetimes of all binders around. */
  #bound = 0n;

  constructor(input: string) {
    this.#words = new RustWords(input);
  }

  get isDone(): boolean {
    return this.#words.isDone;
  }

  silently(read: () => void): void {
    const before = this.#prints;
    this.#prints = false;
    read();
    this.#prints = before;
  }

  /** A path; generic arguments may stay open (`leavesOpen`) for the bindings of a trait, which is the result. */
  path(inType: boolean, leavesOpen = false): boolean {
    if (++this.#levels > MOST_LEVELS) fail();
    let isOpen = false;
    const tag = this.#words.take();
    switch (tag) {
      case 'C':
        this.#words.optionalNumber('s');
        this.#printIdentifier(this.#words.identifier());
        break;
      case 'M':
      case 'X':
      case 'Y':
        if (tag !== 'Y') {
          this.silently(() => {
            this.#words.optionalNumber('s');
            this.path(inType);
          });
        }
        this.#print('<');
        this.#type();
        if (tag !== 'M') {
          this.#print(' as ');
          this.path(true);
        }
        this.#print('>');
        break;
      case 'N':
        this.#nested(inType);
        break;
      case 'I':
        this.path(inType);
        this.#print(inType ? '<' : '::<');
        this.#list(', ', () => this.#genericArgument());
        isOpen = leavesOpen;
        if (!isOpen) this.#print('>');
        break;
      case 'B':
        this.#backReference(() => (isOpen = this.path(inType, leavesOpen)));
        break;
      default:
        fail();
    }
    this.#levels--;
    return isOpen;
  }

  /** A name in a namespace of another path. */
  #nested(inType: boolean): void {
    const space = this.#words.take();
    if (!/[a-z]/i.test(space)) fail();
    this.path(inType);
    const disambiguator = this.#words.optionalNumber('s');
    const identifier = this.#words.identifier();
    const isNamed = identifier.text !== '';
    if (/[a-z]/.test(space)) {
      if (!isNamed) return;
      this.#print('::');
      this.#printIdentifier(identifier);
      return;
    }
    this.#print(`::{${SPECIAL[space] ?? space}`);
    if (isNamed) {
      this.#print(':');
      this.#printIdentifier(identifier);
    }
    this.#print(`#${disambiguator}}`);
  }

  #genericArgument(): void {
    if (this.#words.skip('L')) this.#printLifetime(this.#words.number());
    else if (this.#words.skip('K')) this.#constant();
    else this.#type();
  }

  #type(): void {
    if (++this.#levels > MOST_LEVELS) fail();
    const start = this.#words.at;
    const tag = this.#words.take();
    const basic = BASIC_TYPES[tag];
    if (basic !== undefined) this.#print(basic);
    else if (!this.#compoundType(tag)) {
      this.#words.at = start;
      this.path(true);
    }
    this.#levels--;
  }

  /** Whether `tag` begins one. */
  #compoundType(tag: string): boolean {
    switch (tag) {
      case 'A':
        this.#print('[');
        this.#type();
        this.#print('; ');
        this.#constant();
        this.#print(']');
        return true;
      case 'S':
        this.#print('[');
        this.#type();
        this.#print(']');
        return true;
      case 'T': {
        this.#print('(');
        const count = this.#list(', ', () => this.#type());
        this.#print(count === 1 ? ',)' : ')');
        return true;
      }
      case 'R':
      case 'Q': {
        this.#print('&');
        const lifetime = this.#words.skip('L') ? this.#words.number() : 0n;
        if (lifetime !== 0n) {
          this.#printLifetime(lifetime);
          this.#print(' ');
        }
        if (tag === 'Q') this.#print('mut ');
        this.#type();
        return true;
      }
      case 'P':
      case 'O':
        this.#print(tag === 'P' ? '*const ' : '*mut ');
        this.#type();
        return true;
      case 'F':
        this.#binding(() => this.#signature());
        return true;
      case 'D': {
        this.#binding(() => {
          this.#print('dyn ');
          this.#binder();
          this.#list(' + ', () => this.#trait());
        });
        if (!this.#words.skip('L')) fail();
        const lifetime = this.#words.number();
        if (lifetime !== 0n) {
          this.#print(' + ');
          this.#printLifetime(lifetime);
        }
        return true;
      }
      case 'B':
        this.#backReference(() => this.#type());
        return true;
      default:
        return false;
    }
  }

  #signature(): void {
    this.#binder();
    if (this.#words.skip('U')) this.#print('unsafe ');
    if (this.#words.skip('K')) {
      const { text, isPunycode } = this.#words.skip('C') ? { text: 'C', isPunycode: false } : this.#words.identifier();
      if (isPunycode) fail();
      this.#print(`extern "${text.replaceAll('_', '-')}" `);
    }
    this.#print('fn(');
    this.#list(', ', () => this.#type());
    this.#print(')');
    if (this.#words.skip('u')) return;
    this.#print(' -> ');
    this.#type();
  }

  /** A trait of an object type with the associated types that it binds. */
  #trait(): void {
    let isOpen = this.path(true, true);
    while (this.#words.skip('p')) {
      this.#print(isOpen ? ', ' : '<');
      isOpen = true;
      this.#printIdentifier(this.#words.identifier());
      this.#print(' = ');
      this.#type();
    }
    if (isOpen) this.#print('>');
  }

  /** Lifetimes that a binder in it introduces end with it. */
  #binding(read: () => void): void {
    const before = this.#bound;
    read();
    this.#bound = before;
  }

  #binder(): void {
    const count = this.#words.optionalNumber('G');
    if (count === 0n) return;
    // Each is mentioned, so there are never more than letters.
    if (count >= BigInt(this.#words.length) - this.#bound) fail();
    this.#print('for<');
    for (let i = 0n; i < count; i++) {
      this.#bound++;
      if (i > 0n) this.#print(', ');
      this.#printLifetime(1n);
    }
    this.#print('> ');
  }

  #constant(): void {
    if (++this.#levels > MOST_LEVELS) fail();
    const tag = this.#words.take();
    if (INTEGERS.includes(tag)) {
      if (this.#words.skip('n')) this.#print('-');
      const digits = this.#words.hexDigits();
      this.#print(digits.length > MOST_DECIMAL ? `0x${digits}` : String(BigInt(`0x${digits}`)));
    } else if (tag === 'b') {
      const digits = this.#words.hexDigits();
      if (digits !== '0' && digits !== '1') fail();
      this.#print(digits === '1' ? 'true' : 'false');
    } else if (tag === 'c') {
      this.#print(`'${characterText(this.#words.hexDigits())}'`);
    } else if (tag === 'p') {
      this.#print('_');
    } else if (tag === 'B') {
      this.#backReference(() => this.#constant());
    } else {
      fail();
    }
    this.#levels--;
  }

  /** Reads from an earlier place; where nothing is printed it is not followed. */
  #backReference(read: () => void): void {
    const target = this.#words.number();
    if (target >= BigInt(this.#words.at)) fail();
    if (!this.#prints) return;
    const after = this.#words.at;
    this.#words.at = Number(target);
    read();
    this.#words.at = after;
  }

  /** Elements up to an `E`; how many. */
  #list(separator: string, read: () => void): number {
    let count = 0;
    for (; !this.#words.skip('E'); count++) {
      if (count > 0) this.#print(separator);
      read();
    }
    return count;
  }

  #print(text: string): void {
    if (!this.#prints) return;
    this.text += text;
    if (this.text.length > MOST_TEXT) fail();
  }

  #printIdentifier({ text, isPunycode }: Identifier): void {
    if (this.#prints) this.#print(isPunycode ? decodePunycode(text) : text);
  }

  /** 0 is the lifetime that has no name; others count binders from the innermost one. */
  #printLifetime(index: bigint): void {
    if (index === 0n) return this.#print("'_");
    if (index > this.#bound) fail();
    const depth = Number(this.#bound - index);
    const LETTERS = 26;
    this.#print(depth < LETTERS ? `'${String.fromCharCode(0x61 + depth)}` : `'z${depth - LETTERS + 1}`);
  }
}
