/**
 * Types, values and names as text: the terms of the spelling that docs/air.md defines.
 *
 * Owns their spelling; print.ts has declarations and bodies, parse-terms.ts and parse-sums.ts read terms back. What is not there
 * is spelt as missing, because messages about broken bodies print it.
 */
import { byteAt, byteCount } from '../../intern/byte-values.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { elemCount, elemValue } from '../../intern/elements.ts';
import { callConv } from '../../intern/call-conv.ts';
import { floatPattern } from '../../intern/numbers.ts';
import { backingOf, bitRange, isPackedUnion } from '../../intern/packed.ts';
import * as sums from '../../intern/sums.ts';
import { CallConv, TypeKind, SIMPLE_TYPE_NAMES, StructLayout } from '../../intern/type-kinds.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import type { Nav, Unit } from '../unit.ts';
import { formatFloat } from './float-text.ts';

/** What one call of a printing function works on. */
export interface Printer {
  readonly pool: InternPool;
  readonly navs: readonly Nav[];
  readonly typeText: Map<IpIndex, string>;
}

const NO_NAVS: readonly Nav[] = [];

/** A printer of terms of `pool`; `navs` are named in addresses. */
export function printer(pool: InternPool, navs: readonly Nav[]): Printer {
  return { pool, navs, typeText: new Map() };
}

/** A type. */
export function printType(pool: InternPool, ty: IpIndex, unit?: Unit): string {
  return typeText(printer(pool, unit?.navs ?? NO_NAVS), ty);
}

/** A value without its type; `unit` names the navs in addresses. */
export function printValue(pool: InternPool, value: IpIndex, unit?: Unit): string {
  return valueText(printer(pool, unit?.navs ?? NO_NAVS), value);
}

/** `name` as `@name`, quoted where it has to be. */
export function printNavName(name: string): string {
  return /^[A-Za-z0-9_.$]+$/.test(name) ? `@${name}` : `@${quote(new TextEncoder().encode(name))}`;
}

/** `bytes` as a string of the text form. */
export function quote(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) {
    if (byte === 0x0a) text += '\\n';
    else if (byte === 0x09) text += '\\t';
    else if (byte === 0x22) text += '\\"';
    else if (byte === 0x5c) text += '\\\\';
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `${text}"`;
}

/** The name of a nav; a missing one is said. */
export function navName(p: Printer, nav: NavIndex): string {
  const known = p.navs[nav];
  return known ? printNavName(known.name) : `@"nav ${nav}"`;
}

// --- types ---

/** A type, as it stands in text; what is no type is said. */
export function typeText(p: Printer, ty: IpIndex): string {
  const known = p.typeText.get(ty);
  if (known !== undefined) return known;
  const text = ty < p.pool.size && p.pool.isType(ty) ? makeTypeText(p, ty) : 'missing type';
  p.typeText.set(ty, text);
  return text;
}

/** What stands behind the parameters of function type `ty`: its convention, if it is not the usual one, and its result. */
export function resultText(p: Printer, ty: IpIndex): string {
  const result = typeText(p, p.pool.fnReturn(ty));
  return callConv(p.pool, ty) === CallConv.c ? `callconv(c) ${result}` : result;
}

function makeTypeText(p: Printer, ty: IpIndex): string {
  const { pool } = p;
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return SIMPLE_TYPE_NAMES[pool.simpleType(ty)];
    case TypeKind.int:
      return `${pool.intSigned(ty) ? 'i' : 'u'}${pool.intBits(ty)}`;
    case TypeKind.float:
      return `f${pool.floatBits(ty)}`;
    case TypeKind.ptr:
      return `${pool.ptrIsMany(ty) ? '[*]' : '*'}${pointeeText(p, ty)}`;
    case TypeKind.slice:
      return `[]${pointeeText(p, ty)}`;
    case TypeKind.array: {
      const sentinel = pool.arraySentinel(ty);
      const mark = sentinel === null ? '' : `:${valueText(p, sentinel)}`;
      return `[${pool.arrayLen(ty)}${mark}]${typeText(p, pool.childType(ty))}`;
    }
    case TypeKind.struct: {
      const layout = pool.structLayout(ty);
      const word = layout === StructLayout.auto ? 'struct' : layout === StructLayout.extern ? 'extern struct' : 'tuple';
      return `${word} ${braced(fieldsText(p, ty))}`;
    }
    case TypeKind.vector:
      return `vector(${pool.arrayLen(ty)}) ${typeText(p, pool.childType(ty))}`;
    case TypeKind.packed:
      return packedText(p, ty);
    case TypeKind.fn: {
      const params = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => typeText(p, pool.fnParam(ty, n)));
      return `fn(${params.join(', ')}) ${resultText(p, ty)}`;
    }
    case TypeKind.opt:
      return `?${typeText(p, pool.childType(ty))}`;
    case TypeKind.error_set:
      if (sums.isAnyError(pool, ty)) return 'anyerror';
      return `error${braced(
        sums
          .errorCodes(pool, ty)
          .map((code) => errorName(pool, code))
          .join(', '),
      )}`;
    case TypeKind.error_union:
      return `${typeText(p, sums.errorSetOf(pool, ty))}!${typeText(p, sums.errorPayload(pool, ty))}`;
    case TypeKind.enum:
      return enumText(p, ty);
    case TypeKind.union: {
      const tag = sums.unionTag(pool, ty);
      const word = pool.structLayout(ty) === StructLayout.extern ? 'extern union' : 'union';
      return `${word}${tag === null ? '' : `(${typeText(p, tag)})`} ${braced(fieldsText(p, ty))}`;
    }
  }
}

