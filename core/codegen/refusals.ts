/**
 * What this back end does not lower, reported by name before anything is emitted.
 *
 * Owns the judgement that a unit is inside of what docs/air.md section 7 promises; which instructions are refused is said in
 * core/air/schema/ops.ts. A verified unit without refusals is lowered without fail. Reads only.
 */
import type { InstIndex } from '../air/body/ref.ts';
import { isInstRef, refValue } from '../air/body/ref.ts';
import { operandAt, operandCount } from '../air/body/operands.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES } from '../air/schema/ops.ts';
import type { UnitLines } from '../air/text/parse.ts';
import { printType } from '../air/text/print.ts';
import { resultTypes } from '../air/typing/result-types.ts';
import { NO_TYPE } from '../air/typing/rule.ts';
import type { Nav, Unit } from '../air/unit.ts';
import type { Diagnostic, Place } from '../diagnostics/diagnostics.ts';
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { PoolReader } from '../intern/pool-reader.ts';
import type { IpIndex } from '../intern/keys.ts';
import { ItemKind } from '../intern/keys.ts';

/** Widest integer that has a representation. */
const MAX_INT_BITS = 64;

/** Everything in `unit` that is refused, in text order; empty if all of it can be lowered. */
export function refusals(unit: Unit, lines?: UnitLines): readonly Diagnostic[] {
  const diags = new Diagnostics();
  const wide = hasWideInt(unit.pool) ? new WideTypes(unit.pool) : null;
  unit.navs.forEach((nav, index) => {
    const place = (inst: number | null): Place => {
      const line = inst === null ? lines?.navs[index] : lines?.insts[index]?.[inst];
      if (line !== undefined) return { in: 'text', line };
      return inst === null ? { in: 'nav', nav: nav.name } : { in: 'nav', nav: nav.name, inst };
    };
    if (nav.threadlocal) diags.error('refused_thread_local', {}, place(null));
    if (wide !== null) refuseType(diags, unit, wide, nav.ty, place(null));
    if (nav.body !== null) refuseBody(diags, unit, nav, wide, place);
  });
  return diags.list;
}

function refuseType(diags: Diagnostics, unit: Unit, wide: WideTypes, ty: IpIndex, place: Place): boolean {
  if (ty === NO_TYPE || !wide.mentions(ty)) return false;
  diags.error('refused_type', { type: printType(unit.pool, ty) }, place);
  return true;
}

function refuseBody(
  diags: Diagnostics,
  unit: Unit,
  nav: Nav,
  wide: WideTypes | null,
  place: (inst: number) => Place,
): void {
  const body = nav.body!;
  const { tags, length } = body;
  for (let inst = 0; inst < length; inst++) {
    if (AIR_OP_BY_NUMBER[tags[inst]!]!.status === 'refused') {
      diags.error('refused_instruction', { name: AIR_TAG_NAMES[tags[inst]!]! }, place(inst));
    }
  }
  if (wide === null) return;
  const types = resultTypes(unit.pool, body);
  for (let inst = 0; inst < length; inst++) {
    if (refuseType(diags, unit, wide, types[inst]! as IpIndex, place(inst))) continue;
    for (let k = 0; k < operandCount(body, inst as InstIndex); k++) {
      const ref = operandAt(body, inst as InstIndex, k);
      if (!isInstRef(ref) && refuseType(diags, unit, wide, unit.pool.typeOf(refValue(ref)), place(inst))) break;
    }
  }
}

/** Whether any type of the pool is too wide: most pools have none, and then nothing else is looked at. */
function hasWideInt(pool: PoolReader): boolean {
  for (let i = 0; i < pool.size; i++) if (isWideInt(pool, i as IpIndex)) return true;
  return false;
}

function isWideInt(pool: PoolReader, ty: IpIndex): boolean {
  return pool.kind(ty) === ItemKind.ty_int && pool.intBits(ty) > MAX_INT_BITS;
}

/** Which types mention an integer that is too wide, at any depth. */
class WideTypes {
  readonly #pool: PoolReader;
  readonly #known = new Map<IpIndex, boolean>();

  constructor(pool: PoolReader) {
    this.#pool = pool;
  }

  /** Whether `ty` is or contains such an integer. */
  mentions(ty: IpIndex): boolean {
    let found = this.#known.get(ty);
    if (found === undefined) {
      found = this.#look(ty);
      this.#known.set(ty, found);
    }
    return found;
  }

  #look(ty: IpIndex): boolean {
    const pool = this.#pool;
    switch (pool.kind(ty)) {
      case ItemKind.ty_int:
        return isWideInt(pool, ty);
      case ItemKind.ty_ptr:
      case ItemKind.ty_slice:
      case ItemKind.ty_array:
        return this.mentions(pool.childType(ty));
      case ItemKind.ty_struct:
        for (let n = 0; n < pool.fieldCount(ty); n++) if (this.mentions(pool.fieldType(ty, n))) return true;
        return false;
      case ItemKind.ty_fn:
        for (let n = 0; n < pool.fnParamCount(ty); n++) if (this.mentions(pool.fnParam(ty, n))) return true;
        return this.mentions(pool.fnReturn(ty));
      default:
        return false;
    }
  }
}
