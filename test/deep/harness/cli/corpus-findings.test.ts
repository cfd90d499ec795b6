/** `harness corpus prune` and `merge` on a corpus with bad files and hostile names in it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

function caseOf(value: number, seed: number): string {
  return (
    `;! case 1\n;! seed 0x${seed.toString(16)}  profile default  generator 3\n;! bucket codegen/run/add_wrap\n` +
    `export fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = add_wrap %0, u32 ${value}\n  ret %1\n}\n;! run @f(4)\n`
  );
}

/** A line break, an escape sequence, and the start of an option. */
const HOSTILE = '-x\n\u001b[31mred.air';

beforeAll(() => {
  for (const name of ['corpus/findings', 'other/deep', 'other/broken.air'])
    mkdirSync(join(cwd, name), { recursive: true });
  writeFileSync(join(cwd, 'corpus/findings/codegen-run-add_wrap.air'), caseOf(1, 1));
  writeFileSync(join(cwd, 'other/deep', HOSTILE), caseOf(2, 2));
  writeFileSync(join(cwd, 'other/same.air'), `; Found elsewhere.\n${caseOf(1, 7)}`);
  writeFileSync(join(cwd, 'other/torn.air'), caseOf(3, 3).slice(0, 150));
  writeFileSync(join(cwd, 'other/z.air'), caseOf(4, 2));
});

test('merge takes what is new under names of its own, and says what it cannot read', async () => {
  const { code, stdout, stderr } = await harness(cwd, 'corpus', 'merge', 'other');
  expect(code).toBe(2);
  expect(stdout).toBe(
    'added corpus/findings/codegen-run-add_wrap-0x2.air\nadded corpus/findings/codegen-run-add_wrap-0x2-2.air\n',
  );
  expect(stderr).toContain('3 cases read, 2 new');
  expect(stderr).toContain('other/torn.air');
  expect(stderr).toContain('other/broken.air');
  expect(stderr).not.toContain('\u001b');
  expect(readFileSync(join(cwd, 'corpus/findings/codegen-run-add_wrap.air'), 'utf8')).toBe(caseOf(1, 1));
  // Again there is nothing new.
  expect((await harness(cwd, 'corpus', 'merge', 'other')).stdout).toBe('');
});

test('prune keeps the smallest of each bucket, and deletes nothing when it is only to say what it would', async () => {
  const before = readdirSync(join(cwd, 'corpus/findings')).sort();
  const dry = await harness(cwd, 'corpus', 'prune', '--keep', '1', '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain('would remove corpus/findings/codegen-run-add_wrap-0x2.air: codegen/run/add_wrap has 1');
  expect(readdirSync(join(cwd, 'corpus/findings')).sort()).toEqual(before);
  const { code, stdout, stderr } = await harness(cwd, 'corpus', 'prune', '--keep', '1');
  expect(code).toBe(0);
  expect(stdout.match(/^removed /gm)).toHaveLength(2);
  expect(stderr).toContain('1 finding left, 2 superfluous');
  expect(readdirSync(join(cwd, 'corpus/findings'))).toHaveLength(1);
});
