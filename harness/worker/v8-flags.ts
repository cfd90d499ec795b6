/**
 * The flags with which the V8 of a worker process starts.
 *
 * Owns which flags are wanted and which of them this Node has: V8 renames and removes its flags without notice, and Node does not
 * start with one that it does not know. `node --v8-options` lists V8's, `process.allowedNodeEnvironmentFlags` Node's; they
 * are asked for once per process. docs/performance.md has what each flag is worth on which version. Invariant: flags change how
 * long a case takes and never what it does.
 */
import { spawnSync } from 'node:child_process';
import { HarnessError } from '../model/failure.ts';

/**
 * Without trap handlers live memories do not exhaust the address space; a single thread compiles small modules faster than
 * helpers that have to be woken; most of a short campaign is V8 optimizing our code, so it does that later and inlines less; a
 * case leaves next to nothing behind, so it is collected while young. V8 11.4 and later count calls in place of bytecodes: there
 * no number of calls is better than V8's own.
 */
export const WANTED_FLAGS: readonly string[] = [
  '--disable-wasm-trap-handler',
  '--single-threaded',
  '--interrupt-budget=300000',
  '--max-inlined-bytecode-size-cumulative=200',
  '--min-semi-space-size=16',
  '--initial-old-space-size=256',
];

/** Those of `wanted` whose name is in `known`, which has names such as `--single-threaded`. */
export function chooseFlags(wanted: readonly string[], known: ReadonlySet<string>): string[] {
  return wanted.filter((flag) => known.has(flag.split('=')[0]!));
}

/** The names of flags in what `node --v8-options` prints. */
export function flagNames(listing: string): Set<string> {
  // V8 up to 8 prints underscores; it takes either.
  return new Set(Array.from(listing.matchAll(/^ +(--[\w-]+)/gm), ([, name]) => name!.replaceAll('_', '-')));
}

let flags: readonly string[] | null = null;

/** The flags for workers of this Node. Throws HarnessError if it cannot be asked. */
export function workerV8Flags(): readonly string[] {
  return (flags ??= chooseFlags(WANTED_FLAGS, knownFlags()));
}

function knownFlags(): Set<string> {
  const asked = spawnSync(process.execPath, ['--v8-options'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const known = flagNames(asked.stdout ?? '');
  if (asked.status !== 0 || known.size === 0) {
    const why = asked.error?.message ?? (asked.stderr || 'it lists none');
    throw new HarnessError(`${process.execPath} does not say which V8 flags it has (--v8-options): ${why}`);
  }
  for (const name of process.allowedNodeEnvironmentFlags) known.add(name);
  return known;
}
