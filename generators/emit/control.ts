/**
 * Statements that own bodies: blocks with a value, conditions, switches, loops; and the ends that must never, or hardly
 * ever, be reached.
 *
 * Owns termination. Invariant: every loop counts down (or up to a known bound) a counter that only it can see, before
 * anything in its body can repeat it; an `unreach` is behind a test that the ranges decide.
 */
import type { InstIndex, NavIndex } from '../../core/index.ts';
import { instRef, IP, valueRef } from '../../core/index.ts';
import { drawInt, intConst } from '../draw/constants.ts';
import { drawLeafType, drawScalar } from '../draw/draw-types.ts';
import type { Value } from '../model/scope.ts';
import { factByConvention, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, isScalar } from '../model/types.ts';
import type { Shape } from './bodies.ts';
import { body, mayNest } from './bodies.ts';
import { callNever } from './calls.ts';
import type { Emitter, Exit, Gen } from './gen.ts';
import { branch, can, compare, defineFull, inBody, infoOf, settle, use, voidInfo } from './gen.ts';
import { condition, operand, preferred } from './operands.ts';
import { rawSlot, store } from './slots.ts';

/** Type of the value of a block. */
function drawBlockType(g: Gen): TypeInfo {
  const way = g.r.below(16);
  if (way < 6) return voidInfo(g);
  if (way < 13) {
    const ints = g.scope.ofClass(Class.int);
    return ints.length > 0 && g.r.chance(150) ? preferred(g, ints).info : drawScalar(g.p);
  }
  if (way < 15) return g.r.pick(g.p.aggregates);
  const pointers = g.scope.ofClass(g.r.pick([Class.ptr, Class.slice, Class.fnptr]));
  if (pointers.length === 0) return voidInfo(g);
  const { info } = preferred(g, pointers);
  return g.p.pool.ptrAlign(info.ip) === 0 ? info : voidInfo(g);
}

/** The exit that leaves block `inst` with a value of type `info`. */
export function blockExit(inst: InstIndex, info: TypeInfo): Exit {
  return {
    kind: 'branch',
    info,
    leave: (g, carrier) => branch(g, inst, info.cls === Class.nothing ? null : (carrier ?? operand(g, info))),
  };
}

/** Runs `inside` while `exit` is one of the ways out. */
export function within(g: Gen, exit: Exit, inside: () => void): void {
  g.exits.push(exit);
  inside();
  g.exits.pop();
}

/** Part of what is left of the function that one statement may take. */
export function share(g: Gen): number {
  return g.r.between(1, Math.max(3, (g.quota - g.b.length) >> 1));
}

/** `block` of a shape, or `dbg_inline_block` of a function. */
function blockOf(g: Gen, info: TypeInfo, shape: Shape, inlined: NavIndex | null = null): void {
  const inside = (self: InstIndex): void => {
    const exit = blockExit(self, info);
    within(g, exit, () => {
      inBody(g, () => {
        body(g, share(g), exit, shape);
      });
    });
  };
  const ref =
    inlined === null ? g.b.block(info.ip, inside) : instRef(g.b.add('dbg_inline_block', info.ip, inlined, inside));
  defineFull(g, ref, info, factByConvention(info, 'merged'));
}

/** `block`, `cond_br`, `switch_br` as statements. */
export function blocking(shape: Shape): Emitter {
  return (g) => {
    if (!mayNest(g)) return false;
    blockOf(g, drawBlockType(g), shape);
    return true;
  };
}

/** `dbg_inline_block` of some function. */
export const inlining: Emitter = (g) => {
  if (!mayNest(g)) return false;
  blockOf(
    g,
    drawBlockType(g),
    'any',
    g.r.pick(
      g.p.drafts.flatMap(({ nav }, n) => (nav.kind === 'func' || nav.kind === 'extern_func' ? [n] : [])),
    ) as NavIndex,
  );
  return true;
};

const COUNTER_WIDTHS = [8, 32, 64, 5, 7, 16, 33];

/** Type of a loop counter: holds every number of trips. */
export function drawCounter(g: Gen): TypeInfo {
  const way = g.r.below(4);
  if (way === 0) return infoOf(g, IP.usize_type);
  if (way === 1) {
    const info = g.r.pick(g.p.ints);
    if (info.bits >= 7) return info;
  }
  return intInfo(g.p.types, g.r.chance(80), Math.max(g.r.pick(COUNTER_WIDTHS), 5));
}

