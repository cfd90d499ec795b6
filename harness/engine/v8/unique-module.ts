/**
 * Makes the bytes of a module unlike those of every other module of this process, so that V8 cannot hand out code that it
 * has compiled before: its cache is keyed by the bytes.
 *
 * The module gets one more custom section at its end, which holds a counter. Its meaning does not change.
 */
let counter = 0;

/** A custom section that no other call returns: id 0, size 10, name of 1 byte "u", 8 bytes of counter. */
export function uniqueSection(): number[] {
  const section = [0, 10, 1, 0x75, 0, 0, 0, 0, 0, 0, 0, 0];
  let rest = counter++;
  for (let at = 4; rest > 0; at++) {
    section[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return section;
}

/** A copy of `bytes` that no other call returns. */
export function uniqueModule(bytes: Uint8Array): Uint8Array {
  const section = uniqueSection();
  const copy = new Uint8Array(bytes.length + section.length);
  copy.set(bytes);
  copy.set(section, bytes.length);
  return copy;
}
