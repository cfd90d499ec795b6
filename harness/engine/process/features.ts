/**
 * What a module asks of an engine beyond the first version of wasm: which features it uses, and a smallest module of each.
 *
 * An engine is asked once for each feature whether it takes the smallest module; what a module of a case uses is read from its
 * bytes. So an engine that lacks a feature is told from one that refuses a valid module. Does not ask core. Limit: instructions
 * that are not listed, such as those of GC, belong to no feature.
 * Source: core specification 3.0, section 5; proposals threads and wide-arithmetic.
 */
import type { Cursor } from '../../wasm/cursor.ts';
import { readInstruction, skipLocals } from '../../wasm/instructions.ts';
import { ModuleEdit } from '../../wasm/module-parts.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const IS_SHARED = 2;
const IS_64 = 4;

/** A module with one function of type `() -> ()` and `body`, and `more` sections in front of the code. */
function withBody(body: readonly number[], more: readonly number[] = []): Uint8Array {
  const code = [0, ...body, 0x0b];
  return Uint8Array.from([
    ...HEADER,
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...more,
    ...[10, code.length + 2, 1, code.length, ...code],
  ]);
}

const MEMORY = [5, 3, 1, 0, 1];
const SHARED_MEMORY = [5, 4, 1, 3, 1, 1];
const ZERO = [0x41, 0];
const ZERO_64 = [0x42, 0];
const DROP = 0x1a;

/** Smallest modules. */
const SMALLEST = {
  sign_ext: withBody([...ZERO, 0xc0, DROP]),
  nontrapping_fptoint: withBody([0x43, 0, 0, 0, 0, 0xfc, 0, DROP]),
  bulk_memory: withBody([...ZERO, ...ZERO, ...ZERO, 0xfc, 11, 0], MEMORY),
  simd: withBody([0xfd, 12, ...Array.from({ length: 16 }, () => 0), DROP]),
  relaxed_simd: withBody([...v128Zero(), ...v128Zero(), 0xfd, 0x80, 2, DROP]),
  atomics: withBody([...ZERO, 0xfe, 0x10, 2, 0, DROP], SHARED_MEMORY),
  tail_call: withBody([0x12, 0]),
  wide_arithmetic: withBody([...ZERO_64, ...ZERO_64, ...ZERO_64, ...ZERO_64, 0xfc, 19, DROP, DROP]),
  legacy_exceptions: withBody([0x06, 0x40, 0x19, 0x0b]),
  exnref: withBody([0x1f, 0x40, 0, 0x0b]),
  memory64: Uint8Array.from([...HEADER, 5, 3, 1, IS_64, 0]),
  table64: Uint8Array.from([...HEADER, 4, 4, 1, 0x70, IS_64, 0]),
  multi_memory: Uint8Array.from([...HEADER, 5, 5, 2, 0, 0, 0, 0]),
  multi_value: Uint8Array.from([...HEADER, 1, 6, 1, 0x60, 0, 2, 0x7f, 0x7f]),
  // (table funcref) twice.
  reference_types: Uint8Array.from([...HEADER, 4, 7, 2, 0x70, 0, 0, 0x70, 0, 0]),
  // (global i32 (i32.add (i32.const 0) (i32.const 0)))
  extended_const: Uint8Array.from([...HEADER, 6, 9, 1, 0x7f, 0, ...ZERO, ...ZERO, 0x6a, 0x0b]),
} as const;

function v128Zero(): number[] {
  return [0xfd, 12, ...Array.from({ length: 16 }, () => 0)];
}

/** Name of a feature: as in target_features, with `_` (tool conventions, "Target Features Section"). */
export type Feature = keyof typeof SMALLEST;

/** All features, in the order of {@link SMALLEST_MODULES}. */
export const FEATURES = Object.keys(SMALLEST) as readonly Feature[];

/** One module for each feature that has it and nothing else. */
export const SMALLEST_MODULES: readonly Uint8Array[] = Object.values(SMALLEST);

const SECTION_IMPORT = 2;
const SECTION_TABLE = 4;
const SECTION_MEMORY = 5;
const SECTION_GLOBAL = 6;
const SECTION_CODE = 10;
const OP_END = 0x0b;

