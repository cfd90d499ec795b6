/**
 * What each instruction of AIR becomes in Zig: the total table, and the instructions that own bodies or places.
 *
 * A new instruction of AIR does not compile until it has an answer here; one that Zig cannot spell throws
 * NotPrintable with the reason.
 */
import type { AirTag, DescribedTag, InstIndex, NavIndex, Unit } from '../../../core/index.ts';
import { IP, isDescribed, isInstRef, isVector, operandAt, REF_NONE, refValue } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { Expression } from './expressions.ts';
import {
  aggregate,
  aligned,
  binary,
  bitcast,
  builtin1,
  builtin2,
  builtin2Hidden,
  call,
  comparison,
  count,
  fieldPointer,
  fieldPointerAt,
  modulus,
  saturatingShift,
  shift,
  shiftBuiltin,
  source,
} from './expressions.ts';
import { atomicChange, atomicLoad, atomicStore, exchange } from './zig-atomics.ts';
import type { Spelling } from './zig-body.ts';
import {
  coerced,
  errorBehindPointer,
  errorOf,
  errorTest,
  isInSet,
  isNamedValue,
  nullTest,
  payload,
  payloadPointer,
  settingPayload,
  testBehindPointer,
  tryPayload,
  tryPointer,
  unionInit,
} from './zig-sums.ts';
import { compareVectors, element, reduce, select, shuffleOne, shuffleTwo, splat, storeElement } from './zig-vectors.ts';
import { BodyPrinter } from './zig-body.ts';
import { printSwitch } from './zig-switch.ts';
import type { ZigTypes } from './zig-types.ts';
import type { ZigValues } from './zig-values.ts';

/** The lines of the body of function `nav`, between its braces. */
export function printBody(unit: Unit, nav: NavIndex, types: ZigTypes, values: ZigValues): readonly string[] {
  return new BodyPrinter(unit, nav, types, values, spell).print();
}

function spell(p: BodyPrinter, inst: InstIndex, indent: string): void {
  const tag = p.body.tag(inst);
  if (!isDescribed(tag)) throw new NotPrintable(tag);
  SPELLINGS[tag](p, inst, indent);
}

/** An instruction whose result is an expression. */
function value(expression: Expression): Spelling {
  return (p, inst, indent) => p.define(inst, expression(p, inst), indent);
}

/** An instruction without result. */
function statement(text: Expression): Spelling {
  return (p, inst, indent) => p.line(indent, `${text(p, inst)};`);
}

/** Spellings of what has none. */
const REFUSED = new Set<Spelling>();

/** No Zig for `what`, or none that means the same on every target. */
function without(what: string): Spelling {
  const refusal: Spelling = () => {
    throw new NotPrintable(what);
  };
  REFUSED.add(refusal);
  return refusal;
}

/** Results of Zig's functions are not correctly rounded. */
const libm = without('a function of libm, whose last bit is not said');

/** Zig gives the licence to a whole block, and then results may differ. */
const fastMath = without('instructions with a licence for fast mathematics');

/** Zig's own checks call the panic function of its standard library. */
const checked = without('a checked operation that calls the panic function of the program');

/** Whether instructions `tag` have a source at all. */
export function isSpelled(tag: AirTag): boolean {
  return isDescribed(tag) && !REFUSED.has(SPELLINGS[tag]);
}

/** Words of `prefetch`, by their number in AIR. */
const PREFETCH_ACCESS = ['read', 'write'] as const;
const PREFETCH_CACHE = ['instruction', 'data'] as const;

/** What is there for debuggers only. */
const silent: Spelling = () => undefined;

/** A call, with a modifier of Zig's or none. */
const calling =
  (modifier: string | null): Spelling =>
  (p, inst, indent) => {
    const ty = p.typeOf(inst);
    const text = call(p, inst, modifier);
    if (ty === IP.void_type || ty === IP.noreturn_type) p.line(indent, `${text};`);
    else p.define(inst, text, indent);
  };

const block: Spelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  const isValue = ty !== IP.void_type && ty !== IP.noreturn_type;
  const head = isValue ? `const v${inst}: ${p.types.text(ty)} = ` : '';
  p.line(indent, `${head}${p.label('b', inst)}{`);
  p.sequence(p.body.blockBody(inst), `${indent}    `);
  p.line(indent, `}${isValue ? ';' : ''}`);
  if (isValue) p.keep(inst, indent);
};

/** Zig's operators of two bools take no vectors, its operators of bits do. */
const ofBools =
  (operator: 'and' | 'or', ofVectors: '&' | '|'): Expression =>
  (p, inst) => {
    const own = isVector(p.unit.pool, p.typeOf(inst)) ? ofVectors : operator;
    return `${p.ref(p.body.lhs(inst))} ${own} ${p.ref(p.body.rhs(inst))}`;
  };

