/** The profile `sweep`: it goes through every instruction on values, on every combination of types, and is legal. */
import { describe, expect, test } from '@jest/globals';
import { InternPool, verifyUnit } from '../../core/index.ts';
import { casesOfProfile, generateCase } from '../../generators/index.ts';
import { ELSEWHERE, sweepCells, SWEPT_TAGS } from '../../generators/sweep/cells.ts';
import { pairsOf } from '../../generators/sweep/sweep-case.ts';
import { valuesOf } from '../../generators/sweep/types.ts';
import { interpret } from '../../interpreter/interpret.ts';

const CELLS = sweepCells(32);

describe('cells', () => {
  test('every described instruction that takes and gives values has some, or is known to be about something else', () => {
    const swept = new Set(CELLS.map(({ tag }) => tag));
    expect(SWEPT_TAGS.filter((tag) => !swept.has(tag) && !ELSEWHERE.includes(tag))).toEqual([]);
    expect(ELSEWHERE.filter((tag) => swept.has(tag) || !SWEPT_TAGS.includes(tag))).toEqual([]);
  });

  test('are all different', () => {
    expect(new Set(CELLS.map(({ title }) => title)).size).toBe(CELLS.length);
  });

  test('have the types that the verifier allows', () => {
    const titles = new Set(CELLS.map(({ title }) => title));
    for (const title of [
      'add i7 i7',
      'shl u24 u3',
      'shr_exact i63 u64',
      'intcast u5 i33',
      'int_from_float f32 u8',
      'bool_and bool bool',
    ]) {
      expect(titles).toContain(title);
    }
    for (const title of ['add i7 u7', 'shl u24 i3', 'sqrt u8', 'bool_and u1 u1', 'fpext f64 f32']) {
      expect(titles).not.toContain(title);
    }
  });

  test('seeds in a row give each of them once', () => {
    const size = casesOfProfile('sweep', { onlyOps: ['bit_reverse'] })!;
    expect(size).toBe(CELLS.filter(({ tag }) => tag === 'bit_reverse').length);
    expect(casesOfProfile('sweep')! + casesOfProfile('math-sweep')!).toBe(CELLS.length);
    expect(casesOfProfile('default')).toBeNull();
  });
});

describe('operands', () => {
  const cell = (title: string): (typeof CELLS)[number] => CELLS.find((one) => one.title === title)!;
  const pairs = (title: string): readonly string[] =>
    pairsOf(cell(title), new InternPool()).map((row) => row.map(({ number }) => String(number)).join());

  test('are all pairs up to five bits', () => {
    expect(pairs('add_wrap i5 i5')).toHaveLength(1024);
    expect(pairs('mul_sat u3 u3')).toHaveLength(64);
    expect(pairs('not i4 i4')).toHaveLength(16);
  });

  test('are the legal ones', () => {
    expect(pairs('add i1 i1')).toEqual(['-1,0', '0,-1', '0,0']);
    expect(pairs('div_trunc i2 i2')).not.toContain('-2,-1');
    expect(pairs('div_exact i3 i3')).toContain('-4,2');
    expect(pairs('div_exact i3 i3')).not.toContain('3,2');
    expect(pairs('shl_exact i3 u1')).toContain('1,1');
    expect(pairs('shl_exact i3 u1')).not.toContain('2,1');
    expect(pairs('int_from_float f32 u8')).not.toContain('NaN');
    expect(pairs('bitcast f32 i32')).not.toContain('NaN');
  });

  test('of wider types hold the limits, their neighbours and powers of two', () => {
    const pool = new InternPool();
    const of = (bits: number, signed: boolean): bigint[] =>
      valuesOf(pool, pool.intType(signed, bits)).map(({ number }) => number as bigint);
    expect(of(33, true)).toEqual(
      expect.arrayContaining([-(1n << 32n), (1n << 32n) - 1n, 1n << 31n, -(1n << 31n), -1n, 0n]),
    );
    expect(of(64, false)).toEqual(expect.arrayContaining([0n, 1n, (1n << 64n) - 1n, 1n << 63n, (1n << 63n) - 1n]));
    for (const bits of [6, 24, 63, 64]) expect(of(bits, true).length).toBeLessThan(80);
  });
});

test('cases are accepted by the verifier, legal, and store every result', () => {
  for (let seed = 0; seed < 120; seed++) {
    const { unit, calls } = generateCase(seed, 'sweep');
    expect([seed, verifyUnit(unit)]).toEqual([seed, []]);
    const { outcomes, steps } = interpret(unit, calls);
    expect([seed, outcomes.map(({ kind }) => kind)]).toEqual([seed, ['returned', 'returned']]);
    const table = unit.pool.arrayLen(unit.navs.find(({ name }) => name === 'results')!.ty);
    expect(steps).toBeGreaterThan(table * 8);
  }
});
