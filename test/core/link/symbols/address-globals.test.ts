/** Globals that hold addresses, as position-independent code wants them. */
import { describe, expect, test } from '@jest/globals';
import type { HandObject } from '../hand-object.ts';
import { constantBody, F, I32, K, P5 } from '../hand-object.ts';
import { expectLinked, run } from '../hand-program.ts';
import { link } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];

describe('position-independent code', () => {
  test('finds addresses in globals', () => {
    const object: HandObject = {
      types: TYPES,
      globalImports: [
        ['d', I32, 1],
        ['f', I32, 1],
        ['__memory_base', I32, 0],
      ],
      funcs: [
        {
          type: 0,
          body: [0, 0x23, ...P5, 0x28, 2, 0, 0x23, ...P5, 0x41, ...P5, 0x6a, 0x28, 2, 0, 0x6a, 0x23, ...P5, 0x6a, 0x0b],
          relocs: [
            { at: 2, type: 7, index: 1 },
            { at: 11, type: 7, index: 3 },
            { at: 17, type: 11, index: 1 },
            { at: 28, type: 7, index: 2 },
          ],
        },
        { type: 0, body: constantBody(1) },
      ],
      data: [{ name: '.data.d', bytes: [50, 0, 0, 0], align: 2 }],
      symbols: [
        { kind: K.func, flags: F.exported, index: 0, name: 'main' },
        { kind: K.data, flags: F.local, index: 0, name: 'd', size: 4 },
        { kind: K.func, flags: F.local, index: 1, name: 'f' },
        { kind: K.global, flags: F.undef, index: 2 },
      ],
    };
    // Twice the datum, plus the slot of f, which is 1.
    expect(run(expectLinked(link([object])).bytes).call('main')).toBe(101);
  });
});