/** Features that `bytes` uses. What is not understood uses none. */
export function featuresOf(bytes: Uint8Array): ReadonlySet<Feature> {
  const found = new Set<Feature>();
  const edit = new ModuleEdit(bytes);
  const read = (id: number, body: (cursor: Cursor) => void): void => {
    const section = edit.section(id);
    if (section !== undefined) body(edit.cursor(section));
  };
  read(1, (cursor) => readTypes(cursor, found));
  read(SECTION_IMPORT, (cursor) => {
    for (let n = cursor.number(); n > 0 && cursor.at < cursor.end; n--) {
      cursor.skipName();
      cursor.skipName();
      const kind = cursor.byte();
      if (kind === 1) cursor.byte();
      if (kind === 1 || kind === 2) readLimits(cursor, kind === 1 ? 'table' : 'memory', found);
      else if (kind === 3) cursor.at += 2;
      else {
        if (kind === 4) cursor.byte();
        cursor.number();
      }
    }
  });
  read(SECTION_TABLE, (cursor) => {
    const count = cursor.number();
    if (count > 1) found.add('reference_types');
    for (let n = count; n > 0 && cursor.at < cursor.end; n--) {
      cursor.byte();
      readLimits(cursor, 'table', found);
    }
  });
  read(SECTION_MEMORY, (cursor) => {
    const count = cursor.number();
    if (count > 1) found.add('multi_memory');
    for (let n = count; n > 0 && cursor.at < cursor.end; n--) readLimits(cursor, 'memory', found);
  });
  read(SECTION_GLOBAL, (cursor) => {
    for (let n = cursor.number(); n > 0 && cursor.at < cursor.end; n--) {
      cursor.at += 2;
      let instructions = 0;
      while (cursor.at < cursor.end && readInstruction(cursor, skip) !== OP_END) instructions++;
      if (instructions > 1) found.add('extended_const');
    }
  });
  read(SECTION_CODE, (cursor) => {
    for (let n = cursor.number(); n > 0 && cursor.at < cursor.end; n--) {
      const size = cursor.number();
      const end = Math.min(cursor.at + size, cursor.end);
      skipLocals(cursor);
      while (cursor.at < end) readOne(cursor, found);
      cursor.at = end;
    }
  });
  return found;
}

function skip(_kind: unknown, cursor: Cursor): void {
  cursor.number();
}

function readTypes(cursor: Cursor, found: Set<Feature>): void {
  for (let n = cursor.number(); n > 0 && cursor.at < cursor.end; n--) {
    if (cursor.byte() !== 0x60) return;
    cursor.at += cursor.number();
    const results = cursor.number();
    if (results > 1) found.add('multi_value');
    cursor.at += results;
  }
}

function readLimits(cursor: Cursor, of: 'table' | 'memory', found: Set<Feature>): void {
  const flags = cursor.byte();
  if ((flags & IS_64) !== 0) found.add(of === 'table' ? 'table64' : 'memory64');
  if ((flags & IS_SHARED) !== 0) found.add('atomics');
  cursor.number();
  if ((flags & 1) !== 0) cursor.number();
}

function readOne(cursor: Cursor, found: Set<Feature>): void {
  const { at } = cursor;
  const op = readInstruction(cursor, skip);
  const feature = BY_OPCODE[op];
  if (feature !== undefined) found.add(feature);
  else if (op === 0xfc || op === 0xfd) {
    const sub = subOpcode(cursor.bytes, at + 1);
    if (op === 0xfd) found.add(sub >= 0x100 ? 'relaxed_simd' : 'simd');
    else if (sub <= 7) found.add('nontrapping_fptoint');
    else if (sub <= 14) found.add('bulk_memory');
    else if (sub >= 19 && sub <= 22) found.add('wide_arithmetic');
    else found.add('reference_types');
  }
}

/** Unsigned LEB128 of at most two bytes. */
function subOpcode(bytes: Uint8Array, at: number): number {
  const low = bytes[at] ?? 0;
  return low < 0x80 ? low : (low & 0x7f) + ((bytes[at + 1] ?? 0) & 0x7f) * 0x80;
}

const BY_OPCODE: Readonly<Record<number, Feature>> = {
  0x06: 'legacy_exceptions',
  0x07: 'legacy_exceptions',
  0x09: 'legacy_exceptions',
  0x0a: 'exnref',
  0x12: 'tail_call',
  0x13: 'tail_call',
  0x18: 'legacy_exceptions',
  0x19: 'legacy_exceptions',
  0x1c: 'reference_types',
  0x1f: 'exnref',
  0x25: 'reference_types',
  0x26: 'reference_types',
  0xc0: 'sign_ext',
  0xc1: 'sign_ext',
  0xc2: 'sign_ext',
  0xc3: 'sign_ext',
  0xc4: 'sign_ext',
  0xd0: 'reference_types',
  0xd1: 'reference_types',
  0xd2: 'reference_types',
  0xfe: 'atomics',
};
