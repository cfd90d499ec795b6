/**
 * The end of a worker process, as its parent sees it.
 */
import { expect, test } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainDeath } from '../../../harness/worker/death.ts';
import type { Died, FromWorker, WorkerSetup } from '../../../harness/worker/protocol.ts';

const ENTRY = fileURLToPath(new URL('../../../dist/harness/worker/worker.js', import.meta.url));

/** Starts a worker, gives it `task` once it is ready, or lets it go if there is none, and waits for its end. */
async function endOf(task: object | null): Promise<{ code: number | null; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'worker-'));
  const setup: WorkerSetup = {
    campaignSeed: 1,
    profile: 'small',
    shard: { index: 0, of: 1 },
    backend: 'core',
    engines: 'v8',
    checks: 'interp-exe',
    onlyOps: null,
    markerFile: join(folder, 'marker'),
    candidateFile: join(folder, 'candidate'),
  };
  try {
    const child = fork(ENTRY, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('message', (message) => {
      if ((message as FromWorker).type !== 'ready') return;
      if (task === null) child.disconnect();
      else child.send({ type: 'task', task });
    });
    child.send({ type: 'setup', setup });
    const ended = once(child.stderr!, 'end');
    const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
    await ended;
    return { code, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('an exception in the harness gives an exit code and a message', async () => {
  // A task without its files: what the types forbid.
  const { code, stderr } = await endOf({ kind: 'replay' });
  expect(code).toBe(1);
  const how = { why: 'exit', code, signal: null } as const;
  const died: Died = { kind: 'died', how, position: -1, part: null, candidate: null, stderr };
  expect(explainDeath(died)).toMatch(/^exit code 1: TypeError: /);
});

test('a worker whose parent lets it go ends with 0', async () => {
  expect(await endOf(null)).toEqual({ code: 0, stderr: '' });
});
