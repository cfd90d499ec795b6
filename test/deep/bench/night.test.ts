/**
 * A night in small: two planted mistakes, workers that are killed and supervisors that are killed three times come to the buckets and counts of a quiet
 * night, without an orphan or a file left behind. Linux only.
 */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../harness/cli/run-harness.ts';

(process.platform === 'linux' ? test : test.skip)('a disturbed night comes to the same as a quiet one', () => {
  const bench = join(ROOT, 'dist', 'bench', 'main.js');
  const { status, stdout } = spawnSync(process.execPath, [bench, 'night', '2', '2'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout });
  expect(stdout).toMatch(/[23] supervisors killed/);
  expect(stdout).toMatch(/buckets of the night: ([2-9]), undisturbed: \1, mistakes: 2/);
});
