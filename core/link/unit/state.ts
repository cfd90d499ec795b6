/**
 * What the linker remembers of a unit between flushes.
 *
 * Owns the packed MIR of all functions, the lowered bytes of data, and the exports; a flush reads it and changes nothing,
 * so it can be repeated, and an update followed by a flush equals a clean build. Everything a flush derives (reachability,
 * use counts, alignments of constants, slots, numbers) is deliberately not here. Knows nothing of output formats.
 * Invariants: positions in `funcs`, `data` and `uavs` never change; a function that is updated again keeps its position.
 */
import type { Nav, NavExport, Unit } from '../../air/unit.ts';
import { isFunctionNav } from '../../air/unit.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { hasRuntimeBits } from '../../intern/layout.ts';
import { assert } from '../../support/assert.ts';
import { U32Column, U8Column } from '../../support/column.ts';
import { IndexedMap } from '../../support/indexed-map.ts';
import type { MirCode, Prologue } from '../../mir/mir.ts';
import { hasFrame } from '../../mir/mir.ts';
import type { Positions } from '../../mir/emit.ts';
import type { DebugFunction, DebugWriter } from './debug-model.ts';
import type { LoweredData } from './lower-data.ts';
import type { NameTables, TagNameFunction } from './name-tables.ts';
import { makeNameTables } from './name-tables.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { paramCountOf } from '../input/object-file.ts';
import { signatureOf } from './signature.ts';

/** Name of the unit in messages. */
export const UNIT_FILE = '<unit>';

/** One function of the unit: its code inside the packed arrays, and its summaries as codegen gave them. */
export interface FuncRecord {
  readonly nav: NavIndex;
  /** First instruction in `LinkState.tags` and `LinkState.words`. */
  readonly start: number;
  readonly length: number;
  /** First word in `LinkState.extra`; payload indexes of instructions are relative to it. */
  readonly extraStart: number;
  readonly extraLength: number;
  readonly localsStart: number;
  readonly localsLength: number;
  readonly prologue: Prologue;
  /** As in Mir. */
  readonly uavs: Uint32Array;
  /** As in Mir. */
  readonly navs: Uint32Array;
  /** As in Mir. */
  readonly indirectFunctionSet: Uint32Array;
  /** As in Mir: the first one is the function's own type. */
  readonly funcTypes: Uint32Array;
  /** As in Mir. */
  readonly intrinsics: Uint32Array;
  /** The code calls through the table. */
  readonly callsTable: boolean;
}

/** One variable or constant of the unit. */
export interface DataRecord {
  readonly nav: NavIndex;
  readonly lowered: LoweredData;
  /** Bytes. */
  readonly align: number;
}

/** Instructions of MIR that one of AIR becomes, about: room that is made at once does not have to grow. */
const MIR_FOR_AIR = 5;
const LEAST_ROOM = 64;

/** Fields are filled by update.ts and read by everyone else. */
export class LinkState {
  /** The unit; with the navs of tag-name functions behind its own, if it can have any. */
  readonly unit: Unit;
  readonly names: NameTables | null;
  /**
   * The other inputs of a link are parts of the same program: they see the navs that have no export, and have those that were
   * not handed over.
   */
  readonly isShared: boolean;
  /** The code has SIMD: vectors are parameters and results of functions. */
  readonly simd128: boolean;
  /** Writes debug information; null: nobody wants any. */
  readonly debug: DebugWriter | null;
  readonly tags: U8Column;
  readonly words: U32Column;
  readonly extra: U32Column;
  readonly locals = new U8Column(64);
  /** Instructions of replaced functions that are still in the packed arrays. */
  staleInstructions = 0;
  readonly funcs: IndexedMap<NavIndex, FuncRecord>;
  /** Tag-name functions whose code is in the packed arrays. */
  readonly tagNames = new Map<NavIndex, FuncRecord>();
  readonly data: IndexedMap<NavIndex, DataRecord>;
  /** Every constant that code or data of the unit ever pointed to. */
  readonly uavs: IndexedMap<IpIndex, LoweredData>;
  /** Exports by nav, in order of first update. */
  readonly exports: IndexedMap<NavIndex, readonly NavExport[]>;
  readonly #source: Unit;
  readonly #signatures = new Map<IpIndex, SignatureKey>();
  #foreignNames: ReadonlySet<string> | null = null;

  constructor(unit: Unit, isShared = false, simd128 = false, debug: DebugWriter | null = null) {
    this.isShared = isShared;
    this.simd128 = simd128;
    this.debug = debug;
    this.#source = unit;
    const room = unit.navs.reduce((sum, { body }) => sum + (body === null ? 0 : body.length * MIR_FOR_AIR), LEAST_ROOM);
    this.tags = new U8Column(room);
    this.words = new U32Column(room);
    this.extra = new U32Column(room >> 1);
    this.names = makeNameTables(unit);
    this.unit = this.names === null ? unit : { pool: unit.pool, navs: [...unit.navs, ...this.names.navs] };
    const { length } = this.unit.navs;
    this.funcs = new IndexedMap(length);
    this.data = new IndexedMap(length);
    this.uavs = new IndexedMap(unit.pool.size);
    this.exports = new IndexedMap(length);
  }

