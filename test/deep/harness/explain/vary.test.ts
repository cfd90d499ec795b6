/** `repro --explain` narrows a planted mistake down to the operands that show it. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant } from '../../../../bench/planted/plant.ts';
import type { Variation } from '../../../../harness/explain/variation.ts';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const TEXT = `export fn @f(u5, i8) u5 {
  %0 = arg u5 0
  %1 = arg i8 1
  %2 = add_wrap %0, u5 13
  ret %2
}
;! run @f(20, -3)
`;

/** What is said of each part. */
function said({ parts }: Variation): Record<string, string> {
  return Object.fromEntries(parts.map(({ place, text, may }) => [`${place} ${text}`.trim(), may]));
}

describe('repro --explain', () => {
  const bug = {
    name: 'exact-add',
    family: 'codegen',
    mistake: '',
    file: 'arithmetic.js',
    find: 'lowerAddWrap = wrapping(opAdd)',
    replace: 'lowerAddWrap = exact(opAdd)',
  } as const;

  test('narrows a planted mistake down to sums that leave their type', async () => {
    mkdirSync(join(folder.path, 'planted'));
    const core = plant(bug, join(folder.path, 'planted'));
    writeFileSync(join(folder.path, 'sum.air'), TEXT);
    const args = ['sum.air', '--backend', core, '--explain', '--checks', 'interp-exe'];
    const { stdout, stderr, code } = await harness(folder.path, 'repro', ...args, '--json');
    const [explanation] = (JSON.parse(stdout) as { explanations: readonly { vary: Variation }[] }).explanations;
    expect(said(explanation!.vary)).toMatchObject({
      'u5 13': expect.stringMatching(/^any value >= 12 /),
      'call 1, @f argument 1, u5 20': expect.stringMatching(/^any value >= 19 /),
      'call 1, @f argument 2, i8 -3': expect.stringMatching(/^any value /),
      add_wrap: expect.stringMatching(/^no other /),
    });
    expect(stderr).toContain('what may vary, each part alone');
    for (const line of stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
    expect(code).toBe(1);

    const { stdout: plain } = await harness(folder.path, 'repro', ...args, '--vary', '0');
    expect(plain).not.toContain('may vary');
  });
});
