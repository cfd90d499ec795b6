/**
 * Constant values to bytes, with the places that only a layout can fill.
 *
 * Owns the memory form of values. A pointer becomes zero bytes and a fixup; what it points to is not visited, so the
 * recursion depth is that of the type. Reads the pool and never interns. The result is the same for executables and
 * objects: one turns fixups into addresses, the other into relocations. Invariant: exactly abiSize(type) bytes; zero data
 * without fixups has no bytes at all.
 */
import { byteAt, byteCount } from '../../intern/byte-values.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { sentinelOf } from '../../intern/elements.ts';
import { IP } from '../../intern/keys.ts';
import { patternWords } from '../../intern/numbers.ts';
import { packedPattern } from '../../intern/packed.ts';
import { indexesTo } from '../../support/numeric.ts';
import { TypeKind, StructLayout } from '../../intern/type-kinds.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import {
  abiAlign,
  abiSize,
  errorOffset,
  errorPayloadOffset,
  fieldOffset,
  hasNullPayload,
  hasRuntimeBits,
  presenceWord,
  ptrSize,
  unionTagOffset,
} from '../../intern/layout.ts';
import { enumFieldValue, enumTag, payloadType, unionTag } from '../../intern/sums.ts';
import { InternalError, unreachable } from '../../support/assert.ts';
import { U32Column } from '../../support/column.ts';
import { writeWord } from '../../wasm/relocations.ts';

/** What a fixup writes. */
export const FixupKind = {
  /** Address of a data nav plus the addend. */
  nav: 0,
  /** Address of an unnamed constant plus the addend. */
  uav: 1,
  /** Table slot of a function nav. */
  slot: 2,
} as const;

/** Words of one fixup: offset in the datum, FixupKind, nav or interned value, addend (i32), explicit alignment or 0. */
export const FIXUP_WORDS = 5;

/** A constant in memory form. */
export interface LoweredData {
  /** Content, or null when all of it is zero and there is no fixup. */
  readonly bytes: Uint8Array | null;
  readonly size: number;
  /** FIXUP_WORDS words each, ascending by offset. */
  readonly fixups: Uint32Array;
}

/** Which navs have an address: decided by the unit, which this file does not know. */
export type NavHasBits = (nav: NavIndex) => boolean;

const UNDEFINED_BYTE = 0xaa;
const NO_FIXUPS = new Uint32Array(0);

interface Sink {
  readonly pool: PoolReader;
  readonly navHasBits: NavHasBits;
  readonly bytes: Uint8Array;
  /** Null as long as there is none: most constants hold no pointer. */
  fixups: U32Column | null;
}

/** Lowers `value` of type `ty`. */
export function lowerData(pool: PoolReader, ty: IpIndex, value: IpIndex, navHasBits: NavHasBits): LoweredData {
  const size = abiSize(pool, ty);
  const sink: Sink = { pool, navHasBits, bytes: new Uint8Array(size), fixups: null };
  lower(sink, ty, value, 0);
  const fixups = sink.fixups === null ? NO_FIXUPS : sink.fixups.toArray();
  const isZero = fixups.length === 0 && allZero(sink.bytes);
  return { bytes: isZero ? null : sink.bytes, size, fixups };
}

function lower(sink: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const { pool, bytes } = sink;
  const kind = pool.valueKind(value);
  switch (kind) {
    case ValueKind.undef:
      lowerUndefined(sink, ty, at);
      return;
    case ValueKind.bool:
      bytes[at] = pool.word(value, 0);
      return;
    case ValueKind.int:
      lowerInt(sink, ty, value, at);
      return;
    case ValueKind.float:
      lowerFloat(sink, ty, value, at);
      return;
    case ValueKind.void:
      return;
    case ValueKind.aggregate:
      lowerAggregate(sink, ty, value, at);
      return;
    case ValueKind.bytes:
      for (let i = 0; i < byteCount(pool, value); i++) bytes[at + i] = byteAt(pool, value, i);
      lowerSentinel(sink, ty, at);
      return;
    case ValueKind.repeated:
      lowerRepeated(sink, ty, pool.word(value, 1) as IpIndex, at);
      return;
    case ValueKind.ptr_nav:
    case ValueKind.ptr_uav:
    case ValueKind.ptr_int:
      lowerPointer(sink, value, at);
      return;
    case ValueKind.slice:
      lower(sink, pool.typeOf(pool.word(value, 1) as IpIndex), pool.word(value, 1) as IpIndex, at);
      lower(sink, IP.usize_type, pool.word(value, 2) as IpIndex, at + ptrSize(pool));
      return;
    case ValueKind.null:
      return;
    case ValueKind.err:
      writeCode(
        bytes,
        at + (pool.typeKind(ty) === TypeKind.error_set ? 0 : errorOffset(pool, ty)),
        pool.word(value, 1),
      );
      return;
    case ValueKind.payload:
      lowerPayload(sink, ty, pool.word(value, 1) as IpIndex, at);
      return;
    case ValueKind.enum_tag:
      lowerInt(sink, enumTag(pool, ty), pool.word(value, 1) as IpIndex, at);
      return;
    case ValueKind.union_value:
      lowerUnion(sink, ty, value, at);
      return;
  }
  unreachable(kind, 'kind of value');
}

