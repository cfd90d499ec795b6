/**
 * Memory, pointers and aggregates of AIR as C. A pointer is one to bytes, so addresses are computed as AIR does.
 *
 * Owns pointers to bits, which read and write the whole integer, and copies of elements.
 */
import type { InstIndex, IpIndex, Ref } from '../../../core/index.ts';
import {
  abiAlign,
  abiSize,
  bitOffset,
  bitRange,
  fieldOffset,
  isInstRef,
  pointeeAlign,
  ptrSize,
  refValue,
  sentinelOf,
  TypeKind,
  ValueKind,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { CBody, CSpelling } from './c-body.ts';
import type { CExpression } from './c-expressions.ts';
import { bitsOf, ofBits } from './c-expressions.ts';

/** Whether `ref` is the constant `undef`: bytes that nobody may look at. */
const isUndefined = (p: CBody, ref: Ref): boolean =>
  !isInstRef(ref) && p.pool.valueKind(refValue(ref)) === ValueKind.undef;

/** The integer behind a pointer to bits, and where the bits lie in it. */
function host(p: CBody, pointer: Ref): { readonly text: string; readonly bits: number; readonly at: number } | null {
  const type = p.refType(pointer);
  const range = bitRange(p.pool, type);
  if (range === null) return null;
  const bits = range.hostSize * 8;
  if (![8, 16, 32, 64, 128].includes(bits)) throw new NotPrintable('a pointer to bits of an integer that C has not');
  const int = p.pool.intType(false, bits);
  return {
    text: p.at(int, p.ref(pointer), Math.min(p.pool.ptrAlign(type) || 1, abiAlign(p.pool, int))),
    bits,
    at: range.bitOffset,
  };
}

export const load: CExpression = (p, inst) => loadFrom(p, p.body.operand(inst), p.typeOf(inst));

function loadFrom(p: CBody, pointer: Ref, ty: IpIndex): string {
  const whole = host(p, pointer);
  if (whole === null) return p.at(ty, p.ref(pointer), pointeeAlign(p.pool, p.refType(pointer)));
  const bits = bitsIn(p, ty);
  return ofBits(p, ty, `(${p.types.int(bits, false)})(${whole.text} >> ${whole.at})`);
}

/** Bits of a scalar that can be a part of an integer. */
function bitsIn(p: CBody, ty: IpIndex): number {
  const shape = p.shape(ty);
  if (shape.kind === 'bool') return 1;
  if (shape.kind === 'int' || shape.kind === 'float') return shape.bits;
  throw new NotPrintable('bits of something that is no scalar');
}

export const store: CSpelling = (p, inst, indent) => {
  const [pointer, value] = [p.body.lhs(inst), p.body.rhs(inst)];
  if (!p.hasBytes(value) || isUndefined(p, value)) return;
  const ty = p.refType(value);
  const whole = host(p, pointer);
  if (whole === null) {
    const align = pointeeAlign(p.pool, p.refType(pointer));
    p.line(indent, `${p.at(ty, p.ref(pointer), align)} = ${p.ref(value)};`);
    return;
  }
  const type = p.types.int(whole.bits, false);
  const mask = p.values.int(whole.bits, false, ((1n << BigInt(bitsIn(p, ty))) - 1n) << BigInt(whole.at));
  const bits = `(${type})(${bitsOf(p, ty, p.ref(value))}) << ${whole.at}`;
  p.line(indent, `${whole.text} = (${type})((${whole.text} & ~${mask}) | ${bits});`);
};

/** As the plain instruction, but that the constant `undef` writes bytes of 0xAA. */
export const storeSafe: CSpelling = (p, inst, indent) => {
  const value = p.body.rhs(inst);
  if (!isUndefined(p, value) || !p.hasBytes(value)) return store(p, inst, indent);
  requirePlain(p, p.refType(value));
  p.line(indent, `__builtin_memset(${p.ref(p.body.lhs(inst))}, 0xaa, ${abiSize(p.pool, p.refType(value))});`);
};

/** Refuses what has a sentinel in it, which is not written. */
function requirePlain(p: CBody, ty: IpIndex): void {
  const kind = p.pool.typeKind(ty);
  const isScalar = p.shape(ty).kind !== 'bytes';
  if (isScalar) return;
  if (kind !== TypeKind.array || sentinelOf(p.pool, ty) !== null)
    throw new NotPrintable('undefined bytes of an aggregate that are written');
  requirePlain(p, p.pool.childType(ty));
}

const index = (p: CBody, ref: Ref, element: IpIndex): string =>
  `(unsigned)${p.ref(ref)} * ${abiSize(p.pool, element)}u`;

/** Pointer `sign` number of elements. */
export const moved =
  (sign: '+' | '-'): CExpression =>
  (p, inst) => {
    const [pointer, many] = [p.body.lhs(inst), p.body.rhs(inst)];
    return `${p.ref(pointer)} ${sign} ${index(p, many, p.pool.childType(p.refType(pointer)))}`;
  };

export const elementPointer: CExpression = (p, inst) => {
  const [base, n] = [p.body.lhs(inst), p.body.rhs(inst)];
  return `${pointerOf(p, base)} + ${index(p, n, p.pool.childType(p.typeOf(inst)))}`;
};

export const elementValue: CExpression = (p, inst) => {
  const [base, n] = [p.body.lhs(inst), p.body.rhs(inst)];
  const align = Math.min(pointeeAlign(p.pool, p.refType(base)), abiAlign(p.pool, p.typeOf(inst)));
  return p.at(p.typeOf(inst), `${pointerOf(p, base)} + ${index(p, n, p.typeOf(inst))}`, align);
};

export const arrayElement: CExpression = (p, inst) => {
  const [array, n] = [p.body.lhs(inst), p.body.rhs(inst)];
  return p.at(p.typeOf(inst), `${p.bytesOf(array)} + ${index(p, n, p.typeOf(inst))}`);
};

/** The address in a pointer or slice. */
function pointerOf(p: CBody, ref: Ref): string {
  const ty = p.refType(ref);
  if (p.pool.typeKind(ty) !== TypeKind.slice) return p.ref(ref);
  return `(*(unsigned char **)(${p.bytesOf(ref)}))`;
}

/** The number of elements of a slice, or of the array behind a pointer. */
function lengthOf(p: CBody, ref: Ref): string {
  const ty = p.refType(ref);
  if (p.pool.typeKind(ty) === TypeKind.slice) return `(*(unsigned *)(${p.bytesOf(ref)} + ${ptrSize(p.pool)}))`;
  return `${p.pool.arrayLen(p.pool.childType(ty))}u`;
}

export const sliceOf: CSpelling = (p, inst, indent) => {
  fillSlice(p, inst, indent, p.ref(p.body.lhs(inst)), p.ref(p.body.rhs(inst)));
};

export const arrayToSlice: CSpelling = (p, inst, indent) => {
  fillSlice(p, inst, indent, p.ref(p.body.operand(inst)), lengthOf(p, p.body.operand(inst)));
};

export function fillSlice(p: CBody, inst: InstIndex, indent: string, pointer: string, length: string): void {
  p.declare(inst, indent);
  p.line(indent, `*(unsigned char **)v${inst}.b = ${pointer};`);
  p.line(indent, `*(unsigned *)(v${inst}.b + ${ptrSize(p.pool)}) = (unsigned)${length};`);
}

export const sliceLen: CExpression = (p, inst) =>
  `(${p.types.text(p.typeOf(inst))})${lengthOf(p, p.body.operand(inst))}`;

export const slicePtr: CExpression = (p, inst) => pointerOf(p, p.body.operand(inst));

/** Operand 0, so many bytes on. */
export const offsetBy =
  (bytes: (p: CBody, inst: InstIndex) => number): CExpression =>
  (p, inst) =>
    `${p.ref(p.body.operand(inst))} + ${bytes(p, inst)}`;

/** Offset of field `n` of what operand 0 points to; fields of a packed struct are bits of the integer at its address. */
export function fieldOf(p: CBody, inst: InstIndex, n: number): number {
  const struct = p.pool.childType(p.refType(p.body.operand(inst)));
  return p.pool.typeKind(struct) === TypeKind.packed ? 0 : fieldOffset(p.pool, struct, n);
}

export const fieldValue: CExpression = (p, inst) => {
  const operand = p.body.operand(inst);
  const [struct, n, ty] = [p.refType(operand), p.body.number(inst), p.typeOf(inst)];
  if (p.pool.typeKind(struct) !== TypeKind.packed) return p.part(operand, ty, fieldOffset(p.pool, struct, n));
  const bits = p.types.int(bitsIn(p, ty), false);
  return ofBits(p, ty, `(${bits})(${p.ref(operand)} >> ${bitOffset(p.pool, struct, n)})`);
};

export const fieldParent: CExpression = (p, inst) => {
  const struct = p.pool.childType(p.typeOf(inst));
  const offset = p.pool.typeKind(struct) === TypeKind.packed ? 0 : fieldOffset(p.pool, struct, p.body.number(inst));
  return `${p.ref(p.body.operand(inst))} - ${offset}`;
};

export const aggregate: CSpelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  const refs = [...p.body.refs(inst)];
  if (p.pool.typeKind(ty) === TypeKind.packed) {
    const { bits } = p.integer(ty);
    const type = p.types.int(bits, false);
    const parts = refs.map((ref, n) => {
      const field = p.pool.fieldType(ty, n);
      const text = isUndefined(p, ref) ? '0' : `(${bitsOf(p, field, p.ref(ref))})`;
      return `(${type})((${type})${text} << ${bitOffset(p.pool, ty, n)})`;
    });
    p.define(inst, parts.join(' | '), indent);
    return;
  }
  if (p.shape(ty).kind === 'none') return;
  p.declare(inst, indent);
  const isArray = p.pool.typeKind(ty) === TypeKind.array;
  const size = isArray ? abiSize(p.pool, p.pool.childType(ty)) : 0;
  refs.forEach((ref, n) => {
    const offset = isArray ? n * size : fieldOffset(p.pool, ty, n);
    if (!isUndefined(p, ref)) p.put(indent, ref, `v${inst}.b + ${offset}`);
  });
  const sentinel = sentinelOf(p.pool, ty);
  if (sentinel !== null && size > 0) {
    p.line(indent, `${p.at(p.pool.childType(ty), `v${inst}.b + ${refs.length * size}`)} = ${p.values.text(sentinel)};`);
  }
};

