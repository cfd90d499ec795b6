/** The bank of historical bugs, tried: a sample is killed, and the command says so. The whole bank is `harness mutants --historical`. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HISTORICAL_BUGS } from '../../../../harness/mutants/historical/bank.ts';
import { measureBank } from '../../../../harness/mutants/historical/measure-bank.ts';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

/** Bugs that few cases show: of arithmetic, casts, packed structs, atomic instructions, and addresses. */
const SAMPLE = ['L02', 'L05', 'L07', 'L08', 'L16', 'L42'];

test('a sample of the bank is killed, and core without a bug passes', async () => {
  const path = join(folder.path, 'measured');
  mkdirSync(path);
  const lines: string[] = [];
  const { baseline, results, isInterrupted } = await measureBank(
    HISTORICAL_BUGS.filter(({ id }) => SAMPLE.includes(id)),
    {
      plan: { seed: 1, profiles: null, runs: 40, checks: 'validate,interp-exe' },
      folder: path,
      jobs: 1,
      stop: { requested: false, whenRequested: new Promise(() => undefined) },
      onBaseline: ({ cases }) => lines.push(`baseline ${cases}`),
      onResult: ({ bug }) => lines.push(bug.id),
    },
  );
  expect(isInterrupted).toBe(false);
  expect(baseline.cases).toBe(4 * 40);
  expect(results.map(({ bug, kill }) => [bug.id, kill !== null])).toEqual(SAMPLE.map((id) => [id, true]));
  expect(lines).toEqual(['baseline 160', ...SAMPLE]);
  // A copy of core is gone as soon as its trial has ended.
  expect(readdirSync(path).filter((name) => SAMPLE.includes(name))).toEqual([]);
});

describe('the command', () => {
  test('prints a row for each bug and one object', async () => {
    const args = ['--historical', '--ids', 'L02', '--runs', '30', '--checks', 'validate', '--seed', '1', '--jobs', '1'];
    const { code, stdout, stderr } = await harness(folder.path, 'mutants', ...args, '--json');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('score 100.0 %: 1 killed, 0 survived'),
    });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 1, bank: 'historical', seed: 1, killed: 1, survived: 0, score: 1 },
      mutants: [{ id: 'L02', verdict: 'killed', check: 'validate', profile: 'integers' }],
    });
  });

  test.each([
    ['a bug that the bank has not', ['--ids', 'L99'], 'there is no historical bug L99'],
    ['a file that no bug is in', ['--only', 'nosuch'], 'no historical bug is in a file'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await harness(folder.path, 'mutants', '--historical', ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
