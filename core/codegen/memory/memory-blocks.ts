/**
 * Copies and fills of runs of bytes, with `memory.copy` and `memory.fill` or with loops.
 *
 * Owns the two traps of bulk memory: both instructions trap on an address out of bounds even for length 0, so a length
 * that is not a constant is tested first. Without bulk memory the byte loop runs forward, and backward for a move whose
 * destination lies behind its source. Knows addresses and bytes, no types.
 */
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { MISC_OP } from '../../wasm/opcodes.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opAdd, opEqz, opGt, opLt, opNe, opSub } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, smallConstant } from '../state/wvalue.ts';

/** Up to this many bytes are copied one by one when there is no `memory.copy`. */
const UNROLL_LIMIT = 32;

/** Copies `bytes` bytes from the address `source` to the address `target` plus `offset`; the two do not overlap partly. */
export function copyConstant(f: FunctionState, target: WValue, offset: number, source: WValue, bytes: number): void {
  if (bytes === 0) return;
  const { mir } = f;
  if (f.options.bulkMemory) {
    f.pushAddress(target, offset);
    f.pushValue(source);
    f.pushInt(f.addressRep, bytes);
    mir.misc(MISC_OP.memory_copy);
    return;
  }
  if (bytes <= UNROLL_LIMIT) {
    for (let at = 0; at < bytes; at++) {
      f.pushBase(target);
      f.pushBase(source);
      mir.memory(MirTag.i32_load8_u, at + baseOffset(source), 1);
      mir.memory(MirTag.i32_store8, offset + at + baseOffset(target), 1);
    }
    return;
  }
  const count = f.temp(f.addressRep);
  copyLoopForward(f, target, offset, source, count, () => {
    f.pushInt(f.addressRep, bytes);
  });
  f.releaseTemp(count);
}

/** Copies the number of bytes in `length` (a constant or a local), which must be > 0 where `isMove` is true or not. */
export function copyRun(f: FunctionState, target: WValue, source: WValue, length: WValue, isMove: boolean): void {
  const constant = smallConstant(length);
  if (constant === 0) return;
  const { mir } = f;
  const known = constant !== null;
  const pushLength = (): void => {
    f.pushValue(length);
  };
  if (!known) openUnlessZero(f, pushLength);
  if (f.options.bulkMemory) {
    f.pushValue(target);
    f.pushValue(source);
    pushLength();
    mir.misc(MISC_OP.memory_copy);
  } else {
    const count = f.temp(f.addressRep);
    if (isMove) moveLoop(f, target, source, count, pushLength);
    else copyLoopForward(f, target, 0, source, count, pushLength);
    f.releaseTemp(count);
  }
  if (!known) mir.end();
}

/** Fills the number of bytes in `length` with the low byte of what `pushByte` pushes; needs bulk memory. */
export function fillRun(f: FunctionState, target: WValue, length: WValue, pushByte: () => void): void {
  const constant = smallConstant(length);
  if (constant === 0) return;
  const { mir } = f;
  const known = constant !== null;
  const pushLength = (): void => {
    f.pushValue(length);
  };
  if (!known) openUnlessZero(f, pushLength);
  f.pushValue(target);
  pushByte();
  pushLength();
  mir.misc(MISC_OP.memory_fill);
  if (!known) mir.end();
}

/** As {@link fillRun} with a constant byte, and without bulk memory by a loop that runs backward. */
export function fillBytes(f: FunctionState, target: WValue, length: WValue, byte: number): void {
  const pushByte = (): void => {
    f.pushInt(Rep.i32, byte);
  };
  if (f.options.bulkMemory) {
    fillRun(f, target, length, pushByte);
    return;
  }
  const constant = smallConstant(length);
  if (constant === 0) return;
  const { mir } = f;
  const pushLength = (): void => {
    f.pushValue(length);
  };
  if (constant === null) openUnlessZero(f, pushLength);
  pushLength();
  const count = f.popTemp(f.addressRep);
  mir.loop();
  countDown(f, count);
  pushIndexed(f, target, count);
  pushByte();
  mir.memory(MirTag.i32_store8, baseOffset(target), 1);
  repeatUnlessZero(f, count);
  mir.end();
  f.releaseTemp(count);
  if (constant === null) mir.end();
}

function countDown(f: FunctionState, count: LocalIndex): void {
  f.mir.localGet(count);
  f.pushInt(f.addressRep, 1);
  f.mir.op(opSub(f.addressRep));
  f.mir.localSet(count);
}

function repeatUnlessZero(f: FunctionState, count: LocalIndex): void {
  f.mir.localGet(count);
  if (f.addressRep === Rep.i64) {
    f.pushInt(Rep.i64, 0);
    f.mir.op(opNe(Rep.i64));
  }
  f.mir.brIf(0);
}

/** Opens a block that is left at once if the length is 0; the caller ends it. */
export function openUnlessZero(f: FunctionState, pushLength: () => void): void {
  f.mir.block();
  pushLength();
  f.mir.op(opEqz(f.addressRep));
  f.mir.brIf(0);
}

/** Pushes `v` plus the local `count`: the base of a frame slot, whose offset the access carries. */
function pushIndexed(f: FunctionState, v: WValue, count: LocalIndex): void {
  f.pushBase(v);
  f.mir.localGet(count);
  f.mir.op(opAdd(f.addressRep));
}

function copyByte(f: FunctionState, target: WValue, offset: number, source: WValue, count: LocalIndex): void {
  pushIndexed(f, target, count);
  pushIndexed(f, source, count);
  f.mir.memory(MirTag.i32_load8_u, baseOffset(source), 1);
  f.mir.memory(MirTag.i32_store8, offset + baseOffset(target), 1);
}

/** Length > 0. The counter may be a recycled local, so it is set. */
function copyLoopForward(
  f: FunctionState,
  target: WValue,
  offset: number,
  source: WValue,
  count: LocalIndex,
  pushLength: () => void,
): void {
  const { mir } = f;
  f.pushInt(f.addressRep, 0);
  mir.localSet(count);
  mir.loop();
  copyByte(f, target, offset, source, count);
  mir.localGet(count);
  f.addToAddress(1);
  mir.localTee(count);
  pushLength();
  mir.op(opLt(f.addressRep, false));
  mir.brIf(0);
  mir.end();
}

/** Length > 0. Backward if the destination lies behind the source. */
function moveLoop(f: FunctionState, target: WValue, source: WValue, count: LocalIndex, pushLength: () => void): void {
  const { mir } = f;
  mir.block();
  mir.block();
  f.pushValue(target);
  f.pushValue(source);
  mir.op(opGt(f.addressRep, false));
  mir.brIf(0);
  copyLoopForward(f, target, 0, source, count, pushLength);
  mir.br(1);
  mir.end();
  pushLength();
  mir.localSet(count);
  mir.loop();
  countDown(f, count);
  copyByte(f, target, 0, source, count);
  repeatUnlessZero(f, count);
  mir.end();
  mir.end();
}
