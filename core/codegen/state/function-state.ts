/**
 * State of the one function being lowered, and the moves every lowering is made of: resolve an operand, push it, finish.
 *
 * Owns the places of all values, the body each was born in (it may be freed in no other: what leaves an enclosing block
 * half-way may still need it), and the depth of open wasm blocks. One state object serves any number of functions, one after the other. Knows no instruction.
 * Invariants: between two AIR instructions the operand stack is empty; each lowered instruction is finished exactly once;
 * a value whose tomb has been met in its own body is dead and cannot be read.
 */
import type { Body } from '../../air/body/body.ts';
import { armLength, armStart, operandAt, operandCount } from '../../air/body/operands.ts';
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { instRef, isInstRef, refInst, refValue } from '../../air/body/ref.ts';
import type { Liveness } from '../../air/liveness/liveness.ts';
import { isUnused, LivenessAnalysis, operandDies, SMALL_TOMBS } from '../../air/liveness/liveness.ts';
import { MUST_LOWER, TAG } from '../../air/schema/ops.ts';
import { findResultTypes } from '../../air/typing/result-types.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { MirBuilder } from '../../mir/builder.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { assert } from '../../support/assert.ts';
import { SIMD_OP } from '../../wasm/opcodes.ts';
import { addressRep, carrierOf, containerBits, Rep, repOf } from './abi.ts';
import { lowerConstant } from './constants.ts';
import { returnsThroughMemory, wasmParamCount } from './conventions.ts';
import { Frame } from './frame.ts';
import type { Lane } from './lane.ts';
import { Locals } from './locals.ts';
import { opAdd } from './numeric-opcodes.ts';
import { pushPlace } from './push-place.ts';
import { bodyGivesNames, givesNames } from './names-given.ts';
import { NumberClasses } from './number-class.ts';
import type { NumberClass } from './number-class.ts';
import type { CodegenOptions } from './options.ts';
import { rewritesMir } from './peepholes.ts';
import { isDirect, V128_BYTES } from './vector-types.ts';
import type { WValue } from './wvalue.ts';
import {
  baseOffset,
  DEAD,
  isInLocal,
  local,
  localOf,
  localPlus,
  movedBy,
  NO_VALUE,
  stackOffset,
  vectorIn,
  W,
} from './wvalue.ts';

/** Lowers one instruction: appends its code and finishes it. */
export interface Lowering {
  (f: FunctionState, inst: InstIndex): void;
  /** Where nothing but the class of operand 0 decides: the same, chosen already, by that class. */
  readonly byClass?: readonly Lowering[];
}

/** Lane operand 0 as a ref; that of operand k follows. No body has as many instructions. */
const LANE_REF = instRef(0x7fff_ff00 as InstIndex);

/** One function in work. */
export class FunctionState {
  readonly mir: MirBuilder;
  readonly locals: Locals;
  readonly frame: Frame;
  /** Representation of addresses. */
  addressRep: typeof Rep.i32 | typeof Rep.i64 = Rep.i32;
  pool!: PoolReader;
  body!: Body;
  /** Function type. */
  fnTy!: IpIndex;
  options!: CodegenOptions;
  liveness!: Liveness;
  /** Result type of each instruction of the body; longer than that. */
  types = new Uint32Array(256);
  /** Address of the result of the function, or NO_VALUE when it is returned as a value. */
  resultAddress: WValue = NO_VALUE;
  /** Next wasm parameter that an `arg` takes. */
  nextParam = 0 as LocalIndex;
  /** Open wasm blocks. */
  depth = 0;
  /** Depth right behind the opening of an AIR block, or of the loop of a loop or loop_switch_br. */
  readonly labels: number[] = [];
  /** Local that takes the result of an open AIR block, which may be a vector, or NO_VALUE; of a loop_switch_br what it decides by. */
  readonly blockResults: WValue[] = [];
  /** Whether some lowered br leaves an AIR block. */
  readonly left: boolean[] = [];
  /** Offset of the slot of `ret_ptr` in functions that return a value. */
  retSlot: number | null = null;
  /** Types of the functions that are called by nav. */
  readonly callees = new Map<NavIndex, IpIndex>();
  /** Allocs whose content is in the local that their place names; null until someone asks. */
  promoted: ReadonlySet<InstIndex> | null = null;
  /** Local that holds the address of the error trace, once something is said of that. */
  traceLocal: LocalIndex | null = null;
  /** Offset of the slot for the 128-bit products of __multi3. */
  productSlot: number | null = null;
  readonly #analysis = new LivenessAnalysis();
  readonly #classes = new NumberClasses();
  readonly #values: WValue[] = [];
  /** Offset of the slot of a vector that is in a local, once somebody has asked for its place. */
  readonly #vectorSlots: (number | undefined)[] = [];
  /** Number of the body each value was born in. */
  readonly #birthplaces: number[] = [];
  readonly #lowerings: readonly Lowering[];
  /** By tag number; null where the lowering itself is called. */
  readonly #byClass: readonly (readonly Lowering[] | null)[];
  /** Whether something gives a name, so that bodies may be scopes. */
  #givesNames = false;
  /** The lane in work, if one is. */
  #lane: Lane | null = null;
  /** Number of the body that is being lowered; bodies are numbered in the order in which they are begun. */
  #bodyNumber = 0;
  #bodyCount = 0;

