/**
 * Debug information of a unit: its functions and the lines of its statements, as DWARF 4 (DWARF Debugging Information Format 4,
 * sections 6.2 and 7.5; addresses as in "DWARF for WebAssembly": they count from the start of the code section's payload).
 *
 * Owns the encoding. Where a function and a string end up, the sink knows: final numbers in executables, relocations in
 * objects. Functions are known by their position in the list.
 */
import { TOOL } from '../../support/tool.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';

/** Names of the sections, in the order in which they are written. */
export const DEBUG_SECTIONS = ['.debug_abbrev', '.debug_info', '.debug_ranges', '.debug_line', '.debug_str'] as const;
export type DebugSection = (typeof DEBUG_SECTIONS)[number];

/** Where code of a body comes from: three numbers each, the offset in the body ascending, line and column. */
export class Positions {
  readonly rows: number[] = [];

  /** What follows from byte `offset` of the body on comes from there. Of several at one place the last counts. */
  add(offset: number, line: number, column: number): void {
    if (this.rows.at(-3) === offset) this.rows.length -= 3;
    this.rows.push(offset, line, column);
  }
}

/** Numbers of {@link Positions.rows} a position has. */
const ROW = 3;

/** A function with its body. */
export interface DebugFunction {
  readonly name: string;
  /** Bytes of the body, from its locals on. */
  readonly size: number;
  readonly positions: Positions;
}

/** Numbers that only the output knows. Each method appends one. */
export interface DebugSink {
  /** Bytes of an address. */
  readonly addressSize: 4 | 8;
  /** Address of byte `offset` of function `n`. */
  address(out: ByteWriter, section: DebugSection, n: number, offset: number): void;
  /** Byte `offset` of what the unit has of section `target`, in 4 bytes. */
  offset(out: ByteWriter, section: DebugSection, target: DebugSection, offset: number): void;
}

/** Bytes by section; none where there are no functions. */
export type DebugBytes = readonly (readonly [DebugSection, Uint8Array])[];

/** Strings of the unit as `.debug_str` has them, and where each is. */
export class DebugStrings {
  readonly producer: number;
  readonly file: number;
  readonly functions: readonly number[];
  readonly bytes: Uint8Array;

  constructor(file: string, functions: readonly DebugFunction[]) {
    const out = new ByteWriter(256);
    const place = (text: string): number => {
      const at = out.length;
      zeroTerminated(out, text);
      return at;
    };
    this.producer = place(`${TOOL.name} ${TOOL.version}`);
    this.file = place(file);
    this.functions = functions.map(({ name }) => place(name));
    this.bytes = out.toBytes();
  }
}

const encoder = new TextEncoder();

/** A name has no NUL inside of it: what follows one is left out. */
function zeroTerminated(out: ByteWriter, text: string): void {
  const bytes = encoder.encode(text);
  const end = bytes.indexOf(0);
  out.append(end < 0 ? bytes : bytes.subarray(0, end));
  out.u8(0);
}

/** All sections of `functions`, whose lines are those of the file called `file`. */
export function debugSections(
  file: string,
  functions: readonly DebugFunction[],
  strings: DebugStrings,
  sink: DebugSink,
): DebugBytes {
  if (functions.length === 0) return [];
  return [
    ['.debug_abbrev', abbreviations()],
    ['.debug_info', information(functions, strings, sink)],
    ['.debug_ranges', ranges(functions, sink)],
    ['.debug_line', lines(file, functions, sink)],
    ['.debug_str', strings.bytes],
  ];
}

// DWARF 4, figures 18 to 21.
const TAG = { compile_unit: 0x11, subprogram: 0x2e } as const;
const AT = {
  name: 0x03,
  stmt_list: 0x10,
  low_pc: 0x11,
  high_pc: 0x12,
  language: 0x13,
  producer: 0x25,
  ranges: 0x55,
} as const;
const FORM = { addr: 0x01, data2: 0x05, data4: 0x06, strp: 0x0e, sec_offset: 0x17 } as const;
/** C99, whose values and calls debuggers know; AIR has no language of its own. */
const LANGUAGE = 0x0c;
const VERSION = 4;

const UNIT_CODE = 1;
const FUNCTION_CODE = 2;

/** What entries look like. */
function abbreviations(): Uint8Array {
  const out = new ByteWriter(64);
  const entry = (
    code: number,
    tag: number,
    hasChildren: number,
    attributes: readonly (readonly [number, number])[],
  ) => {
    out.uleb(code);
    out.uleb(tag);
    out.u8(hasChildren);
    for (const pair of [...attributes, [0, 0]]) for (const number of pair) out.uleb(number);
  };
  entry(UNIT_CODE, TAG.compile_unit, 1, [
    [AT.producer, FORM.strp],
    [AT.language, FORM.data2],
    [AT.name, FORM.strp],
    [AT.stmt_list, FORM.sec_offset],
    [AT.low_pc, FORM.addr],
    [AT.ranges, FORM.sec_offset],
  ]);
  entry(FUNCTION_CODE, TAG.subprogram, 0, [
    [AT.low_pc, FORM.addr],
    [AT.high_pc, FORM.data4],
    [AT.name, FORM.strp],
  ]);
  out.uleb(0);
  return out.toBytes();
}

