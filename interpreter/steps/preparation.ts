/**
 * A function on its way from a body to prepared code, and what a step may ask of the run that it belongs to.
 *
 * Operands are resolved to places in the frame. Constants become values of the run and get places behind the results of
 * instructions, so that a step reads every operand alike. Knows no instruction: the handlers are given to it. The unit is
 * verified; an ill-typed one ends in InternalError.
 */
import type { Body } from '../../core/air/body/body.ts';
import type { InstIndex, InstSequence, Ref } from '../../core/air/body/ref.ts';
import { isInstRef, refInst, refValue } from '../../core/air/body/ref.ts';
import type { DescribedTag } from '../../core/air/schema/ops.ts';
import { resultTypes } from '../../core/air/typing/result-types.ts';
import { operandType } from '../../core/air/typing/rule.ts';
import type { PanicKind } from '../../core/air/panic.ts';
import type { Unit } from '../../core/air/unit.ts';
import type { InternPool } from '../../core/intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../core/intern/keys.ts';
import { isVector, laneType } from '../../core/intern/vectors.ts';
import { assert, InternalError } from '../../core/support/assert.ts';
import type { AddressSpace } from '../model/address-space.ts';
import type { Code, Frame, Sequence, Step } from '../model/frame.ts';
import type { MemoryObject } from '../model/memory-object.ts';
import type { Shape } from '../model/shapes.ts';
import { shapeOf } from '../model/shapes.ts';
import type { Value } from '../model/values.ts';

/** Prepares one instruction. */
export type Handler = (p: Preparation, inst: InstIndex) => Step;

/** The handler of each instruction that is described, as a total table. */
export type Meaning = Readonly<Record<DescribedTag, Handler>>;

/** Handlers by tag number; null for an instruction that is refused. */
export type HandlersByNumber = readonly (Handler | null)[];

/** What a step may ask of the run. */
export interface Run {
  readonly unit: Unit;
  readonly space: AddressSpace;
  /** Calls function `nav`, which is of this unit or the host's. */
  readonly call: (nav: NavIndex, args: readonly Value[]) => Value;
  /** Calls the panic function of the unit, if it has one, and ends the run. */
  readonly panic: (kind: PanicKind) => never;
  /** Executes a body and returns the signal that it ends with, never `NEXT`. */
  readonly execute: (sequence: Sequence, frame: Frame) => number;
  /** Charges for moving `size` bytes. */
  readonly charge: (size: number) => void;
  /** A new slot of the frame. */
  readonly slot: (frame: Frame, size: number, align: number) => MemoryObject;
}

/** The function in work, as handlers see it. */
export class Preparation {
  readonly machine: Run;
  readonly #handlers: HandlersByNumber;
  readonly pool: InternPool;
  readonly body: Body;
  readonly #nav: NavIndex;
  readonly #types: Uint32Array;
  readonly #values: Value[] = [];
  readonly #constants = new Map<IpIndex, number>();
  /** While a step on lanes is prepared: the place of a lane of each vector, by the place of the vector. */
  #lanes: Map<number, number> | null = null;

  constructor(machine: Run, handlers: HandlersByNumber, nav: NavIndex, body: Body) {
    this.machine = machine;
    this.#handlers = handlers;
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
        const handler = this.#handlers[this.body.tags[inst]!]!;
        assert(handler !== null, 'a refused instruction was let in');
        return handler(this, inst);
      }),
    };
  }

  /** Place of an operand in `Frame.values`. */
  operand(ref: Ref): number {
    const place = isInstRef(ref) ? refInst(ref) : this.constant(refValue(ref));
    if (this.#lanes === null || !isVector(this.pool, operandType(this.pool, this.#types, ref))) return place;
    let lane = this.#lanes.get(place);
    if (lane === undefined) {
      lane = this.#values.push(undefined) - 1;
      this.#lanes.set(place, lane);
    }
    return lane;
  }

  /** Prepares a step that sees vectors as scalars, each in a place of its own that takes one lane after the other. */
  inLanes(prepare: () => Step): { readonly step: Step; readonly vectors: ReadonlyMap<number, number> } {
    const vectors = new Map<number, number>();
    this.#lanes = vectors;
    const step = prepare();
    this.#lanes = null;
    return { step, vectors };
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
    const ty = operandType(this.pool, this.#types, ref);
    return this.#lanes === null ? ty : laneType(this.pool, ty);
  }

  /** Shape of a type. */
  shape(ty: IpIndex): Shape {
    return shapeOf(this.pool, this.#lanes === null ? ty : laneType(this.pool, ty));
  }

  /** Says that the unit is not verified. */
  illTyped(inst: InstIndex): never {
    throw new InternalError(`ill-typed ${this.body.tag(inst)} reached the interpreter`);
  }
}
