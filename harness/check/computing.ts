/**
 * Instructions that compute: what they make depends on their operands alone, without tables in memory and without calls.
 *
 * Owns the list. That one of them makes something wrong of right operands is no doing of a link.
 */
import type { Cause } from './bucket-id.ts';

/** Whether the instruction `tag` computes. */
export function computes(tag: string): boolean {
  return COMPUTES.test(tag);
}

/** Whether `cause` is an instruction that computes: none of those whose result depends on what memory holds. */
export function isComputed({ stage, name }: Cause): boolean {
  return stage === 'codegen' && (GROUPS.includes(name) || computes(name.split('-')[0]!));
}

/** Names that several such instructions share. */
const GROUPS: readonly string[] = ['cmp', 'saturate'];

const COMPUTES: RegExp =
  /^(?:(?:add|sub|mul|shl|shr)(?:_\w+)?|div_\w+|(?:rem|mod)(?:_optimized)?|max|min|abs|neg(?:_optimized)?|not|xor|bit_(?:and|or|reverse)|bool_(?:and|or)|byte_swap|c[lt]z|popcount|cmp_\w+|intcast(?:_safe)?|trunc|bitcast|fptrunc|fpext|int_from_float(?:_\w+)?|float_from_int|sqrt|floor|ceil|trunc_float|round|select|splat)$/;
