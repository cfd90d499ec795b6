/**
 * From a unit to bytes: the back end as its users see it.
 *
 * Owns the order of things (refuse, generate, hand to the linker, flush) and the translation of settings into the options
 * of codegen and linker; everything else happens below. A unit must be verified. Bad input comes back as diagnostics.
 */
import { panicFunction } from '../air/panic.ts';
import type { Nav, NavExport, Unit } from '../air/unit.ts';
import { CodeGenerator } from '../codegen/generate.ts';
import type { CodegenOptions } from '../codegen/state/options.ts';
import { peepholesOf } from '../codegen/state/peepholes.ts';
import { refusals } from '../codegen/refusals.ts';
import type { Diagnostic } from '../diagnostics/diagnostics.ts';
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { NavIndex } from '../intern/keys.ts';
import { OutputBuffers } from '../wasm/output-buffers.ts';
import { isArchive, readArchive } from '../link/input/archive.ts';
import { LazyArchive } from '../link/input/lazy-archive.ts';
import type { LinkInput } from '../link/linker.ts';
import { DWARF } from '../link/unit/debug-info.ts';
import { joinObjects as joinParsedObjects, Linker, linkObjects as linkParsedObjects } from '../link/linker.ts';
import type { LinkOptions } from '../link/options/options.ts';
import { DEFAULT_LINK_OPTIONS } from '../link/options/options.ts';
import type { MirBuilder } from '../mir/builder.ts';
import type { Mir } from '../mir/mir.ts';
import { assert } from '../support/assert.ts';
import { inLayer, markLayer } from '../support/layer-mark.ts';
import { runtimeLibrary } from './runtime-library.ts';
import type { Settings } from './settings.ts';

/** A value, or what is wrong with the input. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: readonly Diagnostic[] };

/** What {@link compileObject} may be told. */
export interface CompileObjectOptions {
  /** Navs that the object defines; the others that it uses become undefined symbols. Absent: all. */
  readonly defines?: ReadonlySet<NavIndex>;
  /** Navs without an export bind hidden instead of local, so that the objects of one program find each other. */
  readonly shared?: boolean;
  /** Functions that another build of the unit has generated already. */
  readonly generated?: Generated;
}

/**
 * What codegen made of one unit under one set of settings: builds that are given the same one generate each function once.
 * The MIR of a function does not depend on what it becomes a part of. Empty at first; belongs to that unit as it is.
 */
export interface Generated {
  refused: readonly Diagnostic[] | null;
  readonly functions: Map<NavIndex, Mir>;
}

/** A {@link Generated} that holds nothing yet. */
export function nothingGenerated(): Generated {
  return { refused: null, functions: new Map() };
}

/** An object file and the name that messages call it by. */
export interface ObjectInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What {@link compileExe} may be told. */
export interface CompileExeOptions {
  /** Navs that the executable takes from the unit; `inputs` have the others. Absent: all. */
  readonly defines?: ReadonlySet<NavIndex>;
  /**
   * Objects and archives that are linked with the unit. They are parts of one program: what {@link compileObject} made of the
   * same unit with `shared`, or objects that use its names.
   */
  readonly inputs?: readonly ObjectInput[];
  /** Functions that another build of the unit has generated already. */
  readonly generated?: Generated;
}

/** What {@link linkObjects} may be told. */
export interface LinkObjectsOptions {
  /** Whether the runtime library takes part (it does unless this is false). */
  readonly runtime?: boolean;
  /** Options of the linker that are no settings of a compilation; they win over what the settings say. */
  readonly link?: Partial<LinkOptions>;
}

/**
 * What `settings` say to the linker, and `unit` if one is linked; defaults for all else. One literal, because this is done for each
 * program.
 */
function linkOptions(settings: Settings, unit: Unit | null): LinkOptions {
  const { stackSize, stackFirst, globalBase, gc, strip, debugInfo, buildId } = settings;
  return {
    ...DEFAULT_LINK_OPTIONS,
    stackSize,
    stackFirst,
    globalBase,
    gc,
    strip,
    debugInfo,
    buildId: buildId === 'none' ? null : { kind: buildId },
    table64: unit === null ? DEFAULT_LINK_OPTIONS.table64 : settings.table64,
    extraFeatures: unit === null ? DEFAULT_LINK_OPTIONS.extraFeatures : featuresOf(unit, settings),
  };
}

/** What the code and data of `unit` need of an engine, in the order of names. */
function featuresOf(unit: Unit, { atomics, bulkMemory, signExt, simd128, tailCall }: Settings): string[] {
  return [
    ...(atomics ? ['atomics'] : []),
    ...(bulkMemory ? ['bulk-memory'] : []),
    ...(unit.pool.target.ptrBits === 64 ? ['memory64'] : []),
    ...(signExt ? ['sign-ext'] : []),
    ...(simd128 ? ['simd128'] : []),
    ...(tailCall ? ['tail-call'] : []),
  ];
}

