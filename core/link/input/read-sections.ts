/**
 * The sections that every module has, read into the draft of an object (wasm core spec 5.5.4 to 5.5.14).
 *
 * Owns their grammar and nothing of linking. Every read is checked; what an object may not contain is refused by name.
 */
import type { ByteReader } from '../../wasm/byte-reader.ts';
import {
  ExternalKind,
  FUNC_TYPE,
  isValType,
  LimitsFlag,
  OTHER_TYPE_FORMS,
  OTHER_VAL_TYPES,
  PAGE_SIZE,
  SegmentMode,
  ValType,
} from '../../wasm/kinds.ts';
import { OP, SIMD_OP } from '../../wasm/opcodes.ts';
import type { Draft, DraftSegment } from './object-draft.ts';
import { readIndex, refuse } from './object-draft.ts';
import type { ObjSymIndex, ObjTypeIndex } from './index-spaces.ts';
import type { InitRef } from './object-file.ts';
import { signatureKey } from './object-file.ts';

/** Type section. */
export function readTypes(reader: ByteReader, draft: Draft): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const form = reader.u8();
    if (form !== FUNC_TYPE) {
      const what = OTHER_TYPE_FORMS[form];
      if (what === undefined) reader.fail(`unknown type form 0x${form.toString(16)}`, at);
      refuse('object_unsupported', { what }, at);
    }
    const params = readValTypes(reader);
    draft.types.push(signatureKey(params, readValTypes(reader)));
  }
}

function readValTypes(reader: ByteReader): Uint8Array {
  const types = reader.take(reader.count());
  for (let i = 0; i < types.length; i++) {
    if (!isValType(types[i]!)) refuseValType(reader, types[i]!, reader.at - types.length + i);
  }
  return types;
}

function refuseValType(reader: ByteReader, byte: number, at: number): never {
  const name = OTHER_VAL_TYPES[byte];
  if (name === undefined) reader.fail('unknown value type', at);
  return refuse('object_unsupported', { what: `value type ${name}` }, at);
}

/** Import section. */
export function readImports(reader: ByteReader, draft: Draft): void {
  const count = reader.count(4);
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const module = reader.text();
    const field = reader.text();
    const kind = reader.u8();
    switch (kind) {
      case ExternalKind.function:
        draft.funcImports.push({ module, field, type: readIndex(reader, 'type', draft.types.length) as ObjTypeIndex });
        break;
      case ExternalKind.table: {
        const refType = readRefType(reader);
        const { is64, min, max } = readLimits(reader, TABLE_FLAGS);
        draft.tableImports.push({ module, field, refType, is64, min, max });
        break;
      }
      case ExternalKind.memory:
        readMemory(reader, draft, at);
        break;
      case ExternalKind.global: {
        const { valType, mutable } = readGlobalType(reader);
        draft.globalImports.push({ module, field, valType, mutable });
        break;
      }
      case ExternalKind.tag:
        draft.tagImports.push({ module, field, type: readTagType(reader, draft) });
        break;
      default:
        reader.fail('unknown import kind', reader.at - 1);
    }
  }
}

/** Memory section: relocatable output of wasm-ld defines its memory instead of importing it. */
export function readMemories(reader: ByteReader, draft: Draft): void {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) readMemory(reader, draft, reader.at);
}

function readMemory(reader: ByteReader, draft: Draft, at: number): void {
  if (draft.memory) refuse('object_unsupported', { what: 'second memory' }, at);
  const { is64, shared, pageSize } = readLimits(reader, MEMORY_FLAGS);
  draft.memory = { is64, shared, pageSize };
}

const TABLE_FLAGS = LimitsFlag.has_max | LimitsFlag.is_64;
const MEMORY_FLAGS = TABLE_FLAGS | LimitsFlag.shared | LimitsFlag.page_size;

interface Limits {
  readonly is64: boolean;
  readonly shared: boolean;
  readonly min: number;
  readonly max: number | null;
  /** Bytes; null if the limits do not say. */
  readonly pageSize: number | null;
}

/** Limits with flags among `known`; those of memories come from the layout in the end. */
function readLimits(reader: ByteReader, known: number): Limits {
  const at = reader.at;
  const flags = reader.u8();
  if ((flags & ~known) !== 0) reader.fail('unknown limits flags', at);
  const is64 = (flags & LimitsFlag.is_64) !== 0;
  const bound = (): number => (is64 ? reader.uleb64() + reader.hi * 0x1_0000_0000 : reader.uleb());
  const min = bound();
  const max = (flags & LimitsFlag.has_max) !== 0 ? bound() : null;
  if (max !== null && max < min) reader.fail('limits with a maximum below the minimum', at);
  const pageSize = (flags & LimitsFlag.page_size) !== 0 ? readPageSize(reader) : null;
  return { is64, shared: (flags & LimitsFlag.shared) !== 0, min, max, pageSize };
}

/** The proposal knows pages of one byte and of 64 KiB. */
function readPageSize(reader: ByteReader): number {
  const at = reader.at;
  const exponent = reader.uleb();
  if (exponent !== 0 && 2 ** exponent !== PAGE_SIZE) reader.fail('unknown page size', at);
  return 2 ** exponent;
}

function readRefType(reader: ByteReader): number {
  const at = reader.at;
  const refType = reader.u8();
  if (refType === TABLE_WITH_INIT) refuse('object_unsupported', { what: 'table with an initial value' }, at);
  if (refType === ValType.funcref || refType === ValType.externref || refType === ValType.exnref) return refType;
  return isValType(refType) ? reader.fail('unknown reference type', at) : refuseValType(reader, refType, at);
}

