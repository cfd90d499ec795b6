/**
 * The known bugs of a back end on the command line: which of them a command keeps away from, found out by a worker.
 */
import type { Backend } from '../backend/door.ts';
import { HarnessError, Interrupted } from '../model/failure.ts';
import { withWorker } from './one-worker.ts';

/** The option that switches them off. */
export const NO_KNOWN_OPTION = {
  flags: '--no-known',
  help: 'neither keep away from the known bugs of the back end nor count them apart (docs/outside.md)',
  fallback: true,
} as const;

/** Which of the known bugs are there, and what there is to say about the others. */
export interface ActiveBugs {
  /** Ids; absent: the back end has no list, or nobody wants it. */
  readonly known?: readonly string[];
  readonly notes: readonly string[];
}

/** Replays the known bugs of `backend`, which `options` name. */
export async function activeBugs(
  backend: Backend,
  options: { readonly backend: string; readonly engines: string; readonly known: boolean },
): Promise<ActiveBugs> {
  const listed = backend.known ?? [];
  if (!options.known || listed.length === 0) return { notes: [] };
  const { backend: spec, engines } = options;
  const setup = { profile: 'default', checks: null, onlyOps: null, backend: spec, engines };
  const outcome = await withWorker(setup, (workers) => workers.run<'known'>({ kind: 'known' }));
  switch (outcome.kind) {
    case 'stopped':
      throw new Interrupted('the worker was stopped');
    case 'failed':
      throw new HarnessError(outcome.message);
    case 'died':
      return {
        known: listed.map(({ id }) => id),
        notes: ['a worker died while the known bugs were replayed: all of them count as known'],
      };
    case 'done': {
      const { fixed, unclear } = outcome.reply;
      const notes = listed.flatMap(({ id, what }) => {
        if (fixed.includes(id)) return [`the known bug ${id} is fixed (${what}): what looks like it is a finding`];
        return unclear.includes(id) ? [`the known bug ${id} could not be replayed: it counts as known`] : [];
      });
      return { known: listed.flatMap(({ id }) => (fixed.includes(id) ? [] : [id])), notes };
    }
  }
}

/** `backend` with those of its known bugs that `ids` names; without ids with none. */
export function withKnown(backend: Backend, ids: readonly string[] | undefined): Backend {
  return { ...backend, known: (backend.known ?? []).filter(({ id }) => ids?.includes(id) === true) };
}