/** Every byte 0xAA, but a sentinel is defined even in an undefined array. */
function lowerUndefined(sink: Sink, ty: IpIndex, at: number): void {
  sink.bytes.fill(UNDEFINED_BYTE, at, at + abiSize(sink.pool, ty));
  lowerSentinel(sink, ty, at);
}

function writeCode(bytes: Uint8Array, at: number, code: number): void {
  bytes[at] = code;
  bytes[at + 1] = code >> 8;
}

/** A present payload, or one without an error; the code of no error is zero. */
function lowerPayload(sink: Sink, ty: IpIndex, payload: IpIndex, at: number): void {
  const { pool, bytes } = sink;
  const child = payloadType(pool, ty);
  const isOptional = pool.typeKind(ty) === TypeKind.opt;
  if (hasRuntimeBits(pool, child)) lower(sink, child, payload, at + (isOptional ? 0 : errorPayloadOffset(pool, ty)));
  if (isOptional && !hasNullPayload(pool, ty)) bytes[at + presenceWord(pool, ty).offset] = 1;
}

function lowerUnion(sink: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const { pool } = sink;
  const field = pool.word(value, 1);
  if (pool.typeKind(ty) === TypeKind.packed) {
    lowerPacked(sink, value, at);
    return;
  }
  const fieldTy = pool.fieldType(ty, field);
  if (hasRuntimeBits(pool, fieldTy)) {
    lower(sink, fieldTy, pool.word(value, 2) as IpIndex, at + fieldOffset(pool, ty, field));
  }
  const tag = unionTag(pool, ty);
  if (tag === null) return;
  lowerInt(sink, enumTag(pool, tag), enumFieldValue(pool, tag, field), at + unionTagOffset(pool, ty));
}

/** Two's complement over the whole size: the words reach to the end of a 64-bit limb, the sign goes on from there. */
function lowerInt(sink: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const { pool, bytes } = sink;
  const size = abiSize(pool, ty);
  const count = patternWords(pool, value);
  const fill = pool.intSigned(ty) ? pool.patternWord(value, count - 1) >> 31 : 0;
  for (let i = 0; i < size; i++) {
    const word = i >> 2;
    bytes[at + i] = word < count ? pool.patternWord(value, word) >>> ((i & 3) * 8) : fill;
  }
}

/** The bytes of the pattern; those of an f80 behind it are zero. */
function lowerFloat({ pool, bytes }: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const size = pool.floatBits(ty) / 8;
  for (let i = 0; i < size; i++) bytes[at + i] = pool.patternWord(value, i >> 2) >>> ((i & 3) * 8);
}

function lowerAggregate(sink: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const { pool } = sink;
  const kind = pool.typeKind(ty);
  switch (kind) {
    case TypeKind.struct:
      for (const n of fieldsByOffset(pool, ty)) {
        const fieldTy = pool.fieldType(ty, n);
        if (!hasRuntimeBits(pool, fieldTy)) continue;
        lower(sink, fieldTy, pool.word(value, 1 + n) as IpIndex, at + fieldOffset(pool, ty, n));
      }
      return;
    case TypeKind.array:
    case TypeKind.vector: {
      const child = pool.childType(ty);
      const step = abiSize(pool, child);
      if (step === 0) return;
      for (let n = 0; n < pool.arrayLen(ty); n++) lower(sink, child, pool.word(value, 1 + n) as IpIndex, at + n * step);
      lowerSentinel(sink, ty, at);
      return;
    }
    case TypeKind.packed:
      lowerPacked(sink, value, at);
      return;
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
      throw new InternalError('a value with elements has a type without');
  }
  unreachable(kind, 'kind of type');
}

