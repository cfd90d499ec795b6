/**
 * Variables of the frame that code may keep in a local: a vector that is one v128, in a slot that only loads and stores see.
 */
import { IP } from '../../core/index.ts';
import { isRegister } from '../draw/draw-types.ts';
import type { Value } from '../model/scope.ts';
import { mayNest, statements } from './bodies.ts';
import type { Emitter, Gen } from './gen.ts';
import { branch, defineFull, inBody, use } from './gen.ts';
import { condition, operand } from './operands.ts';
import { rawSlot, store } from './slots.ts';

/** Such a variable as often as the profile says, and `plain` where there is none. */
export function orVariable(plain: Emitter): Emitter {
  return (g) => {
    const { variables } = g.p.plan.profile;
    return (variables > 0 && g.r.chance(variables) && keepingVector(g)) || plain(g);
  };
}

/** Set, set again or not, and read, with other statements in between. */
const keepingVector: Emitter = (g) => {
  const types = g.p.sums.filter(isRegister);
  if (types.length === 0 || !mayNest(g)) return false;
  const info = g.r.pick(types);
  const slot = rawSlot(g, info);
  store(g, slot, operand(g, info));
  for (let n = g.r.between(1, 3); n > 0; n--) {
    if (g.r.chance(128)) statements(g, 3);
    if (g.r.chance(110)) store(g, slot, operand(g, info));
    else if (g.r.chance(128)) storeInOneArm(g, slot);
    defineFull(g, g.b.tyOp('load', info.ip, use(slot)), info);
  }
  return true;
};

function storeInOneArm(g: Gen, slot: Value): void {
  const cond = condition(g);
  g.b.block(IP.void_type, (self) => {
    const storing = (): void => {
      inBody(g, () => {
        store(g, slot, operand(g, slot.info.child!));
        branch(g, self, null);
      });
    };
    const passing = (): void => branch(g, self, null);
    const isFirst = g.r.chance(128);
    g.b.condBr(use(cond), isFirst ? storing : passing, isFirst ? passing : storing);
  });
}
