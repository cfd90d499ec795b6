/**
 * Which bodies give names to values or variables: each of these is a scope of its own to a debugger.
 */
import type { Body } from '../../air/body/body.ts';
import { TAG } from '../../air/schema/ops.ts';

/** 1 for each tag that gives a name. */
const NAMES = new Uint8Array(256);
for (const tag of [TAG.dbg_var_ptr, TAG.dbg_var_val, TAG.dbg_arg_inline]) NAMES[tag] = 1;

/** Whether any instruction of a function gives a name. */
export function givesNames({ tags, length }: Body): boolean {
  for (let i = 0; i < length; i++) if (NAMES[tags[i]!] === 1) return true;
  return false;
}

/** Whether the body of `count` instructions at `extra[start]` gives one, not only those inside of it. */
export function bodyGivesNames({ tags, extra }: Body, start: number, count: number): boolean {
  for (let k = 0; k < count; k++) if (NAMES[tags[extra[start + k]!]!] === 1) return true;
  return false;
}
