/**
 * Comparisons: one wasm instruction each. The sign comes from integer types only; bools, pointers, enums and
 * errors are unsigned.
 */
import { Rep } from '../state/abi.ts';
import type { Lowering } from '../state/function-state.ts';
import type { SignedOpRow } from '../state/numeric-opcodes.ts';
import { opEq, opGe, opGt, opLe, opLt, opNe } from '../state/numeric-opcodes.ts';

function comparison(row: SignedOpRow): Lowering {
  return (f, inst) => {
    const lhs = f.operand(inst, 0);
    const ty = f.typeOf(lhs);
    f.push(lhs);
    f.push(f.operand(inst, 1));
    f.mir.op(row(f.repOf(lhs), f.pool.isInt(ty) && f.pool.intSigned(ty)));
    f.finishStack(inst, Rep.i32);
  };
}

export const lowerCmpLt = comparison(opLt);
export const lowerCmpLte = comparison(opLe);
export const lowerCmpEq = comparison(opEq);
export const lowerCmpGte = comparison(opGe);
export const lowerCmpGt = comparison(opGt);
export const lowerCmpNeq = comparison(opNe);
