/** `harness corpus prune`, `merge` and `migrate` on a corpus with bad files and hostile names in it. */
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

test('migrate rewrites what older versions have written, and nothing that it would lose a word of', async () => {
  mkdirSync(join(cwd, 'old'));
  const old = (name: string, text: string): void => writeFileSync(join(cwd, 'old', name), text);
  const shown = caseOf(1, 1).replace('codegen/run/add_wrap', 'codegen/interp-exe/result/add_wrap');
  old('a.air', `; Why it is here.\n${shown}`);
  old('b.air', shown.replace('  ret', '  ; the sum\n  ret'));
  old('c.air', caseOf(3, 3).slice(0, 150));
  const byHand = 'export fn @f() void {\n  ret void {}\n}\n;! run @f()\n';
  old('d.air', byHand);
  old('e.air', shown.replace('generator 3', 'generator 0'));
  const read = (name: string): string => readFileSync(join(cwd, 'old', name), 'utf8');
  // As a campaign with another back end writes it: words of the target line are settings of that one.
  const foreign = (await harness(cwd, 'gen', '0x1')).stdout.replace(/^;! target .*$/m, ';! target wasm32');
  old('f.air', foreign);
  expect(foreign).toContain(';! target wasm32\n');
  const files = ['a.air', 'b.air', 'c.air', 'd.air', 'e.air', 'f.air'];
  const before = files.map(read);
  const dry = await harness(cwd, 'corpus', 'migrate', 'old', '--dry-run');
  expect(dry.stdout).toBe('would rewrite old/a.air\nwould rewrite old/e.air\n');
  expect(files.map(read)).toEqual(before);
  const { code, stdout, stderr } = await harness(cwd, 'corpus', 'migrate', 'old');
  expect({ code, stdout }).toEqual({ code: 2, stdout: 'rewrote old/a.air\nrewrote old/e.air\n' });
  expect(stderr).toContain('old/b.air: error: it has comments inside of the program');
  expect(stderr).toContain('old/c.air');
  expect(stderr).toContain('6 cases read, 2 in an older form');
  expect([read('b.air'), read('c.air'), read('d.air'), read('f.air')]).toEqual([before[1], before[2], byHand, foreign]);
  expect(read('e.air')).toBe(before[4]!.replace('codegen/interp-exe/result/add_wrap', 'codegen/run/add_wrap'));
  expect(read('a.air')).toContain(';! bucket codegen/run/add_wrap\n;! target wasm32 +bulk_memory\n; Why it is here.\n');
  expect((await harness(cwd, 'corpus', 'migrate', 'old/a.air', 'old/e.air')).stdout).toBe('');
  expect((await harness(cwd, 'repro', 'old/a.air')).code).toBe(0);
});
