/**
 * `harness corpus`: a finding becomes a regression, and the regressions are what they have to be. And `harness help`.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { faultsOf } from '../../../harness/corpus/regression.ts';
import { airFilesBelow } from '../../../harness/corpus/air-files.ts';
import { GENERATOR_VERSION } from '../../../generators/index.ts';
import { harness, makeFolder, ROOT } from './run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

const BUCKET = 'codegen/interp-exe/result/add_wrap';
const FINDING =
  `;! case 1\n;! seed 0x51f3  profile default  generator 3\n;! bucket ${BUCKET}\n` +
  'export var @x: u32 = 5\nexport fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = add_wrap %0, u32 1\n  store *u32 &@x, %1\n  ret %1\n}\n' +
  'export fn @g() void {\n  trap\n}\n;! run @f(4)\n;! run @g()\n;! run @f(5)\n';

beforeAll(() => {
  mkdirSync(join(cwd, 'corpus', 'findings'), { recursive: true });
});

describe('harness corpus add', () => {
  const finding = join(cwd, 'corpus', 'findings', 'codegen-interp-exe-result-add_wrap.air');

  test('moves a finding, and states what its calls do', async () => {
    writeFileSync(finding, FINDING);
    const added = await harness(
      cwd,
      'corpus',
      'add',
      BUCKET,
      '--area',
      'integers',
      '--name',
      'sum',
      '--note',
      'A sum\nthat wraps.',
    );
    expect(added).toMatchObject({ code: 0, stdout: 'added corpus/regressions/integers/sum.air\n', stderr: '' });
    expect(existsSync(finding)).toBe(false);
    const text = readFileSync(join(cwd, 'corpus', 'regressions', 'integers', 'sum.air'), 'utf8');
    expect(text).toContain('; A sum\n; that wraps.\n');
    expect(text).toContain(';! run @f(4) = 5\n;! run @g() traps unreachable\n;! memory @x = 05000000\n');
    expect(await harness(cwd, 'corpus', 'check')).toMatchObject({ code: 0, stdout: '1 case, 0 wrong\n' });
    expect((await harness(cwd, 'regress')).stdout).toContain('1 case, 0 failed');
    expect((await harness(cwd, 'corpus', 'list')).stdout).toBe(
      `corpus/regressions/integers/sum.air  5 instructions  ${BUCKET}\n`,
    );
  });

  test('says where a case came from if nobody says more, and never overwrites', async () => {
    writeFileSync(finding, FINDING);
    const add = ['corpus', 'add', 'corpus/findings/codegen-interp-exe-result-add_wrap.air'];
    expect((await harness(cwd, ...add)).code).toBe(0);
    const file = join(cwd, 'corpus', 'regressions', 'campaign', 'codegen-interp-exe-result-add_wrap.air');
    expect(readFileSync(file, 'utf8')).toContain(`; Found by a campaign: ${BUCKET}, seed 0x51f3 of generator 3.\n`);
    writeFileSync(finding, FINDING);
    const again = await harness(cwd, ...add);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('exists already');
    expect(existsSync(finding)).toBe(true);
  });

  test.each([
    [['corpus', 'add'], 'needs one case'],
    [['corpus', 'add', '0x51f3'], 'is a seed'],
    [['corpus', 'add', 'nosuch.air'], 'no such file'],
    [['corpus', 'add', 'nosuch.air', '--area', '../x'], 'is not a plain name'],
    [['corpus', 'nosuch'], "no action 'nosuch' (known: list, add, check, prune, merge, migrate)"],
    [['corpus', 'merge'], 'needs folders'],
    [['corpus', 'merge', 'nosuch'], 'no such file or folder'],
    [['corpus', 'prune', 'x.air'], 'takes no file'],
  ])('%j is refused', async (args, text) => {
    const { code, stdout, stderr } = await harness(cwd, ...args);
    expect(stderr).toContain(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('harness corpus check says what a case lacks', async () => {
  writeFileSync(join(cwd, 'lacking.air'), FINDING);
  writeFileSync(join(cwd, 'wrong.air'), '; A note.\nexport fn @f() void {\n  trap\n}\n;! run @f() = {}\n');
  writeFileSync(join(cwd, 'broken.air'), 'nonsense\n');
  const ended = await harness(cwd, 'corpus', 'check', 'lacking.air', 'wrong.air', 'broken.air');
  expect(ended.code).toBe(2);
  expect(ended.stdout).toBe('3 cases, 3 wrong\n');
  expect(ended.stderr).toContain('lacking.air: error: no comment says what the case is about');
  expect(ended.stderr).toContain('lacking.air: error: nothing is stated of @f(4)');
  expect(ended.stderr).toContain('wrong.air: error: the interpreter disagrees about @f()');
  expect(ended.stderr).toContain('broken.air:1: error: ');
});

test('the corpus of the project lacks nothing', () => {
  const files = airFilesBelow(join(ROOT, 'corpus', 'regressions'));
  expect(files.length).toBeGreaterThan(25);
  for (const file of files) {
    const read = readCaseFile(readFileSync(file, 'utf8'), file);
    expect(read.ok && faultsOf(read.value)).toEqual([]);
  }
});

test('the case of the manual names a generator that was', () => {
  const versions = [...readFileSync(join(ROOT, 'corpus', 'README.md'), 'utf8').matchAll(/generator ([0-9]+)/g)];
  expect(versions.length).toBeGreaterThan(0);
  for (const [, version] of versions) expect(Number(version)).toBeLessThanOrEqual(GENERATOR_VERSION);
});

describe('harness help', () => {
  test('shows the list of commands, or what --help of a command shows', async () => {
    const [help, flag] = await Promise.all([harness(cwd, 'help'), harness(cwd, '--help')]);
    expect(help).toEqual(flag);
    expect(help.code).toBe(0);
    for (const name of ['repro', 'link', 'corpus']) {
      const [named, own] = await Promise.all([harness(cwd, 'help', name), harness(cwd, name, '--help')]);
      expect(named).toEqual(own);
      expect(named.stdout).toContain(`Usage: harness ${name}`);
    }
  });

  test('of link has the options of wasm-ld and --no-runtime', async () => {
    const { code, stdout } = await harness(cwd, 'link', '--help');
    expect(code).toBe(0);
    for (const text of ['Usage: harness link', '--no-runtime', '--export-dynamic', 'Exit codes:']) {
      expect(stdout).toContain(text);
    }
    expect((await harness(cwd, 'link', '-h')).stdout).toBe(stdout);
  });

  test('the version has two spellings', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    for (const flag of ['-V', '--version']) {
      expect(await harness(cwd, flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });
});