/** What `settings` and `unit` say to codegen. */
export function codegenOptions(
  unit: Unit,
  settings: Settings,
  panicNav: NavIndex | null = panicFunction(unit),
): Omit<CodegenOptions, 'ownerNav'> {
  const { bulkMemory, reuseLocals, atomics, simd128, brTable } = settings;
  return { bulkMemory, reuseLocals, atomics, simd128, brTable, peepholes: peepholesOf(settings), panicNav };
}

/** Compiles every function of this thread: one after the other, so all compilations can hold the same one. */
const CODEGEN = new CodeGenerator();

/** Every executable of this thread is written with them: one after the other as well. */
const BUFFERS = new OutputBuffers();

/** Panic functions of units of which single functions are compiled: neither the names nor the types of navs change. */
const PANIC_FUNCTIONS = new WeakMap<Unit, NavIndex | null>();

/** The MIR of a function of a unit that has no refusals. `mir`: see {@link CodeGenerator}. */
export function compileFunction(unit: Unit, nav: NavIndex, settings: Settings, mir?: MirBuilder): Mir {
  let panicNav = PANIC_FUNCTIONS.get(unit);
  if (panicNav === undefined) PANIC_FUNCTIONS.set(unit, (panicNav = panicFunction(unit)));
  const generator = mir === undefined ? CODEGEN : new CodeGenerator(mir);
  return generate(unit, nav, codegenOptions(unit, settings, panicNav), generator);
}

function generate(
  unit: Unit,
  ownerNav: NavIndex,
  options: Omit<CodegenOptions, 'ownerNav'>,
  generator: CodeGenerator = CODEGEN,
): Mir {
  const { ty, body } = unit.navs[ownerNav]!;
  try {
    return generator.generate(unit.pool, ty, body!, withOwner(options, ownerNav));
  } catch (error) {
    throw markLayer(error, 'codegen');
  }
}

function withOwner(options: Omit<CodegenOptions, 'ownerNav'>, ownerNav: NavIndex): CodegenOptions {
  const { bulkMemory, reuseLocals, atomics, simd128, brTable, peepholes, panicNav } = options;
  return { bulkMemory, reuseLocals, atomics, simd128, brTable, peepholes, panicNav, ownerNav };
}

function hasBody(nav: Nav): boolean {
  return nav.kind === 'func';
}

/**
 * A compilation that is kept: updates and flushes may alternate, and a flush uses nothing up. Invariant: after any updates,
 * a flush gives the bytes of a new compilation of the unit as it is then. The unit that it was made of is not changed. MIR is
 * kept, because that of a function depends on nothing but its type, its body and the panic function.
 */
export class Compilation {
  #source: Unit;
  /** As compiled: `#source` with all edits. */
  #unit: Unit;
  /** Those of `#unit`. */
  #navs: Nav[];
  readonly #settings: Settings;
  #options: Omit<CodegenOptions, 'ownerNav'>;
  #linker: Linker;
  readonly #others: readonly LinkInput[] | undefined;
  /** What was handed to the linker of each function. */
  #functions = new Map<NavIndex, Mir>();
  #hasRuntime = false;
  /** What is wrong with the objects and archives that are linked with the unit. */
  #unread: Diagnostics | null = null;

  /**
   * Compiles the navs of `unit` that `defines` has (all if absent); the unit must have no refusals. Functions that
   * `generated` has are taken from there, others are put there. `others` are linked with the unit, as parts of one program.
   */
  constructor(
    unit: Unit,
    settings: Settings,
    defines?: ReadonlySet<NavIndex>,
    generated?: Generated,
    others?: readonly LinkInput[],
  ) {
    this.#source = unit;
    this.#settings = settings;
    this.#navs = unit.navs.map((nav) => this.#asCompiled(nav));
    this.#unit = { pool: unit.pool, navs: this.#navs };
    this.#options = codegenOptions(unit, settings);
    this.#others = others;
    this.#linker = this.#openLinker();
    if (defines?.size === 0) return;
    for (let nav = 0; nav < unit.navs.length; nav++) {
      if (defines !== undefined && !defines.has(nav as NavIndex)) continue;
      const known = generated?.functions.get(nav as NavIndex);
      if (known !== undefined) {
        this.accept(nav as NavIndex, known);
        continue;
      }
      const mir = this.#update(nav as NavIndex);
      if (mir !== null) generated?.functions.set(nav as NavIndex, mir);
    }
  }

