/**
 * What mangled names of Rust mean: the v0 scheme (Rust RFC 2603), shown as LLVM shows them.
 *
 * Owns the grammar of these names. Invariant: a name that does not follow it, that nests deeper than 500 levels, or whose text
 * would be longer than 64 KiB (back references can double it again and again) has no meaning; nothing throws. Hashes of crates
 * are not shown, and constants are those of integers, bools and characters.
 */

/** As LLVM. */
const MOST_LEVELS = 500;
const MOST_TEXT = 2 ** 16;
/** As LLVM, numbers have 64 bits. */
const NUMBER_LIMIT = 2n ** 64n;
/** Constants of more digits are shown as hexadecimal numbers. */
const MOST_DECIMAL = 16;

const BASIC_TYPES: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

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

/** Thrown where a name is none, and caught in this file. */
const UNREADABLE = new Error('no name of Rust');

function fail(): never {
  throw UNREADABLE;
}

interface Identifier {
  readonly text: string;
  readonly isPunycode: boolean;
}

class Demangler {
  text = '';
  readonly #input: string;
  #at = 0;
  #prints = true;
  #levels = 0;
  /** Lifetimes of all binders around. */
  #bound = 0n;

  constructor(input: string) {
    this.#input = input;
  }

  get isDone(): boolean {
    return this.#at === this.#input.length;
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
    const tag = this.#take();
    switch (tag) {
      case 'C':
        this.#optionalNumber('s');
        this.#printIdentifier(this.#identifier());
        break;
      case 'M':
      case 'X':
      case 'Y':
        if (tag !== 'Y') {
          this.silently(() => {
            this.#optionalNumber('s');
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
    const space = this.#take();
    if (!/[a-z]/i.test(space)) fail();
    this.path(inType);
    const disambiguator = this.#optionalNumber('s');
    const identifier = this.#identifier();
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
    if (this.#skip('L')) this.#printLifetime(this.#number());
    else if (this.#skip('K')) this.#constant();
    else this.#type();
  }

  #type(): void {
    if (++this.#levels > MOST_LEVELS) fail();
    const start = this.#at;
    const tag = this.#take();
    const basic = BASIC_TYPES[tag];
    if (basic !== undefined) this.#print(basic);
    else if (!this.#compoundType(tag)) {
      this.#at = start;
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
        const lifetime = this.#skip('L') ? this.#number() : 0n;
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
        if (!this.#skip('L')) fail();
        const lifetime = this.#number();
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
    if (this.#skip('U')) this.#print('unsafe ');
    if (this.#skip('K')) {
      const { text, isPunycode } = this.#skip('C') ? { text: 'C', isPunycode: false } : this.#identifier();
      if (isPunycode) fail();
      this.#print(`extern "${text.replaceAll('_', '-')}" `);
    }
    this.#print('fn(');
    this.#list(', ', () => this.#type());
    this.#print(')');
    if (this.#skip('u')) return;
    this.#print(' -> ');
    this.#type();
  }

  /** A trait of an object type with the associated types that it binds. */
  #trait(): void {
    let isOpen = this.path(true, true);
    while (this.#skip('p')) {
      this.#print(isOpen ? ', ' : '<');
      isOpen = true;
      this.#printIdentifier(this.#identifier());
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
    const count = this.#optionalNumber('G');
    if (count === 0n) return;
    // Each is mentioned, so there are never more than letters.
    if (count >= BigInt(this.#input.length) - this.#bound) fail();
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
    const tag = this.#take();
    if (INTEGERS.includes(tag)) {
      if (this.#skip('n')) this.#print('-');
      const digits = this.#hexDigits();
      this.#print(digits.length > MOST_DECIMAL ? `0x${digits}` : String(BigInt(`0x${digits}`)));
    } else if (tag === 'b') {
      const digits = this.#hexDigits();
      if (digits !== '0' && digits !== '1') fail();
      this.#print(digits === '1' ? 'true' : 'false');
    } else if (tag === 'c') {
      this.#print(`'${characterText(this.#hexDigits())}'`);
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
    const target = this.#number();
    if (target >= BigInt(this.#at)) fail();
    if (!this.#prints) return;
    const after = this.#at;
    this.#at = Number(target);
    read();
    this.#at = after;
  }

  /** Elements up to an `E`; how many. */
  #list(separator: string, read: () => void): number {
    let count = 0;
    for (; !this.#skip('E'); count++) {
      if (count > 0) this.#print(separator);
      read();
    }
    return count;
  }

  // --- words ---

  #take(): string {
    if (this.isDone) fail();
    return this.#input[this.#at++]!;
  }

  #skip(tag: string): boolean {
    if (this.#input[this.#at] !== tag) return false;
    this.#at++;
    return true;
  }

  #identifier(): Identifier {
    const isPunycode = this.#skip('u');
    const digits = /^(?:0|[1-9][0-9]*)/.exec(this.#input.slice(this.#at, this.#at + 20))?.[0] ?? fail();
    this.#at += digits.length;
    // Where the name begins with a digit or an underscore.
    this.#skip('_');
    const end = this.#at + Number(digits);
    if (end > this.#input.length) fail();
    const text = this.#input.slice(this.#at, end);
    if (!/^\w*$/.test(text)) fail();
    this.#at = end;
    return { text, isPunycode };
  }

  /** 0 if there is none, and else one more than the number behind the tag. */
  #optionalNumber(tag: string): bigint {
    return this.#skip(tag) ? this.#number() + 1n : 0n;
  }

  /** Base 62, ends with `_`; `_` alone is 0 and `0_` is 1. */
  #number(): bigint {
    if (this.#skip('_')) return 0n;
    let value = 0n;
    for (let digit = this.#take(); digit !== '_'; digit = this.#take()) {
      const place = DIGITS.indexOf(digit);
      if (place < 0) fail();
      value = value * 62n + BigInt(place);
      if (value >= NUMBER_LIMIT - 2n) fail();
    }
    return value + 1n;
  }

  #hexDigits(): string {
    const end = this.#input.indexOf('_', this.#at);
    const digits = this.#input.slice(this.#at, end < 0 ? this.#at : end);
    if (!/^(?:0|[1-9a-f][0-9a-f]*)$/.test(digits)) fail();
    this.#at = end + 1;
    return digits;
  }

  // --- text ---

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

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const ESCAPED: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  "'": "\\'",
  '\\': '\\\\',
};

/** A character by the digits of its number, as in a literal. */
function characterText(digits: string): string {
  const MOST_DIGITS = 6;
  if (digits.length > MOST_DIGITS) fail();
  const code = Number(`0x${digits}`);
  const isPrintable = code >= 0x20 && code < 0x7f;
  const text = String.fromCharCode(code & 0x7f);
  return (code < 0x80 ? ESCAPED[text] : undefined) ?? (isPrintable ? text : `\\u{${digits}}`);
}

/** Punycode (RFC 3492) with `_` before the encoded part. */
function decodePunycode(text: string): string {
  const [base, tMin, tMax, skew, damp] = [36, 1, 26, 38, 700];
  const split = text.lastIndexOf('_');
  const output = Array.from(split < 0 ? '' : text.slice(0, split), (letter) => letter.codePointAt(0)!);
  let [code, bias, i] = [0x80, 72, 0];
  for (let at = split + 1; at < text.length;) {
    const before = i;
    let weight = 1;
    for (let k = base; ; k += base) {
      const digit = '0123456789'.includes(text[at] ?? '') ? Number(text[at]) + 26 : (text.charCodeAt(at) || 0) - 0x61;
      if (at++ >= text.length || digit < 0 || digit >= base) fail();
      i += digit * weight;
      if (i > Number.MAX_SAFE_INTEGER / base) fail();
      const threshold = Math.min(Math.max(k - bias, tMin), tMax);
      if (digit < threshold) break;
      weight *= base - threshold;
    }
    const count = output.length + 1;
    let delta = Math.floor((i - before) / (before === 0 ? damp : 2));
    delta += Math.floor(delta / count);
    let k = 0;
    for (; delta > ((base - tMin) * tMax) / 2; k += base) delta = Math.floor(delta / (base - tMin));
    bias = k + Math.floor(((base - tMin + 1) * delta) / (delta + skew));
    code += Math.floor(i / count);
    i %= count;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) fail();
    output.splice(i++, 0, code);
  }
  return String.fromCodePoint(...output);
}
