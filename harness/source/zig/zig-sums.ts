/**
 * Instructions on optionals, errors and unions as Zig source.
 *
 * Owns what has no spelling of its own: what Zig says in the course of an `if`, a `catch` or an initialiser.
 */
import type { InstIndex, IpIndex } from '../../../core/index.ts';
import {
  enumFieldCount,
  enumFieldValue,
  enumTag,
  errorCodes,
  errorPayload,
  IP,
  isAnyError,
  nameText,
  TypeKind,
} from '../../../core/index.ts';
import type { Expression } from './expressions.ts';
import type { BodyPrinter, Spelling } from './zig-body.ts';
import { identifier, unionFieldName } from './zig-names.ts';

const operand = (p: BodyPrinter, inst: InstIndex): string => p.ref(p.body.operand(inst));

/** Whether the operand is null. */
export const nullTest =
  (operator: '==' | '!='): Expression =>
  (p, inst) =>
    `${operand(p, inst)} ${operator} null`;

/** Whether the operand is an error. */
export const errorTest =
  (isError: boolean): Expression =>
  (p, inst) =>
    `if (${operand(p, inst)}) |_| ${!isError} else |_| ${isError}`;

/** A question about what the operand points to, which Zig asks without loading it where the payload is caught by reference. */
export const testBehindPointer =
  ({ hasPayload, isOptional }: { readonly hasPayload: boolean; readonly isOptional: boolean }): Expression =>
  (p, inst) =>
    `if (${operand(p, inst)}.*) |*x${inst}| b${inst}: { _ = x${inst}; break :b${inst} ${hasPayload}; } else ${isOptional ? '' : '|_| '}${!hasPayload}`;

/** A value that becomes one of a wider type by itself. */
export const coerced: Expression = operand;

export const payload: Expression = (p, inst) => {
  const isOptional = p.unit.pool.typeKind(p.refType(p.body.operand(inst))) === TypeKind.opt;
  return isOptional ? `${operand(p, inst)}.?` : `${operand(p, inst)} catch unreachable`;
};

export const payloadPointer: Expression = (p, inst) => {
  const { pool } = p.unit;
  const isOptional = pool.typeKind(pool.childType(p.refType(p.body.operand(inst)))) === TypeKind.opt;
  const text = isOptional
    ? `&${operand(p, inst)}.*.?`
    : `if (${operand(p, inst)}.*) |*x${inst}| x${inst} else |_| unreachable`;
  return pool.ptrAlign(p.typeOf(inst)) === 0 ? text : `@alignCast(${text})`;
};

/** The address of the payload, which is there from now on: what was null or an error has one that is undefined. */
export const settingPayload: Expression = (p, inst) => {
  const { pool } = p.unit;
  const pointer = operand(p, inst);
  const sum = pool.childType(p.refType(p.body.operand(inst)));
  const isOptional = pool.typeKind(sum) === TypeKind.opt;
  const type = p.types.text(isOptional ? pool.childType(sum) : errorPayload(pool, sum));
  const [test, none] = isOptional ? [`${pointer}.* != null`, ''] : [`${pointer}.*`, '|_| '];
  const caught = isOptional ? '' : '|_| ';
  const set = `if (${test}) ${caught}{} else ${none}{ ${pointer}.* = @as(${type}, undefined); }`;
  return `b${inst}: { ${set} break :b${inst} ${payloadPointer(p, inst)}; }`;
};

/** Whether an error is of the set that the instruction names. */
export const isInSet: Expression = (p, inst) => {
  const { pool } = p.unit;
  const all = p.refType(p.body.operand(inst));
  const set = p.body.ty(inst);
  const codesOf = (ty: IpIndex): readonly number[] | null => (isAnyError(pool, ty) ? null : errorCodes(pool, ty));
  const possible = codesOf(all);
  const wanted = codesOf(set);
  if (wanted === null) return `switch (${operand(p, inst)}) { else => true }`;
  const named = possible === null ? wanted : wanted.filter((code) => possible.includes(code));
  const prongs = named.map((code) => `error.${identifier(nameText(pool, pool.errorNames[code - 1]!))}`);
  const isAll = possible !== null && named.length === possible.length;
  const parts = [...(prongs.length === 0 ? [] : [`${prongs.join(', ')} => true`]), ...(isAll ? [] : ['else => false'])];
  return `switch (${operand(p, inst)}) { ${parts.join(', ')} }`;
};

/** Whether the number of an enum has a name. */
export const isNamedValue: Expression = (p, inst) => {
  const { pool } = p.unit;
  const ty = p.refType(p.body.operand(inst));
  const numbers = Array.from({ length: enumFieldCount(pool, ty) }, (_, n) => pool.intBig(enumFieldValue(pool, ty, n)));
  const isAll = BigInt(numbers.length) === 1n << BigInt(pool.intBits(enumTag(pool, ty)));
  const parts = [
    ...(numbers.length === 0 ? [] : [`${numbers.join(', ')} => true`]),
    ...(isAll ? [] : ['else => false']),
  ];
  return `switch (@intFromEnum(${operand(p, inst)})) { ${parts.join(', ')} }`;
};

export const errorOf: Expression = (p, inst) => `if (${operand(p, inst)}) |_| unreachable else |e${inst}| e${inst}`;

export const errorBehindPointer: Expression = (p, inst) =>
  `if (${operand(p, inst)}.*) |*x${inst}| { _ = x${inst}; unreachable; } else |e${inst}| e${inst}`;

export const unionInit: Expression = (p, inst) => {
  const ty = p.typeOf(inst);
  return `.{ .${unionFieldName(p.unit.pool, ty, p.body.number(inst))} = ${operand(p, inst)} }`;
};

/** The payload, or the body where there is an error. */
export const tryPayload: Spelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  const isVoid = ty === IP.void_type;
  p.line(indent, `${isVoid ? '' : `const v${inst}: ${p.types.text(ty)} = `}${operand(p, inst)} catch {`);
  p.sequence(p.body.blockBody(inst), `${indent}    `);
  p.line(indent, '};');
  if (!isVoid) p.keep(inst, indent);
};

export const tryPointer: Spelling = (p, inst, indent) => {
  p.line(
    indent,
    `const v${inst}: ${p.types.text(p.typeOf(inst))} = if (${operand(p, inst)}.*) |*x${inst}| x${inst} else |_| {`,
  );
  p.sequence(p.body.blockBody(inst), `${indent}    `);
  p.line(indent, '};');
  p.keep(inst, indent);
};
