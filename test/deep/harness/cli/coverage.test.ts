/** `harness coverage --code`: lines and functions of core that cases run. */
import { afterAll, expect, test } from '@jest/globals';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

interface CodeFile {
  readonly file: string;
  readonly lines: number;
  readonly run: number;
  readonly uncalled: readonly string[];
}

async function filesOf(...args: string[]): Promise<ReadonlyMap<string, CodeFile>> {
  const { code, stdout } = await harness(folder.path, 'coverage', '--code', '--json', ...args);
  expect(code).toBe(0);
  const { files } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { files: CodeFile[] };
  for (const { lines, run } of files) expect(run).toBeLessThanOrEqual(lines);
  return new Map(files.map((one) => [one.file, one]));
}

test('more cases run more of core, and only those of a profile run what it alone needs', async () => {
  const few = await filesOf('--runs', '2', '--profile', 'small');
  const sums = await filesOf('--runs', '12', '--profile', 'sums');
  const runOf = (files: typeof few): number => [...files.values()].reduce((sum, { run }) => sum + run, 0);
  expect(runOf(few)).toBeGreaterThan(500);
  expect(runOf(sums)).toBeGreaterThan(runOf(few));
  const generate = few.get('codegen/generate.js')!;
  expect(generate.run / generate.lines).toBeGreaterThan(0.5);
  const unions = 'codegen/aggregate/unions.js';
  expect(few.get(unions)?.run ?? 0).toBe(0);
  expect(sums.get(unions)!.run).toBeGreaterThan(10);
  const uncalled = (files: typeof few): number => [...files.values()].flatMap((one) => one.uncalled).length;
  expect(uncalled(sums)).toBeGreaterThan(0);
});

test('another build is refused, as are runs', async () => {
  for (const args of [['--backend', 'other.mjs'], ['run']])
    expect(await harness(folder.path, 'coverage', '--code', ...args)).toMatchObject({ code: 2, stdout: '' });
});
