/**
 * Instructions of the sweep as LLVM IR: what the third opinion about the interpreter's arithmetic is asked.
 *
 * Owns the meaning of each tag in LLVM's words: an instruction or an intrinsic of LLVM where there is one, else the exact result in
 * an integer type that is wide enough. Operands are literals, so that LLVM's own APInt and APFloat compute. Knows nothing of how the
 * interpreter, core or the generators compute.
 */

/** Type of an operand or result. */
export interface NumberType {
  readonly kind: 'int' | 'float';
  /** A bool is an unsigned integer of one bit. */
  readonly bits: number;
  readonly signed: boolean;
}

/** An operand or result: its name or literal, and its type. */
export interface IrValue {
  readonly text: string;
  readonly type: NumberType;
}

const FLOAT_NAMES: Readonly<Record<number, string>> = {
  16: 'half',
  32: 'float',
  64: 'double',
  80: 'x86_fp80',
  128: 'fp128',
};

/** LLVM's name of a type. */
export function irType({ kind, bits }: NumberType): string {
  return kind === 'int' ? `i${bits}` : FLOAT_NAMES[bits]!;
}

/** The name of a type as part of the name of an intrinsic. */
function suffix({ kind, bits }: NumberType): string {
  return kind === 'int' ? `i${bits}` : `f${bits}`;
}

function intType(bits: number, signed: boolean): NumberType {
  return { kind: 'int', bits, signed };
}

const BIT = intType(1, false);

/** The lines of one function body. */
export class IrWriter {
  readonly lines: string[] = [];
  readonly declarations = new Set<string>();
  #next = 0;

  /** A value that the instruction `text` defines. */
  set(type: NumberType, text: string): IrValue {
    const name = `%v${this.#next++}`;
    this.lines.push(`  ${name} = ${text}`);
    return { text: name, type };
  }

  /** `op a, b` on two operands of the type of `a`. */
  bin(op: string, a: IrValue, b: IrValue): IrValue {
    return this.set(a.type, `${op} ${irType(a.type)} ${a.text}, ${b.text}`);
  }

