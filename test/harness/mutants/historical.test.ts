/** The bank of historical bugs: every entry of the catalogues is in it, every patch applies, and what became of bugs is counted right. */
import { describe, expect, test } from '@jest/globals';
import { PROFILES } from '../../../generators/index.ts';
import { bankLines, summariseBank } from '../../../harness/mutants/historical/bank-score.ts';
import { HISTORICAL_BUGS, UNMATCHED_ENTRIES } from '../../../harness/mutants/historical/bank.ts';
import type { BugResult } from '../../../harness/mutants/historical/measure-bank.ts';
import { plantedText } from '../../../harness/mutants/historical/plant-bug.ts';

/** The entries of the catalogues: latent and reported bugs of code generators, then of linkers. */
const CATALOGUE: readonly (readonly [prefix: string, numbers: string])[] = [
  ['L', '01 02 04 05 07 08 10 11 13 14 16 17 19 20 22 23 25 26 28 29 31 32 36 37 39 40 42 43 45'],
  ['H', '01 02 04 05 07 08 10 11 13 14 16 17 19 20 22 23 25 26 31 32 34 35 37 38 40 41 43 44 46 47 49 50'],
  ['H', '52 53 55 56 58 59 61 62 64 65 67 68'],
  ['ZBUG-', '1 2 3 4 6 7 8 9 11 12 13 14 16 17 18 19 21 22 23 24 26 27 28 29 31 32 33 34 36 37 38'],
  ['N', '1 2 4 5 7 8 10 11 13 14 16 17 19 20 22 23 25 26 28 29 31 32 34 35 37 38 40 41 43 44 46 47 49 50 52'],
  ['N', '53 55 56 58 59 61 62 64 65 67 68 70 71 73 74 76 77 79 80 82 83 85 86 88 89 91 92 94'],
];

function catalogueIds(): string[] {
  return CATALOGUE.flatMap(([prefix, numbers]) => numbers.split(' ').map((number) => prefix + number)).sort();
}

describe('the bank', () => {
  test('has every entry of the catalogues, as bugs or with the reason why it has none', () => {
    const entries = [
      ...HISTORICAL_BUGS.map(({ id }) => id.replace(/[a-z]$/, '')),
      ...UNMATCHED_ENTRIES.map(({ id }) => id),
    ];
    expect([...new Set(entries)].sort()).toEqual(catalogueIds());
    const unmatched = UNMATCHED_ENTRIES.map(({ id }) => id);
    expect(HISTORICAL_BUGS.filter(({ id }) => unmatched.includes(id))).toEqual([]);
    for (const { reason } of UNMATCHED_ENTRIES) expect(reason.length).toBeGreaterThan(15);
  });

  test('names each bug once, with a reference and profiles that there are', () => {
    const ids = HISTORICAL_BUGS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, profiles, reference, mistake } of HISTORICAL_BUGS) {
      expect({ id, unknown: profiles.filter((profile) => !Object.hasOwn(PROFILES, profile)) }).toEqual({
        id,
        unknown: [],
      });
      expect(reference).not.toBe('');
      expect(mistake.length).toBeGreaterThan(15);
    }
  });

  test('has patches that apply to the built core exactly once', () => {
    for (const bug of HISTORICAL_BUGS) expect(plantedText(bug)).toContain(bug.replace);
  });

  test('refuses a patch whose text is gone, by name', () => {
    const bug = { ...HISTORICAL_BUGS[0]!, find: 'no such code' };
    expect(() => plantedText(bug)).toThrow(
      `historical bug ${bug.id}: the code to replace is no longer in core/${bug.file}`,
    );
    expect(() => plantedText({ ...bug, file: 'codegen/gone.js' })).toThrow('core has no file codegen/gone.js');
    expect(() => plantedText({ ...bug, find: 'f' })).toThrow(/occurs \d+ times in/);
  });
});

describe('the score', () => {
  const [first, second, third] = HISTORICAL_BUGS;
  const kill = {
    profile: 'link',
    seed: 5,
    check: 'topology',
    bucket: 'linker/topology/result/-',
    checks: ['topology'],
  };
  const results: BugResult[] = [
    { bug: first!, kill, cases: 3, seconds: 1 },
    { bug: second!, kill, cases: 40, seconds: 2 },
    { bug: third!, kill: null, cases: 100, seconds: 3 },
  ];
  const summary = summariseBank(results, UNMATCHED_ENTRIES.slice(0, 1));

  test('is what was killed of what was tried', () => {
    expect(summary).toMatchObject({
      killed: 2,
      survived: 1,
      score: 2 / 3,
      medianCases: 3,
      percentile90Cases: 40,
      seconds: 6,
    });
    expect(summary.mutants.map(({ verdict, check }) => [verdict, check])).toEqual([
      ['killed', 'topology'],
      ['killed', 'topology'],
      ['survived', null],
    ]);
  });

  test('comes with the survivors and the entries without a bug', () => {
    const text = bankLines(summary).join('\n');
    expect(text).toContain(`${third!.id}  core/${third!.file}  ${third!.mistake}`);
    expect(text).toContain(UNMATCHED_ENTRIES[0]!.reason);
    expect(text).toContain('score 66.7 %: 2 killed, 1 survived, 1 without a bug');
  });
});
