/**
 * Gives every definition of a link one number, and every reference of unit and objects the number it means.
 *
 * Owns the index spaces FuncId, DataId and GlobalId. After this phase nobody looks at a name to find a definition: a
 * relocation goes object symbol -> `symbolTarget` -> number. Invariant: numbers depend on inputs and their order only; no
 * definition is added later (constants of the unit have positions of their own, in order of discovery).
 */
import type { NavIndex } from '../intern/keys.ts';
import { INTRINSICS } from '../mir/intrinsics.ts';
import type { Brand } from '../support/brand.ts';
import { SymbolFlag, SymbolKind, valTypeName, ValType } from '../wasm/kinds.ts';
import type { ObjectSymbol, ParsedObject, SignatureKey } from './object-file.ts';
import { isFunctionNav } from '../air/unit.ts';
import type { LinkState } from './state.ts';
import type { SymbolEntry, SymbolTable } from './symbols.ts';
import { FROM_UNIT, UNDEFINED } from './symbols.ts';
import { navHasBits } from './update.ts';

/** Functions of the unit in update order, then functions of the objects, then `ExtraFunc`s. */
export type FuncId = Brand<number, 'FuncId'>;
/** Segments of the objects, then data navs of the unit in update order. */
export type DataId = Brand<number, 'DataId'>;
/** 0 is the stack pointer; then globals that the objects define. */
export type GlobalId = Brand<number, 'GlobalId'>;

/** The stack pointer's GlobalId. */
export const STACK_POINTER = 0 as GlobalId;

/** Special values of a target, all negative. */
export const Target = {
  /** Nothing defines the symbol. */
  undefined: -1,
  /** An undefined weak symbol, or data without bits: address 0, whatever the addend. */
  null: -2,
  /** The offset is the address. */
  absolute: -3,
  /** First of the addresses that the linker provides: `provided - k` is PROVIDED_DATA[k]. */
  provided: -16,
} as const;

/** Symbols whose address the layout knows; any input may define them itself. */
export const PROVIDED_DATA = [
  '__heap_base',
  '__heap_end',
  '__data_end',
  '__global_base',
  '__dso_handle',
  '__stack_low',
  '__stack_high',
  '__memory_base',
  '__table_base',
  '__wasm_first_page_end',
] as const;
/** A name of {@link PROVIDED_DATA}. */
export type ProvidedData = (typeof PROVIDED_DATA)[number];

/** A function that no input defines: imported from the host, or the stub of an undefined weak one. */
export interface ExtraFunc {
  readonly name: string;
  readonly signature: SignatureKey;
  /** Import module and field, or null for a stub that traps. */
  readonly origin: { readonly module: string; readonly field: string } | null;
}

/** A global that an object defines. */
export interface ObjectGlobalRef {
  readonly object: number;
  readonly global: number;
}

/** See the file header. */
export interface NumberedSymbols {
  readonly phase: 'numbered';
  readonly table: SymbolTable;
  /** Functions of the unit. */
  readonly unitFuncs: number;
  /** FuncId of the first function of each object. */
  readonly funcBase: readonly number[];
  readonly extraBase: number;
  readonly extras: readonly ExtraFunc[];
  /** DataId of the first segment of each object. */
  readonly segmentBase: readonly number[];
  /** DataId of the unit's first data nav; also the number of segments. */
  readonly navDataBase: number;
  /** DataIds in all. */
  readonly dataCount: number;
  /** By GlobalId - 1. */
  readonly globals: readonly ObjectGlobalRef[];
  /** Per object, by symbol: FuncId, DataId, GlobalId, table 0, or a Target value. */
  readonly symbolTarget: readonly Int32Array[];
  /** Per object, by symbol: offset to add for data. */
  readonly symbolOffset: readonly Float64Array[];
  /** By nav: FuncId, DataId or a Target value. */
  readonly navTarget: Int32Array;
  /** By nav: offset to add for data. */
  readonly navOffset: Float64Array;
  /** FuncId of a runtime function by its row, or Target.undefined. */
  readonly intrinsicTarget: (row: number) => number;
  /** Target and offset of an entry. */
  readonly resolve: (entry: SymbolEntry) => Resolution;
}

/** Where a name leads. */
export interface Resolution {
  readonly target: number;
  readonly offset: number;
}

const TABLE_NAME = '__indirect_function_table';
const STACK_POINTER_NAME = '__stack_pointer';
const STACK_POINTER_TYPE = `mut ${valTypeName(ValType.i32)}`;