/** The bytes of the backing integer, which is unsigned: those above its width are zero. */
function lowerPacked({ pool, bytes }: Sink, value: IpIndex, at: number): void {
  let rest = packedPattern(pool, value);
  for (let i = at; rest > 0n; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
}

function lowerRepeated(sink: Sink, ty: IpIndex, elem: IpIndex, at: number): void {
  const { pool, bytes } = sink;
  const child = pool.childType(ty);
  const step = abiSize(pool, child);
  const count = pool.arrayLen(ty);
  if (step !== 0 && count > 0) {
    const before = sink.fixups?.length ?? 0;
    lower(sink, child, elem, at);
    for (let n = 1; n < count; n++) bytes.copyWithin(at + n * step, at, at + step);
    if (sink.fixups !== null) repeatFixups(sink.fixups, before, count, step);
  }
  lowerSentinel(sink, ty, at);
}

/** The fixups from word `before` on are those of the first of `count` elements, `step` bytes apart: adds those of the others. */
function repeatFixups(fixups: U32Column, before: number, count: number, step: number): void {
  const after = fixups.length;
  for (let n = 1; n < count; n++) {
    for (let f = before; f < after; f += FIXUP_WORDS) {
      fixups.push(fixups.get(f) + n * step);
      for (let w = 1; w < FIXUP_WORDS; w++) fixups.push(fixups.get(f + w));
    }
  }
}

function lowerSentinel(sink: Sink, ty: IpIndex, at: number): void {
  const { pool } = sink;
  const sentinel = sentinelOf(pool, ty);
  if (sentinel === null) return;
  const child = pool.childType(ty);
  lower(sink, child, sentinel, at + pool.arrayLen(ty) * abiSize(pool, child));
}

function lowerPointer(sink: Sink, value: IpIndex, at: number): void {
  const { pool, bytes } = sink;
  const kind = pool.valueKind(value);
  if (kind === ValueKind.ptr_int) {
    writeWord(bytes, at, pool.word(value, 1));
    return;
  }
  const target = pool.word(value, 1);
  const offset = pool.ptrOffset(value);
  if (kind === ValueKind.ptr_nav && pool.isFnPtr(pool.typeOf(value))) {
    pushFixup(sink, at, FixupKind.slot, target, 0).push(0);
    return;
  }
  const hasBits =
    kind === ValueKind.ptr_nav
      ? sink.navHasBits(target as NavIndex)
      : hasRuntimeBits(pool, pool.typeOf(target as IpIndex));
  if (!hasBits) {
    // Code must find the same address: 0 for a nav without bits, any other fixed number for a constant.
    if (kind === ValueKind.ptr_uav) bytes.fill(UNDEFINED_BYTE, at, at + ptrSize(pool));
  } else if (kind === ValueKind.ptr_nav) {
    pushFixup(sink, at, FixupKind.nav, target, offset).push(0);
  } else {
    pushFixup(sink, at, FixupKind.uav, target, offset).push(pool.word(value, 2));
  }
}

/** The words of a fixup in their order but for the last one; see {@link FIXUP_WORDS}. */
function pushFixup(sink: Sink, at: number, kind: number, target: number, addend: number): U32Column {
  const fixups = (sink.fixups ??= new U32Column(4 * FIXUP_WORDS));
  fixups.push(at);
  fixups.push(kind);
  fixups.push(target);
  fixups.push(addend);
  return fixups;
}

/** Fields of a struct type by ascending offset, so that fixups come out sorted whatever order the layout chose. */
function fieldsByOffset(pool: PoolReader, ty: IpIndex): readonly number[] {
  const order = indexesTo(pool.fieldCount(ty));
  if (pool.structLayout(ty) === StructLayout.auto) {
    order.sort((a, b) => fieldOffset(pool, ty, a) - fieldOffset(pool, ty, b) || a - b);
  }
  return order;
}

function allZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Alignment of a constant of type `ty` in bytes under an explicit one: the explicit one counts only if it is greater. */
export function dataAlign(pool: PoolReader, ty: IpIndex, explicit: number): number {
  return Math.max(explicit, abiAlign(pool, ty));
}
