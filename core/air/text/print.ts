/**
 * AIR as text: the canonical spelling that docs/air.md defines.
 *
 * Owns spelling only; parse*.ts reads it back. Trusts the packing of a body but not its types, because messages about
 * broken bodies print them. Invariant: parsing the text of a valid unit and printing again gives the same text.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { elemCount, elemValue } from '../../intern/elements.ts';
import { floatPattern } from '../../intern/numbers.ts';
import * as sums from '../../intern/sums.ts';
import { TypeKind, SIMPLE_TYPE_NAMES, StructLayout } from '../../intern/type-kinds.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { unreachable } from '../../support/assert.ts';
import type { Body } from '../body/body.ts';
import type { InstIndex, InstSequence, Ref } from '../body/ref.ts';
import { armCount, armLength, armStart, caseCount, firstArm, hasCases } from '../body/operands.ts';
import { isInstRef, maskItem, REF_NONE, refInst, refValue, valueRef } from '../body/ref.ts';
import { formatFloat } from './float-text.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES } from '../schema/ops.ts';
import { LAYOUT_BY_NUMBER } from '../schema/layout.ts';
import { resultTypes } from '../typing/result-types.ts';
import { isValueIndex } from '../typing/rule.ts';
import type { Nav, NavExport, Unit } from '../unit.ts';
import { isFunctionNav } from '../unit.ts';

/** What one call of a printing function works on. */
interface Printer {
  readonly pool: InternPool;
  readonly navs: readonly Nav[];
  readonly typeText: Map<IpIndex, string>;
}

const NO_NAVS: readonly Nav[] = [];

function printer(pool: InternPool, navs: readonly Nav[]): Printer {
  return { pool, navs, typeText: new Map() };
}

/** The whole unit; ends with a line break unless it is empty. */
export function printUnit(unit: Unit): string {
  const p = printer(unit.pool, unit.navs);
  const out: string[] = [];
  if (unit.pool.errorNames.length > 0) {
    out.push(`errors ${unit.pool.errorNames.map((name) => wordText(unit.pool, name)).join(', ')}\n`);
  }
  unit.navs.forEach((nav, n) => {
    const before = unit.navs[n - 1];
    if (before && (nav.body || before.body)) out.push('\n');
    navText(p, nav, out);
  });
  return out.join('');
}

/** One declaration; ends with a line break. */
export function printNav(unit: Unit, index: NavIndex): string {
  const out: string[] = [];
  navText(printer(unit.pool, unit.navs), unit.navs[index]!, out);
  return out.join('');
}

/** A type. */
export function printType(pool: InternPool, ty: IpIndex, unit?: Unit): string {
  return typeText(printer(pool, unit?.navs ?? NO_NAVS), ty);
}

/** A value without its type; `unit` names the navs in addresses. */
export function printValue(pool: InternPool, value: IpIndex, unit?: Unit): string {
  return valueText(printer(pool, unit?.navs ?? NO_NAVS), value);
}

/** An operand: `%n`, or a constant with its type. */
export function printRef(unit: Unit, ref: Ref): string {
  return refText(printer(unit.pool, unit.navs), ref);
}

