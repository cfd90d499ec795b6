/**
 * Function bodies of AIR as Zig source.
 *
 * Each instruction becomes one line, its result a constant of the same number and of the type that AIR gives it, so that Zig
 * compiles what AIR says and the line of a difference names the instruction. Blocks, loops and switches keep their structure.
 * Constants that Zig would compute with at compile time are hidden behind a variable.
 */
import type { AirTag, Body, InstIndex, InstSequence, IpIndex, NavIndex, Ref, Unit } from '../../../core/index.ts';
import { abiAlign, IP, isInstRef, TypeKind, ValueKind, REF_NONE, refInst, refValue } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { ZigTypes } from './zig-types.ts';
import type { ZigValues } from './zig-values.ts';

/** How constant operands are spelled: hidden from the compiler, or as literals where one operand is no constant. */
type Constants = 'hidden' | 'literal';

/** What an instruction becomes. */
type Line =
  /** An expression of the type of the result. */
  | { readonly kind: 'value'; readonly text: string }
  /** A statement without result. */
  | { readonly kind: 'statement'; readonly text: string };

type Rule = (p: BodyPrinter, inst: InstIndex) => Line;

const value = (text: string): Line => ({ kind: 'value', text });
const statement = (text: string): Line => ({ kind: 'statement', text });

/** One function body; see the file header. */
export class BodyPrinter {
  readonly unit: Unit;
  readonly body: Body;
  readonly types: ZigTypes;
  readonly values: ZigValues;
  readonly ret: IpIndex;
  readonly lines: string[] = [];
  /** 1 for each instruction whose result a printed line names. */
  readonly #used: Uint8Array;
  /** Lines that are left out where the result of the instruction is named elsewhere. */
  readonly #discards = new Map<number, InstIndex>();
  readonly #branched: Uint8Array;
  /** Type of the one place of the result, if an instruction asks for it. */
  resultPlace: IpIndex | null = null;

  constructor(unit: Unit, nav: NavIndex, types: ZigTypes, values: ZigValues) {
    this.unit = unit;
    this.body = unit.navs[nav]!.body!;
    this.types = types;
    this.values = values;
    this.ret = unit.pool.fnReturn(unit.navs[nav]!.ty);
    this.#used = new Uint8Array(this.body.length);
    this.#branched = new Uint8Array(this.body.length);
    for (let n = 0; n < this.body.length; n++) {
      const inst = n as InstIndex;
      const tag = this.body.tag(inst);
      if (tag === 'br' || tag === 'repeat') this.#branched[this.body.target(inst)] = 1;
    }
  }

  /** The lines of the function between its braces. */
  print(): readonly string[] {
    this.sequence(this.body.mainBody(), '    ');
    const lines = this.lines.filter((_, n) => {
      const inst = this.#discards.get(n);
      return inst === undefined || this.#used[inst] === 0;
    });
    if (this.resultPlace === null) return lines;
    const type = this.types.text(this.resultPlace);
    return [`    var result: ${type} = undefined;`, '    _ = &result;', ...lines];
  }

  sequence(insts: InstSequence, indent: string): void {
    for (const inst of insts) this.#instruction(inst, indent);
  }

