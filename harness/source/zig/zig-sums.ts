/**
 * Optionals, errors, enums and unions as Zig source: their types, values and instructions.
 *
 * Owns what has no spelling: the number of an error is the compiler's own, the parts of a value cannot be set one at a time, and a
 * union without a tag has a hidden one in Zig unless C has it.
 */
import type { InternPool, InstIndex, IpIndex } from '../../../core/index.ts';
import {
  enumFieldCount,
  enumFieldName,
  enumFieldOf,
  enumFieldValue,
  enumTag,
  errorCodes,
  IP,
  isAnyError,
  isOpenEnum,
  nameText,
  TypeKind,
  unionTag,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { Expression } from './expressions.ts';
import type { BodyPrinter, Spelling } from './zig-body.ts';

/** A name that may be no word of Zig. */
export function identifier(name: string): string {
  return `@${quoted(name)}`;
}

/** A name as a string of Zig. */
export function quoted(name: string): string {
  let text = '';
  for (const byte of new TextEncoder().encode(name)) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${text}"`;
}

/** Text of error set type `ty`. */
export function errorSetText(pool: InternPool, ty: IpIndex): string {
  if (isAnyError(pool, ty)) return 'anyerror';
  return `error{ ${errorCodes(pool, ty)
    .map((code) => identifier(nameText(pool, pool.errorNames[code - 1]!)))
    .join(', ')} }`;
}

/** What follows `const name = ` in the declaration of enum type `ty`. */
export function enumText(pool: InternPool, ty: IpIndex, tag: string): string {
  const fields = Array.from({ length: enumFieldCount(pool, ty) }, (_, n) => {
    return `${enumName(pool, ty, n)} = ${pool.intBig(enumFieldValue(pool, ty, n))}`;
  });
  return `enum(${tag}) { ${[...fields, ...(isOpenEnum(pool, ty) ? ['_'] : [])].join(', ')} }`;
}

/** Name of named value `n`. */
function enumName(pool: InternPool, ty: IpIndex, n: number): string {
  return identifier(nameText(pool, enumFieldName(pool, ty, n)));
}

/** Name of field `n` of union type `ty`. */
export function unionFieldName(pool: InternPool, ty: IpIndex, n: number): string {
  const tag = unionTag(pool, ty);
  return tag === null ? `f${n}` : enumName(pool, tag, n);
}

/** The error or enum value `value`, whose type is known from the surroundings. */
export function errorText(pool: InternPool, value: IpIndex): string {
  return `error.${identifier(nameText(pool, pool.errorNames[pool.word(value, 1) - 1]!))}`;
}

export function enumValueText(pool: InternPool, value: IpIndex): string {
  const ty = pool.typeOf(value);
  const number = pool.word(value, 1) as IpIndex;
  const field = enumFieldOf(pool, ty, number);
  return field < 0 ? `@enumFromInt(${pool.intBig(number)})` : `.${enumName(pool, ty, field)}`;
}

const operand = (p: BodyPrinter, inst: InstIndex): string => p.ref(p.body.operand(inst));

/** Whether the operand, or what it points to, is null. */
export const nullTest =
  (operator: '==' | '!=', behind = ''): Expression =>
  (p, inst) =>
    `${operand(p, inst)}${behind} ${operator} null`;

/** Whether the operand, or what it points to, is an error. */
export const errorTest =
  (isError: boolean, behind = ''): Expression =>
  (p, inst) =>
    `if (${operand(p, inst)}${behind}) |_| ${!isError} else |_| ${isError}`;

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

export const errorOf =
  (behind = ''): Expression =>
  (p, inst) =>
    `if (${operand(p, inst)}${behind}) |_| unreachable else |e${inst}| e${inst}`;

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

/** Something between a value with names and its number. Null: neither type has names. */
export function namedCast(pool: InternPool, from: IpIndex, to: IpIndex, text: string): string | null {
  const [fromKind, toKind] = [pool.typeKind(from), pool.typeKind(to)];
  if (fromKind === TypeKind.error_set || toKind === TypeKind.error_set)
    throw new NotPrintable('the number of an error');
  if (fromKind === TypeKind.enum && toKind === TypeKind.enum) {
    if (enumTag(pool, from) !== enumTag(pool, to)) throw new NotPrintable('a cast between enums of different tags');
    return `@enumFromInt(@intFromEnum(${text}))`;
  }
  if (fromKind === TypeKind.enum) return `@intFromEnum(${text})`;
  return toKind === TypeKind.enum ? `@enumFromInt(${text})` : null;
}
