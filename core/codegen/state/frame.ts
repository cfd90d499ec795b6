/**
 * The stack frame of one function: static slots above the lowered stack pointer.
 *
 * Owns slot placement and the two locals that the prologue fills (caller's stack pointer, lowest address). Slots are never
 * reused, so that every by-reference temporary has a place of its own for the whole function; only room that was lent is. Knows
 * nothing of AIR.
 * A return may come before the first slot, when nobody can know whether the function will have a frame: it emits the code
 * that puts the stack pointer back, and {@link Frame.finish} takes that code and the locals out of a function without slots.
 */
import { STACK_ALIGN } from '../../intern/layout.ts';
import type { MirBuilder } from '../../mir/builder.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { alignForward, log2Exact } from '../../support/numeric.ts';
import { assert } from '../../support/assert.ts';
import { Rep } from './abi.ts';
import type { Locals } from './locals.ts';

/** The two locals of a frame. */
interface FrameLocals {
  /** Keeps the caller's stack pointer. */
  readonly saved: LocalIndex;
  /** Holds the lowest address of the frame; follows `saved`. */
  readonly bottom: LocalIndex;
}

/** The frame of one function. */
export class Frame {
  readonly #mir: MirBuilder;
  readonly #locals: Locals;
  #frameLocals: FrameLocals | null = null;
  #hasSlots = false;
  #size = 0;
  #align = STACK_ALIGN;
  #addressRep: Rep = Rep.i32;
  /** Room that was lent and is free again. */
  #free: { readonly offset: number; readonly size: number }[] = [];

  constructor(mir: MirBuilder, locals: Locals) {
    this.#mir = mir;
    this.#locals = locals;
  }

  /** Starts a function of a program whose addresses are `addressRep`. */
  reset(addressRep: Rep): void {
    this.#addressRep = addressRep;
    this.#frameLocals = null;
    this.#hasSlots = false;
    this.#size = 0;
    this.#align = STACK_ALIGN;
    this.#free = [];
  }

  /** Local that holds the lowest address of the frame, which must be needed. */
  get bottomLocal(): LocalIndex {
    const locals = this.#frameLocals;
    assert(this.#hasSlots && locals !== null, 'the address of a frame that is not needed');
    return locals.bottom;
  }

  /** Makes sure that there is a frame, whose lowest address is then in {@link bottomLocal}. */
  demand(): void {
    this.#reserve();
    this.#hasSlots = true;
  }

  /** A new slot of `size` bytes; returns its offset. */
  allocate(size: number, align: number): number {
    this.demand();
    const offset = alignForward(this.#size, align);
    this.#size = offset + size;
    this.#align = Math.max(this.#align, align);
    return offset;
  }

  /** Room of `size` bytes, aligned to 16, that no value denotes; until {@link takeBack} gets its offset. */
  lend(size: number): number {
    const n = this.#free.findIndex((one) => one.size === size);
    return n < 0 ? this.allocate(size, 16) : this.#free.splice(n, 1)[0]!.offset;
  }

  /** The code that uses the room of `size` bytes at `offset`, which was lent, is complete. */
  takeBack(offset: number, size: number): void {
    this.#free.push({ offset, size });
  }

  /** In front of a return: puts the caller's stack pointer back, if it turns out that the function changes it. */
  leave(): void {
    this.#mir.restoreSp(this.#reserve().saved);
  }

  /** The function is complete: declares the prologue, or takes out what only a function with a frame needs. */
  finish(): void {
    const locals = this.#frameLocals;
    if (locals === null) return;
    if (this.#hasSlots) {
      this.#mir.setPrologue({
        stackAlignLog2: log2Exact(this.#align),
        stackSize: this.#size,
        spLocal: locals.saved,
        bottomLocal: locals.bottom,
      });
    } else {
      this.#mir.dropRestores();
      this.#locals.drop(locals.saved, 2);
    }
  }

  #reserve(): FrameLocals {
    return (this.#frameLocals ??= {
      saved: this.#locals.append(this.#addressRep),
      bottom: this.#locals.append(this.#addressRep),
    });
  }
}