/** A loop: counting before or after its body, with an accumulator in a slot, yielding a value or not. */
export const looping: Emitter = (g) => {
  if (!mayNest(g) || g.weight >= 256) return false;
  settle(g);
  const room = Math.floor((g.limit - g.spent) / (g.weight * 24));
  if (room < 1) return false;
  const trips = Math.min(room, g.r.chance(200) ? g.r.below(6) : g.r.below(15));
  const counter = drawCounter(g);
  const slot = rawSlot(g, counter);
  // A number of trips that is known only at run time has the same bound.
  const start =
    trips > 0 && g.r.chance(100)
      ? boundedTrips(g, counter, trips)
      : intConst(g.p, counter, Math.min(trips, counter.max));
  store(g, slot, start);
  const result = g.r.chance(110) ? voidInfo(g) : drawScalar(g.p);
  const accumulator = isScalar(result) ? rawSlot(g, result) : null;
  if (accumulator !== null) {
    store(g, accumulator, operand(g, result));
    // What it began with, as a value: a copy that the loop may read while it changes the accumulator.
    if (g.p.plan.profile.peepholes > 0) defineFull(g, use(loadSlot(g, accumulator)), result);
  }
  const ref = g.b.block(result.ip, (self) => {
    if (g.r.chance(180)) countBefore(g, self, slot, counter, trips, result, accumulator);
    else countAfter(g, self, slot, counter, trips, result, accumulator);
  });
  defineFull(g, ref, result);
  return true;
};

function boundedTrips(g: Gen, counter: TypeInfo, most: number): Value {
  const bits = 31 - Math.clz32(most + 1);
  const v = operand(g, counter);
  if (v.low >= 0 && v.high <= most) return v;
  return unlisted(g.b.bin('bit_and', use(v), use(intConst(g.p, counter, 2 ** bits - 1))), counter, 0, 2 ** bits - 1);
}

/** What is in a slot. */
export function loadSlot(g: Gen, slot: Value): Value {
  const info = slot.info.child!;
  return unlisted(g.b.tyOp('load', info.ip, use(slot)), info, info.min, info.full);
}

/** Runs `inside` for code that is executed up to `times` times as often. */
export function repeatedly(g: Gen, times: number, inside: () => void): void {
  settle(g);
  g.weight *= times;
  inside();
  settle(g);
  g.weight /= times;
}

/** Leaves the block around a loop. */
export function leaveLoop(g: Gen, self: InstIndex, accumulator: Value | null): void {
  branch(g, self, accumulator === null ? null : loadSlot(g, accumulator));
}

/** Inside of a loop its accumulator is an ordinary place. */
export function withAccumulator(g: Gen, accumulator: Value | null): void {
  if (accumulator !== null) g.scope.add({ ...accumulator, used: false });
}

/** Updates the accumulator with a value of the body. */
export function accumulate(g: Gen, accumulator: Value | null, carrier: Value | null): void {
  if (accumulator !== null) store(g, accumulator, carrier ?? operand(g, accumulator.info.child!));
}

type LoopForm = (
  g: Gen,
  self: InstIndex,
  slot: Value,
  counter: TypeInfo,
  trips: number,
  result: TypeInfo,
  accumulator: Value | null,
) => void;

/** `loop { if (count == 0) leave; count -= 1; body; repeat }`: the body may repeat from anywhere. */
const countBefore: LoopForm = (g, self, slot, counter, trips, result, accumulator) => {
  repeatedly(g, trips + 1, () => {
    g.b.loop(IP.noreturn_type, (loop) => {
      const count = loadSlot(g, slot);
      const done = unlisted(
        g.b.bin('cmp_eq', use(count), use(intConst(g.p, counter, 0))),
        infoOf(g, IP.bool_type),
        0,
        1,
      );
      g.b.condBr(
        use(done),
        () => leaveLoop(g, self, accumulator),
        () => {
          const less = g.b.bin('sub', use(count), use(intConst(g.p, counter, 1)));
          store(g, slot, unlisted(less, counter, 0, 0));
          const again: Exit = {
            kind: 'repeat',
            info: accumulator === null ? voidInfo(g) : result,
            leave: (inner, carrier) => {
              accumulate(inner, accumulator, carrier);
              inner.b.repeat(loop);
            },
          };
          within(g, blockExit(self, result), () => {
            within(g, again, () => {
              inBody(g, () => {
                withAccumulator(g, accumulator);
                body(g, share(g), again);
              });
            });
          });
        },
      );
    });
  });
};

