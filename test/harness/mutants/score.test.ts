/** What counts as killed, survived, unreached and equivalent, and the figures made of that. */
import { describe, expect, test } from '@jest/globals';
import type { Equivalent } from '../../../harness/mutants/equivalents.ts';
import { staleEquivalents } from '../../../harness/mutants/equivalents.ts';
import { findMutants } from '../../../harness/mutants/find-mutants.ts';
import type { MutantResult } from '../../../harness/mutants/measure.ts';
import { summaryLines } from '../../../harness/mutants/print-score.ts';
import { percentile, summarise } from '../../../harness/mutants/score.ts';

const CODE = 'function f() {\n  return [a + b, a - b, a * b, a / b, a & b];\n}';
const mutants = findMutants('codegen/a.js', CODE, null);

const kill = {
  profile: 'link',
  seed: 5,
  check: 'interp-exe',
  bucket: 'codegen/interp-exe/result/-',
  checks: ['interp-exe'],
};

const results: MutantResult[] = mutants.map((mutant, n) => ({
  mutant,
  kill: n < 2 ? kill : null,
  isReached: n !== 2,
  cases: n === 0 ? 1 : n === 1 ? 41 : 100,
  seconds: 1,
}));

function entryOf(n: number): Equivalent {
  const { file, function: name, operator, line, original, replacement } = mutants[n]!;
  return { file, function: name, operator, line, original, replacement, reason: 'made up' };
}

describe('summary', () => {
  const summary = summarise(results, [entryOf(4)]);

  test('counts each mutant once', () => {
    expect(summary.total).toEqual({ killed: 2, survived: 1, unreached: 1, equivalent: 1, score: 0.5 });
    expect(summary.operators).toEqual({ arithmetic: summary.total });
    expect(Object.keys(summary.functions)).toEqual(['codegen/a.js f']);
    expect(summary.checks).toEqual({ 'interp-exe': 2 });
    expect([summary.medianCases, summary.percentile90Cases]).toEqual([1, 41]);
    expect(summary.wrongEquivalents).toEqual([]);
  });

  test('names one that is listed as equivalent and was killed', () => {
    const { wrongEquivalents, total } = summarise(results, [entryOf(0)]);
    expect(wrongEquivalents).toEqual([mutants[0]!.id]);
    expect(total.killed).toBe(2);
  });

  test('shows survivors with place, code and operator', () => {
    const text = summaryLines(summary).join('\n');
    expect(text).toContain(`${mutants[3]!.id}  dist/core/codegen/a.js:2  f  arithmetic`);
    expect(text).toContain('a / b  =>  a * b');
    expect(text).toContain('(made up)');
    expect(text).toContain('score 50.0 %');
  });
});

test('an entry whose code is gone is stale', () => {
  const gone = { ...entryOf(0), line: 'something else' };
  expect(staleEquivalents(mutants, [entryOf(1), gone])).toEqual([gone]);
});

test('percentiles are those of the nearest rank', () => {
  expect([percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 90), percentile([], 50)]).toEqual([2, 4, null]);
});
