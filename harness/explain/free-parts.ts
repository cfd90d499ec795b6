/**
 * The parts of a case that could be otherwise: constants, arguments of calls, initial values, types and instructions, each with what could
 * stand in its place.
 *
 * Owns the list and its order. Runs nothing; whether a change is a program is for the verifier. Deterministic.
 */
import type { AirTag, IpIndex } from '../../core/index.ts';
import {
  AIR_OPS,
  floatPattern,
  IP,
  nearestPattern,
  numberOfPattern,
  printNavName,
  printType,
  printValue,
  TypeKind,
  ValueKind,
} from '../../core/index.ts';
import type { CaseModel } from '../reduce/case-model.ts';
import { exporterOf, functionsOf } from '../reduce/case-model.ts';
import type { Node } from '../reduce/model.ts';
import { forEachNode, isNodeOperand, operandValue, valueOperand } from '../reduce/model.ts';
import { replaceType, usedTypes } from '../reduce/type-passes.ts';

/** What can stand in the place of a part. */
export interface Choice {
  readonly text: string;
  /** Puts it there; false: not possible. */
  change(copy: CaseModel): boolean;
}

/** An integer that could be another of its type. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly value: bigint;
  at(value: bigint): Choice;
}

/** A part of a case. */
export interface FreePart {
  readonly kind: 'constant' | 'argument' | 'initial' | 'type' | 'instruction';
  /** Node that it belongs to (id in the model); null: to none. */
  readonly node: { readonly nav: number; readonly id: number } | null;
  /** Where it is, if it belongs to no node. */
  readonly place: string;
  readonly text: string;
  /** Null: it is no integer, and `choices` are all that is tried. */
  readonly range: IntegerRange | null;
  readonly choices: readonly Choice[];
}

/** Widths around those of containers and wasm values. */
const WIDTHS = [1, 5, 7, 8, 9, 16, 17, 31, 32, 33, 48, 63, 64, 65, 128];
const FLOAT_WIDTHS = [16, 32, 64, 80, 128] as const;
const FLOATS = [0, -0, 1, -1, 0.5, 3, -1e10, Number.MIN_VALUE, Infinity, -Infinity, Number.NaN];

/** Every part of `model`. */
export function freePartsOf(model: CaseModel): FreePart[] {
  return [
    ...constantParts(model),
    ...argumentParts(model),
    ...initialParts(model),
    ...typeParts(model),
    ...instructionParts(model),
  ];
}

function nodesOf(model: CaseModel): { readonly nav: number; readonly node: Node }[] {
  const nodes: { nav: number; node: Node }[] = [];
  for (const { index, body } of functionsOf(model)) forEachNode(body, (node) => nodes.push({ nav: index, node }));
  return nodes;
}

/** Calls `change` with node `id` of `nav`. */
function withNode(copy: CaseModel, nav: number, id: number, change: (node: Node) => void): boolean {
  forEachNode(copy.unit.navs[nav]!.body ?? [], (node) => {
    if (node.id === id) change(node);
  });
  return true;
}

function* constantParts(model: CaseModel): Generator<FreePart> {
  for (const { nav, node } of nodesOf(model)) {
    for (let n = 0; n < node.operands.length; n++) {
      const operand = node.operands[n]!;
      if (isNodeOperand(operand)) continue;
      const put = (copy: CaseModel, value: IpIndex): boolean =>
        withNode(copy, nav, node.id, (found) => (found.operands[n] = valueOperand(value)));
      const free = valuePart(model, operandValue(operand), put);
      if (free !== null) yield { kind: 'constant', node: { nav, id: node.id }, place: '', ...free };
    }
  }
}

function* initialParts(model: CaseModel): Generator<FreePart> {
  const { navs } = model.unit;
  for (let at = 0; at < navs.length; at++) {
    const { nav } = navs[at]!;
    if (nav.init === null) continue;
    const put = (copy: CaseModel, init: IpIndex): boolean => {
      const entry = copy.unit.navs[at]!;
      entry.nav = { ...entry.nav, init };
      return true;
    };
    const free = valuePart(model, nav.init, put);
    const place = printNavName(nav.name);
    if (free !== null) yield { kind: 'initial', node: null, place, ...free };
  }
}

type Free = Pick<FreePart, 'text' | 'range' | 'choices'>;

/** A constant of a scalar type; null: it is none. */
function valuePart(model: CaseModel, value: IpIndex, put: (copy: CaseModel, value: IpIndex) => boolean): Free | null {
  const { pool } = model.unit;
  const ty = pool.typeOf(value);
  const choice = (other: IpIndex): Choice => ({
    text: printValue(pool, other),
    change: (copy) => put(copy, other),
  });
  const text = `${printType(pool, ty)} ${printValue(pool, value)}`;
  const kind = pool.valueKind(value);
  if (kind === ValueKind.int) {
    const at = (number: bigint): Choice => ({
      text: String(number),
      change: (copy) => put(copy, copy.unit.pool.int(ty, number)),
    });
    return { text, choices: [], range: { ...limitsOf(model, ty), value: pool.intBig(value), at } };
  }
  if (kind === ValueKind.bool) {
    return { text, range: null, choices: [choice(value === IP.bool_true ? IP.bool_false : IP.bool_true)] };
  }
  if (kind !== ValueKind.float) return null;
  const own = floatPattern(pool, value);
  const choices = floatChoices(pool.floatBits(ty), own, (copy, bits) => put(copy, copy.unit.pool.float(ty, bits)));
  return { text, range: null, choices };
}

