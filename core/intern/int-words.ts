/**
 * Integers of any width as 32-bit words: the form in which the pool keeps them.
 *
 * Owns the number of words per width and both conversions. The form is two's complement in whole 64-bit limbs, least
 * significant word first, extended above the width by the sign of the type, so that up to 64 bits it is always a pair.
 */

/** Words of an integer constant of `bits` bits: an even number, at least 2. */
export function intWordCount(bits: number): number {
  return ((bits + 63) >> 6) * 2;
}

/** Writes `value` as `count` words to `words` from index `at`, modulo 2^(32 * count). */
export function writeIntWords(words: Uint32Array, at: number, count: number, value: bigint): void {
  // Through the text: shifting a wide bigint word by word takes quadratic time.
  const digits = BigInt.asUintN(count * 32, value)
    .toString(16)
    .padStart(count * 8, '0');
  for (let n = 0; n < count; n++) {
    const end = digits.length - n * 8;
    words[at + n] = parseInt(digits.slice(end - 8, end), 16);
  }
}

/** The number whose `count` words are `word(0)`, `word(1)`, ..., as an unsigned one. */
export function readIntWords(word: (n: number) => number, count: number): bigint {
  let digits = '0x';
  for (let n = count - 1; n >= 0; n--) digits += word(n).toString(16).padStart(8, '0');
  return BigInt(digits);
}
