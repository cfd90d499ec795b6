/**
 * The stack that routines of the runtime library take, beside what the frames of a program take.
 *
 * Bounds with a reserve: the deepest of the elementary functions, a logarithm, takes 864 bytes with all that it calls, the deepest of all others
 * 208 (test/core/runtime/routine-stack.test.ts measures them).
 */
import type { Unit } from '../air/unit.ts';
import { TAG } from '../air/schema/ops.ts';

/** Bytes that any routine may take. */
const ROUTINE = 256;

/** Bytes that an elementary function may take. */
const ELEMENTARY_ROUTINE = 1024;

const ELEMENTARY: ReadonlySet<number> = new Set([
  TAG.sin,
  TAG.cos,
  TAG.tan,
  TAG.exp,
  TAG.exp2,
  TAG.log,
  TAG.log2,
  TAG.log10,
]);

/** Bytes of stack that the routines which the code of `unit` may call take at most. */
export function routineStack({ navs }: Unit): number {
  const isElementary = navs.some(({ body }) => body?.tags.subarray(0, body.length).some((tag) => ELEMENTARY.has(tag)));
  return isElementary ? ELEMENTARY_ROUTINE : ROUTINE;
}