  /** A call of the intrinsic `name` with operands of one type, and flags. */
  call(name: string, operands: readonly IrValue[], flags: readonly string[] = []): IrValue {
    const { type } = operands[0]!;
    return this.set(type, this.#callText(irType(type), name, operands, flags));
  }

  /** The two results of an intrinsic `name` that says whether the exact result fits. */
  pair(name: string, a: IrValue, b: IrValue): readonly IrValue[] {
    const result = `{ ${irType(a.type)}, i1 }`;
    const both = this.set(a.type, this.#callText(result, name, [a, b], [])).text;
    return [a.type, BIT].map((type, n) => this.set(type, `extractvalue ${result} ${both}, ${n}`));
  }

  #callText(result: string, name: string, operands: readonly IrValue[], flags: readonly string[]): string {
    const full = `@llvm.${name}.${suffix(operands[0]!.type)}`;
    const types = [...operands.map(({ type }) => irType(type)), ...flags.map(() => 'i1')];
    this.declarations.add(`declare ${result} ${full}(${types.join(', ')})`);
    const values = [...operands.map(({ text }) => text), ...flags];
    return `call ${result} ${full}(${values.map((text, n) => `${types[n]} ${text}`).join(', ')})`;
  }

  /** The same number in an integer type of `bits` bits; too few cut it. */
  convert(v: IrValue, type: NumberType): IrValue {
    const from = v.type.bits;
    if (from === type.bits) return { text: v.text, type };
    const op = from > type.bits ? 'trunc' : v.type.signed ? 'sext' : 'zext';
    return this.set(type, `${op} ${irType(v.type)} ${v.text} to ${irType(type)}`);
  }

  cast(op: string, v: IrValue, type: NumberType): IrValue {
    return this.set(type, `${op} ${irType(v.type)} ${v.text} to ${irType(type)}`);
  }

  select(condition: IrValue, a: IrValue, b: IrValue): IrValue {
    const name = irType(a.type);
    return this.set(a.type, `select i1 ${condition.text}, ${name} ${a.text}, ${name} ${b.text}`);
  }

  compare(op: string, a: IrValue, b: IrValue): IrValue {
    return this.set(BIT, `${op} ${irType(a.type)} ${a.text}, ${b.text}`);
  }
}

/** Emits the operation; `to` is the type of its (first) result. Gives one value, or two: the result and whether it overflowed. */
type Emit = (w: IrWriter, operands: readonly IrValue[], to: NumberType) => readonly IrValue[];

const literal = (type: NumberType, value: bigint | number): IrValue => ({ text: String(value), type });

/** An integer instruction that has one name for both signs, or one for each. */
function integer(unsigned: string, signed = unsigned): Emit {
  return (w, [a, b]) => [w.bin(a!.type.signed ? signed : unsigned, a!, b!)];
}

/** An intrinsic on integers, by sign. */
function intrinsic(unsigned: string, signed = unsigned, flags: readonly string[] = []): Emit {
  return (w, operands) => [w.call(operands[0]!.type.signed ? signed : unsigned, operands, flags)];
}

/** A type in which every product, sum and shift of values of `type` is exact. */
function wideOf({ bits }: NumberType): NumberType {
  return intType(2 * bits + 2, true);
}

/** The nearest value that `type` has. */
function clamped(w: IrWriter, v: IrValue, type: NumberType): IrValue {
  const size = 1n << BigInt(type.bits);
  const least = type.signed ? -size / 2n : 0n;
  const low = w.call('smax', [v, literal(v.type, least)]);
  return w.convert(w.call('smin', [low, literal(v.type, least + size - 1n)]), type);
}

/** The exact `a << k` in the wide type; an amount above the width counts as the width. */
function shifted(w: IrWriter, a: IrValue, k: IrValue): IrValue {
  const wide = wideOf(a.type);
  const room = intType(Math.max(wide.bits, k.type.bits), false);
  const amount = w.call('umin', [w.convert(k, room), literal(room, a.type.bits)]);
  return w.bin('shl', w.convert(a, wide), w.convert(amount, wide));
}

/** Quotient and remainder toward minus infinity. */
function floored(w: IrWriter, a: IrValue, b: IrValue): { readonly quotient: IrValue; readonly rest: IrValue } {
  if (!a.type.signed) return { quotient: w.bin('udiv', a, b), rest: w.bin('urem', a, b) };
  const rest = w.bin('srem', a, b);
  const zero = literal(a.type, 0);
  const differs = w.bin('xor', rest, b);
  const isLess = w.compare('icmp slt', differs, zero);
  const isLow = w.bin('and', w.compare('icmp ne', rest, zero), isLess);
  const quotient = w.bin('sdiv', a, b);
  const one = w.convert({ text: isLow.text, type: BIT }, a.type);
  return { quotient: w.bin('sub', quotient, one), rest: w.select(isLow, w.bin('add', rest, b), rest) };
}

/** Bytes in reverse order; LLVM has that for even numbers of them. */
function bytesSwapped(w: IrWriter, a: IrValue): IrValue {
  const { bits } = a.type;
  if (bits % 16 === 0) return w.call('bswap', [a]);
  const wide = intType(bits + 8, false);
  const swapped = w.call('bswap', [w.convert({ text: a.text, type: intType(bits, false) }, wide)]);
  return w.convert(w.bin('lshr', swapped, literal(wide, 8)), a.type);
}

const counting =
  (name: string, flags: readonly string[]): Emit =>
  (w, [a], to) => {
    const count = w.call(name, [a!], flags);
    return [w.convert({ text: count.text, type: intType(a!.type.bits, false) }, to)];
  };

function overflowing(name: 'add' | 'sub' | 'mul'): Emit {
  return (w, [a, b]) => w.pair(`${a!.type.signed ? 's' : 'u'}${name}.with.overflow`, a!, b!);
}

const converting: Emit = (w, [a], to) => [w.convert(a!, to)];

/** An instruction on a value and an amount below its width, which may be of another type. */
function byAmount(unsigned: string, signed = unsigned): Emit {
  return (w, [a, k]) => [w.bin(a!.type.signed ? signed : unsigned, a!, w.convert(k!, a!.type))];
}

/** Instructions on integers and bools. */
const INTEGERS: Readonly<Record<string, Emit>> = {
  add: integer('add nuw', 'add nsw'),
  sub: integer('sub nuw', 'sub nsw'),
  mul: integer('mul nuw', 'mul nsw'),
  add_wrap: integer('add'),
  sub_wrap: integer('sub'),
  mul_wrap: integer('mul'),
  add_sat: intrinsic('uadd.sat', 'sadd.sat'),
  sub_sat: intrinsic('usub.sat', 'ssub.sat'),
  mul_sat(w, [a, b]) {
    const wide = wideOf(a!.type);
    return [clamped(w, w.bin('mul', w.convert(a!, wide), w.convert(b!, wide)), a!.type)];
  },
  div_trunc: integer('udiv', 'sdiv'),
  div_exact: integer('udiv exact', 'sdiv exact'),
  div_floor: (w, [a, b]) => [floored(w, a!, b!).quotient],
  rem: integer('urem', 'srem'),
  mod: (w, [a, b]) => [floored(w, a!, b!).rest],
  min: intrinsic('umin', 'smin'),
  max: intrinsic('umax', 'smax'),
  bit_and: integer('and'),
  bit_or: integer('or'),
  xor: integer('xor'),
  bool_and: integer('and'),
  bool_or: integer('or'),
  not: (w, [a]) => [w.bin('xor', a!, literal(a!.type, -1))],
  shl: byAmount('shl'),
  shl_exact: byAmount('shl nuw', 'shl nsw'),
  shr: byAmount('lshr', 'ashr'),
  shr_exact: byAmount('lshr exact', 'ashr exact'),
  shl_sat: (w, [a, k]) => [clamped(w, shifted(w, a!, k!), a!.type)],
  add_with_overflow: overflowing('add'),
  sub_with_overflow: overflowing('sub'),
  mul_with_overflow: overflowing('mul'),
  shl_with_overflow(w, [a, k]) {
    const exact = shifted(w, a!, k!);
    const cut = w.convert(exact, a!.type);
    return [cut, w.compare('icmp ne', w.convert(cut, exact.type), exact)];
  },
  abs: (w, [a]) => [a!.type.signed ? w.call('abs', [a!], ['false']) : a!],
  clz: counting('ctlz', ['false']),
  ctz: counting('cttz', ['false']),
  popcount: counting('ctpop', []),
  byte_swap: (w, [a]) => [bytesSwapped(w, a!)],
  bit_reverse: intrinsic('bitreverse'),
  intcast: converting,
  trunc: converting,
  bitcast: (w, [a], to) => [to.kind === 'int' ? w.convert(a!, to) : w.cast('bitcast', a!, to)],
  float_from_int: (w, [a], to) => [w.cast(a!.type.signed ? 'sitofp' : 'uitofp', a!, to)],
};

const floating =
  (op: string): Emit =>
  (w, [a, b]) => [w.bin(op, a!, b!)];

const rounded =
  (name: string): Emit =>
  (w, [a, b]) => [w.call(name, [w.bin('fdiv', a!, b!)])];

function signBit(w: IrWriter, v: IrValue): IrValue {
  const bits = w.cast('bitcast', v, intType(v.type.bits, true));
  return w.compare('icmp slt', bits, literal(bits.type, 0));
}

/** A zero of a float type, by its bits. */
function zeroOf(w: IrWriter, type: NumberType): IrValue {
  return w.cast('bitcast', literal(intType(type.bits, false), 0), type);
}

/** Instructions on floats. */
const FLOATS: Readonly<Record<string, Emit>> = {
  add: floating('fadd'),
  sub: floating('fsub'),
  mul: floating('fmul'),
  div_float: floating('fdiv'),
  div_exact: floating('fdiv'),
  div_trunc: rounded('trunc'),
  div_floor: rounded('floor'),
  rem: floating('frem'),
  mod(w, [a, b]) {
    const rest = w.bin('frem', a!, b!);
    const isZero = w.compare('fcmp oeq', rest, zeroOf(w, a!.type));
    const isSame = w.compare('icmp eq', signBit(w, rest), signBit(w, b!));
    return [w.select(w.bin('or', isZero, isSame), rest, w.bin('fadd', rest, b!))];
  },
  min: intrinsic('minimumnum'),
  max: intrinsic('maximumnum'),
  neg: (w, [a]) => [w.set(a!.type, `fneg ${irType(a!.type)} ${a!.text}`)],
  abs: (w, [a]) => [w.select(signBit(w, a!), w.set(a!.type, `fneg ${irType(a!.type)} ${a!.text}`), a!)],
  sqrt: intrinsic('sqrt'),
  floor: intrinsic('floor'),
  ceil: intrinsic('ceil'),
  trunc_float: intrinsic('trunc'),
  round: intrinsic('round'),
  mul_add: intrinsic('fma'),
  fptrunc: (w, [a], to) => [w.cast('fptrunc', a!, to)],
  fpext: (w, [a], to) => [w.cast('fpext', a!, to)],
  bitcast: (w, [a], to) => [w.cast('bitcast', a!, to)],
  int_from_float: (w, [a], to) => [w.cast(to.signed ? 'fptosi' : 'fptoui', a!, to)],
};

const RELATIONS: Readonly<Record<string, readonly [unsigned: string, signed: string, float: string]>> = {
  cmp_lt: ['ult', 'slt', 'olt'],
  cmp_lte: ['ule', 'sle', 'ole'],
  cmp_eq: ['eq', 'eq', 'oeq'],
  cmp_gte: ['uge', 'sge', 'oge'],
  cmp_gt: ['ugt', 'sgt', 'ogt'],
  cmp_neq: ['ne', 'ne', 'une'],
};

/** How LLVM says `tag` on operands of kind `kind`; null where it has no words for it. Where it is legal, a checked form is the plain one. */
export function emitterOf(tag: string, kind: NumberType['kind']): Emit | null {
  const plain = tag.replace(/(_optimized|_safe)+$/, '');
  const relation = RELATIONS[plain];
  if (relation === undefined) return (kind === 'int' ? INTEGERS : FLOATS)[plain] ?? null;
  return (w, [a, b]) => {
    const { kind: of, signed } = a!.type;
    return [w.compare(of === 'float' ? `fcmp ${relation[2]}` : `icmp ${relation[signed ? 1 : 0]}`, a!, b!)];
  };
}
