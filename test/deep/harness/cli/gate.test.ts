/**
 * `harness gate` on a repository made of this project: a commit with a planted mistake is red with its bucket, one with a comment and
 * a new test is green, and neither leaves anything behind. The working tree is built by hand (its script does nothing), the base
 * by the gate.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Side } from '../../../../harness/gate/build-side.ts';
import { Children } from '../../../../harness/gate/children.ts';
import { replayCorpus } from '../../../../harness/gate/gate.ts';
import { makeFolder, ROOT, start } from '../../../harness/cli/run-harness.ts';
import type { Ended } from '../../../harness/cli/run-harness.ts';

const COPIED = [
  ...['core', 'interpreter', 'generators', 'harness', 'bench', 'types', 'scripts', 'bin', 'dist'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', '.gitignore'],
];

/** How a cast to another container knows what to fill with. */
const WIDENING = 'convertContainer(f, from, to, f.pool.intSigned(f.typeOf(operand)));';

const folder = makeFolder();
const root = join(folder.path, 'repository');
const temporary = join(folder.path, 'tmp');

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  return execFileSync('git', [...who, ...args], { cwd: root, encoding: 'utf8' }).trim();
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(root, file), 'utf8');
  expect(text.split(from)).toHaveLength(2);
  writeFileSync(join(root, file), text.replace(from, to));
}

beforeAll(() => {
  mkdirSync(root);
  mkdirSync(temporary);
  for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
  edit('package.json', '"build": "node scripts/build.mjs"', '"build": "node --version"');
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(root, '.git', 'info', 'exclude'), 'node_modules\n');
  mkdirSync(join(root, 'corpus', 'regressions'), { recursive: true });
  writeFileSync(
    join(root, 'corpus', 'regressions', 'seven.air'),
    'export fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n',
  );
  git('add', '--all');
  git('commit', '--quiet', '--message', 'base');
});

afterAll(() => folder.remove());

function gate(runs: string): { ended: Promise<Ended>; signal(name: NodeJS.Signals): void; stderr(): string } {
  return start(root, ['gate', '--base', 'main', '--runs', runs, '--jobs', '1', '--seed', '1', '--json'], {
    TMPDIR: temporary,
    HOME: folder.path,
  });
}

test('each failing file of the corpus is seen', async () => {
  const regressions = join(folder.path, 'replayed', 'corpus', 'regressions');
  mkdirSync(regressions, { recursive: true });
  const program = 'export fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = ';
  for (const [name, value] of Object.entries({ good: 7, bad: 8, worse: 9 })) {
    writeFileSync(join(regressions, `${name}.air`), `${program}${value}\n`);
  }
  const { cases, candidates } = await replayCorpus(
    join(folder.path, 'replayed'),
    new Side(ROOT, folder.path, new Children()),
  );
  expect(cases).toBe(3);
  expect(candidates.map((one) => one.cases)).toEqual(
    ['bad', 'worse'].map((name) => [join(regressions, `${name}.air`)]),
  );
});

function expectNothingLeft(): void {
  expect(readdirSync(temporary)).toEqual([]);
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
}

test('a planted mistake is red with its bucket', async () => {
  git('checkout', '--quiet', '-b', 'planted');
  for (const file of ['core/codegen/scalar/casts.ts', 'dist/core/codegen/scalar/casts.js']) {
    edit(file, WIDENING, WIDENING.replace('f.typeOf(operand)', 'f.resultType(inst)'));
  }
  git('commit', '--quiet', '--all', '--message', 'planted');
  const { code, stdout, stderr } = await gate('40').ended;
  expect({ code, stderr }).toEqual({ code: 1, stderr });
  const { buckets, parts, base } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {
    buckets: { id: string; caseFile: string }[];
    parts: unknown[];
    base: string;
  };
  expect(base).toBe(git('rev-parse', 'main'));
  expect(parts.length).toBeGreaterThan(0);
  expect(stderr).toContain('1 file changed: sweep, checked, default, integers');
  expect(buckets.length).toBeGreaterThan(0);
  for (const { id } of buckets) expect(id).toMatch(/^codegen\//);
  expect(stderr).toContain('RED');
  expectNothingLeft();
});

test('of two back ends, the one with the mistake is red, and the other one green', async () => {
  const ended = (backend: string, base: string): Promise<Ended> =>
    start(
      root,
      [
        ...['gate', '--backend', backend, '--base-backend', base, '--runs', '24', '--jobs', '1', '--seed', '1'],
        ...['--github', 'summary.md', '--json'],
      ],
      { TMPDIR: temporary, HOME: folder.path },
    ).ended;
  const good = join(ROOT, 'dist');
  const red = await ended('dist', good);
  expect({ code: red.code, stderr: red.stderr }).toEqual({ code: 1, stderr: red.stderr });
  expect(red.stderr).toMatch(/again: npx harness repro .* --explain --backend/);
  const { buckets } = JSON.parse(red.stdout.trimEnd().split('\n').at(-1)!) as {
    buckets: { id: string; seed: string; instructions: number; program: string; reduction: string }[];
  };
  // By its cause, small, and with the seed that found it.
  expect(buckets).toMatchObject([{ id: 'codegen/run/intcast', reduction: expect.stringContaining('1-minimal') }]);
  expect(buckets[0]!.program).toContain(' = intcast ');
  expect(buckets[0]!.instructions).toBeLessThanOrEqual(10);
  expect(red.stderr).toContain(`seed: npx harness repro ${buckets[0]!.seed} --explain`);
  expect(red.stderr).toMatch(/^::error title=codegen\/run\/intcast::1 case/m);
  expect(readFileSync(join(root, 'summary.md'), 'utf8')).toContain(' = intcast ');
  expect(await ended(good, 'dist')).toMatchObject({ code: 0 });
  expectNothingLeft();
});

test('a comment, another layout of the code, a document and a new test are green', async () => {
  git('checkout', '--quiet', '-b', 'harmless', 'main');
  edit('core/codegen/scalar/casts.ts', WIDENING, `${WIDENING.replace('(', '(\n      ')} // As it was.`);
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'docs', 'new.md'), '# A document\n');
  edit('dist/core/codegen/scalar/casts.js', WIDENING.replace('f.typeOf(operand)', 'f.resultType(inst)'), WIDENING);
  mkdirSync(join(root, 'test'));
  writeFileSync(join(root, 'test', 'new.test.ts'), "test('one is one', () => expect(1).toBe(1));\n");
  git('add', '--all');
  git('commit', '--quiet', '--message', 'harmless');
  const { code, stdout, stderr } = await gate('8').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr });
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({ buckets: [], known: [], flaky: [] });
  expect(stderr).toMatch(/green: no new failure in [0-9]+ random cases: at 95 % confidence fewer than/);
  expectNothingLeft();
});

test('a gate that is interrupted ends with 130 and leaves nothing behind', async () => {
  const running = gate('8');
  while (!running.stderr().includes('against')) await new Promise((resolve) => setTimeout(resolve, 50));
  running.signal('SIGTERM');
  expect((await running.ended).code).toBe(130);
  expectNothingLeft();
});
