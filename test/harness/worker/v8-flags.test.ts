/** Flags of workers: which of them a Node gets is asked of that Node, never taken from its version. */
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { chooseFlags, flagNames, WANTED_FLAGS, workerV8Flags } from '../../../harness/worker/v8-flags.ts';

const V8_11 = `SSE3=1 SSSE3=1 SSE4_1=1

The following syntax for options is accepted (both '-' and '--' are ok):
  --flag        (bool flags only)
  --no-flag     (bool flags only)

Options:
  --single-threaded (disable the use of background tasks)
        type: bool  default: --no-single-threaded
  --interrupt-budget (interrupt budget which should be used for the profiler counter)
        type: int  default: --interrupt-budget=67584
`;

test('the listing of V8 gives the names of its flags, whichever way they are spelled', () => {
  const names = flagNames(V8_11);
  expect(names.has('--single-threaded')).toBe(true);
  expect(names.has('--interrupt-budget')).toBe(true);
  expect(names.has('--no-single-threaded')).toBe(false);
  expect(flagNames('Options:\n  --max_old_space_size (max size)\n')).toEqual(new Set(['--max-old-space-size']));
  expect(flagNames('')).toEqual(new Set());
});

test('of the wanted flags those that are known are used, in order', () => {
  const wanted = ['--old=1', '--gone', '--stays=3'];
  expect(chooseFlags(wanted, new Set(['--stays', '--old', '--new']))).toEqual(['--old=1', '--stays=3']);
  expect(chooseFlags(wanted, new Set(['--stays']))).toEqual(['--stays=3']);
  expect(chooseFlags(wanted, new Set())).toEqual([]);
});

test('this Node starts with the flags it is given, which are all but what newer versions have lost', () => {
  const flags = workerV8Flags();
  const lost = WANTED_FLAGS.filter((flag) => !flags.includes(flag));
  expect(['', '--interrupt-budget=300000']).toContain(lost.join());
  const started = spawnSync(process.execPath, [...flags, '-p', '6 * 7'], { encoding: 'utf8' });
  expect(started.stderr).toBe('');
  expect(started.stdout).toBe('42\n');
});

test('Node is asked once', () => {
  expect(workerV8Flags()).toBe(workerV8Flags());
});

test('a flag that no Node has keeps one from starting: hence the question', () => {
  const started = spawnSync(process.execPath, ['--no-such-flag-of-v8=1', '-p', '1'], { encoding: 'utf8' });
  expect(started.status).not.toBe(0);
  expect(started.stderr).toContain('bad option');
});
