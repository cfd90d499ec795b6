/**
 * Typing rules of memory and aggregates (docs/air.md section 6): element types, field numbers, constness, and the
 * alignment that a derived pointer may promise.
 *
 * A derived pointer never promises more than its base and the offset guarantee; a bitcast may, at the program's own risk.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { elemCount, elemType, isAggregate } from '../../intern/elements.ts';
import { IP } from '../../intern/keys.ts';
import { bitOffset, bitRange } from '../../intern/packed.ts';
import { isVector } from '../../intern/vectors.ts';
import { hasFields } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { abiAlign, abiSize, fieldOffset, isByRef, pointeeAlign, ptrSize } from '../../intern/layout.ts';
import type { InstIndex } from '../body/ref.ts';
import type { DescribedTag } from '../schema/ops.ts';
import type { Check, TypingContext, TypingRule } from './rule.ts';
import { mismatch, rule, typeOfOperand, wrongKind } from './rule.ts';
import { isData, sequenceElement } from './type-classes.ts';

type Shape = 'one' | 'many' | 'slice';

const MARK: Readonly<Record<Shape, string>> = { one: '*', many: '[*]', slice: '[]' };

function hasShape(pool: InternPool, ty: IpIndex, shape: Shape): boolean {
  const kind = pool.typeKind(ty);
  if (shape === 'slice') return kind === TypeKind.slice;
  return kind === TypeKind.ptr && pool.ptrIsMany(ty) === (shape === 'many') && bitRange(pool, ty) === null;
}

/** A pointer to bits, or `*T` with T a type that can be in memory. */
export function isPlace(pool: InternPool, ty: IpIndex): boolean {
  return isOne(pool, ty) || (pool.typeKind(ty) === TypeKind.ptr && bitRange(pool, ty) !== null);
}

/** `*T` with T a type that can be in memory. */
export function isOne(pool: InternPool, ty: IpIndex): boolean {
  return hasShape(pool, ty, 'one') && pool.typeKind(pool.childType(ty)) !== TypeKind.fn;
}

function isPtrToArray(pool: InternPool, ty: IpIndex): boolean {
  return isOne(pool, ty) && pool.typeKind(pool.childType(ty)) === TypeKind.array;
}

/** Alignment that is certain at any multiple of `step` bytes from a place aligned to `align`. */
export function alignAfter(align: number, step: number): number {
  return step % align === 0 ? align : step & -step;
}

/** Whether `result` is `shape` of `child`, keeps const and promises no more than `align`. */
export function derived(
  f: TypingContext,
  result: IpIndex,
  shape: Shape,
  child: IpIndex,
  isConst: boolean,
  align: number,
): string | null {
  const { pool } = f;
  if (!hasShape(pool, result, shape) || pool.childType(result) !== child) {
    return wrongKind(f, 'the result', result, `${MARK[shape]}${f.nameOf(child)}`);
  }
  if (isConst && !pool.ptrIsConst(result)) return `the result type ${f.nameOf(result)} drops const`;
  const promised = pointeeAlign(pool, result);
  if (promised <= align) return null;
  return `the result type ${f.nameOf(result)} promises alignment ${promised}, only ${align} is certain`;
}

/** The second operand is an index or a length. */
function indexProblem(f: TypingContext, inst: InstIndex, what: string): string | null {
  return mismatch(f, what, typeOfOperand(f, inst, 1), IP.usize_type);
}

const alloc: Check = (f, inst) => {
  const ty = f.body.ty(inst);
  return isOne(f.pool, ty) && !f.pool.ptrIsConst(ty) ? null : wrongKind(f, 'the result', ty, 'a pointer *T');
};

const threadLocal: Check = (f, inst) => f.threadLocalProblem(f.body.nav(inst), f.body.ty(inst));

const retPtr: Check = (f, inst) => {
  const ptr = f.body.ty(inst);
  const wrong = alloc(f, inst) ?? mismatch(f, 'the place', f.pool.childType(ptr), f.pool.fnReturn(f.fnTy));
  if (wrong !== null) return wrong;
  // The place of an aggregate is the caller's, which knows the result type only.
  const result = f.pool.childType(ptr);
  if (!isByRef(f.pool, result) || pointeeAlign(f.pool, ptr) <= abiAlign(f.pool, result)) return null;
  return `the place promises alignment ${pointeeAlign(f.pool, ptr)}, a result has ${abiAlign(f.pool, result)}`;
};

const load: Check = (f, inst) => {
  const ptr = typeOfOperand(f, inst, 0);
  if (!isPlace(f.pool, ptr)) return wrongKind(f, 'the operand', ptr, 'a pointer *T');
  return mismatch(f, 'the result', f.body.ty(inst), f.pool.childType(ptr));
};

