/** What a gate shows of a red bucket: the small case, or why it is not small. The two builds are made up. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Side } from '../../../harness/gate/build-side.ts';
import type { GateText } from '../../../harness/gate/gate-markdown.ts';
import { gateAnnotations, gateMarkdown } from '../../../harness/gate/gate-markdown.ts';
import type { Judged } from '../../../harness/gate/judge-candidate.ts';
import type { Shown } from '../../../harness/gate/reduce-red.ts';
import { reduceRed } from '../../../harness/gate/reduce-red.ts';
import { makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const large = join(folder.path, 'large.air');
const small = join(folder.path, 'red.air');
writeFileSync(large, 'a large program\n');

const RED: Judged = {
  bucket: {
    id: 'codegen/interp-exe/result/-',
    check: 'interp-exe',
    stage: 'codegen',
    kind: 'result',
    raw: [],
    seed: 'sweep:0x7',
    count: 3,
    caseFile: large,
    instructions: 900,
  },
  cases: [large],
  seed: 'sweep:0x7',
  verdict: 'red',
  why: 'the base passes it',
};

interface Asked {
  readonly head: Side;
  readonly base: Side;
  readonly args: string[];
}

/** A build whose reduction prints `stdout` and leaves `text`, and a base that answers `onBase`. */
function sides(stdout: string, text: string | null, onBase: Answer = 'passes', code = 1): Asked {
  rmSync(small, { force: true });
  const args: string[] = [];
  const run = (...given: readonly string[]) => {
    args.push(...given);
    if (text !== null) writeFileSync(small, text);
    return Promise.resolve({ code, stdout, stderr: 'the last words\n', summary: null });
  };
  const ask = (case_: string) => Promise.resolve<Answer>(case_ === small ? onBase : 'passes');
  return { head: { run } as unknown as Side, base: { ask } as unknown as Side, args };
}

const DONE = '{"schema":1,"bucket":"codegen/run/intcast","instructions":2,"minimal":true,"runs":90}\n';

async function reduced(asked: Asked, seconds = 20): Promise<Shown> {
  return reduceRed(RED, asked, seconds, folder.path);
}

describe('a red bucket', () => {
  test('is shown small and by its cause, and keeps the seed and the case that found it', async () => {
    const asked = sides(DONE, 'a small program\n');
    const shown = await reduced(asked);
    expect(asked.args).toEqual(['reduce', large, '--time', '20.0s', '-o', small]);
    expect(shown).toMatchObject({
      bucket: { id: 'codegen/run/intcast', instructions: 2, caseFile: small, seed: 'sweep:0x7', count: 3 },
      cases: [small, large],
      seed: 'sweep:0x7',
      program: 'a small program\n',
      reduction: '1-minimal: no smaller candidate still fails',
    });
  });

  test('is as small as it became in its time', async () => {
    const { bucket, reduction } = await reduced(sides(DONE.replace('true', 'false'), 'smaller\n'));
    expect(bucket.id).toBe('codegen/run/intcast');
    expect(reduction).toBe('not minimal: the time for it was used up after 90 runs');
  });

  test.each<[string, Asked, number, string]>([
    ['there is no time', sides(DONE, null), 1, 'not reduced: the time of the gate is used up'],
    [
      'the smaller case is no news',
      sides(DONE, 'old\n', 'fails'),
      20,
      'not reduced: the smaller case fails on the base too',
    ],
    [
      'it did not fail again',
      sides('{"schema":1,"bucket":null}', null, 'passes', 0),
      20,
      'not reduced: the last words',
    ],
    ['the command fails', sides('', null, 'passes', 3), 20, 'not reduced: the last words (exit code 3)'],
    ['the gate is interrupted', sides('', null, 'passes', 130), 20, 'not reduced: interrupted'],
  ])('stays as it was found where %s, and says so', async (_why, asked, seconds, reduction) => {
    if (reduction.includes('base')) writeFileSync(small, 'old\n');
    expect(await reduced(asked, seconds)).toEqual({ ...RED, program: 'a large program\n', reduction });
    expect(existsSync(large)).toBe(true);
  });
});

describe('on GitHub', () => {
  const shown: Shown = { ...RED, program: 'fn @f() {\n  ::error::\n}\n', reduction: '1-minimal' };
  const flaky: Judged = { ...RED, verdict: 'flaky', why: 'fails 2 times out of 3' };
  const text: GateText = {
    verdict: 'RED: 1 bucket that 0123 does not have',
    red: [shown],
    others: [flaky],
    unjudged: 2,
    linesOf: () => ['npx harness repro red.air --explain', 'npx harness repro sweep:0x7 --explain'],
  };

  test('the summary has the program and the lines to paste', () => {
    const markdown = gateMarkdown(text);
    expect(markdown).toContain('## Gate: RED: 1 bucket that 0123 does not have\n');
    expect(markdown).toContain('3 cases, 900 instructions: the base passes it; 1-minimal.');
    expect(markdown).toContain('```\nfn @f() {\n  ::error::\n}\n```');
    expect(markdown).toContain(
      '```sh\nnpx harness repro red.air --explain\nnpx harness repro sweep:0x7 --explain\n```',
    );
    expect(markdown).toContain('- flaky: `codegen/interp-exe/result/-` (fails 2 times out of 3)');
    expect(markdown).toContain('2 further buckets not compared with the base');
    expect(gateMarkdown({ ...text, verdict: 'green: 3 / 9', red: [], others: [], unjudged: 0 })).toBe(
      '## Gate: green: 3 / 9\n',
    );
  });

  test('an annotation is one line, whatever stands in the program', () => {
    const lines = gateAnnotations(text).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^::error title=codegen\/interp-exe\/result\/-::3 cases.*%0Afn @f\(\) \{%0A/);
    expect(lines[1]).toMatch(/^::warning title=gate::flaky: /);
  });
});
