/**
 * What the checks of one case share: the builds and runs of the case, each made when first asked for and then kept.
 *
 * Owns laziness, timing and the guard against steps that do not end. Decides nothing: judge.ts compares, checks conclude.
 * Lives as long as its case; holding on to a context holds on to instances of the engine.
 */
import type { Unit } from '../../core/index.ts';
import type { ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend, Built, ObjectInput, SharedWork } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import { objectName } from '../case/case-file.ts';
import type { Engine, EngineHost, EngineOptions, EngineRun } from '../engine/door.ts';
import type { MemoryPool } from '../engine/v8/memory-pool.ts';
import type { Topology } from '../topology/build-topology.ts';
import { buildTopology, plainTopology } from '../topology/build-topology.ts';
import { wasmLdArguments } from '../topology/link-options.ts';
import { linkWords } from '../topology/link-words.ts';
import type { BuildResult } from '../way/build-result.ts';
import { attempt } from '../way/build-result.ts';
import type { Reason } from '../model/finding.ts';
import { sampleHash } from '../model/sampling.ts';
import { judge } from './judge.ts';
import type { Stopwatch } from '../model/stopwatch.ts';
import type { Verdict } from '../model/verdict.ts';

/** Parts that a context is made of. */
export interface ContextParts {
  readonly case: Case;
  readonly backend: Backend;
  readonly engine: Engine;
  readonly reference: ProgramRun;
  readonly stopwatch: Stopwatch;
  /** Run everything that could be sampled. */
  readonly every: boolean;
  /** Milliseconds for each build and each run, or null when the whole case is guarded from outside. */
  readonly stepTime: number | null;
  /** For the runs of the case; absent: each makes its own. */
  readonly memories?: MemoryPool;
}

/** A built module that was run and judged. */
export interface Judged {
  readonly bytes: Uint8Array;
  readonly run: EngineRun;
  readonly verdict: Verdict;
}

/** One object of the split program. */
export interface PartObject {
  readonly name: string;
  readonly result: BuildResult;
}

/** See the file header. */
export class CaseContext {
  readonly case: Case;
  readonly backend: Backend;
  readonly engine: Engine;
  /** The run of the interpreter: legal and not exhausted. */
  readonly reference: ProgramRun;
  readonly stopwatch: Stopwatch;
  readonly every: boolean;
  readonly #stepTime: number | null;
  readonly #memories: Pick<EngineOptions, 'memories'>;
  readonly #reasons = new Set<Reason>();
  /** Of the builds that are kept; what is compiled anew shares nothing. */
  readonly #work: SharedWork = {};
  #exe: BuildResult | null = null;
  #object: BuildResult | null = null;
  #linked: BuildResult | null = null;
  #parts: readonly PartObject[] | null = null;
  #split: BuildResult | null = null;
  #topology: Topology | null | undefined;
  #decorated: BuildResult | null = null;
  #words: readonly string[] = [];
  #plain: Topology | null = null;
  readonly #judged: Judged[] = [];

  constructor(parts: ContextParts) {
    this.case = parts.case;
    this.backend = parts.backend;
    this.engine = parts.engine;
    this.reference = parts.reference;
    this.stopwatch = parts.stopwatch;
    this.every = parts.every;
    this.#stepTime = parts.stepTime;
    this.#memories = parts.memories === undefined ? {} : { memories: parts.memories };
  }

  get unit(): Unit {
    return this.case.unit;
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
    const { objects, links } = this.backend.capabilities;
    return objects && links;
  }

