/**
 * store_safe and memset_safe: as store and memset, but that the constant `undef` fills its place with bytes 0xAA.
 *
 * A sentinel is defined even in an undefined array.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { valueRef } from '../../air/body/ref.ts';
import { sentinelOf } from '../../intern/elements.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import { bitRange } from '../../intern/packed.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { imm32, imm64 } from '../state/wvalue.ts';
import { storeOperand } from './memory-access.ts';
import { fillBytes } from './memory-blocks.ts';
import { elementType, fillLoop, lowerMemset, lowerStore, release, runOf } from './memory.ts';

const UNDEFINED_BYTE = 0xaa;

function fillPlace(f: FunctionState, place: WValue, ty: IpIndex): void {
  const size = abiSize(f.pool, ty);
  if (size === 0) return;
  fillBytes(f, place, f.addressRep === Rep.i64 ? imm64(size, 0) : imm32(size), UNDEFINED_BYTE);
  storeSentinel(f, place, ty);
}

function storeSentinel(f: FunctionState, place: WValue, ty: IpIndex): void {
  const sentinel = sentinelOf(f.pool, ty);
  if (sentinel === null) return;
  const offset = f.pool.arrayLen(ty) * abiSize(f.pool, f.pool.childType(ty));
  storeOperand(f, place, offset, valueRef(sentinel));
}

export function lowerStoreSafe(f: FunctionState, inst: InstIndex): void {
  const value = f.operand(inst, 1);
  const toBits = bitRange(f.pool, f.typeOf(f.operand(inst, 0))) !== null;
  if (toBits || !f.isUndefined(value)) {
    lowerStore(f, inst);
    return;
  }
  fillPlace(f, f.resolve(f.operand(inst, 0)), f.typeOf(value));
  f.finishVoid(inst);
}

export function lowerMemsetSafe(f: FunctionState, inst: InstIndex): void {
  const target = f.operand(inst, 0);
  if (!f.isUndefined(f.operand(inst, 1))) {
    lowerMemset(f, inst);
    return;
  }
  const elem = elementType(f, target);
  const size = abiSize(f.pool, elem);
  if (size !== 0) {
    const run = runOf(f, target);
    fillBytes(f, run.start, run.bytes, UNDEFINED_BYTE);
    if (sentinelOf(f.pool, elem) !== null) {
      fillLoop(f, run, size, (at) => {
        storeSentinel(f, at, elem);
      });
    }
    release(f, run.temps);
  }
  f.finishVoid(inst);
}
