/**
 * The two doors of the linker: a unit fed function by function, and a link of objects alone.
 *
 * Owns nothing but the long-lived state of a unit and its list of inputs. Object inputs are parsed once and may be shared
 * by any number of links. Both doors lead through the same flush.
 */
import type { NavExport, Unit } from '../air/unit.ts';
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { NavIndex } from '../intern/keys.ts';
import type { Mir } from '../mir/mir.ts';
import { OutputBuffers } from '../wasm/output-buffers.ts';
import type { FlushInputs, LinkFailure, LinkResult, ObjectResult } from './flush.ts';
import { flushExecutable, flushObject } from './flush.ts';
import { inputsAre64 } from './symbols/input-width.ts';
import type { LazyArchive } from './input/lazy-archive.ts';
import type { ParsedObject } from './input/object-file.ts';
import type { LinkOptions, UnitOptions } from './options/options.ts';
import { DEFAULT_LINK_OPTIONS, DEFAULT_UNIT_OPTIONS } from './options/options.ts';
import { readObject } from './input/read-object.ts';
import type { DebugWriter } from './unit/debug-model.ts';
import { LinkState } from './unit/state.ts';
import type { ObjectInput, ResolveInput, RuntimeLibrary } from './symbols/symbol-table.ts';
import { unitObject } from './unit/unit-object.ts';
import { deleteExport, settleTagNames, updateExports, updateFunc, updateNav } from './unit/update.ts';

/** A linker for one unit. Updates and flushes may alternate; a flush changes nothing. */
export class Linker {
  readonly #state: LinkState;
  readonly #inputs: ResolveInput[] = [];

  /**
   * `shared`: the objects and archives of the link are parts of the same program; `simd128`: the code has SIMD (see LinkState); `debug`:
   * writes debug information.
   */
  constructor(
    unit: Unit,
    {
      shared = false,
      simd128 = false,
      debug,
    }: { readonly shared?: boolean; readonly simd128?: boolean; readonly debug?: DebugWriter } = {},
  ) {
    this.#state = new LinkState(unit, shared, simd128, debug);
  }