/** Writes what `body` writes behind its length in 4 bytes. */
function sized(out: ByteWriter, body: () => void): void {
  const at = out.length;
  out.u32(0);
  body();
  out.patchU32(at, out.length - at - 4);
}

function u16(out: ByteWriter, value: number): void {
  out.u8(value);
  out.u8(value >> 8);
}

/** One compilation unit, with an entry for each function. */
function information(functions: readonly DebugFunction[], strings: DebugStrings, sink: DebugSink): Uint8Array {
  const out = new ByteWriter(256);
  const string = (offset: number): void => {
    sink.offset(out, '.debug_info', '.debug_str', offset);
  };
  sized(out, () => {
    u16(out, VERSION);
    sink.offset(out, '.debug_info', '.debug_abbrev', 0);
    out.u8(sink.addressSize);
    out.uleb(UNIT_CODE);
    string(strings.producer);
    u16(out, LANGUAGE);
    string(strings.file);
    sink.offset(out, '.debug_info', '.debug_line', 0);
    out.zeros(sink.addressSize);
    sink.offset(out, '.debug_info', '.debug_ranges', 0);
    functions.forEach(({ size }, n) => {
      out.uleb(FUNCTION_CODE);
      sink.address(out, '.debug_info', n, 0);
      out.u32(size);
      string(strings.functions[n]!);
    });
    out.uleb(0);
  });
  return out.toBytes();
}

/** Start and end of each function. */
function ranges(functions: readonly DebugFunction[], sink: DebugSink): Uint8Array {
  const out = new ByteWriter(256);
  functions.forEach(({ size }, n) => {
    sink.address(out, '.debug_ranges', n, 0);
    sink.address(out, '.debug_ranges', n, size);
  });
  out.zeros(2 * sink.addressSize);
  return out.toBytes();
}

const LINE_BASE = -5;
const LINE_RANGE = 14;
/** Number of operands of the standard opcodes, from 1 on. */
const OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1] as const;
const OPCODE_BASE = OPERANDS.length + 1;
const LNS = { copy: 1, advance_pc: 2, advance_line: 3, set_column: 5 } as const;
const LNE = { end_sequence: 1, set_address: 2 } as const;

/** The line number program: a sequence for each function that has positions. */
function lines(file: string, functions: readonly DebugFunction[], sink: DebugSink): Uint8Array {
  const out = new ByteWriter(256);
  sized(out, () => {
    u16(out, VERSION);
    sized(out, () => {
      // Bytes of the shortest instruction; operations of one; rows are statements.
      for (const byte of [1, 1, 1, LINE_BASE & 0xff, LINE_RANGE, OPCODE_BASE, ...OPERANDS]) out.u8(byte);
      // No folders; one file, of which folder, time and size are not known.
      out.u8(0);
      zeroTerminated(out, file);
      out.zeros(4);
    });
    functions.forEach((func, n) => {
      if (func.positions.rows.length > 0) sequence(out, func, n, sink);
    });
  });
  return out.toBytes();
}

function extended(out: ByteWriter, opcode: number, size: number): void {
  out.u8(0);
  out.uleb(1 + size);
  out.u8(opcode);
}

/** Rows of one function. What is in front of its first position counts as that. */
function sequence(out: ByteWriter, { size, positions: { rows } }: DebugFunction, n: number, sink: DebugSink): void {
  extended(out, LNE.set_address, sink.addressSize);
  sink.address(out, '.debug_line', n, 0);
  let [address, line, column] = [0, 1, 0];
  for (let at = 0; at < rows.length; at += ROW) {
    const [offset, toLine, toColumn] = [at === 0 ? 0 : rows[at]!, rows[at + 1]!, rows[at + 2]!];
    if (toColumn !== column) {
      out.u8(LNS.set_column);
      out.uleb(toColumn);
      column = toColumn;
    }
    row(out, offset - address, toLine - line);
    [address, line] = [offset, toLine];
  }
  out.u8(LNS.advance_pc);
  out.uleb(size - address);
  extended(out, LNE.end_sequence, 0);
}

/** A row behind the last one, in one byte if that can say it. */
function row(out: ByteWriter, bytes: number, lineStep: number): void {
  const special = lineStep - LINE_BASE + LINE_RANGE * bytes + OPCODE_BASE;
  if (lineStep >= LINE_BASE && lineStep < LINE_BASE + LINE_RANGE && special <= 255) {
    out.u8(special);
    return;
  }
  if (bytes !== 0) {
    out.u8(LNS.advance_pc);
    out.uleb(bytes);
  }
  if (lineStep !== 0) {
    out.u8(LNS.advance_line);
    signedLeb(out, lineStep);
  }
  out.u8(LNS.copy);
}

/** Lines are 32 bits without a sign, so a step has 33. */
function signedLeb(out: ByteWriter, value: number): void {
  out.sleb64(value | 0, Math.floor(value / 0x1_0000_0000));
}
