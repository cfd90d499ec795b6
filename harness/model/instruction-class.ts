/**
 * The class of types of an instruction: that of its result, or of its first operand that has one of its own.
 *
 * Owns the rule. Bucket ids and the cells of coverage are made of it.
 */
import type { Body, InstIndex, IpIndex, Unit } from '../../core/index.ts';
import { forEachOperand, isInstRef, refInst, refValue } from '../../core/index.ts';
import { typeClass } from './type-class.ts';

/** Classes that say how an operand is reached, and nothing of what is computed. */
const MEANS: readonly string[] = ['', 'pointer', 'slice', 'function'];

/** The class at `inst` of `body`, whose result types are `types`; the empty text for plain integers. */
export function classOfInstruction({ pool }: Unit, body: Body, types: Uint32Array, inst: InstIndex): string {
  const result = types[inst]! as IpIndex;
  let found = pool.isType(result) ? typeClass(pool, result) : '';
  if (found !== '') return found;
  forEachOperand(body, inst, (ref) => {
    const type = typeClass(pool, isInstRef(ref) ? (types[refInst(ref)]! as IpIndex) : pool.typeOf(refValue(ref)));
    if (found === '' && !MEANS.includes(type)) found = type;
  });
  return found;
}
