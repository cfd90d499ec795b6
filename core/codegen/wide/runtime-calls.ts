/**
 * Calls of the runtime library on integers of 65 to 128 bits (codegen specification 6.1).
 *
 * Such an operand travels as two i64, low word first; a result is written through an address in the first parameter.
 */
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import type { Limbs } from './limbs.ts';

/** Pushes both words of an integer of 65 to 128 bits. */
export function pushWords(limbs: Limbs): void {
  limbs(0);
  limbs(1);
}

/** Calls runtime function `name`, which writes its result to `place`; `pushOperands` leaves the other arguments. */
export function callInto(f: FunctionState, place: WValue, name: IntrinsicName, pushOperands: () => void): void {
  f.pushValue(place);
  pushOperands();
  f.mir.callIntrinsic(intrinsicIndex(name));
}
