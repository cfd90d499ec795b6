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
  const [casts, floats] = [few.get('codegen/generate.js')!, few.get('runtime/assembler.js')!];
  expect(casts.run / casts.lines).toBeGreaterThan(0.5);
  expect(floats.uncalled.length).toBeGreaterThan(0);
});

test('another build is refused, as are runs', async () => {
  for (const args of [['--backend', 'other.mjs'], ['run']])
    expect(await harness(folder.path, 'coverage', '--code', ...args)).toMatchObject({ code: 2, stdout: '' });
});
