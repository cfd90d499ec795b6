/**
 * A place as what pushes it: one instruction for each kind, but for an offset that an access carries.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { MirBuilder } from '../../mir/builder.ts';
import { InternalError } from '../../support/assert.ts';
import type { Frame } from './frame.ts';
import type { Locals } from './locals.ts';
import type { WValue } from './wvalue.ts';
import { localOf, W } from './wvalue.ts';

/** What pushing takes of a function in work. */
interface Pushing {
  readonly mir: MirBuilder;
  readonly locals: Locals;
  readonly frame: Frame;
}

/** Pushes `v`; of an address with an offset only what the access has to add `baseOffset` to. */
export function pushPlace({ mir, locals, frame }: Pushing, v: WValue): void {
  switch (v.kind) {
    case W.none:
      return;
    case W.local:
    case W.local_offset:
      locals.assertAlive(localOf(v));
      mir.localGet(localOf(v));
      return;
    case W.imm32:
      mir.i32Const(v.a);
      return;
    case W.imm64:
      mir.i64Const(v.a, v.b);
      return;
    case W.float32:
      mir.f32Const(v.a);
      return;
    case W.float64:
      mir.f64Const(v.a, v.b);
      return;
    case W.nav_ref:
      mir.navRef(v.a as NavIndex, v.b);
      return;
    case W.func_ref:
      mir.funcRef(v.a as NavIndex);
      return;
    case W.uav_ref:
      mir.uavRef(v.a as IpIndex, v.align, v.b);
      return;
    case W.stack_offset:
      mir.localGet(frame.bottomLocal);
      return;
    case W.vector:
      throw new InternalError('the place of a vector in a local is used');
    case W.dead:
      throw new InternalError('a dead value is used');
  }
}
