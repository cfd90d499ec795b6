/**
 * What a relocatable object of a unit contains: symbols, segments, imports and types, each with its number.
 *
 * Owns the symbol table of the output and the provisional layout that makes placeholders plausible, so that an object is a
 * valid module by itself. Nothing is collected or sorted away: every function and datum of the state is there, and every
 * constant they reach. Knows the linking convention (tool-conventions Linking.md); knows no bytes. Invariant: all numbers
 * are final before the first body is emitted.
 */
import { isFunctionNav } from '../../air/unit.ts';
import type { NavExport } from '../../air/unit.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { intrinsicParams, INTRINSICS } from '../../mir/intrinsics.ts';
import { NAV_WORDS, UAV_WORDS } from '../../mir/mir.ts';
import { alignForward } from '../../support/numeric.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { dataAlign, FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { signatureKey } from '../input/object-file.ts';
import type { ObjectOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';
import { navHasBits } from '../unit/update.ts';

/** A symbol of the output; the fields are those of the `linking` section. */
export interface OutSymbol {
  readonly kind: number;
  readonly flags: number;
  readonly name: string;
  /** Function, global, table: index, imports first. Data: segment, -1 if undefined. */
  readonly index: number;
  /** Data: bytes. */
  readonly size: number;
}

/** A data segment of the output. */
export interface OutSegment {
  readonly name: string;
  readonly align: number;
  readonly lowered: LoweredData;
  /** Provisional. */
  readonly address: number;
}

/** An imported function of the output. */
export interface OutImport {
  readonly module: string;
  readonly field: string;
  readonly type: number;
}

/** See the file header. */
export interface ObjectPlan {
  readonly phase: 'planned';
  readonly state: LinkState;
  readonly types: readonly SignatureKey[];
  readonly typeIndex: ReadonlyMap<SignatureKey, number>;
  readonly imports: readonly OutImport[];
  /** Type of each function of the state. */
  readonly definedTypes: readonly number[];
  readonly segments: readonly OutSegment[];
  readonly symbols: readonly OutSymbol[];
  /** Symbol by nav, -1 for navs the object does not mention. */
  readonly navSymbol: Int32Array;
  readonly uavSymbol: ReadonlyMap<IpIndex, number>;
  /** Symbol by row of INTRINSICS. */
  readonly intrinsicSymbol: ReadonlyMap<number, number>;
  /** Symbol of the stack pointer, or -1. */
  readonly stackPointerSymbol: number;
  /** Symbol of the function table, or -1. */
  readonly tableSymbol: number;
  /** Provisional slots: function navs whose address is taken, from slot 1 on. */
  readonly slots: readonly NavIndex[];
  readonly slotOf: ReadonlyMap<NavIndex, number>;
  /** End of the provisional data. */
  readonly dataEnd: number;
}

/** Module and names of what an object takes from its environment (tool-conventions Linking.md). */
export const ENVIRONMENT = {
  module: 'env',
  memory: '__linear_memory',
  table: '__indirect_function_table',
  stackPointer: '__stack_pointer',
} as const;

/** Plans the object; reports two visible symbols of one name. */
export function planObject(state: LinkState, options: ObjectOptions, diags: Diagnostics): ObjectPlan {
  const references = collectReferences(state);
  const types: SignatureKey[] = [];
  const typeIndex = new Map<SignatureKey, number>();
  const needType = (key: SignatureKey): number => {
    let index = typeIndex.get(key);
    if (index === undefined) {
      index = types.length;
      types.push(key);
      typeIndex.set(key, index);
    }
    return index;
  };
  const { navs } = state.unit;
  const imports: OutImport[] = [];
  for (const nav of references.importedFuncs) {
    const { module, ty, kind } = navs[nav]!;
    const field = kind === 'extern_func' ? navs[nav]!.name : state.symbolName(nav);
    imports.push({ module: module ?? ENVIRONMENT.module, field, type: needType(state.signature(ty)) });
  }
  for (const row of references.intrinsics) {
    const intrinsic = INTRINSICS[row]!;
    const key = signatureKey(intrinsicParams(intrinsic, state.unit.pool.target.ptrBits), intrinsic.results);
    imports.push({ module: ENVIRONMENT.module, field: intrinsic.name, type: needType(key) });
  }
  const definedTypes = state.funcs.values.map((func) => needType(state.signature(func.funcTypes[0]! as IpIndex)));
  for (const func of state.funcs.values) {
    for (const fnType of func.funcTypes) needType(state.signature(fnType as IpIndex));
  }

  const builder = new SymbolBuilder(state, options, diags);
  state.funcs.keys.forEach((nav, i) => builder.defineNav(nav, SymbolKind.function, imports.length + i, 0));
  references.importedFuncs.forEach((nav, i) => {
    const isHost = navs[nav]!.kind === 'extern_func';
    const flags = SymbolFlag.undefined | (isHost ? SymbolFlag.explicit_name : 0);
    builder.navSymbol[nav] = builder.add(SymbolKind.function, flags, imports[i]!.field, i);
  });
  const intrinsicSymbol = new Map<number, number>();
  references.intrinsics.forEach((row, i) => {
    const index = references.importedFuncs.length + i;
    intrinsicSymbol.set(row, builder.add(SymbolKind.function, SymbolFlag.undefined, INTRINSICS[row]!.name, index));
  });
  const { segments, uavSymbol, dataEnd } = placeData(state, references, builder);
  for (const nav of references.importedData) {
    const name = navs[nav]!.kind === 'extern_var' ? navs[nav]!.name : state.symbolName(nav);
    builder.navSymbol[nav] = builder.add(SymbolKind.data, SymbolFlag.undefined, name, -1);
  }
  const usesFrame = state.funcs.values.some((func) => func.prologue.stackAlignLog2 >= 0);
  const stackPointerSymbol = usesFrame
    ? builder.add(SymbolKind.global, SymbolFlag.undefined, ENVIRONMENT.stackPointer, 0)
    : -1;
  const takesAddresses = references.slots.size > 0;
  const usesTable = takesAddresses || state.funcs.values.some((func) => func.callsTable);
  // An address is a slot, but no relocation names the table: wasm-ld makes one only for a symbol that must stay.
  const tableFlags = SymbolFlag.undefined | (takesAddresses ? SymbolFlag.no_strip : 0);
  const tableSymbol = usesTable ? builder.add(SymbolKind.table, tableFlags, ENVIRONMENT.table, 0) : -1;
  return {
    phase: 'planned',
    state,
    types,
    typeIndex,
    imports,
    definedTypes,
    segments,
    symbols: builder.symbols,
    navSymbol: builder.navSymbol,
    uavSymbol,
    intrinsicSymbol,
    stackPointerSymbol,
    tableSymbol,
    slots: [...references.slots.keys()],
    slotOf: references.slots,
    dataEnd,
  };
}

interface References {
  /** Function navs that the object mentions and does not define. */
  readonly importedFuncs: readonly NavIndex[];
  readonly importedData: readonly NavIndex[];
  readonly intrinsics: readonly number[];
  readonly uavs: ReadonlyMap<IpIndex, UavReference>;
  readonly slots: ReadonlyMap<NavIndex, number>;
}

interface UavReference {
  readonly lowered: LoweredData;
  align: number;
}

/** Everything the functions and data of the state mention, in order of first mention. */
function collectReferences(state: LinkState): References {
  const { navs } = state.unit;
  const importedFuncs: NavIndex[] = [];
  const importedData: NavIndex[] = [];
  const intrinsics = new Set<number>();
  const uavs = new Map<IpIndex, UavReference>();
  const slots = new Map<NavIndex, number>();
  const pending: LoweredData[] = [];
  const seen = new Uint8Array(navs.length);
  const needNav = (nav: NavIndex): void => {
    if (seen[nav] === 1) return;
    seen[nav] = 1;
    if (isFunctionNav(navs[nav]!)) {
      if (state.funcs.indexOf(nav) < 0) importedFuncs.push(nav);
    } else if (state.data.indexOf(nav) < 0 && navHasBits(state, nav)) {
      importedData.push(nav);
    }
  };
  const needSlot = (nav: NavIndex): void => {
    needNav(nav);
    if (!slots.has(nav)) slots.set(nav, slots.size + 1);
  };
  const needUav = (value: IpIndex, align: number): void => {
    const known = uavs.get(value);
    if (known) {
      if (align > known.align) known.align = align;
      return;
    }
    const lowered = state.uavs.get(value)!;
    uavs.set(value, { lowered, align });
    pending.push(lowered);
  };
  const needFixups = ({ fixups }: LoweredData): void => {
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      const target = fixups[i + 2]!;
      if (fixups[i + 1] === FixupKind.uav) needUav(target as IpIndex, fixups[i + 4]!);
      else if (fixups[i + 1] === FixupKind.slot) needSlot(target as NavIndex);
      else needNav(target as NavIndex);
    }
  };
  for (const func of state.funcs.values) {
    for (let i = 0; i < func.navs.length; i += NAV_WORDS) needNav(func.navs[i]! as NavIndex);
    for (const nav of func.indirectFunctionSet) needSlot(nav as NavIndex);
    for (const row of func.intrinsics) intrinsics.add(row);
    for (let i = 0; i < func.uavs.length; i += UAV_WORDS) needUav(func.uavs[i]! as IpIndex, func.uavs[i + 1]!);
  }
  for (const record of state.data.values) needFixups(record.lowered);
  for (let i = 0; i < pending.length; i++) needFixups(pending[i]!);
  return { importedFuncs, importedData, intrinsics: [...intrinsics], uavs, slots };
}

