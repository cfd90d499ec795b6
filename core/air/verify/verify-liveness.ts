/**
 * Checks a liveness result by walking the body forward with a set of living values: an independent oracle.
 *
 * Owns its own walk over bodies (through the accessors of Body) and its own sets; shares no code with
 * liveness.ts except the encoding of the result. The rules: an operand lives where it is used; a tomb kills a living
 * value; all ways to leave a block agree on what lives; every iteration of a loop begins with the same living values; and
 * arms of a branch start with what is listed as dead removed. A problem is a bug of ours, so it is text and not a
 * diagnostic.
 */
import { IP } from '../../intern/keys.ts';
import type { Body } from '../body/body.ts';
import type { InstIndex, InstSequence, Ref } from '../body/ref.ts';
import { isInstRef, refInst } from '../body/ref.ts';
import type { Liveness } from '../liveness/liveness.ts';
import { isUnused, operandDies } from '../liveness/liveness.ts';
import { forEachOperand } from '../body/operands.ts';
import { HAS_TARGET } from '../schema/layout.ts';
import { AIR_OPS } from '../schema/ops.ts';

/** First problem found in `liveness` of `body`, or null. */
export function verifyLiveness(body: Body, liveness: Liveness): string | null {
  const walk = new Walk(body, liveness);
  walk.body(body.mainBody(), new Set());
  return walk.problem;
}

class Walk {
  problem: string | null = null;
  readonly #body: Body;
  readonly #liveness: Liveness;
  /** What lives behind a block, known from the first br to it. */
  readonly #behind = new Map<InstIndex, ReadonlySet<InstIndex>>();
  /** What lives when an iteration of a loop begins. */
  readonly #begin = new Map<InstIndex, ReadonlySet<InstIndex>>();

  constructor(body: Body, liveness: Liveness) {
    this.#body = body;
    this.#liveness = liveness;
  }

  /** Walks one body; `alive` is changed on the way. */
  body(insts: InstSequence, alive: Set<InstIndex>): void {
    for (const inst of insts) {
      if (this.problem !== null) return;
      this.#inst(inst, alive);
      // Behind a block that no reachable br leaves there is dead code, which nobody lowers.
      if (AIR_OPS[this.#body.tag(inst)].opens === 'block' && !this.#behind.has(inst)) return;
    }
  }

  #fail(inst: InstIndex, what: string): void {
    this.problem ??= `%${String(inst)} ${this.#body.tag(inst)}: ${what}`;
  }

  #inst(inst: InstIndex, alive: Set<InstIndex>): void {
    const tag = this.#body.tag(inst);
    const unused = isUnused(this.#liveness, inst);
    const { mustLower, opens } = AIR_OPS[tag];
    if (unused && !mustLower) {
      forEachOperand(this.#body, inst, this.#countingVisitor(inst, alive, true));
      return;
    }
    if (opens === 'block') {
      this.#block(inst, alive);
    } else if (opens === 'loop') {
      this.#begin.set(inst, new Set(alive));
      this.body(this.#body.blockBody(inst), alive);
    } else {
      this.#operands(inst, alive);
      if (HAS_TARGET[this.#body.tags[inst]!] === 1) this.#arrive(inst, alive);
      else if (this.#body.ownedBodies(inst).length > 0) this.#branch(inst, alive);
    }
    if (this.problem !== null) return;
    if (!unused) {
      if (alive.has(inst)) this.#fail(inst, 'lives before it is born');
      alive.add(inst);
    }
  }

  #lists(inst: InstIndex): [number, Uint32Array] {
    return [this.#liveness.special[inst]!, this.#liveness.extra];
  }

  #operands(inst: InstIndex, alive: Set<InstIndex>): void {
    forEachOperand(this.#body, inst, this.#countingVisitor(inst, alive, false));
  }

  /** Visits operands in order: each must live, and dies if its tomb says so; a dropped instruction has no tombs. */
  #countingVisitor(inst: InstIndex, alive: Set<InstIndex>, dropped: boolean): (ref: Ref) => void {
    let k = 0;
    return (ref) => {
      const position = k++;
      if (dropped) {
        if (position < 3 && operandDies(this.#liveness, inst, position)) this.#fail(inst, 'a dropped use kills');
        return;
      }
      const dies = operandDies(this.#liveness, inst, position);
      if (!isInstRef(ref)) {
        if (dies) this.#fail(inst, `constant operand ${String(position)} dies`);
        return;
      }
      const value = refInst(ref);
      if (!alive.has(value)) this.#fail(inst, `operand ${String(position)} (%${String(value)}) is dead`);
      else if (dies) alive.delete(value);
    };
  }

  #block(inst: InstIndex, alive: Set<InstIndex>): void {
    const inside = new Set(alive);
    this.body(this.#body.blockBody(inst), inside);
    if (this.problem !== null) return;
    const behind = this.#behind.get(inst);
    if (this.#body.ty(inst) === IP.noreturn_type) {
      if (behind !== undefined) this.#fail(inst, 'a noreturn block is left');
      return;
    }
    if (behind === undefined) return;
    const [list, extra] = this.#lists(inst);
    this.#bury(inst, extra.subarray(list + 1, list + 1 + extra[list]!), alive);
    if (!equal(behind, alive)) this.#fail(inst, 'its deaths do not fit what lives at its br');
  }

  /** Each way on starts without what is listed as dead there; what follows the instruction is the last way, if it goes on. */
  #branch(inst: InstIndex, alive: Set<InstIndex>): void {
    const bodies = this.#body.ownedBodies(inst);
    const { opens, ends } = AIR_OPS[this.#body.tag(inst)];
    if (opens === 'switch') this.#begin.set(inst, new Set(alive));
    const [lists, extra] = this.#lists(inst);
    let at = lists + 1;
    bodies.forEach((body, n) => {
      const count = ends && n === bodies.length - 1 ? extra[lists]! : extra[at++]!;
      this.#arm(inst, body, extra.subarray(at, at + count), alive);
      at += count;
    });
    if (!ends) this.#bury(inst, extra.subarray(at, at + extra[lists]!), alive);
  }

  #arm(inst: InstIndex, body: InstSequence, deaths: Uint32Array, alive: ReadonlySet<InstIndex>): void {
    const inside = new Set(alive);
    this.#bury(inst, deaths, inside);
    this.body(body, inside);
  }

  #bury(inst: InstIndex, deaths: Uint32Array, alive: Set<InstIndex>): void {
    for (const value of deaths) {
      if (!alive.delete(value as InstIndex)) this.#fail(inst, `%${String(value)} is listed as a death but is dead`);
    }
  }

  /** At a jump: the first arrival decides what lives at the target, the others must agree. */
  #arrive(inst: InstIndex, alive: ReadonlySet<InstIndex>): void {
    const target = this.#body.target(inst);
    const known = AIR_OPS[this.#body.tag(target)].opens === 'block' ? this.#behind : this.#begin;
    const expected = known.get(target);
    if (expected === undefined) known.set(target, new Set(alive));
    else if (!equal(expected, alive)) this.#fail(inst, `another set of values lives at %${String(target)}`);
  }
}

function equal(a: ReadonlySet<InstIndex>, b: ReadonlySet<InstIndex>): boolean {
  if (a.size !== b.size) return false;
  for (const value of a) if (!b.has(value)) return false;
  return true;
}
