/**
 * A program with one instruction on vectors taken apart: the same instruction on each lane, and a vector made of the results.
 *
 * Owns the rewriting. By the rules of AIR the new program does the same, so a mistake in the operation on a lane still shows in it,
 * and a mistake in the loop over the lanes does not. Runs nothing.
 */
import type { AirTag, InstIndex, IpIndex, NavIndex, Unit } from '../../core/index.ts';
import { COMPARISONS, IP, TypeKind, verifyUnit } from '../../core/index.ts';
import type { Node, Operand, UnitModel } from '../reduce/model.ts';
import {
  decodeUnit,
  encodeUnit,
  forEachList,
  forEachNode,
  isNodeOperand,
  makeNode,
  nodeOperand,
  operandNode,
  operandValue,
  valueOperand,
} from '../reduce/model.ts';

/** A program with the lanes of an instruction taken apart. */
export interface ByLanes {
  readonly unit: Unit;
  /** Tag of the instruction on each lane. */
  readonly tag: AirTag;
}

/** `unit` with instruction `inst` of `nav` taken apart; null if it does not work lane by lane. */
export function byLanes(unit: Unit, nav: NavIndex, inst: InstIndex): ByLanes | null {
  const model = decodeUnit(unit);
  const { body } = model.navs[nav]!;
  if (body === null) return null;
  const nodes = new Map<number, Node>();
  forEachNode(body, (node) => nodes.set(node.id, node));
  const id = Math.min(...nodes.keys()) + inst;
  const node = nodes.get(id)!;
  const { pool } = unit;
  const isVector = (ty: IpIndex): boolean => pool.typeKind(ty) === TypeKind.vector;
  if (!isVector(node.result) || node.bodies.length > 0) return null;
  const tag = tagOfLanes(node);
  const typeOf = (operand: Operand): IpIndex =>
    isNodeOperand(operand) ? nodes.get(operandNode(operand))!.result : pool.typeOf(operandValue(operand));
  if (tag === null || !node.operands.some((operand) => isVector(typeOf(operand)))) return null;

  const apart: Node[] = [];
  const result = pool.childType(node.result);
  const lanes: Operand[] = [];
  for (let n = 0; n < pool.arrayLen(node.result); n++) {
    const operands = node.operands.map((operand) => {
      const ty = typeOf(operand);
      return isVector(ty) ? lane(model, apart, operand, pool.childType(ty), n) : operand;
    });
    const made = makeNode(model, { tag, result, operands, ty: node.ty === node.result ? result : node.ty });
    apart.push(made);
    lanes.push(nodeOperand(made.id));
  }
  const whole = makeNode(model, { tag: 'aggregate_init', result: node.result, ty: node.result, operands: lanes });
  apart.push({ ...whole, id });
  forEachList(body, (list) => {
    const at = list.indexOf(node);
    if (at >= 0) list.splice(at, 1, ...apart);
  });
  const rewritten = encodeUnit(model);
  return verifyUnit(rewritten).length > 0 ? null : { unit: rewritten, tag };
}

/** Tag of what `node` does to each lane; null if it does not work lane by lane. */
function tagOfLanes({ tag, numbers }: Node): AirTag | null {
  switch (tag) {
    case 'cmp_vector':
      return `cmp_${COMPARISONS[numbers[0]!]!}`;
    case 'cmp_vector_optimized':
      return `cmp_${COMPARISONS[numbers[0]!]!}_optimized`;
    case 'aggregate_init':
    case 'bitcast':
    case 'load':
    case 'select':
    case 'shuffle_one':
    case 'shuffle_two':
    case 'splat':
      return null;
    default:
      return tag;
  }
}

function lane(model: UnitModel, apart: Node[], operand: Operand, ty: IpIndex, n: number): Operand {
  const index = valueOperand(model.pool.int(IP.usize_type, BigInt(n)));
  const node = makeNode(model, { tag: 'array_elem_val', result: ty, operands: [operand, index] });
  apart.push(node);
  return nodeOperand(node.id);
}