/** Segments and symbols of constants and navs, one segment each. */
function placeData(
  state: LinkState,
  references: References,
  builder: SymbolBuilder,
): { segments: OutSegment[]; uavSymbol: Map<IpIndex, number>; dataEnd: number } {
  const { pool, navs } = state.unit;
  const segments: OutSegment[] = [];
  let end = 0;
  const place = (name: string, align: number, lowered: LoweredData): number => {
    const address = alignForward(end, align);
    end = address + lowered.size;
    return segments.push({ name, align, lowered, address }) - 1;
  };
  const uavSymbol = new Map<IpIndex, number>();
  for (const [value, { lowered, align }] of references.uavs) {
    const name = `__anon_${value}`;
    const prefix = lowered.bytes === null ? '.bss' : '.rodata';
    const segment = place(`${prefix}.${name}`, dataAlign(pool, pool.typeOf(value), align), lowered);
    uavSymbol.set(value, builder.add(SymbolKind.data, SymbolFlag.local, name, segment, lowered.size));
  }
  state.data.values.forEach(({ nav, lowered, align }) => {
    const { kind, section } = navs[nav]!;
    const prefix = lowered.bytes === null ? '.bss' : kind === 'const' ? '.rodata' : '.data';
    const name = section ?? `${prefix}.${state.symbolName(nav)}`;
    // wasm-ld takes every segment of such a name for zeros, whatever it holds.
    const isMisnamed = lowered.bytes !== null && (name === '.bss' || name.startsWith('.bss.'));
    const segment = place(isMisnamed ? `.data${name}` : name, align, lowered);
    builder.defineNav(nav, SymbolKind.data, segment, lowered.size);
  });
  return { segments, uavSymbol, dataEnd: end };
}