/** One instruction on one line, without the bodies it owns. */
export function printInst(unit: Unit, body: Body, inst: InstIndex): string {
  const types = resultTypes(unit.pool, body);
  const p = printer(unit.pool, unit.navs);
  const name = namePrefix(body, types, inst);
  return name + headText(p, body, inst);
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

// --- declarations ---

function navText(p: Printer, nav: Nav, out: string[]): void {
  if (isFunctionNav(nav)) {
    const { pool } = p;
    const params = Array.from({ length: pool.fnParamCount(nav.ty) }, (_, n) => typeText(p, pool.fnParam(nav.ty, n)));
    const signature = `fn ${printNavName(nav.name)}(${params.join(', ')}) ${typeText(p, pool.fnReturn(nav.ty))}`;
    if (!nav.body) {
      const module = nav.module === null || nav.module === 'env' ? '' : `(${quoteName(nav.module)})`;
      out.push(`extern${module} ${signature}\n`);
      return;
    }
    out.push(`${exportText(nav)}${signature} {\n`);
    bodyText(p, nav.body, resultTypes(pool, nav.body), nav.body.mainBody(), '  ', out);
    out.push('}\n');
    return;
  }
  let attrs = nav.align === 0 ? '' : ` align(${nav.align})`;
  if (nav.section !== null) attrs += ` section(${quoteName(nav.section)})`;
  if (nav.threadlocal) attrs += ' threadlocal';
  const typed = `${printNavName(nav.name)}: ${typeText(p, nav.ty)}${attrs}`;
  if (nav.kind === 'extern_var') out.push(`extern var ${typed}\n`);
  else out.push(`${exportText(nav)}${nav.kind} ${typed} = ${nav.init === null ? 'undef' : valueText(p, nav.init)}\n`);
}

function quoteName(name: string): string {
  return quote(new TextEncoder().encode(name));
}

function exportText(nav: Nav): string {
  const [first, ...rest] = nav.exports;
  if (!first) return '';
  if (rest.length === 0 && first.name === nav.name && first.visibility === 'default') return 'export ';
  const one = (e: NavExport): string => quoteName(e.name) + (e.visibility === 'hidden' ? ' hidden' : '');
  return `export(${nav.exports.map(one).join(', ')}) `;
}

// --- bodies ---

function bodyText(
  p: Printer,
  body: Body,
  types: Uint32Array,
  insts: InstSequence,
  indent: string,
  out: string[],
): void {
  for (let n = 0; n < insts.length; n++) {
    const inst = insts[n]!;
    out.push(indent, namePrefix(body, types, inst), headText(p, body, inst));
    if (armCount(body, inst) > 0) armsText(p, body, types, inst, indent, out);
    out.push('\n');
  }
}

/** The bodies that `inst` owns: cases in braces of their own, bodies one behind the other. */
function armsText(p: Printer, body: Body, types: Uint32Array, inst: InstIndex, indent: string, out: string[]): void {
  const cases = caseCount(body, inst);
  const inner = `${indent}  `;
  let at = firstArm(body, inst);
  const arm = (n: number, around: string): void => {
    const start = armStart(body, inst, n, at);
    const length = armLength(body, inst, n, at);
    bodyText(p, body, types, body.insts(start, length), `${around}  `, out);
    at = start + length;
  };
  out.push(' {\n');
  if (hasCases(body, inst)) {
    for (let n = 0; n < cases; n++) {
      const items = itemsText(p, body, at);
      out.push(items === '' ? `${inner}case {\n` : `${inner}case ${items} {\n`);
      arm(n, inner);
      out.push(inner, '}\n');
    }
    out.push(inner, 'else {\n');
    arm(cases, inner);
    out.push(inner, '}\n');
  } else {
    for (let n = 0; n < armCount(body, inst); n++) {
      if (n > 0) out.push(indent, '} else {\n');
      arm(n, indent);
    }
  }
  out.push(indent, '}');
}

/** Items and ranges of the case at `extra[at]`. */
function itemsText(p: Printer, { extra }: Body, at: number): string {
  const items = extra[at]!;
  const ranges = extra[at + 1]!;
  const ref = (n: number): string => refText(p, extra[at + 3 + n]! as Ref);
  const parts: string[] = [];
  for (let n = 0; n < items; n++) parts.push(ref(n));
  for (let n = 0; n < ranges; n++) parts.push(`${ref(items + 2 * n)}..${ref(items + 2 * n + 1)}`);
  return parts.join(', ');
}

/** `%n = ` where the text form has it. */
function namePrefix(body: Body, types: Uint32Array, inst: InstIndex): string {
  const info = AIR_OP_BY_NUMBER[body.tags[inst]!]!;
  const ty = types[inst];
  const named = !info.isVoid && !info.ends && ty !== IP.void_type && ty !== IP.noreturn_type;
  return named || info.opens !== 'nothing' ? `%${inst} = ` : '';
}

/** Name and slots of an instruction, up to the first body it owns. */
function headText(p: Printer, body: Body, inst: InstIndex): string {
  const number = body.tags[inst]!;
  const layout = LAYOUT_BY_NUMBER[number]!;
  const { extra } = body;
  let text: string = AIR_TAG_NAMES[number]!;
  if (layout === null) return text;
  const payload = body.b[inst]!;
  let list = payload + layout.headLength;
  for (const slot of layout.slots) {
    const word = slot.place === 'a' ? body.a[inst]! : slot.place === 'b' ? payload : extra[payload + slot.offset]!;
    switch (slot.kind) {
      case 'ref':
        text += slot.lead + refText(p, word as Ref);
        break;
      case 'callee':
        text += slot.lead + calleeText(p, word as Ref);
        break;
      case 'optional_ref':
        if ((word as Ref) !== REF_NONE) text += slot.lead + refText(p, word as Ref);
        break;
      case 'type':
        text += slot.lead + typeText(p, word as IpIndex);
        break;
      case 'number':
        text += `${slot.lead}${word}`;
        break;
      case 'word':
        text += `${slot.lead}${slot.words![word] ?? 'missing word'}`;
        break;
      case 'nav':
        text += slot.lead + navName(p, word as NavIndex);
        break;
      case 'target':
        text += `${slot.lead}%${word}`;
        break;
      case 'refs': {
        const refs = listText(extra, list, word, (ref) => refText(p, ref as Ref));
        text += slot.lead + (slot.brackets === 'braces' ? braced(refs) : `(${refs})`);
        list += word;
        break;
      }
      case 'mask':
        text += slot.lead + braced(listText(extra, list, word, (item) => maskText(p, item)));
        list += word;
        break;
      case 'name':
        text += slot.lead + quote(Uint8Array.from(extra.subarray(list, list + word)));
        list += word;
        break;
      case 'body':
      case 'cases':
        return text;
      default:
        unreachable(slot.kind, 'kind of slot');
    }
  }
  return text;
}

function listText(extra: Uint32Array, at: number, count: number, itemText: (word: number) => string): string {
  let text = '';
  for (let n = 0; n < count; n++) text += n === 0 ? itemText(extra[at]!) : `, ${itemText(extra[at + n]!)}`;
  return text;
}

/** A lane of a mask: `a0` and `b0` are lanes of the operands. */
function maskText(p: Printer, word: number): string {
  const item = maskItem(word);
  switch (item.from) {
    case 'operand':
      return `${item.operand === 0 ? 'a' : 'b'}${item.lane}`;
    case 'value':
      return refText(p, valueRef(item.value));
    case 'nothing':
      return 'undef';
  }
}

function refText(p: Printer, ref: Ref): string {
  if (isInstRef(ref)) return `%${refInst(ref)}`;
  const value = refValue(ref);
  if (value >= p.pool.size) return 'missing operand';
  if (p.pool.isType(value)) return `type ${typeText(p, value)}`;
  return `${typeText(p, p.pool.typeOf(value))} ${valueText(p, value)}`;
}

/** The constant address of a function of the type it has is written as its name alone. */
function calleeText(p: Printer, ref: Ref): string {
  const { pool } = p;
  const value = refValue(ref);
  if (isInstRef(ref) || !isValueIndex(pool, value) || pool.valueKind(value) !== ValueKind.ptr_nav) {
    return refText(p, ref);
  }
  const ty = pool.typeOf(value);
  const nav = p.navs[pool.word(value, 1)];
  const plain =
    nav !== undefined &&
    pool.ptrOffset(value) === 0 &&
    pool.isFnPtr(ty) &&
    pool.childType(ty) === nav.ty &&
    pool.ptrIsConst(ty) &&
    !pool.ptrIsMany(ty) &&
    pool.ptrAlign(ty) === 0;
  return plain ? printNavName(nav.name) : refText(p, ref);
}

function navName(p: Printer, nav: NavIndex): string {
  const known = p.navs[nav];
  return known ? printNavName(known.name) : `@"nav ${nav}"`;
}

// --- types ---

function typeText(p: Printer, ty: IpIndex): string {
  const known = p.typeText.get(ty);
  if (known !== undefined) return known;
  const text = ty < p.pool.size && p.pool.isType(ty) ? makeTypeText(p, ty) : 'missing type';
  p.typeText.set(ty, text);
  return text;
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
    case TypeKind.fn: {
      const params = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => typeText(p, pool.fnParam(ty, n)));
      return `fn(${params.join(', ')}) ${typeText(p, pool.fnReturn(ty))}`;
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
function wordText(pool: InternPool, name: IpIndex): string {
  const text = sums.nameText(pool, name);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && text !== '_' ? text : quote(sums.nameBytes(pool, name));
}

function errorName(pool: InternPool, code: number): string {
  const name = pool.errorNames[code - 1];
  return name === undefined ? `"error ${code}"` : wordText(pool, name);
}

function pointeeText(p: Printer, ty: IpIndex): string {
  const align = p.pool.ptrAlign(ty);
  const mark = align === 0 ? '' : `align(${align}) `;
  return `${mark}${p.pool.ptrIsConst(ty) ? 'const ' : ''}${typeText(p, p.pool.childType(ty))}`;
}

function braced(list: string): string {
  return list === '' ? '{}' : `{ ${list} }`;
}

// --- values ---

function valueText(p: Printer, value: IpIndex): string {
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
      const bytes = new Uint8Array(pool.byteCount(value));
      for (let n = 0; n < bytes.length; n++) bytes[n] = pool.byte(value, n);
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
