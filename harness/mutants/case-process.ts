/**
 * The entry of a process that runs cases against an instrumented copy of core: gets one task, answers once, ends.
 *
 * Owns which mutants count as run by a case. The runtime library is compiled once for each process, so the code that made a family of
 * it is run by each case that takes something from that family, whichever case was the first. Says where it is by the marker
 * file, as workers do: a position of the task, all profiles one behind the other.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CoreDoor } from '../backend/core/core-backend.ts';
import { coreBackend } from '../backend/core/core-backend.ts';
import { generatorOf } from '../case/generate.ts';
import { loadChecks } from '../check/checks.ts';
import { selectChecks } from '../check/select-checks.ts';
import { loadEngines } from '../engine/load-engines.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import { Executor } from '../worker/executor.ts';
import { MarkerWriter } from '../worker/marker.ts';
import type { FoundCase } from '../worker/protocol.ts';
import { SWITCH_FILE } from './instrumented-core.ts';
import { ENGINES } from './trial.ts';

/** Cases of a profile that are to be run, in ascending order. */
export interface ProfileCases {
  readonly profile: string;
  readonly positions: Uint32Array;
}

/** What such a process is asked. */
export interface CaseTask {
  /** Of the instrumented copy. */
  readonly folder: string;
  /** Of the back end in it. */
  readonly door: string;
  readonly seed: number;
  readonly checks: string | null;
  readonly markerFile: string;
  readonly work:
    /** Runs cases from position `from` on until `runs` of them have completed, and notes which mutants each runs. */
    | { readonly kind: 'record'; readonly profile: string; readonly from: number; readonly runs: number }
    /** Runs cases until one fails; `from` of the first profile are left out. */
    | { readonly kind: 'try'; readonly profiles: readonly ProfileCases[]; readonly from: number };
}

/** What became of it. */
export interface CaseAnswer {
  /** Processor seconds for cases. */
  readonly seconds: number;
  readonly tally: Tally;
  /** Cases that were begun, all profiles together. */
  readonly begun: number;
  /** The last of them failed. */
  readonly found: FoundCase | null;
  /** A guard struck at the last of them: it is to be run by itself. */
  readonly struck: boolean;
  /** Of `record`: the positions of the cases that run the code of each mutant. */
  readonly reached: readonly Uint32Array[];
}

/** A guard's work that many cases discard is not waited for: more cases than this times those wanted are not tried. */
const MAX_STRETCH = 4;

/** What copies of the built core export that is asked for here. */
interface Library {
  readonly runtimeLibrary: (ptrBits: 32 | 64) => { find(name: string): unknown };
}

interface Family {
  readonly name: string;
  readonly defines: () => readonly string[];
}

/** A parent that was killed is handed to another process: nobody wants what this one makes. */
const parent = process.ppid;
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', (task) => {
  void answer(task as CaseTask).then((given) => process.send!(given, () => process.disconnect()));
});

async function answer(task: CaseTask): Promise<CaseAnswer> {
  const door = (await import(pathToFileURL(join(task.door, 'index.js')).href)) as CoreDoor;
  const marker = new MarkerWriter(task.markerFile);
  const { work } = task;
  if (work.kind === 'record') {
    const notes = await openNotes(task.folder, door);
    const executor = await executorOf(task, work.profile, notes.door);
    const limit = work.runs * MAX_STRETCH;
    return run(
      marker,
      (tally, n) => {
        if (n >= limit || tally.cases >= work.runs) return null;
        notes.clear();
        return { executor, position: work.from + n, after: () => notes.note(work.from + n) };
      },
      notes.positions,
    );
  }
  const executors = new Map<string, Executor>();
  for (const { profile } of work.profiles) executors.set(profile, await executorOf(task, profile, door));
  const all = work.profiles.flatMap(({ profile, positions }) =>
    Array.from(positions, (position) => ({ executor: executors.get(profile)!, position })),
  );
  return run(
    marker,
    (_tally, n) => all[work.from + n] ?? null,
    () => [],
  );
}

interface OneCase {
  readonly executor: Executor;
  readonly position: number;
  readonly after?: () => void;
}

