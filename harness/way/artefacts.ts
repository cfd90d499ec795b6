/**
 * Everything that is made of one program on its ways to a module, each thing made when first asked for and then kept.
 *
 * Owns laziness, timing and the guard against builds that do not end. Decides nothing: what is made of what is here, what
 * it means is for checks. The same store serves checks (on a case) and explanations (on the case with probes in it).
 */
import type { Unit } from '../../core/index.ts';
import type { Answer, Backend, BuildJob, LinkFiles, ObjectAbility, ObjectInput, SharedWork } from '../backend/door.ts';
import { objectName } from '../case/case-file.ts';
import type { Case } from '../model/case.ts';
import { sampleHash } from '../model/sampling.ts';
import type { OpaqueSettings, Variation } from '../model/settings.ts';
import type { Stopwatch } from '../model/stopwatch.ts';
import type { Topology } from '../topology/build-topology.ts';
import { buildTopology, plainTopology } from '../topology/build-topology.ts';
import { growsMemory } from '../topology/grows-memory.ts';
import { linkWords } from '../topology/link-words.ts';
import type { BuildResult } from './build-result.ts';
import type { Mix } from './mix.ts';
import { mixOf } from './mix.ts';
import { attempt, settle } from './build-result.ts';
import type { Supply } from './supply.ts';

/** With what a store is made. */
export interface ArtefactParts {
  readonly case: Case;
  readonly backend: Backend;
  readonly stopwatch: Stopwatch;
  /** Milliseconds for each build, or null when everything is guarded from outside. */
  readonly stepTime: number | null;
  /** Where the answers of a back end that takes batches come from. */
  readonly supply: Supply | null;
  /** Modules shall tell the names of their functions, whatever the settings say. */
  readonly named?: boolean;
}

/** One object of the split program. */
export interface PartObject {
  readonly name: string;
  readonly result: BuildResult;
}

/** The decorated link: what it was asked for in, and what came of it. */
export interface Decorated {
  readonly topology: Topology;
  /** Empty where it was not asked, because objects that were to be joined could not be. */
  readonly words: readonly string[];
  readonly result: BuildResult;
}

/** What a linker gets, or why that cannot be made. */
export type Inputs =
  | { readonly kind: 'inputs'; readonly inputs: readonly ObjectInput[] }
  | { readonly kind: 'failed'; readonly result: Exclude<BuildResult, { kind: 'built' }> };

export class Artefacts {
  readonly case: Case;
  readonly backend: Backend;
  readonly #parts: ArtefactParts;
  /** Of the builds that are kept; what is compiled anew shares nothing. */
  readonly #work: SharedWork = {};
  readonly #byWay = new Map<string, BuildResult>();
  readonly #varied = new Map<string, Artefacts>();
  readonly #ordered = new Map<string, BuildResult>();
  #exe: BuildResult | null = null;
  #object: BuildResult | null = null;
  #linked: BuildResult | null = null;
  #partObjects: readonly PartObject[] | null = null;
  #split: BuildResult | null = null;
  #mix: Mix | null | undefined;
  #mixed: BuildResult | null | undefined;
  #topology: Topology | null | undefined;
  #decorated: Decorated | null = null;
  #plain: Topology | null = null;
  #variations: readonly Variation<OpaqueSettings>[] | null = null;

  constructor(parts: ArtefactParts) {
    this.case = parts.case;
    this.backend = parts.backend;
    this.#parts = parts;
  }

  get unit(): Unit {
    return this.case.unit;
  }

  /** The settings that everything here is made with. */
  get settings(): OpaqueSettings {
    const { settings } = this.case;
    return this.#parts.named === true ? (this.backend.settings.withNames?.(settings) ?? settings) : settings;
  }

