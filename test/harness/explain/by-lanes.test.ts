/**
 * Instructions on vectors taken apart: the program does what it did, and a mistake in what is done to a lane is named by it.
 */
import { describe, expect, test } from '@jest/globals';
import type { InstIndex, NavIndex } from '../../../core/index.ts';
import { printUnit, verifyUnit } from '../../../core/index.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { byLanes } from '../../../harness/explain/by-lanes.ts';
import type { Case } from '../../../harness/model/case.ts';
import { interpret } from '../../../interpreter/interpret.ts';

function caseOf(text: string): Case {
  const read = readCaseFile(text, 'case.air');
  if (!read.ok) throw new Error(read.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return read.value.case;
}

describe('an instruction on vectors', () => {
  test('is taken apart into lanes and a vector of them', () => {
    const { unit } = caseOf(`fn @f(vector(2) i7, vector(2) i7) vector(2) bool {
      %0 = arg vector(2) i7 0
      %1 = arg vector(2) i7 1
      %2 = cmp_vector vector(2) bool %0, %1, lt
      ret %2
    }`);
    const apart = byLanes(unit, 0 as NavIndex, 2 as InstIndex);
    expect(apart?.tag).toBe('cmp_lt');
    expect(printUnit(apart!.unit)).toContain(`  %2 = array_elem_val %0, usize 0
  %3 = array_elem_val %1, usize 0
  %4 = cmp_lt %2, %3
  %5 = array_elem_val %0, usize 1
  %6 = array_elem_val %1, usize 1
  %7 = cmp_lt %5, %6
  %8 = aggregate_init vector(2) bool { %4, %7 }
  ret %8
`);
    expect(byLanes(unit, 0 as NavIndex, 0 as InstIndex)).toBeNull();
  });

  test('does the same in every program of the profile vectors', () => {
    const generate = generatorOf('vectors', null);
    let taken = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const { unit, calls } = generate(seed);
      const plain = interpret(unit, calls);
      unit.navs.forEach(({ body }, nav) => {
        for (let inst = 0; inst < (body?.length ?? 0); inst++) {
          const apart = byLanes(unit, nav as NavIndex, inst as InstIndex);
          if (apart === null || taken++ % 8 > 0) continue;
          expect(verifyUnit(apart.unit)).toEqual([]);
          const { outcomes, trace } = interpret(apart.unit, calls);
          expect([seed, nav, inst, outcomes, trace]).toEqual([seed, nav, inst, plain.outcomes, plain.trace]);
        }
      });
    }
    expect(taken).toBeGreaterThan(100);
  });
});