  #instruction(inst: InstIndex, indent: string): void {
    const tag = this.body.tag(inst);
    const owner = STRUCTURES[tag];
    if (owner !== undefined) {
      owner(this, inst, indent);
      return;
    }
    const rule = RULES[tag];
    if (rule === undefined) throw new NotPrintable(tag);
    const line = rule(this, inst);
    if (line.kind === 'statement') {
      if (line.text !== '') this.lines.push(`${indent}${line.text};`);
    } else {
      this.define(inst, line.text, indent);
    }
  }

  /** Names the result of `inst`, which `text` computes. */
  define(inst: InstIndex, text: string, indent: string): void {
    const ty = this.typeOf(inst);
    if (ty === IP.void_type) {
      this.lines.push(`${indent}${text};`);
      return;
    }
    this.lines.push(`${indent}const v${inst}: ${this.types.text(ty)} = ${text};`);
    this.keep(inst, indent);
  }

  /** Tells Zig that the result of `inst` is wanted, where nobody wants it. */
  keep(inst: InstIndex, indent: string): void {
    this.#discards.set(this.lines.length, inst);
    this.lines.push(`${indent}_ = v${inst};`);
  }

  typeOf(inst: InstIndex): IpIndex {
    return this.body.typeOfInst(this.unit.pool, inst);
  }

  refType(ref: Ref): IpIndex {
    return this.body.typeOf(this.unit.pool, ref);
  }

  isBranched(inst: InstIndex): boolean {
    return this.#branched[inst] !== 0;
  }

  /** Operand `ref`. */
  ref(ref: Ref, constants: Constants = 'hidden'): string {
    if (ref === REF_NONE) return '{}';
    if (isInstRef(ref)) {
      if (this.refType(ref) === IP.void_type) return '{}';
      this.#used[refInst(ref)] = 1;
      return `v${refInst(ref)}`;
    }
    const constant = refValue(ref);
    const { pool } = this.unit;
    if (pool.valueKind(constant) === ValueKind.ptr_nav) {
      const { kind } = this.unit.navs[pool.word(constant, 1)]!;
      // The address of a variable is a literal in any case: what is behind it is not known to the compiler.
      if (kind !== 'const') return this.values.typed(constant);
    }
    return constants === 'hidden' ? this.values.runtime(constant) : this.values.typed(constant);
  }

  /** The two operands: constants are literals if one of the two is none, and if Zig does not fold with them. */
  pair(
    inst: InstIndex,
    folds: (p: BodyPrinter, constant: IpIndex) => boolean = () => false,
  ): readonly [string, string] {
    const { lhs, rhs } = { lhs: this.body.lhs(inst), rhs: this.body.rhs(inst) };
    const both = !isInstRef(lhs) && !isInstRef(rhs);
    const one = (ref: Ref): string =>
      this.ref(ref, both || (!isInstRef(ref) && folds(this, refValue(ref))) ? 'hidden' : 'literal');
    return [one(lhs), one(rhs)];
  }
}

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

const binary =
  (operator: string): Rule =>
  (p, inst) => {
    const [lhs, rhs] = p.pair(inst, isNeutral);
    return value(`${lhs} ${operator} ${rhs}`);
  };

const comparison =
  (operator: string): Rule =>
  (p, inst) => {
    const [lhs, rhs] = p.pair(inst, isExtreme);
    return value(`${lhs} ${operator} ${rhs}`);
  };

const builtin2 =
  (name: string): Rule =>
  (p, inst) => {
    const [lhs, rhs] = p.pair(inst, isNeutral);
    return value(`${name}(${lhs}, ${rhs})`);
  };

/** A function that would narrow its type around a literal. */
const builtin2Hidden =
  (name: string): Rule =>
  (p, inst) => {
    return value(`${name}(${p.ref(p.body.lhs(inst))}, ${p.ref(p.body.rhs(inst))})`);
  };

const builtin1 =
  (name: string): Rule =>
  (p, inst) =>
    value(`${name}(${p.ref(p.body.operand(inst))})`);

/** A count, whose type in Zig is the smallest. */
const count =
  (name: string): Rule =>
  (p, inst) =>
    value(`@intCast(${name}(${p.ref(p.body.operand(inst))}))`);

const amount = (p: BodyPrinter, inst: InstIndex): string => {
  const ty = p.types.text(p.refType(p.body.lhs(inst)));
  return `@as(std.math.Log2Int(${ty}), @intCast(${p.ref(p.body.rhs(inst))}))`;
};

const shift =
  (operator: string): Rule =>
  (p, inst) =>
    value(`${p.ref(p.body.lhs(inst))} ${operator} ${amount(p, inst)}`);

const shiftBuiltin =
  (name: string): Rule =>
  (p, inst) =>
    value(`${name}(${p.ref(p.body.lhs(inst))}, ${amount(p, inst)})`);