/** Every instruction that AIR describes. */
const SPELLINGS: Readonly<Record<DescribedTag, Spelling>> = {
  cmp_vector: value(compareVectors),
  cmp_vector_optimized: fastMath,
  select: value(select),
  splat: value(splat),
  vector_store_elem: storeElement,
  reduce: value(reduce),
  reduce_optimized: fastMath,
  shuffle_one: value(shuffleOne),
  shuffle_two: value(shuffleTwo),
  atomic_load: value(atomicLoad),
  atomic_store_unordered: statement(atomicStore('unordered')),
  atomic_store_monotonic: statement(atomicStore('monotonic')),
  atomic_store_release: statement(atomicStore('release')),
  atomic_store_seq_cst: statement(atomicStore('seq_cst')),
  atomic_rmw: value(atomicChange),
  cmpxchg_weak: value(exchange('@cmpxchgWeak')),
  cmpxchg_strong: value(exchange('@cmpxchgStrong')),
  is_null: value(nullTest('==')),
  is_non_null: value(nullTest('!=')),
  is_null_ptr: value(testBehindPointer({ hasPayload: false, isOptional: true })),
  is_non_null_ptr: value(testBehindPointer({ hasPayload: true, isOptional: true })),
  is_err: value(errorTest(true)),
  is_non_err: value(errorTest(false)),
  is_err_ptr: value(testBehindPointer({ hasPayload: false, isOptional: false })),
  is_non_err_ptr: value(testBehindPointer({ hasPayload: true, isOptional: false })),
  optional_payload: value(payload),
  optional_payload_ptr: value(payloadPointer),
  optional_payload_ptr_set: value(settingPayload),
  wrap_optional: value(coerced),
  unwrap_errunion_payload: value(payload),
  unwrap_errunion_payload_ptr: value(payloadPointer),
  unwrap_errunion_err: value(errorOf),
  unwrap_errunion_err_ptr: value(errorBehindPointer),
  errunion_payload_ptr_set: value(settingPayload),
  wrap_errunion_payload: value(coerced),
  wrap_errunion_err: value(coerced),
  try: tryPayload,
  try_cold: tryPayload,
  try_ptr: tryPointer,
  try_ptr_cold: tryPointer,
  cmp_lt_errors_len: without('the number of errors of a program'),
  error_set_has_value: value(isInSet),
  error_name: value(builtin1('@errorName')),
  tag_name: value(builtin1('@tagName')),
  is_named_enum_value: value(isNamedValue),
  get_union_tag: value(coerced),
  set_union_tag: without('a union whose tag changes and whose payload keeps its bytes'),
  union_init: value(unionInit),
  loop_switch_br: printSwitch,
  switch_dispatch: statement(
    (p, inst) => `continue ${p.labelled('w', p.body.target(inst))} ${p.ref(operandAt(p.body, inst, 0))}`,
  ),
  wasm_memory_size: value(() => '@wasmMemorySize(0)'),
  wasm_memory_grow: value((p, inst) => `@wasmMemoryGrow(0, ${p.ref(p.body.operand(inst))})`),
  runtime_nav_ptr: value((p, inst) => `&${p.values.navName(p.body.nav(inst))}`),
  prefetch: statement((p, inst) => {
    const [access, cache] = [PREFETCH_ACCESS[p.body.word(inst)]!, PREFETCH_CACHE[p.body.word(inst, 1)]!];
    const options = `.{ .rw = .${access}, .locality = ${p.body.number(inst)}, .cache = .${cache} }`;
    return `@prefetch(${p.ref(p.body.operand(inst))}, ${options})`;
  }),
  err_return_trace: without('an error trace'),
  set_err_return_trace: without('an error trace'),
  save_err_return_trace_index: without('an error trace'),
  frame_addr: value(() => '@frameAddress()'),
  ret_addr: value(() => '@returnAddress()'),
  call_never_tail: calling('.never_tail'),
  call_never_inline: calling('.never_inline'),
  call_always_tail: without('a call that must be a tail call'),
  store_safe: checked,
  memset_safe: checked,
  ret_safe: checked,
  int_from_float_safe: checked,
  int_from_float_optimized_safe: checked,
  add: value(binary('+')),
  sub: value(binary('-')),
  mul: value(binary('*')),
  add_wrap: value(binary('+%')),
  sub_wrap: value(binary('-%')),
  mul_wrap: value(binary('*%')),
  add_sat: value(binary('+|')),
  sub_sat: value(binary('-|')),
  mul_sat: value(binary('*|')),
  add_safe: checked,
  sub_safe: checked,
  mul_safe: checked,
  intcast_safe: checked,
  div_float: value(binary('/')),
  div_trunc: value(builtin2('@divTrunc')),
  div_floor: value(builtin2('@divFloor')),
  div_exact: value(builtin2('@divExact')),
  rem: value(builtin2('@rem')),
  mod: value(modulus),
  max: value(builtin2Hidden('@max')),
  min: value(builtin2Hidden('@min')),
  add_with_overflow: value(builtin2('@addWithOverflow')),
  sub_with_overflow: value(builtin2('@subWithOverflow')),
  mul_with_overflow: value(builtin2('@mulWithOverflow')),
  shl_with_overflow: value(shiftBuiltin('@shlWithOverflow')),
  mul_add: value((p, inst) => {
    const [a, b] = p.pair(inst);
    return `@mulAdd(${p.types.text(p.typeOf(inst))}, ${a}, ${b}, ${p.ref(operandAt(p.body, inst, 2))})`;
  }),
  add_optimized: fastMath,
  sub_optimized: fastMath,
  mul_optimized: fastMath,
  div_float_optimized: fastMath,
  div_trunc_optimized: fastMath,
  div_floor_optimized: fastMath,
  div_exact_optimized: fastMath,
  rem_optimized: fastMath,
  mod_optimized: fastMath,
  neg_optimized: fastMath,
  cmp_lt_optimized: fastMath,
  cmp_lte_optimized: fastMath,
  cmp_eq_optimized: fastMath,
  cmp_gte_optimized: fastMath,
  cmp_gt_optimized: fastMath,
  cmp_neq_optimized: fastMath,
  int_from_float_optimized: fastMath,
  abs: value(builtin1('@abs')),
  neg: value((p, inst) => `-${p.ref(p.body.operand(inst))}`),
  sqrt: value(builtin1('@sqrt')),
  floor: value(builtin1('@floor')),
  ceil: value(builtin1('@ceil')),
  trunc_float: value(builtin1('@trunc')),
  round: value(builtin1('@round')),
  sin: libm,
  cos: libm,
  tan: libm,
  exp: libm,
  exp2: libm,
  log: libm,
  log2: libm,
  log10: libm,
  bit_and: value(binary('&')),
  bit_or: value(binary('|')),
  xor: value(binary('^')),
  bool_and: value(ofBools('and', '&')),
  bool_or: value(ofBools('or', '|')),
  not: value((p, inst) => `${p.typeOf(inst) === IP.bool_type ? '!' : '~'}${p.ref(p.body.operand(inst))}`),
  shl: value(shift('<<')),
  shr: value(shift('>>')),
  shl_exact: value(shiftBuiltin('@shlExact')),
  shr_exact: value(shiftBuiltin('@shrExact')),
  shl_sat: value(saturatingShift),
  clz: value(count('@clz')),
  ctz: value(count('@ctz')),
  popcount: value(count('@popCount')),
  byte_swap: value(builtin1('@byteSwap')),
  bit_reverse: value(builtin1('@bitReverse')),
  cmp_lt: value(comparison('<')),
  cmp_lte: value(comparison('<=')),
  cmp_eq: value(comparison('==')),
  cmp_gte: value(comparison('>=')),
  cmp_gt: value(comparison('>')),
  cmp_neq: value(comparison('!=')),
  intcast: value(builtin1('@intCast')),
  trunc: value(builtin1('@truncate')),
  bitcast: value(bitcast),
  fptrunc: value(builtin1('@floatCast')),
  fpext: value(builtin1('@floatCast')),
  int_from_float: value(builtin1('@intFromFloat')),
  float_from_int: value(builtin1('@floatFromInt')),
  ret_ptr: value((p, inst) => {
    p.resultPlace = p.unit.pool.childType(p.typeOf(inst));
    return aligned(p, inst, '&result');
  }),
  load: value((p, inst) => `${p.ref(p.body.operand(inst))}.*`),
  store: statement((p, inst) => `${p.ref(p.body.lhs(inst))}.* = ${p.ref(p.body.rhs(inst), 'literal')}`),
  ptr_add: value((p, inst) => aligned(p, inst, p.pair(inst).join(' + '))),
  ptr_sub: value((p, inst) => aligned(p, inst, p.pair(inst).join(' - '))),
  ptr_elem_val: value((p, inst) => `${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  ptr_elem_ptr: value((p, inst) => aligned(p, inst, `&${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`)),
  slice: value((p, inst) => `${p.ref(p.body.lhs(inst))}[0..${p.ref(p.body.rhs(inst))}]`),
  slice_len: value((p, inst) => `${p.ref(p.body.operand(inst))}.len`),
  slice_ptr: value((p, inst) => `${p.ref(p.body.operand(inst))}.ptr`),
  ptr_slice_len_ptr: value((p, inst) => `&${p.ref(p.body.operand(inst))}.len`),
  ptr_slice_ptr_ptr: value((p, inst) => `&${p.ref(p.body.operand(inst))}.ptr`),
  slice_elem_val: value((p, inst) => `${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`),
  slice_elem_ptr: value((p, inst) => aligned(p, inst, `&${p.ref(p.body.lhs(inst))}[${p.ref(p.body.rhs(inst))}]`)),
  array_elem_val: value(element),
  array_to_slice: value((p, inst) => {
    const operand = p.body.operand(inst);
    // A slice of a variable is hidden, or Zig knows it, and reads elements of the variable in place of those of a slice.
    const text = isInstRef(operand) ? p.ref(operand) : p.values.runtime(refValue(operand));
    // A pointer to many arrays means the first.
    return p.unit.pool.ptrIsMany(p.refType(operand)) ? `&${text}[0]` : text;
  }),
  struct_field_ptr: value((p, inst) => fieldPointer(p, inst, p.body.operand(inst), p.body.number(inst))),
  struct_field_ptr_index_0: value(fieldPointerAt(0)),
  struct_field_ptr_index_1: value(fieldPointerAt(1)),
  struct_field_ptr_index_2: value(fieldPointerAt(2)),
  struct_field_ptr_index_3: value(fieldPointerAt(3)),
  struct_field_val: value((p, inst) => {
    const operand = p.body.operand(inst);
    return `${p.ref(operand)}.${p.types.fieldName(p.refType(operand), p.body.number(inst))}`;
  }),
  field_parent_ptr: value((p, inst) => {
    const struct = p.unit.pool.childType(p.typeOf(inst));
    const name = p.types.fieldName(struct, p.body.number(inst));
    if (name.startsWith('@')) throw new NotPrintable('the parent of a field of a tuple');
    return `@alignCast(@fieldParentPtr("${name}", ${p.ref(p.body.operand(inst))}))`;
  }),
  memset: statement((p, inst) => `@memset(${p.ref(p.body.lhs(inst))}, ${p.ref(p.body.rhs(inst), 'literal')})`),
  memcpy: statement((p, inst) => `@memcpy(${p.ref(p.body.lhs(inst))}, ${source(p, inst)})`),
  memmove: statement((p, inst) => `@memmove(${p.ref(p.body.lhs(inst))}, ${source(p, inst)})`),
  aggregate_init: value(aggregate),
  repeat: statement((p, inst) => `continue ${p.labelled('l', p.body.target(inst))}`),
  br: statement((p, inst) => {
    const operand = p.body.operand(inst);
    const carries = operand !== REF_NONE && p.refType(operand) !== IP.void_type;
    return `break ${p.labelled('b', p.body.target(inst))}${carries ? ` ${p.ref(operand)}` : ''}`;
  }),
  ret: statement((p, inst) => (p.ret === IP.void_type ? 'return' : `return ${p.ref(p.body.operand(inst), 'literal')}`)),
  ret_load: statement((p, inst) => `return ${p.ref(p.body.operand(inst))}.*`),
  unreach: statement(() => 'unreachable'),
  trap: statement(() => '@trap()'),
  breakpoint: statement(() => '@breakpoint()'),
  call: calling(null),
  arg: (p, inst, indent) => {
    if (p.typeOf(inst) !== IP.void_type) p.keep(inst, indent);
    else p.line(indent, `_ = v${inst};`);
  },
  alloc: (p, inst, indent) => {
    const { pool } = p.unit;
    const pointer = p.typeOf(inst);
    const child = pool.childType(pointer);
    const attribute = p.types.alignment(child, pool.ptrAlign(pointer));
    p.line(indent, `var s${inst}: ${p.types.text(child)}${attribute} = undefined;`);
    p.define(inst, `&s${inst}`, indent);
  },
  block,
  dbg_inline_block: block,
  dbg_stmt: silent,
  dbg_empty_stmt: silent,
  dbg_var_ptr: silent,
  dbg_var_val: silent,
  dbg_arg_inline: silent,
  loop: (p, inst, indent) => {
    p.line(indent, `${p.label('l', inst)}while (true) {`);
    p.sequence(p.body.blockBody(inst), `${indent}    `);
    p.line(indent, `}`);
  },
  cond_br: (p, inst, indent) => {
    p.line(indent, `if (${p.ref(p.body.operand(inst))}) {`);
    p.sequence(p.body.thenBody(inst), `${indent}    `);
    p.line(indent, `} else {`);
    p.sequence(p.body.elseBody(inst), `${indent}    `);
    p.line(indent, `}`);
  },
  switch_br: printSwitch,
};
