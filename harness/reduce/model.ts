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
  Body,
  Brand,
  FormLayout,
  InstIndex,
  InstSequence,
  InternPool,
  IpIndex,
  MaskItem,
  Nav,
  NavIndex,
  Ref,
  SlotInput,
  Unit,
} from '../../core/index.ts';
import {
  BodyBuilder,
  instRef,
  InternalError,
  IP,
  isInstRef,
  LAYOUT_BY_NUMBER,
  maskItem,
  REF_NONE,
  refInst,
  refValue,
  resultTypes,
  TAG,
  unreachable,
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
  /** The numbers and words that the form holds, in the order of the text. */
  numbers: number[];
  /** Nav of forms that have one. */
  nav: NavIndex;
  /** Lanes of a shuffle. */
  mask: MaskItem[];
  /** UTF-8 bytes of a name. */
  name: Uint32Array;
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

/** Whether the form of `node` has a nav. */
export function hasNav(node: Node): boolean {
  return LAYOUT_BY_NUMBER[TAG[node.tag]]?.slots.some((slot) => slot.kind === 'nav') ?? false;
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
    mask: [...node.mask],
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

/** What a node holds that its form does not ask for; nothing in it is changed. */
const EMPTY = { ty: IP.void_type, nav: 0 as NavIndex, name: new Uint32Array(0), target: -1 } as const;

/** A node with the given fields and defaults for the rest; takes a fresh id of `model`. */
export function makeNode(
  model: UnitModel,
  fields: Pick<Node, 'tag' | 'result'> & Partial<Omit<Node, 'id' | 'tag' | 'result'>>,
): Node {
  return {
    ...EMPTY,
    operands: [],
    numbers: [],
    mask: [],
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
  const types = resultTypes(pool, body);
  const operandOf = (ref: number): Operand =>
    isInstRef(ref as Ref) ? nodeOperand(firstId + refInst(ref as Ref)) : valueOperand(refValue(ref as Ref));
  const decodeList = (insts: InstSequence): Node[] => Array.from(insts, decode);
  const decode = (inst: InstIndex): Node => {
    const { extra } = body;
    const node: Node = {
      ...EMPTY,
      id: firstId + inst,
      tag: body.tag(inst),
      result: types[inst]! as IpIndex,
      operands: [],
      numbers: [],
      mask: [],
      bodies: body.ownedBodies(inst).map(decodeList),
      cases: [],
    };
    const layout = LAYOUT_BY_NUMBER[body.tags[inst]!];
    if (!layout) return node;
    const payload = body.b[inst]!;
    let list = payload + layout.headLength;
    for (const { kind, place, offset } of layout.slots) {
      const word = place === 'a' ? body.a[inst]! : place === 'b' ? payload : extra[payload + offset]!;
      switch (kind) {
        case 'ref':
        case 'callee':
          node.operands.push(operandOf(word));
          break;
        case 'optional_ref':
          if ((word as Ref) !== REF_NONE) node.operands.push(operandOf(word));
          break;
        case 'type':
          node.ty = word as IpIndex;
          break;
        case 'number':
        case 'word':
          node.numbers.push(word);
          break;
        case 'nav':
          node.nav = word as NavIndex;
          break;
        case 'target':
          node.target = firstId + word;
          break;
        case 'refs':
          for (let n = 0; n < word; n++) node.operands.push(operandOf(extra[list + n]!));
          list += word;
          break;
        case 'mask':
          for (let n = 0; n < word; n++) node.mask.push(maskItem(extra[list + n]!));
          list += word;
          break;
        case 'name':
          node.name = extra.slice(list, list + word);
          list += word;
          break;
        case 'body':
          break;
        case 'cases':
          node.cases = body.switchOf(inst).cases.map((c) => ({
            items: c.items.map(operandOf),
            ranges: c.ranges.map(([lo, hi]) => [operandOf(lo), operandOf(hi)]),
          }));
          break;
        default:
          unreachable(kind, 'kind of slot');
      }
    }
    return node;
  };
  return decodeList(body.mainBody());
}

function encodeBody(nodes: readonly Node[]): Body {
  const builder = new BodyBuilder();
  const placed = new Map<number, InstIndex>();
  const refOf = (operand: Operand): Ref =>
    isNodeOperand(operand) ? instRef(placed.get(operandNode(operand))!) : valueRef(operandValue(operand));
  const encodeList = (list: readonly Node[]): void => list.forEach(encode);
  const encode = (node: Node): void => {
    placed.set(node.id, builder.length as InstIndex);
    const layout = LAYOUT_BY_NUMBER[TAG[node.tag]];
    if (!layout) throw new InternalError(`${node.tag} has no form`);
    builder.put(node.tag, inputsOf(node, layout));
  };
  const inputsOf = (node: Node, layout: FormLayout): SlotInput[] => {
    let operand = 0;
    let number = 0;
    const bodies = node.bodies.map((list) => (): void => encodeList(list));
    let arm = node.cases.length;
    return layout.slots.map(({ kind }): SlotInput => {
      switch (kind) {
        case 'ref':
        case 'callee':
          return refOf(node.operands[operand++]!);
        case 'optional_ref':
          return operand < node.operands.length ? refOf(node.operands[operand++]!) : REF_NONE;
        case 'type':
          return node.ty;
        case 'number':
        case 'word': {
          const word = node.numbers[number++];
          if (word === undefined) throw new InternalError(`a number of ${node.tag} is missing`);
          return word;
        }
        case 'nav':
          return node.nav;
        case 'target':
          return placed.get(node.target)!;
        case 'refs':
          return node.operands.slice(operand).map(refOf);
        case 'mask':
          return node.mask;
        case 'name':
          return Uint8Array.from(node.name);
        case 'body':
          return bodies[arm++]!;
        case 'cases':
          return node.cases.map(({ items, ranges }, n) => ({
            items: items.map(refOf),
            ranges: ranges.map(([lo, hi]) => [refOf(lo), refOf(hi)] as const),
            body: bodies[n]!,
          }));
        default:
          return unreachable(kind, 'kind of slot');
      }
    });
  };
  encodeList(nodes);
  return builder.finish();
}

/** Index of the nav called `name`, or -1. */
export function navByName(model: UnitModel, name: string): NavIndex {
  return model.navs.findIndex((entry) => entry.nav.name === name) as NavIndex;
}
