/**
 * One run of a unit: frames, calls, fuel, the trace; and the loop that executes prepared instructions.
 *
 * Owns all mutable state of a run except memory (address-space.ts). What an instruction does is in the steps that prepare.ts
 * makes. A halt leaves the frames as they are: the run is over, and the place of the halt is read from them.
 */
import type { InstIndex } from '../core/air/body/ref.ts';
import type { PanicKind } from '../core/air/panic.ts';
import { PANIC_CODE, panicFunction } from '../core/air/panic.ts';
import type { Nav, Unit } from '../core/air/unit.ts';
import { navAt } from '../core/air/unit.ts';
import type { NavIndex } from '../core/intern/keys.ts';
import { ptrSize } from '../core/intern/layout.ts';
import { assert, InternalError } from '../core/support/assert.ts';
import { AddressSpace } from './model/address-space.ts';
import { bitsFromScalar, scalarFromBits } from './model/encoding.ts';
import type { Code, Frame, Sequence } from './model/frame.ts';
import { NEXT, RETURN } from './model/frame.ts';
import { exhausted, Halt, trapped } from './model/halt.ts';
import { hostResult, observed } from './model/host.ts';
import type { Limits } from './model/limits.ts';
import type { MemoryObject } from './model/memory-object.ts';
import type { HostCall, Outcome } from './model/outcome.ts';
import type { Probe } from './model/probe.ts';
import { seen, seenBehind } from './model/probe.ts';
import { shapeOf } from './model/shapes.ts';
import type { Value } from './model/values.ts';
import { prepare } from './steps/prepare.ts';

/** One run of a unit. */
export class Machine {
  readonly unit: Unit;
  readonly space: AddressSpace;
  readonly trace: HostCall[] = [];
  /** Executed instructions. */
  steps = 0;
  /** Most bytes that the slots of all frames had at one time. */
  stackBytes = 0;
  readonly #limits: Limits;
  readonly #probe: Probe | null;
  readonly #codes: (Code | undefined)[] = [];
  /** Steps at which fuel runs out. */
  #lastStep: number;
  #frame: Frame | null = null;
  #depth = 0;
  #slotBytes = 0;
  /** Name of the function that was called from outside. */
  #entry = '';

  constructor(unit: Unit, limits: Limits, probe: Probe | null = null) {
    this.unit = unit;
    this.space = new AddressSpace(unit, limits.memoryBytes);
    this.#limits = limits;
    this.#probe = probe;
    this.#lastStep = limits.fuel;
  }

