/**
 * Addresses as numbers, as far as the language knows them: the low bits that the alignment of an object decides.
 *
 * Without this nothing a program computes depends on where its objects lie, and a layout that forgets alignments goes unseen.
 * Invariant: the mask is below an alignment that the object certainly has.
 */
import { valueRef } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { drawType } from '../draw/draw-types.ts';
import type { Gen } from './gen.ts';
import { can, define, unlisted, use, usizeInfo } from './gen.ts';
import { listedPointer, newPlace } from './places.ts';
import type { Value } from '../model/scope.ts';
import { drawAlignedConstant } from '../draw/static-data.ts';
import { Class, ptrInfo } from '../model/types.ts';

interface Aligned {
  readonly pointer: Value;
  /** Bytes, >= 2. */
  readonly align: number;
}

/** `bitcast` of a pointer to `usize`, then `bit_and` with a mask below the alignment of what it points to. */
export function lowBitsOfAddress(g: Gen): boolean {
  const found = drawAligned(g);
  if (found === null) return false;
  lowBitsOf(g, found);
  return true;
}

function lowBitsOf(g: Gen, { pointer, align }: Aligned): void {
  const usize = usizeInfo(g);
  const address = g.b.tyOp('bitcast', usize.ip, use(pointer));
  define(g, g.b.bin('bit_and', address, use(intConst(g.p, usize, align - 1))), usize, 0, align - 1);
}

/** Sometimes looks at the address of a new slot whose type asks for more alignment than usual. */
export function watchAlignment(g: Gen, slot: Value): void {
  const align = g.p.pool.ptrAlign(slot.info.ip);
  if (align > 1 && g.r.chance(80) && can(g, 'bitcast')) lowBitsOf(g, { pointer: slot, align });
}

function drawAligned(g: Gen): Aligned | null {
  const way = g.r.below(8);
  if (way < 3) {
    const explicit = listedPointer(g, Class.ptr, (v) => g.p.pool.ptrAlign(v.info.ip) > 1 && v.info.child!.size > 0);
    if (explicit !== null) return { pointer: explicit, align: g.p.pool.ptrAlign(explicit.info.ip) };
  }
  if (way < 5) {
    const data = g.p.data.length === 0 ? null : g.r.pick(g.p.data);
    const align = data === null ? 0 : data.align || data.info.align;
    if (data !== null && data.info.size > 0 && align > 1) {
      const info = ptrInfo(g.p.types, data.info, true);
      return { pointer: unlisted(valueRef(g.p.pool.ptrNav(info.ip, data.nav)), info, 0, 0), align };
    }
  }
  if (way < 7) {
    const child = drawType(g.p);
    const align = child.align << g.r.between(0, 4);
    if (align > 1) return { pointer: drawAlignedConstant(g.p, child, align), align };
  }
  const natural = listedPointer(g, Class.ptr, (v) => naturalAlign(g, v) > 1 && v.info.child!.size > 0);
  const pointer = natural ?? newPlace(g, drawType(g.p));
  const align = naturalAlign(g, pointer);
  return align > 1 ? { pointer, align } : null;
}

/** What the type of `pointer` promises. */
function naturalAlign(g: Gen, pointer: Value): number {
  return g.p.pool.ptrAlign(pointer.info.ip) || pointer.info.child!.align;
}
