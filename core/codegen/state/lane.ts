/**
 * One lane of an instruction on vectors, as the lowering of the instruction on scalars sees it. Types only.
 */
import type { IpIndex } from '../../intern/keys.ts';
import type { Rep } from './abi.ts';
import type { WValue } from './wvalue.ts';

/** What a lowering sees instead of the operands and the result of an instruction on vectors: one lane of each. */
export interface Lane {
  readonly values: readonly WValue[];
  readonly types: readonly IpIndex[];
  readonly resultTy: IpIndex;
  /** Takes the result: at a place, or (null) from the operand stack. */
  readonly take: (value: WValue | null, rep: Rep) => void;
}
