/**
 * What is there for debuggers only: positions, and names of values and variables. Nothing that a program does may depend on it.
 */
import type { TagOfForm } from '../../core/index.ts';
import { Class, intInfo } from '../model/types.ts';
import type { Emitter } from './gen.ts';
import { listedPointer } from './places.ts';
import { rawSlot } from './slots.ts';

const utf8 = new TextEncoder();
const NAMES = ['x', 'self', 'a name with "quotes"', 'größe', '', '%0'].map((name) => utf8.encode(name));

/** `dbg_stmt`. */
export const positioning: Emitter = (g) => {
  g.b.add('dbg_stmt', g.b.length + 1, g.r.below(120));
  return true;
};

/** `dbg_empty_stmt`. */
export const emptyStatement: Emitter = (g) => {
  g.b.none('dbg_empty_stmt');
  return true;
};

/** The name of a value, which does not count as seen by it. */
export function naming(tag: Exclude<TagOfForm<'op_name'>, 'dbg_var_ptr'>): Emitter {
  return (g) => {
    if (g.scope.size === 0) return false;
    g.b.add(tag, g.scope.at(g.r.below(g.scope.size)).ref, g.r.pick(NAMES));
    return true;
  };
}

/** `dbg_var_ptr`, of a new variable where there is none. */
export const namingVariable: Emitter = (g) => {
  const pointer = listedPointer(g, Class.ptr, () => true) ?? rawSlot(g, intInfo(g.p.types, false, 32));
  g.b.add('dbg_var_ptr', pointer.ref, g.r.pick(NAMES));
  return true;
};
