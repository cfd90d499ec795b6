/**
 * Comparisons: one wasm instruction each. The sign comes from integer types only; bools and pointers are unsigned.
 */
import { Rep } from '../state/abi.ts';
import type { Lowering } from '../state/function-state.ts';
import type { SignedRows } from './numeric-opcodes.ts';
import { EQ, GE, GT, LE, LT, NE } from './numeric-opcodes.ts';

function comparison(rows: SignedRows): Lowering {
  return (f, inst) => {
    const lhs = f.operand(inst, 0);
    const ty = f.typeOf(lhs);
    f.push(lhs);
    f.push(f.operand(inst, 1));
    f.mir.op(rows[f.pool.isInt(ty) && f.pool.intSigned(ty) ? 1 : 0][f.repOf(lhs)]!);
    f.finishStack(inst, Rep.i32);
  };
}

export const lowerCmpLt = comparison(LT);
export const lowerCmpLte = comparison(LE);
export const lowerCmpEq = comparison([EQ, EQ]);
export const lowerCmpGte = comparison(GE);
export const lowerCmpGt = comparison(GT);
export const lowerCmpNeq = comparison([NE, NE]);
