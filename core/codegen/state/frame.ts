/**
 * The stack frame of one function: static slots above the lowered stack pointer.
 *
 * Owns slot placement and the two locals that the prologue fills (caller's stack pointer, lowest address). Slots are never
 * reused, so that every by-reference temporary has a place of its own for the whole function. Knows nothing of AIR.
 * Invariant: once the two locals exist the function has a prologue, even if no slot follows.
 */
import { STACK_ALIGN } from '../../intern/layout.ts';
import type { Prologue } from '../../mir/mir.ts';
import { NO_FRAME } from '../../mir/mir.ts';
import { alignForward, log2Exact } from '../../support/numeric.ts';
import { Rep } from './abi.ts';
import type { Locals } from './locals.ts';

const ABSENT = -1;

/** See the file header. */
export class Frame {
  readonly #locals: Locals;
  #savedLocal = ABSENT;
  #bottomLocal = ABSENT;
  #size = 0;
  #align = STACK_ALIGN;
  #addressRep: Rep = Rep.i32;

  constructor(locals: Locals) {
    this.#locals = locals;
  }

  /** Starts a function of a program whose addresses are `addressRep`. */
  reset(addressRep: Rep): void {
    this.#addressRep = addressRep;
    this.#savedLocal = ABSENT;
    this.#bottomLocal = ABSENT;
    this.#size = 0;
    this.#align = STACK_ALIGN;
  }

  /** Whether the function has a frame by now. */
  get exists(): boolean {
    return this.#savedLocal !== ABSENT;
  }

  /** Local that keeps the caller's stack pointer. */
  get savedLocal(): number {
    return this.#savedLocal;
  }

  /** Local that holds the lowest address of the frame. */
  get bottomLocal(): number {
    return this.#bottomLocal;
  }

  /** Makes sure that the function has a frame. */
  require(): void {
    if (this.exists) return;
    this.#savedLocal = this.#locals.append(this.#addressRep);
    this.#bottomLocal = this.#locals.append(this.#addressRep);
  }

  /** A new slot of `size` bytes; returns its offset. */
  allocate(size: number, align: number): number {
    this.require();
    const offset = alignForward(this.#size, align);
    this.#size = offset + size;
    this.#align = Math.max(this.#align, align);
    return offset;
  }

  /** The prologue that makes the frame. */
  prologue(): Prologue {
    if (!this.exists) return NO_FRAME;
    return {
      stackAlignLog2: log2Exact(this.#align),
      stackSize: this.#size,
      spLocal: this.#savedLocal,
      bottomLocal: this.#bottomLocal,
    };
  }
}
