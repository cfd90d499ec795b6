/**
 * The immediates of instructions, one after the other: what each is, and which bytes it takes.
 *
 * Independent of core on purpose. Knows the instructions of the core specification 3.0 without GC, and those of the threads
 * and exception handling proposals; any other opcode counts as one without immediates.
 * Source: wasm core specification 5.4, threads proposal "Binary format".
 */
import type { Cursor } from './cursor.ts';

/** What an immediate is. LEB128 numbers, but for `bytes`. */
export const Immediate = {
  function: 0,
  type: 1,
  table: 2,
  global: 3,
  tag: 4,
  data: 5,
  element: 6,
  local: 7,
  /** Labels, counts, alignments, sub-opcodes. */
  plain: 8,
  /** Offset of a memory access. */
  offset: 9,
  /** Signed constants. */
  i32: 10,
  i64: 11,
  memory: 12,
  /** Block type, signed. */
  block: 13,
} as const;
export type Immediate = (typeof Immediate)[keyof typeof Immediate];

/** Whether an immediate is a signed number. */
export function isSignedImmediate(kind: Immediate): boolean {
  return kind === Immediate.i32 || kind === Immediate.i64 || kind === Immediate.block;
}

/** Told of every LEB128 immediate: the cursor stands at its first byte, and must stand behind it afterwards. */
export type OnImmediate = (kind: Immediate, cursor: Cursor) => void;

const { i32, i64, plain, offset, local, global, table, type, tag, data, element, memory, block } = Immediate;

/** Immediates by opcode, of those that are LEB128 numbers and nothing else. */
const BY_OPCODE: readonly (readonly Immediate[] | undefined)[] = ((): (readonly Immediate[])[] => {
  const rows: (readonly Immediate[])[] = [];
  for (const op of [0x02, 0x03, 0x04, 0x06]) rows[op] = [block];
  for (const op of [0x09, 0x0c, 0x0d, 0x18, 0xd5, 0xd6]) rows[op] = [plain];
  for (const op of [0x10, 0x12, 0xd2]) rows[op] = [Immediate.function];
  for (const op of [0x11, 0x13]) rows[op] = [type, table];
  for (const op of [0x20, 0x21, 0x22]) rows[op] = [local];
  for (const op of [0x23, 0x24]) rows[op] = [global];
  for (const op of [0x25, 0x26]) rows[op] = [table];
  for (const op of [0x3f, 0x40]) rows[op] = [memory];
  for (let op = 0x28; op <= 0x3e; op++) rows[op] = [plain, offset];
  rows[0x08] = [tag];
  rows[0x07] = [tag];
  rows[0x41] = [i32];
  rows[0x42] = [i64];
  rows[0xd0] = [plain];
  return rows;
})();

/** Immediates behind 0xfc and the sub-opcode. */
const MISC: Readonly<Record<number, readonly Immediate[]>> = {
  8: [data, memory],
  9: [data],
  10: [memory, memory],
  11: [memory],
  12: [element, table],
  13: [element],
  14: [table, table],
  15: [table],
  16: [table],
  17: [table],
};

/** Reads the instruction at the cursor and returns its opcode; `onImmediate` reads every LEB128 number of it. */
export function readInstruction(cursor: Cursor, onImmediate: OnImmediate): number {
  const op = cursor.byte();
  const listed = BY_OPCODE[op];
  if (listed !== undefined) {
    for (const kind of listed) onImmediate(kind, cursor);
    return op;
  }
  switch (op) {
    case 0x0e:
    case 0x1c:
      return readVector(op, cursor, onImmediate);
    case 0x1f:
      return readTryTable(cursor, onImmediate);
    case 0x43:
      cursor.at += 4;
      return op;
    case 0x44:
      cursor.at += 8;
      return op;
    case 0xfc: {
      const sub = readSub(cursor, onImmediate);
      for (const kind of MISC[sub] ?? []) onImmediate(kind, cursor);
      return op;
    }
    case 0xfd:
      readSimd(readSub(cursor, onImmediate), cursor, onImmediate);
      return op;
    case 0xfe: {
      const sub = readSub(cursor, onImmediate);
      onImmediate(plain, cursor);
      if (sub !== 0x03) onImmediate(offset, cursor);
      return op;
    }
    default:
      return op;
  }
}

/** The value of a LEB128 number that is told to `onImmediate` as well. */
function readSub(cursor: Cursor, onImmediate: OnImmediate): number {
  const start = cursor.at;
  const value = cursor.number();
  cursor.at = start;
  onImmediate(plain, cursor);
  return value;
}

/** Labels of br_table, or types of select. */
function readVector(op: number, cursor: Cursor, onImmediate: OnImmediate): number {
  const count = readSub(cursor, onImmediate);
  for (let left = op === 0x0e ? count + 1 : count; left > 0 && cursor.at < cursor.end; left--)
    onImmediate(plain, cursor);
  return op;
}

function readTryTable(cursor: Cursor, onImmediate: OnImmediate): number {
  onImmediate(block, cursor);
  for (let left = readSub(cursor, onImmediate); left > 0 && cursor.at < cursor.end; left--) {
    const kind = cursor.byte();
    if (kind < 2) onImmediate(tag, cursor);
    onImmediate(plain, cursor);
  }
  return 0x1f;
}

/** Core specification 5.4.9. */
function readSimd(sub: number, cursor: Cursor, onImmediate: OnImmediate): void {
  const isAccess = sub <= 11 || sub === 92 || sub === 93 || (sub >= 84 && sub <= 91);
  if (isAccess) {
    onImmediate(plain, cursor);
    onImmediate(offset, cursor);
  }
  if ((sub >= 21 && sub <= 34) || (sub >= 84 && sub <= 91)) cursor.at++;
  if (sub === 12 || sub === 13) cursor.at += 16;
}

/** Passes by the declarations of locals. */
export function skipLocals(cursor: Cursor): void {
  for (let groups = cursor.number(); groups > 0 && cursor.at < cursor.end; groups--) {
    cursor.number();
    cursor.at++;
  }
}
