/**
 * What of a unit the interpreter gives a meaning to, checked before anything is run (docs/air.md section 7).
 *
 * Refused by name: instructions that this version does not describe, variables without a definition, and host functions
 * with parameters or results that are not scalars.
 */
import type { InstIndex } from '../../core/air/body/ref.ts';
import { AIR_OP_BY_NUMBER } from '../../core/air/schema/ops.ts';
import type { Nav, Unit } from '../../core/air/unit.ts';
import type { InternPool } from '../../core/intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../core/intern/keys.ts';
import { IP } from '../../core/intern/keys.ts';
import { UnsupportedInstruction } from '../model/halt.ts';
import type { Probe } from '../model/probe.ts';
import { shapeOf } from '../model/shapes.ts';

const UNSUPPORTED_TAG = Uint8Array.from(AIR_OP_BY_NUMBER, ({ status }) => (status === 'refused' ? 1 : 0));

/** Throws {@link UnsupportedInstruction} for the first thing in `unit` that has no meaning here; a probe takes any values. */
export function requireSupported(unit: Unit, probe: Probe | null): void {
  for (let n = 0; n < unit.navs.length; n++) {
    const nav = unit.navs[n]!;
    if (probe?.navs.has(n as NavIndex) === true) continue;
    if (nav.kind === 'extern_var') throw new UnsupportedInstruction(nav.name, null, 'a variable without definition');
    if (nav.kind === 'extern_func') requireScalars(unit.pool, nav);
    if (nav.body === null) continue;
    const { tags } = nav.body;
    for (let inst = 0; inst < tags.length; inst++) {
      if (UNSUPPORTED_TAG[tags[inst]!] === 1) {
        throw new UnsupportedInstruction(nav.name, inst, nav.body.tag(inst as InstIndex));
      }
    }
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
