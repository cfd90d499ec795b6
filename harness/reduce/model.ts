/**
 * A unit in the form that reduction edits: per function a tree of instruction nodes, with operands by node id.
 *
 * Owns decoding from and encoding to `Body`. A node keeps its id through every edit, so an edit never renumbers what it
 * does not touch; encoding numbers the instructions anew in text order. Knows nothing of cases, checks or passes.
 * Invariant: `encodeUnit(decodeUnit(u))` prints as `u` does. Edits may leave operands that name a node which is gone or
 * does not dominate; mend.ts repairs those before encoding.
 */
import type {
  AirTag,
  Brand,
  InstIndex,
  InstSequence,
  IpIndex,
  Nav,
  NavIndex,
  OpForm,
  Ref,
  Unit,
} from '../../core/index.ts';
import type { Body, InternPool } from '../../core/index.ts';
import {
  AIR_OPS,
  BodyBuilder,
  instRef,
  IP,
  isInstRef,
  REF_NONE,
  refInst,
  refValue,
  TAG,
  valueRef,
} from '../../core/index.ts';

/** Operand of a node: an interned value (>= 0), or the complement of the id of the node that makes it (< 0). */
export type Operand = Brand<number, 'ReduceOperand'>;

/** Operand that is interned value `ip`. */
export function valueOperand(ip: IpIndex): Operand {
  return ip as number as Operand;
}

/** Operand that is the result of node `id`. */
export function nodeOperand(id: number): Operand {
  return ~id as Operand;
}

/** Whether `operand` is the result of a node. */
export function isNodeOperand(operand: Operand): boolean {
  return operand < 0;
}

/** Id of the node that makes `operand`. */
export function operandNode(operand: Operand): number {
  return ~operand;
}

/** Interned value of an operand that is not the result of a node. */
export function operandValue(operand: Operand): IpIndex {
  return operand as number as IpIndex;
}

/** Items and inclusive ranges of one case of a switch; its body is the body of the same index. */
export interface CaseItems {
  items: Operand[];
  ranges: [lo: Operand, hi: Operand][];
}

/** One instruction. */
export interface Node {
  readonly id: number;
  tag: AirTag;
  /** Type word of forms that have one, else `void`. */
  ty: IpIndex;
  /** Type of the result. */
  result: IpIndex;
  /** Operands in the order of `Body.forEachOperand`; a br without value has none. */
  operands: Operand[];
  /** Field or parameter number, nav, or line and column: whatever numbers the form holds. */
  numbers: [number, number];
  /** Id of the block or loop that a br or repeat goes to, else -1. */
  target: number;
  /** Owned bodies in text order. */
  bodies: Node[][];
  /** Cases of a switch, one for each body but the last (else) one. */
  cases: CaseItems[];
}

/** A nav, with its body as a tree. */
export interface NavModel {
  nav: Nav;
  body: Node[] | null;
}

/** A whole unit. */
export interface UnitModel {
  readonly pool: InternPool;
  navs: NavModel[];
  /** Next free node id; ids are unique in the unit. */
  nextId: number;
}

/** Operand form of a tag. */
export function formOf(tag: AirTag): OpForm {
  return AIR_OPS[tag].form;
}

/** Decodes a unit. */
export function decodeUnit(unit: Unit): UnitModel {
  const model: UnitModel = { pool: unit.pool, navs: [], nextId: 0 };
  for (const nav of unit.navs) {
    const body = nav.body === null ? null : decodeBody(unit.pool, nav.body, model.nextId);
    model.navs.push({ nav, body });
    model.nextId += nav.body?.length ?? 0;
  }
  return model;
}

/** Copy that shares nothing that an edit may change. */
export function cloneModel(model: UnitModel): UnitModel {
  return {
    pool: model.pool,
    navs: model.navs.map(({ nav, body }) => ({ nav, body: body === null ? null : cloneNodes(body) })),
    nextId: model.nextId,
  };
}

/** Copy of a list of nodes, ids kept. */
export function cloneNodes(nodes: readonly Node[]): Node[] {
  return nodes.map((node) => ({
    ...node,
    operands: [...node.operands],
    numbers: [...node.numbers],
    bodies: node.bodies.length === 0 ? [] : node.bodies.map(cloneNodes),
    cases: node.cases.length === 0 ? [] : node.cases.map(cloneItems),
  }));
}

function cloneItems(items: CaseItems): CaseItems {
  return { items: [...items.items], ranges: items.ranges.map(([lo, hi]) => [lo, hi]) };
}

/** Encodes a unit. */
export function encodeUnit(model: UnitModel): Unit {
  return {
    pool: model.pool,
    navs: model.navs.map(({ nav, body }) => (body === null ? nav : { ...nav, body: encodeBody(body) })),
  };
}

/** A node with the given fields and defaults for the rest; takes a fresh id of `model`. */
export function makeNode(
  model: UnitModel,
  fields: Pick<Node, 'tag' | 'result'> & Partial<Omit<Node, 'id' | 'tag' | 'result'>>,
): Node {
  return {
    ty: IP.void_type,
    operands: [],
    numbers: [0, 0],
    target: -1,
    bodies: [],
    cases: [],
    ...fields,
    id: model.nextId++,
  };
}

/** Calls `visit` for each node of `nodes` and of the bodies that they own, in text order. */
export function forEachNode(
  nodes: readonly Node[],
  visit: (node: Node, list: readonly Node[], at: number) => void,
): void {
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    visit(node, nodes, at);
    for (const body of node.bodies) forEachNode(body, visit);
  }
}

/** Calls `visit` for the list `body` and for every list below it, outer ones first. */
export function forEachList(body: Node[], visit: (list: Node[]) => void): void {
  visit(body);
  for (const node of body) for (const inner of node.bodies) forEachList(inner, visit);
}

