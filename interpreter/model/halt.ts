/**
 * How a run ends early, and what is refused before it starts: the exceptions of the interpreter.
 *
 * A `Halt` is thrown where the meaning says that a run stops and is caught by machine.ts only, which adds the place. The two
 * other errors leave `interpret`. None of them says that the interpreter itself is wrong; InternalError does.
 */
import type { IllegalKind, TrapKind } from './outcome.ts';

/** Why a run stops, without its place. */
export type HaltReason =
  | { readonly kind: 'illegal'; readonly what: IllegalKind }
  | { readonly kind: 'trapped'; readonly trap: TrapKind }
  | { readonly kind: 'exhausted'; readonly what: 'fuel' | 'stack' | 'memory' };

/** Unwinds a run. */
export class Halt extends Error {
  override readonly name = 'Halt';
  readonly reason: HaltReason;

  constructor(reason: HaltReason) {
    super(reason.kind);
    this.reason = reason;
  }
}

/** Ends the run: the program did something that it must not do. */
export function illegal(what: IllegalKind): never {
  throw new Halt({ kind: 'illegal', what });
}

/** Ends the run with a trap. */
export function trapped(trap: TrapKind): never {
  throw new Halt({ kind: 'trapped', trap });
}

/** Ends the run because a limit of {@link Limits} is exceeded. */
export function exhausted(what: 'fuel' | 'stack' | 'memory'): never {
  throw new Halt({ kind: 'exhausted', what });
}

/** Something in a unit that this version gives no meaning to (docs/air.md section 7); thrown before anything is run. */
export class UnsupportedInstruction extends Error {
  override readonly name = 'UnsupportedInstruction';
  /** Name of the nav that holds it. */
  readonly nav: string;
  /** Number of the instruction in its function, or null if it is the declaration itself. */
  readonly inst: number | null;
  /** Tag of the instruction, or the construct in words. */
  readonly what: string;

  constructor(nav: string, inst: number | null, what: string) {
    super(`@${nav}${inst === null ? '' : ` %${inst}`}: ${what} is not supported by the interpreter`);
    this.nav = nav;
    this.inst = inst;
    this.what = what;
  }
}

/** A call input that does not fit its unit: no such exported function, wrong number of arguments, not a scalar function. */
export class BadCallInput extends Error {
  override readonly name = 'BadCallInput';
}
