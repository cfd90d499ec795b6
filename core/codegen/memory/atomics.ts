/**
 * Atomic instructions (threads proposal, "Atomic memory accesses"; codegen specification 10.2).
 *
 * With the feature, one instruction of the size of the value; what has none (max, min, nand, floats, sums of integers that do not
 * fill their bytes) repeats a compare-exchange until nobody came between. Without the feature nobody can come between, and plain
 * loads and stores do. Narrow atomic instructions extend by zero: what comes out of them is made canonical again. Every order
 * is that of wasm, sequentially consistent.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { Modification } from '../../air/schema/forms.ts';
import { MODIFICATIONS } from '../../air/schema/forms.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiAlign, abiSize, hasNullPayload, presenceWord } from '../../intern/layout.ts';
import { integerOf } from '../../intern/sums.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { InternalError } from '../../support/assert.ts';
import { ATOMIC_OP } from '../../wasm/opcodes.ts';
import { emitMax, emitMin } from '../scalar/floats.ts';
import { pushMask, wrap } from '../scalar/integers.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { OpRow } from '../state/numeric-opcodes.ts';
import {
  opAdd,
  opAnd,
  opEq,
  opGt,
  opLt,
  opNe,
  opOr,
  opSub,
  opXor,
  reinterpretTag,
  storeTag,
} from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset } from '../state/wvalue.ts';
import { allocateSlot, loadForeignTop, storeTop } from './memory-access.ts';

/** Pushes a value; may be called any number of times. */
type Push = () => void;

/** What an atomic instruction accesses. */
interface Subject {
  readonly ty: IpIndex;
  readonly address: WValue;
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  /** Representation of the value. */
  readonly rep: Rep;
  /** Representation of the bytes in atomic instructions. */
  readonly raw: typeof Rep.i32 | typeof Rep.i64;
}

function subjectOf(f: FunctionState, inst: InstIndex): Subject {
  const pointer = f.operand(inst, 0);
  const ty = f.pool.childType(f.typeOf(pointer));
  const size = abiSize(f.pool, ty);
  return { ty, address: f.resolve(pointer), size, rep: repOf(f.pool, ty), raw: size === 8 ? Rep.i64 : Rep.i32 };
}

/** Distance from the opcode of 4 bytes to that of `size` bytes; the order of sizes is the same for all instructions. */
function sizeStep(size: number): number {
  switch (size) {
    case 4:
      return ATOMIC_OP.i32_atomic_load - ATOMIC_OP.i32_atomic_load;
    case 8:
      return ATOMIC_OP.i64_atomic_load - ATOMIC_OP.i32_atomic_load;
    case 1:
      return ATOMIC_OP.i32_atomic_load8_u - ATOMIC_OP.i32_atomic_load;
    case 2:
      return ATOMIC_OP.i32_atomic_load16_u - ATOMIC_OP.i32_atomic_load;
    default:
      throw new InternalError(`an atomic access of ${size} bytes`);
  }
}

/** Emits the instruction whose opcode for 4 bytes is `op`. Address and operands are on the stack. */
function access(f: FunctionState, { address, size }: Subject, op: number): void {
  f.mir.atomic(op + sizeStep(size), baseOffset(address), size);
}

/** Makes the value on the stack of the bytes on the stack. */
function fromRaw(f: FunctionState, { ty, rep, raw, size }: Subject): void {
  if (rep === Rep.f32 || rep === Rep.f64) {
    f.mir.op(reinterpretTag(raw, rep));
    return;
  }
  const integer = integerOf(f.pool, ty);
  if (!f.pool.isInt(integer)) return;
  const bits = f.pool.intBits(integer);
  const signed = f.pool.intSigned(integer);
  if (signed || bits < size * 8) wrap(f, raw, bits, signed);
}

/** Makes bytes of the value on the stack; those above the size of the value do not count. */
function toRaw(f: FunctionState, { rep, raw }: Subject): void {
  if (rep === Rep.f32 || rep === Rep.f64) f.mir.op(reinterpretTag(rep, raw));
}

/** The former value is on the stack. */
function finishFormer(f: FunctionState, inst: InstIndex, { rep }: Subject): void {
  if (f.isUnused(inst)) {
    f.mir.op(MirTag.drop);
    f.finishVoid(inst);
  } else {
    f.finishStack(inst, rep);
  }
}

/** Pushes the value in memory, with one access. */
function pushCurrent(f: FunctionState, subject: Subject): void {
  f.pushBase(subject.address);
  if (f.options.atomics) {
    access(f, subject, ATOMIC_OP.i32_atomic_load);
    fromRaw(f, subject);
  } else {
    loadForeignTop(f, subject.address, 0, subject.ty, subject.size);
  }
}

/** Stores a value, with one access. */
function storeNew(f: FunctionState, subject: Subject, push: Push): void {
  f.pushBase(subject.address);
  push();
  if (f.options.atomics) {
    toRaw(f, subject);
    access(f, subject, ATOMIC_OP.i32_atomic_store);
  } else {
    storeTop(f, subject.address, 0, subject.ty, subject.size);
  }
}