  /** Compiles function `nav` again: as `edited`, of the same name and type, or as the unit has it. */
  updateFunc(nav: NavIndex, edited?: Nav): void {
    this.#replace(nav, edited ?? this.#source.navs[nav]!);
    this.#update(nav);
  }

  /** Lowers variable or constant `nav` again: as `edited`, of the same name and type, or as the unit has it. */
  updateNav(nav: NavIndex, edited?: Nav): void {
    this.#replace(nav, edited ?? this.#source.navs[nav]!);
    this.#update(nav);
  }

  /** A linker that has the other inputs, and nothing of the unit yet. */
  #openLinker(): Linker {
    const others = this.#others;
    const linker = new Linker(this.#unit, {
      shared: others !== undefined,
      simd128: this.#settings.simd128,
      debug: DWARF,
    });
    this.#hasRuntime = false;
    if (others !== undefined) {
      this.#unread = inLayer('linker', () => linker.addInputs(others));
      // They may need it as well, and it comes behind them.
      this.#needRuntime(linker);
    }
    return linker;
  }

  /**
   * The unit is `unit` from now on, of the same pool: navs may have come behind the others, gone from the end, or be of another
   * kind, name or type. One that goes from between others stays as an extern that nothing mentions, because bodies name navs
   * by their numbers. Edits that were made before count no longer. Functions of the same type and body keep their code; all else
   * is handed to the linker anew. Returns how many functions were compiled, or why the unit is refused: then nothing has changed.
   * Only for compilations of whole units.
   */
  updateUnit(unit: Unit): Result<number> {
    assert(unit.pool === this.#source.pool, 'an updated unit is of the same pool');
    const refused = refusalsOf(unit, this.#settings, undefined);
    if (refused.length > 0) return { ok: false, error: refused };
    const [before, options] = [this.#navs, this.#options];
    const kept = this.#functions;
    this.#source = unit;
    this.#navs = unit.navs.map((nav) => this.#asCompiled(nav));
    this.#unit = { pool: unit.pool, navs: this.#navs };
    this.#options = codegenOptions(unit, this.#settings);
    this.#functions = new Map();
    this.#linker = this.#openLinker();
    let compiled = 0;
    this.#navs.forEach((nav, n) => {
      const old = before[n];
      const mir = kept.get(n as NavIndex);
      const isKept = old?.body === nav.body && old.ty === nav.ty && options.panicNav === this.#options.panicNav;
      if (mir !== undefined && isKept && hasBody(nav)) this.accept(n as NavIndex, mir);
      else if (this.#update(n as NavIndex) !== null) compiled++;
    });
    return { ok: true, value: compiled };
  }

  /** Takes the MIR of function `nav`, new or again, from whoever generated it. */
  accept(nav: NavIndex, mir: Mir): void {
    this.#functions.set(nav, mir);
    if (mir.intrinsics.length > 0) this.#needRuntime(this.#linker);
    try {
      this.#linker.updateFunc(nav, mir);
    } catch (error) {
      throw markLayer(error, 'linker');
    }
  }

  /** The names under which the outside sees `nav` are now these. */
  updateExports(nav: NavIndex, exports: readonly NavExport[]): void {
    this.#navs[nav] = { ...this.#navs[nav]!, exports };
    inLayer('linker', () => this.#linker.updateExports(nav, exports));
  }

  /** Takes back one name of `nav`; does nothing if it has no such name. */
  deleteExport(nav: NavIndex, name: string): void {
    const now = this.#navs[nav]!;
    this.#navs[nav] = { ...now, exports: now.exports.filter((one) => one.name !== name) };
    inLayer('linker', () => this.#linker.deleteExport(nav, name));
  }

  /** As clang: without the features that threads need there is one thread, and nothing thread-local. */
  #asCompiled(nav: Nav): Nav {
    const { atomics, bulkMemory } = this.#settings;
    return nav.threadlocal && !(atomics && bulkMemory) ? { ...nav, threadlocal: false } : nav;
  }

  #replace(nav: NavIndex, edited: Nav): void {
    const old = this.#navs[nav]!;
    const same = edited.kind === old.kind && edited.name === old.name && edited.ty === old.ty;
    assert(same, 'an update changes what a nav holds, not what it is');
    this.#navs[nav] = this.#asCompiled(edited);
    if (edited.exports !== old.exports) this.updateExports(nav, edited.exports);
  }

  /** Compiles `nav` and returns its MIR if it is a function. */
  #update(nav: NavIndex): Mir | null {
    if (hasBody(this.#navs[nav]!)) {
      const mir = generate(this.#unit, nav, this.#options);
      this.accept(nav, mir);
      return mir;
    }
    try {
      this.#linker.updateNav(nav);
    } catch (error) {
      throw markLayer(error, 'linker');
    }
    return null;
  }

  #needRuntime(linker: Linker): void {
    if (this.#hasRuntime) return;
    this.#hasRuntime = true;
    linker.addLibrary(runtimeLibrary(this.#unit.pool.target.ptrBits));
  }

  /** Links an executable. */
  flush(): Result<Uint8Array> {
    if (this.#unread !== null) return { ok: false, error: this.#unread.sorted() };
    const options = linkOptions(this.#settings, this.#unit);
    const result = inLayer('linker', () => this.#linker.flushWith(options, BUFFERS));
    return result.ok ? { ok: true, value: result.bytes } : { ok: false, error: result.error.sorted() };
  }

  /** Writes a relocatable object. */
  flushObject(shared: boolean): Result<Uint8Array> {
    const options = {
      binding: shared ? ('hidden-global' as const) : ('local' as const),
      strip: this.#settings.strip,
      debugInfo: this.#settings.debugInfo,
      table64: this.#settings.table64,
      features: featuresOf(this.#unit, this.#settings),
    };
    const result = inLayer('linker', () => this.#linker.flushObject(options));
    return result.ok ? { ok: true, value: result.bytes } : { ok: false, error: result.error.sorted() };
  }
}

/** What `unit` is refused for; asked once for all builds with the same `generated`. */
function refusalsOf(unit: Unit, settings: Settings, generated: Generated | undefined): readonly Diagnostic[] {
  if (generated === undefined) return inLayer('codegen', () => refusals(unit, settings));
  return (generated.refused ??= inLayer('codegen', () => refusals(unit, settings)));
}

/** Starts a compilation of all of `unit`, or says what is refused. */
export function openCompilation(unit: Unit, settings: Settings, generated?: Generated): Result<Compilation> {
  const refused = refusalsOf(unit, settings, generated);
  if (refused.length > 0) return { ok: false, error: refused };
  return { ok: true, value: new Compilation(unit, settings, undefined, generated) };
}

/** Compiles `unit`, or a part of it, and links it into an executable, alone or with objects and archives. */
export function compileExe(unit: Unit, settings: Settings, options: CompileExeOptions = {}): Result<Uint8Array> {
  const { defines, inputs, generated } = options;
  const refused = refusalsOf(unit, settings, generated);
  if (refused.length > 0) return { ok: false, error: refused };
  if (inputs === undefined) return new Compilation(unit, settings, defines, generated).flush();
  const others = withArchives(inputs);
  if (!others.ok) return others;
  return new Compilation(unit, settings, defines, generated, others.value).flush();
}

/** Compiles `unit`, or a part of it, into a relocatable object. Runtime functions stay undefined. */
export function compileObject(unit: Unit, settings: Settings, options: CompileObjectOptions = {}): Result<Uint8Array> {
  const { defines, shared, generated } = options;
  const refused = refusalsOf(unit, settings, generated);
  if (refused.length > 0) return { ok: false, error: refused };
  return new Compilation(unit, settings, defines, generated).flushObject(shared ?? false);
}

/** Joins object files into one; references to a name of `wrap` go to `__wrap_NAME` then. */
export function joinObjects(inputs: readonly ObjectInput[], wrap: readonly string[] = []): Result<Uint8Array> {
  const result = inLayer('linker', () => joinParsedObjects(inputs, { wrap }));
  return result.ok ? { ok: true, value: result.bytes } : { ok: false, error: result.error.sorted() };
}

/** Links object files and archives into an executable. */
export function linkObjects(
  inputs: readonly ObjectInput[],
  settings: Settings,
  options: LinkObjectsOptions = {},
): Result<Uint8Array> {
  const all = withArchives(inputs);
  if (!all.ok) return all;
  const library = (options.runtime ?? true) ? (is64: boolean) => runtimeLibrary(is64 ? 64 : 32) : undefined;
  const linked = { ...linkOptions(settings, null), ...options.link };
  const result = inLayer('linker', () => linkParsedObjects(all.value, linked, library));
  return result.ok ? { ok: true, value: result.bytes } : { ok: false, error: result.error.sorted() };
}

/** `inputs` with the archives among them opened. */
function withArchives(inputs: readonly ObjectInput[]): Result<readonly LinkInput[]> {
  const all: LinkInput[] = [];
  const error = new Diagnostics();
  for (const input of inputs) {
    if (!isArchive(input.bytes)) {
      all.push(input);
      continue;
    }
    const archive = readArchive(input.bytes, input.name);
    if (archive.ok) all.push({ archive: new LazyArchive(archive.value) });
    else error.append(archive.error);
  }
  return error.failed ? { ok: false, error: error.sorted() } : { ok: true, value: all };
}
