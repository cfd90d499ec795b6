/**
 * Constant values to bytes, with the places that only a layout can fill.
 *
 * Owns the memory form of values. A pointer becomes zero bytes and a fixup; what it points to is not visited, so the
 * recursion depth is that of the type. Reads the pool and never interns. The result is the same for executables and
 * objects: one turns fixups into addresses, the other into relocations. Invariant: exactly abiSize(type) bytes; zero data
 * without fixups has no bytes at all.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { IP, IP_NONE, ItemKind, StructLayout } from '../../intern/keys.ts';
import { abiAlign, abiSize, fieldOffset, hasRuntimeBits, ptrSize } from '../../intern/layout.ts';
import { assert } from '../../support/assert.ts';
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
  readonly fixups: U32Column;
}

/** Lowers `value` of type `ty`. */
export function lowerData(pool: PoolReader, ty: IpIndex, value: IpIndex, navHasBits: NavHasBits): LoweredData {
  const size = abiSize(pool, ty);
  const sink: Sink = { pool, navHasBits, bytes: new Uint8Array(size), fixups: new U32Column(FIXUP_WORDS) };
  lower(sink, ty, value, 0);
  const fixups = sink.fixups.length === 0 ? NO_FIXUPS : sink.fixups.toArray();
  const isZero = fixups.length === 0 && allZero(sink.bytes);
  return { bytes: isZero ? null : sink.bytes, size, fixups };
}

function lower(sink: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const { pool, bytes } = sink;
  switch (pool.kind(value)) {
    case ItemKind.undef:
      lowerUndefined(sink, ty, at);
      return;
    case ItemKind.bool:
      bytes[at] = pool.word(value, 0);
      return;
    case ItemKind.int:
      lowerInt(sink, ty, pool.word(value, 1), pool.word(value, 2), at);
      return;
    case ItemKind.f32:
      writeWord(bytes, at, pool.word(value, 0));
      return;
    case ItemKind.f64:
      writeWord(bytes, at, pool.word(value, 0));
      writeWord(bytes, at + 4, pool.word(value, 1));
      return;
    case ItemKind.void:
      return;
    case ItemKind.aggregate:
      lowerAggregate(sink, ty, value, at);
      return;
    case ItemKind.bytes:
      for (let i = 0; i < pool.byteCount(value); i++) bytes[at + i] = pool.byte(value, i);
      lowerSentinel(sink, ty, at);
      return;
    case ItemKind.repeated:
      lowerRepeated(sink, ty, pool.word(value, 1) as IpIndex, at);
      return;
    case ItemKind.ptr_nav:
    case ItemKind.ptr_uav:
    case ItemKind.ptr_int:
      lowerPointer(sink, value, at);
      return;
    case ItemKind.slice:
      lower(sink, pool.typeOf(pool.word(value, 1) as IpIndex), pool.word(value, 1) as IpIndex, at);
      lower(sink, IP.usize_type, pool.word(value, 2) as IpIndex, at + ptrSize(pool));
      return;
    default:
      assert(false, 'a type is not a value');
  }
}

/** Every byte 0xAA, but a sentinel is defined even in an undefined array. */
function lowerUndefined(sink: Sink, ty: IpIndex, at: number): void {
  sink.bytes.fill(UNDEFINED_BYTE, at, at + abiSize(sink.pool, ty));
  if (sink.pool.kind(ty) === ItemKind.ty_array) lowerSentinel(sink, ty, at);
}

/** Two's complement over the whole size: the words are already extended to 64 bits. */
function lowerInt(sink: Sink, ty: IpIndex, lo: number, hi: number, at: number): void {
  const size = abiSize(sink.pool, ty);
  assert(size <= 8, 'integers above 64 bits are refused before lowering');
  for (let i = 0; i < size; i++) sink.bytes[at + i] = i < 4 ? lo >>> (i * 8) : hi >>> ((i - 4) * 8);
}

function lowerAggregate(sink: Sink, ty: IpIndex, value: IpIndex, at: number): void {
  const { pool } = sink;
  if (pool.kind(ty) === ItemKind.ty_struct) {
    for (const n of fieldsByOffset(pool, ty)) {
      const fieldTy = pool.fieldType(ty, n);
      if (!hasRuntimeBits(pool, fieldTy)) continue;
      lower(sink, fieldTy, pool.word(value, 1 + n) as IpIndex, at + fieldOffset(pool, ty, n));
    }
    return;
  }
  const child = pool.childType(ty);
  const step = abiSize(pool, child);
  if (step === 0) return;
  for (let n = 0; n < pool.arrayLen(ty); n++) lower(sink, child, pool.word(value, 1 + n) as IpIndex, at + n * step);
  lowerSentinel(sink, ty, at);
}

function lowerRepeated(sink: Sink, ty: IpIndex, elem: IpIndex, at: number): void {
  const { pool, bytes, fixups } = sink;
  const child = pool.childType(ty);
  const step = abiSize(pool, child);
  const count = pool.arrayLen(ty);
  if (step !== 0 && count > 0) {
    const before = fixups.length;
    lower(sink, child, elem, at);
    const after = fixups.length;
    for (let n = 1; n < count; n++) {
      bytes.copyWithin(at + n * step, at, at + step);
      for (let f = before; f < after; f += FIXUP_WORDS) {
        fixups.push(fixups.get(f) + n * step);
        for (let w = 1; w < FIXUP_WORDS; w++) fixups.push(fixups.get(f + w));
      }
    }
  }
  lowerSentinel(sink, ty, at);
}

function lowerSentinel(sink: Sink, ty: IpIndex, at: number): void {
  const { pool } = sink;
  const sentinel = pool.arraySentinel(ty);
  if (sentinel === IP_NONE) return;
  const child = pool.childType(ty);
  lower(sink, child, sentinel, at + pool.arrayLen(ty) * abiSize(pool, child));
}

function lowerPointer(sink: Sink, value: IpIndex, at: number): void {
  const { pool, bytes, fixups } = sink;
  const kind = pool.kind(value);
  if (kind === ItemKind.ptr_int) {
    writeWord(bytes, at, pool.word(value, 1));
    return;
  }
  const target = pool.word(value, 1);
  const offset = pool.ptrOffset(value);
  if (kind === ItemKind.ptr_nav && pool.isFnPtr(pool.typeOf(value))) {
    pushFixup(fixups, at, FixupKind.slot, target, 0, 0);
    return;
  }
  const hasBits =
    kind === ItemKind.ptr_nav
      ? sink.navHasBits(target as NavIndex)
      : hasRuntimeBits(pool, pool.typeOf(target as IpIndex));
  if (!hasBits) {
    // Code must find the same address: 0 for a nav without bits, any other fixed number for a constant.
    if (kind === ItemKind.ptr_uav) bytes.fill(UNDEFINED_BYTE, at, at + ptrSize(pool));
  } else if (kind === ItemKind.ptr_nav) {
    pushFixup(fixups, at, FixupKind.nav, target, offset, 0);
  } else {
    pushFixup(fixups, at, FixupKind.uav, target, offset, pool.word(value, 2));
  }
}

function pushFixup(fixups: U32Column, at: number, kind: number, target: number, addend: number, align: number): void {
  fixups.push(at);
  fixups.push(kind);
  fixups.push(target);
  fixups.push(addend);
  fixups.push(align);
}

/** Fields of a struct type by ascending offset, so that fixups come out sorted whatever order the layout chose. */
function fieldsByOffset(pool: PoolReader, ty: IpIndex): readonly number[] {
  const order = Array.from({ length: pool.fieldCount(ty) }, (_, n) => n);
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
