/** Signatures of functions as C: parameters and results without bytes are not there. */
import type { InternPool, IpIndex } from '../../../core/index.ts';
import type { CTypes } from './c-types.ts';
import { shapeOf } from './c-types.ts';

/** Result and parameters of function type `ty`; with `names`, those of the parameters, which are numbered. */
export function functionType(
  pool: InternPool,
  types: CTypes,
  ty: IpIndex,
  name: (n: number) => string = () => '',
): { readonly result: string; readonly params: string } {
  const params: string[] = [];
  for (let n = 0; n < pool.fnParamCount(ty); n++) {
    const param = pool.fnParam(ty, n);
    if (shapeOf(pool, param).kind !== 'none') params.push(`${types.text(param)} ${name(n)}`.trim());
  }
  return { result: types.text(pool.fnReturn(ty)), params: params.join(', ') || 'void' };
}
