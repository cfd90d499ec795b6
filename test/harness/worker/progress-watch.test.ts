/**
 * When a worker counts as hung: by what it does, not by the clock alone.
 */
import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessState } from '../../../harness/worker/process-state.ts';
import { processState } from '../../../harness/worker/process-state.ts';
import { ProgressWatch } from '../../../harness/worker/progress-watch.ts';

const LIMIT = 10_000;
const STEP = 1000;

/** Looks every second at a worker whose beat never changes; the second at which it counts as hung, or null within `seconds`. */
function hungAfter(seconds: number, stateAt: (second: number) => ProcessState | null): number | null {
  const watch = new ProgressWatch(LIMIT, 0);
  watch.look(1, stateAt(0), 0);
  for (let second = 1; second <= seconds; second++) {
    if (watch.look(1, stateAt(second), second * STEP)) return second;
  }
  return null;
}

const state = (change: Partial<ProcessState>): ProcessState => {
  return { isSuspended: false, isIdle: false, processorTime: 0, startedAt: '1', ...change };
};

describe('a worker whose marker stands still', () => {
  test('hangs once it has worked for the limit', () => {
    expect(hungAfter(60, (second) => state({ processorTime: second * STEP }))).toBe(11);
  });

  test('does not hang while it gets a small part of a core only, until it has worked as much', () => {
    expect(hungAfter(100, (second) => state({ processorTime: second * STEP * 0.05 }))).toBeNull();
    expect(hungAfter(300, (second) => state({ processorTime: second * STEP * 0.05 }))).toBeGreaterThan(190);
  });

  test('does not hang while it is suspended', () => {
    expect(hungAfter(1000, () => state({ isSuspended: true }))).toBeNull();
  });

  test('hangs when it waits for something for twice as long', () => {
    expect(hungAfter(60, () => state({ isIdle: true }))).toBe(21);
  });

  test('hangs by the clock where the system does not say what it does', () => {
    expect(hungAfter(60, () => null)).toBe(11);
  });

  test('is given all of its time again when the one who looks was suspended', () => {
    const watch = new ProgressWatch(LIMIT, 0);
    watch.look(1, null, 0);
    for (let second = 1; second <= 8; second++) expect(watch.look(1, null, second * STEP)).toBe(false);
    expect(watch.look(1, null, 100_000)).toBe(false);
    for (let second = 101; second <= 110; second++) expect(watch.look(1, null, second * STEP)).toBe(false);
    expect(watch.look(1, null, 111_000)).toBe(true);
  });
});

(process.platform === 'linux' ? test : test.skip)('the state of a process: works, waits, suspended, gone', async () => {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  const until = async (isSo: (state: ProcessState | null) => boolean): Promise<void> => {
    while (!isSo(processState(child.pid!))) await sleep(10);
  };
  await until((now) => now !== null && now.processorTime > 50);
  const { startedAt } = processState(child.pid!)!;
  expect(Number(startedAt)).toBeGreaterThan(0);
  child.kill('SIGSTOP');
  await until((now) => now?.isSuspended === true);
  child.kill('SIGCONT');
  await until((now) => now?.isSuspended === false);
  child.kill('SIGKILL');
  await until((now) => now === null);
  expect(processState(process.pid)!.startedAt).not.toBe(startedAt);
});
