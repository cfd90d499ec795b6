/**
 * AIR as text: the canonical spelling that docs/air.md defines.
 *
 * Owns the spelling of declarations and bodies, print-terms.ts that of types, values and names; parse*.ts reads both back. Trusts the packing of a body but not its types, because messages about
 * broken bodies print them. Invariant: parsing the text of a valid unit and printing again gives the same text.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { unreachable } from '../../support/assert.ts';
import type { Body } from '../body/body.ts';
import type { InstIndex, InstSequence, Ref } from '../body/ref.ts';
import { armCount, armLength, armStart, caseCount, firstArm, hasCases } from '../body/operands.ts';
import { isInstRef, maskItem, REF_NONE, refInst, refValue, valueRef } from '../body/ref.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES } from '../schema/ops.ts';
import { LAYOUT_BY_NUMBER } from '../schema/layout.ts';
import { resultTypes } from '../typing/result-types.ts';
import { isValueIndex } from '../typing/rule.ts';
import type { Nav, NavExport, Unit } from '../unit.ts';
import { isFunctionNav } from '../unit.ts';
import type { Printer } from './print-terms.ts';
import {
  braced,
  navName,
  printer,
  printNavName,
  quote,
  resultText,
  typeText,
  valueText,
  wordText,
} from './print-terms.ts';

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

// --- declarations ---

function navText(p: Printer, nav: Nav, out: string[]): void {
  if (isFunctionNav(nav)) {
    const { pool } = p;
    const params = Array.from({ length: pool.fnParamCount(nav.ty) }, (_, n) => typeText(p, pool.fnParam(nav.ty, n)));
    const signature = `fn ${printNavName(nav.name)}(${params.join(', ')}) ${resultText(p, nav.ty)}`;
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
