/**
 * What a module was linked of, as objects, and what each symbol of them means.
 *
 * Owns resolution for links of the harness's own plans: every visible name is defined once, and the runtime library takes
 * part where a name of it is needed. A unit that was compiled straight into the module stands here as the object of the same
 * functions; `isUnit` says so. Links whose names are resolved in other ways (decorated ones) have no place here.
 */
import type { ObjectModel, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Flag, importCount, Kind } from '../wasm/object-model.ts';
import type { FoundNames } from './found-module.ts';
import { readNames } from './found-module.ts';
import { NumberReader } from './number-reader.ts';

/** One input of a link. */
export interface Source {
  readonly model: ObjectModel;
  /** Its code was emitted for the module: numbers are minimal, and uses of data count. */
  readonly isUnit: boolean;
  /** It takes part only where it is needed. */
  readonly isLazy: boolean;
  /** It is an object of the compiler's library, which comes behind all other inputs. */
  readonly isLibrary: boolean;
  /** Number of imported functions, which come first in its index space. */
  readonly importedFunctions: number;
  /** Name by function of the object, from its name section. */
  readonly functionNames: ReadonlyMap<number, string>;
  /** Alignment by segment of the types of those constants of a unit that some reference wants to be more aligned. */
  readonly moreAligned: ReadonlyMap<number, number>;
}

/** Alignment that the type of the constant behind a symbol asks for, in bytes. */
export type NaturalAlign = (symbol: string) => number;

/** An input that is linked as the object it is. */
export function objectSource(model: ObjectModel, isLazy = false): Source {
  return sourceOf(model, null, isLazy);
}

/** An object of the compiler's library. */
export function librarySource(model: ObjectModel): Source {
  return { ...sourceOf(model, null, true), isLibrary: true };
}

/** A unit, given as the object that would be written of it. */
export function unitSource(model: ObjectModel, alignOf: NaturalAlign): Source {
  return sourceOf(model, alignOf, false);
}

function sourceOf(model: ObjectModel, alignOf: NaturalAlign | null, isLazy: boolean): Source {
  const names = model.customs.find(({ name }) => name === 'name');
  const maps: FoundNames =
    names === undefined ? new Map() : readNames(new NumberReader(names.bytes, 0), names.bytes.length);
  return {
    model,
    isUnit: alignOf !== null,
    isLazy,
    isLibrary: false,
    importedFunctions: importCount(model, Extern.function),
    functionNames: new Map(maps.get(1) ?? []),
    moreAligned: new Map(alignOf === null ? [] : moreAligned(model, alignOf)),
  };
}

function* moreAligned(model: ObjectModel, alignOf: NaturalAlign): Generator<[number, number]> {
  for (const { kind, index, name } of model.symbols) {
    if (kind !== Kind.data || index < 0 || !name.startsWith(UNNAMED)) continue;
    if (2 ** model.segments[index]!.alignLog2 > alignOf(name)) yield [index, alignOf(name)];
  }
}

const UNNAMED = '__anon_';

/** Whether a symbol of a unit is that of a constant without a name; the table of error names is one. */
export function isConstant(symbol: string): boolean {
  return symbol.startsWith(UNNAMED) || symbol === '__zig_error_name_table';
}

/** Whether an object says that the function table must be there in any case. */
export function keepsTable({ model, isUnit }: Source): boolean {
  return !isUnit && model.symbols.some(({ kind, flags }) => kind === Kind.table && (flags & Flag.noStrip) !== 0);
}

/** Where a symbol is defined: the source, and the symbol in it. */
export interface Definition {
  readonly source: number;
  readonly symbol: SymbolEntry;
}

/** The sources of one link. */
export class Sources {
  readonly all: readonly Source[];
  readonly #defined = new Map<string, Definition>();

  constructor(all: readonly Source[]) {
    this.all = all;
    all.forEach(({ model }, source) => {
      for (const symbol of model.symbols) {
        if ((symbol.flags & (Flag.local | Flag.undefined)) !== 0 || symbol.kind === Kind.section) continue;
        const key = `${symbol.kind}:${symbol.name}`;
        if (!this.#defined.has(key)) this.#defined.set(key, { source, symbol });
      }
    });
  }

  /** The definition that `symbol` of `source` means; null: nobody defines it. */
  definition(source: number, symbol: SymbolEntry): Definition | null {
    if ((symbol.flags & Flag.local) !== 0) return { source, symbol };
    return this.#defined.get(`${symbol.kind}:${symbol.name}`) ?? null;
  }

  /** The symbols that say that they are exported. */
  exported(): Definition[] {
    const found: Definition[] = [];
    this.all.forEach(({ model }, source) => {
      for (const symbol of model.symbols) {
        if ((symbol.flags & (Flag.exported | Flag.undefined)) === Flag.exported) found.push({ source, symbol });
      }
    });
    return found;
  }
}
