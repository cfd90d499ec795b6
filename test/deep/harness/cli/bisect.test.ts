/**
 * `harness bisect` on a repository whose harness is a toy: what `repro` says of a case is a file of the commit. What is asked is what
 * the command makes of a history, with commits that do not build and commits that cannot read the case.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended } from '../../../harness/cli/run-harness.ts';
import { makeFolder, start } from '../../../harness/cli/run-harness.ts';

const TOY = `import { readFileSync } from 'node:fs';
const code = Number(readFileSync(new URL('../../../answer', import.meta.url), 'utf8'));
if (!readFileSync(process.argv[3], 'utf8').includes('ret u32 7')) process.exit(2);
console.log(JSON.stringify({ buckets: code === 1 ? [{}] : [] }));
process.exit(code);
`;

const BUILD = `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
if (readFileSync('answer', 'utf8') === 'broken') throw new Error('does not build');
mkdirSync('dist/harness/cli', { recursive: true });
writeFileSync('dist/harness/cli/main.js', ${JSON.stringify(TOY)});
`;

const folder = makeFolder();
const root = join(folder.path, 'repository');
const temporary = join(folder.path, 'tmp');
const commits: string[] = [];

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  return execFileSync('git', [...who, ...args], { cwd: root, encoding: 'utf8' }).trim();
}

beforeAll(() => {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  mkdirSync(temporary);
  writeFileSync(join(root, 'package.json'), '{ "type": "module", "scripts": { "build": "node build.mjs" } }\n');
  writeFileSync(join(root, 'build.mjs'), BUILD);
  writeFileSync(join(root, '.gitignore'), 'node_modules\ndist\n');
  writeFileSync(join(root, 'case.air'), 'export fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n');
  git('init', '--quiet', '--initial-branch=main');
  // 0 passes, 1 fails, 2 cannot read the case; the first that fails is the fifth.
  for (const [n, answer] of ['0', '0', 'broken', '0', '1', '2', '1', '1'].entries()) {
    writeFileSync(join(root, 'answer'), answer);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', `commit ${n}`);
    commits.push(git('rev-parse', 'HEAD'));
  }
  execFileSync(process.execPath, ['build.mjs'], { cwd: root });
});

afterAll(() => folder.remove());

async function bisect(...args: string[]): Promise<Ended> {
  const ended = await start(root, ['bisect', ...args], { TMPDIR: temporary, HOME: folder.path }).ended;
  expect(readdirSync(temporary)).toEqual([]);
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
  return ended;
}

test('names the first commit that fails, over commits that cannot tell', async () => {
  const { code, stdout, stderr } = await bisect('--good', commits[0]!, '--bad', 'main', 'case.air', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr });
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({ commit: commits[4] });
  expect(stderr).toContain('commit 4');
});

test('cannot tell where only such commits are left', async () => {
  const { code, stdout } = await bisect('--good', commits[1]!, '--bad', commits[4]!, 'case.air');
  // The fourth passes, so the fifth is it, although the third does not build.
  expect(stdout).toContain('commit 4');
  expect(code).toBe(0);
  writeFileSync(join(root, 'answer'), 'broken');
  git('commit', '--quiet', '--all', '--message', 'broken again');
  writeFileSync(join(root, 'answer'), '0');
  git('commit', '--quiet', '--all', '--message', 'passes');
  writeFileSync(join(root, 'answer'), 'broken');
  git('commit', '--quiet', '--all', '--message', 'does not build');
  writeFileSync(join(root, 'answer'), '1');
  git('commit', '--quiet', '--all', '--message', 'fails');
  const unclear = await bisect('--good', 'main~2', '--bad', 'main', 'case.air', '--json');
  expect(unclear.code).toBe(125);
  const candidates = [git('rev-parse', 'main'), git('rev-parse', 'main~1')];
  const answer = JSON.parse(unclear.stdout) as { commit: null; candidates: string[] };
  expect(answer.commit).toBeNull();
  expect(answer.candidates.toSorted()).toEqual(candidates.toSorted());
  expect(unclear.stderr).toMatch(/cannot tell: it is one of these.*\n( {2}[0-9a-f]+ (fails|does not build)\n){2}/);
});

test('refuses ends that are not what they are called, and commits that are not there', async () => {
  const wrong = await bisect('--good', commits[4]!, '--bad', commits[7]!, 'case.air');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('the case fails on --good');
  expect((await bisect('--good', 'nosuch', 'case.air')).code).toBe(2);
  expect((await bisect('--good', commits[7]!, '--bad', commits[0]!, 'case.air')).stderr).toContain('is no ancestor');
  expect((await bisect('case.air')).stderr).toContain('bisect needs --good');
});
