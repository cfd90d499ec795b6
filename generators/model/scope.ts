/**
 * The values that are in scope at one point of a body: what operands are picked from.
 *
 * Owns the value records and the lists by type and class. Scopes nest as bodies do: what a body defines is forgotten at its
 * end. Invariant: every listed value dominates the point of insertion, is defined, and (pointers) points to initialised,
 * live memory as its fact says.
 */
import type { Ref } from '../../core/index.ts';
import type { TypeInfo } from './types.ts';
import { Class, isDataPointer } from './types.ts';

/** What is known of where a pointer or slice points. */
export interface Fact {
  /** Points into a nav or unnamed constant: may be stored in memory and returned. */
  readonly isStatic: boolean;
  /** Identity of the object; {@link UNKNOWN_OBJECT} or {@link OUTER_OBJECT} if it is not known here. */
  readonly object: number;
  /** Elements that may be used from here on (many), or the least length (slice). */
  readonly ahead: number;
  /** Greatest length (slice). */
  readonly most: number;
  /** Elements that lie before (many). */
  readonly behind: number;
}

/** Some object, perhaps one of this frame. */
export const UNKNOWN_OBJECT = 0;
/** Some object that is not of this frame: from a parameter, a result or memory. */
export const OUTER_OBJECT = -1;

/** Elements that every `[*]T` in memory, parameters and results can be relied on to have ahead. */
export const MANY_AHEAD = 3;

/** A pointer of which only the convention of its type is known. */
function conventionFact(isStatic: boolean, object: number, ahead: number): Fact {
  return { isStatic, object, ahead, most: Infinity, behind: 0 };
}

const CONVENTIONS = [0, MANY_AHEAD].map((ahead) => ({
  memory: conventionFact(true, OUTER_OBJECT, ahead),
  parameter: conventionFact(false, OUTER_OBJECT, ahead),
  merged: conventionFact(false, UNKNOWN_OBJECT, ahead),
}));

/**
 * What holds for a pointer or slice of type `info` that was read from `memory` (or came back from a call), is a
 * `parameter`, or is yielded by a block (`merged`): null for other types.
 */
export function factByConvention(info: TypeInfo, origin: 'memory' | 'parameter' | 'merged'): Fact | null {
  if (!isDataPointer(info.cls)) return null;
  return CONVENTIONS[info.cls === Class.many ? 1 : 0]![origin];
}

/** One operand: the result of an instruction, or a constant. */
export interface Value {
  readonly ref: Ref;
  readonly info: TypeInfo;
  /** Bounds of an integer or of a float that is known to be finite; -Infinity..Infinity for a float that may be NaN. */
  readonly low: number;
  readonly high: number;
  readonly fact: Fact | null;
  /** Some instruction uses it. */
  used: boolean;
}

/** Record of a value that is not registered in a scope: constants, and results that others must not see. */
export function unlisted(ref: Ref, info: TypeInfo, low: number, high: number, fact: Fact | null = null): Value {
  return { ref, info, low, high, fact, used: false };
}

const NONE: readonly Value[] = [];

/** The values in scope of one function. */
export class Scope {
  readonly #values: Value[] = [];
  /** By `TypeInfo.at`. */
  readonly #byType: (Value[] | undefined)[] = [];
  readonly #byClass: Value[][] = Array.from({ length: 18 }, () => []);

  /** Number of values in scope; also the mark for {@link leave}. */
  get size(): number {
    return this.#values.length;
  }

  /** Value `n` in order of definition. */
  at(n: number): Value {
    return this.#values[n]!;
  }

  /** Values of one type, oldest first. */
  ofType(info: TypeInfo): readonly Value[] {
    return this.#byType[info.at] ?? NONE;
  }

  /** Values of one class, oldest first. */
  ofClass(cls: number): readonly Value[] {
    return this.#byClass[cls]!;
  }

  /** Adds a value to the innermost body. */
  add(value: Value): void {
    this.#values.push(value);
    (this.#byType[value.info.at] ??= []).push(value);
    this.#byClass[value.info.cls]!.push(value);
  }

  /** Forgets what was added since the scope had `mark` values. */
  leave(mark: number): void {
    while (this.#values.length > mark) {
      const value = this.#values.pop()!;
      this.#byType[value.info.at]!.pop();
      this.#byClass[value.info.cls]!.pop();
    }
  }
}
