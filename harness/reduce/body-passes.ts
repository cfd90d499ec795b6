/**
 * Passes over straight code: dead code, ranges of instructions, shorter functions, operands in place of results.
 *
 * Owns edits that keep the tree of bodies; structure-passes.ts owns those that change it.
 */
import type { IpIndex } from '../../core/index.ts';
import { AIR_OPS, callConv, IP, TypeKind } from '../../core/index.ts';
import type { Candidate, ReducePass } from './candidate.ts';
import { ddminRanges, edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import { functionsOf } from './case-model.ts';
import { endsList } from './repair.ts';
import type { Node, Operand } from './model.ts';
import {
  forEachList,
  forEachNode,
  isNodeOperand,
  makeNode,
  nodeOperand,
  operandNode,
  operandValue,
  valueOperand,
} from './model.ts';
import { returnNode } from './nav-passes.ts';
import { isNavUsed } from './pool-rewrite.ts';
import { plainValues, simplerValues, simplestValue } from './simple-values.ts';

/** Where a list of nodes is: the function, and the position of the list among all lists of that function. */
interface ListPlace {
  readonly fn: number;
  readonly list: number;
  readonly nodes: readonly Node[];
}

function listsOf(current: CaseModel): ListPlace[] {
  const places: ListPlace[] = [];
  for (const { index, body } of functionsOf(current)) {
    let list = 0;
    forEachList(body, (nodes) => places.push({ fn: index, list: list++, nodes }));
  }
  return places;
}

function listAt(copy: CaseModel, place: ListPlace): Node[] {
  let found: Node[] | undefined;
  let list = 0;
  forEachList(copy.unit.navs[place.fn]!.body!, (nodes) => {
    if (list++ === place.list) found = nodes;
  });
  return found!;
}

/** Number of `arg` instructions at the start of a list. */
function argCount(nodes: readonly Node[]): number {
  const first = nodes.findIndex((node) => node.tag !== 'arg');
  return first < 0 ? nodes.length : first;
}

/** Everything whose result nobody uses, at once. */
export const deadCodePass: ReducePass = {
  name: 'dead code',
  *candidates(current) {
    yield edit(current, (copy) => {
      let removed = false;
      for (const { body } of functionsOf(copy)) {
        for (let again = true; again; removed ||= again) again = removeUnused(body);
      }
      return removed;
    });
  },
};

function removeUnused(body: Node[]): boolean {
  const used = new Set<number>();
  forEachNode(body, (node) => {
    for (const operand of node.operands) if (isNodeOperand(operand)) used.add(operandNode(operand));
  });
  let removed = false;
  forEachList(body, (list) => {
    for (let at = list.length - 1; at >= 0; at--) {
      const node = list[at]!;
      if (AIR_OPS[node.tag].mustLower || used.has(node.id)) continue;
      list.splice(at, 1);
      removed = true;
    }
  });
  return removed;
}

/** Fewer instructions, in ranges of every list. The last one of a list, which ends it, stays. */
export const rangesPass: ReducePass = {
  name: 'instruction ranges',
  *candidates(current) {
    for (const place of listsOf(current)) {
      const first = argCount(place.nodes);
      for (const [start, end] of ddminRanges(place.nodes.length - 1 - first)) {
        yield edit(current, (copy) => {
          listAt(copy, place).splice(first + start, end - start);
          return true;
        });
      }
    }
  },
};

/** A function that ends early and returns what it just computed. Needs a function that no other one knows. */
export const returnEarlyPass: ReducePass = {
  name: 'return early',
  *candidates(current) {
    const { pool } = current.unit;
    for (const { index, body } of functionsOf(current)) {
      if (isNavUsed(current.unit, index)) continue;
      for (let at = argCount(body); at < body.length - 1; at++) {
        const ty = body[at]!.result;
        if (!(pool.isInt(ty) || pool.isFloat(ty) || ty === IP.bool_type)) continue;
        yield edit(current, (copy) => {
          const entry = copy.unit.navs[index]!;
          const params = Array.from({ length: pool.fnParamCount(entry.nav.ty) }, (_, n) =>
            pool.fnParam(entry.nav.ty, n),
          );
          entry.nav = { ...entry.nav, ty: pool.fnType(params, ty, callConv(pool, entry.nav.ty)) };
          const list = entry.body!;
          // Returns inside of what is kept would have the old type: the verifier refuses those candidates.
          list.length = at + 1;
          list.push(
            makeNode(copy.unit, { tag: 'ret', result: IP.noreturn_type, operands: [nodeOperand(list[at]!.id)] }),
          );
          return true;
        });
      }
    }
  },
};

/** A list that ends early: with a return, or by leaving the innermost block. */
export const cutPass: ReducePass = {
  name: 'cut',
  *candidates(current) {
    const { pool, navs } = current.unit;
    for (const { index, nav, body } of functionsOf(current)) {
      const value = simplestValue(pool, pool.fnReturn(nav.ty), navs);
      let number = 0;
      const visit = function* (list: readonly Node[], block: Node | null): Generator<Candidate> {
        const place: ListPlace = { fn: index, list: number++, nodes: list };
        for (let at = argCount(list); at < list.length; at++) {
          const last = list[at]!;
          const isPlain = at === list.length - 1 && (last.tag === 'ret' || last.tag === 'br' || last.tag === 'trap');
          if (isPlain) continue;
          yield cutAt(current, place, at, (copy) => returnNode(copy, value));
          if (block !== null) yield cutAt(current, place, at, (copy) => leaveNode(copy, block));
        }
        for (const node of list) {
          for (const inner of node.bodies) yield* visit(inner, AIR_OPS[node.tag].opens === 'block' ? node : block);
        }
      };
      yield* visit(body, null);
    }
  },
};

function cutAt(current: CaseModel, place: ListPlace, at: number, end: (copy: CaseModel) => Node | null): Candidate {
  return edit(current, (copy) => {
    const list = listAt(copy, place);
    const last = end(copy);
    if (last === null) return false;
    list.length = at;
    list.push(last);
    return true;
  });
}

function leaveNode(copy: CaseModel, block: Node): Node | null {
  const { pool, navs } = copy.unit;
  const value = simplestValue(pool, block.result, navs);
  if (value === null) return null;
  const operands = block.result === IP.void_type ? [] : [valueOperand(value)];
  return makeNode(copy.unit, { tag: 'br', result: IP.noreturn_type, target: block.id, operands });
}

/** Values of the same type that are tried in place of a result: those that were made last. */
const EARLIER_VALUES = 3;

/** An instruction replaced by one of its operands, by a value made before, by a parameter, or by a plain constant. */
export const replacePass: ReducePass = {
  name: 'replace',
  *candidates(current) {
    const { pool, navs } = current.unit;
    const typeOf = typesById(current);
    for (const { index, body } of functionsOf(current)) {
      const args = body.filter((node) => node.tag === 'arg');
      const nodes: Node[] = [];
      forEachNode(body, (node) => nodes.push(node));
      for (let at = nodes.length - 1; at >= 0; at--) {
        const node = nodes[at]!;
        if (node.tag === 'arg' || endsList(node) || node.result === IP.void_type) continue;
        const instead = [
          ...node.operands.filter((o) => operandType(current, typeOf, o) === node.result),
          // One that is out of scope there is repaired to a constant, which is tried anyway.
          ...earlierValues(nodes, at).map((earlier) => nodeOperand(earlier.id)),
          ...args.filter((arg) => arg.result === node.result).map((arg) => nodeOperand(arg.id)),
          ...plainValues(pool, node.result, navs).map(valueOperand),
        ];
        for (const operand of new Set(instead)) yield replaceNode(current, index, node.id, operand);
      }
    }
  },
};

function earlierValues(nodes: readonly Node[], at: number): Node[] {
  const found: Node[] = [];
  for (let n = at - 1; n >= 0 && found.length < EARLIER_VALUES; n--) {
    if (nodes[n]!.result === nodes[at]!.result) found.push(nodes[n]!);
  }
  return found;
}

function typesById(current: CaseModel): Map<number, IpIndex> {
  const types = new Map<number, IpIndex>();
  for (const { body } of functionsOf(current)) forEachNode(body, (node) => types.set(node.id, node.result));
  return types;
}

function operandType(current: CaseModel, types: ReadonlyMap<number, IpIndex>, operand: Operand): IpIndex | undefined {
  return isNodeOperand(operand) ? types.get(operandNode(operand)) : current.unit.pool.typeOf(operandValue(operand));
}

/** Removes node `id` of function `fn`; its uses become `instead`. */
function replaceNode(current: CaseModel, fn: number, id: number, instead: Operand): Candidate {
  return edit(current, (copy) => {
    const body = copy.unit.navs[fn]!.body!;
    forEachList(body, (list) => {
      const at = list.findIndex((node) => node.id === id);
      if (at >= 0) list.splice(at, 1);
    });
    replaceUses(body, id, instead);
    return true;
  });
}

/** Makes every use of node `id` in `body` a use of `instead`. */
export function replaceUses(body: readonly Node[], id: number, instead: Operand): void {
  const old = nodeOperand(id);
  forEachNode(body, (node) => {
    for (let n = 0; n < node.operands.length; n++) if (node.operands[n] === old) node.operands[n] = instead;
  });
}

/** One operand replaced by a plain constant, and constants by simpler ones. */
export const operandsPass: ReducePass = {
  name: 'operands',
  *candidates(current) {
    const { pool, navs } = current.unit;
    const typeOf = typesById(current);
    for (const { index, body } of functionsOf(current)) {
      const nodes: Node[] = [];
      forEachNode(body, (node) => nodes.push(node));
      for (const node of nodes) {
        for (let n = 0; n < node.operands.length; n++) {
          const operand = node.operands[n]!;
          const ty = operandType(current, typeOf, operand);
          if (ty === undefined || pool.typeKind(ty) === TypeKind.fn) continue;
          const values = isNodeOperand(operand)
            ? plainValues(pool, ty, navs)
            : simplerValues(pool, operandValue(operand), navs);
          for (const value of values) yield replaceOperand(current, index, node.id, n, valueOperand(value));
        }
      }
    }
  },
};

function replaceOperand(current: CaseModel, fn: number, id: number, n: number, instead: Operand): Candidate {
  return edit(current, (copy) => {
    forEachNode(copy.unit.navs[fn]!.body!, (node) => {
      if (node.id === id) node.operands[n] = instead;
    });
    return true;
  });
}