/** Number of instructions in `nodes` and below. */
export function countNodes(nodes: readonly Node[]): number {
  let count = nodes.length;
  for (const node of nodes) for (const body of node.bodies) count += countNodes(body);
  return count;
}

function decodeBody(pool: InternPool, body: Body, firstId: number): Node[] {
  const operandOf = (ref: Ref): Operand =>
    isInstRef(ref) ? nodeOperand(firstId + refInst(ref)) : valueOperand(refValue(ref));
  const decodeList = (insts: InstSequence): Node[] => Array.from(insts, decode);
  const decode = (inst: InstIndex): Node => {
    const form = body.form(inst);
    const operands: Operand[] = [];
    // The order of the payload (a, b, then word c) is the order of `forEachOperand`.
    body.forEachOperand(inst, (ref) => operands.push(operandOf(ref)));
    const node: Node = {
      id: firstId + inst,
      tag: body.tag(inst),
      ty: hasTypeWord(form) ? body.ty(inst) : IP.void_type,
      result: body.typeOfInst(pool, inst),
      operands,
      numbers: numbersOf(body, inst, form),
      target: form === 'br' || form === 'repeat' ? firstId + body.target(inst) : -1,
      bodies: [],
      cases: [],
    };
    if (form === 'switch_br') {
      const decoded = body.switchOf(inst);
      node.cases = decoded.cases.map((c) => ({
        items: c.items.map(operandOf),
        ranges: c.ranges.map(([lo, hi]) => [operandOf(lo), operandOf(hi)]),
      }));
    }
    node.bodies = body.ownedBodies(inst).map(decodeList);
    return node;
  };
  return decodeList(body.mainBody());
}

function hasTypeWord(form: OpForm): boolean {
  return form === 'ty' || form === 'arg' || form === 'ty_nav' || form === 'ty_op' || form.startsWith('ty_pl_');
}

function numbersOf(body: Body, inst: InstIndex, form: OpForm): [number, number] {
  switch (form) {
    case 'arg':
    case 'ty_nav':
      return [body.b[inst]!, 0];
    case 'ty_pl_field':
      return [body.fieldIndex(inst), 0];
    case 'dbg_stmt':
      return [body.a[inst]!, body.b[inst]!];
    default:
      return [0, 0];
  }
}

function encodeBody(nodes: readonly Node[]): Body {
  const builder = new BodyBuilder();
  const placed = new Map<number, InstIndex>();
  const refOf = (operand: Operand): Ref =>
    isNodeOperand(operand) ? instRef(placed.get(operandNode(operand))!) : valueRef(operandValue(operand));
  const encodeList = (list: readonly Node[]): void => list.forEach(encode);
  const encode = (node: Node): void => {
    placed.set(node.id, builder.length as InstIndex);
    const refs = node.operands.map(refOf);
    const [a, b, c] = refs as [Ref, Ref, Ref];
    switch (formOf(node.tag)) {
      case 'no_op':
        builder.raw(node.tag, 0, 0);
        return;
      case 'un_op':
        builder.raw(node.tag, a, 0);
        return;
      case 'bin_op':
        builder.raw(node.tag, a, b);
        return;
      case 'ty':
        builder.raw(node.tag, node.ty, 0);
        return;
      case 'arg':
      case 'ty_nav':
        builder.raw(node.tag, node.ty, node.numbers[0]);
        return;
      case 'ty_op':
        builder.raw(node.tag, node.ty, a);
        return;
      case 'ty_pl_bin':
        builder.tyBin(node.tag as 'ptr_add', node.ty, a, b);
        return;
      case 'pl_op_bin':
        builder.opBin(node.tag as 'mul_add', a, b, c);
        return;
      case 'ty_pl_field':
        builder.field(node.tag as 'struct_field_ptr', node.ty, a, node.numbers[0]);
        return;
      case 'ty_pl_elems':
        builder.aggregate(node.ty, refs);
        return;
      case 'ty_pl_body': {
        const inner = (): void => encodeList(node.bodies[0]!);
        if (node.tag === 'loop') builder.loop(node.ty, inner);
        else builder.block(node.ty, inner);
        return;
      }
      case 'br':
        builder.raw(node.tag, placed.get(node.target)!, refs.length === 0 ? REF_NONE : a);
        return;
      case 'repeat':
        builder.raw(node.tag, placed.get(node.target)!, 0);
        return;
      case 'cond_br':
        builder.condBr(
          a,
          () => encodeList(node.bodies[0]!),
          () => encodeList(node.bodies[1]!),
        );
        return;
      case 'switch_br':
        builder.switchBr(
          a,
          node.cases.map((items, n) => ({
            items: items.items.map(refOf),
            ranges: items.ranges.map(([lo, hi]) => [refOf(lo), refOf(hi)]),
            body: () => encodeList(node.bodies[n]!),
          })),
          () => encodeList(node.bodies[node.bodies.length - 1]!),
        );
        return;
      case 'call':
        builder.call(a, refs.slice(1), node.tag as 'call');
        return;
      case 'dbg_stmt':
        builder.dbgStmt(node.numbers[0], node.numbers[1]);
        return;
      case 'other':
        builder.raw(node.tag, 0, 0);
        return;
    }
  };
  encodeList(nodes);
  return builder.finish();
}

/** Whether instruction `tag` exists; lets passes name tags that a build may lack. */
export function isTag(tag: string): tag is AirTag {
  return tag in TAG;
}

/** Index of the nav called `name`, or -1. */
export function navByName(model: UnitModel, name: string): NavIndex {
  return model.navs.findIndex((entry) => entry.nav.name === name) as NavIndex;
}
