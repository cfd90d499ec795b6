/**
 * What of a unit the interpreter gives a meaning to, checked before anything is run (docs/air.md section 7).
 *
 * Refused by name: instructions that this version does not describe, integers wider than 4,096 bits, variables without a definition, and host
 * functions with parameters or results that are not scalars.
 */
import type { Body } from '../../core/air/body/body.ts';
import { forEachOperand } from '../../core/air/body/operands.ts';
import type { InstIndex } from '../../core/air/body/ref.ts';
import { isInstRef, refValue } from '../../core/air/body/ref.ts';
import { AIR_OP_BY_NUMBER } from '../../core/air/schema/ops.ts';
import { resultTypes } from '../../core/air/typing/result-types.ts';
import type { Nav, Unit } from '../../core/air/unit.ts';
import type { InternPool } from '../../core/intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../core/intern/keys.ts';
import { IP } from '../../core/intern/keys.ts';
import { backingOf } from '../../core/intern/packed.ts';
import { enumTag, errorPayload } from '../../core/intern/sums.ts';
import { TypeKind } from '../../core/intern/type-kinds.ts';
import { UnsupportedInstruction } from '../model/halt.ts';
import type { Probe } from '../model/probe.ts';
import { shapeOf } from '../model/shapes.ts';

/** Greatest width of an integer in bits. */
const MAX_BITS = 4096;

const UNSUPPORTED_TAG = Uint8Array.from(AIR_OP_BY_NUMBER, ({ status }) => (status === 'refused' ? 1 : 0));

/** Throws {@link UnsupportedInstruction} for the first thing in `unit` that has no meaning here; a probe takes any values. */
export function requireSupported(unit: Unit, probe: Probe | null): void {
  const wide = wideTypes(unit.pool);
  for (let n = 0; n < unit.navs.length; n++) {
    const nav = unit.navs[n]!;
    if (probe?.navs.has(n as NavIndex) === true) continue;
    if (nav.kind === 'extern_var') throw new UnsupportedInstruction(nav.name, null, 'a variable without definition');
    if (nav.kind === 'extern_func') requireScalars(unit.pool, nav);
    if (wide.has(nav.ty)) throw new UnsupportedInstruction(nav.name, null, WIDE);
    if (nav.body === null) continue;
    const { tags } = nav.body;
    for (let inst = 0; inst < tags.length; inst++) {
      if (UNSUPPORTED_TAG[tags[inst]!] === 1) {
        throw new UnsupportedInstruction(nav.name, inst, nav.body.tag(inst as InstIndex));
      }
    }
    if (wide.size > 0) requireNarrow(unit.pool, nav.name, nav.body, wide);
  }
}

const WIDE = `an integer of more than ${MAX_BITS} bits`;

/** Types of a pool that are, or hold, an integer that is too wide. */
function wideTypes(pool: InternPool): ReadonlySet<IpIndex> {
  const wide = new Set<IpIndex>();
  // Parts of a type are interned before it.
  for (let n = 0; n < pool.size; n++) {
    const ty = n as IpIndex;
    if (pool.isType(ty) && isWide(pool, ty, wide)) wide.add(ty);
  }
  return wide;
}

function isWide(pool: InternPool, ty: IpIndex, wide: ReadonlySet<IpIndex>): boolean {
  switch (pool.typeKind(ty)) {
    case TypeKind.int:
      return pool.intBits(ty) > MAX_BITS;
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.vector:
    case TypeKind.opt:
      return wide.has(pool.childType(ty));
    case TypeKind.error_set:
      return false;
    case TypeKind.packed:
      return wide.has(backingOf(pool, ty));
    case TypeKind.error_union:
      return wide.has(errorPayload(pool, ty));
    case TypeKind.enum:
      return wide.has(enumTag(pool, ty));
    case TypeKind.union:
    case TypeKind.struct:
      return Array.from({ length: pool.fieldCount(ty) }, (_, n) => pool.fieldType(ty, n)).some((field) =>
        wide.has(field),
      );
    case TypeKind.fn:
      return (
        wide.has(pool.fnReturn(ty)) ||
        Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n)).some((param) => wide.has(param))
      );
    case TypeKind.simple:
    case TypeKind.float:
      return false;
  }
}

function requireNarrow(pool: InternPool, name: string, body: Body, wide: ReadonlySet<IpIndex>): void {
  const types = resultTypes(pool, body);
  for (let n = 0; n < body.length; n++) {
    const inst = n as InstIndex;
    let found = wide.has(types[n]! as IpIndex);
    forEachOperand(body, inst, (ref) => {
      found ||= !isInstRef(ref) && wide.has(pool.typeOf(refValue(ref)));
    });
    if (found) throw new UnsupportedInstruction(name, n, `${body.tag(inst)} of ${WIDE}`);
  }
}

function requireScalars(pool: InternPool, { name, ty }: Nav): void {
  const types = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n));
  const result = pool.fnReturn(ty);
  types.push(result);
  if (result === IP.noreturn_type || !types.every((one) => isScalar(pool, one))) {
    throw new UnsupportedInstruction(name, null, 'a host function with a parameter or result that is no scalar');
  }
}

/** Whether values of a type can be shown to the outside: bool, int of up to 64 bits, float, or nothing at all. */
export function isScalar(pool: InternPool, ty: IpIndex): boolean {
  const { kind, size } = shapeOf(pool, ty);
  return kind === 'bool' || (kind === 'int' && size <= 8) || kind === 'float' || kind === 'soft' || size === 0;
}
