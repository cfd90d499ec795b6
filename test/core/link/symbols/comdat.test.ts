/** COMDAT groups: the first copy is kept with all of its members, every other one leaves them out. */
import { describe, expect, test } from '@jest/globals';
import type { LinkInput } from '../../../../core/link/linker.ts';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, K } from '../hand-object.ts';
import { codes, expectLinked, run } from '../hand-program.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[I32], [I32]],
];

const object = (name: string, bytes: Uint8Array): LinkInput => ({ name, bytes });

const link = (inputs: readonly LinkInput[], options: Partial<LinkOptions> = {}) => linkObjects(inputs, options);

describe('COMDAT groups', () => {
  /** A weak `inline_f` in group `g` that returns `value`, and an exported caller of it. */
  const user = (value: number, main: string, isLocal = false): Uint8Array =>
    handObject({
      types: TYPES,
      funcs: [
        { type: 0, body: constantBody(value) },
        { type: 0, ...callsBody([0]) },
      ],
      data: [{ name: '.rodata.g', bytes: [value], flags: 4 }],
      symbols: [
        { kind: K.func, flags: isLocal ? F.local : F.weak, index: 0, name: 'inline_f' },
        { kind: K.func, flags: F.exported, index: 1, name: main },
        { kind: K.data, flags: F.weak, index: 0, name: 'inline_d', size: 1 },
      ],
      comdats: [
        [
          'g',
          [
            [1, 0],
            [0, 0],
          ],
        ],
      ],
    });

  test('the first object keeps the members, references of the others go there', () => {
    const linked = expectLinked(link([object('1.o', user(1, 'one')), object('2.o', user(2, 'two'))]));
    const program = run(linked.bytes);
    expect([program.call('one'), program.call('two')]).toEqual([1, 1]);
    expect(linked.map.functions).toEqual(['inline_f', 'one', 'two']);
    expect(linked.map.data.map(({ name }) => name)).toEqual(['inline_d']);
    expect(
      expectLinked(link([object('1.o', user(1, 'one')), object('2.o', user(2, 'two'))], { gc: false })).map.functions,
    ).toEqual(['inline_f', 'one', 'two']);
  });

  test('a local symbol of a member that is left out has nothing to stand for', () => {
    const result = link([object('1.o', user(1, 'one')), object('2.o', user(2, 'two', true))]);
    expect(codes(result)).toEqual(['undefined_symbol']);
  });

  test('a constructor that is left out does not run', () => {
    const withCtor = (main: string): Uint8Array =>
      handObject({
        types: TYPES,
        funcs: [
          { type: 0, body: constantBody(1) },
          { type: 0, body: constantBody(2) },
        ],
        symbols: [
          { kind: K.func, flags: F.local, index: 0, name: 'init' },
          { kind: K.func, flags: F.exported, index: 1, name: main },
        ],
        initFuncs: [[1, 0]],
        comdats: [['g', [[1, 0]]]],
      });
    const { map } = expectLinked(link([object('1.o', withCtor('one')), object('2.o', withCtor('two'))]));
    expect(map.functions.filter((name) => name === 'init')).toHaveLength(1);
  });
});
