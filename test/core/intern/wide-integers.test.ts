import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { refusals } from '../../../core/codegen/refusals.ts';
import { abiSize } from '../../../core/intern/layout.ts';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import { intWordCount } from '../../../core/intern/int-words.ts';
import type { IpIndex, NavIndex } from '../../../core/intern/keys.ts';
import { patternWords } from '../../../core/intern/numbers.ts';
import { lowerData } from '../../../core/link/unit/lower-data.ts';
import type { Unit } from '../../../core/index.ts';
import { formatDiagnostic, parseUnit, printUnit, verifyUnit } from '../../../core/index.ts';
import { AddressSpace } from '../../../interpreter/model/address-space.ts';
import { readValue } from '../../../interpreter/model/encoding.ts';
import { interpret } from '../../../interpreter/interpret.ts';
import { shapeOf } from '../../../interpreter/model/shapes.ts';

const SEED = 0x5eed;

/** Widths around every number of words, and the greatest one. */
const WIDTHS = [1, 31, 32, 33, 63, 64, 65, 80, 96, 127, 128, 129, 191, 192, 193, 255, 256, 1000, 65_535];

function unitOf(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return parsed.unit;
}

function extremes(bits: number, signed: boolean): bigint[] {
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  return [least, most, 0n, most >> 1n, least + 1n <= most ? least + 1n : least];
}

/** `value` in memory, as docs/air.md section 3 says: little endian, extended by its sign to the size of the type. */
function bytesOf(value: bigint, size: number): number[] {
  const digits = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, '0');
  return Array.from({ length: size }, (_, n) => parseInt(digits.slice((size - 1 - n) * 2, (size - n) * 2), 16));
}

function lowered(pool: InternPool, ty: IpIndex, value: IpIndex): number[] {
  const { bytes, size } = lowerData(pool, ty, value, () => true);
  return bytes === null ? new Array<number>(size).fill(0) : Array.from(bytes);
}

describe.each([false, true])('integer constants, signed: %s', (signed) => {
  test.each(WIDTHS)('of %d bits are interned, printed, parsed, verified and lowered', (bits) => {
    for (const number of extremes(bits, signed)) {
      const type = `${signed ? 'i' : 'u'}${bits}`;
      const text = `const @x: ${type} = ${number}\n`;
      const unit = unitOf(text);
      expect(printUnit(unit)).toBe(text);
      expect(verifyUnit(unit)).toEqual([]);
      const { ty, init } = unit.navs[0]!;
      const { pool } = unit;
      expect(pool.intBig(init!)).toBe(number);
      expect(patternWords(pool, init!)).toBe(intWordCount(bits));
      expect(pool.int(ty, number)).toBe(init);
      expect(lowered(pool, ty, init!)).toEqual(bytesOf(number, abiSize(pool, ty)));
    }
  });

  test.each(WIDTHS.filter((bits) => bits > 64))('of %d bits have an image in the interpreter', (bits) => {
    for (const number of extremes(bits, signed)) {
      const unit = unitOf(`const @x: ${signed ? 'i' : 'u'}${bits} = ${number}`);
      const space = new AddressSpace(unit, 1 << 20);
      const object = space.nav(0 as NavIndex);
      space.fill();
      expect(readValue(object, 0, shapeOf(unit.pool, unit.navs[0]!.ty))).toBe(number);
    }
  });
});

test('an integer of any width is reduced to it and extended by its sign', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      fc.bigInt({ min: -(2n ** 310n), max: 2n ** 310n }),
      (bits, signed, value) => {
        const pool = new InternPool();
        const ty = pool.intType(signed, bits);
        const want = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
        const item = pool.int(ty, value);
        expect(pool.intBig(item)).toBe(want);
        expect(lowered(pool, ty, item)).toEqual(bytesOf(want, abiSize(pool, ty)));
      },
    ),
    { seed: SEED },
  );
});

test.each([
  ['u65', 2n ** 65n],
  ['u65', -1n],
  ['i65', 2n ** 64n],
  ['i65', -(2n ** 64n) - 1n],
  ['u65535', 2n ** 65_535n],
])('%s has no such value', (type, number) => {
  const parsed = parseUnit(`const @x: ${type} = ${number}`);
  expect(parsed.ok ? [] : parsed.diagnostics.map(({ code }) => code)).toEqual(['air_number_range']);
});

test('neither code generation nor the interpreter refuses the widest integers', () => {
  const unit = unitOf('const @x: u65535 = 1\nexport fn @f() void {\n  ret void {}\n}\n');
  expect(refusals(unit)).toEqual([]);
  expect(interpret(unit, [{ fn: 'f', args: [] }]).outcomes).toHaveLength(1);
});