  /** The executable. */
  exe(): BuildResult {
    return (this.#exe ??= this.compileExe(this.#work));
  }

  /** The executable, compiled anew but for what is in `work`. */
  compileExe(work?: SharedWork): BuildResult {
    const { unit, settings } = this.case;
    return this.#build('codegen', () => this.backend.compileExe(unit, settings, this.stopwatch, work));
  }

  /** The whole program as one object. */
  object(): BuildResult {
    return (this.#object ??= this.compileObject(this.#work));
  }

  /** The whole program as one object, compiled anew but for what is in `work`. */
  compileObject(work?: SharedWork): BuildResult {
    const { unit, settings } = this.case;
    const options = work === undefined ? {} : { work };
    return this.#build('codegen', () => this.backend.compileObject!(unit, settings, options));
  }

  /** The whole-program object, linked; null where there is no object to link. */
  linked(): BuildResult | null {
    if (this.#linked !== null) return this.#linked;
    const object = this.object();
    if (object.kind !== 'built') return null;
    return (this.#linked = this.link([{ name: 'whole.o', bytes: object.bytes }]));
  }

  /** Links `objects`. */
  link(objects: readonly ObjectInput[]): BuildResult {
    return this.#build('link', () => this.backend.linkObjects!(objects, this.case.settings));
  }

  /** The objects of the link plan, in the order of its parts. */
  parts(): readonly PartObject[] {
    return (this.#parts ??= this.case.plan.parts.map((navs, n) => {
      const options = { defines: new Set(navs), shared: true, work: this.#work };
      const { unit, settings } = this.case;
      const result = this.#build('codegen', () => this.backend.compileObject!(unit, settings, options));
      return { name: objectName(n), result };
    }));
  }

  /** The objects of the link plan, linked in its order; null where one of them was not built. */
  split(): BuildResult | null {
    if (this.#split !== null) return this.#split;
    const parts = this.parts();
    const objects: ObjectInput[] = [];
    for (const n of this.case.plan.order) {
      const part = parts[n]!;
      if (part.result.kind !== 'built') return null;
      objects.push({ name: part.name, bytes: part.result.bytes });
    }
    return (this.#split = this.link(objects));
  }

  /** The decorated link of the plan; null where the plan has no decorations, or an object was not built. */
  topology(): Topology | null {
    if (this.#topology !== undefined) return this.#topology;
    return (this.#topology = this.#buildTopology());
  }

  #buildTopology(): Topology | null {
    const { plan } = this.case;
    const { decorations = [], options = [] } = plan;
    if (!this.hasObjects || this.backend.linkCommand === undefined || plan.parts.length === 0) return null;
    if (decorations.length + options.length === 0) return null;
    const parts: ObjectInput[] = [];
    for (const { name, result } of this.parts()) {
      if (result.kind !== 'built') return null;
      parts.push({ name, bytes: result.bytes });
    }
    return buildTopology({ parts, order: plan.order, decorations, options });
  }

  /** The decorated link; null where there is none. */
  decorated(): BuildResult | null {
    if (this.#decorated !== null) return this.#decorated;
    const topology = this.topology();
    if (topology === null) return null;
    const inputs = this.inputsOf(topology);
    if (!Array.isArray(inputs)) return (this.#decorated = inputs as BuildResult);
    const seed = sampleHash(this.case, 'words') + 1;
    const plain = wasmLdArguments(this.case.settings, topology.options, this.unit.pool.target.ptrBits);
    const { words, files } = linkWords(inputs, topology.items, plain, seed);
    this.#words = words;
    return (this.#decorated = this.#build('link', () => this.backend.linkCommand!(words, files)));
  }

  /** The words that {@link decorated} was asked for in; empty before that. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** Inputs of the link of `topology`, some of them joined if it says so; or why they could not be joined. */
  inputsOf({
    inputs,
    joined,
  }: Pick<Topology, 'inputs' | 'joined'>): readonly ObjectInput[] | Exclude<BuildResult, { kind: 'built' }> {
    const { backend } = this;
    if (joined === null || backend.joinObjects === undefined) return inputs;
    const { first, count } = joined;
    const one = this.#build('link', () => backend.joinObjects!(inputs.slice(first, first + count)));
    if (one.kind !== 'built') return one;
    return inputs.toSpliced(first, count, { name: 'joined.o', bytes: one.bytes });
  }

  /** What the plan says to link, decorated if it says so; null where it does not cut, or an object was not built. */
  linkPlan(): Topology | null {
    if (this.topology() !== null || !this.hasObjects || this.case.plan.parts.length === 0) return this.topology();
    const parts: ObjectInput[] = [];
    for (const { name, result } of this.parts()) {
      if (result.kind !== 'built') return null;
      parts.push({ name, bytes: result.bytes });
    }
    return (this.#plain ??= plainTopology(parts, this.case.plan.order));
  }

  /** {@link linkPlan}, linked. */
  linkedPlan(): BuildResult | null {
    return this.topology() === null ? this.split() : this.decorated();
  }

  /** Runs `bytes` in surroundings of its own. */
  runIn(bytes: Uint8Array, host: EngineHost): EngineRun {
    const { unit, calls } = this.case;
    return this.stopwatch.time('engine', () => this.engine.run(bytes, unit, calls, { timeout: this.#stepTime, host }));
  }

  /** Runs built `bytes` and compares with the reference. Modules that are equal byte for byte are run once. */
  judged(bytes: Uint8Array): Judged {
    const known = this.#judged.find((entry) => Buffer.compare(entry.bytes, bytes) === 0);
    if (known !== undefined) return known;
    const { unit, calls } = this.case;
    const options = { timeout: this.#stepTime, ...this.#memories };
    const run = this.stopwatch.time('engine', () => this.engine.run(bytes, unit, calls, options));
    const verdict = this.stopwatch.time('compare', () => judge(unit, calls, this.reference, run));
    const judged = { bytes, run, verdict };
    this.#judged.push(judged);
    return judged;
  }

  /** Verdict on a build, or null where there is none. */
  verdictOf(result: BuildResult | null): Verdict | null {
    return result?.kind === 'built' ? this.judged(result.bytes).verdict : null;
  }

  /** Runs a step of the backend on the account of `part`, catching what it throws. */
  attempt(part: 'codegen' | 'link', body: () => Built): BuildResult {
    return this.#build(part, body);
  }

  #build(part: 'codegen' | 'link', body: () => Built): BuildResult {
    return this.stopwatch.time(part, () => attempt(body, this.#stepTime));
  }
}
