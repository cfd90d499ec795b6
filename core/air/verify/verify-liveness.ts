/**
 * Checks a liveness result by walking the body forward with a set of living values: an independent oracle.
 *
 * Owns its own reading of operands and bodies (through the accessors of Body) and its own sets; shares no code with
 * liveness.ts except the encoding of the result. The rules: an operand lives where it is used; a tomb kills a living
 * value; all ways to leave a block agree on what lives; every iteration of a loop begins with the same living values; and
 * arms of a branch start with what is listed as dead removed. A problem is a bug of ours, so it is text and not a
 * diagnostic.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import { IP } from '../../intern/keys.ts';
import type { Body, InstIndex, InstSequence, Ref } from '../body/body.ts';
import { isInstRef, refInst } from '../body/body.ts';
import type { Liveness } from '../liveness/liveness.ts';
import { isUnused, operandDies } from '../liveness/liveness.ts';
import { AIR_OPS } from '../schema/ops.ts';

/** First problem found in `liveness` of `body`, or null. */
export function verifyLiveness(pool: InternPool, body: Body, liveness: Liveness): string | null {
  const walk = new Walk(pool, body, liveness);
  walk.body(body.mainBody(), new Set());
  return walk.problem;
}

class Walk {
  problem: string | null = null;
  readonly #pool: InternPool;
  readonly #body: Body;
  readonly #liveness: Liveness;
  /** What lives behind a block, known from the first br to it. */
  readonly #behind = new Map<InstIndex, ReadonlySet<InstIndex>>();
  /** What lives when an iteration of a loop begins. */
  readonly #begin = new Map<InstIndex, ReadonlySet<InstIndex>>();

  constructor(pool: InternPool, body: Body, liveness: Liveness) {
    this.#pool = pool;
    this.#body = body;
    this.#liveness = liveness;
  }

  /** Walks one body; `alive` is changed on the way. */
  body(insts: InstSequence, alive: Set<InstIndex>): void {
    for (const inst of insts) {
      if (this.problem !== null) return;
      this.#inst(inst, alive);
      // Behind a block that no reachable br leaves there is dead code, which nobody lowers.
      if (this.#body.tag(inst) === 'block' && !this.#behind.has(inst)) return;
    }
  }

  #fail(inst: InstIndex, what: string): void {
    this.problem ??= `%${String(inst)} ${this.#body.tag(inst)}: ${what}`;
  }

  #inst(inst: InstIndex, alive: Set<InstIndex>): void {
    const tag = this.#body.tag(inst);
    const unused = isUnused(this.#liveness, inst);
    if (unused && !AIR_OPS[tag].mustLower) {
      this.#body.forEachOperand(inst, this.#countingVisitor(inst, alive, true));
      return;
    }
    switch (tag) {
      case 'block':
        this.#block(inst, alive);
        break;
      case 'loop':
        this.#begin.set(inst, new Set(alive));
        this.body(this.#body.blockBody(inst), alive);
        break;
      case 'br':
        this.#operands(inst, alive);
        this.#arrive(inst, this.#behind, alive);
        break;
      case 'repeat':
        this.#arrive(inst, this.#begin, alive);
        break;
      case 'cond_br': {
        this.#operands(inst, alive);
        const [lists, extra] = this.#lists(inst);
        const thenDeaths = extra.subarray(lists + 2, lists + 2 + extra[lists]!);
        const elseAt = lists + 2 + extra[lists]!;
        this.#arm(inst, this.#body.thenBody(inst), thenDeaths, alive);
        this.#arm(inst, this.#body.elseBody(inst), extra.subarray(elseAt, elseAt + extra[lists + 1]!), alive);
        break;
      }
      case 'switch_br':
        this.#switch(inst, alive);
        break;
      default:
        this.#operands(inst, alive);
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
    this.#body.forEachOperand(inst, this.#countingVisitor(inst, alive, false));
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
    if (this.#body.typeOfInst(this.#pool, inst) === IP.noreturn_type) {
      if (behind !== undefined) this.#fail(inst, 'a noreturn block is left');
      return;
    }
    if (behind === undefined) return;
    const [list, extra] = this.#lists(inst);
    this.#bury(inst, extra.subarray(list + 1, list + 1 + extra[list]!), alive);
    if (!equal(behind, alive)) this.#fail(inst, 'its deaths do not fit what lives at its br');
  }

  #switch(inst: InstIndex, alive: Set<InstIndex>): void {
    this.#operands(inst, alive);
    const decoded = this.#body.switchOf(inst);
    const [lists, extra] = this.#lists(inst);
    let at = lists + 1;
    for (const oneCase of decoded.cases) {
      const count = extra[at++]!;
      this.#arm(inst, oneCase.body, extra.subarray(at, at + count), alive);
      at += count;
    }
    this.#arm(inst, decoded.elseBody, extra.subarray(at, at + extra[lists]!), alive);
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

  /** At a br or repeat: the first arrival decides what lives at the target, the others must agree. */
  #arrive(inst: InstIndex, known: Map<InstIndex, ReadonlySet<InstIndex>>, alive: ReadonlySet<InstIndex>): void {
    const target = this.#body.target(inst);
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
