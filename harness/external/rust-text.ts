/**
 * What the smallest parts of a mangled name of Rust are shown as: basic types, characters, names in Punycode.
 *
 * Knows nothing of the grammar. What cannot be shown throws {@link UNREADABLE}, which rust-demangler.ts catches.
 */

/** Thrown where a name is none. */
export const UNREADABLE = new Error('no name of Rust');

export function fail(): never {
  throw UNREADABLE;
}

/** By their letters. */
export const BASIC_TYPES: Readonly<Record<string, string>> = {
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

const ESCAPED: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  "'": "\\'",
  '\\': '\\\\',
};

/** A character by the digits of its number, as in a literal. */
export function characterText(digits: string): string {
  const MOST_DIGITS = 6;
  if (digits.length > MOST_DIGITS) fail();
  const code = Number(`0x${digits}`);
  const isPrintable = code >= 0x20 && code < 0x7f;
  const text = String.fromCharCode(code & 0x7f);
  return (code < 0x80 ? ESCAPED[text] : undefined) ?? (isPrintable ? text : `\\u{${digits}}`);
}

/** Punycode (RFC 3492) with `_` before the encoded part. */
export function decodePunycode(text: string): string {
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
