/**
 * From a function body to prepared code: one step per instruction, operands resolved to places in the frame.
 *
 * Done once per function and run, at its first call. Constants become values of the run and get places behind the results of
 * instructions, so that a step reads every operand alike. The unit is verified; an ill-typed one ends in InternalError.
 */
import type { Body } from '../../core/air/body/body.ts';
import type { InstIndex, InstSequence, Ref } from '../../core/air/body/ref.ts';
import { isInstRef, refInst, refValue } from '../../core/air/body/ref.ts';
import { resultTypes } from '../../core/air/typing/result-types.ts';
import { operandType } from '../../core/air/typing/rule.ts';
import { navAt } from '../../core/air/unit.ts';
import type { InternPool } from '../../core/intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../core/intern/keys.ts';
import { assert, InternalError } from '../../core/support/assert.ts';
import type { Code, Sequence, Step } from '../model/frame.ts';
import type { Machine } from '../machine.ts';
import { HANDLER_BY_NUMBER } from './meaning.ts';
import type { Shape } from '../model/shapes.ts';
import { shapeOf } from '../model/shapes.ts';
import type { Value } from '../model/values.ts';

/** Prepares one instruction. */
export type Handler = (p: Preparation, inst: InstIndex) => Step;

/** Prepares function `nav` of the unit of `machine`. */
export function prepare(machine: Machine, nav: NavIndex): Code {
  const { body, ty } = navAt(machine.unit, nav);
  assert(body !== null, 'a function without body is prepared');
  for (let n = 0; n < machine.unit.pool.fnParamCount(ty); n++) {
    assert(
      body.tag(n as InstIndex) === 'arg' && body.number(n as InstIndex) === n,
      'arguments are not the first instructions',
    );
  }
  return new Preparation(machine, nav, body).code();
}

/** The function in work, as handlers see it. */
export class Preparation {
  readonly machine: Machine;
  readonly pool: InternPool;
  readonly body: Body;
  readonly #nav: NavIndex;
  readonly #types: Uint32Array;
  readonly #values: Value[] = [];
  readonly #constants = new Map<IpIndex, number>();

  constructor(machine: Machine, nav: NavIndex, body: Body) {
    this.machine = machine;
    this.pool = machine.unit.pool;
    this.body = body;
    this.#nav = nav;
    this.#types = resultTypes(this.pool, body);
    for (let n = 0; n < body.length; n++) this.#values.push(undefined);
  }

  /** The whole function. */
  code(): Code {
    return { main: this.sequence(this.body.mainBody()), nav: this.#nav, values: this.#values };
  }

  /** A body. */
  sequence(list: InstSequence): Sequence {
    const insts = Array.from(list);
    return {
      insts,
      steps: insts.map((inst) => {
        const handler = HANDLER_BY_NUMBER[this.body.tags[inst]!]!;
        assert(handler !== null, 'a refused instruction was let in');
        return handler(this, inst);
      }),
    };
  }

  /** Place of an operand in `Frame.values`. */
  operand(ref: Ref): number {
    if (isInstRef(ref)) return refInst(ref);
    return this.constant(refValue(ref));
  }

  /** Place of a constant in `Frame.values`. */
  constant(ip: IpIndex): number {
    let place = this.#constants.get(ip);
    if (place === undefined) {
      place = this.#values.push(this.machine.space.constant(ip)) - 1;
      this.#constants.set(ip, place);
    }
    return place;
  }

  /** Type of an operand. */
  typeOf(ref: Ref): IpIndex {
    return operandType(this.pool, this.#types, ref);
  }

  /** Shape of a type. */
  shape(ty: IpIndex): Shape {
    return shapeOf(this.pool, ty);
  }

  /** Says that the unit is not verified. */
  illTyped(inst: InstIndex): never {
    throw new InternalError(`ill-typed ${this.body.tag(inst)} reached the interpreter`);
  }
}
