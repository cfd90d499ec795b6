/**
 * `loop_switch_br` and `switch_dispatch`: a switch whose arms choose where it is entered again.
 *
 * Owns its termination. Invariant: every dispatch is behind a test of a counter that only this loop can see, and counts it down.
 */
import type { InstIndex } from '../../core/index.ts';
import { IP } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { drawScalar } from '../draw/draw-types.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { isScalar } from '../model/types.ts';
import { body, mayNest } from './bodies.ts';
import {
  accumulate,
  blockExit,
  drawCounter,
  leaveLoop,
  loadSlot,
  repeatedly,
  share,
  withAccumulator,
  within,
} from './control.ts';
import type { Emitter, Exit, Gen } from './gen.ts';
import { defineFull, inBody, infoOf, settle, use, voidInfo } from './gen.ts';
import { operand } from './operands.ts';
import { rawSlot, store } from './slots.ts';
import { drawSwitch } from './switches.ts';

/** A loop switch in a block, with an accumulator in a slot, yielding a value or not. */
export const loopSwitching: Emitter = (g) => {
  if (!mayNest(g) || g.weight >= 256) return false;
  settle(g);
  const room = Math.floor((g.limit - g.spent) / (g.weight * 32));
  if (room < 1) return false;
  const counter = drawCounter(g);
  const trips = Math.min(room, g.r.below(10), counter.max);
  const slot = rawSlot(g, counter);
  store(g, slot, intConst(g.p, counter, trips));
  const result = g.r.chance(110) ? voidInfo(g) : drawScalar(g.p);
  const accumulator = isScalar(result) ? rawSlot(g, result) : null;
  if (accumulator !== null) store(g, accumulator, operand(g, result));
  const ref = g.b.block(result.ip, (self) => {
    inBody(g, () => {
      loopSwitch(g, { self, slot, counter, trips, result, accumulator });
    });
  });
  defineFull(g, ref, result);
  return true;
};

interface Loop {
  /** The block around it. */
  readonly self: InstIndex;
  readonly slot: Value;
  readonly counter: TypeInfo;
  readonly trips: number;
  readonly result: TypeInfo;
  readonly accumulator: Value | null;
}

function loopSwitch(g: Gen, { self, slot, counter, trips, result, accumulator }: Loop): void {
  const head = drawSwitch(g);
  const loop = g.b.length as InstIndex;
  const again: Exit = {
    kind: 'repeat',
    info: accumulator === null ? voidInfo(g) : result,
    leave: (inner, carrier) => {
      accumulate(inner, accumulator, carrier);
      const count = loadSlot(inner, slot);
      const done = inner.b.bin('cmp_eq', use(count), use(intConst(inner.p, counter, 0)));
      inner.b.condBr(
        use(unlisted(done, infoOf(inner, IP.bool_type), 0, 1)),
        () => leaveLoop(inner, self, accumulator),
        () => {
          inBody(inner, () => {
            const less = inner.b.bin('sub', use(count), use(intConst(inner.p, counter, 1)));
            store(inner, slot, unlisted(less, counter, 0, 0));
            inner.b.add('switch_dispatch', loop, use(head.again()));
          });
        },
      );
    },
  };
  const leave = blockExit(self, result);
  repeatedly(g, trips + 1, () => {
    const quota = Math.max(2, Math.floor(share(g) / (head.cases.length + 1)));
    const arm = (): void => {
      within(g, leave, () => {
        within(g, again, () => {
          inBody(g, () => {
            withAccumulator(g, accumulator);
            body(g, g.r.below(quota + 1), g.r.chance(200) ? again : leave);
          });
        });
      });
    };
    g.b.switchBr(
      use(head.operand),
      head.cases.map((one) => ({ ...one, body: arm })),
      arm,
      'loop_switch_br',
    );
  });
}
