/**
 * Steps that make addresses from addresses, and those that look into arrays, structs and slices, in memory or by value.
 */
import { sentinelOf } from '../../core/intern/elements.ts';
import type { IpIndex } from '../../core/intern/keys.ts';
import { IP } from '../../core/intern/keys.ts';
import { abiSize, arrayMemoryLen, fieldOffset, pointeeAlign, ptrSize } from '../../core/intern/layout.ts';
import { TypeKind } from '../../core/intern/type-kinds.ts';
import { moved, placeToRead } from '../model/access.ts';
import { intFromBits, readValue } from '../model/encoding.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import { fieldOf, packed, packedField } from '../model/packed.ts';
import { intShapeOf } from '../model/shapes.ts';
import type { Value } from '../model/values.ts';
import { anyIntOf, countOf, partOf } from '../model/values.ts';
import type { Handler, Preparation } from './preparation.ts';
import { fieldOfUnion } from './sum-steps.ts';

/** Size of the elements behind a many-pointer, slice or pointer to array. */
function elementSize(p: Preparation, ty: IpIndex): number {
  const child = p.pool.childType(ty);
  const isArrayPointer = p.pool.isPtr(ty) && !p.pool.ptrIsMany(ty) && p.pool.typeKind(child) === TypeKind.array;
  return abiSize(p.pool, isArrayPointer ? p.pool.childType(child) : child);
}

/** ptr_add (`sign` 1), ptr_sub (-1), ptr_elem_ptr (1): an address so many elements away. */
export function stepped(sign: 1 | -1): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.lhs(inst));
    const n = p.operand(p.body.rhs(inst));
    const stride = sign * elementSize(p, p.typeOf(p.body.lhs(inst)));
    return ({ values }) => {
      values[inst] = moved(values[a], countOf(values[n]) * stride);
      return NEXT;
    };
  };
}

/** An address a fixed distance after the operand of a ty_op: ptr_slice_len_ptr, ptr_slice_ptr_ptr, struct_field_ptr_index_n. */
function atFixed(distanceOf: (p: Preparation, pointee: IpIndex) => number): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    const distance = distanceOf(p, p.pool.childType(p.typeOf(p.body.operand(inst))));
    return ({ values }) => {
      values[inst] = moved(values[a], distance);
      return NEXT;
    };
  };
}

/** ptr_slice_ptr_ptr. */
export const slicePointerAddress = atFixed(() => 0);

/** ptr_slice_len_ptr. */
export const sliceLengthAddress = atFixed((p) => ptrSize(p.pool));

/** struct_field_ptr_index_n. */
export function fieldAddress(field: number): Handler {
  return atFixed((p, struct) => fieldOffset(p.pool, struct, field));
}

/** struct_field_ptr. */
export const anyFieldAddress: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const struct = p.pool.childType(p.typeOf(p.body.operand(inst)));
  const distance = fieldOffset(p.pool, struct, p.body.number(inst));
  return ({ values }) => {
    values[inst] = moved(values[a], distance);
    return NEXT;
  };
};

/** field_parent_ptr. */
export const parentAddress: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const struct = p.pool.childType(p.body.ty(inst));
  const distance = fieldOffset(p.pool, struct, p.body.number(inst));
  return ({ values }) => {
    values[inst] = moved(values[a], -distance);
    return NEXT;
  };
};

/** Reads element `index` behind an address that promises the alignment of pointer or slice type `ty`. */
function elementReader(p: Preparation, ty: IpIndex): (address: Value, index: number) => Value {
  const { machine } = p;
  const shape = p.shape(p.pool.childType(ty));
  const align = pointeeAlign(p.pool, ty);
  if (shape.size === 0) return () => undefined;
  return (address, index) => {
    const { object, offset } = placeToRead(address, shape.size, align, index * shape.size);
    machine.charge(shape.size);
    return readValue(object, offset, shape);
  };
}

