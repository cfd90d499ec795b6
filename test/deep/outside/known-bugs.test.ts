/**
 * A sweep leaves out the cells that a known bug of the back end is about.
 */
import { expect, test } from '@jest/globals';
import { printUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import type { KnownBug } from '../../../harness/backend/known-bugs.ts';
import { generatorOf } from '../../../harness/case/generate.ts';

const WIDE: KnownBug = {
  id: 'wide',
  what: 'xor is wrong',
  shows: ['wrong'],
  where: [{ tags: ['xor'], operands: [{ bits: [1, 256] }] }],
  flags: [],
  text: '',
};

test('a sweep leaves the cells out', () => {
  const cells = (known: readonly KnownBug[]): Set<string> => {
    const settings = CORE_BACKEND.settings as unknown as Backend['settings'];
    const generate = generatorOf('sweep', ['xor', 'bit_or'], { settings, known });
    return new Set(Array.from({ length: 12 }, (_, n) => /= (xor|bit_or) /.exec(printUnit(generate(n).unit))![1]!));
  };
  expect([cells([]).has('xor'), cells([WIDE]).has('xor'), cells([WIDE]).has('bit_or')]).toEqual([true, false, true]);
});
