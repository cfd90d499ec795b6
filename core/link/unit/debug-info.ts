/**
 * Debug information of a unit: its functions, their variables, and the lines of its statements, as DWARF 4 (DWARF Debugging Information
 * Format 4, sections 6.2 and 7.5; addresses as in "DWARF for WebAssembly": they count from the start of the code section's payload).
 *
 * Owns the encoding. Where a function and a string end up, the sink knows: final numbers in executables, relocations in
 * objects. Functions are known by their position in the list.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import { TOOL } from '../../support/tool.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';
import { DebugEntries, DWARF_VERSION, needsLists } from './debug-entries.ts';
import { abbreviations } from './debug-forms.ts';
import type { DebugBytes, DebugFunction, DebugSection, DebugSink, DebugWriter } from './debug-model.ts';
import { debugScope, localNames } from './debug-scopes.ts';
import { DebugStrings, zeroTerminated } from './debug-strings.ts';

/** Names of the sections, in the order in which they are written. */
const DEBUG_SECTIONS: readonly DebugSection[] = [
  '.debug_abbrev',
  '.debug_info',
  '.debug_loc',
  '.debug_ranges',
  '.debug_line',
  '.debug_str',
];

function sectionsOf(functions: readonly DebugFunction[]): readonly DebugSection[] {
  const hasLists = functions.some(({ scope }) => scope !== null && needsLists(scope));
  return DEBUG_SECTIONS.filter((name) => hasLists || name !== '.debug_loc');
}

/** Numbers of {@link Positions.rows} a position has. */
const ROW = 3;

function debugSections(
  file: string,
  pool: PoolReader,
  functions: readonly DebugFunction[],
  sink: DebugSink,
): DebugBytes {
  if (functions.length === 0) return [];
  const strings = new DebugStrings();
  const entries = new DebugEntries(pool, strings, sink);
  entries.write(file, `${TOOL.name} ${TOOL.version}`, functions);
  const bytes: Readonly<Record<DebugSection, Uint8Array>> = {
    '.debug_abbrev': abbreviations(),
    '.debug_info': entries.info.toBytes(),
    '.debug_loc': entries.lists.toBytes(),
    '.debug_ranges': ranges(functions, sink),
    '.debug_line': lines(file, functions, sink),
    '.debug_str': strings.bytes,
  };
  return sectionsOf(functions).map((name) => [name, bytes[name]] as const);
}

/** DWARF 4. */
export const DWARF: DebugWriter = { scopeOf: debugScope, localNames, sectionsOf, sections: debugSections };

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
    u16(out, DWARF_VERSION);
    sized(out, () => {
      // Bytes of the shortest instruction; operations of one; rows are statements.
      for (const byte of [1, 1, 1, LINE_BASE & 0xff, LINE_RANGE, OPCODE_BASE, ...OPERANDS]) out.u8(byte);
      // No folders; one file, of which folder, time and size are not known.
      out.u8(0);
      zeroTerminated(out, new TextEncoder().encode(file));
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
