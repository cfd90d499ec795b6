/** What of a reference run is compared with a back end that lays some variables out in a way of its own. */
import { expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { observable } from '../../../harness/check/observable.ts';
import { comparableBits } from '../../../harness/source/zig/zig-layout.ts';
import { interpret } from '../../../interpreter/interpret.ts';

const UNIT = (() => {
  const parsed = parseUnit(`export fn @f() void {
  ret void {}
}

export var @sorted: struct { u8, i60 } = .{ 0, 1 }
export var @plain: u32 = 1
export var @first: *u8 = &@sorted
export var @whole: *u32 = &@plain
export var @code: *const fn() void = &@f
`);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.unit;
})();
const RUN = interpret(UNIT, [{ fn: 'f', args: [] }]);

/** Kinds of the pointers in each variable that is compared, by its name. */
function pointersOf(run: typeof RUN): Record<string, string[]> {
  return Object.fromEntries(
    [...run.memory].map(([nav, { pointers }]) => [
      UNIT.navs[nav]!.name,
      [...pointers.values()].map(({ kind }) => kind),
    ]),
  );
}

test('everything, for a back end with the layout of AIR', () => {
  expect(observable(RUN, UNIT, CORE_BACKEND)).toBe(RUN);
  expect(pointersOf(RUN)).toEqual({ sorted: [], plain: [], first: ['nav'], whole: ['nav'], code: ['function'] });
});

test('no pointer into a variable whose fields lie elsewhere, the first one included', () => {
  const run = observable(RUN, UNIT, { ...CORE_BACKEND, comparable: comparableBits });
  expect(pointersOf(run)).toEqual({ plain: [], first: ['dangling'], whole: ['nav'], code: ['function'] });
});

test.each([
  ['with the layout of AIR', undefined, { sorted: [], plain: [], first: ['nav'], whole: ['nav'], code: ['dangling'] }],
  ['with one of its own', comparableBits, { plain: [], first: ['dangling'], whole: ['nav'], code: ['dangling'] }],
])('no pointer to a function, for a compiler %s that merges equal ones', (_what, comparable, expected) => {
  const run = observable(RUN, UNIT, { ...CORE_BACKEND, mergesFunctions: true, ...(comparable && { comparable }) });
  expect(pointersOf(run)).toEqual(expected);
});
