/**
 * What an instruction takes from the operand stack and leaves there, and a stack to follow that with.
 *
 * Numbers of operands only; types are the validator's business. What is not known (functions that the compiler makes, vector
 * instructions that code generation never uses) says so, and nothing is concluded across it.
 */
import { INTRINSICS } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { ATOMIC_OP, MISC_OP, SIMD_OP } from '../../wasm/opcodes.ts';
import { SIMD_PLAIN_OP } from '../../wasm/simd-opcodes.ts';
import type { Code } from './code.ts';

/** Effect that is not known. */
export const UNKNOWN = -1;

/** Number of operands taken. */
export function pops(effect: number): number {
  return effect >> 1;
}

/** Number of values left: 0 or 1. */
export function pushes(effect: number): number {
  return effect & 1;
}

/** Operands taken and values left as one number. */
export function effect(taken: number, left: 0 | 1): number {
  return taken * 2 + left;
}

const NOTHING = effect(0, 0);
const PUSH = effect(0, 1);
const POP = effect(1, 0);
const UNARY = effect(1, 1);
const BINARY = effect(2, 1);
const STORE = effect(2, 0);

/** Effects by tag; those of calls and of what lies behind a prefix are asked for one by one. Of a block: what its opening takes. */
const EFFECTS = new Int8Array(256).fill(UNKNOWN);
for (const [from, to, what] of [
  [MirTag.i32_load, MirTag.i64_load32_u, UNARY],
  [MirTag.i32_store, MirTag.i64_store32, STORE],
  [MirTag.memory_size, MirTag.memory_size, PUSH],
  [MirTag.memory_grow, MirTag.memory_grow, UNARY],
  [MirTag.i32_const, MirTag.f64_const, PUSH],
  [MirTag.i32_eqz, MirTag.i32_eqz, UNARY],
  [MirTag.i32_eq, MirTag.i32_ge_u, BINARY],
  [MirTag.i64_eqz, MirTag.i64_eqz, UNARY],
  [MirTag.i64_eq, MirTag.f64_ge, BINARY],
  [MirTag.i32_clz, MirTag.i32_popcnt, UNARY],
  [MirTag.i32_add, MirTag.i32_rotr, BINARY],
  [MirTag.i64_clz, MirTag.i64_popcnt, UNARY],
  [MirTag.i64_add, MirTag.i64_rotr, BINARY],
  [MirTag.f32_abs, MirTag.f32_sqrt, UNARY],
  [MirTag.f32_add, MirTag.f32_copysign, BINARY],
  [MirTag.f64_abs, MirTag.f64_sqrt, UNARY],
  [MirTag.f64_add, MirTag.f64_copysign, BINARY],
  [MirTag.i32_wrap_i64, MirTag.i64_extend32_s, UNARY],
] as const) {
  EFFECTS.fill(what, from, to + 1);
}
for (const [tag, what] of [
  [MirTag.block, NOTHING],
  [MirTag.loop, NOTHING],
  [MirTag.if, POP],
  [MirTag.end, NOTHING],
  [MirTag.uav_ref, PUSH],
  [MirTag.uav_ref_off, PUSH],
  [MirTag.nav_ref, PUSH],
  [MirTag.nav_ref_off, PUSH],
  [MirTag.func_ref, PUSH],
  [MirTag.dbg_line, NOTHING],
  [MirTag.dbg_var, NOTHING],
  [MirTag.dbg_set, NOTHING],
  [MirTag.dbg_scope, NOTHING],
  [MirTag.dbg_scope_end, NOTHING],
  [MirTag.errors_len, PUSH],
  [MirTag.br_if, POP],
  [MirTag.error_name_table_ref, PUSH],
  [MirTag.tls_base, PUSH],
  [MirTag.nav_tls_ref, PUSH],
  [MirTag.drop, POP],
  [MirTag.select, effect(3, 1)],
  [MirTag.local_get, PUSH],
  [MirTag.local_set, POP],
  [MirTag.local_tee, UNARY],
  [MirTag.global_set_sp, POP],
] as const) {
  EFFECTS[tag] = what;
}

