/**
 * Checks that may fail: where they stand, and the panic function that they call.
 *
 * Owns the import `panic`. A program without it panics by a trap alone.
 */
import { IP } from '../../core/index.ts';
import { addNav } from '../draw/navs.ts';
import { fnPtrInfo, typeInfo } from '../model/types.ts';
import type { Gen } from './gen.ts';

/** Whether a check may fail here; then the program usually has a panic function. */
export function mayPanic(g: Gen): boolean {
  const { p } = g;
  if (!p.faults || g.fn.role === 'leaf' || !g.r.chance(40)) return false;
  if (!p.drafts.some(({ nav }) => nav.name === 'panic') && g.r.chance(230)) {
    const ptr = fnPtrInfo(p.types, [typeInfo(p.types, IP.u32_type)], typeInfo(p.types, IP.void_type));
    addNav(p, { kind: 'extern_func', name: 'panic', ty: ptr.child!.ip, module: 'env' });
  }
  return true;
}