  /** Adds or replaces the code of a function; its exports come with it. */
  updateFunc(nav: NavIndex, mir: Mir): void {
    updateFunc(this.#state, nav, mir);
  }

  /** Adds or replaces a variable or constant; does nothing for other navs, so it may be called for all. */
  updateNav(nav: NavIndex): void {
    updateNav(this.#state, nav);
  }

  /** Replaces the exports of a nav. */
  updateExports(nav: NavIndex, exports: readonly NavExport[]): void {
    updateExports(this.#state, nav, exports);
  }

  /** Takes back one export of a nav; does nothing if there is none of that name. */
  deleteExport(nav: NavIndex, name: string): void {
    deleteExport(this.#state, nav, name);
  }

  /** Adds an object input of executable links. A lazy one takes part only if it defines a name that is needed. */
  addObject(object: ParsedObject, options: Partial<Omit<ObjectInput, 'object'>> = {}): void {
    this.#inputs.push({ object, lazy: false, ...options });
  }

  /** Adds the library of the compiler to executable links. */
  addLibrary(library: RuntimeLibrary): void {
    this.#inputs.push({ runtime: library });
  }

  /** Adds inputs in their order; fails if one cannot be read, and then adds none. */
  addInputs(inputs: readonly LinkInput[]): Diagnostics | null {
    const parsed = parseInputs(inputs);
    if (!parsed.ok) return parsed.error;
    this.#inputs.push(...parsed.value);
    return null;
  }

  /** Adds an archive: members take part if they define a name that is needed, or all of them. */
  addArchive(archive: LazyArchive, options: { readonly whole?: boolean } = {}): void {
    this.#inputs.push({ archive, whole: options.whole ?? false });
  }

  /** Links the unit and the object inputs into an executable. */
  flushExecutable(options: Partial<LinkOptions> = {}): LinkResult {
    return this.flushWith({ ...DEFAULT_LINK_OPTIONS, ...options }, new OutputBuffers());
  }

  /** As {@link flushExecutable}, for who has every option, and buffers, which are free again afterwards. */
  flushWith(options: LinkOptions, buffers: OutputBuffers): LinkResult {
    return flushExecutable(this.#all, options, buffers);
  }

  /**
   * Links the unit and the object inputs into a relocatable object; what a lazy input defines is taken when needed, but the
   * names of the runtime library stay undefined.
   */
  flushObject({ strip = false, ...unit }: Partial<ObjectOptions> = {}): ObjectResult {
    // What has thread-local data can be linked only if it says what threads need.
    const keepSections = this.#state.unit.navs.some(({ threadlocal }) => threadlocal) ? ['target_features'] : [];
    const options = { ...DEFAULT_LINK_OPTIONS, strip, keepSections };
    return flushObject(this.#all, options, { ...DEFAULT_UNIT_OPTIONS, ...unit });
  }

  /** The unit alone as an object in memory, for other links, which call it `file`. */
  toObject(file: string, options: Partial<UnitOptions> = {}): UnitResult {
    settleTagNames(this.#state);
    const error = new Diagnostics();
    const value = unitObject(this.#state, { ...DEFAULT_UNIT_OPTIONS, ...options }, error);
    return error.failed ? { ok: false, error } : { ok: true, value: { ...value, file } };
  }

  get #all(): FlushInputs {
    settleTagNames(this.#state);
    return { state: this.#state, inputs: this.#inputs };
  }
}

/** What can be chosen about a relocatable output of a unit. */
export interface ObjectOptions extends UnitOptions {
  /** Leave out names and producers. */
  readonly strip: boolean;
}

/** A unit as an object, or what is wrong with it. */
export type UnitResult = { readonly ok: true; readonly value: ParsedObject } | LinkFailure;

/** An input of {@link linkObjects}: bytes to parse, or an object that was parsed before. */
export type LinkInput =
  | { readonly name: string; readonly bytes: Uint8Array; readonly lazy?: boolean }
  | { readonly object: ParsedObject; readonly lazy?: boolean }
  | { readonly archive: LazyArchive; readonly whole?: boolean };

/**
 * Links objects into an executable; every failure of an input is a diagnostic with file and offset. `library` gives
 * what is searched behind all of them, for addresses of that width.
 */
export function linkObjects(
  inputs: readonly LinkInput[],
  options: Partial<LinkOptions> = {},
  library?: (is64: boolean) => RuntimeLibrary,
): LinkResult {
  const parsed = parseInputs(inputs);
  if (!parsed.ok) return parsed;
  if (library) {
    const is64 = inputsAre64(parsed.value, options.wasm64 ?? null);
    parsed.value.push({ runtime: library(is64) });
  }
  return flushExecutable({ state: null, inputs: parsed.value }, { ...DEFAULT_LINK_OPTIONS, ...options });
}

/** Joins objects into one relocatable object. */
export function joinObjects(inputs: readonly LinkInput[], options: Partial<LinkOptions> = {}): ObjectResult {
  const parsed = parseInputs(inputs);
  if (!parsed.ok) return parsed;
  return flushObject(
    { state: null, inputs: parsed.value },
    { ...DEFAULT_LINK_OPTIONS, ...options },
    DEFAULT_UNIT_OPTIONS,
  );
}

function parseInputs(
  inputs: readonly LinkInput[],
): { readonly ok: true; readonly value: ResolveInput[] } | { readonly ok: false; readonly error: Diagnostics } {
  const value: ResolveInput[] = [];
  const error = new Diagnostics();
  for (const input of inputs) {
    if ('archive' in input) {
      value.push({ archive: input.archive, whole: input.whole ?? false });
      continue;
    }
    const lazy = input.lazy ?? false;
    if ('object' in input) {
      value.push({ ...input, lazy });
      continue;
    }
    const parsed = readObject(input.bytes, input.name);
    if (parsed.ok) value.push({ object: parsed.value, lazy });
    else error.append(parsed.error);
  }
  return error.failed ? { ok: false, error } : { ok: true, value };
}
