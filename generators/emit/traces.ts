/**
 * Hints and error traces: `prefetch`, and where the error trace of this execution of a function is.
 *
 * Invariant: whoever asks where the trace is has said so before, in the same body.
 */
import { instRef } from '../../core/index.ts';
import { drawType } from '../draw/draw-types.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import { Class, intInfo, ptrInfo, structInfo } from '../model/types.ts';
import type { Emitter, Gen } from './gen.ts';
import { use, usizeInfo } from './gen.ts';
import { newPlace } from './operands.ts';
import { listedPointer, pointerTo } from './places.ts';
import { defineLoaded, loadAndDisturb } from './pointers.ts';

/** `prefetch`, of what is there or of a new place. */
export const prefetching: Emitter = (g) => {
  const pointer = listedPointer(g, Class.ptr, () => true) ?? newPlace(g, drawType(g.p));
  g.b.add('prefetch', use(pointer), g.r.below(2), g.r.below(4), g.r.below(2));
  return true;
};

/** Says that the trace is at `place`, sometimes after it was elsewhere. */
function setTrace(g: Gen, place: Value): void {
  if (g.r.chance(60)) g.b.un('set_err_return_trace', use(newPlace(g, drawType(g.p))));
  g.b.un('set_err_return_trace', use(place));
}

/** `err_return_trace`: what it gives is read. */
export const traceAddress: Emitter = (g) => {
  const child = drawType(g.p);
  const place = pointerTo(g, child, false);
  setTrace(g, place);
  const { isConst } = place.info;
  const info = ptrInfo(g.p.types, child, isConst);
  const ref = instRef(g.b.add('err_return_trace', info.ip));
  if (g.r.chance(60)) g.b.un('set_err_return_trace', use(newPlace(g, child)));
  loadAndDisturb(g, unlisted(ref, info, -Infinity, Infinity, place.fact));
  return true;
};

/** `save_err_return_trace_index`, of a struct that has a length in it. */
export const traceIndex: Emitter = (g) => {
  const { types } = g.p;
  const usize = usizeInfo(g);
  const before = Array.from({ length: g.r.below(3) }, () => intInfo(types, false, g.r.pick([8, 16, 32])));
  const fields = [...before, usize, intInfo(types, false, 8)];
  const layout = g.r.chance(128) ? 0 : 1;
  const struct = structInfo(
    types,
    layout,
    fields.map(({ ip }) => ({ ty: ip, align: 0 })),
  );
  setTrace(g, pointerTo(g, struct, false));
  defineLoaded(g, instRef(g.b.add('save_err_return_trace_index', struct.ip, before.length)), usize);
  return true;
};
