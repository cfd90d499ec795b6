/**
 * Which programs share a file for a compiler: large ones stand alone.
 */
import { expect, test } from '@jest/globals';
import type { Unit } from '../../../../core/index.ts';
import { parseUnit } from '../../../../core/index.ts';
import { batches } from '../../../../harness/backend/process/batches.ts';

function unit(type: string, data = 1): Unit {
  const text = `export var @d: [${data}]u8 = undef\nfn @g(${type}) ${type} {\n  %0 = arg ${type} 0\n  ret %0\n}\n`;
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.unit;
}

test('large programs stand alone behind the others; a file has no more programs and no more data than it may', () => {
  const programs = [
    { name: 'a', unit: unit('u8'), texts: [''] },
    { name: 'wide', unit: unit('u16385'), texts: [''] },
    { name: 'b', unit: unit('u16384'), texts: ['x'.repeat(100_000)] },
    { name: 'lanes', unit: unit('vector(2) i65535'), texts: [''] },
    { name: 'c', unit: unit('bool', 500_000), texts: [''] },
    { name: 'long', unit: unit('u8'), texts: ['x'.repeat(100_001)] },
    { name: 'd', unit: unit('u8', 200_000), texts: [''] },
    { name: 'e', unit: unit('u8'), texts: [''] },
    { name: 'f', unit: unit('u8'), texts: [''] },
    { name: 'g', unit: unit('u8'), texts: [''] },
  ];
  const names = batches(programs, 3).map((part) => part.map(({ name }) => name));
  expect(names).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g'], ['wide'], ['lanes'], ['long']]);
});
