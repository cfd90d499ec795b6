/**
 * What the checks of one case share: its artefacts, and the runs of its modules, each made when first asked for.
 *
 * Owns running and judging. Decides nothing: judge.ts compares, checks conclude. Lives as long as its case.
 */
import type { Unit } from '../../core/index.ts';
import type { ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend } from '../backend/door.ts';
import type { Engine, EngineRequest, EngineRun, ProbeWish } from '../engine/door.ts';
import type { MemoryWish } from '../engine/request.ts';
import { requestOf, wishOfImages } from '../engine/request.ts';
import type { V8Host } from '../engine/v8/v8-engine.ts';
import { runSurrounded } from '../engine/v8/v8-engine.ts';
import type { Case } from '../model/case.ts';
import type { Reason } from '../model/finding.ts';
import type { OpaqueSettings } from '../model/settings.ts';
import type { Stopwatch } from '../model/stopwatch.ts';
import type { Verdict } from '../model/verdict.ts';
import { Artefacts } from '../way/artefacts.ts';
import type { BuildResult } from '../way/build-result.ts';
import type { Supply } from '../way/supply.ts';
import { judge } from './judge.ts';
import type { ModuleDifference } from './module-difference.ts';
import { observable } from './observable.ts';

/** Parts that a context is made of. */
export interface ContextParts {
  readonly case: Case;
  readonly backend: Backend;
  /** At least one; the first runs what every check runs. */
  readonly engines: readonly Engine[];
  readonly reference: ProgramRun;
  readonly stopwatch: Stopwatch;
  /** Run everything that could be sampled. */
  readonly every: boolean;
  /** Whether the check of a name runs on this case, if it applies. */
  readonly samples: (check: string) => boolean;
  /** Milliseconds for each build and each run, or null when the whole case is guarded from outside. */
  readonly stepTime: number | null;
  /** Run in the form that the engine makes fastest, where it has one. */
  readonly fast?: boolean;
  /** For what answers later; null: everything answers at once. */
  readonly supply?: Supply | null;
}

/** A built module that was run and judged. */
export interface Judged {
  readonly bytes: Uint8Array;
  readonly run: EngineRun;
  readonly verdict: Verdict;
}

/** Two builds that a check found to differ. */
export interface DifferingBuilds {
  /** `executable`, `object`, `linked object`. */
  readonly what: string;
  readonly first: Uint8Array;
  readonly again: Uint8Array;
}

/** Modules of two linkers that were found to differ. */
export interface DifferingLinks {
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
  readonly difference: ModuleDifference;
}

/** One case in work: what its checks share. */
export class CaseContext {
  readonly case: Case;
  readonly backend: Backend;
  readonly artefacts: Artefacts;
  readonly engines: readonly Engine[];
  /** The run of the interpreter: legal and not exhausted. */
  readonly reference: ProgramRun;
  readonly stopwatch: Stopwatch;
  readonly every: boolean;
  /** The last two builds that were found to differ: for explanations. */
  differing: DifferingBuilds | null = null;
  /** The last two links, for the same. */
  differingLinks: DifferingLinks | null = null;
  readonly #parts: ContextParts;
  readonly #reasons = new Set<Reason>();
  readonly #judged: Judged[] = [];
  #wish: MemoryWish | null = null;

  constructor(parts: ContextParts) {
    this.case = parts.case;
    this.backend = parts.backend;
    this.engines = parts.engines;
    this.reference = observable(parts.reference, parts.case.unit, parts.backend);
    this.stopwatch = parts.stopwatch;
    this.every = parts.every;
    this.#parts = parts;
    const { backend, stopwatch, stepTime, supply = null } = parts;
    this.artefacts = new Artefacts({ case: parts.case, backend, stopwatch, stepTime, supply });
  }

  get unit(): Unit {
    return this.case.unit;
  }

  /** Whether the check called `check` is due on this case: what it makes is there for others then, at no further cost. */
  samples(check: string): boolean {
    return this.#parts.samples(check);
  }

  /** Reasons noted so far, in order. */
  get reasons(): readonly Reason[] {
    return [...this.#reasons];
  }

  /** Notes that something could not be compared. */
  incomparable(reason: Reason): void {
    this.#reasons.add(reason);
  }

  /** Whether the program can be built and linked by way of objects. */
  get hasObjects(): boolean {
    return this.backend.objects !== undefined;
  }

  /** Whether there is an executable to compare with. */
  get hasExe(): boolean {
    return this.artefacts.exe().kind === 'built';
  }

  #request(bytes: Uint8Array): EngineRequest {
    const { unit, calls } = this.case;
    const memory = (this.#wish ??= wishOfImages(unit, this.reference.memory));
    return requestOf(bytes, unit, calls, { timeout: this.#parts.stepTime, memory });
  }

  /** Runs `bytes` in surroundings of its own, which only the engine of this process can have. */
  runIn(bytes: Uint8Array, host: V8Host): EngineRun {
    return this.stopwatch.time('engine', () => runSurrounded(this.#request(bytes), host));
  }

  /** Runs `bytes` on engine `n`. */
  runOn(n: number, bytes: Uint8Array): EngineRun {
    const engine = this.engines[n]!;
    const { fast = false, supply } = this.#parts;
    return this.stopwatch.time('engine', () => {
      const request = this.#request(bytes);
      if (engine.kind === 'direct')
        return fast && engine.fast !== undefined ? engine.fast(request) : engine.run(request);
      if (!supply) throw new Error(`the engine ${engine.name} takes batches, and nobody collects them`);
      return supply.run(engine, request);
    });
  }

  /** What can be made of `unit` in place of the program, with `settings`. */
  store(unit: Unit, settings: OpaqueSettings): Artefacts {
    const { case: own, backend, stopwatch, stepTime, supply = null } = this.#parts;
    return new Artefacts({ case: { ...own, unit, settings }, backend, stopwatch, stepTime, supply });
  }

  /** Makes the calls of the case on `bytes`, the module of `unit`, and tells what `probes` saw; the first engine answers at once. */
  watch(bytes: Uint8Array, unit: Unit, probes: ProbeWish): EngineRun {
    const engine = this.engines[0]!;
    if (engine.kind !== 'direct') throw new Error(`the engine ${engine.name} takes batches`);
    const memory = { variables: [], objects: [] };
    const request = requestOf(bytes, unit, this.case.calls, { timeout: this.#parts.stepTime, memory, probes });
    return this.stopwatch.time('engine', () => engine.run(request));
  }

  /** Verdict on `run`. */
  judge(run: EngineRun): Verdict {
    const { unit, calls } = this.case;
    return this.stopwatch.time('compare', () => judge(unit, calls, this.reference, run));
  }

  /** Runs built `bytes` and compares with the reference. Modules that are equal byte for byte are run once. */
  judged(bytes: Uint8Array): Judged {
    const known = this.#judged.find((entry) => Buffer.compare(entry.bytes, bytes) === 0);
    if (known !== undefined) return known;
    const run = this.runOn(0, bytes);
    const judged = { bytes, run, verdict: this.judge(run) };
    this.#judged.push(judged);
    return judged;
  }

  /** Verdict on a build, or null where there is none. */
  verdictOf(result: BuildResult | null): Verdict | null {
    return result?.kind === 'built' ? this.judged(result.bytes).verdict : null;
  }
}
