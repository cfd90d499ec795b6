/**
 * Optionals, errors, enums and unions of AIR as C: words at the offsets that AIR gives them.
 */
import type { InstIndex, IpIndex, Ref } from '../../../core/index.ts';
import {
  abiAlign,
  enumFieldCount,
  enumFieldName,
  enumFieldValue,
  errorCodes,
  errorOffset,
  errorPayloadOffset,
  errorSetOf,
  fieldOffset,
  hasNullPayload,
  isAnyError,
  nameBytes,
  presenceWord,
  TypeKind,
  unionTag,
  unionTagOffset,
} from '../../../core/index.ts';
import type { CBody, CSpelling } from './c-body.ts';
import type { CExpression } from './c-expressions.ts';
import { fillSlice } from './c-memory.ts';

/** Address of the bytes of operand 0, or of what it points to. */
const bytesOf = (p: CBody, inst: InstIndex, isPointer: boolean): string => {
  const operand = p.body.operand(inst);
  return isPointer ? p.ref(operand) : p.bytesOf(operand);
};

/** Type of operand 0, or of what it points to. */
const sumOf = (p: CBody, inst: InstIndex, isPointer: boolean): IpIndex => {
  const ty = p.refType(p.body.operand(inst));
  return isPointer ? p.pool.childType(ty) : ty;
};

const wordAt = (p: CBody, at: string, offset: number, size: number): string =>
  p.at(p.pool.intType(false, size * 8), `${at} + ${offset}`, 1);

function presence(p: CBody, ty: IpIndex, at: string): string {
  const { offset, size } = presenceWord(p.pool, ty);
  return wordAt(p, at, offset, size);
}

const code = (p: CBody, ty: IpIndex, at: string): string => wordAt(p, at, errorOffset(p.pool, ty), 2);

export const nullTest =
  (isNull: boolean, isPointer = false): CExpression =>
  (p, inst) =>
    `${presence(p, sumOf(p, inst, isPointer), bytesOf(p, inst, isPointer))} ${isNull ? '==' : '!='} 0`;

export const errorTest =
  (isError: boolean, isPointer = false): CExpression =>
  (p, inst) =>
    `${code(p, sumOf(p, inst, isPointer), bytesOf(p, inst, isPointer))} ${isError ? '!=' : '=='} 0`;

/** Offset of the payload of an optional or error union. */
const payloadOffset = (p: CBody, ty: IpIndex): number =>
  p.pool.typeKind(ty) === TypeKind.error_union ? errorPayloadOffset(p.pool, ty) : 0;

export const payload: CExpression = (p, inst) => {
  const operand = p.body.operand(inst);
  return p.part(operand, p.typeOf(inst), payloadOffset(p, p.refType(operand)));
};

export const payloadPointer: CExpression = (p, inst) =>
  `${p.ref(p.body.operand(inst))} + ${payloadOffset(p, sumOf(p, inst, true))}`;

/** The address of the payload, which is there from now on. */
export const payloadPointerSet: CSpelling = (p, inst, indent) => {
  const ty = sumOf(p, inst, true);
  const at = p.ref(p.body.operand(inst));
  if (p.pool.typeKind(ty) === TypeKind.error_union) p.line(indent, `${code(p, ty, at)} = 0;`);
  else if (!hasNullPayload(p.pool, ty)) p.line(indent, `${presence(p, ty, at)} = 1;`);
  p.define(inst, payloadPointer(p, inst), indent);
};

export const errorOf =
  (isPointer = false): CExpression =>
  (p, inst) =>
    code(p, sumOf(p, inst, isPointer), bytesOf(p, inst, isPointer));

export const wrapOptional: CSpelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  p.declare(inst, indent);
  p.put(indent, p.body.operand(inst), `v${inst}.b`);
  if (!hasNullPayload(p.pool, ty)) p.line(indent, `${presence(p, ty, `v${inst}.b`)} = 1;`);
};

/** The optional `inst` of a `child`: `text` where `isThere` holds, else null. */
export function optionalOf(
  p: CBody,
  inst: InstIndex,
  indent: string,
  child: IpIndex,
  text: string,
  isThere: string,
): void {
  const ty = p.typeOf(inst);
  p.declare(inst, indent);
  if (hasNullPayload(p.pool, ty)) {
    p.line(indent, `${p.at(child, `v${inst}.b`)} = ${isThere} ? ${text} : 0;`);
    return;
  }
  p.line(indent, `${p.at(child, `v${inst}.b`)} = ${text};`);
  p.line(indent, `${presence(p, ty, `v${inst}.b`)} = ${isThere};`);
}

export const wrapPayload: CSpelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  p.declare(inst, indent);
  p.put(indent, p.body.operand(inst), `v${inst}.b + ${errorPayloadOffset(p.pool, ty)}`);
  p.line(indent, `${code(p, ty, `v${inst}.b`)} = 0;`);
};

export const wrapError: CSpelling = (p, inst, indent) => {
  p.declare(inst, indent);
  p.line(indent, `${code(p, p.typeOf(inst), `v${inst}.b`)} = ${p.ref(p.body.operand(inst))};`);
};