  /** `mir` takes the code. */
  constructor(lowerings: readonly Lowering[], mir: MirBuilder = new MirBuilder()) {
    this.mir = mir;
    this.locals = new Locals(mir);
    this.frame = new Frame(mir, this.locals);
    this.#lowerings = lowerings;
    this.#byClass = lowerings.map(({ byClass }) => byClass ?? null);
  }

  /** Starts a function. */
  reset(pool: PoolReader, fnTy: IpIndex, body: Body, options: CodegenOptions): void {
    const count = body.length;
    const { simd128 } = options;
    this.pool = pool;
    this.addressRep = addressRep(pool);
    this.#classes.reset(pool);
    this.body = body;
    this.fnTy = fnTy;
    this.options = options;
    if (this.types.length < count) this.types = new Uint32Array(2 * count);
    findResultTypes(pool, body, this.types);
    this.liveness = this.#analysis.run(body);
    this.mir.reset(fnTy);
    // Peepholes want a local for each value, and share them afterwards.
    this.locals.reset(wasmParamCount(pool, fnTy, simd128), options.reuseLocals && !rewritesMir(options.peepholes));
    if (this.callees.size > 0) this.callees.clear();
    this.frame.reset(this.addressRep);
    const throughMemory = returnsThroughMemory(pool, fnTy, simd128);
    this.resultAddress = throughMemory ? local(0 as LocalIndex) : NO_VALUE;
    this.nextParam = (throughMemory ? 1 : 0) as LocalIndex;
    this.depth = 0;
    this.retSlot = null;
    this.promoted = null;
    this.traceLocal = null;
    this.#givesNames = givesNames(body);
    this.#lane = null;
    this.productSlot = null;
    this.#bodyNumber = 0;
    this.#bodyCount = 0;
    for (let i = 0; i < count; i++) {
      this.#values[i] = DEAD;
      this.left[i] = false;
    }
    for (let i = 0; simd128 && i < count; i++) {
      this.#vectorSlots[i] = undefined;
    }
  }

  // --- operands ---

