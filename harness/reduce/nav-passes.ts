/**
 * Passes over navs: fewer functions and variables, plain attributes, simpler initial values.
 *
 * Owns `removeNavs`, the one place that renumbers navs (in constants, bodies, plan and calls together). A call of a
 * function that is gone becomes the simplest value of its type; a stored pointer to something gone becomes undefined.
 */
import type { IpIndex, Nav, NavIndex } from '../../core/index.ts';
import { IP, ValueKind } from '../../core/index.ts';
import type { Candidate, ReducePass } from './candidate.ts';
import { ddminRanges, edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import { functionsOf } from './case-model.ts';
import type { Node } from './model.ts';
import { forEachList, isNodeOperand, makeNode, operandValue, valueOperand } from './model.ts';
import { PoolRewrite } from './pool-rewrite.ts';
import { simplerValues, simplestValue } from './simple-values.ts';

/** Removes navs `gone` from `model`, in place. */
export function removeNavs(model: CaseModel, gone: ReadonlySet<number>): void {
  const { unit } = model;
  const moved = new Map<number, number>();
  for (let n = 0, next = 0; n < unit.navs.length; n++) moved.set(n, gone.has(n) ? -1 : next++);
  for (const { body } of unit.navs) {
    if (body === null) continue;
    forEachList(body, (list) => {
      for (let at = list.length - 1; at >= 0; at--) if (callsOneOf(model, list[at]!, gone)) removeCall(list, at);
    });
  }
  const names = new Set([...gone].flatMap((n) => unit.navs[n]!.nav.exports.map((e) => e.name)));
  model.calls = model.calls.filter((call) => !names.has(call.fn));
  const goneNames = new Set([...gone].map((n) => unit.navs[n]!.nav.name));
  unit.navs = unit.navs.filter((_, n) => !gone.has(n));
  new PoolRewrite(unit.pool, { nav: (nav) => moved.get(nav)! }).apply(unit);
  const parts = model.plan.parts.map((part) =>
    part.filter((nav) => !gone.has(nav)).map((nav) => moved.get(nav)! as NavIndex),
  );
  const { decorations } = model.plan;
  if (decorations !== undefined) {
    const left = decorations.filter(({ symbol }) => symbol === null || !goneNames.has(symbol));
    model.plan = { ...model.plan, decorations: left };
  }
  const kept = parts.map((part, n) => (part.length === 0 ? -1 : n)).filter((n) => n >= 0);
  model.plan = {
    ...model.plan,
    parts: kept.map((n) => parts[n]!),
    order: model.plan.order.filter((n) => kept.includes(n)).map((n) => kept.indexOf(n)),
  };
}

function callsOneOf(model: CaseModel, node: Node, gone: ReadonlySet<number>): boolean {
  const { pool } = model.unit;
  const callee = node.operands[0];
  if (!node.tag.startsWith('call') || callee === undefined || isNodeOperand(callee)) return false;
  const value = operandValue(callee);
  return pool.valueKind(value) === ValueKind.ptr_nav && gone.has(pool.word(value, 1));
}

/** Uses of the result are mended later. A call that ends its list becomes a trap, so that the list still ends. */
function removeCall(list: Node[], at: number): void {
  const node = list[at]!;
  if (node.result === IP.noreturn_type) {
    list[at] = { ...node, tag: 'trap', operands: [], result: IP.noreturn_type };
  } else {
    list.splice(at, 1);
  }
}

/** Fewer navs, in ranges. */
export const navsPass: ReducePass = {
  name: 'navs',
  *candidates(current) {
    const count = current.unit.navs.length;
    for (const [start, end] of ddminRanges(count)) {
      if (end - start === count) continue;
      yield edit(current, (copy) => {
        removeNavs(copy, new Set(Array.from({ length: end - start }, (_, n) => start + n)));
        return true;
      });
    }
  },
};

/** A function that only returns the simplest value of its type. */
export const stubPass: ReducePass = {
  name: 'stub',
  *candidates(current) {
    const { pool, navs } = current.unit;
    for (const { index, nav, body } of functionsOf(current)) {
      const args = body.filter((node) => node.tag === 'arg');
      if (body.length === args.length + 1) continue;
      const value = simplestValue(pool, pool.fnReturn(nav.ty), navs);
      yield edit(current, (copy) => {
        const list = copy.unit.navs[index]!.body!;
        list.length = args.length;
        list.push(returnNode(copy, value));
        return true;
      });
    }
  },
};

/** `ret` of a constant, or a trap where the function has no value to return. */
export function returnNode(model: CaseModel, value: IpIndex | null): Node {
  const result = IP.noreturn_type;
  if (value === null) return makeNode(model.unit, { tag: 'trap', result });
  return makeNode(model.unit, { tag: 'ret', result, operands: [valueOperand(value)] });
}

/** No explicit alignment, section, second export name, import module; constants instead of variables. */
export const attributesPass: ReducePass = {
  name: 'attributes',
  *candidates(current) {
    for (let at = 0; at < current.unit.navs.length; at++) {
      const { nav } = current.unit.navs[at]!;
      if (nav.align !== 0) yield withNav(current, at, { align: 0 });
      if (nav.section !== null) yield withNav(current, at, { section: null });
      if (nav.threadlocal) yield withNav(current, at, { threadlocal: false });
      if (nav.module !== null && nav.module !== 'env') yield withNav(current, at, { module: 'env' });
      const visible = nav.exports.map((e) => ({ ...e, visibility: 'default' as const }));
      if (nav.exports.some((e) => e.visibility !== 'default')) yield withNav(current, at, { exports: visible });
    }
  },
};

/** Simpler initial values. */
export const initPass: ReducePass = {
  name: 'initial values',
  *candidates(current) {
    const { pool, navs } = current.unit;
    for (let at = 0; at < navs.length; at++) {
      const { init, ty } = navs[at]!.nav;
      if (init === null) continue;
      const simplest = simplestValue(pool, ty, navs);
      if (simplest !== null && simplest !== init) yield withNav(current, at, { init: simplest });
      for (const value of simplerValues(pool, init, navs)) yield withNav(current, at, { init: value });
    }
  },
};

function withNav(current: CaseModel, at: number, change: Partial<Nav>): Candidate {
  return edit(current, (copy) => {
    const entry = copy.unit.navs[at]!;
    entry.nav = { ...entry.nav, ...change };
    return true;
  });
}
