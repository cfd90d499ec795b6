/**
 * Steps that read and write memory through pointers, and the slots of a frame.
 *
 * Types without bytes have no accesses: nothing of the address is checked for them.
 */
import type { Ref } from '../../core/air/body/ref.ts';
import { isInstRef, refValue } from '../../core/air/body/ref.ts';
import { sentinelOf } from '../../core/intern/elements.ts';
import type { IpIndex } from '../../core/intern/keys.ts';
import { abiSize, pointeeAlign } from '../../core/intern/layout.ts';
import { bitRange } from '../../core/intern/packed.ts';
import { TypeKind } from '../../core/intern/type-kinds.ts';
import { ValueKind } from '../../core/intern/value-kinds.ts';
import type { Place } from '../model/access.ts';
import { placeToRead, placeToWrite } from '../model/access.ts';
import { readValue, writeValue } from '../model/encoding.ts';
import type { Frame } from '../model/frame.ts';
import { NEXT, RETURN } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import { makePointer } from '../model/memory-object.ts';
import { bitField, readBits, writeBits } from '../model/packed.ts';
import type { Value } from '../model/values.ts';
import { countOf, partOf } from '../model/values.ts';
import type { Handler, Preparation } from './preparation.ts';

/** How to load what a pointer of type `ptrTy` points to. */
export function loader(p: Preparation, ptrTy: IpIndex): (address: Value) => Value {
  const { machine } = p;
  const shape = p.shape(p.pool.childType(ptrTy));
  const align = pointeeAlign(p.pool, ptrTy);
  const { size } = shape;
  if (size === 0) return () => undefined;
  const bits = bitRange(p.pool, ptrTy);
  if (bits !== null) {
    const field = bitField(p.pool, p.pool.childType(ptrTy), bits.bitOffset);
    return (address) => {
      const place = placeToRead(address, bits.hostSize, align);
      return readBits(place.object, place.offset, bits.hostSize, field);
    };
  }
  return (address) => {
    const place = placeToRead(address, size, align);
    machine.charge(size);
    return readValue(place.object, place.offset, shape);
  };
}

/** load. */
export const load: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const read = loader(p, p.typeOf(p.body.operand(inst)));
  return ({ values }) => {
    values[inst] = read(values[a]);
    return NEXT;
  };
};

/** ret_load. */
export const returnLoaded: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const read = loader(p, p.typeOf(p.body.operand(inst)));
  return (frame) => {
    frame.result = read(frame.values[a]);
    return RETURN;
  };
};

/** store. */
export const store: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.lhs(inst));
  const v = p.operand(p.body.rhs(inst));
  const ptrTy = p.typeOf(p.body.lhs(inst));
  const shape = p.shape(p.pool.childType(ptrTy));
  const align = pointeeAlign(p.pool, ptrTy);
  const { size } = shape;
  if (size === 0) return () => NEXT;
  const bits = bitRange(p.pool, ptrTy);
  if (bits !== null) {
    const field = bitField(p.pool, p.pool.childType(ptrTy), bits.bitOffset);
    return ({ values }) => {
      const place = placeToWrite(values[a], bits.hostSize, align);
      writeBits(place.object, place.offset, bits.hostSize, field, values[v]);
      return NEXT;
    };
  }
  return ({ values }) => {
    const place = placeToWrite(values[a], size, align);
    machine.charge(size);
    writeValue(place.object, place.offset, shape, values[v]);
    return NEXT;
  };
};

/** store_safe: the constant undef leaves its mark. */
export const storeMarked: Handler = (p, inst) => {
  const { machine } = p;
  const ptrTy = p.typeOf(p.body.lhs(inst));
  const mark = bitRange(p.pool, ptrTy) === null ? markOf(p, p.body.rhs(inst)) : null;
  if (mark === null) return store(p, inst);
  const a = p.operand(p.body.lhs(inst));
  const align = pointeeAlign(p.pool, ptrTy);
  return ({ values }) => {
    if (mark.size === 0) return NEXT;
    const place = placeToWrite(values[a], mark.size, align);
    machine.charge(mark.size);
    mark.leave(place, 1);
    return NEXT;
  };
};

/** Byte that shows where nothing was stored. */
const MARK = 0xaa;

interface Mark {
  /** Bytes of one value. */
  readonly size: number;
  /** Fills the place of `count` values; their sentinels are what they always are. */
  readonly leave: (place: Place, count: number) => void;
}

/** How the constant undef is stored where that can be seen; null for any other operand. */
function markOf(p: Preparation, ref: Ref): Mark | null {
  const { pool, machine } = p;
  if (isInstRef(ref) || pool.valueKind(refValue(ref)) !== ValueKind.undef) return null;
  const ty = pool.typeOf(refValue(ref));
  const { size } = p.shape(ty);
  const sentinel = sentinelOf(pool, ty);
  const end = sentinel === null ? size : size - abiSize(pool, pool.typeOf(sentinel));
  return {
    size,
    leave({ object, offset }, count) {
      for (let at = 0; at < size * count; at++) object.writeNumber(offset + at, 1, MARK);
      if (sentinel === null) return;
      const shape = p.shape(pool.typeOf(sentinel));
      for (let n = 0; n < count; n++)
        writeValue(object, offset + n * size + end, shape, machine.space.constant(sentinel));
    },
  };
}