  /** Operand `k` of `inst`, in the order that liveness counts in. */
  operand(inst: InstIndex, k: number): Ref {
    if (this.#lane !== null) return (LANE_REF + k) as Ref;
    return operandAt(this.body, inst, k);
  }

  /** Type of an operand. */
  typeOf(ref: Ref): IpIndex {
    if (ref >= LANE_REF) return this.#lane!.types[ref - LANE_REF]!;
    return (isInstRef(ref) ? this.types[refInst(ref)]! : this.pool.typeOf(refValue(ref))) as IpIndex;
  }

  /** Representation of an operand. */
  repOf(ref: Ref): Rep {
    return repOf(this.pool, this.typeOf(ref));
  }

  /** Class of type `ty`. */
  classOf(ty: IpIndex): NumberClass {
    return this.#classes.of(ty);
  }

  /** Class of the type of operand 0. */
  operandClass(inst: InstIndex): NumberClass {
    return this.#classes.of(this.typeOf(this.operand(inst, 0)));
  }

  /** Class of the type of the result. */
  resultClass(inst: InstIndex): NumberClass {
    return this.#classes.of(this.resultType(inst));
  }

  /** Result type of `inst`. */
  resultType(inst: InstIndex): IpIndex {
    if (this.#lane !== null) return this.#lane.resultTy;
    return this.types[inst]! as IpIndex;
  }

  /** Representation of the result of `inst`. */
  resultRep(inst: InstIndex): Rep {
    return repOf(this.pool, this.resultType(inst));
  }

  /** Place of an operand. */
  resolve(ref: Ref): WValue {
    if (!isInstRef(ref)) return lowerConstant(this.pool, refValue(ref));
    if (ref >= LANE_REF) return this.#lane!.values[ref - LANE_REF]!;
    const value = this.#values[refInst(ref)]!;
    assert(value.kind !== W.dead, 'a dead value is used');
    return value.kind === W.vector ? this.#inFrame(refInst(ref), localOf(value)) : value;
  }

  /** The local that an operand is in that is a vector; null for one in memory. */
  vectorLocal(ref: Ref): LocalIndex | null {
    if (!isInstRef(ref) || ref >= LANE_REF) return null;
    const value = this.#values[refInst(ref)]!;
    assert(value.kind !== W.dead, 'a dead value is used');
    return value.kind === W.vector ? localOf(value) : null;
  }

  /** Whether values of type `ty` travel as one v128: in calls, out of blocks and from where they are loaded. */
  isVectorValue(ty: IpIndex): boolean {
    return this.options.simd128 && isDirect(this.pool, ty);
  }

  /** Writes a vector to its slot: each time that its place is asked for, since what is written in one body is not in another. */
  #inFrame(inst: InstIndex, index: LocalIndex): WValue {
    const offset = (this.#vectorSlots[inst] ??= this.frame.allocate(V128_BYTES, V128_BYTES));
    this.mir.localGet(this.frame.bottomLocal);
    this.mir.localGet(index);
    this.mir.simd(SIMD_OP.v128_store, [offset, V128_BYTES]);
    return stackOffset(offset);
  }

  /** Whether `ref` is the constant `undef`. */
  isUndefined(ref: Ref): boolean {
    return !isInstRef(ref) && this.pool.valueKind(refValue(ref)) === ValueKind.undef;
  }

  /** Whether nothing uses the result of `inst`; a lane always has its place. */
  isUnused(inst: InstIndex): boolean {
    return this.#lane === null && isUnused(this.liveness, inst);
  }

  /** Runs a lowering of scalars on one lane of an instruction on vectors. */
  inLane(lane: Lane, lower: () => void): void {
    this.#lane = lane;
    lower();
    this.#lane = null;
  }

  // --- pushing ---

  /** Pushes a value, or the address of a value in memory. */
  push(ref: Ref): void {
    this.pushValue(this.resolve(ref));
  }

  /** As {@link push}, of a place. */
  pushValue(v: WValue): void {
    this.pushBase(v);
    const offset = baseOffset(v);
    if (offset !== 0) this.addToAddress(offset);
  }

  /**
   * As {@link pushValue}, for the address of a load or store: of a frame slot only the bottom of the frame, of an address with an
   * offset only the address, so the access has to add `baseOffset(v)` to its static offset.
   */
  pushBase(v: WValue): void {
    pushPlace(this, v);
  }

  /** The address `v` plus `bytes` as a place, or null where it has to be computed. An address inside of an object never wraps around. */
  moved(v: WValue, bytes: number): WValue | null {
    return movedBy(v, bytes) ?? (this.options.peepholes.foldOffsets ? localPlus(v, bytes) : null);
  }

  /** Pushes the address `v` plus `bytes`. */
  pushAddress(v: WValue, bytes: number): void {
    const moved = this.moved(v, bytes);
    if (moved !== null) {
      this.pushValue(moved);
      return;
    }
    this.pushValue(v);
    this.addToAddress(bytes);
  }

  /** Adds a constant to the address on the stack. */
  addToAddress(bytes: number): void {
    this.pushInt(this.addressRep, bytes);
    this.mir.op(opAdd(this.addressRep));
  }

  /** Pushes an integer constant of `rep`: an i32 or u32 number, extended by its sign. */
  pushInt(rep: Rep, value: number): void {
    if (containerBits(rep) === 64) this.mir.i64Const(value | 0, value < 0 ? -1 : 0);
    else this.mir.i32Const(value);
  }

  // --- temporaries ---

  /** A local that the same lowering has to give back with {@link releaseTemp}. */
  temp(rep: Rep): LocalIndex {
    return this.locals.allocate(carrierOf(rep, this.addressRep));
  }

  /** Pops the operand stack into a new temporary. */
  popTemp(rep: Rep): LocalIndex {
    const index = this.temp(rep);
    this.mir.localSet(index);
    return index;
  }

  /** Ends the life of a temporary. */
  releaseTemp(index: LocalIndex): void {
    this.locals.release(index);
  }

  // --- finishing ---

  /** The instruction has no result. */
  finishVoid(inst: InstIndex): void {
    this.#killOperands(inst);
  }

  /** The result is in `v`, which no other value denotes. */
  finish(inst: InstIndex, v: WValue): void {
    if (this.#lane !== null) {
      this.#lane.take(v, Rep.none);
      return;
    }
    this.#killOperands(inst);
    this.#bind(inst, v);
  }

  /** The result is the place of an operand: if that is a local, one more value denotes it. */
  finishAlias(inst: InstIndex, v: WValue): void {
    if (this.#lane !== null) {
      this.#lane.take(v, Rep.none);
      return;
    }
    if (isInLocal(v)) this.locals.retain(localOf(v));
    this.#killOperands(inst);
    this.#bind(inst, v);
  }

  /** The result is on the operand stack. The local it moves to may be one that an operand just left. */
  finishStack(inst: InstIndex, rep: Rep): void {
    if (this.#lane !== null) {
      this.#lane.take(null, rep);
      return;
    }
    this.#killOperands(inst);
    const index = this.locals.allocate(carrierOf(rep, this.addressRep));
    this.mir.localSet(index);
    this.#bind(inst, local(index));
  }

  /** The result is a vector on the operand stack, and stays in a local. */
  finishVector(inst: InstIndex): void {
    this.#killOperands(inst);
    const index = this.locals.allocate(Rep.v128);
    this.mir.localSet(index);
    this.#bind(inst, vectorIn(index));
  }

  /** The result is the address `v` plus `bytes`; `v` is the place of an operand. */
  finishMoved(inst: InstIndex, v: WValue, bytes: number): void {
    const moved = this.moved(v, bytes);
    if (moved !== null) {
      this.finishAlias(inst, moved);
      return;
    }
    this.pushAddress(v, bytes);
    this.finishStack(inst, this.addressRep);
  }

  #bind(inst: InstIndex, v: WValue): void {
    this.#values[inst] = v;
    this.#birthplaces[inst] = this.#bodyNumber;
  }

  #killOperands(inst: InstIndex): void {
    const count = operandCount(this.body, inst);
    if (count <= SMALL_TOMBS && (this.liveness.tombs[inst]! & 7) === 0) return;
    for (let k = 0; k < count; k++) {
      if (operandDies(this.liveness, inst, k)) this.#kill(refInst(this.operand(inst, k)));
    }
  }

