/**
 * Whether a function has a stack frame, asked by a return before the instruction that makes the frame has been lowered.
 *
 * The prologue lowers the stack pointer at the entry, so every return has to put it back, also one that is lowered first.
 * Owns the list of what takes a frame slot. It may name too much, which costs a prologue; generate.ts fails on too little.
 */
import { AIR_TAG_NAMES, MUST_LOWER, TAG } from '../../air/schema/ops.ts';
import type { AirTag } from '../../air/schema/ops.ts';
import { Rep } from './abi.ts';
import type { FunctionState } from './function-state.ts';

/** Instructions whose result in memory denotes a place that exists already. */
const BORROWS: ReadonlySet<AirTag> = new Set<AirTag>(['arg', 'block', 'struct_field_val', 'array_elem_val']);

const borrows: Uint8Array = Uint8Array.from(AIR_TAG_NAMES, (tag) => (BORROWS.has(tag) ? 1 : 0));

/** Whether the function has a frame, now or later; then the frame's locals exist afterwards. */
export function needsFrame(f: FunctionState): boolean {
  if (f.frame.exists) return true;
  if (f.frameless) return false;
  const { tags, length } = f.body;
  for (let inst = 0; inst < length; inst++) {
    const tag = tags[inst]!;
    if (MUST_LOWER[tag] === 0 && f.isUnused(inst)) continue;
    if (takesSlot(f, inst, tag)) {
      f.frame.require();
      return true;
    }
  }
  f.frameless = true;
  return false;
}

function takesSlot(f: FunctionState, inst: number, tag: number): boolean {
  switch (tag) {
    case TAG.alloc:
    case TAG.ret_ptr:
      return true;
    case TAG.mul_sat:
      return f.resultRep(inst) === Rep.i64;
    default:
      return borrows[tag] === 0 && f.resultRep(inst) === Rep.address;
  }
}