/** alloc: one slot for each alloc of a frame, undefined again each time it is executed. */
export const alloc: Handler = (p, inst) => {
  const { machine } = p;
  const ptrTy = p.body.ty(inst);
  const size = abiSize(p.pool, p.pool.childType(ptrTy));
  const align = pointeeAlign(p.pool, ptrTy);
  return (frame) => {
    const { values } = frame;
    const before = values[inst];
    if (before === undefined) {
      values[inst] = makePointer(machine.slot(frame, size, align), 0);
    } else {
      machine.charge(size);
      const place = placeToWrite(before, size, 1);
      place.object.erase(0, size);
    }
    return NEXT;
  };
};

/** ret_ptr: one slot for each frame; executing it again leaves the content as it is. */
export const returnPlace: Handler = (p, inst) => {
  const { machine } = p;
  const ptrTy = p.body.ty(inst);
  const size = abiSize(p.pool, p.pool.childType(ptrTy));
  const align = pointeeAlign(p.pool, ptrTy);
  return (frame: Frame) => {
    frame.place ??= machine.slot(frame, size, align);
    // Two instructions may promise different alignments; the place keeps the greater promise.
    frame.place.align = Math.max(frame.place.align, align);
    frame.values[inst] = makePointer(frame.place, 0);
    return NEXT;
  };
};

/** A run of elements: address and number of elements. */
interface Range {
  readonly address: Value;
  readonly count: number;
}

/** How to see an operand of memset, memcpy or memmove as elements. A many-pointer has no count of its own. */
function ranges(p: Preparation, ty: IpIndex): (v: Value) => Range {
  const { pool } = p;
  if (pool.typeKind(ty) === TypeKind.slice) return (v) => ({ address: partOf(v, 0), count: countOf(partOf(v, 1)) });
  const child = pool.childType(ty);
  const count = !pool.ptrIsMany(ty) && pool.typeKind(child) === TypeKind.array ? pool.arrayLen(child) : NaN;
  return (v) => ({ address: v, count });
}

/** Element type behind an operand of memset, memcpy or memmove. */
function elementType(p: Preparation, ty: IpIndex): IpIndex {
  const child = p.pool.childType(ty);
  const isArrayPointer = p.pool.isPtr(ty) && !p.pool.ptrIsMany(ty) && p.pool.typeKind(child) === TypeKind.array;
  return isArrayPointer ? p.pool.childType(child) : child;
}

/** memset. */
export const fill: Handler = (p, inst) => {
  const { machine } = p;
  const d = p.operand(p.body.lhs(inst));
  const v = p.operand(p.body.rhs(inst));
  const ty = p.typeOf(p.body.lhs(inst));
  const range = ranges(p, ty);
  const shape = p.shape(elementType(p, ty));
  const align = pointeeAlign(p.pool, ty);
  return ({ values }) => {
    const { address, count } = range(values[d]);
    const size = count * shape.size;
    if (size === 0) return NEXT;
    const { object, offset } = placeToWrite(address, size, align);
    machine.charge(size);
    for (let n = 0; n < count; n++) writeValue(object, offset + n * shape.size, shape, values[v]);
    return NEXT;
  };
};

/** memset_safe. */
export const fillMarked: Handler = (p, inst) => {
  const { machine } = p;
  const mark = markOf(p, p.body.rhs(inst));
  if (mark === null) return fill(p, inst);
  const d = p.operand(p.body.lhs(inst));
  const ty = p.typeOf(p.body.lhs(inst));
  const range = ranges(p, ty);
  const align = pointeeAlign(p.pool, ty);
  return ({ values }) => {
    const { address, count } = range(values[d]);
    if (count * mark.size === 0) return NEXT;
    const place = placeToWrite(address, count * mark.size, align);
    machine.charge(count * mark.size);
    mark.leave(place, count);
    return NEXT;
  };
};

/** memcpy (`mayOverlap` false) and memmove. Bytes are copied as they are, padding included. */
export function copy(mayOverlap: boolean): Handler {
  return (p, inst) => {
    const { machine } = p;
    const d = p.operand(p.body.lhs(inst));
    const s = p.operand(p.body.rhs(inst));
    const toTy = p.typeOf(p.body.lhs(inst));
    const fromTy = p.typeOf(p.body.rhs(inst));
    const to = ranges(p, toTy);
    const from = ranges(p, fromTy);
    const elementSize = p.shape(elementType(p, toTy)).size;
    const toAlign = pointeeAlign(p.pool, toTy);
    const fromAlign = pointeeAlign(p.pool, fromTy);
    return ({ values }) => {
      const target = to(values[d]);
      const size = target.count * elementSize;
      if (size === 0) return NEXT;
      const write = placeToWrite(target.address, size, toAlign);
      const read = placeToRead(from(values[s]).address, size, fromAlign);
      if (!mayOverlap && overlap(write, read, size)) return illegal('overlap');
      machine.charge(size);
      write.object.copyFrom(write.offset, read.object, read.offset, size);
      return NEXT;
    };
  };
}

function overlap(a: Place, b: Place, size: number): boolean {
  return a.object === b.object && Math.abs(a.offset - b.offset) < size;
}
