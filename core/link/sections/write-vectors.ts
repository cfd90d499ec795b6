/**
 * Sections that executables and objects write in the same way: header, types, function types, active segments.
 *
 * Owns their bytes (wasm core spec 5.5). Knows neither kind of output.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { FUNC_TYPE, LimitsFlag, MODULE_HEADER, SectionId } from '../../wasm/kinds.ts';
import { OP } from '../../wasm/opcodes.ts';
import type { OutIndex, Slot } from '../input/index-spaces.ts';
import type { InitRef, ObjectGlobal, SignatureKey } from '../input/object-file.ts';

/** Flags of an active element segment that names its table and its kind (which is functions). */
const ELEMENT_WITH_TABLE = 2;

/** Magic and version. */
export function writeHeader(out: ByteWriter): void {
  for (const byte of MODULE_HEADER) out.u8(byte);
}

/** Type section; nothing if there is no type. */
export function writeTypes(out: ByteWriter, types: readonly SignatureKey[]): void {
  if (types.length === 0) return;
  const mark = out.beginSection(SectionId.type);
  out.uleb(types.length);
  for (const key of types) {
    const separator = key.indexOf('>');
    out.u8(FUNC_TYPE);
    out.uleb(separator);
    for (let i = 0; i < separator; i++) out.u8(key.charCodeAt(i));
    out.uleb(key.length - separator - 1);
    for (let i = separator + 1; i < key.length; i++) out.u8(key.charCodeAt(i));
  }
  out.endSized(mark);
}

/** Function section; nothing if no function is defined. */
export function writeFunctions(out: ByteWriter, typeIndexes: ArrayLike<number>): void {
  if (typeIndexes.length === 0) return;
  const mark = out.beginSection(SectionId.function);
  out.uleb(typeIndexes.length);
  for (let i = 0; i < typeIndexes.length; i++) out.uleb(typeIndexes[i]!);
  out.endSized(mark);
}

/** What the one active element segment of an output fills. */
export interface ElementsContent {
  readonly firstSlot: Slot;
  readonly funcs: readonly OutIndex<'function'>[];
  readonly table: OutIndex<'table'>;
  /** Slots are 64 bits wide. */
  readonly isTable64: boolean;
}

/** Element section; nothing if there is no function. */
export function writeElements(out: ByteWriter, { firstSlot, funcs, table, isTable64 }: ElementsContent): void {
  if (funcs.length === 0) return;
  const mark = out.beginSection(SectionId.element);
  out.uleb(1);
  out.uleb(table === 0 ? 0 : ELEMENT_WITH_TABLE);
  if (table !== 0) out.uleb(table);
  writeAddressConst(out, firstSlot, isTable64);
  if (table !== 0) out.u8(0);
  out.uleb(funcs.length);
  for (const index of funcs) out.uleb(index);
  out.endSized(mark);
}

/** Constant expression of an i32; the value is kept modulo 2^32. */
export function writeI32Const(out: ByteWriter, value: number): void {
  out.u8(OP.i32_const);
  out.sleb(value);
  out.u8(OP.end);
}

/** Constant expression of an address: an i32 or an i64. */
export function writeAddressConst(out: ByteWriter, value: number, is64: boolean): void {
  if (!is64) {
    writeI32Const(out, value);
    return;
  }
  out.u8(OP.i64_const);
  out.sleb64(value | 0, Math.floor(value / 0x1_0000_0000));
  out.u8(OP.end);
}

/** Limits, in the unit of the thing limited; `flags` are LimitsFlag bits beside that of the maximum. */
export function writeLimits(out: ByteWriter, min: number, max: number | null, flags = 0): void {
  out.u8(flags | (max === null ? 0 : LimitsFlag.has_max));
  writeBound(out, min, flags);
  if (max !== null) writeBound(out, max, flags);
}

function writeBound(out: ByteWriter, bound: number, flags: number): void {
  if ((flags & LimitsFlag.is_64) === 0) out.uleb(bound);
  else out.uleb64(bound | 0, Math.floor(bound / 0x1_0000_0000));
}

/** A global of an object whose bytes are `bytes`, with the indexes in its initialiser replaced by those of the output. */
export function writeGlobal(
  out: ByteWriter,
  bytes: Uint8Array,
  { valType, mutable, start, end, refs }: ObjectGlobal,
  indexOf: (ref: InitRef) => number,
): void {
  out.u8(valType);
  out.u8(mutable ? 1 : 0);
  let at = start;
  for (const ref of refs) {
    out.appendRange(bytes, at, ref.at);
    out.uleb(indexOf(ref));
    at = ref.end;
  }
  out.appendRange(bytes, at, end);
  out.u8(OP.end);
}