/** atomic_load. */
export function lowerAtomicLoad(f: FunctionState, inst: InstIndex): void {
  const subject = subjectOf(f, inst);
  pushCurrent(f, subject);
  finishFormer(f, inst, subject);
}

/** atomic_store_*. */
export function lowerAtomicStore(f: FunctionState, inst: InstIndex): void {
  const value = f.operand(inst, 1);
  storeNew(f, subjectOf(f, inst), () => {
    f.push(value);
  });
  f.finishVoid(inst);
}

/** Changes of the bytes that have an instruction of their own. */
const DIRECT: Readonly<Partial<Record<Modification, number>>> = {
  xchg: ATOMIC_OP.i32_atomic_rmw_xchg,
  add: ATOMIC_OP.i32_atomic_rmw_add,
  sub: ATOMIC_OP.i32_atomic_rmw_sub,
  and: ATOMIC_OP.i32_atomic_rmw_and,
  or: ATOMIC_OP.i32_atomic_rmw_or,
  xor: ATOMIC_OP.i32_atomic_rmw_xor,
};

/** The opcode that changes a canonical value to a canonical one, or null. */
function directOp(f: FunctionState, { ty, size }: Subject, change: Modification): number | null {
  const op = DIRECT[change] ?? null;
  if (change === 'xchg') return op;
  if (!f.pool.isInt(ty)) return null;
  const isSum = change === 'add' || change === 'sub';
  return isSum && f.pool.intBits(ty) < size * 8 ? null : op;
}

/** atomic_rmw. */
export function lowerAtomicRmw(f: FunctionState, inst: InstIndex): void {
  const subject = subjectOf(f, inst);
  const change = MODIFICATIONS[f.body.word(inst, 0)]!;
  const operand = f.operand(inst, 1);
  const pushOperand = (): void => {
    f.push(operand);
  };
  if (!f.options.atomics) {
    changePlainly(f, subject, change, pushOperand);
  } else {
    const op = directOp(f, subject, change);
    if (op === null) {
      changeInLoop(f, subject, change, pushOperand);
    } else {
      f.pushBase(subject.address);
      pushOperand();
      toRaw(f, subject);
      access(f, subject, op);
      fromRaw(f, subject);
    }
  }
  finishFormer(f, inst, subject);
}

/** Leaves the former value on the stack. */
function changePlainly(f: FunctionState, subject: Subject, change: Modification, pushOperand: Push): void {
  pushCurrent(f, subject);
  const former = f.popTemp(subject.rep);
  storeNew(f, subject, () => {
    pushChanged(f, subject, change, former, pushOperand);
  });
  f.mir.localGet(former);
  f.releaseTemp(former);
}

/** Leaves the former value on the stack: that of the round in which the exchange saw the bytes that it expected. */
function changeInLoop(f: FunctionState, subject: Subject, change: Modification, pushOperand: Push): void {
  const { mir } = f;
  f.pushBase(subject.address);
  access(f, subject, ATOMIC_OP.i32_atomic_load);
  const expected = f.popTemp(subject.raw);
  const former = f.temp(subject.rep);
  const seen = f.temp(subject.raw);
  mir.loop();
  mir.localGet(expected);
  fromRaw(f, subject);
  mir.localSet(former);
  f.pushBase(subject.address);
  mir.localGet(expected);
  pushChanged(f, subject, change, former, pushOperand);
  toRaw(f, subject);
  access(f, subject, ATOMIC_OP.i32_atomic_rmw_cmpxchg);
  mir.localTee(seen);
  mir.localGet(expected);
  mir.op(opNe(subject.raw));
  mir.localGet(seen);
  mir.localSet(expected);
  mir.brIf(0);
  mir.end();
  mir.localGet(former);
  f.releaseTemp(seen);
  f.releaseTemp(former);
  f.releaseTemp(expected);
}

/** Pushes what `change` makes of the value in local `former` and the operand. */
function pushChanged(
  f: FunctionState,
  subject: Subject,
  change: Modification,
  former: LocalIndex,
  pushOperand: Push,
): void {
  const { rep, ty } = subject;
  const pushFormer = (): void => {
    f.mir.localGet(former);
  };
  const binary = (row: OpRow): void => {
    pushFormer();
    pushOperand();
    f.mir.op(row(rep));
  };
  if (change === 'xchg') {
    pushOperand();
    return;
  }
  if (f.pool.isFloat(ty)) {
    pushChangedFloat(f, rep, change, pushFormer, pushOperand);
    return;
  }
  const bits = f.pool.intBits(ty);
  const signed = f.pool.intSigned(ty);
  switch (change) {
    case 'add':
    case 'sub':
      binary(change === 'add' ? opAdd : opSub);
      wrap(f, rep, bits, signed);
      return;
    case 'and':
      binary(opAnd);
      return;
    case 'or':
      binary(opOr);
      return;
    case 'xor':
      binary(opXor);
      return;
    case 'nand':
      binary(opAnd);
      if (signed) f.pushInt(rep, -1);
      else pushMask(f, rep, bits);
      f.mir.op(opXor(rep));
      return;
    case 'max':
    case 'min':
      pushFormer();
      pushOperand();
      pushFormer();
      pushOperand();
      f.mir.op((change === 'max' ? opGt : opLt)(rep, signed));
      f.mir.op(MirTag.select);
      return;
  }
}

