/** Which bits of a variable a comparison with Zig may look at. */
import { expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/index.ts';
import { comparableBits } from '../../../harness/source/zig/zig-layout.ts';

/** The mask of a variable of type `type`, in hexadecimal; null: nothing of it is compared. */
function maskOf(type: string, value: string): string | null {
  const parsed = parseUnit(`export var @d: ${type} = ${value}\n`);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  const { pool, navs } = parsed.unit;
  const masks = comparableBits(pool, navs[0]!.ty);
  return masks === null ? null : Buffer.from(masks).toString('hex');
}

test('values without padding of their own', () => {
  expect(maskOf('u9', '1')).toBe('ff01');
  expect(maskOf('?u8', 'null')).toBe('ffff');
  expect(maskOf('extern struct { u8, u32 }', '.{ 1, 2 }')).toBe('ff000000ffffffff');
});

test('a vector, whose size and alignment are other ones since 0.17', () => {
  const lanes = 'ff'.repeat(12);
  expect(maskOf('vector(3) f32', '.{ 1.0, 2.0, 3.0 }')).toBe(`${lanes}00000000`);
  expect(maskOf('[2]vector(2) f32', '.{ .{ 1.0, 2.0 }, .{ 1.0, 2.0 } }')).toBe('ff'.repeat(16));
  expect(maskOf('?vector(3) f32', 'null')).toBeNull();
  expect(maskOf('[2]vector(3) f32', 'undef')).toBeNull();
  expect(maskOf('extern struct { u8, vector(2) f32 }', 'undef')).toBeNull();
  expect(maskOf('extern struct { u8, [1]vector(2) f32 }', 'undef')).toBeNull();
});

test('a long vector, whose size can be another one too', () => {
  expect(maskOf('vector(8) u32', 'undef')).toBe('ff'.repeat(32));
  expect(maskOf('[2]vector(8) u32', 'undef')).toBeNull();
  expect(maskOf('?vector(8) u32', 'null')).toBeNull();
});

test('an f80, which is aligned to 8 bytes since 0.17', () => {
  expect(maskOf('?f80', 'null')).toBe(`${'ff'.repeat(10)}${'00'.repeat(6)}ff${'00'.repeat(15)}`);
  expect(maskOf('[2]f80', '.{ 1.0 ** }')).not.toBeNull();
  expect(maskOf('??f80', 'null')).toBeNull();
  expect(maskOf('[2]?f80', '.{ null ** }')).toBeNull();
  expect(maskOf('?[1]?f80', 'null')).toBeNull();
  expect(maskOf('extern struct { u8, [1]f80 }', 'undef')).toBeNull();
});
