/**
 * Atomic instructions of AIR as C: clang's builtins where the type is as wide as an integer of the machine.
 *
 * Other types are read and written by plain accesses: there is one thread, and no other way in C to say them.
 */
import type { InstIndex, IpIndex } from '../../../core/index.ts';
import { MODIFICATIONS, operandAt, ORDERS } from '../../../core/index.ts';
import type { CBody, CSpelling } from './c-body.ts';
import type { CExpression } from './c-expressions.ts';
import { optionalOf } from './c-sums.ts';

const WIDTHS: ReadonlySet<number> = new Set([8, 16, 32, 64]);

/** Orders of C; `unordered` has none. */
const ORDER_NAMES: Readonly<Record<(typeof ORDERS)[number], string>> = {
  unordered: '__ATOMIC_RELAXED',
  monotonic: '__ATOMIC_RELAXED',
  acquire: '__ATOMIC_ACQUIRE',
  release: '__ATOMIC_RELEASE',
  acq_rel: '__ATOMIC_ACQ_REL',
  seq_cst: '__ATOMIC_SEQ_CST',
};

const order = (p: CBody, inst: InstIndex, n: number): string => ORDER_NAMES[ORDERS[p.body.word(inst, n)]!];

/** The integer of C that is as wide as a `ty`; null where there is none. */
function machineType(p: CBody, ty: IpIndex): string | null {
  const shape = p.shape(ty);
  if (shape.kind !== 'int' || !WIDTHS.has(shape.bits)) return null;
  return `${shape.signed ? '' : 'unsigned '}${{ 8: 'char', 16: 'short', 32: 'int', 64: 'long long' }[shape.bits as 8]}`.replace(
    /^char/,
    'signed char',
  );
}

const operand = (p: CBody, inst: InstIndex, n: number): string => p.ref(operandAt(p.body, inst, n));

/** Type of the place that the first operand points to. */
const placeType = (p: CBody, inst: InstIndex): IpIndex => p.pool.childType(p.refType(operandAt(p.body, inst, 0)));

export const atomicLoad: CExpression = (p, inst) => {
  const ty = placeType(p, inst);
  const machine = machineType(p, ty);
  const place = operand(p, inst, 0);
  if (machine === null) return p.at(ty, place);
  return `(${p.types.text(ty)})__atomic_load_n((${machine} *)${place}, ${order(p, inst, 0)})`;
};

export const atomicStore =
  (name: string): CSpelling =>
  (p, inst, indent) => {
    const value = operandAt(p.body, inst, 1);
    if (!p.hasBytes(value)) return;
    const ty = placeType(p, inst);
    const machine = machineType(p, ty);
    const place = operand(p, inst, 0);
    if (machine === null) p.line(indent, `${p.at(ty, place)} = ${p.ref(value)};`);
    else p.line(indent, `__atomic_store_n((${machine} *)${place}, (${machine})${p.ref(value)}, __ATOMIC_${name});`);
  };

export const atomicChange: CSpelling = (p, inst, indent) => {
  const ty = placeType(p, inst);
  const change = MODIFICATIONS[p.body.word(inst, 0)]!;
  const machine = machineType(p, ty);
  const [place, value] = [operand(p, inst, 0), operand(p, inst, 1)];
  const type = p.types.text(ty);
  if (machine !== null) {
    const name = change === 'xchg' ? 'exchange_n' : `fetch_${change}`;
    const text = `__atomic_${name}((${machine} *)${place}, (${machine})${value}, ${order(p, inst, 1)})`;
    return p.define(inst, `(${type})${text}`, indent);
  }
  const at = p.at(ty, place);
  const shape = p.shape(ty);
  const old = `v${inst}`;
  const wrap = (sign: string): string =>
    shape.kind === 'int'
      ? `(${type})((${p.types.int(shape.bits, false)})${old} ${sign} (${p.types.int(shape.bits, false)})${value})`
      : `${old} ${sign} ${value}`;
  const extreme = (isMost: boolean): string =>
    shape.kind === 'float'
      ? `air_${isMost ? 'max' : 'min'}${shape.bits}(${old}, ${value})`
      : `${old} ${isMost ? '>' : '<'} ${value} ? ${old} : ${value}`;
  const next: Readonly<Record<(typeof MODIFICATIONS)[number], () => string>> = {
    xchg: () => value,
    add: () => wrap('+'),
    sub: () => wrap('-'),
    and: () => `${old} & ${value}`,
    nand: () => `~(${old} & ${value})`,
    or: () => `${old} | ${value}`,
    xor: () => `${old} ^ ${value}`,
    max: () => extreme(true),
    min: () => extreme(false),
  };
  p.line(indent, `${type} ${old} = ${at};`);
  p.line(indent, `${at} = ${next[change]()};`);
};

/** Null where the exchange took place, else the value that was there. A weak one of C may fail without a reason, one of AIR may not. */
export const exchange: CSpelling = (p, inst, indent) => {
  const ty = placeType(p, inst);
  const machine = machineType(p, ty);
  const [place, expected, next] = [0, 1, 2].map((n) => operand(p, inst, n)) as [string, string, string];
  const type = p.types.text(ty);
  p.line(indent, `${type} e${inst} = ${expected};`);
  if (machine === null) {
    const at = p.at(ty, place);
    p.line(indent, `_Bool o${inst} = ${at} == e${inst};`);
    p.line(indent, `if (o${inst}) ${at} = ${next}; else e${inst} = ${at};`);
  } else {
    const orders = `${order(p, inst, 0)}, ${order(p, inst, 1)}`;
    p.line(indent, `${machine} x${inst} = (${machine})e${inst};`);
    p.line(
      indent,
      `_Bool o${inst} = __atomic_compare_exchange_n((${machine} *)${place}, &x${inst}, (${machine})${next}, 0, ${orders});`,
    );
    p.line(indent, `e${inst} = (${type})x${inst};`);
  }
  optionalOf(p, inst, indent, ty, `e${inst}`, `!o${inst}`);
};
