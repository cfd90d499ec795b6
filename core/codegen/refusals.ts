/**
 * What this back end does not lower, reported by name before anything is emitted.
 *
 * Owns the judgement that a unit is inside of what docs/air.md section 7 promises; which instructions are refused is said in
 * core/air/schema/ops.ts. A verified unit without refusals is lowered without fail. Reads only.
 */
import type { Body } from '../air/body/body.ts';
import type { InstIndex } from '../air/body/ref.ts';
import { isInstRef, refInst, refValue } from '../air/body/ref.ts';
import { operandAt, operandCount } from '../air/body/operands.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES, TAG } from '../air/schema/ops.ts';
import type { UnitLines } from '../air/text/parse.ts';
import { printType } from '../air/text/print-terms.ts';
import { resultTypes } from '../air/typing/result-types.ts';
import { NO_TYPE } from '../air/typing/rule.ts';
import type { Nav, Unit } from '../air/unit.ts';
import type { Diagnostic, Place } from '../diagnostics/diagnostics.ts';
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { PoolReader } from '../intern/pool-reader.ts';
import { callConv, unwrapped } from '../intern/call-conv.ts';
import type { FloatBits } from '../intern/float-formats.ts';
import type { IpIndex } from '../intern/keys.ts';
import { enumTag, errorPayload, unionTag } from '../intern/sums.ts';
import { isByRef } from '../intern/layout.ts';
import { isVector } from '../intern/vectors.ts';
import { CallConv, TypeKind } from '../intern/type-kinds.ts';
import { isDirect } from './state/vector-types.ts';

/** Float types that are lowered. */
const LOWERED_FLOATS: Readonly<Record<FloatBits, boolean>> = {
  16: true,
  32: true,
  64: true,
  80: true,
  128: true,
};

// What has to be looked at of an instruction.
const NOTHING = 0;
const TAIL_CALL = 1;
const REFUSED = 2;

/** One of these for each tag number. */
const LOOKED_AT: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, ({ status }, tag) => {
  if (status === 'refused') return REFUSED;
  return tag === TAG.call_always_tail ? TAIL_CALL : NOTHING;
});

/** Features of the target that not every program can do without. */
export interface UsedFeatures {
  readonly tailCall: boolean;
  readonly simd128: boolean;
}

/**
 * Everything in `unit` that is refused, in text order; empty if all of it can be lowered with `features`, which is all of them
 * if it is not given.
 */
export function refusals(
  unit: Unit,
  features: UsedFeatures = { tailCall: true, simd128: true },
  lines?: UnitLines,
): readonly Diagnostic[] {
  const diags = new Diagnostics();
  const refused = hasRefusedType(unit.pool, features) ? new RefusedTypes(unit.pool, features) : null;
  unit.navs.forEach((nav, index) => {
    const place = (inst: InstIndex | null): Place => {
      const line = inst === null ? lines?.navs[index] : lines?.insts[index]?.[inst];
      if (line !== undefined) return { in: 'text', line };
      return inst === null ? { in: 'nav', nav: nav.name } : { in: 'nav', nav: nav.name, inst };
    };
    if (refused !== null) refuseType(diags, unit, refused, nav.ty, place(null));
    if (nav.body === null) return;
    refuseBody(diags, unit, nav, features, refused, place);
  });
  return diags.list;
}

function refuseType(diags: Diagnostics, unit: Unit, refused: RefusedTypes, ty: IpIndex, place: Place): boolean {
  if (ty === NO_TYPE || !refused.mentions(ty)) return false;
  diags.error('refused_type', { type: printType(unit.pool, ty) }, place);
  return true;
}

function refuseBody(
  diags: Diagnostics,
  unit: Unit,
  nav: Nav,
  features: UsedFeatures,
  refused: RefusedTypes | null,
  place: (inst: InstIndex) => Place,
): void {
  const body = nav.body!;
  const { tags, length } = body;
  for (let inst = 0 as InstIndex; inst < length; inst++) {
    const what = LOOKED_AT[tags[inst]!];
    if (what === NOTHING) continue;
    if (what === REFUSED) diags.error('refused_instruction', { name: AIR_TAG_NAMES[tags[inst]!]! }, place(inst));
    else refuseTailCall(diags, unit, body, features, inst, place(inst));
  }
  if (refused === null) return;
  const types = resultTypes(unit.pool, body);
  for (let inst = 0 as InstIndex; inst < length; inst++) {
    if (refuseType(diags, unit, refused, types[inst]! as IpIndex, place(inst))) continue;
    for (let k = 0; k < operandCount(body, inst); k++) {
      const ref = operandAt(body, inst, k);
      if (!isInstRef(ref) && refuseType(diags, unit, refused, unit.pool.typeOf(refValue(ref)), place(inst))) break;
    }
  }
}

