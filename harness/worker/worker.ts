/**
 * The entry of a worker process: gets a setup, then does one task after the other.
 *
 * Owns the messages of its side. A failure of the environment is sent to the parent; one of the harness ends this process, as a
 * crash of the engine does, and the marker file says at which case that was. A parent that is gone takes the worker with it.
 */
import { writeFileSync } from 'node:fs';
import { generatorOf } from '../case/generate.ts';
import { loadChecks } from '../check/checks.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { selectChecks } from '../check/select-checks.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { HarnessError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import { Executor } from './executor.ts';
import { MarkerWriter } from './marker.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

let executor: Executor | null = null;

/** A worker whose parent was killed is handed to another process: nobody wants what it makes. */
const parent = process.ppid;

// A signal to a terminal or a process group reaches the workers too; what happens then is for the parent to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// With the exit code that a failure has set, or 0.
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  void handle(message as ToWorker);
});

async function handle(message: ToWorker): Promise<void> {
  try {
    if (message.type === 'setup') {
      executor = await open(message.setup);
      say({ type: 'ready' });
    } else {
      const reply = await executor!.run(message.task);
      say({ type: 'reply', reply, spent: executor!.isSpent, rss: process.memoryUsage.rss() });
    }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // stderr reaches the parent before the exit code does.
    process.stderr.write(`${text}\n`);
    if (executor === null || error instanceof HarnessError) say({ type: 'failed', message: messageOf(error) });
    process.exitCode = 1;
    process.disconnect();
  }
}

async function open(setup: WorkerSetup): Promise<Executor> {
  const marker = new MarkerWriter(setup.markerFile);
  const backend = await loadBackend(setup.backend);
  const known = (backend.known ?? []).filter(({ id }) => setup.known?.includes(id) === true);
  const { names, required, refused } = selectChecks(setup.checks, setup.profile);
  return new Executor({
    campaignSeed: setup.campaignSeed,
    profile: setup.profile,
    shard: setup.shard,
    generate: generatorOf(setup.profile, setup.onlyOps, { ...backend, known }),
    backend,
    known,
    engines: await loadEngines(setup.engines),
    checks: await loadChecks(names),
    required,
    refused,
    mark: (position) => {
      if (process.ppid !== parent) process.exit(0);
      onDisk(() => marker.at(position));
    },
    markPart: (part) => onDisk(() => marker.part(part)),
    keepCandidate: (text) => onDisk(() => writeFileSync(setup.candidateFile, text)),
    onStep: (step) => say({ type: 'step', step }),
  });
}

/** Does what needs the disk; that it fails is the environment's fault. */
function onDisk(body: () => void): void {
  try {
    body();
  } catch (error) {
    throw new HarnessError(`a worker cannot write its files: ${messageOf(error)}`);
  }
}

function say(message: FromWorker): void {
  process.send!(message);
}