  /** Makes all data of the unit; null, or the outcome if memory does not suffice. */
  load(): Outcome | null {
    return this.#attempt(() => {
      this.unit.navs.forEach((nav, n) => {
        if (nav.init !== null) this.space.nav(n as NavIndex);
      });
      this.space.fill();
      return null;
    });
  }

  /** Calls function `nav` from outside. */
  enter(nav: NavIndex, args: readonly bigint[]): Outcome {
    const { name, ty } = navAt(this.unit, nav);
    const { pool } = this.unit;
    this.#entry = name;
    return this.#attempt(() => {
      const result = this.call(
        nav,
        args.map((bits, n) => scalarFromBits(shapeOf(pool, pool.fnParam(ty, n)), bits)),
      );
      const shape = shapeOf(pool, pool.fnReturn(ty));
      return { kind: 'returned', bits: shape.kind === 'none' ? null : bitsFromScalar(shape, result) };
    });
  }

  /** Calls function `nav`, which is of this unit or the host's. */
  call(nav: NavIndex, args: readonly Value[]): Value {
    const callee = navAt(this.unit, nav);
    if (callee.kind === 'extern_func') return this.#callHost(nav, callee, args);
    if (this.#depth >= this.#limits.callDepth) exhausted('stack');
    this.#depth++;
    const caller = this.#frame;
    let frame = this.#run(nav, args, caller);
    let result = frame.result;
    while (frame.tail !== null) {
      const next = frame.tail;
      const nextCallee = navAt(this.unit, next.nav);
      if (nextCallee.kind === 'extern_func') {
        result = this.#callHost(next.nav, nextCallee, next.args);
        break;
      }
      frame = this.#run(next.nav, next.args, caller);
      result = frame.result;
    }
    this.#depth--;
    return result;
  }

  /** Runs function `nav` of this unit in a frame of its own, which is gone afterwards. */
  #run(nav: NavIndex, args: readonly Value[], caller: Frame | null): Frame {
    const code = (this.#codes[nav] ??= prepare(this, nav));
    const values = code.values.slice();
    for (let n = 0; n < args.length; n++) values[n] = args[n];
    const frame: Frame = {
      code,
      values,
      caller,
      at: 0 as InstIndex,
      slots: null,
      place: null,
      bottom: null,
      trace: undefined,
      result: undefined,
      tail: null,
    };
    this.#frame = frame;
    const signal = this.execute(code.main, frame);
    assert(signal === RETURN, 'a function was left without a return');
    if (frame.slots !== null) for (const slot of frame.slots) this.#release(slot);
    this.#frame = caller;
    return frame;
  }

  /** Calls the panic function of the unit, if it has one, and ends the run. */
  panic(kind: PanicKind): never {
    const nav = panicFunction(this.unit);
    if (nav !== null) this.call(nav, [PANIC_CODE[kind]]);
    return trapped('unreachable');
  }

  /** Executes a body and returns the signal that it ends with, never `NEXT`. */
  execute({ insts, steps }: Sequence, frame: Frame): number {
    for (let n = 0; n < steps.length; n++) {
      if (this.steps >= this.#lastStep) exhausted('fuel');
      this.steps++;
      frame.at = insts[n]!;
      const signal = steps[n]!(frame);
      if (signal !== NEXT) return signal;
    }
    throw new InternalError('a body has no end');
  }

  /** Charges for moving `size` bytes. */
  charge(size: number): void {
    if (size < 64) return;
    this.#lastStep -= Math.floor(size / 64);
    if (this.steps > this.#lastStep) exhausted('fuel');
  }

  /** A new slot of the frame. */
  slot(frame: Frame, size: number, align: number): MemoryObject {
    const slot = this.space.newSlot(size, align);
    this.charge(size);
    (frame.slots ??= []).push(slot);
    this.#slotBytes += size;
    if (this.#slotBytes > this.stackBytes) this.stackBytes = this.#slotBytes;
    return slot;
  }

  #release(slot: MemoryObject): void {
    this.space.release(slot);
    this.#slotBytes -= slot.size;
  }

  #attempt<T>(action: () => T): T | Outcome {
    try {
      return action();
    } catch (error) {
      if (error instanceof Halt) {
        const { reason } = error;
        return reason.kind === 'illegal' ? { ...reason, where: this.#where() } : reason;
      }
      // The call depth allows for bodies of usual nesting; extreme nesting may meet the stack of the host first.
      if (error instanceof RangeError && error.message.includes('call stack')) {
        return { kind: 'exhausted', what: 'stack' };
      }
      throw error;
    }
  }

  #callHost(nav: NavIndex, callee: Nav, args: readonly Value[]): Value {
    const k = this.trace.length;
    const watched = this.#probe?.navs.get(nav);
    if (watched !== undefined) {
      const { pool } = this.unit;
      this.#probe!.saw({
        nav,
        args: args.map((arg, n) => seen(shapeOf(pool, pool.fnParam(callee.ty, n)), arg, ptrSize(pool))),
        behind: watched.behind === null ? null : seenBehind(args.at(-1), watched.behind),
        hostCalls: k,
      });
      return undefined;
    }
    this.trace.push(observed(this.unit, callee, args));
    return hostResult(this.unit, callee, k);
  }

  /** The instruction that is being executed: "@f %12 add". */
  #where(): string {
    if (this.#frame === null) return `@${this.#entry} result`;
    const { code, at } = this.#frame;
    const nav = navAt(this.unit, code.nav);
    return `@${nav.name} %${at} ${nav.body?.tag(at)}`;
  }
}