const EXTEND = intrinsicIndex('__extendhfsf2');
const TRUNCATE = intrinsicIndex('__truncsfhf2');

/** As {@link pushChanged}, of floats; an f16 is changed as an f32, which rounds its sums once (half-floats.ts). */
function pushChangedFloat(f: FunctionState, rep: Rep, change: Modification, pushA: Push, pushB: Push): void {
  if (rep !== Rep.f16) {
    pushFloatResult(f, rep, change, pushA, pushB);
    return;
  }
  const single = (push: Push): LocalIndex => {
    push();
    f.mir.callIntrinsic(EXTEND);
    return f.popTemp(Rep.f32);
  };
  const a = single(pushA);
  const b = single(pushB);
  pushFloatResult(
    f,
    Rep.f32,
    change,
    () => {
      f.mir.localGet(a);
    },
    () => {
      f.mir.localGet(b);
    },
  );
  f.mir.callIntrinsic(TRUNCATE);
  f.releaseTemp(b);
  f.releaseTemp(a);
}

function pushFloatResult(f: FunctionState, rep: Rep, change: Modification, pushA: Push, pushB: Push): void {
  switch (change) {
    case 'max':
      emitMax(f, rep, pushA, pushB);
      return;
    case 'min':
      emitMin(f, rep, pushA, pushB);
      return;
    case 'add':
    case 'sub':
      pushA();
      pushB();
      f.mir.op((change === 'add' ? opAdd : opSub)(rep));
      return;
    case 'xchg':
    case 'and':
    case 'nand':
    case 'or':
    case 'xor':
      throw new InternalError(`an atomic ${change} of floats`);
  }
}

/** What an exchange saw: locals of the bytes that were there, and of those that it expected. */
interface Seen {
  readonly there: LocalIndex;
  readonly expected: LocalIndex;
}

/** cmpxchg_*: null if the expected value was there, else what was there. Neither fails without a reason. */
export function lowerCmpxchg(f: FunctionState, inst: InstIndex): void {
  const subject = subjectOf(f, inst);
  const exchange = f.options.atomics ? exchangeAtOnce : exchangePlainly;
  const seen = exchange(f, subject, f.operand(inst, 1), f.operand(inst, 2));
  finishExchange(f, inst, subject, seen);
  f.releaseTemp(seen.there);
  f.releaseTemp(seen.expected);
}

/** The bytes that are there come extended by zero, so the expected ones are cut to their size. */
function exchangeAtOnce(f: FunctionState, subject: Subject, expected: Ref, replacement: Ref): Seen {
  const { mir } = f;
  f.push(expected);
  if (subject.size < 4) {
    pushMask(f, Rep.i32, subject.size * 8);
    mir.op(MirTag.i32_and);
  }
  const cut = f.popTemp(subject.raw);
  f.pushBase(subject.address);
  mir.localGet(cut);
  f.push(replacement);
  access(f, subject, ATOMIC_OP.i32_atomic_rmw_cmpxchg);
  return { there: f.popTemp(subject.raw), expected: cut };
}

/** Stores what is there again where it is not the expected value. */
function exchangePlainly(f: FunctionState, subject: Subject, expected: Ref, replacement: Ref): Seen {
  const { mir } = f;
  pushCurrent(f, subject);
  const there = f.popTemp(subject.rep);
  f.push(expected);
  const wanted = f.popTemp(subject.rep);
  storeNew(f, subject, () => {
    f.push(replacement);
    mir.localGet(there);
    mir.localGet(there);
    mir.localGet(wanted);
    mir.op(opEq(subject.rep));
    mir.op(MirTag.select);
  });
  return { there, expected: wanted };
}

function finishExchange(f: FunctionState, inst: InstIndex, subject: Subject, { there, expected }: Seen): void {
  const { mir, pool } = f;
  const { ty, raw } = subject;
  const result = f.resultType(inst);
  if (f.isUnused(inst)) {
    f.finishVoid(inst);
    return;
  }
  if (hasNullPayload(pool, result)) {
    f.pushInt(raw, 0);
    mir.localGet(there);
    mir.localGet(there);
    mir.localGet(expected);
    mir.op(opEq(raw));
    mir.op(MirTag.select);
    f.finishStack(inst, raw);
    return;
  }
  const slot = allocateSlot(f, result);
  f.pushBase(slot);
  mir.localGet(there);
  if (f.options.atomics) fromRaw(f, subject);
  storeTop(f, slot, 0, ty, abiAlign(pool, result));
  const flag = presenceWord(pool, result);
  f.pushBase(slot);
  mir.localGet(there);
  mir.localGet(expected);
  mir.op(opNe(raw));
  mir.memory(storeTag(Rep.i32, flag.size), flag.offset + baseOffset(slot), 1);
  f.finish(inst, slot);
}
