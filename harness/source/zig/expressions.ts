/**
 * Expressions of Zig for the instructions of AIR that have a result: operators, builtins, pointers, aggregates, calls.
 *
 * Owns where Zig's rules ask for more than AIR's: amounts of shifts have a type of their own, counts come in the smallest
 * type, a derived pointer has to be told its alignment, lengths of a copy must be equal.
 */
import type { InstIndex, IpIndex, NavIndex, Ref } from '../../../core/index.ts';
import {
  abiAlign,
  bitRange,
  elemValue,
  enumTag,
  floatPattern,
  IP,
  isInstRef,
  isVector,
  laneType,
  nearestPattern,
  refValue,
  TypeKind,
  ValueKind,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { BodyPrinter } from './zig-body.ts';
import { namedCast } from './zig-names.ts';

/** Text of the value of an instruction, or of a statement. */
export type Expression = (p: BodyPrinter, inst: InstIndex) => string;

/** Whether `constant` is one with which Zig may know a result without the other operand. */
function isNeutral({ unit: { pool } }: BodyPrinter, constant: IpIndex): boolean {
  if (pool.valueKind(constant) === ValueKind.bool || pool.valueKind(constant) === ValueKind.undef) return true;
  if (pool.valueKind(constant) !== ValueKind.int) return false;
  const number = pool.intBig(constant);
  const bits = BigInt(pool.intBits(pool.typeOf(constant)));
  return number === 0n || number === 1n || number === -1n || number === (1n << bits) - 1n;
}

/** Whether `constant` is the least or the greatest of its type: comparisons with it are known. */
function isExtreme({ unit: { pool } }: BodyPrinter, constant: IpIndex): boolean {
  if (pool.valueKind(constant) !== ValueKind.int) return pool.valueKind(constant) === ValueKind.bool;
  const ty = pool.typeOf(constant);
  const bits = BigInt(pool.intBits(ty));
  const number = pool.intBig(constant);
  if (pool.intSigned(ty)) return number === -(1n << (bits - 1n)) || number === (1n << (bits - 1n)) - 1n;
  return number === 0n || number === (1n << bits) - 1n;
}

export const binary =
  (operator: string): Expression =>
  (p, inst) => {
    const [lhs, rhs] = p.pair(inst, isNeutral);
    return `${lhs} ${operator} ${rhs}`;
  };

export const comparison =
  (operator: string): Expression =>
  (p, inst) => {
    const [lhs, rhs] = p.pair(inst, isExtreme);
    return `${lhs} ${operator} ${rhs}`;
  };

export const builtin2 =
  (name: string): Expression =>
  (p, inst) => {
    const [lhs, rhs] = p.pair(inst, isNeutral);
    return `${name}(${lhs}, ${rhs})`;
  };

/**
 * A modulus. Zig's language gives none for a negative denominator, and its two ways differ there: so one that has a sign must be a
 * positive constant, and finite: `@divFloor(a, b) * b + @mod(a, b) == a` says nothing of infinity.
 */
export const modulus: Expression = (p, inst) => {
  const { pool } = p.unit;
  const ty = laneType(pool, p.typeOf(inst));
  if (pool.isFloat(ty) || pool.intSigned(ty)) {
    const rhs = p.body.rhs(inst);
    if (isInstRef(rhs) || !isPositive(p, refValue(rhs))) {
      throw new NotPrintable('a modulus whose denominator may be negative or infinite');
    }
  }
  return builtin2('@mod')(p, inst);
};

function isPositive(p: BodyPrinter, constant: IpIndex): boolean {
  const { pool } = p.unit;
  const ty = pool.typeOf(constant);
  if (isVector(pool, ty)) {
    if (pool.valueKind(constant) === ValueKind.undef) return false;
    const lanes = Array.from({ length: pool.arrayLen(ty) }, (_, n) => elemValue(pool, constant, n));
    return lanes.every((lane) => isPositive(p, lane));
  }
  if (pool.valueKind(constant) === ValueKind.int) return pool.intBig(constant) > 0n;
  if (pool.valueKind(constant) !== ValueKind.float) return false;
  // Infinity lies above all numbers, and below what is NaN or has a sign.
  return floatPattern(pool, constant) < nearestPattern(pool.floatBits(pool.typeOf(constant)), Infinity);
}

/** A function that would narrow its type around a literal. */
export const builtin2Hidden =
  (name: string): Expression =>
  (p, inst) => {
    return `${name}(${p.ref(p.body.lhs(inst))}, ${p.ref(p.body.rhs(inst))})`;
  };

export const builtin1 =
  (name: string): Expression =>
  (p, inst) =>
    `${name}(${p.ref(p.body.operand(inst))})`;

/** A count, whose type in Zig is the smallest. */
export const count =
  (name: string): Expression =>
  (p, inst) =>
    `@intCast(${name}(${p.ref(p.body.operand(inst))}))`;

/** Whether all lanes of a vector are shifted by one amount: Zig shifts each by an amount of its own. */
function isOneAmount(p: BodyPrinter, inst: InstIndex): boolean {
  const { pool } = p.unit;
  return isVector(pool, p.refType(p.body.lhs(inst))) && !isVector(pool, p.refType(p.body.rhs(inst)));
}

const amount = (p: BodyPrinter, inst: InstIndex): string => {
  const { pool } = p.unit;
  const ty = p.refType(p.body.lhs(inst));
  const lane = `std.math.Log2Int(${p.types.text(laneType(pool, ty))})`;
  const type = isVector(pool, ty) ? `@Vector(${pool.arrayLen(ty)}, ${lane})` : lane;
  const number = `@intCast(${p.ref(p.body.rhs(inst))})`;
  return `@as(${type}, ${isOneAmount(p, inst) ? `@splat(${number})` : number})`;
};

export const saturatingShift: Expression = (p, inst) => {
  const rhs = p.body.rhs(inst);
  const text = p.ref(rhs);
  const amounts = isOneAmount(p, inst)
    ? `@as(@Vector(${p.unit.pool.arrayLen(p.typeOf(inst))}, ${p.types.text(p.refType(rhs))}), @splat(${text}))`
    : text;
  return `${p.ref(p.body.lhs(inst))} <<| ${amounts}`;
};

export const shift =
  (operator: string): Expression =>
  (p, inst) =>
    `${p.ref(p.body.lhs(inst))} ${operator} ${amount(p, inst)}`;

export const shiftBuiltin =
  (name: string): Expression =>
  (p, inst) =>
    `${name}(${p.ref(p.body.lhs(inst))}, ${amount(p, inst)})`;

export function bitcast(p: BodyPrinter, inst: InstIndex): string {
  const { pool } = p.unit;
  const to = p.typeOf(inst);
  const from = p.refType(p.body.operand(inst));
  const text = p.ref(p.body.operand(inst));
  const [fromKind, toKind] = [pool.typeKind(from), pool.typeKind(to)];
  if (from === to || isArrayOfLanes(p, from, to)) return text;
  const typeText = (ty: IpIndex): string => p.types.text(ty);
  if (fromKind === TypeKind.packed || toKind === TypeKind.packed) {
    const number = otherNumber(p, from, to);
    // Zig casts a packed struct to and from numbers, and numbers to what has names.
    if (fromKind === TypeKind.packed) {
      const bits = `@as(${typeText(number)}, @bitCast(${text}))`;
      return to === IP.bool_type
        ? `${bits} != 0`
        : (namedCast(pool, number, to, bits, typeText) ?? `@bitCast(${text})`);
    }
    const bits = from === IP.bool_type ? `@intFromBool(${text})` : namedCast(pool, from, number, text, typeText);
    return bits === null ? `@bitCast(${text})` : `@bitCast(@as(${typeText(number)}, ${bits}))`;
  }
  const named = namedCast(pool, from, to, text, typeText);
  if (named !== null) return named;
  if (fromKind === TypeKind.ptr && toKind === TypeKind.ptr) {
    requireKnownLayout(p, from, to);
    return castPointer(p, from, to, text);
  }
  if (fromKind === TypeKind.ptr) return `@intFromPtr(${text})`;
  if (toKind === TypeKind.ptr) return `@ptrFromInt(${text})`;
  if (from === IP.bool_type) return `@intFromBool(${text})`;
  if (to === IP.bool_type) return `${text} != 0`;
  return `@bitCast(${text})`;
}

/** Whether one is an array and the other a vector of the same elements: Zig coerces them, and casts by bits only what has no padding. */
function isArrayOfLanes({ unit: { pool } }: BodyPrinter, from: IpIndex, to: IpIndex): boolean {
  const kinds = [pool.typeKind(from), pool.typeKind(to)];
  return (
    kinds.includes(TypeKind.vector) &&
    kinds.includes(TypeKind.array) &&
    pool.childType(from) === pool.childType(to) &&
    pool.arrayLen(from) === pool.arrayLen(to)
  );
}

/** The integer type of what a packed struct is cast to or from; the other one's, where both are packed. */
function otherNumber({ unit: { pool } }: BodyPrinter, from: IpIndex, to: IpIndex): IpIndex {
  const other = pool.typeKind(from) === TypeKind.packed ? to : from;
  if (other === IP.bool_type) return IP.u1_type;
  return pool.typeKind(other) === TypeKind.enum ? enumTag(pool, other) : other;
}

function castPointer(p: BodyPrinter, from: IpIndex, to: IpIndex, text: string): string {
  const { pool } = p.unit;
  const loose = pool.ptrIsConst(from) && !pool.ptrIsConst(to) ? `@constCast(${text})` : text;
  return `@ptrCast(@alignCast(${loose}))`;
}

/** Refuses a cast between pointers that see the memory of one object in two ways, unless its layout is AIR's. */
function requireKnownLayout(p: BodyPrinter, from: IpIndex, to: IpIndex): void {
  const { pool } = p.unit;
  const element = (pointer: IpIndex): IpIndex => {
    let ty = pool.childType(pointer);
    while (pool.typeKind(ty) === TypeKind.array) ty = pool.childType(ty);
    return ty;
  };
  if (element(from) === element(to) || p.types.hasCLayout(element(from))) return;
  const kind = pool.typeKind(element(from));
  if (kind === TypeKind.int) return;
  throw new NotPrintable('a cast of a pointer to a struct whose layout is the compiler’s');
}

export function fieldPointer(p: BodyPrinter, inst: InstIndex, operand: Ref, n: number): string {
  const { pool } = p.unit;
  const struct = pool.childType(p.refType(operand));
  const result = p.typeOf(inst);
  if (bitRange(pool, result) !== null) return `&${p.ref(operand)}.${p.types.fieldName(struct, n)}`;
  const wanted = pool.ptrAlign(result) || 1;
  const natural = abiAlign(pool, pool.childType(result));
  if (wanted > natural && !p.types.isExtern(struct)) {
    throw new NotPrintable('an alignment that follows from a layout of the compiler’s');
  }
  const text = `&${p.ref(operand)}.${p.types.fieldName(struct, n)}`;
  return wanted > 1 ? `@alignCast(${text})` : text;
}

export const fieldPointerAt =
  (n: number): Expression =>
  (p, inst) =>
    fieldPointer(p, inst, p.body.operand(inst), n);

/** A pointer with the alignment that AIR promises for it. */
export function aligned(p: BodyPrinter, inst: InstIndex, text: string): string {
  return p.unit.pool.ptrAlign(p.typeOf(inst)) === 0 ? text : `@alignCast(${text})`;
}

/** Number of elements that `memcpy` copies, as the length of the source has to be spelled. */
export function source(p: BodyPrinter, inst: InstIndex): string {
  const { pool } = p.unit;
  const [to, from] = [p.body.lhs(inst), p.body.rhs(inst)];
  const target = p.refType(to);
  const text = p.ref(from);
  const length =
    pool.typeKind(target) === TypeKind.slice ? `${p.ref(to)}.len` : String(pool.arrayLen(pool.childType(target)));
  const given = p.refType(from);
  const isArray = pool.typeKind(given) === TypeKind.ptr && pool.typeKind(pool.childType(given)) === TypeKind.array;
  if (isArray && !pool.ptrIsMany(given)) {
    if (String(pool.arrayLen(pool.childType(given))) === length) return text;
    return `@as([]const ${p.types.text(pool.childType(pool.childType(given)))}, ${text})[0..${length}]`;
  }
  return `${text}[0..${length}]`;
}

export function aggregate(p: BodyPrinter, inst: InstIndex): string {
  const { pool } = p.unit;
  const ty = p.typeOf(inst);
  const refs = [...p.body.refs(inst)];
  const known = refs.every((ref) => !isInstRef(ref));
  const texts = refs.map((ref) => p.ref(ref, known ? 'hidden' : 'literal'));
  if (pool.typeKind(ty) === TypeKind.array || isVector(pool, ty)) return `.{ ${texts.join(', ')} }`;
  const isTuple = pool.typeKind(ty) === TypeKind.struct && p.types.isTuple(ty);
  return `.{ ${texts.map((text, n) => (isTuple ? text : `.f${n} = ${text}`)).join(', ')} }`;
}

/** A call; `modifier`: of `@call`. */
export function call(p: BodyPrinter, inst: InstIndex, modifier: string | null): string {
  const { pool, navs } = p.unit;
  const callee = p.body.a[inst]! as Ref;
  const args = [...p.body.refs(inst)].map((ref) => p.ref(ref, 'literal')).join(', ');
  let name: string;
  if (!isInstRef(callee) && pool.valueKind(refValue(callee)) === ValueKind.ptr_nav) {
    const nav = pool.word(refValue(callee), 1) as NavIndex;
    name = navs[nav]!.kind === 'extern_func' ? `${p.values.navName(nav)}_call` : p.values.navName(nav);
  } else name = p.ref(callee);
  return modifier === null ? `${name}(${args})` : `@call(${modifier}, ${name}, .{${args === '' ? '' : ` ${args} `}})`;
}
