/**
 * The entry of a worker process: gets a setup, then does one task after the other.
 *
 * Owns the messages of its side. A failure of the harness is sent to the parent, which ends this process; a crash of the
 * engine takes the process with it, and the marker file says at which case that was.
 */
import { writeFileSync } from 'node:fs';
import { generatorOf } from '../case/generate.ts';
import { loadChecks } from '../check/checks.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { selectChecks } from '../check/select-checks.ts';
import { V8_ENGINE } from '../engine/v8/v8-engine.ts';
import { Executor } from './executor.ts';
import { MarkerWriter } from './marker.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

let executor: Executor | null = null;

// A signal to a terminal or a process group reaches the workers too; what happens then is for the parent to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  void handle(message as ToWorker);
});

async function handle(message: ToWorker): Promise<void> {
  try {
    if (message.type === 'setup') {
      executor = await open(message.setup);
      say({ type: 'ready' });
    } else {
      say({ type: 'reply', reply: executor!.run(message.task) });
    }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // stderr reaches the parent before the exit code does.
    process.stderr.write(`${text}\n`);
    say({ type: 'failed', message: text });
    process.exitCode = 1;
    process.disconnect();
  }
}

async function open(setup: WorkerSetup): Promise<Executor> {
  const marker = new MarkerWriter(setup.markerFile);
  return new Executor({
    campaignSeed: setup.campaignSeed,
    shard: setup.shard,
    generate: generatorOf(setup.profile, setup.onlyOps),
    backend: await loadBackend(setup.backend),
    engine: V8_ENGINE,
    checks: await loadChecks(selectChecks(setup.checks, setup.profile).names),
    mark: (position) => marker.at(position),
    keepCandidate: (text) => writeFileSync(setup.candidateFile, text),
    onStep: (step) => say({ type: 'step', step }),
  });
}

function say(message: FromWorker): void {
  process.send!(message);
}
