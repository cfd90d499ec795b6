/** `--only-ops` where a profile goes through cells: what leaves none is refused, and the message says which and what there is. */
import { describe, expect, test } from '@jest/globals';
import type { AirTag } from '../../../core/index.ts';
import type { KnownBug } from '../../../harness/backend/known-bugs.ts';
import { requireCells } from '../../../harness/cli/only-ops.ts';

const XOR_IS_WRONG: KnownBug = {
  id: 'xor',
  what: '',
  shows: ['wrong'],
  where: [{ tags: ['xor'] }],
  flags: [],
  text: '',
};
const CLZ_IS_WRONG: KnownBug = {
  ...XOR_IS_WRONG,
  id: 'clz',
  where: [{ tags: ['clz'], operands: [{ bits: [65, 128] }] }],
};

describe('a name without a cell', () => {
  test.each([
    ['sweep', ['load', 'xor'], 'load has no cell in the profile sweep; there are cells of add, '],
    ['sweep', ['sin', 'store'], 'sin, store have no cell in the profile sweep; there are cells of add, '],
    ['math-sweep', ['xor'], 'xor has no cell in the profile math-sweep; there are cells of sin, '],
  ])('is refused (%s: %j)', (profile, names, message) => {
    expect(() => requireCells(profile, names)).toThrow(message);
  });

  test('is none of a profile that draws its instructions', () => {
    expect(() => requireCells('default', ['load'])).not.toThrow();
  });
});

describe('of cells that a back end leaves', () => {
  const backend = {
    name: 'example',
    known: [XOR_IS_WRONG, CLZ_IS_WRONG],
    supports: { tag: (tag: AirTag) => tag !== 'shl' },
  };

  test.each([[['xor']], [['shl']], [['xor', 'shl']]])('none is refused (%j)', (names) => {
    expect(() => requireCells('sweep', names, backend)).toThrow(
      `--only-ops: no cell of ${names.join(', ')} is left: the back end example`,
    );
    expect(() => requireCells('sweep', names, backend)).toThrow(/there are cells of add, (?!.*\b(xor|shl)\b)/);
  });

  test.each([[['clz']], [['xor', 'bit_or']]])('some are enough (%j)', (names) => {
    expect(() => requireCells('sweep', names, backend)).not.toThrow();
  });
});
