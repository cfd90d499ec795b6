/**
 * One lowering out of several, by the float format of the first operand.
 *
 * The formats of wasm are lowered with all other scalars; f16, and f80 and f128, have lowerings of their own.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';

/** `half` for f16, `wide` for f80 and f128, `plain` for everything else. */
export function byFormat(plain: Lowering, half: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    const { pool } = f;
    const ty = f.typeOf(f.operand(inst, 0));
    if (pool.typeKind(ty) !== TypeKind.float) {
      plain(f, inst);
      return;
    }
    switch (pool.floatBits(ty)) {
      case 32:
      case 64:
        plain(f, inst);
        return;
      case 16:
        half(f, inst);
        return;
      case 80:
      case 128:
        wide(f, inst);
        return;
    }
  };
}

/** `wide` if operand 0 or the result is an f80 or f128. */
export function besideWide(plain: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    const isWide = isWideFloat(f, f.typeOf(f.operand(inst, 0))) || isWideFloat(f, f.resultType(inst));
    (isWide ? wide : plain)(f, inst);
  };
}

function isWideFloat({ pool }: FunctionState, ty: IpIndex): boolean {
  return pool.isFloat(ty) && pool.floatBits(ty) > 64;
}
