/**
 * Passes over functions as wholes: fewer parameters, calls replaced by the body of the function.
 *
 * Owns changes of a function type together with every direct call and every call from outside. Functions whose address is
 * stored keep their type.
 */
import type { InternPool, IpIndex, NavIndex } from '../../core/index.ts';
import { callConv, IP, ValueKind } from '../../core/index.ts';
import { replaceUses } from './body-passes.ts';
import type { ReducePass } from './candidate.ts';
import { edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import { functionsOf } from './case-model.ts';
import type { Node, Operand, UnitModel } from './model.ts';
import {
  cloneNodes,
  forEachList,
  forEachNode,
  isNodeOperand,
  makeNode,
  nodeOperand,
  operandValue,
  valueOperand,
} from './model.ts';
import { removeNavs } from './nav-passes.ts';
import { isNavUsed } from './pool-rewrite.ts';
import { simplestValue } from './simple-values.ts';

/** Nav that `node` calls directly, or -1. */
function directCallee(pool: InternPool, node: Node): number {
  const callee = node.operands[0];
  if (!node.tag.startsWith('call') || callee === undefined || isNodeOperand(callee)) return -1;
  const value = operandValue(callee);
  return pool.valueKind(value) === ValueKind.ptr_nav ? pool.word(value, 1) : -1;
}

/** Whether nav `index` is used other than as the callee of a direct call. */
function hasAddressTaken(unit: UnitModel, index: NavIndex): boolean {
  const withoutCallees: UnitModel = {
    ...unit,
    navs: unit.navs.map(({ nav, body }) => {
      if (body === null) return { nav, body };
      const copy = cloneNodes(body);
      forEachNode(copy, (node) => {
        if (directCallee(unit.pool, node) === index) node.operands.shift();
      });
      return { nav, body: copy };
    }),
  };
  return isNavUsed(withoutCallees, index);
}

/** Constant of scalar type `ty` with the bits of an argument, or null. */
function constantOfBits(pool: InternPool, ty: IpIndex, bits: bigint): IpIndex | null {
  if (ty === IP.bool_type) return bits === 0n ? IP.bool_false : IP.bool_true;
  if (pool.isFloat(ty)) return pool.float(ty, bits);
  return pool.isInt(ty) && pool.intBits(ty) <= 64 ? pool.int(ty, bits) : null;
}

/** Fewer parameters; the parameter becomes a constant, first the one that was passed. */
export const parametersPass: ReducePass = {
  name: 'parameters',
  *candidates(current) {
    const { pool, navs } = current.unit;
    for (const { index, nav } of functionsOf(current)) {
      const count = pool.fnParamCount(nav.ty);
      if (count === 0 || hasAddressTaken(current.unit, index)) continue;
      for (let param = count - 1; param >= 0; param--) {
        const ty = pool.fnParam(nav.ty, param);
        const instead = new Set<IpIndex>();
        for (const call of current.calls) {
          const passed = nav.exports.some((e) => e.name === call.fn) ? call.args[param] : undefined;
          const constant = passed === undefined ? null : constantOfBits(pool, ty, passed);
          if (constant !== null && instead.size < 2) instead.add(constant);
        }
        const simplest = simplestValue(pool, ty, navs);
        if (simplest !== null) instead.add(simplest);
        for (const value of instead) {
          yield edit(current, (copy) => {
            dropParameter(copy, index, param, valueOperand(value));
            return true;
          });
        }
      }
    }
  },
};

function dropParameter(model: CaseModel, index: NavIndex, param: number, instead: Operand): void {
  const { pool } = model.unit;
  const entry = model.unit.navs[index]!;
  const params = Array.from({ length: pool.fnParamCount(entry.nav.ty) }, (_, n) => pool.fnParam(entry.nav.ty, n));
  const ty = pool.fnType(params.toSpliced(param, 1), pool.fnReturn(entry.nav.ty), callConv(pool, entry.nav.ty));
  const names = new Set(entry.nav.exports.map((e) => e.name));
  entry.nav = { ...entry.nav, ty };
  const body = entry.body!;
  const removed = body.findIndex((node) => node.tag === 'arg' && node.numbers[0] === param);
  const [arg] = body.splice(removed, 1);
  for (const node of body) if (node.tag === 'arg' && node.numbers[0]! > param) node.numbers[0]!--;
  replaceUses(body, arg!.id, instead);
  for (const { body: caller } of model.unit.navs) {
    if (caller === null) continue;
    forEachNode(caller, (node) => {
      if (directCallee(pool, node) !== index) return;
      const callee = operandValue(node.operands[0]!);
      const pointer = pool.typeOf(callee);
      const type = pool.ptrType(ty, { isConst: pool.ptrIsConst(pointer), align: pool.ptrAlign(pointer) });
      node.operands.splice(param + 1, 1);
      node.operands[0] = valueOperand(pool.ptrNav(type, index));
    });
  }
  model.calls = model.calls.map((call) =>
    names.has(call.fn) ? { ...call, args: call.args.toSpliced(param, 1) } : call,
  );
}

/** A direct call replaced by the body of the function, which goes away if that was its last use. */
export const inlinePass: ReducePass = {
  name: 'inline',
  *candidates(current) {
    const { pool } = current.unit;
    for (const { index: caller, body } of functionsOf(current)) {
      const calls: { id: number; callee: number }[] = [];
      forEachNode(body, (node) => {
        const callee = directCallee(pool, node);
        if (callee >= 0 && callee !== caller && current.unit.navs[callee]!.body !== null) {
          calls.push({ id: node.id, callee });
        }
      });
      for (const { id, callee } of calls) {
        yield edit(current, (copy) => {
          inlineCall(copy, caller, id, callee);
          const called = new Set(copy.calls.map((call) => call.fn));
          const { nav } = copy.unit.navs[callee]!;
          if (nav.exports.some((e) => called.has(e.name)) || isNavUsed(copy.unit, callee as NavIndex)) return true;
          removeNavs(copy, new Set([callee]));
          return true;
        });
      }
    }
  },
};

function inlineCall(model: CaseModel, caller: number, id: number, callee: number): void {
  const { unit } = model;
  const body = unit.navs[caller]!.body!;
  forEachList(body, (list) => {
    const at = list.findIndex((node) => node.id === id);
    if (at < 0) return;
    const call = list[at]!;
    const block = makeNode(unit, { tag: 'block', ty: call.result, result: call.result });
    const inner = freshCopy(unit, unit.navs[callee]!.body!);
    for (const node of inner.filter((n) => n.tag === 'arg')) {
      replaceUses(inner, node.id, call.operands[node.numbers[0]! + 1]!);
    }
    block.bodies = [inner.filter((n) => n.tag !== 'arg')];
    forEachList(block.bodies[0]!, (l) => returnsToBranches(unit, l, block));
    list[at] = block;
    replaceUses(body, id, nodeOperand(block.id));
  });
}

function returnsToBranches(unit: UnitModel, list: Node[], block: Node): void {
  for (const node of list) if (node.tag === 'ret_ptr') node.tag = 'alloc';
  const last = list[list.length - 1]!;
  if (last.tag !== 'ret' && last.tag !== 'ret_load') return;
  list.pop();
  let value = last.operands[0]!;
  if (last.tag === 'ret_load') {
    const load = makeNode(unit, { tag: 'load', ty: block.result, result: block.result, operands: [value] });
    list.push(load);
    value = nodeOperand(load.id);
  }
  const operands = block.result === IP.void_type ? [] : [value];
  list.push(makeNode(unit, { tag: 'br', result: IP.noreturn_type, target: block.id, operands }));
}

/** Copy of a body with new ids. */
function freshCopy(unit: UnitModel, body: readonly Node[]): Node[] {
  const ids = new Map<number, number>();
  const renumber = (nodes: readonly Node[]): Node[] =>
    nodes.map((node) => {
      const id = unit.nextId++;
      ids.set(node.id, id);
      return {
        ...node,
        id,
        operands: node.operands.map((o) => (isNodeOperand(o) ? nodeOperand(ids.get(~o) ?? ~o) : o)),
        numbers: [...node.numbers],
        mask: [...node.mask],
        target: node.target < 0 ? -1 : (ids.get(node.target) ?? node.target),
        bodies: node.bodies.map(renumber),
        cases: node.cases.map((c) => ({ items: [...c.items], ranges: c.ranges.map(([lo, hi]) => [lo, hi]) })),
      };
    });
  return renumber(body);
}