export const copied =
  (name: 'memcpy' | 'memmove'): CSpelling =>
  (p, inst, indent) => {
    const [to, from] = [p.body.lhs(inst), p.body.rhs(inst)];
    const size = abiSize(p.pool, elementOf(p, p.refType(to)));
    if (size === 0) return;
    p.line(indent, `__builtin_${name}(${pointerOf(p, to)}, ${pointerOf(p, from)}, ${lengthOf(p, to)} * ${size}u);`);
  };

/** Type of the elements behind a slice or a pointer to an array. */
function elementOf(p: CBody, ty: IpIndex): IpIndex {
  const child = p.pool.childType(ty);
  return p.pool.typeKind(ty) === TypeKind.slice ? child : p.pool.childType(child);
}

export const filled: CSpelling = (p, inst, indent) => {
  const [to, value] = [p.body.lhs(inst), p.body.rhs(inst)];
  const ty = elementOf(p, p.refType(to));
  if (p.shape(ty).kind === 'none' || isUndefined(p, value)) return;
  const align = Math.min(alignOf(p, to), abiAlign(p.pool, ty));
  const place = p.at(ty, `${pointerOf(p, to)} + k${inst} * ${abiSize(p.pool, ty)}u`, align);
  p.line(indent, `for (unsigned k${inst} = 0; k${inst} < ${lengthOf(p, to)}; k${inst}++) ${place} = ${p.ref(value)};`);
};