/** The payload or its address, or the body where there is an error. */
export const tried =
  (isPointer: boolean): CSpelling =>
  (p, inst, indent) => {
    const at = bytesOf(p, inst, isPointer);
    p.line(indent, `if (${code(p, sumOf(p, inst, isPointer), at)} != 0) {`);
    p.sequence(p.body.blockBody(inst), `${indent}    `);
    p.line(indent, '}');
    if (p.shape(p.typeOf(inst)).kind !== 'none')
      p.define(inst, (isPointer ? payloadPointer : payload)(p, inst), indent);
  };

export const unionInit: CSpelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  if (p.shape(ty).kind === 'none') return;
  const [n, tag] = [p.body.number(inst), unionTag(p.pool, ty)];
  p.declare(inst, indent);
  p.put(indent, p.body.operand(inst), `v${inst}.b + ${fieldOffset(p.pool, ty, n)}`);
  if (tag === null) return;
  const { bits, signed } = p.integer(tag);
  const number = p.values.int(bits, signed, p.pool.intBig(enumFieldValue(p.pool, tag, n)));
  p.line(indent, `${p.at(tag, `v${inst}.b + ${unionTagOffset(p.pool, ty)}`)} = ${number};`);
};

export const unionTagOf: CExpression = (p, inst) => {
  const operand = p.body.operand(inst);
  return p.part(operand, p.typeOf(inst), unionTagOffset(p.pool, p.refType(operand)));
};

export const setUnionTag: CSpelling = (p, inst, indent) => {
  const [pointer, tag] = [p.body.lhs(inst), p.body.rhs(inst)];
  const union = p.pool.childType(p.refType(pointer));
  const at = `${p.ref(pointer)} + ${unionTagOffset(p.pool, union)}`;
  if (p.hasBytes(tag)) p.line(indent, `${p.at(p.refType(tag), at, 1)} = ${p.ref(tag)};`);
};

/** Whether the operand is one of `numbers`. */
const isOneOf = (p: CBody, ref: Ref, numbers: readonly bigint[]): string => {
  const { bits, signed } = p.integer(p.refType(ref));
  return numbers.map((number) => `${p.ref(ref)} == ${p.values.int(bits, signed, number)}`).join(' || ') || '0';
};

export const isInSet: CExpression = (p, inst) => {
  const set = p.body.ty(inst);
  const codes = isAnyError(p.pool, set)
    ? p.pool.errorNames.map((_, n) => n + 1)
    : errorCodes(p.pool, errorSetOf(p.pool, set));
  return isOneOf(p, p.body.operand(inst), codes.map(BigInt));
};

export const isErrorNumber: CExpression = (p, inst) =>
  `${p.ref(p.body.operand(inst))} <= ${p.values.int(16, false, BigInt(p.pool.errorNames.length))}`;

const namedValues = (p: CBody, ty: IpIndex): readonly bigint[] =>
  Array.from({ length: enumFieldCount(p.pool, ty) }, (_, n) => p.pool.intBig(enumFieldValue(p.pool, ty, n)));

export const isNamed: CExpression = (p, inst) => {
  const operand = p.body.operand(inst);
  return isOneOf(p, operand, namedValues(p, p.refType(operand)));
};

/** A slice of the bytes of a name, behind which a zero lies. */
export const nameOf: CSpelling = (p, inst, indent) => {
  const { pool } = p;
  const operand = p.body.operand(inst);
  const ty = p.refType(operand);
  const names: [bigint, IpIndex][] =
    pool.typeKind(ty) === TypeKind.error_set
      ? pool.errorNames.map((name, n) => [BigInt(n + 1), name])
      : namedValues(p, ty).map((number, n) => [number, enumFieldName(pool, ty, n)]);
  const { bits, signed } = p.integer(ty);
  p.line(indent, `unsigned char *t${inst} = (unsigned char *)"";`);
  p.line(indent, `unsigned l${inst} = 0;`);
  for (const [number, name] of names) {
    const bytes = nameBytes(pool, name);
    const text = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    const test = `${p.ref(operand)} == ${p.values.int(bits, signed, number)}`;
    p.line(indent, `if (${test}) { t${inst} = (unsigned char *)"${text}"; l${inst} = ${bytes.length}; }`);
  }
  fillSlice(p, inst, indent, `t${inst}`, `l${inst}`);
};

/** Equality of scalars, and of optionals: both null, or equal payloads. */
export const equality =
  (isEqual: boolean): CExpression =>
  (p, inst) => {
    const [a, b] = [p.body.lhs(inst), p.body.rhs(inst)];
    const ty = p.refType(a);
    if (p.pool.typeKind(ty) !== TypeKind.opt) return `${p.ref(a)} ${isEqual ? '==' : '!='} ${p.ref(b)}`;
    const child = p.pool.childType(ty);
    const [first, second] = [a, b].map((ref) => `(${presence(p, ty, p.bytesOf(ref))} != 0)`);
    const payloads =
      p.shape(child).kind === 'none'
        ? '1'
        : [a, b].map((ref) => p.at(child, p.bytesOf(ref), abiAlign(p.pool, child))).join(' == ');
    return `${isEqual ? '' : '!'}(${first} == ${second} && (!${first} || ${payloads}))`;
  };