/** Effects of vector instructions by opcode. */
const SIMD_EFFECTS = new Int8Array(256).fill(UNKNOWN);
for (const [name, op] of Object.entries(SIMD_OP)) SIMD_EFFECTS[op] = simdEffect(name);
for (const [name, op] of Object.entries(SIMD_PLAIN_OP)) {
  SIMD_EFFECTS[op] =
    name === 'v128_bitselect' ? effect(3, 1) : /_(?:not|abs|neg|sqrt|ceil|floor|trunc)$/.test(name) ? UNARY : BINARY;
}

/** Effect of a vector instruction with immediates. */
function simdEffect(name: string): number {
  if (name === 'v128_const') return PUSH;
  if (name.startsWith('v128_store')) return STORE;
  return /_(?:shuffle|swizzle|replace_lane|load\d+_lane)$/.test(name) ? BINARY : UNARY;
}

/** Effect of a call of a function, by nav or by type. */
export interface CallEffects {
  ofNav(nav: number): number;
  ofType(fnType: number): number;
}

/** Effect of instruction `i`, one that flow may go on behind. */
export function effectOf(code: Code, i: number, calls: CallEffects): number {
  const tag = code.tags[i]!;
  const known = EFFECTS[tag]!;
  if (known !== UNKNOWN) return known;
  const word = code.data[i]!;
  switch (tag) {
    case MirTag.call_nav:
      return calls.ofNav(word);
    case MirTag.call_indirect: {
      const called = calls.ofType(word);
      return called === UNKNOWN ? UNKNOWN : called + 2;
    }
    case MirTag.call_intrinsic: {
      const { params, results } = INTRINSICS[word]!;
      return effect(params.length, results.length === 0 ? 0 : 1);
    }
    case MirTag.misc_prefix:
      return miscEffect(code.extra[word]!);
    case MirTag.atomics_prefix:
      return atomicEffect(code.extra[word]!);
    case MirTag.simd_prefix:
      return SIMD_EFFECTS[code.extra[word]!] ?? UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function miscEffect(op: number): number {
  if (op < MISC_OP.memory_init) return UNARY;
  return op === MISC_OP.memory_copy || op === MISC_OP.memory_fill ? effect(3, 0) : UNKNOWN;
}

function atomicEffect(op: number): number {
  if (op < ATOMIC_OP.i32_atomic_load) return op === ATOMIC_OP.atomic_fence ? NOTHING : UNKNOWN;
  if (op < ATOMIC_OP.i32_atomic_store) return UNARY;
  if (op < ATOMIC_OP.i32_atomic_rmw_add) return STORE;
  return op < ATOMIC_OP.i32_atomic_rmw_cmpxchg ? BINARY : effect(3, 1);
}

/** What is known of the values on the operand stack, a number each. Below the bottom of the open block lies what is not known. */
export class OperandStack {
  readonly #values: number[] = [];
  readonly #bottoms: number[] = [];
  readonly #unknown: number;
  #bottom = 0;

  /** `unknown` stands for a value of which nothing is known. */
  constructor(unknown: number) {
    this.#unknown = unknown;
  }

  push(value: number): void {
    this.#values.push(value);
  }

  pop(): number {
    return this.#values.length > this.#bottom ? this.#values.pop()! : this.#unknown;
  }

  /** The value on top. */
  top(): number {
    return this.#values.length > this.#bottom ? this.#values[this.#values.length - 1]! : this.#unknown;
  }

  /** Nothing is known any more of what this block has pushed. */
  forget(): void {
    this.#values.length = this.#bottom;
  }

  openBlock(): void {
    this.#bottoms.push(this.#bottom);
    this.#bottom = this.#values.length;
  }

  closeBlock(): void {
    this.#values.length = this.#bottom;
    this.#bottom = this.#bottoms.pop() ?? 0;
  }
}
