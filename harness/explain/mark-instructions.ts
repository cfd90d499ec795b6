/**
 * Puts a position in front of every instruction of a function, so that what it compiles to tells which instruction it comes from.
 *
 * The positions are no lines of a file: line {@link markedInstruction}, column {@link MARK}. Code does not depend on positions, which
 * who uses this checks.
 */
import type { AirTag, InstIndex, NavIndex, Unit } from '../../core/index.ts';
import { IP } from '../../core/index.ts';
import type { Node, UnitModel } from '../reduce/model.ts';
import { decodeUnit, encodeUnit, makeNode } from '../reduce/model.ts';

/** The column of a position that is put there: no program has so long a line. */
const MARK = 0x7fff_fffe;

/** The instruction in front of which the position `line`, `column` was put; null: it is one of the program. */
export function markedInstruction(line: number, column: number): InstIndex | null {
  return column === MARK ? ((line - 1) as InstIndex) : null;
}

/** Alone in an arm, one of them may become part of the instruction that owns the arm. */
const JUMPS: ReadonlySet<AirTag> = new Set(['br', 'repeat']);

/**
 * `unit` with a position in front of each instruction of function `nav`, but not of arguments and of what is lowered with the instruction
 * before it: a return behind a tail call, a jump that is a whole arm.
 */
export function markInstructions(unit: Unit, nav: NavIndex): Unit {
  const model = decodeUnit(unit);
  const first = unit.navs.slice(0, nav).reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
  const entry = model.navs[nav]!;
  if (entry.body !== null) entry.body = marked(model, entry.body, first);
  return encodeUnit(model);
}

function marked(model: UnitModel, nodes: readonly Node[], first: number): Node[] {
  return nodes.flatMap((node, at) => {
    node.bodies = node.bodies.map((body) => marked(model, body, first));
    const isPart = nodes[at - 1]?.tag === 'call_always_tail' || (nodes.length === 1 && JUMPS.has(node.tag));
    if (node.tag === 'arg' || isPart) return [node];
    const numbers = [node.id - first + 1, MARK];
    return [makeNode(model, { tag: 'dbg_stmt', result: IP.void_type, numbers }), node];
  });
}
