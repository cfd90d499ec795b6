/** Strings of sections that allow it: each once, and pointers into them stay correct. */
import { describe, expect, test } from '@jest/globals';
import type { HandObject } from '../hand-object.ts';
import { F, I32, K, P5 } from '../hand-object.ts';
import { expectLinked, run } from '../hand-program.ts';
import { link } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
];

describe('strings', () => {
  const text = (value: string): number[] => [...new TextEncoder().encode(`${value}\0`)];
  const user = (name: string, bytes: readonly number[], offset: number): HandObject => ({
    types: TYPES,
    funcs: [{ type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 4, index: 1, addend: 1 }] }],
    data: [{ name: `.rodata.${name}`, bytes, flags: 1 }],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name },
      { kind: K.data, flags: F.local, index: 0, name: `.L.${name}`, offset, size: 1 },
    ],
  });
  const objects = [
    user('a', [...text('one'), ...text('same')], 4),
    user('b', [...text('same'), ...text('two')], 0),
    user('c', text('ame'), 0),
    user('d', text('same'), 2),
  ];

  test('that are equal are stored once, an offset into one stays in it, ends are not shared', () => {
    for (const mergeStrings of [true, false]) {
      const { bytes } = expectLinked(link(objects, { mergeStrings }));
      const program = run(bytes);
      const read = (name: string): string => {
        const memory = new Uint8Array(program.memory.buffer);
        const at = program.call(name) as number;
        return new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)));
      };
      expect(['a', 'b', 'c', 'd'].map(read)).toEqual(['ame', 'ame', 'me', 'e']);
      const copies = Buffer.from(bytes).toString('latin1').split('same\0').length - 1;
      expect(copies).toBe(mergeStrings ? 1 : 3);
      if (mergeStrings) expect(program.call('a')).toBe(program.call('b'));
    }
  });

  test('without an end, with an alignment, or with relocations stay as they are', () => {
    const odd = [
      user('a', [65, 65], 0),
      { ...user('b', text('x'), 0), data: [{ name: '.rodata.b', bytes: text('x'), flags: 1, align: 2 }] },
    ];
    expect(Buffer.from(expectLinked(link(odd)).bytes).toString('latin1')).toContain('AA');
  });
});
