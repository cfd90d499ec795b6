import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatFloat, readFloat } from '../../../core/air/text/float-text.ts';

const SEED = 0x5eed;

function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

describe('f32', () => {
  test.each([
    [0x0000_0000, '0.0'],
    [0x8000_0000, '-0.0'],
    [0x3f80_0000, '1.0'],
    [0xbfc0_0000, '-1.5'],
    [0x3dcc_cccd, '0.1'],
    [0x33d6_bf95, '1e-7'],
    [0x0000_0001, '1e-45'],
    [0x7f7f_ffff, '3.4028235e38'],
    [0x4b80_0000, '16777216.0'],
    [0x7f80_0000, 'inf'],
    [0xff80_0000, '-inf'],
    [0x7fc0_0000, 'nan(0x7fc00000)'],
    [0xff80_0001, 'nan(0xff800001)'],
  ])('bits 0x%s are written as %s', (bits, text) => {
    expect(formatFloat(32, BigInt(bits))).toBe(text);
  });

  test('every finite pattern reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (bits) => {
        const text = formatFloat(32, BigInt(bits));
        if (/[a-df-z]/.test(text)) return;
        const negative = text.startsWith('-');
        expect(readFloat(32, negative ? text.slice(1) : text, negative)).toBe(BigInt(bits));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  // Half-way points of two f32: an f64 in between would round them a second time.
  test.each([
    ['1.000000059604644775390625', 0x3f80_0000],
    ['1.0000000596046447753906250001', 0x3f80_0001],
    ['1.00000005960464477539062499', 0x3f80_0000],
    ['1.000000178813934326171875', 0x3f80_0002],
    ['1.0000001788139343261718749999', 0x3f80_0001],
    ['7.0064923216240853546186479164495e-46', 0],
    ['7.0064923216240853546186479164496e-46', 1],
    ['340282356779733661637539395458142568447.9', 0x7f7f_ffff],
  ])('%s is rounded once', (text, bits) => {
    expect(readFloat(32, text, false)).toBe(BigInt(bits));
  });

  test('what rounds to infinity is refused', () => {
    expect(readFloat(32, '340282356779733661637539395458142568448.0', false)).toBeNull();
    expect(readFloat(32, '1e400', false)).toBeNull();
  });
});

describe('f64', () => {
  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [100, '100.0'],
    [1e21, '1e21'],
    [-1.5e-300, '-1.5e-300'],
    [0.1, '0.1'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
  ])('%d is written as %s', (value, text) => {
    expect(formatFloat(64, bitsOf(value))).toBe(text);
  });

  test('a NaN is written with all its bits', () => {
    expect(formatFloat(64, 0xfff0_0000_0000_0001n)).toBe('nan(0xfff0000000000001)');
  });

  test('every finite value reads back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const bits = bitsOf(value);
        const text = formatFloat(64, bits);
        const negative = text.startsWith('-');
        expect(readFloat(64, negative ? text.slice(1) : text, negative)).toBe(bits);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('what rounds to infinity is refused', () => {
    expect(readFloat(64, '1e309', false)).toBeNull();
  });
});
