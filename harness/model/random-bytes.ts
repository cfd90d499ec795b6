/**
 * Bytes that nobody can foresee, for names of temporary files and keys; never for what a case is made of.
 *
 * They come from the device of the system where there is one, as Node's `crypto` takes longer to load than a small link.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** As many random bytes. */
export function randomBytes(count: number): Uint8Array {
  return fromDevice(count) ?? process.getBuiltinModule('node:crypto').randomBytes(count);
}

/** The same in hexadecimal digits. */
export function randomHex(count: number): string {
  return Buffer.from(randomBytes(count)).toString('hex');
}

function fromDevice(count: number): Uint8Array | null {
  try {
    const device = openSync('/dev/urandom', 'r');
    try {
      const bytes = new Uint8Array(count);
      return readSync(device, bytes) === count ? bytes : null;
    } finally {
      closeSync(device);
    }
  } catch {
    return null;
  }
}
