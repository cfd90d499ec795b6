/** When a case that fails in the working tree is the fault of the change. The two builds are made up. */
import { describe, expect, test } from '@jest/globals';
import type { Answer, Side } from '../../../harness/gate/build-side.ts';
import { boundOf } from '../../../harness/gate/gate.ts';
import type { Judged } from '../../../harness/gate/judge-candidate.ts';
import { judgeCandidate } from '../../../harness/gate/judge-candidate.ts';

const BUCKET = {
  id: 'codegen/interp-exe/result/add',
  check: 'interp-exe',
  stage: 'codegen',
  kind: 'result',
  raw: [],
  seed: '0x1',
  count: 1,
  caseFile: 'small.air',
  instructions: 2,
} as const;

/** A build that gives these answers, the last one for ever, by case. */
function side(answers: Readonly<Record<string, readonly Answer[]>>): Side & { asked: number } {
  const at = new Map<string, number>();
  const made = {
    asked: 0,
    ask(case_: string): Promise<Answer> {
      made.asked++;
      const n = at.get(case_) ?? 0;
      at.set(case_, n + 1);
      return Promise.resolve(answers[case_]!.at(Math.min(n, answers[case_]!.length - 1))!);
    },
  };
  return made as unknown as Side & { asked: number };
}

function judge(head: Side, base: Side, cases = ['small.air', 'large.air']): Promise<Judged> {
  return judgeCandidate({ bucket: BUCKET, cases, seed: '0x1' }, head, base);
}

const FAILS = side({ 'small.air': ['fails'], 'large.air': ['fails'] });

describe('a case that fails in the working tree', () => {
  test('is known where the base fails it too, whatever the bucket is called', async () => {
    const head = side({});
    expect((await judge(head, FAILS)).verdict).toBe('known');
    expect(head.asked).toBe(0);
  });

  test('is red where the base passes it each time, and it fails each time', async () => {
    const base = side({ 'small.air': ['passes'] });
    const head = side({ 'small.air': ['fails'] });
    expect((await judge(head, base)).verdict).toBe('red');
    expect([head.asked, base.asked]).toEqual([3, 3]);
  });

  test('is red where only the case as generated is new: the reduction ended at an old bug', async () => {
    const base = side({ 'small.air': ['fails'], 'large.air': ['passes'] });
    const { verdict, cases } = await judge(FAILS, base);
    expect(verdict).toBe('red');
    expect(cases[0]).toBe('large.air');
  });

  test('is red where the base cannot read it: it has not got the bug', async () => {
    const base = side({ 'small.air': ['no case'] });
    expect(await judge(FAILS, base)).toMatchObject({ verdict: 'red', why: 'it is no case for the base' });
  });

  test('accuses nobody where one build does not answer the same each time', async () => {
    const passing = side({ 'small.air': ['passes'], 'large.air': ['passes'] });
    const now = side({ 'small.air': ['fails', 'fails', 'passes'], 'large.air': ['passes'] });
    expect((await judge(now, passing)).verdict).toBe('flaky');
    const base = side({ 'small.air': ['passes', 'passes', 'fails'], 'large.air': ['fails'] });
    expect((await judge(FAILS, base)).verdict).toBe('flaky');
  });
});

test('the bound is the rule of three', () => {
  expect(boundOf(30_000)).toContain('fewer than 0.010 %');
  expect(boundOf(0)).toBe('no random case was run');
});