  /** Whether a nav of the unit has an address. */
  readonly hasBits = (nav: NavIndex): boolean => {
    const record = this.unit.navs[nav]!;
    return isFunctionNav(record) || hasRuntimeBits(this.unit.pool, record.ty);
  };

  /** Looks at nav `nav` of the unit again, which may hold something else by now. */
  refresh(nav: NavIndex): void {
    if (this.unit !== this.#source) (this.unit.navs as Nav[])[nav] = this.#source.navs[nav]!;
  }

  /** Whether `nav` is not of the unit, but a tag-name function. */
  isTagNameFunction(nav: NavIndex): boolean {
    return nav >= this.#source.navs.length;
  }

  /** Gives tag-name function `nav` a name with `number`. */
  nameTagFunction(nav: NavIndex, number: number): TagNameFunction {
    const own = nav - this.#source.navs.length;
    (this.unit.navs as Nav[])[nav] = { ...this.unit.navs[nav]!, name: `__zig_tag_name_${number}` };
    return this.names!.functions[own]!;
  }

  /** The tag-name function of an enum that code names. */
  tagNameFunction(enumType: IpIndex): NavIndex {
    const found = this.names?.tags.get(enumType);
    assert(found !== undefined, 'an enum is not of the pool');
    return found.nav;
  }

  /** Number of error names plus one. */
  get errorsLen(): number {
    return this.unit.pool.errorNames.length + 1;
  }

  /** The constant that is the table of error names. */
  get errorNameTable(): IpIndex {
    assert(this.names !== null, 'a pool without errors has no table of their names');
    return this.names.errors;
  }

  /** Signature of a function type, cached. */
  signature(fnType: IpIndex): SignatureKey {
    let key = this.#signatures.get(fnType);
    if (key === undefined) {
      key = signatureOf(this.unit.pool, fnType, this.simd128);
      this.#signatures.set(fnType, key);
    }
    return key;
  }

  /** What debug information says of function number `f`, whose body has `size` bytes. */
  describe(f: number, positions: Positions, size: number): DebugFunction {
    assert(this.debug !== null, 'debug information is wanted, and nobody writes it');
    const func = this.funcs.values[f]!;
    const { navs } = this.unit;
    const paramCount = paramCountOf(this.signature(func.funcTypes[0]! as IpIndex));
    return {
      name: navs[func.nav]!.name,
      size,
      positions,
      scope: this.debug.scopeOf(this.codeOf(func), paramCount, positions.starts, (nav) => navs[nav]!.name),
      bottomLocal: hasFrame(func.prologue) ? func.prologue.bottomLocal : null,
    };
  }

  /** Code of a function as emit wants it; valid until the next update. */
  codeOf(func: FuncRecord): MirCode {
    return {
      tags: this.tags.view,
      data: this.words.view,
      start: func.start,
      extra: this.extra.view,
      extraStart: func.extraStart,
      locals: this.locals.view,
      localsStart: func.localsStart,
      localsEnd: func.localsStart + func.localsLength,
      prologue: func.prologue,
    };
  }

  /** Replaces the exports of a nav. */
  setExports(nav: NavIndex, exports: readonly NavExport[]): void {
    this.exports.set(nav, exports);
    this.#foreignNames = null;
  }

  /**
   * Name of the symbol of `nav` in objects: its own name, unless another nav of the unit is exported under that name. All
   * objects of one unit agree on it.
   */
  symbolName(nav: NavIndex): string {
    this.#foreignNames ??= collectForeignNames(this.unit, this.exports);
    const { name } = this.unit.navs[nav]!;
    return this.#foreignNames.has(name) ? `${name}.nav` : name;
  }
}

/** Export names that are the plain name of some other nav; `current` wins over what the unit said first. */
function collectForeignNames(unit: Unit, current: IndexedMap<NavIndex, readonly NavExport[]>): ReadonlySet<string> {
  const foreign = new Set<string>();
  unit.navs.forEach((nav, index) => {
    const exports = current.get(index as NavIndex) ?? nav.exports;
    for (const { name } of exports) if (name !== nav.name) foreign.add(name);
  });
  if (foreign.size === 0) return foreign;
  // An extern is the thing the name stands for, whoever exports it.
  for (const nav of unit.navs) if (nav.kind === 'extern_func' || nav.kind === 'extern_var') foreign.delete(nav.name);
  return foreign;
}