  /** A value of an outer body lives on: other ways through that body may still read it. */
  #kill(inst: InstIndex): void {
    if (this.#birthplaces[inst] !== this.#bodyNumber) return;
    const v = this.#values[inst]!;
    if (isInLocal(v) || v.kind === W.vector) this.locals.release(localOf(v));
    this.#values[inst] = DEAD;
  }

  // --- bodies ---

  /** Lowers the instructions at `extra[start]`, up to a block that nothing leaves. */
  lowerBody(start: number, count: number): void {
    const { tags, extra } = this.body;
    const outer = this.#bodyNumber;
    this.#bodyNumber = ++this.#bodyCount;
    for (let k = 0; k < count; k++) {
      const inst = extra[start + k]! as InstIndex;
      const tag = tags[inst]!;
      if (MUST_LOWER[tag] === 0 && this.isUnused(inst)) continue;
      const byClass = this.#byClass[tag]!;
      const lower = byClass === null ? this.#lowerings[tag]! : byClass[this.operandClass(inst)]!;
      lower(this, inst);
      if ((tag === TAG.block || tag === TAG.dbg_inline_block) && !this.left[inst]) break;
    }
    this.#bodyNumber = outer;
  }

  /** Lowers body `n` of those that `inst` owns, which lies at `at` in `extra`; returns where the next one lies. */
  lowerArm(inst: InstIndex, n: number, at: number): number {
    const start = armStart(this.body, inst, n, at);
    const length = armLength(this.body, inst, n, at);
    const { body } = this;
    const isScope = this.#givesNames && body.tags[inst] !== TAG.dbg_inline_block && bodyGivesNames(body, start, length);
    if (isScope) this.mir.push(MirTag.dbg_scope, 0);
    this.lowerBody(start, length);
    if (isScope) this.mir.op(MirTag.dbg_scope_end);
    return start + length;
  }

  /** Behind block `inst`: values from in front of it that died inside can be freed now. */
  killInsideBlock(inst: InstIndex): void {
    const { special, extra } = this.liveness;
    const list = special[inst]!;
    if (list === 0) return;
    for (let n = 1; n <= extra[list]!; n++) this.#kill(extra[list + n]! as InstIndex);
  }
}