class SymbolBuilder {
  readonly symbols: OutSymbol[] = [];
  readonly navSymbol: Int32Array;
  readonly #state: LinkState;
  readonly #options: ObjectOptions;
  readonly #diags: Diagnostics;
  readonly #visible = new Set<string>();

  constructor(state: LinkState, options: ObjectOptions, diags: Diagnostics) {
    this.#state = state;
    this.#options = options;
    this.#diags = diags;
    this.navSymbol = new Int32Array(state.unit.navs.length).fill(-1);
  }

  /** Appends a symbol, returns its index. */
  add(kind: number, flags: number, name: string, index: number, size = 0): number {
    const isVisible = (flags & (SymbolFlag.local | SymbolFlag.undefined)) === 0;
    if (isVisible) {
      if (this.#visible.has(name))
        this.#diags.error('duplicate_symbol', { name, other: name }, { in: 'nav', nav: name });
      this.#visible.add(name);
    }
    return this.symbols.push({ kind, flags, name, index, size }) - 1;
  }

  /** The symbol that references use, and one alias per export under another name. */
  defineNav(nav: NavIndex, kind: number, index: number, size: number): void {
    const own = this.#state.symbolName(nav);
    const exports = this.#state.exports.get(nav) ?? [];
    const ownExport = exports.find((entry) => entry.name === own);
    const unexported = this.#options.binding === 'local' ? SymbolFlag.local : SymbolFlag.hidden;
    this.navSymbol[nav] = this.add(kind, ownExport ? exportFlags(ownExport) : unexported, own, index, size);
    for (const entry of exports) if (entry !== ownExport) this.add(kind, exportFlags(entry), entry.name, index, size);
  }
}

function exportFlags(entry: NavExport): number {
  return entry.visibility === 'default' ? SymbolFlag.exported : SymbolFlag.hidden;
}
