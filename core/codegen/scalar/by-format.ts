/**
 * One lowering out of several, by the float format of the first operand.
 *
 * The formats of wasm are lowered with all other scalars; f16 has lowerings of its own.
 */
import { TypeKind } from '../../intern/type-kinds.ts';
import { InternalError } from '../../support/assert.ts';
import type { Lowering } from '../state/function-state.ts';

/** `plain` for everything that is no f16. */
export function byFormat(plain: Lowering, half: Lowering): Lowering {
  return (f, inst) => {
    const { pool } = f;
    const ty = f.typeOf(f.operand(inst, 0));
    if (pool.typeKind(ty) !== TypeKind.float) {
      plain(f, inst);
      return;
    }
    const bits = pool.floatBits(ty);
    switch (bits) {
      case 32:
      case 64:
        plain(f, inst);
        return;
      case 16:
        half(f, inst);
        return;
      case 80:
      case 128:
        throw new InternalError(`a float of ${bits} bits reached code generation`);
    }
  };
}
