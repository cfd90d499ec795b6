/**
 * A compiler and what it starts end with the process that asked for it, however that ends, and with the run.
 */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCompiler } from '../../../../harness/backend/process/run-compiler.ts';

const LIMITS = { processor: 60, clock: 200, memory: 2 ** 40 };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that nobody has waited for is dead all the same.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Runs `body` with a folder, and the shell text of a compiler that writes its own pid and that of a child into it. */
async function withFolder(body: (folder: string, pids: () => number[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'compiler-'));
  const pids = (): number[] => readFileSync(join(folder, 'pids'), 'utf8').trim().split(/\s+/).map(Number);
  try {
    await body(folder, pids);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const STARTS_ANOTHER = 'sleep 1000 & echo $$ $! > pids.new; mv pids.new pids; ';

test('a process that is killed takes its compiler with it, and what that has started', async () => {
  await withFolder(async (folder, pids) => {
    const source = `
      const { runCompiler } = await import(${JSON.stringify(new URL('../../../../dist/harness/backend/process/run-compiler.js', import.meta.url).href)});
      await runCompiler(['/bin/sh', '-c', ${JSON.stringify(`${STARTS_ANOTHER}wait`)}], ${JSON.stringify(folder)}, {}, ${JSON.stringify(LIMITS)});`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'ignore' });
    await until(() => existsSync(join(folder, 'pids')));
    const started = pids();
    expect(started.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await until(() => !started.some(isAlive));
  });
});

test('what a compiler leaves running ends with it', async () => {
  await withFolder(async (folder, pids) => {
    const end = await runCompiler(['/bin/sh', '-c', `${STARTS_ANOTHER}exit 3`], folder, {}, LIMITS);
    expect(end).toEqual({ kind: 'exited', code: 3, stderr: '' });
    await until(() => !pids().some(isAlive));
  });
});

test('a compiler that takes too long by the clock is ended with what it has started', async () => {
  await withFolder(async (folder, pids) => {
    const end = await runCompiler(['/bin/sh', '-c', `${STARTS_ANOTHER}wait`], folder, {}, { ...LIMITS, clock: 3 });
    expect(end).toEqual({ kind: 'killed', why: 'time limit' });
    await until(() => !pids().some(isAlive));
  });
});

test.each([
  ['SIGSEGV', { kind: 'signal', signal: 'SIGSEGV' }],
  ['SIGKILL', { kind: 'killed', why: 'SIGKILL' }],
  ['SIGXCPU', { kind: 'processor-time' }],
])('a compiler that ends by %s is told', async (signal, expected) => {
  const kill = ['/bin/sh', '-c', `kill -${signal.slice(3)} $$`];
  expect(await runCompiler(kill, '/', {}, LIMITS)).toMatchObject(expected);
});

test('what does not exist is missing', async () => {
  expect(await runCompiler(['/no/such/compiler'], '/', {}, LIMITS)).toMatchObject({ kind: 'missing' });
});