type FloatBits = Parameters<typeof nearestPattern>[0];

function floatChoices(bits: FloatBits, own: bigint, put: (copy: CaseModel, bits: bigint) => boolean): Choice[] {
  const patterns = new Set(FLOATS.map((value) => nearestPattern(bits, value)));
  patterns.delete(own);
  return [...patterns].map((pattern) => {
    const number = numberOfPattern(bits, pattern);
    return { text: Object.is(number, -0) ? '-0' : String(number), change: (copy) => put(copy, pattern) };
  });
}

function limitsOf({ unit: { pool } }: CaseModel, ty: IpIndex): { readonly min: bigint; readonly max: bigint } {
  const bits = BigInt(pool.intBits(ty));
  if (bits === 0n) return { min: 0n, max: 0n };
  if (!pool.intSigned(ty)) return { min: 0n, max: (1n << bits) - 1n };
  return { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };
}

/** Arguments are bits; integers are shown as their type has them. */
function* argumentParts(model: CaseModel): Generator<FreePart> {
  const { pool, navs } = model.unit;
  for (let c = 0; c < model.calls.length; c++) {
    const { fn, args } = model.calls[c]!;
    const nav = exporterOf(model, fn);
    if (nav < 0) continue;
    for (let n = 0; n < args.length; n++) {
      const ty = pool.fnParam(navs[nav]!.nav.ty, n);
      const put = (copy: CaseModel, bits: bigint): boolean => {
        const call = copy.calls[c]!;
        copy.calls[c] = { ...call, args: call.args.with(n, bits) };
        return true;
      };
      const place = `call ${c + 1}, @${fn}`;
      const named = `argument ${n + 1}, ${printType(pool, ty)}`;
      if (pool.isInt(ty)) {
        const width = pool.intBits(ty);
        const value = pool.intSigned(ty) ? BigInt.asIntN(width, args[n]!) : args[n]!;
        const at = (number: bigint): Choice => ({
          text: String(number),
          change: (copy) => put(copy, BigInt.asUintN(width, number)),
        });
        const range = { ...limitsOf(model, ty), value, at };
        yield { kind: 'argument', node: null, place, text: `${named} ${value}`, choices: [], range };
      } else if (pool.isFloat(ty)) {
        const bits = pool.floatBits(ty);
        const text = `${named} ${numberOfPattern(bits, args[n]!)}`;
        yield { kind: 'argument', node: null, place, text, range: null, choices: floatChoices(bits, args[n]!, put) };
      } else if (ty === IP.bool_type) {
        const other = args[n] === 0n ? 1n : 0n;
        const choice = { text: String(other === 1n), change: (copy: CaseModel) => put(copy, other) };
        yield { kind: 'argument', node: null, place, text: `${named} ${other === 0n}`, range: null, choices: [choice] };
      }
    }
  }
}

/** A type is changed everywhere at once. */
function* typeParts(model: CaseModel): Generator<FreePart> {
  const { pool } = model.unit;
  for (const ty of usedTypes(model.unit)) {
    const others: IpIndex[] = [];
    if (pool.typeKind(ty) === TypeKind.int) {
      const signed = pool.intSigned(ty);
      others.push(...WIDTHS.map((width) => pool.intType(signed, width)), pool.intType(!signed, pool.intBits(ty)));
    } else if (pool.isFloat(ty)) {
      others.push(...FLOAT_WIDTHS.map((width) => pool.floatType(width)));
    }
    const choices = others
      .filter((other) => other !== ty)
      .map((other) => {
        return { text: printType(pool, other), change: (copy: CaseModel) => replaceType(copy, ty, other) };
      });
    if (choices.length === 0) continue;
    yield { kind: 'type', node: null, place: 'types, everywhere', text: printType(pool, ty), range: null, choices };
  }
}

/** An instruction could be any other of its form that takes what it takes. */
function* instructionParts(model: CaseModel): Generator<FreePart> {
  const tags = Object.keys(AIR_OPS) as AirTag[];
  for (const { nav, node } of nodesOf(model)) {
    const own = AIR_OPS[node.tag];
    if (own.ends || own.opens !== 'nothing' || node.tag === 'arg') continue;
    const choices = tags
      .filter((tag) => tag !== node.tag && AIR_OPS[tag].form === own.form && AIR_OPS[tag].status === 'described')
      .map((tag) => ({
        text: tag,
        change: (copy: CaseModel) => withNode(copy, nav, node.id, (found) => (found.tag = tag)),
      }));
    if (choices.length === 0) continue;
    yield { kind: 'instruction', node: { nav, id: node.id }, place: '', text: node.tag, range: null, choices };
  }
}