/** Numbers everything; never fails. */
export function numberSymbols(table: SymbolTable): NumberedSymbols {
  const { state, objects } = table;
  const unitFuncs = state ? state.funcs.size : 0;
  const funcBase: number[] = [];
  const segmentBase: number[] = [];
  const globalBase: number[] = [];
  const globals: ObjectGlobalRef[] = [];
  let funcCount = unitFuncs;
  let segmentCount = 0;
  objects.forEach((object, o) => {
    funcBase.push(funcCount);
    segmentBase.push(segmentCount);
    globalBase.push(globals.length + 1);
    funcCount += object.funcTypes.length;
    segmentCount += object.segments.length;
    object.globals.forEach((_, g) => globals.push({ object: o, global: g }));
  });
  const extras: ExtraFunc[] = [];
  const cache = new Map<SymbolEntry, Resolution>();

  /** Number of a symbol that `object` itself defines. */
  const ownTarget = (o: number, object: ParsedObject, symbol: ObjectSymbol): Resolution => {
    switch (symbol.kind) {
      case SymbolKind.function:
        return at(funcBase[o]! + symbol.index - object.funcImports.length);
      case SymbolKind.global:
        return at(globalBase[o]! + symbol.index - object.globalImports.length);
      case SymbolKind.data:
        if ((symbol.flags & SymbolFlag.absolute) !== 0) return { target: Target.absolute, offset: symbol.offset };
        return { target: segmentBase[o]! + symbol.index, offset: symbol.offset };
      default:
        return at(0);
    }
  };

  const compute = (entry: SymbolEntry): Resolution => {
    if (entry.definedIn === UNDEFINED) return resolveUndefined(entry, funcCount, extras);
    if (entry.definedIn === FROM_UNIT) {
      return at(entry.kind === SymbolKind.function ? entry.definition : segmentCount + entry.definition);
    }
    const object = objects[entry.definedIn]!;
    return ownTarget(entry.definedIn, object, object.symbols[entry.definition]!);
  };

  const resolve = (entry: SymbolEntry): Resolution => {
    let found = cache.get(entry);
    if (!found) {
      found = compute(entry);
      cache.set(entry, found);
    }
    return found;
  };

  const navTargets = state ? numberNavs(state, table, segmentCount, resolve) : NO_NAVS;
  const symbolTarget: Int32Array[] = [];
  const symbolOffset: Float64Array[] = [];
  objects.forEach((object, o) => {
    const targets = new Int32Array(object.symbols.length);
    const offsets = new Float64Array(object.symbols.length);
    object.symbols.forEach((symbol, s) => {
      const isLocal = symbol.kind === SymbolKind.section || (symbol.flags & SymbolFlag.local) !== 0;
      const { target, offset } = isLocal ? ownTarget(o, object, symbol) : resolve(table.entries.get(symbol.name)!);
      targets[s] = target;
      offsets[s] = offset;
    });
    symbolTarget.push(targets);
    symbolOffset.push(offsets);
  });
  return {
    phase: 'numbered',
    table,
    unitFuncs,
    funcBase,
    extraBase: funcCount,
    extras,
    segmentBase,
    navDataBase: segmentCount,
    dataCount: segmentCount + (state ? state.data.size : 0),
    globals,
    symbolTarget,
    symbolOffset,
    navTarget: navTargets.target,
    navOffset: navTargets.offset,
    intrinsicTarget: (row) => {
      const entry = table.entries.get(INTRINSICS[row]!.name);
      return entry ? resolve(entry).target : Target.undefined;
    },
    resolve,
  };
}

function at(target: number): Resolution {
  return { target, offset: 0 };
}

/** What an undefined name means; makes the import or the stub of a function. */
function resolveUndefined(entry: SymbolEntry, extraBase: number, extras: ExtraFunc[]): Resolution {
  switch (entry.kind) {
    case SymbolKind.function: {
      const { importModule, importField, name } = entry;
      if (importModule === null && entry.isWanted) return at(Target.undefined);
      const origin = importModule === null ? null : { module: importModule, field: importField };
      extras.push({ name, signature: entry.type as SignatureKey, origin });
      return at(extraBase + extras.length - 1);
    }
    case SymbolKind.data: {
      const provided = PROVIDED_DATA.indexOf(entry.name as ProvidedData);
      if (provided >= 0) return at(Target.provided - provided);
      return at(entry.isWanted ? Target.undefined : Target.null);
    }
    case SymbolKind.global:
      return at(
        entry.name === STACK_POINTER_NAME && entry.type === STACK_POINTER_TYPE ? STACK_POINTER : Target.undefined,
      );
    default:
      return at(entry.name === TABLE_NAME ? 0 : Target.undefined);
  }
}

const NO_NAVS = { target: new Int32Array(0), offset: new Float64Array(0) };

function numberNavs(
  state: LinkState,
  table: SymbolTable,
  navDataBase: number,
  resolve: (entry: SymbolEntry) => Resolution,
): { target: Int32Array; offset: Float64Array } {
  const { navs } = state.unit;
  const target = new Int32Array(navs.length).fill(Target.undefined);
  const offset = new Float64Array(navs.length);
  state.funcs.keys.forEach((nav, i) => (target[nav] = i));
  state.data.keys.forEach((nav, i) => (target[nav] = navDataBase + i));
  for (let n = 0; n < navs.length; n++) {
    if (target[n] !== Target.undefined) continue;
    const nav = n as NavIndex;
    if (!isFunctionNav(navs[n]!) && !navHasBits(state, nav)) {
      target[n] = Target.null;
      continue;
    }
    const isExtern = navs[n]!.kind === 'extern_func' || navs[n]!.kind === 'extern_var';
    const entry = table.entries.get(isExtern ? navs[n]!.name : state.symbolName(nav));
    if (!entry) continue;
    const resolution = resolve(entry);
    target[n] = resolution.target;
    offset[n] = resolution.offset;
  }
  return { target, offset };
}
