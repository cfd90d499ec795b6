/**
 * Instructions that report their overflow: what they write, and where. Types only.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { FunctionState } from './function-state.ts';
import type { WValue } from './wvalue.ts';

/** Where an instruction that reports its overflow writes: the reduced result and the flag, both inside of a slot. */
interface OverflowParts {
  readonly slot: WValue;
  readonly resultTy: IpIndex;
  readonly resultOffset: number;
  readonly flagTy: IpIndex;
  readonly flagOffset: number;
}

/** Writes both parts of an instruction with overflow, and finishes nothing. */
export type Reporting = (f: FunctionState, inst: InstIndex, parts: OverflowParts) => void;