  /** The executable: what the first way of the back end makes. */
  exe(): BuildResult {
    return (this.#exe ??= this.#compile(this.unit, '', this.#work));
  }

  /** What way `way` of the back end makes. */
  byWay(way: string): BuildResult {
    if (way === this.backend.ways[0].name) return this.exe();
    let result = this.#byWay.get(way);
    if (result === undefined) this.#byWay.set(way, (result = this.#compile(this.unit, '', this.#work, way)));
    return result;
  }

  /** The executable of `unit`, compiled anew. `salt` says what for: a batch answers equal questions once. */
  compileExe(salt: string, unit: Unit = this.unit): BuildResult {
    return this.#compile(unit, salt);
  }

  #compile(unit: Unit, salt: string, work?: SharedWork, way = this.backend.ways[0].name): BuildResult {
    const job: BuildJob = { unit, settings: this.settings, way };
    const { compiler } = this.backend;
    const { supply, stopwatch, named = false } = this.#parts;
    if (compiler.kind === 'direct') return this.attempt('codegen', () => compiler.build(job, stopwatch, work));
    if (supply === null) throw new Error(`the back end ${this.backend.name} takes batches, and nobody collects them`);
    // Names are no setting that is printed, and equal questions are asked once.
    return this.attempt('codegen', () => supply.build(job, named ? `${salt} named` : salt));
  }

  /** The whole program as one object. */
  object(): BuildResult {
    return (this.#object ??= this.compileObject(this.unit, this.#work));
  }

