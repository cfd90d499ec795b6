/** A constant in place of an instruction. */
import { expect, test } from '@jest/globals';
import type { InstIndex, NavIndex } from '../../../core/index.ts';
import { parseUnit, printUnit } from '../../../core/index.ts';
import { withValue } from '../../../harness/explain/with-value.ts';

const TEXT = `export fn @run(i8, bool) i8 {
  %0 = arg i8 0
  %1 = arg bool 1
  %2 = add_wrap %0, i8 1
  %3 = cmp_eq %0, %2
  cond_br %3 {
    ret %2
  } else {
    %7 = mul_wrap %2, %2
    ret %7
  }
}
`;

function rewritten(inst: number, bits: bigint): string | null {
  const parsed = parseUnit(TEXT);
  if (!parsed.ok) throw new Error('the text is no unit');
  const unit = withValue(parsed.unit, 0 as NavIndex, inst as InstIndex, bits);
  return unit === null ? null : printUnit(unit);
}

test('a number takes the place of each use, by its pattern', () => {
  const text = rewritten(2, 0xffn)!;
  expect(text).not.toContain('add_wrap');
  expect(text.match(/i8 -1/g)).toHaveLength(4);
});

test('a truth value, and an instruction inside of another', () => {
  expect(rewritten(3, 1n)).toContain('cond_br bool true');
  const inner = /mul_wrap/;
  const index = TEXT.split('\n').findIndex((line) => inner.test(line));
  expect(index).toBeGreaterThan(0);
  expect([4, 5, 6, 7, 8].map((inst) => rewritten(inst, 3n)).filter((text) => text?.includes('ret i8 3'))).toHaveLength(
    1,
  );
});

test('what makes no number, or more than one, stays', () => {
  expect(rewritten(4, 0n)).toBeNull();
  expect(rewritten(99, 0n)).toBeNull();
});
