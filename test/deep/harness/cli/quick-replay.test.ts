/**
 * `harness regress --quick` of the corpus: mistakes of several kinds are seen by the checks that cases are about, a file that is none stops nothing, and what
 * is printed does not depend on the number of jobs.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import { airFilesBelow } from '../../../../harness/corpus/air-files.ts';
import { harness, makeFolder, ROOT } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const CORPUS = join(ROOT, 'corpus', 'regressions');
const COUNT = airFilesBelow(CORPUS).length;
const BROKEN = join(folder.path, 'a-broken.air');

beforeAll(() => writeFileSync(BROKEN, 'export fn @f() u32 {\n  ret %9\n}\n'));

test.each([
  // Code generation.
  ['intcast-extends-by-result-sign', ['integers/intcast-extends-by-source-sign.air']],
  [
    'switch-forgets-a-block',
    ['control/branches-that-carry-a-value.air', 'campaign/value-freed-behind-another-exit.air'],
  ],
  // Initial data.
  ['integers-have-zero-padding', ['memory/integers-in-data-keep-their-extension.air', 'sums/enums-with-wide-tags.air']],
  // Numbers of a link, with addresses of both widths.
  [
    'relocation-without-addend',
    [
      'data/offset-into-a-variable-of-another-object.air',
      'sums/names-in-two-objects.air',
      'sums/unions-in-memory.air',
      'wasm64/slices-of-sixteen-bytes.air',
    ],
  ],
])('%s', async (name, files) => {
  const bug = PLANTED_BUGS.find((planted) => planted.name === name)!;
  mkdirSync(join(folder.path, name));
  const core = plant(bug, join(folder.path, name));
  const areas = [...new Set(files.map((file) => join(CORPUS, file.split('/')[0]!)))];
  const count = areas.reduce((sum, area) => sum + airFilesBelow(area).length, 1);
  const replay = (jobs: number) =>
    harness(folder.path, 'regress', '--quick', '--backend', core, '--jobs', String(jobs), BROKEN, ...areas);
  const ended = await replay(2);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('a-broken.air:2: error:');
  const failed = [...ended.stdout.matchAll(/^FAIL ([^:\n]+\.air)/gm)].map(([, file]) => file!);
  for (const file of files) expect(failed.some((one) => one.endsWith(`/${file}`))).toBe(true);
  expect(ended.stdout).toContain(`${count} cases, ${failed.length} failed, 1 could not be read`);
  // The last of them is the same whoever runs it.
  if (name !== 'relocation-without-addend') return;
  const timeless = (text: string): string => text.replace(/[\d.]+ s$/m, '');
  expect(timeless((await replay(1)).stdout)).toBe(timeless(ended.stdout));
});

test('without a mistake all pass, and the counts say what ran', async () => {
  const own = join(folder.path, 'own.air');
  writeFileSync(own, ';! checks threads reflush\nexport fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n');
  const { code, stdout, stderr } = await harness(folder.path, 'regress', '--quick', '--json', CORPUS, own);
  expect(stderr).toMatch(/^checks that ran: validate \d+, interp-exe \d+, .*expect \d+$/m);
  const { cases, checks, buckets } = JSON.parse(stdout) as {
    cases: number;
    checks: Record<string, { ran: number; failed: number }>;
    buckets: unknown[];
  };
  expect({ code, cases, buckets }).toEqual({ code: 0, cases: COUNT + 1, buckets: [] });
  for (const name of ['validate', 'interp-exe', 'exe-linked', 'expect']) expect(checks[name]!.ran).toBe(COUNT + 1);
  // One case of the corpus has a bucket that does not say which check found it: it gets all.
  expect(checks['threads']).toEqual({ ran: 2, failed: 0 });
  expect(checks['reflush']).toEqual({ ran: 2, failed: 0 });
  expect(checks['config']).toEqual({ ran: 1, failed: 0 });
  expect(checks['topology']!.ran).toBeGreaterThan(5);
});

test('a case whose own check cannot run proves nothing', async () => {
  const engines = join(folder.path, 'engines.air');
  writeFileSync(engines, ';! checks engines\nexport fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n');
  const ended = await harness(folder.path, 'regress', engines);
  expect(ended.stdout).toContain('it is about engines, which did not run here');
  expect(ended.code).toBe(2);
});