/** In place of the type of a table: what it is filled with follows its limits. */
const TABLE_WITH_INIT = 0x40;

/** Table section. */
export function readTables(reader: ByteReader, draft: Draft): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const refType = readRefType(reader);
    const { is64, min, max } = readLimits(reader, TABLE_FLAGS);
    draft.tables.push({ refType, is64, min, max });
  }
}

/** Tag section. */
export function readTags(reader: ByteReader, draft: Draft): void {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) draft.tags.push(readTagType(reader, draft));
}

function readTagType(reader: ByteReader, draft: Draft): ObjTypeIndex {
  if (reader.u8() !== 0) reader.fail('unknown tag attribute', reader.at - 1);
  const at = reader.at;
  const type = readIndex(reader, 'type', draft.types.length) as ObjTypeIndex;
  if (!draft.types[type]!.endsWith('>')) reader.fail('tag with results', at);
  return type;
}

function readGlobalType(reader: ByteReader): { valType: number; mutable: boolean } {
  const valType = reader.u8();
  if (!isValType(valType)) refuseValType(reader, valType, reader.at - 1);
  const mutable = reader.u8();
  if (mutable > 1) reader.fail('unknown mutability', reader.at - 1);
  return { valType, mutable: mutable === 1 };
}

/** Function section. */
export function readFunctions(reader: ByteReader, draft: Draft): Uint32Array {
  const count = reader.count();
  const types = draft.slab.u32(count);
  for (let i = 0; i < count; i++) types[i] = readIndex(reader, 'type', draft.types.length);
  return types;
}

/** Global section. */
export function readGlobals(reader: ByteReader, draft: Draft): void {
  const count = reader.count(4);
  for (let i = 0; i < count; i++) {
    const { valType, mutable } = readGlobalType(reader);
    const start = reader.at;
    const refs: InitRef[] = [];
    readConstant(reader, draft, refs);
    draft.globals.push({ valType, mutable, start, end: reader.at - 1, refs: refs.length === 0 ? NO_REFS : refs });
  }
}

const NO_REFS: readonly InitRef[] = [];
const NO_SYMBOL = -1 as ObjSymIndex;

/** Reads a constant expression up to its `end`, and notes the indexes it mentions (core spec 3.3.10, extended-const). */
function readConstant(reader: ByteReader, draft: Draft, refs: InitRef[] | null): void {
  for (;;) {
    const at = reader.at;
    const op = reader.u8();
    switch (op) {
      case OP.end:
        return;
      case OP.i32_const:
        reader.sleb();
        break;
      case OP.i64_const:
        reader.sleb64();
        break;
      case OP.f32_const:
        reader.skip(4);
        break;
      case OP.f64_const:
        reader.skip(8);
        break;
      case OP.i32_add:
      case OP.i32_sub:
      case OP.i32_mul:
      case OP.i64_add:
      case OP.i64_sub:
      case OP.i64_mul:
        break;
      case OP.global_get: {
        const start = reader.at;
        const index = readIndex(reader, 'global', draft.globalImports.length + draft.globals.length);
        refs?.push({ at: start, end: reader.at, kind: 'global', index, symbol: NO_SYMBOL });
        break;
      }
      case OP.ref_func: {
        const start = reader.at;
        const index = readIndex(reader, 'function', draft.funcImports.length + draft.funcTypes.length);
        refs?.push({ at: start, end: reader.at, kind: 'function', index, symbol: NO_SYMBOL });
        break;
      }
      case OP.ref_null:
        reader.u8();
        break;
      case OP.prefix_simd:
        if (reader.uleb() !== SIMD_OP.v128_const) notConstant(at);
        reader.skip(16);
        break;
      default:
        notConstant(at);
    }
  }
}

function notConstant(at: number): never {
  return refuse('object_unsupported', { what: 'initialiser that is not a constant expression' }, at);
}

/** Export section: symbols say what is exported, this says under which name. */
export function readExports(reader: ByteReader, draft: Draft): void {
  const count = reader.count(3);
  const names = new Map<number, string>();
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    const kind = reader.u8();
    if (kind !== ExternalKind.function) reader.uleb();
    else names.set(readIndex(reader, 'function', draft.funcImports.length + draft.funcTypes.length), name);
  }
  draft.exportNames = names;
}

/** Code section: where the bodies lie. */
export function readCode(reader: ByteReader, draft: Draft): void {
  const at = reader.at;
  const count = reader.count(2);
  if (count !== draft.funcTypes.length) reader.fail('function and code section disagree', at);
  draft.bodyStart = draft.slab.u32(count);
  draft.bodyEnd = draft.slab.u32(count);
  for (let i = 0; i < count; i++) {
    const size = reader.uleb();
    draft.bodyStart[i] = reader.at;
    reader.skip(size);
    draft.bodyEnd[i] = reader.at;
  }
}

/** Data section: where the contents lie. */
export function readData(reader: ByteReader, draft: Draft): void {
  const count = reader.count(2);
  const segments = new Array<DraftSegment>(count);
  draft.segments = segments;
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const mode = reader.uleb();
    if (mode > SegmentMode.active_memory) reader.fail('unknown data segment mode', at);
    if (mode === SegmentMode.active_memory && reader.uleb() !== 0) {
      refuse('object_unsupported', { what: 'data segment of another memory' }, at);
    }
    if (mode !== SegmentMode.passive) readConstant(reader, draft, null);
    const size = reader.uleb();
    const start = reader.at;
    reader.skip(size);
    const passive = mode === SegmentMode.passive;
    segments[i] = { name: '', alignLog2: 0, flags: 0, passive, start, end: reader.at, isZero: false };
  }
}
