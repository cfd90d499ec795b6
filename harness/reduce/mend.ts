/**
 * Repairs a unit after an edit: operands that name something gone become the simplest constant of their type, code behind
 * an instruction that ends its body goes away.
 *
 * Owns these two repairs and nothing else; what is wrong otherwise is left to the verifier, and the candidate is lost.
 * Must not know why the edit was made. Invariant: a unit that is in order comes back unchanged.
 */
import type { InternPool, IpIndex } from '../../core/index.ts';
import { AIR_OPS, IP, TypeKind } from '../../core/index.ts';
import type { NavModel, Node, Operand, UnitModel } from './model.ts';
import { isNodeOperand, operandNode, valueOperand } from './model.ts';
import { simplestValue } from './simple-values.ts';

/** Type of the result of each node of `model`, by id: taken before an edit, used to mend after it. */
export type ResultTypes = ReadonlyMap<number, IpIndex>;

/** See {@link ResultTypes}. */
export function resultTypes(model: UnitModel): ResultTypes {
  const types = new Map<number, IpIndex>();
  const collect = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      types.set(node.id, node.result);
      node.bodies.forEach(collect);
    }
  };
  for (const { body } of model.navs) if (body !== null) collect(body);
  return types;
}

/** Mends `model` in place; false when a lost operand has no constant of its type, or a branch nowhere to go. */
export function mend(model: UnitModel, types: ResultTypes): boolean {
  return model.navs.every(
    ({ body }) => body === null || mendList(model, body, types, { visible: new Set(), enclosing: [] }),
  );
}

/** Whether nothing can come after `node` in its list. */
export function endsList(node: Node): boolean {
  return AIR_OPS[node.tag].ends || node.result === IP.noreturn_type;
}

/** What can be named at a place: results, and blocks and loops to go to. */
interface Scope {
  readonly visible: Set<number>;
  readonly enclosing: number[];
}

function mendList(model: UnitModel, list: Node[], types: ResultTypes, scope: Scope): boolean {
  const { visible, enclosing } = scope;
  const added: number[] = [];
  let ok = true;
  for (let at = 0; at < list.length && ok; at++) {
    const node = list[at]!;
    for (let n = 0; n < node.operands.length && ok; n++) {
      const operand = node.operands[n]!;
      if (!isNodeOperand(operand) || visible.has(operandNode(operand))) continue;
      const constant = lostOperand(model.pool, operand, types, model.navs);
      if (constant === null) ok = false;
      else node.operands[n] = constant;
    }
    ok &&= node.target < 0 || enclosing.includes(node.target);
    enclosing.push(node.id);
    ok &&= node.bodies.every((body) => mendList(model, body, types, scope));
    enclosing.pop();
    if (!visible.has(node.id)) {
      visible.add(node.id);
      added.push(node.id);
    }
    if (endsList(node)) list.length = at + 1;
  }
  // What a nested body makes is not visible behind it.
  for (const id of added) visible.delete(id);
  return ok;
}

function lostOperand(
  pool: InternPool,
  operand: Operand,
  types: ResultTypes,
  navs: readonly NavModel[],
): Operand | null {
  const ty = types.get(operandNode(operand));
  if (ty === undefined || pool.typeKind(ty) === TypeKind.fn) return null;
  const value = simplestValue(pool, ty, navs);
  return value === null ? null : valueOperand(value);
}
