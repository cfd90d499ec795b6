/**
 * Passes over what surrounds a program: settings, link plan, calls and their arguments, exports.
 *
 * Owns no change of a function body. Each candidate does one thing; their order is from coarse to fine.
 */
import type { NavIndex } from '../../core/index.ts';
import { nearestPattern } from '../../core/index.ts';
import type { Decoration } from '../../generators/index.ts';
import type { LinkPlan } from '../model/case.ts';
import { WHOLE_PLAN } from '../model/case.ts';
import type { ReducePass } from './candidate.ts';
import { ddminRanges, edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import { exporterOf } from './case-model.ts';
import { simplerBits } from './simple-values.ts';

/** Simpler settings, in the order that the back end has for them. */
export const settingsPass: ReducePass = {
  name: 'settings',
  *candidates(current) {
    for (const settings of current.kind.simpler(current.settings)) {
      yield edit(current, (copy) => {
        copy.settings = settings;
        return true;
      });
    }
  },
};

/** No cut at all, no decorations, fewer and plainer ones, two objects made one, the given order of objects. */
export const planPass: ReducePass = {
  name: 'plan',
  *candidates(current) {
    const { parts, order } = current.plan;
    if (parts.length === 0) return;
    yield withPlan(current, WHOLE_PLAN);
    yield* plainer(current);
    for (let a = 0; a < parts.length; a++) {
      for (let b = a + 1; b < parts.length; b++) yield withPlan(current, mergeParts(current.plan, a, b));
    }
    const sorted = parts.map((_, n) => n);
    if (order.some((part, n) => part !== n)) yield withPlan(current, { ...current.plan, order: sorted });
  },
};

function* plainer(current: CaseModel): Generator<ReturnType<typeof edit>> {
  const { plan } = current;
  const { decorations = [], options = [], ...cut } = plan;
  if (decorations.length + options.length === 0) return;
  yield withPlan(current, cut);
  yield withPlan(current, { ...plan, decorations: [] });
  yield withPlan(current, { ...plan, options: [] });
  for (let n = decorations.length - 1; n >= 0; n--) {
    yield withPlan(current, { ...plan, decorations: decorations.toSpliced(n, 1) });
  }
  for (let n = options.length - 1; n >= 0; n--) yield withPlan(current, { ...plan, options: options.toSpliced(n, 1) });
  for (let n = 0; n < decorations.length; n++) {
    const decoration = decorations[n]!;
    const change = (to: Partial<Decoration>): ReturnType<typeof edit> =>
      withPlan(current, { ...plan, decorations: decorations.with(n, { ...decoration, ...to }) });
    if (decoration.value > 0) yield change({ value: 0 });
    // The number is read from its end, a choice at a time.
    for (const size of [256, 16, 2]) if (decoration.value >= size) yield change({ value: decoration.value % size });
    if (decoration.value > 0) yield change({ value: decoration.value - 1 });
    if (decoration.at > 0) yield change({ at: 0 });
  }
}

function withPlan(current: CaseModel, plan: LinkPlan): ReturnType<typeof edit> {
  return edit(current, (copy) => {
    copy.plan = plan;
    return true;
  });
}

/** Puts part `b` into part `a` (a < b). */
function mergeParts(plan: LinkPlan, a: number, b: number): LinkPlan {
  const merged = [...plan.parts[a]!, ...plan.parts[b]!].sort((x, y) => x - y);
  return {
    ...plan,
    parts: plan.parts.with(a, merged).filter((_, n) => n !== b),
    order: plan.order.filter((part) => part !== b).map((part) => (part > b ? part - 1 : part)),
  };
}

/** One call alone, then fewer calls. */
export const callsPass: ReducePass = {
  name: 'calls',
  *candidates(current) {
    const count = current.calls.length;
    if (count > 1) {
      for (let keep = count - 1; keep >= 0; keep--) {
        yield edit(current, (copy) => {
          copy.calls = [copy.calls[keep]!];
          return true;
        });
      }
    }
    for (const [start, end] of ddminRanges(count)) {
      yield edit(current, (copy) => {
        copy.calls.splice(start, end - start);
        return true;
      });
    }
  },
};

/** Exports that no call needs, and export names beside the plain one. */
export const exportsPass: ReducePass = {
  name: 'exports',
  *candidates(current) {
    const called = new Set(current.calls.map((call) => call.fn));
    for (let at = 0; at < current.unit.navs.length; at++) {
      const { exports } = current.unit.navs[at]!.nav;
      for (const removed of exports) {
        if (called.has(removed.name)) continue;
        yield edit(current, (copy) => {
          const entry = copy.unit.navs[at]!;
          entry.nav = { ...entry.nav, exports: entry.nav.exports.filter((e) => e !== removed) };
          return true;
        });
      }
    }
  },
};

/** Simpler arguments. Bits are read by the type of the parameter, so that -1 is simpler than 4294967295. */
export const argumentsPass: ReducePass = {
  name: 'arguments',
  *candidates(current) {
    for (let c = 0; c < current.calls.length; c++) {
      const call = current.calls[c]!;
      for (let n = 0; n < call.args.length; n++) {
        for (const bits of simplerArgument(current, call.fn, n, call.args[n]!)) {
          yield edit(current, (copy) => {
            copy.calls[c] = { ...call, args: call.args.with(n, bits) };
            return true;
          });
        }
      }
    }
  },
};

/** Floats to try in place of others, simplest first. */
const PLAIN_FLOATS = [0, 1, -1, 0.5];

function simplerArgument(current: CaseModel, fn: string, param: number, bits: bigint): readonly bigint[] {
  const { pool, navs } = current.unit;
  const index: NavIndex = exporterOf(current, fn);
  if (index < 0) return [];
  const ty = pool.fnParam(navs[index]!.nav.ty, param);
  if (pool.isFloat(ty)) {
    const list = PLAIN_FLOATS.map((value) => nearestPattern(pool.floatBits(ty), value));
    const rank = list.indexOf(bits);
    return rank < 0 ? list : list.slice(0, rank);
  }
  if (!pool.isInt(ty)) return simplerBits(bits);
  const width = pool.intBits(ty);
  const value = pool.intSigned(ty) ? BigInt.asIntN(width, bits) : bits;
  return [...new Set(simplerBits(value).map((v) => BigInt.asUintN(width, v)))];
}