const store: Check = (f, inst) => {
  const ptr = typeOfOperand(f, inst, 0);
  if (!isPlace(f.pool, ptr)) return wrongKind(f, 'the left operand', ptr, 'a pointer *T');
  if (f.pool.ptrIsConst(ptr)) return `the left operand has type ${f.nameOf(ptr)}: it is const`;
  return mismatch(f, 'the right operand', typeOfOperand(f, inst, 1), f.pool.childType(ptr));
};

const vectorStoreElem: Check = (f, inst) => {
  const { pool } = f;
  const ptr = typeOfOperand(f, inst, 0);
  if (!isOne(pool, ptr) || !isVector(pool, pool.childType(ptr))) {
    return wrongKind(f, 'the place', ptr, 'a pointer to a vector');
  }
  if (pool.ptrIsConst(ptr)) return `the place has type ${f.nameOf(ptr)}: it is const`;
  return (
    indexProblem(f, inst, 'the index') ??
    mismatch(f, 'the lane', typeOfOperand(f, inst, 2), pool.childType(pool.childType(ptr)))
  );
};

const ptrAdd: Check = (f, inst) => {
  const { pool, body } = f;
  const base = typeOfOperand(f, inst, 0);
  if (!hasShape(pool, base, 'many')) return wrongKind(f, 'the left operand', base, 'a pointer [*]T');
  const child = pool.childType(base);
  const align = alignAfter(pointeeAlign(pool, base), abiSize(pool, child));
  return (
    indexProblem(f, inst, 'the right operand') ?? derived(f, body.ty(inst), 'many', child, pool.ptrIsConst(base), align)
  );
};

/** bin_op that reads an element of a `[*]T`, a slice or an array. */
function elemVal(is: (pool: InternPool, ty: IpIndex) => boolean, need: string): Check {
  return (f, inst) => {
    const base = typeOfOperand(f, inst, 0);
    if (!is(f.pool, base)) return wrongKind(f, 'the left operand', base, need);
    return indexProblem(f, inst, 'the index');
  };
}

/** ty_pl_bin that gives the address of an element. */
function elemPtr(is: (pool: InternPool, ty: IpIndex) => boolean, need: string): Check {
  return (f, inst) => {
    const { pool, body } = f;
    const base = typeOfOperand(f, inst, 0);
    if (!is(pool, base)) return wrongKind(f, 'the left operand', base, need);
    const child = sequenceElement(pool, base)!;
    const align = alignAfter(pointeeAlign(pool, base), abiSize(pool, child));
    return indexProblem(f, inst, 'the index') ?? derived(f, body.ty(inst), 'one', child, pool.ptrIsConst(base), align);
  };
}

const isManyOrArrayPtr = (pool: InternPool, ty: IpIndex): boolean =>
  hasShape(pool, ty, 'many') || isPtrToArray(pool, ty);
const isSlice = (pool: InternPool, ty: IpIndex): boolean => hasShape(pool, ty, 'slice');

const slice: Check = (f, inst) => {
  const { pool, body } = f;
  const base = typeOfOperand(f, inst, 0);
  if (!isManyOrArrayPtr(pool, base)) return wrongKind(f, 'the left operand', base, 'a [*]T or a *[n]T');
  const child = sequenceElement(pool, base)!;
  return (
    indexProblem(f, inst, 'the length') ??
    derived(f, body.ty(inst), 'slice', child, pool.ptrIsConst(base), pointeeAlign(pool, base))
  );
};

const arrayToSlice: Check = (f, inst) => {
  const { pool } = f;
  const base = typeOfOperand(f, inst, 0);
  if (!isPtrToArray(pool, base)) return wrongKind(f, 'the operand', base, 'a *[n]T');
  const child = sequenceElement(pool, base)!;
  return derived(f, f.body.ty(inst), 'slice', child, pool.ptrIsConst(base), pointeeAlign(pool, base));
};

const sliceLen: Check = (f, inst) => {
  const base = typeOfOperand(f, inst, 0);
  if (!isSlice(f.pool, base)) return wrongKind(f, 'the operand', base, 'a slice');
  return mismatch(f, 'the result', f.body.ty(inst), IP.usize_type);
};

const slicePtr: Check = (f, inst) => {
  const { pool } = f;
  const base = typeOfOperand(f, inst, 0);
  if (!isSlice(pool, base)) return wrongKind(f, 'the operand', base, 'a slice');
  return derived(f, f.body.ty(inst), 'many', pool.childType(base), pool.ptrIsConst(base), pointeeAlign(pool, base));
};

/** Slice type that the operand of `ptr_slice_*_ptr` points to, or null. */
function sliceInMemory(f: TypingContext, base: IpIndex): IpIndex | null {
  if (!isOne(f.pool, base)) return null;
  const child = f.pool.childType(base);
  return isSlice(f.pool, child) ? child : null;
}

