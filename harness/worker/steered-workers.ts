/**
 * Workers that are told the seeds of the cases they run: those of a campaign in which positions alone do not say them.
 *
 * Owns the translation of tasks. Everything else about workers is as it was.
 */
import type { Task, Workers } from './protocol.ts';

/** `workers`, for which `seedAt` says the seed of each position. */
export function steeredWorkers(workers: Workers, seedAt: (position: number) => number): Workers {
  return {
    size: workers.size,
    get hasStarted() {
      return workers.hasStarted ?? true;
    },
    run: (task, running) => workers.run(seeded(task, seedAt), running),
    close: () => workers.close(),
  };
}

function seeded<T extends Task>(task: T, seedAt: (position: number) => number): T {
  if (task.kind === 'cases') {
    return { ...task, seeds: Array.from({ length: task.count }, (_, n) => seedAt(task.first + n)) };
  }
  if (!('source' in task) || task.source.from !== 'position') return task;
  return { ...task, source: { from: 'seed', seed: seedAt(task.source.position) } };
}
