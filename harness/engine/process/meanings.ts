/**
 * What engines say when wasm stops or a module is refused, as outcomes: a table for each family.
 *
 * The first row that fits counts. A text that is in no row is a trap of kind `host`, which differs from all others, so that a missing
 * row shows. test/deep/outside/engines.test.ts makes each engine stop in every way that wasm has.
 */
import type { TrapKind } from '../../../interpreter/model/outcome.ts';
import { messageClass } from '../../model/message-class.ts';
import { rejectionClass } from '../v8/rejection-class.ts';
import type { ErrorMeaning } from './exchange.ts';

/** Texts, as `Name: message`, and what they mean. */
export interface ErrorTable {
  readonly traps: readonly (readonly [text: RegExp, kind: TrapKind, also?: TrapKind])[];
  readonly stack: RegExp;
  readonly memory: RegExp;
  /** The engine cannot do it, and says so. */
  readonly lacks?: RegExp;
  /** The class of a refusal. */
  readonly rejection: (message: string) => string;
}

const plain = (message: string): string => messageClass(message.replace(/^\w+: /, ''));

export const V8_ERRORS: ErrorTable = {
  traps: [
    [/^RuntimeError: unreachable/, 'unreachable'],
    [/^RuntimeError: memory access out of bounds|unaligned access/, 'memory_out_of_bounds'],
    [/^RuntimeError: (divide|remainder) by zero/, 'division_by_zero'],
    [/^RuntimeError: divide result unrepresentable/, 'integer_overflow'],
    [/^RuntimeError: float unrepresentable/, 'invalid_conversion'],
    [
      /^RuntimeError: (table (index|access)|null function|(indirect call |function )signature mismatch)/,
      'indirect_call',
    ],
  ],
  stack: /^RangeError: .*call stack/i,
  memory: /^RangeError: .*memory/i,
  rejection: (message) => rejectionClass(message.replace(/^\w+: /, '')),
};

export const JSC_ERRORS: ErrorTable = {
  traps: [
    [/Unreachable code should not be executed/, 'unreachable'],
    [/Out of bounds (memory|table|data) access|[Uu]naligned|memory\.(copy|fill|init)/, 'memory_out_of_bounds'],
    [/Division by zero/i, 'division_by_zero'],
    [/Integer (division )?overflow/i, 'integer_overflow'],
    [/Out of bounds Trunc operation/, 'invalid_conversion'],
    [/call_indirect/, 'indirect_call'],
  ],
  stack: /call stack size exceeded/i,
  memory: /Out of memory/i,
  rejection: plain,
};

export const SPIDERMONKEY_ERRORS: ErrorTable = {
  traps: [
    [/unreachable executed/, 'unreachable'],
    [/indirect call (to null|signature mismatch)/, 'indirect_call'],
    // Of a table and of a memory.
    [/index out of bounds/, 'memory_out_of_bounds', 'indirect_call'],
    [/unaligned memory access/, 'memory_out_of_bounds'],
    [/integer divide by zero/, 'division_by_zero'],
    [/integer overflow/, 'integer_overflow'],
    [/invalid conversion to integer|truncat/, 'invalid_conversion'],
  ],
  stack: /too much recursion/,
  memory: /out of memory|too large/i,
  rejection: plain,
};

export const WASMTIME_ERRORS: ErrorTable = {
  traps: [
    [/unreachable/i, 'unreachable'],
    [/out of bounds memory access|unaligned|misaligned/, 'memory_out_of_bounds'],
    [/integer divide by zero/, 'division_by_zero'],
    [/integer overflow/, 'integer_overflow'],
    [/invalid conversion to integer/, 'invalid_conversion'],
    [/undefined element|uninitialized element|indirect call type mismatch/, 'indirect_call'],
  ],
  stack: /call stack exhausted/,
  memory: /failed to (allocate|reserve|create) memory|mmap failed/i,
  lacks: /unsupported|not (yet )?(supported|implemented)/i,
  rejection: plain,
};

export const WAZERO_ERRORS: ErrorTable = {
  traps: [
    [/unreachable/, 'unreachable'],
    [/out of bounds memory access|unaligned atomic/, 'memory_out_of_bounds'],
    [/integer divide by zero/, 'division_by_zero'],
    [/integer overflow/, 'integer_overflow'],
    [/invalid conversion to integer/, 'invalid_conversion'],
    [/invalid table access|indirect call type mismatch/, 'indirect_call'],
  ],
  stack: /stack overflow/,
  memory: /cannot allocate memory|mmap.*failed/i,
  rejection: plain,
};

export const WASMI_ERRORS: ErrorTable = {
  traps: [
    [/unreachable/, 'unreachable'],
    [/out of bounds memory access/, 'memory_out_of_bounds'],
    [/integer divide by zero/, 'division_by_zero'],
    [/integer overflow/, 'integer_overflow'],
    [/invalid conversion to integer/, 'invalid_conversion'],
    [/undefined element|uninitialized element|indirect call type mismatch/, 'indirect_call'],
  ],
  stack: /call stack exhausted/,
  memory: /out of system memory/,
  rejection: plain,
};

/** Understands the errors of an engine with `table`. */
export function meaningsOf(table: ErrorTable) {
  return (error: string, phase: 'compile' | 'instantiate' | 'call'): ErrorMeaning | null => {
    if (table.lacks?.test(error) === true && phase !== 'call') return { kind: 'lacks' };
    if (table.stack.test(error)) return { kind: 'exhausted', what: 'stack' };
    if (phase === 'call') {
      const [, trap, also] = table.traps.find(([text]) => text.test(error)) ?? [];
      if (trap !== undefined) return { kind: 'trapped', trap, ...(also !== undefined && { also: [also] }) };
    }
    if (table.memory.test(error)) return { kind: 'exhausted', what: 'memory' };
    return phase === 'call' ? null : { kind: 'rejected', message: table.rejection(error) };
  };
}
