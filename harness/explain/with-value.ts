/**
 * A program with a constant in place of what one instruction makes: the value that the reference made there.
 *
 * If the program still fails as it did, that instruction is not the reason. Owns the rewriting. Runs nothing.
 */
import type { InstIndex, InternPool, IpIndex, NavIndex, Unit } from '../../core/index.ts';
import { IP, verifyUnit } from '../../core/index.ts';
import { replaceUses } from '../reduce/body-passes.ts';
import { decodeUnit, encodeUnit, forEachList, forEachNode, valueOperand } from '../reduce/model.ts';

/** `unit` with the number of pattern `bits` in place of instruction `inst` of `nav`; null where it makes no number, or does more. */
export function withValue(unit: Unit, nav: NavIndex, inst: InstIndex, bits: bigint): Unit | null {
  const model = decodeUnit(unit);
  const { body } = model.navs[nav]!;
  if (body === null) return null;
  let first = Infinity;
  forEachNode(body, ({ id }) => (first = Math.min(first, id)));
  const id = first + inst;
  let isDone = false;
  forEachList(body, (list) => {
    const at = list.findIndex((node) => node.id === id);
    const value = at < 0 ? null : constant(unit.pool, list[at]!.result, bits);
    if (value === null) return;
    list.splice(at, 1);
    replaceUses(body, id, valueOperand(value));
    isDone = true;
  });
  if (!isDone) return null;
  const rewritten = encodeUnit(model);
  return verifyUnit(rewritten).length > 0 ? null : rewritten;
}

function constant(pool: InternPool, ty: IpIndex, bits: bigint): IpIndex | null {
  if (ty === IP.bool_type) return bits === 0n ? IP.bool_false : IP.bool_true;
  if (pool.isFloat(ty)) return pool.float(ty, bits);
  if (!pool.isInt(ty)) return null;
  return pool.int(ty, pool.intSigned(ty) ? BigInt.asIntN(pool.intBits(ty), bits) : bits);
}
