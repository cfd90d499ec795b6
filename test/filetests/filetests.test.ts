/**
 * Runs the filetests below this folder: each must show what its trailing comments say. `npm run bless` (BLESS=1) writes
 * those comments anew; the difference is for a reviewer to read.
 */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIR_TAG_NAMES, DESCRIBED_TAGS } from '../../core/index.ts';
import { readFiletest, showFiletest, VIEWS } from './filetest.ts';

const FOLDER = import.meta.dirname;
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.air'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort();
const BLESS = process.env['BLESS'] === '1';

describe('filetests', () => {
  test.each(FILES)('%s', async (name) => {
    const path = join(FOLDER, name);
    const filetest = readFiletest(readFileSync(path, 'utf8'));
    const shown = await showFiletest(filetest);
    if (BLESS && shown !== filetest.expected) writeFileSync(path, filetest.program + shown);
    else expect(filetest.expected).toBe(shown);
  });

  test('each instruction that is lowered stands in one of them, and each view is shown', () => {
    const tests = FILES.map((name) => readFiletest(readFileSync(join(FOLDER, name), 'utf8')));
    const words = new Set(tests.flatMap(({ program }) => program.split(/[^a-z_0-9]+/)));
    expect(DESCRIBED_TAGS.length).toBeGreaterThan(90);
    expect(DESCRIBED_TAGS.filter((tag) => !words.has(tag))).toEqual([]);
    expect([...new Set(tests.flatMap(({ views }) => views))].sort()).toEqual([...VIEWS].sort());
    expect(AIR_TAG_NAMES.length).toBeGreaterThan(DESCRIBED_TAGS.length);
  });
});

describe('the runner', () => {
  const PROGRAM = '; test mir\nexport fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = add_wrap %0, u32 1\n  ret %1\n}\n';

  test('shows what a program becomes, and finds a change of it', async () => {
    const shown = await showFiletest(readFiletest(PROGRAM));
    expect(shown).toContain('; ==== mir\n; mir @f\n');
    expect(shown).toContain('i32_add');
    const changed = await showFiletest(readFiletest(PROGRAM.replace('add_wrap', 'sub_wrap')));
    expect(changed).toContain('i32_sub');
    expect(changed).not.toBe(shown);
  });

  test('takes a file apart so that blessing it twice changes nothing', async () => {
    const shown = await showFiletest(readFiletest(PROGRAM));
    const again = readFiletest(PROGRAM + shown);
    expect(again.program).toBe(PROGRAM);
    expect(again.expected).toBe(shown);
    expect(await showFiletest(again)).toBe(shown);
  });

  test('refuses a file that says nothing, or asks for what there is not', async () => {
    expect(() => readFiletest('fn @f() void {\n  ret void {}\n}\n')).toThrow("the first line is not '; test'");
    expect(() => readFiletest('; test mir asm\n')).toThrow("there is nothing called 'asm' to show");
    expect(readFiletest(PROGRAM).expected).toBe('');
    await expect(showFiletest(readFiletest('; test mir\nfn @f() void {\n'))).rejects.toThrow('filetest:');
  });
});
