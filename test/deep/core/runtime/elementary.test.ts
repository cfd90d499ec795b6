/** As test/core/runtime/elementary.test.ts, of all turns, of many more numbers, and of every f16. */
import { expect, test } from '@jest/globals';
import { elementary } from '../../../../interpreter/model/elementary.ts';
import { isNan, SOFT_FORMATS } from '../../../../interpreter/model/soft-float.ts';
import { elementaryModule, FORMATS, NAMES } from '../../../core/runtime/elementary.ts';
import { randomPattern, randoms, turnsOf } from '../../../interpreter/elementary-inputs.ts';

const ask = elementaryModule();

/** Operands that have a wrong result. */
function wrongOf(bits: (typeof FORMATS)[number], operands: (name: string) => Iterable<bigint>): readonly string[] {
  const t = SOFT_FORMATS[bits];
  return NAMES.flatMap((name) =>
    [...operands(name)].flatMap((x) => {
      const [own, exact] = [ask(name, bits, x), elementary(name, t, x)];
      return own === exact || (isNan(t, own) && isNan(t, exact)) ? [] : [`${name} ${x.toString(16)}`];
    }),
  );
}

test.each(FORMATS)('f%i: where functions turn, and at random', (bits) => {
  const t = SOFT_FORMATS[bits];
  const random = randoms(BigInt(bits + 1));
  const many = Array.from({ length: 700 }, (_, n) => randomPattern(t, random, n));
  expect(wrongOf(bits, () => [...turnsOf(t), ...many])).toEqual([]);
});

test('every fourth f16', () => {
  const patterns = (name: string): bigint[] =>
    Array.from({ length: 2 ** 14 }, (_, n) => BigInt(4 * n + (name.length % 4)));
  expect(wrongOf(16, patterns)).toEqual([]);
});
