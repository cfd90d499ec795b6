/**
 * From a function to prepared code: one step per instruction.
 *
 * Done once per function and run, at its first call.
 */
import type { InstIndex } from '../../core/air/body/ref.ts';
import { navAt } from '../../core/air/unit.ts';
import type { NavIndex } from '../../core/intern/keys.ts';
import { assert } from '../../core/support/assert.ts';
import type { Code } from '../model/frame.ts';
import { HANDLER_BY_NUMBER } from './meaning.ts';
import type { Run } from './preparation.ts';
import { Preparation } from './preparation.ts';

/** Prepares function `nav` of the unit of `run`. */
export function prepare(run: Run, nav: NavIndex): Code {
  const { body, ty } = navAt(run.unit, nav);
  assert(body !== null, 'a function without body is prepared');
  for (let n = 0; n < run.unit.pool.fnParamCount(ty); n++) {
    const inst = n as InstIndex;
    assert(body.tag(inst) === 'arg' && body.number(inst) === n, 'arguments are not the first instructions');
  }
  return new Preparation(run, HANDLER_BY_NUMBER, nav, body).code();
}
