/**
 * Makes the bytes of a module unlike those of every other module of this process, so that V8 cannot hand out code that it
 * has compiled before: its cache is keyed by the bytes.
 *
 * The module gets one more custom section at its end, which holds a counter. Its meaning does not change.
 */
let counter = 0;

/** custom section id 0, size 10, name of 1 byte "u", 8 bytes of counter. */
const SECTION = [0, 10, 1, 0x75, 0, 0, 0, 0, 0, 0, 0, 0];

/** A copy of `bytes` that no other call returns. */
export function uniqueModule(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + SECTION.length);
  copy.set(bytes);
  copy.set(SECTION, bytes.length);
  let rest = counter++;
  for (let at = bytes.length + 4; rest > 0; at++) {
    copy[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return copy;
}
