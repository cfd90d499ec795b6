/**
 * The shape of a typing rule: the type of the result, and what the types of the operands must be.
 *
 * A rule looks at one instruction whose operands are known to be sound. It knows nothing of bodies, order or control flow
 * beyond what {@link TypingContext} tells it, and prints nothing: the context names types.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { IP_NONE } from '../../intern/keys.ts';
import type { Body } from '../body/body.ts';
import { isVector, laneType } from '../../intern/vectors.ts';
import { operandAt, operandCount } from '../body/operands.ts';
import { LAYOUT_BY_NUMBER } from '../schema/layout.ts';
import type { InstIndex, Ref } from '../body/ref.ts';
import { isInstRef, refInst, refValue } from '../body/ref.ts';

/** Type of something that has none because it is broken. */
export const NO_TYPE = IP_NONE;

/**
 * Where the type of the result comes from: the first or second operand; the type word; a fixed type; the elements of the first
 * operand; what the function that the first operand points to returns; or the type of names.
 */
export type ResultType =
  'first' | 'second' | 'ty' | 'bool' | 'void' | 'noreturn' | 'element' | 'returned' | 'name' | 'usize' | 'isize';

/** What a rule may look at. */
export interface TypingContext {
  readonly pool: InternPool;
  readonly body: Body;
  /** Type of the function. */
  readonly fnTy: IpIndex;
  /** Result types of the instructions before the one at hand. */
  readonly types: Uint32Array;
  /** 1 for each instruction whose bodies are open around the one at hand. */
  readonly open: Uint8Array;
  /** Vectors count as scalars of the types of their lanes. */
  readonly inLanes: boolean;
  /** Whether a nav of the unit is a function. */
  readonly isFunction: (nav: NavIndex) => boolean;
  /** What keeps `ty` from being the type of the address of a nav in a thread, or null. */
  readonly threadLocalProblem: (nav: NavIndex, ty: IpIndex) => string | null;
  /** Text of a type for a message. */
  readonly nameOf: (ty: IpIndex) => string;
  /** What is wrong with a value, or null. */
  readonly valueProblem: (value: IpIndex) => string | null;
}

/** What is wrong with the types of `inst`, or null. */
export type Check = (f: TypingContext, inst: InstIndex) => string | null;

/** The typing rule of an instruction. */
export interface TypingRule {
  readonly result: ResultType;
  readonly check: Check;
}

/** Rule of a check whose result type comes from `result`. */
export function rule(result: ResultType, check: Check): TypingRule {
  return { result, check };
}

/** Whether `ip` names a value of `pool`. */
export function isValueIndex(pool: PoolReader, ip: number): boolean {
  return ip < pool.size && !pool.isType(ip as IpIndex);
}

/** Type of operand `ref`, given the types of the instructions before its user; {@link NO_TYPE} if it is broken. */
export function operandType(pool: PoolReader, types: Uint32Array, ref: Ref): IpIndex {
  if (isInstRef(ref)) return (types[refInst(ref)] ?? NO_TYPE) as IpIndex;
  const ip = refValue(ref);
  return isValueIndex(pool, ip) ? pool.typeOf(ip) : NO_TYPE;
}

/** Type of operand `k`. */
export function typeOfOperand(f: TypingContext, inst: InstIndex, k: number): IpIndex {
  return seenAs(f, operandType(f.pool, f.types, operandAt(f.body, inst, k)));
}

/** Type word of `inst`, as {@link typeOfOperand} sees types. */
export function typeOfResult(f: TypingContext, inst: InstIndex): IpIndex {
  return seenAs(f, f.body.ty(inst));
}

function seenAs({ pool, inLanes }: TypingContext, ty: IpIndex): IpIndex {
  return inLanes && ty !== NO_TYPE ? laneType(pool, ty) : ty;
}

/** `check`, of vectors of one length lane by lane; `hasAmount`: operand 1 may be a scalar as well. */
export function lanewise(check: Check, hasAmount: boolean): Check {
  return (f, inst) => {
    const first = typeOfOperand(f, inst, 0);
    if (first === NO_TYPE || !isVector(f.pool, first)) return check(f, inst);
    const length = f.pool.arrayLen(first);
    const hasLength = (ty: IpIndex): boolean => isVector(f.pool, ty) && f.pool.arrayLen(ty) === length;
    for (let k = 1; k < operandCount(f.body, inst); k++) {
      const ty = typeOfOperand(f, inst, k);
      const isAmount = hasAmount && k === 1 && ty !== NO_TYPE && !isVector(f.pool, ty);
      if (!isAmount && !hasLength(ty)) return wrongKind(f, `operand ${k}`, ty, `a vector of ${length} lanes`);
    }
    const says = LAYOUT_BY_NUMBER[f.body.tags[inst]!]!.slots.some(({ kind }) => kind === 'type');
    if (says && !hasLength(f.body.ty(inst))) {
      return wrongKind(f, 'the result', f.body.ty(inst), `a vector of ${length} lanes`);
    }
    return check({ ...f, inLanes: true }, inst);
  };
}

/** Message about a type that should be another. */
export function mismatch(f: TypingContext, what: string, found: IpIndex, need: IpIndex): string | null {
  return found === need ? null : `${what} has type ${f.nameOf(found)}, not ${f.nameOf(need)}`;
}

/** Message about a type that should be of some kind. */
export function wrongKind(f: TypingContext, what: string, found: IpIndex, need: string): string {
  return `${what} has type ${f.nameOf(found)}, not ${need}`;
}