  /** `unit` as one object, compiled anew but for what is in `work`. */
  compileObject(unit: Unit = this.unit, work?: SharedWork): BuildResult {
    return this.attempt('codegen', () => this.#objects().compile({ unit, settings: this.settings }, work));
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
    return this.attempt('link', () => this.#objects().link(objects, this.settings));
  }

  /** What each of `linkers` makes of the objects that the first way of the back end is made of. */
  linkedBy(linkers: readonly LinkFiles[]): readonly BuildResult[] {
    const { supply, stopwatch } = this.#parts;
    if (supply === null) throw new Error(`the back end ${this.backend.name} takes batches, and nobody collects them`);
    const job: BuildJob = { unit: this.unit, settings: this.settings, way: this.backend.ways[0].name };
    return stopwatch.time('link', () => supply.link(job, linkers)).map(settle);
  }

  /** The objects of the link plan, in the order of its parts. */
  parts(): readonly PartObject[] {
    return (this.#partObjects ??= this.case.plan.parts.map((navs, n) => {
      const job = { unit: this.unit, settings: this.settings, defines: new Set(navs), shared: true };
      return { name: objectName(n), result: this.attempt('codegen', () => this.#objects().compile(job, this.#work)) };
    }));
  }

  /** The objects of the link plan, linked in its order; null where one of them was not built. */
  split(): BuildResult | null {
    if (this.#split !== null) return this.#split;
    const objects = this.#inOrder(this.case.plan.order);
    return objects === null ? null : (this.#split = this.link(objects));
  }

  /** Which parts of the plan are compiled straight into the module of {@link mixed}; null where one was not built. */
  mix(): Mix | null {
    if (this.#mix !== undefined) return this.#mix;
    const parts = this.backend.mixed === undefined ? null : this.#builtParts();
    return (this.#mix = parts === null ? null : mixOf(this.case, parts));
  }

  /** Some parts of the plan as a unit, linked with the others as objects and archives; null where one was not built. */
  mixed(): BuildResult | null {
    if (this.#mixed !== undefined) return this.#mixed;
    const mix = this.mix();
    if (mix === null) return (this.#mixed = null);
    const job = { unit: this.unit, settings: this.settings, defines: mix.unit };
    const inputs = mix.others.map(({ input }) => input);
    return (this.#mixed = this.attempt('link', () => this.backend.mixed!.build(job, inputs, this.#work)));
  }

  /** The unit of {@link mixed}, as the object that would be written of it; null where there is none. */
  mixedUnit(): BuildResult | null {
    const mix = this.mix();
    if (mix === null) return null;
    const job = { unit: this.unit, settings: this.settings, defines: mix.unit, shared: true };
    return this.attempt('codegen', () => this.#objects().compile(job, this.#work));
  }

  /** The same, in the order called `name`; null where an object was not built, or the plan has no such order. */
  ordered(name: string): BuildResult | null {
    const known = this.#ordered.get(name);
    if (known !== undefined) return known;
    const order = ordersOf(this.case.plan.order).find((entry) => entry[0] === name)?.[1];
    const objects = order === undefined ? null : this.#inOrder(order);
    if (objects === null) return null;
    const result = this.link(objects);
    this.#ordered.set(name, result);
    return result;
  }

  #inOrder(order: readonly number[]): ObjectInput[] | null {
    const parts = this.parts();
    const objects: ObjectInput[] = [];
    for (const n of order) {
      const { name, result } = parts[n]!;
      if (result.kind !== 'built') return null;
      objects.push({ name, bytes: result.bytes });
    }
    return objects;
  }

  /** The other settings under which the program must do the same. */
  variations(): readonly Variation<OpaqueSettings>[] {
    return (this.#variations ??= this.backend.settings.variations(this.case.settings, this.unit));
  }

  /** What is made with the setting `name` changed; null where it cannot be. */
  varied(name: string): Artefacts | null {
    let store = this.#varied.get(name);
    if (store !== undefined) return store;
    const variation = this.variations().find((entry) => entry.name === name);
    if (variation === undefined) return null;
    store = new Artefacts({ ...this.#parts, case: { ...this.case, settings: variation.settings } });
    this.#varied.set(name, store);
    return store;
  }

  /** The decorated link of the plan; null where the plan has no decorations, or an object was not built. */
  topology(): Topology | null {
    if (this.#topology !== undefined) return this.#topology;
    return (this.#topology = this.#buildTopology());
  }

  #buildTopology(): Topology | null {
    const { plan } = this.case;
    const { decorations = [], options = [] } = plan;
    const { objects, command } = this.backend;
    if (objects === undefined || command === undefined || plan.parts.length === 0) return null;
    if (decorations.length + options.length === 0) return null;
    const parts = this.#builtParts();
    if (parts === null) return null;
    return buildTopology({ parts, order: plan.order, decorations, options, growsMemory: growsMemory(this.unit) });
  }

  #builtParts(): ObjectInput[] | null {
    return this.#inOrder(this.case.plan.parts.map((_, n) => n));
  }

  /** The decorated link, linked; null where there is none. */
  decorated(): Decorated | null {
    if (this.#decorated !== null) return this.#decorated;
    const topology = this.topology();
    const { command } = this.backend;
    if (topology === null || command === undefined) return null;
    const joined = this.inputsOf(topology);
    if (joined.kind === 'failed') return (this.#decorated = { topology, words: [], result: joined.result });
    const seed = sampleHash(this.case, 'words') + 1;
    const plain = command.words(this.settings, topology.options, this.unit.pool.target.ptrBits);
    const { words, files } = linkWords(joined.inputs, topology.items, plain, seed);
    const result = this.attempt('link', () => command.link(words, files));
    return (this.#decorated = { topology, words, result });
  }

  /** Inputs of the link of `topology`, some of them joined if it says so. */
  inputsOf({ inputs, joined }: Pick<Topology, 'inputs' | 'joined'>): Inputs {
    const join = this.backend.command?.join;
    if (joined === null || join === undefined) return { kind: 'inputs', inputs };
    const { first, count, wraps } = joined;
    const one = this.attempt('link', () => join(inputs.slice(first, first + count), wraps));
    if (one.kind !== 'built') return { kind: 'failed', result: one };
    return { kind: 'inputs', inputs: inputs.toSpliced(first, count, { name: 'joined.o', bytes: one.bytes }) };
  }

  /** What the plan says to link, decorated if it says so; null where it does not cut, or an object was not built. */
  linkPlan(): Topology | null {
    const { objects } = this.backend;
    if (this.topology() !== null || objects === undefined || this.case.plan.parts.length === 0) return this.topology();
    const parts = this.#builtParts();
    return parts === null ? null : (this.#plain ??= plainTopology(parts, this.case.plan.order));
  }

  /** {@link linkPlan}, linked. */
  linkedPlan(): BuildResult | null {
    return this.topology() === null ? this.split() : (this.decorated()?.result ?? null);
  }

  /** Runs a step of the back end on the account of `part`, catching what it throws. */
  attempt(part: 'codegen' | 'link', body: () => Answer): BuildResult {
    return this.#parts.stopwatch.time(part, () => attempt(body, this.#parts.stepTime));
  }

  #objects(): ObjectAbility {
    const { objects } = this.backend;
    if (objects === undefined) throw new Error(`the back end ${this.backend.name} makes no objects`);
    return objects;
  }
}

/** The other orders in which the objects of a plan are linked, by name. */
export function ordersOf(order: readonly number[]): readonly (readonly [string, readonly number[]])[] {
  return [
    ['reversed', [...order].reverse()],
    ['rotated', [...order.slice(1), order[0]!]],
  ];
}
