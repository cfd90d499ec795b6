/**
 * What V8 says when wasm stops, as trap kinds.
 *
 * Owns the table of V8's messages, of V8 11.3 to 14.6 (Node 20 to 26; test/nodes/ asks them all). An error that is in no class is
 * not a trap: the caller throws it on.
 */
import type { TrapKind } from '../../../interpreter/model/outcome.ts';
import type { EngineOutcome } from '../door.ts';

/** Start of the message -> kind. */
const TRAPS: readonly (readonly [start: string, kind: TrapKind])[] = [
  ['unreachable', 'unreachable'],
  ['memory access out of bounds', 'memory_out_of_bounds'],
  ['operation does not support unaligned accesses', 'memory_out_of_bounds'],
  ['divide by zero', 'division_by_zero'],
  ['remainder by zero', 'division_by_zero'],
  ['divide result unrepresentable', 'integer_overflow'],
  ['float unrepresentable in integer range', 'invalid_conversion'],
  ['table index is out of bounds', 'indirect_call'],
  ['table access out of bounds', 'indirect_call'],
  ['null function or function signature mismatch', 'indirect_call'],
  // V8 14 says this of an empty slot too.
  ['function signature mismatch', 'indirect_call'],
  ['indirect call signature mismatch', 'indirect_call'],
];

/** Outcome that a thrown `error` stands for, or null if it is no outcome of wasm at all. */
export function outcomeOfError(error: unknown): EngineOutcome | null {
  if (!isErrorLike(error)) return null;
  if (error.name === 'RangeError' && error.message.includes('call stack')) return { kind: 'exhausted', what: 'stack' };
  if (error.name === 'RangeError' && /memory/i.test(error.message)) return { kind: 'exhausted', what: 'memory' };
  if (error.name !== 'RuntimeError') return null;
  const known = TRAPS.find(([start]) => error.message.startsWith(start));
  return { kind: 'trapped', trap: known?.[1] ?? 'host' };
}

/** Errors of another realm are no instances of ours. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && 'name' in error;
}
