/** The guard of time: endless work is stopped, and a process that gets little of the processor is not taken for endless. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unstarved, withinTime } from '../../../harness/engine/time-guard.ts';
import { makeFolder } from '../cli/run-harness.ts';

const GUARD = new URL('../../../dist/harness/engine/time-guard.js', import.meta.url).href;

/** Prints for each of twelve bodies of 120 ms of processor time, each guarded by 160 ms, whether the guard struck. */
const BUSY = `
import { withinTime } from ${JSON.stringify(GUARD)};
const work = () => {
  const begin = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(begin);
    if (user + system > 120_000) return;
  }
};
process.stdout.write('ready');
for (let n = 0; n < 12; n++) {
  const { timedOut, starved } = withinTime(160, work);
  process.stdout.write(timedOut ? (starved ? 's' : 'e') : '.');
}
`;

const folder = makeFolder();
afterAll(() => folder.remove());

// Other threads of the process, which collect and compile, take less of the processor than this in that time: milliseconds.
const LONG = 300;

describe('a guard', () => {
  test('stops work without end, and gives back what a body gives', () => {
    const endless = (): never => {
      for (;;);
    };
    expect(withinTime(50, endless).timedOut).toBe(true);
    expect(withinTime(60_000, () => 7)).toEqual({ timedOut: false, value: 7 });
  });

  test('that struck while the process did nothing is asked again, with more time', () => {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    let runs = 0;
    const timedOut = unstarved(() => {
      runs++;
      return withinTime(LONG, () => Atomics.wait(cell, 0, 0, runs === 1 ? LONG * 100 : 1)).timedOut;
    });
    expect({ timedOut, runs }).toEqual({ timedOut: false, runs: 2 });
  });

  test('waits longer once it has seen how little of the processor the process gets', async () => {
    const file = join(folder.path, 'busy.mjs');
    writeFileSync(file, BUSY);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const ended = once(child, 'close');
    let isOver = false;
    void ended.then(() => (isOver = true));
    while (!text.startsWith('ready') && !isOver) await delay(5);
    // From here on it runs for a fifth of the time.
    while (!isOver) {
      child.kill('SIGSTOP');
      await delay(40);
      child.kill('SIGCONT');
      await delay(10);
    }
    const struck = text.slice('ready'.length);
    expect(struck).toMatch(/^[.s]{12}$/);
    // The first guards know too little of it; those that follow know enough.
    expect(struck.replaceAll('.', '').length).toBeLessThan(6);
  });
});