function bitcast(p: BodyPrinter, inst: InstIndex): Line {
  const { pool } = p.unit;
  const to = p.typeOf(inst);
  const from = p.refType(p.body.operand(inst));
  const text = p.ref(p.body.operand(inst));
  const [fromKind, toKind] = [pool.typeKind(from), pool.typeKind(to)];
  if (from === to) return value(text);
  if (fromKind === TypeKind.ptr && toKind === TypeKind.ptr) {
    requireKnownLayout(p, from, to);
    return value(castPointer(p, from, to, text));
  }
  if (fromKind === TypeKind.ptr) return value(`@intFromPtr(${text})`);
  if (toKind === TypeKind.ptr) return value(`@ptrFromInt(${text})`);
  if (from === IP.bool_type) return value(`@intFromBool(${text})`);
  if (to === IP.bool_type) return value(`${text} != 0`);
  return value(`@bitCast(${text})`);
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

function fieldPointer(p: BodyPrinter, inst: InstIndex, operand: Ref, n: number): Line {
  const { pool } = p.unit;
  const struct = pool.childType(p.refType(operand));
  const result = p.typeOf(inst);
  const wanted = pool.ptrAlign(result) || 1;
  const natural = abiAlign(pool, pool.childType(result));
  if (wanted > natural && !p.types.isExtern(struct)) {
    throw new NotPrintable('an alignment that follows from a layout of the compiler’s');
  }
  const text = `&${p.ref(operand)}.${p.types.fieldName(struct, n)}`;
  return value(wanted > 1 ? `@alignCast(${text})` : text);
}

const fieldPointerAt =
  (n: number): Rule =>
  (p, inst) =>
    fieldPointer(p, inst, p.body.operand(inst), n);

/** A pointer with the alignment that AIR promises for it. */
function aligned(p: BodyPrinter, inst: InstIndex, text: string): Line {
  return value(p.unit.pool.ptrAlign(p.typeOf(inst)) === 0 ? text : `@alignCast(${text})`);
}

/** Number of elements that `memcpy` copies, as the length of the source has to be spelled. */
function source(p: BodyPrinter, inst: InstIndex): string {
  const { pool } = p.unit;
  const [to, from] = [p.body.lhs(inst), p.body.rhs(inst)];
  const target = p.refType(to);
  const text = p.ref(from);
  const length =
    pool.typeKind(target) === TypeKind.slice ? `${p.ref(to)}.len` : String(pool.arrayLen(pool.childType(target)));
  const given = p.refType(from);
  if (pool.typeKind(given) === TypeKind.ptr && pool.typeKind(pool.childType(given)) === TypeKind.array) {
    if (String(pool.arrayLen(pool.childType(given))) === length) return text;
    return `@as([]const ${p.types.text(pool.childType(pool.childType(given)))}, ${text})[0..${length}]`;
  }
  return `${text}[0..${length}]`;
}

function aggregate(p: BodyPrinter, inst: InstIndex): Line {
  const { pool } = p.unit;
  const ty = p.typeOf(inst);
  const refs = [...p.body.refs(inst)];
  const known = refs.every((ref) => !isInstRef(ref));
  const texts = refs.map((ref) => p.ref(ref, known ? 'hidden' : 'literal'));
  if (pool.typeKind(ty) === TypeKind.array) return value(`.{ ${texts.join(', ')} }`);
  const isTuple = p.types.isTuple(ty);
  return value(`.{ ${texts.map((text, n) => (isTuple ? text : `.f${n} = ${text}`)).join(', ')} }`);
}

function call(p: BodyPrinter, inst: InstIndex): Line {
  const { pool, navs } = p.unit;
  const callee = p.body.a[inst]! as Ref;
  const args = [...p.body.refs(inst)].map((ref) => p.ref(ref, 'literal')).join(', ');
  let name: string;
  if (!isInstRef(callee) && pool.valueKind(refValue(callee)) === ValueKind.ptr_nav) {
    const nav = pool.word(refValue(callee), 1) as NavIndex;
    name = navs[nav]!.kind === 'extern_func' ? `${p.values.navName(nav)}_call` : p.values.navName(nav);
  } else name = p.ref(callee);
  const text = `${name}(${args})`;
  const ty = p.typeOf(inst);
  return ty === IP.void_type || ty === IP.noreturn_type ? statement(text) : value(text);
}

/** What each instruction becomes; one that is not here has no spelling. */
const RULES: Readonly<Partial<Record<AirTag, Rule>>> = {
  add: binary('+'),
  sub: binary('-'),
  mul: binary('*'),
  add_wrap: binary('+%'),
  sub_wrap: binary('-%'),
  mul_wrap: binary('*%'),
  add_sat: binary('+|'),
  sub_sat: binary('-|'),
  mul_sat: binary('*|'),
  div_float: binary('/'),
  div_trunc: builtin2('@divTrunc'),
  div_floor: builtin2('@divFloor'),
  div_exact: builtin2('@divExact'),
  rem: builtin2('@rem'),
  mod: builtin2('@mod'),
  max: builtin2Hidden('@max'),
  min: builtin2Hidden('@min'),
  add_with_overflow: builtin2('@addWithOverflow'),
  sub_with_overflow: builtin2('@subWithOverflow'),
  mul_with_overflow: builtin2('@mulWithOverflow'),
  shl_with_overflow: shiftBuiltin('@shlWithOverflow'),
  abs: builtin1('@abs'),
  neg: (p, inst) => value(`-${p.ref(p.body.operand(inst))}`),
  sqrt: builtin1('@sqrt'),
  floor: builtin1('@floor'),
  ceil: builtin1('@ceil'),
  trunc_float: builtin1('@trunc'),
  round: builtin1('@round'),
  bit_and: binary('&'),
  bit_or: binary('|'),
  xor: binary('^'),
  bool_and: (p, inst) => value(`${p.ref(p.body.lhs(inst))} and ${p.ref(p.body.rhs(inst))}`),
  bool_or: (p, inst) => value(`${p.ref(p.body.lhs(inst))} or ${p.ref(p.body.rhs(inst))}`),
  not: (p, inst) => value(`${p.typeOf(inst) === IP.bool_type ? '!' : '~'}${p.ref(p.body.operand(inst))}`),
  shl: shift('<<'),
  shr: shift('>>'),
  shl_exact: shiftBuiltin('@shlExact'),
  shr_exact: shiftBuiltin('@shrExact'),
  shl_sat: (p, inst) => value(`${p.ref(p.body.lhs(inst))} <<| ${p.ref(p.body.rhs(inst))}`),
  clz: count('@clz'),
  ctz: count('@ctz'),
  popcount: count('@popCount'),
  byte_swap: builtin1('@byteSwap'),
  bit_reverse: builtin1('@bitReverse'),
  cmp_lt: comparison('<'),
  cmp_lte: comparison('<='),
  cmp_eq: comparison('=='),
  cmp_gte: comparison('>='),
  cmp_gt: comparison('>'),
  cmp_neq: comparison('!='),
  intcast: builtin1('@intCast'),
  trunc: builtin1('@truncate'),
  bitcast,
  fptrunc: builtin1('@floatCast'),
  fpext: builtin1('@floatCast'),
  int_from_float: builtin1('@intFromFloat'),
  float_from_int: builtin1('@floatFromInt'),
  ret_ptr: (p, inst) => {
    p.resultPlace = p.unit.pool.childType(p.typeOf(inst));
    return aligned(p, inst, '&result');
  },
  load: (p, inst) => value(`${p.ref(p.body.operand(inst))}.*`),
  store: (p, inst) => statement(`${p.ref(p.body.lhs(inst))}.* = ${p.ref(p.body.rhs(inst), 'literal')}`),
  ptr_add: (p, inst) => aligned(p, inst, p.pair(inst).join(' + ')),
  ptr_sub: (p, inst) => aligned(p, inst, p.pair(inst).join(' - ')),
  ptr_elem_val: (p, inst) => value(`${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  ptr_elem_ptr: (p, inst) => aligned(p, inst, `&${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  slice: (p, inst) => value(`${p.ref(p.body.lhs(inst))}[0..${p.ref(p.body.rhs(inst))}]`),
  slice_len: (p, inst) => value(`${p.ref(p.body.operand(inst))}.len`),
  slice_ptr: (p, inst) => value(`${p.ref(p.body.operand(inst))}.ptr`),
  ptr_slice_len_ptr: (p, inst) => value(`&${p.ref(p.body.operand(inst))}.len`),
  ptr_slice_ptr_ptr: (p, inst) => value(`&${p.ref(p.body.operand(inst))}.ptr`),
  slice_elem_val: (p, inst) => value(`${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  slice_elem_ptr: (p, inst) => aligned(p, inst, `&${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  array_elem_val: (p, inst) => value(`${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  array_to_slice: (p, inst) => value(p.ref(p.body.operand(inst))),
  struct_field_ptr: (p, inst) => fieldPointer(p, inst, p.body.fieldOperand(inst), p.body.fieldIndex(inst)),
  struct_field_ptr_index_0: fieldPointerAt(0),
  struct_field_ptr_index_1: fieldPointerAt(1),
  struct_field_ptr_index_2: fieldPointerAt(2),
  struct_field_ptr_index_3: fieldPointerAt(3),
  struct_field_val: (p, inst) => {
    const operand = p.body.fieldOperand(inst);
    return value(`${p.ref(operand)}.${p.types.fieldName(p.refType(operand), p.body.fieldIndex(inst))}`);
  },
  field_parent_ptr: (p, inst) => {
    const struct = p.unit.pool.childType(p.typeOf(inst));
    const name = p.types.fieldName(struct, p.body.fieldIndex(inst));
    if (name.startsWith('@')) throw new NotPrintable('the parent of a field of a tuple');
    return value(`@alignCast(@fieldParentPtr("${name}", ${p.ref(p.body.fieldOperand(inst))}))`);
  },
  memset: (p, inst) => statement(`@memset(${p.ref(p.body.lhs(inst))}, ${p.ref(p.body.rhs(inst), 'literal')})`),
  memcpy: (p, inst) => statement(`@memcpy(${p.ref(p.body.lhs(inst))}, ${source(p, inst)})`),
  memmove: (p, inst) => statement(`@memmove(${p.ref(p.body.lhs(inst))}, ${source(p, inst)})`),
  aggregate_init: aggregate,
  repeat: (p, inst) => statement(`continue :l${p.body.target(inst)}`),
  br: (p, inst) => {
    const operand = p.body.brOperand(inst);
    const carries = operand !== REF_NONE && p.refType(operand) !== IP.void_type;
    return statement(`break :b${p.body.target(inst)}${carries ? ` ${p.ref(operand)}` : ''}`);
  },
  ret: (p, inst) => statement(p.ret === IP.void_type ? 'return' : `return ${p.ref(p.body.operand(inst))}`),
  ret_load: (p, inst) => statement(`return ${p.ref(p.body.operand(inst))}.*`),
  unreach: () => statement('unreachable'),
  trap: () => statement('@trap()'),
  breakpoint: () => statement('@breakpoint()'),
  call,
};

type Structure = (p: BodyPrinter, inst: InstIndex, indent: string) => void;

/** Instructions that own bodies, define parameters or places. */
const STRUCTURES: Readonly<Partial<Record<AirTag, Structure>>> = {
  arg: (p, inst, indent) => {
    if (p.typeOf(inst) !== IP.void_type) p.keep(inst, indent);
    else p.lines.push(`${indent}_ = v${inst};`);
  },
  alloc: (p, inst, indent) => {
    const { pool } = p.unit;
    const pointer = p.typeOf(inst);
    const align = pool.ptrAlign(pointer);
    const attribute = align === 0 ? '' : ` align(${align})`;
    p.lines.push(`${indent}var s${inst}: ${p.types.text(pool.childType(pointer))}${attribute} = undefined;`);
    p.define(inst, `&s${inst}`, indent);
  },
  block: (p, inst, indent) => {
    const ty = p.typeOf(inst);
    const label = p.isBranched(inst) ? `b${inst}: ` : '';
    const isValue = ty !== IP.void_type && ty !== IP.noreturn_type;
    const head = isValue ? `const v${inst}: ${p.types.text(ty)} = ` : '';
    p.lines.push(`${indent}${head}${label}{`);
    p.sequence(p.body.blockBody(inst), `${indent}    `);
    p.lines.push(`${indent}}${isValue ? ';' : ''}`);
    if (isValue) p.keep(inst, indent);
  },
  loop: (p, inst, indent) => {
    p.lines.push(`${indent}${p.isBranched(inst) ? `l${inst}: ` : ''}while (true) {`);
    p.sequence(p.body.blockBody(inst), `${indent}    `);
    p.lines.push(`${indent}}`);
  },
  cond_br: (p, inst, indent) => {
    p.lines.push(`${indent}if (${p.ref(p.body.operand(inst))}) {`);
    p.sequence(p.body.thenBody(inst), `${indent}    `);
    p.lines.push(`${indent}} else {`);
    p.sequence(p.body.elseBody(inst), `${indent}    `);
    p.lines.push(`${indent}}`);
  },
  switch_br: (p, inst, indent) => {
    const { pool } = p.unit;
    const { operand, cases, elseBody } = p.body.switchOf(inst);
    const number = (ref: Ref): bigint => pool.intBig(refValue(ref));
    const ty = p.refType(operand);
    let covered = 0n;
    p.lines.push(`${indent}switch (${p.ref(operand)}) {`);
    for (const { items, ranges, body } of cases) {
      covered += BigInt(items.length);
      for (const [lo, hi] of ranges) covered += number(hi) - number(lo) + 1n;
      const labels = [
        ...items.map((ref) => `${number(ref)}`),
        ...ranges.map(([lo, hi]) => `${number(lo)}...${number(hi)}`),
      ];
      if (labels.length === 0) continue;
      p.lines.push(`${indent}    ${labels.join(', ')} => {`);
      p.sequence(body, `${indent}        `);
      p.lines.push(`${indent}    },`);
    }
    if (covered < 1n << BigInt(pool.intBits(ty)) || ty === IP.usize_type || ty === IP.isize_type) {
      p.lines.push(`${indent}    else => {`);
      p.sequence(elseBody, `${indent}        `);
      p.lines.push(`${indent}    },`);
    }
    p.lines.push(`${indent}}`);
  },
};