/** `loop { body; count -= 1; if (count > 0) repeat else leave }`: runs at least once. */
const countAfter: LoopForm = (g, self, slot, counter, trips, result, accumulator) => {
  repeatedly(g, Math.max(trips, 1), () => {
    g.b.loop(IP.noreturn_type, (loop) => {
      const again: Exit = {
        kind: 'repeat',
        info: accumulator === null ? voidInfo(g) : result,
        leave: (inner, carrier) => {
          accumulate(inner, accumulator, carrier);
          const one = intConst(inner.p, counter, 1);
          const count = loadSlot(inner, slot);
          const isLast = inner.b.bin('cmp_lte', use(count), use(one));
          inner.b.condBr(
            isLast,
            () => leaveLoop(inner, self, accumulator),
            () => {
              store(inner, slot, unlisted(inner.b.bin('sub', use(count), use(one)), counter, 0, 0));
              inner.b.repeat(loop);
            },
          );
        },
      };
      within(g, again, () => {
        inBody(g, () => {
          withAccumulator(g, accumulator);
          body(g, share(g), again);
        });
      });
    });
  });
};

/** A comparison that hardly ever holds, of a value with many possible values; null if there is none. */
function unlikely(g: Gen): Value | null {
  const ints = g.scope.ofClass(Class.int);
  for (let n = ints.length - 1; n >= 0; n--) {
    const v = ints[n]!;
    if (v.info.bits >= 16 && v.high - v.low > 30_000) return compare(g, 'cmp_eq', v, drawInt(g.p, v.info));
  }
  return null;
}

/** `trap`, `breakpoint`, or a call of a function that never returns, in an arm that is rarely taken. */
export function trapping(tag: 'trap' | 'breakpoint'): Emitter {
  return (g) => {
    if (!g.p.faults || g.fn.role === 'leaf') return false;
    const cond = g.r.chance(50) ? condition(g) : unlikely(g);
    if (cond === null) return false;
    const never =
      g.r.chance(100) && can(g, 'call') ? g.p.functions.find((fn) => fn.role === 'never' && fn !== g.fn) : undefined;
    aside(g, cond, () => {
      if (never !== undefined) callNever(g, never);
      else g.b.none(tag);
      return never === undefined && tag === 'breakpoint';
    });
    return true;
  };
}

/** `unreach` behind a comparison that is false by the ranges. */
export const unreachable: Emitter = (g) => {
  const ints = g.scope.ofClass(Class.int);
  for (let n = ints.length - 1; n >= 0; n--) {
    const v = ints[n]!;
    if (v.high < v.info.max && v.high < 2 ** 52) {
      aside(g, compare(g, 'cmp_gt', v, intConst(g.p, v.info, v.high)), () => neverReached(g));
      return true;
    }
    if (v.low > v.info.min && v.low > -(2 ** 52)) {
      aside(g, compare(g, 'cmp_lt', v, intConst(g.p, v.info, v.low)), () => neverReached(g));
      return true;
    }
  }
  return false;
};

/** `unreach`, sometimes behind a call through no function at all, of a type that no function may have. */
function neverReached(g: Gen): boolean {
  if (can(g, 'call') && g.r.chance(60)) {
    const ptr = drawLeafType(g.p);
    const args = ptr.params.map((param) => use(operand(g, param)));
    g.b.call(valueRef(g.p.pool.undef(ptr.ip)), args);
  }
  g.b.none('unreach');
  return false;
}

/** `block { if (cond) { inside } }`; `inside` says whether it continues. */
export function aside(g: Gen, cond: Value, inside: () => boolean): void {
  g.b.block(IP.void_type, (self) => {
    g.b.condBr(
      use(cond),
      () => {
        inBody(g, () => {
          if (inside()) branch(g, self, null);
        });
      },
      () => branch(g, self, null),
    );
  });
}
