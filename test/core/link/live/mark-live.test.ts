/** What is kept: retained segments, symbols that must stay, and what stays where nothing is collected. */
import { describe, expect, test } from '@jest/globals';
import type { LinkInput } from '../../../../core/link/linker.ts';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, K } from '../hand-object.ts';
import { expectLinked } from '../hand-program.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[I32], [I32]],
];

/** Exports `main`, which calls `callee`. */
function caller(callee: string, flags = F.undef, main = 'main'): Uint8Array {
  const body = callsBody([0]);
  return handObject({
    types: TYPES,
    funcImports: [[callee, 0]],
    funcs: [{ type: 0, ...body }],
    symbols: [
      { kind: K.func, flags, index: 0 },
      { kind: K.func, flags: F.exported, index: 1, name: main },
    ],
  });
}

const object = (name: string, bytes: Uint8Array): LinkInput => ({ name, bytes });

const link = (inputs: readonly LinkInput[], options: Partial<LinkOptions> = {}) => linkObjects(inputs, options);

describe('what is kept', () => {
  const parts: HandObject = {
    types: TYPES,
    funcs: [
      { type: 0, body: constantBody(1) },
      { type: 0, body: constantBody(2) },
    ],
    data: [
      { name: '.data.kept', bytes: [1], flags: 4 },
      { name: '.data.gone', bytes: [2] },
    ],
    symbols: [
      { kind: K.func, flags: F.local | F.noStrip, index: 0, name: 'used' },
      { kind: K.func, flags: 0, index: 1, name: 'reached' },
      { kind: K.data, flags: F.local, index: 0, name: 'kept', size: 1 },
      { kind: K.data, flags: F.local, index: 1, name: 'gone', size: 1 },
    ],
  };

  test('no-strip symbols and retained segments of objects of the command line', () => {
    const { map } = expectLinked(link([object('a.o', handObject(parts))]));
    expect(map.functions).toEqual(['used']);
    expect(map.data.map(({ name }) => name)).toEqual(['kept']);
    expect(map.removed()).toEqual([
      'removing unused section a.o:(reached)',
      'removing unused section a.o:(.data.gone)',
    ]);
  });

  test('those of a lazy object only when something of it is reached', () => {
    const lazy = { name: 'a.o', bytes: handObject(parts), lazy: true };
    const reached = expectLinked(link([object('main.o', caller('reached')), lazy]));
    expect(reached.map.functions).toEqual(['main', 'used', 'reached']);
    const unreached = expectLinked(link([object('main.o', caller('reached', F.undef | F.weak)), lazy]));
    expect(unreached.map.functions).toEqual(['main', 'undefined_weak:reached']);
  });
});