/** A tail call needs the feature; and the frame is gone before the callee reads its arguments. */
function refuseTailCall(
  diags: Diagnostics,
  { pool }: Unit,
  body: Body,
  features: UsedFeatures,
  inst: InstIndex,
  place: Place,
): void {
  if (!features.tailCall) diags.error('refused_tail_call', {}, place);
  const types = resultTypes(pool, body);
  for (const ref of body.refs(inst)) {
    const ty = (isInstRef(ref) ? types[refInst(ref)]! : pool.typeOf(refValue(ref))) as IpIndex;
    if (!isByRef(pool, ty)) continue;
    diags.error('refused_instruction', { name: `call_always_tail with an argument of ${printType(pool, ty)}` }, place);
    return;
  }
}

/** Whether a pool has a type that is refused by itself; most have none, and then no type is looked at. */
function hasRefusedType(pool: PoolReader, features: UsedFeatures): boolean {
  for (let i = 0; i < pool.size; i++) {
    const item = i as IpIndex;
    if (pool.isType(item) && isRefused(pool, item, features)) return true;
  }
  return false;
}

/** Whether `ty` is refused whatever its parts are. */
function isRefused(pool: PoolReader, ty: IpIndex, { simd128 }: UsedFeatures): boolean {
  switch (pool.typeKind(ty)) {
    case TypeKind.float:
      return !LOWERED_FLOATS[pool.floatBits(ty)];
    case TypeKind.fn:
      return callConv(pool, ty) === CallConv.c && carriesUnknownVector(pool, ty, simd128);
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.vector:
    case TypeKind.struct:
    case TypeKind.packed:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
      return false;
  }
}

/** What C passes a vector in depends on the features that both sides are compiled for: with SIMD it passes one v128 as that. */
function carriesUnknownVector(pool: PoolReader, fnTy: IpIndex, simd128: boolean): boolean {
  const isUnknown = (ty: IpIndex): boolean => {
    const carried = unwrapped(pool, ty);
    return isVector(pool, carried) && !(simd128 && isDirect(pool, carried));
  };
  for (let n = 0; n < pool.fnParamCount(fnTy); n++) if (isUnknown(pool.fnParam(fnTy, n))) return true;
  return isUnknown(pool.fnReturn(fnTy));
}

/** Which types are refused or mention one that is, at any depth. */
class RefusedTypes {
  readonly #pool: PoolReader;
  readonly #features: UsedFeatures;
  readonly #known = new Map<IpIndex, boolean>();

  constructor(pool: PoolReader, features: UsedFeatures) {
    this.#pool = pool;
    this.#features = features;
  }

  /** Whether `ty` is or contains such a type. */
  mentions(ty: IpIndex): boolean {
    let found = this.#known.get(ty);
    if (found === undefined) {
      found = isRefused(this.#pool, ty, this.#features) || this.#partMentions(ty);
      this.#known.set(ty, found);
    }
    return found;
  }

  #partMentions(ty: IpIndex): boolean {
    const pool = this.#pool;
    switch (pool.typeKind(ty)) {
      case TypeKind.simple:
      case TypeKind.int:
      case TypeKind.float:
        return false;
      case TypeKind.ptr:
      case TypeKind.slice:
      case TypeKind.array:
      case TypeKind.vector:
      case TypeKind.opt:
        return this.mentions(pool.childType(ty));
      case TypeKind.error_set:
      case TypeKind.packed:
        return false;
      case TypeKind.error_union:
        return this.mentions(errorPayload(pool, ty));
      case TypeKind.enum:
        return this.mentions(enumTag(pool, ty));
      case TypeKind.union: {
        const tag = unionTag(pool, ty);
        if (tag !== null && this.mentions(tag)) return true;
        for (let n = 0; n < pool.fieldCount(ty); n++) if (this.mentions(pool.fieldType(ty, n))) return true;
        return false;
      }
      case TypeKind.struct:
        for (let n = 0; n < pool.fieldCount(ty); n++) if (this.mentions(pool.fieldType(ty, n))) return true;
        return false;
      case TypeKind.fn:
        for (let n = 0; n < pool.fnParamCount(ty); n++) if (this.mentions(pool.fnParam(ty, n))) return true;
        return this.mentions(pool.fnReturn(ty));
    }
  }
}
