/**
 * What a failed check of a checked operation does in the reference interpreter.
 */
import { expect, test } from '@jest/globals';
import { parseUnit } from '../../core/index.ts';
import { interpret } from '../../interpreter/interpret.ts';

const PROGRAM = `
export fn @sum(i8, i8) i8 {
  %0 = arg i8 0
  %1 = arg i8 1
  %2 = add_safe %0, %1
  ret %2
}
export fn @narrow(i16) u8 {
  %0 = arg i16 0
  %1 = intcast_safe u8 %0
  ret %1
}
`;

function run(declaration: string, fn: string, ...args: readonly bigint[]) {
  const parsed = parseUnit(declaration + PROGRAM);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  const { outcomes, trace } = interpret(parsed.unit, [{ fn, args }]);
  return { outcome: outcomes[0], trace };
}

const PANIC = 'extern fn @panic(u32) void\n';
const trapped = { kind: 'trapped', trap: 'unreachable' };

test('a failed check calls the panic function with its kind and traps', () => {
  expect(run(PANIC, 'sum', 127n, 1n)).toEqual({ outcome: trapped, trace: [{ name: 'panic', args: [1n] }] });
  expect(run(PANIC, 'narrow', 256n)).toEqual({ outcome: trapped, trace: [{ name: 'panic', args: [2n] }] });
});

test('a result that fits does not', () => {
  expect(run(PANIC, 'sum', 126n, 1n)).toEqual({ outcome: { kind: 'returned', bits: 127n }, trace: [] });
  expect(run(PANIC, 'narrow', 255n)).toEqual({ outcome: { kind: 'returned', bits: 255n }, trace: [] });
});

test('without a function of that name and type there is the trap only', () => {
  expect(run('', 'sum', 127n, 1n)).toEqual({ outcome: trapped, trace: [] });
  expect(run('extern fn @panic(u64) void\n', 'sum', 127n, 1n)).toEqual({ outcome: trapped, trace: [] });
});
