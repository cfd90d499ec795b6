/** What `npm run bench` says of itself, and of words that mean nothing. */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../harness/cli/run-harness.ts';

function bench(...words: string[]) {
  return spawnSync(process.execPath, [join(ROOT, 'dist/bench/main.js'), ...words], { encoding: 'utf8' });
}

test('lists its parts', () => {
  const { status, stdout, stderr } = bench('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const part of [
    'PROFILE',
    'threads',
    'link',
    'codegen',
    'kernels',
    'peers',
    'memory',
    'night',
    'triage',
    'frequencies',
    'sizes',
    'digests',
  ])
    expect(stdout).toMatch(new RegExp(`^  ${part}\\b`, 'm'));
});

test.each([
  [['nosuch'], "bench: there is no part and no profile 'nosuch'; npm run bench -- --help lists the parts\n"],
  [['--fast'], "bench: there is no part and no profile '--fast'; npm run bench -- --help lists the parts\n"],
  [['codegen', 'nosuch'], "bench: there is no part and no profile 'nosuch'; npm run bench -- --help lists the parts\n"],
  [['memory', 'many'], "bench: 'many' is no number\n"],
  [['compare'], 'bench: compare: which build? (the folder dist of another one)\n'],
])('refuses %j', (words, message) => {
  const { status, stderr } = bench(...words);
  expect({ status, stderr }).toEqual({ status: 2, stderr: message });
});
