/**
 * The state of one function body under construction, and the elementary steps that every emitter is made of: emit one
 * instruction, register its result with what is known of it.
 *
 * Owns the accounting: how many instructions a call may execute (`spent`, loops multiplied), how many bytes of frame it
 * needs. Draws nothing. Invariant: `spent` is an upper bound of what one call executes up to the point of insertion.
 */
import type { AirTag, BodyBuilder, InstIndex, IpIndex, Ref, TagOfForm } from '../../core/index.ts';
import { IP, REF_NONE, valueRef } from '../../core/index.ts';
import type { FunctionPlan, Program } from '../model/program.ts';
import type { RandomStream } from '../model/random.ts';
import type { Fact, Scope, Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, typeInfo } from '../model/types.ts';

/** A way to end the current body. */
export interface Exit {
  readonly kind: 'branch' | 'return' | 'repeat';
  /** Type of the value that the exit carries. */
  readonly info: TypeInfo;
  /** Ends the body; `carrier`, if there is one, is a value of that type that is to be used. */
  readonly leave: (g: Gen, carrier: Value | null) => void;
}

/** Emits one statement; false if nothing suitable is in scope (and nothing was emitted). */
export type Emitter = (g: Gen) => boolean;

/** One function body under construction. */
export interface Gen {
  readonly p: Program;
  readonly r: RandomStream;
  readonly b: BodyBuilder;
  readonly scope: Scope;
  readonly fn: FunctionPlan;
  /** Emitters of the instructions that the plan chooses statements from, in its order. */
  readonly emitters: readonly Emitter[];
  /** Executions of the current body per call, at most. */
  weight: number;
  spent: number;
  /** `spent` counts the instructions before this one. */
  settled: number;
  /** No loop, call or statement is added past this cost. */
  limit: number;
  /** Bytes of frame, an upper bound. */
  frame: number;
  /** Greatest stack of a call made here. */
  calleeStack: number;
  nesting: number;
  /** Enclosing exits, outermost first. */
  readonly exits: Exit[];
  /** Identity of the next object of the frame; counts down from -2. */
  nextObject: number;
  /** Depth that is left, and whether the recursive call is still to be made. */
  depth: Value | null;
  recursed: boolean;
  /** Modifier of the calls that are made. */
  callTag: TagOfForm<'call'>;
  /** The place of the result if the function has asked for it. */
  resultPlace: Value | null;
  /** Number of instructions that the function is to have, about. */
  readonly quota: number;
}

/** Frame bytes that lowering may add to those of the values themselves. */
const FRAME_EXTRA = 64;

/** The start of a body of `fn`, the only one under construction, which may execute about `limit` instructions. */
export function newGen(p: Program, emitters: readonly Emitter[], fn: FunctionPlan, scope: Scope, limit: number): Gen {
  p.builder.reset();
  return {
    p,
    r: p.r,
    b: p.builder,
    scope,
    fn,
    emitters,
    weight: 1,
    spent: 0,
    settled: 0,
    limit,
    frame: FRAME_EXTRA,
    calleeStack: 0,
    nesting: 0,
    exits: [],
    nextObject: -2,
    depth: null,
    recursed: false,
    callTag: 'call',
    resultPlace: null,
    quota: fn.quota,
  };
}

/** Whether `tag` may be generated. */
export function can(g: Gen, tag: AirTag): boolean {
  return g.p.plan.allowed.has(tag);
}

/** Charges the instructions emitted since the last call. */
export function settle(g: Gen): void {
  g.spent += (g.b.length - g.settled) * g.weight;
  g.settled = g.b.length;
}

/** Registers the result `ref`. */
export function define(g: Gen, ref: Ref, info: TypeInfo, low: number, high: number, fact: Fact | null = null): Value {
  const value = unlisted(ref, info, low, high, fact);
  if (info.byRef) g.frame += (info.size + 31) & ~15;
  if (info.cls !== Class.nothing) g.scope.add(value);
  return value;
}

/** Registers a result of which only the type is known. */
export function defineFull(g: Gen, ref: Ref, info: TypeInfo, fact: Fact | null = null): Value {
  if (info.cls === Class.int) return define(g, ref, info, info.min, info.full, fact);
  return define(g, ref, info, -Infinity, Infinity, fact);
}

/** The operand `value`, now used. */
export function use(value: Value): Ref {
  value.used = true;
  return value.ref;
}

/** Record of type `ip`. */
export function infoOf(g: Gen, ip: IpIndex): TypeInfo {
  return typeInfo(g.p.types, ip);
}

/** Two operands of one type; the result has that type. */
export function binary(
  g: Gen,
  tag: TagOfForm<'bin_op'>,
  a: Value,
  b: Value,
  low = a.info.cls === Class.int ? a.info.min : -Infinity,
  high = a.info.cls === Class.int ? a.info.full : Infinity,
): Value {
  return define(g, g.b.bin(tag, use(a), use(b)), a.info, low, high);
}

/** One operand; the result has its type. */
export function unary(g: Gen, tag: TagOfForm<'un_op'>, a: Value, low = -Infinity, high = Infinity): Value {
  return define(g, g.b.un(tag, use(a)), a.info, low, high);
}

/** One operand and a result type. */
export function convert(
  g: Gen,
  tag: TagOfForm<'ty_op'>,
  info: TypeInfo,
  a: Value,
  low = info.cls === Class.int ? info.min : -Infinity,
  high = info.cls === Class.int ? info.full : Infinity,
  fact: Fact | null = null,
): Value {
  return define(g, g.b.tyOp(tag, info.ip, use(a)), info, low, high, fact);
}

/** Comparison; the result is bool. */
export function compare(
  g: Gen,
  tag: 'cmp_eq' | 'cmp_neq' | 'cmp_lt' | 'cmp_lte' | 'cmp_gt' | 'cmp_gte',
  a: Value,
  b: Value,
): Value {
  return define(g, g.b.bin(tag, use(a), use(b)), boolInfo(g), 0, 1);
}

/** `bool`. */
export function boolInfo(g: Gen): TypeInfo {
  return typeInfo(g.p.types, IP.bool_type);
}

/** `usize`. */
export function usizeInfo(g: Gen): TypeInfo {
  return typeInfo(g.p.types, IP.usize_type);
}

/** `void`. */
export function voidInfo(g: Gen): TypeInfo {
  return typeInfo(g.p.types, IP.void_type);
}

/** The constant `void {}`. */
export function voidRef(): Ref {
  return valueRef(IP.void_value);
}

/** Leaves block `inst` with `value`, or with nothing for type void. */
export function branch(g: Gen, inst: InstIndex, value: Value | null): void {
  g.b.br(inst, value === null ? REF_NONE : use(value));
}

/** Runs `body` as one body: what it defines is out of scope after it. */
export function inBody(g: Gen, body: () => void): void {
  const mark = g.scope.size;
  g.nesting++;
  body();
  g.nesting--;
  g.scope.leave(mark);
}