const ptrSliceLenPtr: Check = (f, inst) => {
  const { pool } = f;
  const base = typeOfOperand(f, inst, 0);
  if (sliceInMemory(f, base) === null) return wrongKind(f, 'the operand', base, 'a *[]T');
  const align = alignAfter(pointeeAlign(pool, base), ptrSize(pool));
  return derived(f, f.body.ty(inst), 'one', IP.usize_type, pool.ptrIsConst(base), align);
};

const ptrSlicePtrPtr: Check = (f, inst) => {
  const { pool } = f;
  const base = typeOfOperand(f, inst, 0);
  const inner = sliceInMemory(f, base);
  if (inner === null) return wrongKind(f, 'the operand', base, 'a *[]T');
  const result = f.body.ty(inst);
  const child = hasShape(pool, result, 'one') ? pool.childType(result) : IP.void_type;
  const same =
    hasShape(pool, child, 'many') &&
    pool.childType(child) === pool.childType(inner) &&
    pool.ptrIsConst(child) === pool.ptrIsConst(inner) &&
    pool.ptrAlign(child) === pool.ptrAlign(inner);
  if (!same) return wrongKind(f, 'the result', result, `a pointer to the [*]T of ${f.nameOf(inner)}`);
  return derived(f, result, 'one', child, pool.ptrIsConst(base), pointeeAlign(pool, base));
};

/** The first operand is a pointer to the struct or union. */
function fieldPtr(f: TypingContext, inst: InstIndex, field: number): string | null {
  const { pool } = f;
  const base = typeOfOperand(f, inst, 0);
  const owner = isPlace(pool, base) ? pool.childType(base) : IP.void_type;
  if (pool.typeKind(owner) === TypeKind.packed) return packedFieldPtr(f, inst, field);
  if (!hasFields(pool, owner)) return wrongKind(f, 'the operand', base, 'a pointer to a struct or union');
  const problem = fieldProblem(f, owner, field);
  if (problem !== null) return problem;
  const align = alignAfter(pointeeAlign(pool, base), fieldOffset(pool, owner, field));
  return derived(f, f.body.ty(inst), 'one', pool.fieldType(owner, field), pool.ptrIsConst(base), align);
}

/** The address is that of the integer, or of the host that its bits are in. */
function packedFieldPtr(f: TypingContext, inst: InstIndex, field: number): string | null {
  const { pool } = f;
  const base = typeOfOperand(f, inst, 0);
  const owner = pool.childType(base);
  const problem = fieldProblem(f, owner, field);
  if (problem !== null) return problem;
  const result = f.body.ty(inst);
  const host = bitRange(pool, base) ?? { hostSize: abiSize(pool, owner), bitOffset: 0 };
  const need = host.bitOffset + bitOffset(pool, owner, field);
  const found = pool.typeKind(result) === TypeKind.ptr ? bitRange(pool, result) : null;
  const child = pool.fieldType(owner, field);
  if (found?.hostSize !== host.hostSize || found.bitOffset !== need || pool.childType(result) !== child) {
    return wrongKind(f, 'the result', result, `a pointer to bit ${need} of ${host.hostSize} bytes: ${f.nameOf(child)}`);
  }
  if (pool.ptrIsConst(base) && !pool.ptrIsConst(result)) return `the result type ${f.nameOf(result)} drops const`;
  const certain = pointeeAlign(pool, base);
  if (pool.ptrAlign(result) <= certain) return null;
  return `the result type ${f.nameOf(result)} promises alignment ${pool.ptrAlign(result)}, only ${certain} is certain`;
}

function fieldProblem(f: TypingContext, owner: IpIndex, field: number): string | null {
  return field < f.pool.fieldCount(owner) ? null : `${f.nameOf(owner)} has no field ${field}`;
}

const structFieldPtr: Check = (f, inst) => fieldPtr(f, inst, f.body.number(inst));

function indexedFieldPtr(field: number): Check {
  return (f, inst) => fieldPtr(f, inst, field);
}

const structFieldVal: Check = (f, inst) => {
  const { pool, body } = f;
  const owner = typeOfOperand(f, inst, 0);
  if (!hasFields(pool, owner) && pool.typeKind(owner) !== TypeKind.packed) {
    return wrongKind(f, 'the operand', owner, 'a struct or union');
  }
  const field = body.number(inst);
  return fieldProblem(f, owner, field) ?? mismatch(f, 'the result', body.ty(inst), pool.fieldType(owner, field));
};