/** ptr_elem_val. */
export const pointerElement: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const n = p.operand(p.body.rhs(inst));
  const read = elementReader(p, p.typeOf(p.body.lhs(inst)));
  return ({ values }) => {
    values[inst] = read(values[a], countOf(values[n]));
    return NEXT;
  };
};

/** Index of an element that a slice has. */
function indexIn(slice: Value, index: Value): number {
  const n = countOf(index);
  return n < countOf(partOf(slice, 1)) ? n : illegal('out_of_bounds');
}

/** slice_elem_val. */
export const sliceElement: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const n = p.operand(p.body.rhs(inst));
  const read = elementReader(p, p.typeOf(p.body.lhs(inst)));
  return ({ values }) => {
    const slice = values[a];
    values[inst] = read(partOf(slice, 0), indexIn(slice, values[n]));
    return NEXT;
  };
};

/** slice_elem_ptr. */
export const sliceElementAddress: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const n = p.operand(p.body.rhs(inst));
  const stride = elementSize(p, p.typeOf(p.body.lhs(inst)));
  return ({ values }) => {
    const slice = values[a];
    values[inst] = moved(partOf(slice, 0), indexIn(slice, values[n]) * stride);
    return NEXT;
  };
};

/** array_elem_val; the sentinel may be read. */
export const arrayElement: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const n = p.operand(p.body.rhs(inst));
  const count = arrayMemoryLen(p.pool, p.typeOf(p.body.lhs(inst)));
  return ({ values }) => {
    const index = countOf(values[n]);
    values[inst] = index < count ? partOf(values[a], index) : illegal('out_of_bounds');
    return NEXT;
  };
};

/** slice: both parts are copied, so they may be undefined. */
export const makeSlice: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const n = p.operand(p.body.rhs(inst));
  return ({ values }) => {
    values[inst] = [values[a], values[n]];
    return NEXT;
  };
};

/** array_to_slice. */
export const sliceOfArray: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const array = p.pool.childType(p.typeOf(p.body.operand(inst)));
  const length = intFromBits(intShapeOf(p.pool, IP.usize_type), BigInt(p.pool.arrayLen(array)));
  return ({ values }) => {
    values[inst] = [values[a], length];
    return NEXT;
  };
};

/** slice_ptr (`part` 0) and slice_len (1). */
export function slicePart(part: 0 | 1): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    return ({ values }) => {
      values[inst] = partOf(values[a], part);
      return NEXT;
    };
  };
}

/** struct_field_val. */
export const fieldValue: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const field = p.body.number(inst);
  const ty = p.typeOf(p.body.operand(inst));
  if (p.pool.typeKind(ty) === TypeKind.packed) {
    const part = packedField(p.pool, ty, field);
    return ({ values }) => {
      const struct = values[a];
      values[inst] = struct === undefined ? undefined : fieldOf(anyIntOf(struct), part);
      return NEXT;
    };
  }
  if (p.pool.typeKind(ty) === TypeKind.union) {
    const read = fieldOfUnion(p, ty, field);
    return ({ values }) => {
      values[inst] = read(values[a]);
      return NEXT;
    };
  }
  return ({ values }) => {
    values[inst] = partOf(values[a], field);
    return NEXT;
  };
};

/** aggregate_init; an array gets its sentinel. */
export const aggregate: Handler = (p, inst) => {
  const ty = p.body.ty(inst);
  const places = Array.from(p.body.refs(inst), (ref) => p.operand(ref));
  if (p.pool.typeKind(ty) === TypeKind.packed) {
    return ({ values }) => {
      values[inst] = packed(
        p.pool,
        ty,
        places.map((place) => values[place]),
      );
      return NEXT;
    };
  }
  const sentinel = sentinelOf(p.pool, ty);
  if (sentinel !== null) places.push(p.constant(sentinel));
  return ({ values }) => {
    values[inst] = places.map((place) => values[place]);
    return NEXT;
  };
};
