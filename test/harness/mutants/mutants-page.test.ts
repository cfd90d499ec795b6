/** The page of a measurement with mutants: all of it in one file, hostile code shown as text, the figures that were measured. */
import { describe, expect, test } from '@jest/globals';
import { findMutants } from '../../../harness/mutants/find-mutants.ts';
import type { MutantResult } from '../../../harness/mutants/measure.ts';
import type { MutantFigures } from '../../../harness/mutants/mutants-page.ts';
import { mutantsPage } from '../../../harness/mutants/mutants-page.ts';
import { summarise } from '../../../harness/mutants/score.ts';

const CODE = 'function f() {\n  return [a + b, a - b, a < g("</pre><script>"), a & b];\n}';
const mutants = findMutants('codegen/a.js', CODE, null);
const hostile = mutants.findIndex(({ operator, original }) => operator === 'boundary' && original.includes('<script>'));
const CASES = [1, 7, 400, 9000];

/** The first four are killed after {@link CASES}; the others survive, the one before the last run by no case. */
const results: MutantResult[] = mutants.map((mutant, n) => {
  const cases = n === hostile ? undefined : CASES[n];
  const kill = { profile: 'link', seed: 5, check: 'validate', bucket: 'b', checks: ['validate'] };
  return {
    mutant,
    kill: cases === undefined ? null : kill,
    isReached: n !== mutants.length - 1,
    cases: cases ?? 100,
    seconds: 1,
  };
});

function figuresOf(list: readonly MutantResult[]): MutantFigures {
  const summary = summarise(list, []);
  return {
    ...{ seed: 1, generator: 4, sites: 1000, sample: list.length, runs: 2500, profiles: ['default', 'link'] },
    ...{ checks: null, only: null, interrupted: false, baseline: { cases: 5000, seconds: 20 } },
    ...summary.total,
    ...{ medianCases: summary.medianCases, percentile90Cases: summary.percentile90Cases, seconds: summary.seconds },
    ...{ killsByCheck: summary.checks, killsByProfile: summary.profiles, wrongEquivalents: summary.wrongEquivalents },
    ...{ operators: summary.operators, files: summary.files, mutants: summary.mutants },
  };
}

describe('the page', () => {
  const page = mutantsPage(figuresOf(results));

  test('needs nothing beside itself, and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link (?!rel="icon" href="data:,")|<img|\bsrc=|\bon\w+=/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('width=device-width');
    expect(page).toContain('prefers-color-scheme:dark');
  });

  test('shows survivors with their code before and after, as text', () => {
    expect(page).toContain('- a &lt; g(&quot;&lt;/pre&gt;&lt;script&gt;&quot;)\n+ a &lt;= g(');
    expect(page).toContain('Survivors that no case runs');
  });

  test('counts kills by the cases that they took', () => {
    const killed = results.filter(({ kill }) => kill !== null).map(({ cases }) => cases);
    const within = (from: number, to: number): number => killed.filter((n) => n > from && n <= to).length;
    expect(page).toContain(`first case: ${within(0, 1)} (`);
    expect(page).toContain(`up to 10: ${within(1, 10)} (`);
    expect(page).toContain(`up to 500: ${within(100, 500)} (`);
    expect(page).toContain(`more than 2,500: ${within(2500, Infinity)} (`);
  });

  test('says the verdict in words', () => {
    expect(page).toContain('<p class="verdict finding">score ');
    const all = mutantsPage(figuresOf(results.filter(({ kill }) => kill !== null)));
    expect(all).toContain('<p class="verdict clean">score 100.0 %');
  });
});
