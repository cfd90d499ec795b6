/**
 * Errors, enums and unions as Zig source: their types, their values and their names.
 *
 * Owns what a name may be. The number of an error is the compiler's own, so no cast to or from it is printed.
 */
import type { InternPool, IpIndex } from '../../../core/index.ts';
import {
  enumFieldCount,
  enumFieldName,
  enumFieldOf,
  enumFieldValue,
  enumTag,
  errorCodes,
  isAnyError,
  isOpenEnum,
  nameText,
  TypeKind,
  unionTag,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';

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
    return `${enumFieldText(pool, ty, n)} = ${pool.intBig(enumFieldValue(pool, ty, n))}`;
  });
  const isEvery = BigInt(fields.length) === 1n << BigInt(pool.intBits(enumTag(pool, ty)));
  // Zig takes that name for what makes an enum open.
  const isNamedOpen = fields.some((field) => field.startsWith(`${identifier('_')} `));
  if (isOpenEnum(pool, ty) && isNamedOpen) throw new NotPrintable('an open enum with a value called _');
  if (isOpenEnum(pool, ty) && isEvery) throw new NotPrintable('an open enum that names every value');
  return `enum(${tag}) { ${[...fields, ...(isOpenEnum(pool, ty) ? ['_'] : [])].join(', ')} }`;
}

/** Name of named value `n`. */
export function enumFieldText(pool: InternPool, ty: IpIndex, n: number): string {
  return identifier(nameText(pool, enumFieldName(pool, ty, n)));
}

/** Name of field `n` of union type `ty`, a packed one too. */
export function unionFieldName(pool: InternPool, ty: IpIndex, n: number): string {
  const tag = pool.typeKind(ty) === TypeKind.union ? unionTag(pool, ty) : null;
  return tag === null ? `f${n}` : enumFieldText(pool, tag, n);
}

/** The error or enum value `value`, whose type is known from the surroundings. */
export function errorText(pool: InternPool, value: IpIndex): string {
  return `error.${identifier(nameText(pool, pool.errorNames[pool.word(value, 1) - 1]!))}`;
}

export function enumValueText(pool: InternPool, value: IpIndex): string {
  const ty = pool.typeOf(value);
  const number = pool.word(value, 1) as IpIndex;
  const field = enumFieldOf(pool, ty, number);
  return field < 0 ? `@enumFromInt(${pool.intBig(number)})` : `.${enumFieldText(pool, ty, field)}`;
}

/** The number that AIR gives to error `text`: that of Zig is another one in every compile. */
function errorNumber(pool: InternPool, set: IpIndex, text: string): string {
  const codes = isAnyError(pool, set) ? pool.errorNames.map((_, n) => n + 1) : errorCodes(pool, set);
  if (codes.length === 0) throw new NotPrintable('the number of an error of an empty set');
  const prongs = codes.map((code) => `error.${identifier(nameText(pool, pool.errorNames[code - 1]!))} => ${code}`);
  return `switch (${text}) { ${[...prongs, ...(isAnyError(pool, set) ? ['else => unreachable'] : [])].join(', ')} }`;
}

/** Something between a value with names and its number. Null: neither type has names. `typeText`: of an integer type. */
export function namedCast(
  pool: InternPool,
  from: IpIndex,
  to: IpIndex,
  text: string,
  typeText: (ty: IpIndex) => string,
): string | null {
  const [fromKind, toKind] = [pool.typeKind(from), pool.typeKind(to)];
  if (toKind === TypeKind.error_set) throw new NotPrintable('the error of a number');
  if (fromKind === TypeKind.error_set) return errorNumber(pool, from, text);
  if (fromKind === TypeKind.enum && toKind === TypeKind.enum) {
    const [tag, other] = [enumTag(pool, from), enumTag(pool, to)];
    const number = `@intFromEnum(${text})`;
    return `@enumFromInt(${tag === other ? number : `@as(${typeText(other)}, @bitCast(${number}))`})`;
  }
  if (fromKind === TypeKind.enum) return `@intFromEnum(${text})`;
  return toKind === TypeKind.enum ? `@enumFromInt(${text})` : null;
}