function run(
  marker: MarkerWriter,
  next: (tally: Tally, n: number) => OneCase | null,
  reached: () => readonly Uint32Array[],
): CaseAnswer {
  const tally = emptyTally();
  const usage = process.cpuUsage();
  let begun = 0;
  let found: FoundCase | null = null;
  let struck = false;
  for (let one = next(tally, 0); one !== null && found === null && !struck; one = next(tally, begun)) {
    if (process.ppid !== parent) process.exit(0);
    marker.at(begun++);
    const reply = one.executor.runCases(one.position, 1, true);
    addTally(tally, reply.tally);
    one.after?.();
    found = reply.found[0] ?? null;
    struck = reply.struck;
  }
  const { user, system } = process.cpuUsage(usage);
  return { seconds: (user + system) / 1e6, tally, begun, found, struck, reached: reached() };
}

async function executorOf({ seed, checks }: CaseTask, profile: string, door: CoreDoor): Promise<Executor> {
  const backend = coreBackend(door, 'core-copy');
  return new Executor({
    campaignSeed: seed,
    profile,
    shard: { index: 0, of: 1 },
    generate: generatorOf(profile, null, backend),
    backend,
    engines: await loadEngines(ENGINES),
    checks: await loadChecks(selectChecks(checks, profile).names),
    mark: () => undefined,
    keepCandidate: () => undefined,
  });
}

/** Which mutants cases run. */
interface Notes {
  /** Through which it is seen what of the library is taken. */
  readonly door: CoreDoor;
  /** Before a case. */
  readonly clear: () => void;
  /** After the case at `position`. */
  readonly note: (position: number) => void;
  readonly positions: () => readonly Uint32Array[];
}

/** Looks at each part of the library when it is first used: how it is made is told apart from what the case does beside. */
async function openNotes(folder: string, door: CoreDoor): Promise<Notes> {
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(folder, 'core', path)).href);
  const { reached } = (await load(SWITCH_FILE)) as { readonly reached: Uint8Array };
  const { runtimeLibrary } = (await load('pipeline/runtime-library.js')) as Library;
  const { RUNTIME_FAMILIES } = (await load('runtime/source.js')) as { readonly RUNTIME_FAMILIES: readonly Family[] };
  const atLoad = reached.slice();
  /** What `work` runs, which does not count for the case by itself. */
  const runBy = (work: () => void): Uint8Array => {
    const before = reached.slice();
    reached.fill(0);
    work();
    const run = reached.slice();
    reached.set(before);
    return run;
  };
  const add = (more: Uint8Array): void => more.forEach((isRun, n) => isRun === 1 && (reached[n] = 1));
  const made = new Map<string, Uint8Array>();
  const addMade = (key: string, make: () => void): void => {
    let run = made.get(key);
    if (run === undefined) made.set(key, (run = runBy(make)));
    add(run);
  };
  const always = runBy(() => runtimeLibrary(32).find(''));
  const familyOf = new Map(
    RUNTIME_FAMILIES.flatMap((family) => family.defines().map((name) => [name, family] as const)),
  );
  for (const ptrBits of [32, 64] as const) {
    const library = runtimeLibrary(ptrBits);
    const find = library.find.bind(library);
    library.find = (name) => {
      add(always);
      const family = familyOf.get(name);
      if (family !== undefined) addMade(`find ${ptrBits} ${family.name}`, () => find(name));
      return find(name);
    };
  }
  const compileRuntimeObjects: CoreDoor['compileRuntimeObjects'] = (ptrBits, names) => {
    add(always);
    for (const { name, defines } of RUNTIME_FAMILIES) {
      const defined = defines();
      if (names !== undefined && !defined.some((one) => names.has(one))) continue;
      addMade(`object ${ptrBits} ${name}`, () => door.compileRuntimeObjects(ptrBits, new Set([defined[0]!])));
    }
    return door.compileRuntimeObjects(ptrBits, names);
  };
  const positions: number[][] = Array.from(reached, () => []);
  return {
    door: { ...door, compileRuntimeObjects },
    clear: () => reached.set(atLoad),
    note: (position) => reached.forEach((isRun, n) => isRun === 1 && positions[n]!.push(position)),
    positions: () => positions.map((list) => Uint32Array.from(list)),
  };
}
