/**
 * Inside the large layers imports run from the upper rooms to the lower ones, as the tables in `rooms.ts` say.
 */
import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sourceFiles } from './imports.ts';
import { forbiddenEdges, ROOMS, STILL_UPWARD } from './rooms.ts';

describe.each(Object.keys(ROOMS))('%s', (layer) => {
  const rooms = Object.keys(ROOMS[layer]!);

  test('each file imports only what its room may see', () => {
    const forbidden = forbiddenEdges(layer, sourceFiles([layer]));
    const known = STILL_UPWARD[layer] ?? [];
    expect(forbidden.filter(({ edge }) => !known.includes(edge))).toEqual([]);
    // An upward edge that is gone must leave the list.
    expect(known.filter((edge) => !forbidden.some((found) => found.edge === edge))).toEqual([]);
  });

  test('the table stands from the ground up, and every room exists', () => {
    rooms.forEach((room, at) => {
      expect(existsSync(join(ROOT, layer, room))).toBe(true);
      expect(rooms.slice(0, at)).toEqual(expect.arrayContaining([...ROOMS[layer]![room]!]));
    });
  });

  test('an edge planted from the ground up is found, of types too', () => {
    const low = join(layer, rooms[0]!).replaceAll('\\', '/');
    const file = low.endsWith('.ts') ? low : `${low}/planted.ts`;
    const top = rooms.at(-1)!;
    const way = low.endsWith('.ts') ? '.' : '..';
    const target = top.endsWith('.ts') ? top : `${top}/planted.ts`;
    const edge = `${rooms[0]!} -> ${top}`;
    for (const text of [`import { x } from '${way}/${target}';`, `import type { X } from '${way}/${target}';`]) {
      expect(forbiddenEdges(layer, [file], () => text).map((found) => found.edge)).toEqual([edge]);
    }
  });

  test('a room that nobody planned is found', () => {
    expect(forbiddenEdges(layer, [`${layer}/extras/x.ts`], () => '').map((found) => found.edge)).toEqual([
      'extras is not in the table',
    ]);
  });
});