const fieldParentPtr: Check = (f, inst) => {
  const { pool, body } = f;
  const result = body.ty(inst);
  const owner = isOne(pool, result) ? pool.childType(result) : IP.void_type;
  if (!hasFields(pool, owner)) return wrongKind(f, 'the result', result, 'a pointer to a struct or union');
  const field = body.number(inst);
  const problem = fieldProblem(f, owner, field);
  if (problem !== null) return problem;
  const base = typeOfOperand(f, inst, 0);
  const fieldTy = pool.fieldType(owner, field);
  if (!hasShape(pool, base, 'one') || pool.childType(base) !== fieldTy) {
    return wrongKind(f, 'the operand', base, `*${f.nameOf(fieldTy)}`);
  }
  const certain = alignAfter(pointeeAlign(pool, base), fieldOffset(pool, owner, field));
  return derived(f, result, 'one', owner, pool.ptrIsConst(base), Math.max(certain, abiAlign(pool, owner)));
};

/** Element type of the destination of memset and copies, or a message. */
function destination(f: TypingContext, inst: InstIndex): IpIndex | string {
  const { pool } = f;
  const ty = typeOfOperand(f, inst, 0);
  const elem = hasShape(pool, ty, 'many') ? null : sequenceElement(pool, ty);
  if (elem === null) return wrongKind(f, 'the destination', ty, 'a []T or a *[n]T');
  return pool.ptrIsConst(ty) ? `the destination has type ${f.nameOf(ty)}: it is const` : elem;
}

const memset: Check = (f, inst) => {
  const elem = destination(f, inst);
  if (typeof elem === 'string') return elem;
  return mismatch(f, 'the value', typeOfOperand(f, inst, 1), elem);
};

const memcpy: Check = (f, inst) => {
  const elem = destination(f, inst);
  if (typeof elem === 'string') return elem;
  const source = typeOfOperand(f, inst, 1);
  if (sequenceElement(f.pool, source) === elem) return null;
  return wrongKind(f, 'the source', source, `a []T, [*]T or *[n]T of ${f.nameOf(elem)}`);
};

const aggregateInit: Check = (f, inst) => {
  const { pool, body } = f;
  const ty = body.ty(inst);
  if (!isAggregate(pool, ty)) return wrongKind(f, 'the result', ty, 'a struct or an array');
  const count = elemCount(pool, ty);
  const refs = body.refs(inst);
  if (refs.length !== count) return `${f.nameOf(ty)} needs ${count} operands, not ${refs.length}`;
  for (let n = 0; n < count; n++) {
    const need = elemType(pool, ty, n);
    const found = typeOfOperand(f, inst, n);
    if (found !== need) return mismatch(f, `operand ${n}`, found, need);
  }
  return null;
};

const moved = rule('ty', ptrAdd);
const copied = rule('void', memcpy);

/** Rules of this file. */
export const MEMORY_RULES = {
  alloc: rule('ty', alloc),
  runtime_nav_ptr: rule('ty', threadLocal),
  ret_ptr: rule('ty', retPtr),
  load: rule('ty', load),
  store: rule('void', store),
  vector_store_elem: rule('void', vectorStoreElem),
  store_safe: rule('void', store),
  ptr_add: moved,
  ptr_sub: moved,
  ptr_elem_val: rule(
    'element',
    elemVal((pool, ty) => hasShape(pool, ty, 'many') && isData(pool, ty), 'a pointer [*]T'),
  ),
  ptr_elem_ptr: rule('ty', elemPtr(isManyOrArrayPtr, 'a [*]T or a *[n]T')),
  slice: rule('ty', slice),
  slice_len: rule('ty', sliceLen),
  slice_ptr: rule('ty', slicePtr),
  ptr_slice_len_ptr: rule('ty', ptrSliceLenPtr),
  ptr_slice_ptr_ptr: rule('ty', ptrSlicePtrPtr),
  slice_elem_val: rule('element', elemVal(isSlice, 'a slice')),
  slice_elem_ptr: rule('ty', elemPtr(isSlice, 'a slice')),
  array_elem_val: rule(
    'element',
    elemVal((pool, ty) => pool.typeKind(ty) === TypeKind.array || isVector(pool, ty), 'an array or a vector'),
  ),
  array_to_slice: rule('ty', arrayToSlice),
  struct_field_ptr: rule('ty', structFieldPtr),
  struct_field_ptr_index_0: rule('ty', indexedFieldPtr(0)),
  struct_field_ptr_index_1: rule('ty', indexedFieldPtr(1)),
  struct_field_ptr_index_2: rule('ty', indexedFieldPtr(2)),
  struct_field_ptr_index_3: rule('ty', indexedFieldPtr(3)),
  struct_field_val: rule('ty', structFieldVal),
  field_parent_ptr: rule('ty', fieldParentPtr),
  memset: rule('void', memset),
  memset_safe: rule('void', memset),
  memcpy: copied,
  memmove: copied,
  aggregate_init: rule('ty', aggregateInit),
} as const satisfies Readonly<Partial<Record<DescribedTag, TypingRule>>>;