const alignOf = (p: CBody, ref: Ref): number => pointeeAlign(p.pool, p.refType(ref));

export const filledSafe: CSpelling = (p, inst, indent) => {
  const [to, value] = [p.body.lhs(inst), p.body.rhs(inst)];
  if (!isUndefined(p, value)) return filled(p, inst, indent);
  const ty = elementOf(p, p.refType(to));
  requirePlain(p, ty);
  p.line(indent, `__builtin_memset(${pointerOf(p, to)}, 0xaa, ${lengthOf(p, to)} * ${abiSize(p.pool, ty)}u);`);
};

export const alloc: CSpelling = (p, inst, indent) => {
  const pointer = p.typeOf(inst);
  const size = Math.max(1, abiSize(p.pool, p.pool.childType(pointer)));
  p.shape(p.pool.childType(pointer));
  p.slots.push(`_Alignas(${pointeeAlign(p.pool, pointer)}) unsigned char s${inst}[${size}];`);
  p.define(inst, `s${inst}`, indent);
};

/** The one place of the result of the function. */
export const resultPointer: CExpression = (p) => {
  const size = Math.max(1, abiSize(p.pool, p.ret));
  const slot = `_Alignas(16) unsigned char result[${size}];`;
  if (!p.slots.includes(slot)) p.slots.push(slot);
  return 'result';
};

export const returnLoaded: CSpelling = (p, inst, indent) => {
  p.line(indent, p.shape(p.ret).kind === 'none' ? 'return;' : `return ${loadFrom(p, p.body.operand(inst), p.ret)};`);
};