function packedText(p: Printer, ty: IpIndex): string {
  const { pool } = p;
  const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => typeText(p, pool.fieldType(ty, n)));
  const word = isPackedUnion(pool, ty) ? 'union' : 'struct';
  return `packed ${word}(${typeText(p, backingOf(pool, ty))}) ${braced(fields.join(', '))}`;
}

function enumText(p: Printer, ty: IpIndex): string {
  const { pool } = p;
  const fields = Array.from({ length: sums.enumFieldCount(pool, ty) }, (_, n) => {
    return `${wordText(pool, sums.enumFieldName(pool, ty, n))} = ${valueText(p, sums.enumFieldValue(pool, ty, n))}`;
  });
  if (sums.isOpenEnum(pool, ty)) fields.push('_');
  return `enum(${typeText(p, sums.enumTag(pool, ty))}) ${braced(fields.join(', '))}`;
}

/** Types of the fields of a struct or union. */
function fieldsText(p: Printer, ty: IpIndex): string {
  const { pool } = p;
  const fields: string[] = [];
  for (let n = 0; n < pool.fieldCount(ty); n++) {
    const align = pool.fieldAlign(ty, n);
    fields.push(typeText(p, pool.fieldType(ty, n)) + (align === 0 ? '' : ` align(${align})`));
  }
  return fields.join(', ');
}

/** A name, quoted where it is no word, or is the mark of an open enum. */
export function wordText(pool: InternPool, name: IpIndex): string {
  const text = sums.nameText(pool, name);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && text !== '_' ? text : quote(sums.nameBytes(pool, name));
}

function errorName(pool: InternPool, code: number): string {
  const name = pool.errorNames[code - 1];
  return name === undefined ? `"error ${code}"` : wordText(pool, name);
}

function pointeeText(p: Printer, ty: IpIndex): string {
  const align = p.pool.ptrAlign(ty);
  const bits = bitRange(p.pool, ty);
  const place = bits === null ? `${align}` : `${align}:${bits.bitOffset}:${bits.hostSize}`;
  const mark = align === 0 && bits === null ? '' : `align(${place}) `;
  return `${mark}${p.pool.ptrIsConst(ty) ? 'const ' : ''}${typeText(p, p.pool.childType(ty))}`;
}

/** A list in braces. */
export function braced(list: string): string {
  return list === '' ? '{}' : `{ ${list} }`;
}

// --- values ---

/** A value without its type. */
export function valueText(p: Printer, value: IpIndex): string {
  const { pool } = p;
  switch (pool.valueKind(value)) {
    case ValueKind.undef:
      return 'undef';
    case ValueKind.int:
      return intText(pool, value);
    case ValueKind.bool:
      return pool.word(value, 0) === 1 ? 'true' : 'false';
    case ValueKind.float:
      return formatFloat(pool.floatBits(pool.typeOf(value)), floatPattern(pool, value));
    case ValueKind.void:
      return '{}';
    case ValueKind.aggregate: {
      const ty = pool.typeOf(value);
      const count = elemCount(pool, ty);
      const elems: string[] = [];
      for (let n = 0; n < count; n++) elems.push(valueText(p, elemValue(pool, value, n)));
      return `.${braced(elems.join(', '))}`;
    }
    case ValueKind.bytes: {
      const bytes = new Uint8Array(byteCount(pool, value));
      for (let n = 0; n < bytes.length; n++) bytes[n] = byteAt(pool, value, n);
      return quote(bytes);
    }
    case ValueKind.repeated:
      return `.{ ${valueText(p, pool.word(value, 1) as IpIndex)} ** }`;
    case ValueKind.ptr_nav:
      return `&${navName(p, pool.word(value, 1) as NavIndex)}${offsetText(pool.ptrOffset(value))}`;
    case ValueKind.ptr_uav: {
      const target = pool.word(value, 1) as IpIndex;
      const align = pool.word(value, 2);
      const mark = align === 0 ? '' : ` align(${align})`;
      const typed = `${typeText(p, pool.typeOf(target))} ${valueText(p, target)}`;
      return `&(${typed})${mark}${offsetText(pool.ptrOffset(value))}`;
    }
    case ValueKind.ptr_int:
      return `ptr(${pool.word(value, 1)})`;
    case ValueKind.slice: {
      const ptr = pool.word(value, 1) as IpIndex;
      const len = valueText(p, pool.word(value, 2) as IpIndex);
      return `slice(${typeText(p, pool.typeOf(ptr))} ${valueText(p, ptr)}, ${len})`;
    }
    case ValueKind.null:
      return 'null';
    case ValueKind.payload:
      return `payload(${valueText(p, pool.word(value, 1) as IpIndex)})`;
    case ValueKind.err:
      return `error.${errorName(pool, pool.word(value, 1))}`;
    case ValueKind.enum_tag: {
      const integer = pool.word(value, 1) as IpIndex;
      const field = sums.enumFieldOf(pool, pool.typeOf(value), integer);
      if (field < 0) return `enum(${valueText(p, integer)})`;
      return `.${wordText(pool, sums.enumFieldName(pool, pool.typeOf(value), field))}`;
    }
    case ValueKind.union_value:
      return `field(${pool.word(value, 1)}, ${valueText(p, pool.word(value, 2) as IpIndex)})`;
  }
}

function intText(pool: InternPool, value: IpIndex): string {
  const ty = pool.typeOf(value);
  if (pool.intBits(ty) > 64) return String(pool.intBig(value));
  const lo = pool.patternWord(value, 0);
  const hi = pool.patternWord(value, 1);
  if (hi === 0) return String(lo);
  if (hi === 0xffff_ffff && (lo | 0) < 0 && pool.intSigned(ty)) return String(lo | 0);
  return String(pool.intBig(value));
}

function offsetText(offset: number): string {
  return offset === 0 ? '' : offset > 0 ? ` + ${offset}` : ` - ${-offset}`;
}
