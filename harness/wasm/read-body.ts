/**
 * A function body as locals and instructions, for those who compare code.
 *
 * Independent of core on purpose: what judges its encoder must not share its mistakes. Takes broken bodies: reading goes on as far
 * as the bytes go. Source: wasm core specification 5.4 and 5.5.13.
 */
import { Cursor, listSections } from './cursor.ts';
import { isSignedImmediate, readInstruction } from './instructions.ts';

/** An instruction as its bytes have it. */
export interface ReadInstruction {
  readonly op: number;
  /** Numbers behind the opcode in their order; bytes that are no number (constants of floats, lanes) as one. */
  readonly immediates: readonly bigint[];
  /** Place of its first byte. */
  readonly at: number;
}

/** A body, read. */
export interface ReadBody {
  /** Value type byte of each local that is no parameter. */
  readonly locals: readonly number[];
  readonly instructions: readonly ReadInstruction[];
}

/** Locals above which a declaration is taken for broken. */
const MOST_LOCALS = 50_000;

const CODE_SECTION = 10;

/** The bodies of a module's own functions, in order: locals to final `end`, as places in `bytes`. */
export function bodiesOf(bytes: Uint8Array): { readonly start: number; readonly end: number }[] {
  const found: { readonly start: number; readonly end: number }[] = [];
  const section = listSections(bytes).find(({ id }) => id === CODE_SECTION);
  if (section === undefined) return found;
  const cursor = new Cursor(bytes, section.from, section.to);
  for (let left = cursor.number(); left > 0 && cursor.at < section.to; left--) {
    const size = cursor.number();
    found.push({ start: cursor.at, end: Math.min(cursor.at + size, section.to) });
    cursor.at += size;
  }
  return found;
}

/** Reads the body at `start ..< end` of `bytes`. */
export function readBody(bytes: Uint8Array, start: number, end: number): ReadBody {
  const cursor = new Cursor(bytes, start, end);
  const locals: number[] = [];
  for (let groups = cursor.number(); groups > 0 && cursor.at < end; groups--) {
    const count = cursor.number();
    const type = cursor.byte();
    for (let n = Math.min(count, MOST_LOCALS - locals.length); n > 0; n--) locals.push(type);
  }
  const instructions: ReadInstruction[] = [];
  while (cursor.at < end) {
    const at = cursor.at;
    const immediates: bigint[] = [];
    let told = at + 1;
    const op = readInstruction(cursor, (kind) => {
      immediates.push(isSignedImmediate(kind) ? cursor.signed() : BigInt(cursor.number()));
      told = cursor.at;
    });
    if (cursor.at > told) immediates.push(littleEndian(bytes.subarray(told, Math.min(cursor.at, end))));
    instructions.push({ op, immediates, at });
  }
  return { locals, instructions };
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let n = bytes.length - 1; n >= 0; n--) value = (value << 8n) | BigInt(bytes[n]!);
  return value;
}
