/**
 * Passes over the tree of bodies: blocks flattened, one arm instead of a branch, loops opened, switches thinned.
 *
 * Owns edits that move instructions between bodies. A body that takes the place of the instruction that owned it keeps the
 * ids of its nodes, so uses need no change.
 */
import type { AirTag } from '../../core/index.ts';
import { AIR_OPS, IP } from '../../core/index.ts';
import type { Candidate, ReducePass } from './candidate.ts';
import { edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import { functionsOf } from './case-model.ts';
import { replaceUses } from './body-passes.ts';
import type { Node } from './model.ts';
import { forEachList, forEachNode, makeNode, valueOperand } from './model.ts';

/** Calls `change` with the list that holds node `id` and its position; false when there is none. */
function atNode(
  copy: CaseModel,
  fn: number,
  id: number,
  change: (list: Node[], at: number, body: Node[]) => boolean,
): boolean {
  const body = copy.unit.navs[fn]!.body!;
  let found: { list: Node[]; at: number } | null = null as { list: Node[]; at: number } | null;
  forEachList(body, (list) => {
    const at = list.findIndex((node) => node.id === id);
    if (at >= 0) found = { list, at };
  });
  return found !== null && change(found.list, found.at, body);
}

function editNode(
  current: CaseModel,
  fn: number,
  id: number,
  change: (copy: CaseModel, list: Node[], at: number, body: Node[]) => boolean,
): Candidate {
  return edit(current, (copy) => atNode(copy, fn, id, (list, at, body) => change(copy, list, at, body)));
}

function* nodesOf(current: CaseModel): Generator<readonly [fn: number, node: Node]> {
  for (const { index, body } of functionsOf(current)) {
    const nodes: Node[] = [];
    forEachNode(body, (node) => nodes.push(node));
    for (const node of nodes) yield [index, node];
  }
}

const BRANCHES: ReadonlySet<AirTag> = new Set(['cond_br', 'switch_br', 'loop_switch_br']);

/** One arm in place of a branch; of a loop switch, one that does not enter it again. */
export const armsPass: ReducePass = {
  name: 'arms',
  *candidates(current) {
    for (const [fn, node] of nodesOf(current)) {
      if (!BRANCHES.has(node.tag)) continue;
      for (let arm = 0; arm < node.bodies.length; arm++) {
        yield editNode(current, fn, node.id, (_copy, list, at) => {
          list.splice(at, list.length - at, ...list[at]!.bodies[arm]!);
          return true;
        });
      }
    }
  },
};

/** A block replaced by its body, where its end is the only way out. */
export const flattenPass: ReducePass = {
  name: 'flatten',
  *candidates(current) {
    for (const [fn, node] of nodesOf(current)) {
      if (AIR_OPS[node.tag].opens !== 'block') continue;
      yield editNode(current, fn, node.id, (_copy, list, at, body) => flatten(list, at, body));
      yield editNode(current, fn, node.id, (_copy, list, at, body) => openBlock(list, at, body));
    }
  },
};

function flatten(list: Node[], at: number, body: readonly Node[]): boolean {
  const block = list[at]!;
  const inner = block.bodies[0]!;
  if (!leaves(inner, block.id)) {
    // Nothing comes back from the body, so nothing behind the block runs.
    list.splice(at, list.length - at, ...inner);
    return true;
  }
  const last = inner[inner.length - 1]!;
  if (last.tag !== 'br' || last.target !== block.id) return false;
  inner.pop();
  list.splice(at, 1, ...inner);
  replaceUses(body, block.id, last.operands[0] ?? valueOperand(IP.void_value));
  return !leaves(inner, block.id);
}

/** A block that is left once, from inside of a branch: its body takes its place, and what followed moves to the way out. */
function openBlock(list: Node[], at: number, body: readonly Node[]): boolean {
  const block = list[at]!;
  const inner = block.bodies[0]!;
  const exits: Node[][] = [];
  forEachList(inner, (l) => {
    const last = l[l.length - 1]!;
    if (last.tag === 'br' && last.target === block.id) exits.push(l);
  });
  // With one way out the code behind the block belongs there; with more it would have to be copied.
  if (exits.length !== 1 || exits[0] === inner) return false;
  const exit = exits[0]!;
  const out = exit.pop()!;
  const rest = list.slice(at + 1);
  exit.push(...rest);
  list.splice(at, list.length - at, ...inner);
  replaceUses(body, block.id, out.operands[0] ?? valueOperand(IP.void_value));
  return true;
}

function leaves(nodes: readonly Node[], block: number): boolean {
  let found = false;
  forEachNode(nodes, (node) => {
    if ((node.tag === 'br' || node.tag === 'repeat') && node.target === block) found = true;
  });
  return found;
}

/** A loop that runs its body once: no loop, and a trap where it would start again. So a loop switch becomes a plain one. */
export const loopsPass: ReducePass = {
  name: 'loops',
  *candidates(current) {
    for (const [fn, node] of nodesOf(current)) {
      if (node.tag === 'loop') {
        yield editNode(current, fn, node.id, (copy, list, at) => {
          const loop = list[at]!;
          trapInsteadOf(copy, loop, 'repeat');
          list.splice(at, list.length - at, ...loop.bodies[0]!);
          return true;
        });
      } else if (node.tag === 'loop_switch_br') {
        yield editNode(current, fn, node.id, (copy, list, at) => {
          const loop = list[at]!;
          trapInsteadOf(copy, loop, 'switch_dispatch');
          loop.tag = 'switch_br';
          return true;
        });
      }
    }
  },
};

/** Makes every `jump` to `loop` a trap. */
function trapInsteadOf(copy: CaseModel, loop: Node, jump: AirTag): void {
  for (const inner of loop.bodies) {
    forEachList(inner, (list) => {
      const last = list[list.length - 1]!;
      if (last.tag !== jump || last.target !== loop.id) return;
      list[list.length - 1] = makeNode(copy.unit, { tag: 'trap', result: IP.noreturn_type });
    });
  }
}

/** Fewer cases, items and ranges of a switch. */
export const switchPass: ReducePass = {
  name: 'switch cases',
  *candidates(current) {
    for (const [fn, node] of nodesOf(current)) {
      for (let c = 0; c < node.cases.length; c++) {
        yield editNode(current, fn, node.id, (_copy, list, at) => {
          list[at]!.cases.splice(c, 1);
          list[at]!.bodies.splice(c, 1);
          return true;
        });
        const { items, ranges } = node.cases[c]!;
        if (items.length + ranges.length < 2) continue;
        for (let n = 0; n < items.length; n++) {
          yield editNode(current, fn, node.id, (_copy, list, at) => {
            list[at]!.cases[c]!.items.splice(n, 1);
            return true;
          });
        }
        for (let n = 0; n < ranges.length; n++) {
          yield editNode(current, fn, node.id, (_copy, list, at) => {
            list[at]!.cases[c]!.ranges.splice(n, 1);
            return true;
          });
        }
      }
    }
  },
};
