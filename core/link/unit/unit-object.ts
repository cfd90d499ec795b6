/**
 * A unit as a relocatable object in memory: what the output of a relocatable link, or of one that keeps relocations, takes.
 *
 * Owns the symbols, imports, types and segments of that object (tool-conventions Linking.md); unit-bytes.ts has its contents.
 * Nothing is collected or sorted away: every function and datum of the state is there, and every constant they reach. It is
 * the same object that reading its written form would give. Invariant: all numbers are final before the first body is
 * emitted.
 */
import type { Nav, NavExport } from '../../air/unit.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { intrinsicParams, INTRINSICS } from '../../mir/intrinsics.ts';
import { hasFrame, NAV_WORDS } from '../../mir/mir.ts';
import { log2Exact } from '../../support/numeric.ts';
import { SectionId, SegmentFlag, SymbolFlag, SymbolKind, ValType } from '../../wasm/kinds.ts';
import { finishObject } from '../input/finish-object.ts';
import type { ObjSegIndex, ObjSymIndex, ObjTypeIndex } from '../input/index-spaces.ts';
import type { Draft, DraftSegment } from '../input/object-draft.ts';
import { newDraft } from '../input/object-draft.ts';
import type { LocalName, ObjectFuncImport, ObjectNames, ObjectSymbol, ParsedObject } from '../input/object-file.ts';
import { ENVIRONMENT, signatureKey } from '../input/object-file.ts';
import { ownPools } from '../input/read-pools.ts';
import type { UnitOptions } from '../options/options.ts';
import { TypeList } from '../sections/type-list.ts';
import type { DebugFunction } from './debug-model.ts';
import { dataAlign } from './lower-data.ts';
import type { LoweredData } from './lower-data.ts';
import type { FuncRecord, LinkState } from './state.ts';
import { UNIT_FILE } from './state.ts';
import type { UnitPlan, UnitSegment } from './unit-bytes.ts';
import { unitBytes } from './unit-bytes.ts';
import type { UnitDebugSection } from './relocatable-debug.ts';
import { relocatableDebug } from './relocatable-debug.ts';
import type { UnitReferences } from './unit-references.ts';
import { collectReferences } from './unit-references.ts';

/** The object; reports two visible symbols of one name. */
export function unitObject(state: LinkState, options: UnitOptions, diags: Diagnostics): ParsedObject {
  const references = collectReferences(state);
  const types = new TypeList<ObjTypeIndex>();
  const funcImports = importFunctions(state, references, types);
  const funcTypes = state.funcs.values.map((func) => types.need(state.signature(func.funcTypes[0]! as IpIndex)));
  for (const func of state.funcs.values) {
    for (const fnType of func.funcTypes) types.need(state.signature(fnType as IpIndex));
  }
  const symbols = new UnitSymbols(state, options, diags);
  const { intrinsicSymbol, uavSymbol, segments } = symbols.addAll(references, funcImports);
  const is64 = state.unit.pool.target.ptrBits === 64;
  const isTable64 = is64 && options.table64 === true;
  const usesFrame = state.funcs.values.some((func) => hasFrame(func.prologue));
  const stackPointer = usesFrame
    ? symbols.add(SymbolKind.global, SymbolFlag.undefined, ENVIRONMENT.stackPointer, 0)
    : NO_SYMBOL;
  const { navs } = state.unit;
  const usesTls = state.funcs.values.some((func) => namesThreadLocal(func, navs));
  const tlsBase = usesTls
    ? symbols.add(SymbolKind.global, SymbolFlag.undefined, ENVIRONMENT.tlsBase, usesFrame ? 1 : 0)
    : NO_SYMBOL;
  const usesTable = references.takesAddress || state.funcs.values.some((func) => func.callsTable);
  // An address is a slot, but no relocation names the table: wasm-ld makes one only for a symbol that must stay.
  const tableFlags = SymbolFlag.undefined | (references.takesAddress ? SymbolFlag.no_strip : 0);
  const table = usesTable ? symbols.add(SymbolKind.table, tableFlags, ENVIRONMENT.table, 0) : NO_SYMBOL;
  const { navSymbol } = symbols;
  const plan: UnitPlan = {
    state,
    types,
    segments,
    isTable64,
    navSymbol,
    uavSymbol,
    intrinsicSymbol,
    stackPointer,
    tlsBase,
    table,
    wantsPositions: options.debugInfo !== null,
  };
  const { module } = ENVIRONMENT;
  const content = unitBytes(plan);
  const described = content.positions.map((positions, f) =>
    state.describe(f, positions, content.bodyEnd[f]! - content.bodyStart[f]!),
  );
  const debug = options.debugInfo === null ? null : unitDebug(options.debugInfo, state, described, symbols);
  const bytes = debug === null ? content.bytes : joined([content.bytes, ...debug.map((section) => section.bytes)]);
  const draft: Draft = newDraft(UNIT_FILE, bytes, ownPools(bytes.length).slab);
  draft.sections.push(sectionPlace(SectionId.code, 0, content.codeSize));
  draft.sections.push(sectionPlace(SectionId.data, content.codeSize, content.bytes.length));
  draft.types = types.keys;
  draft.funcImports.push(...funcImports);
  const valType = is64 ? ValType.i64 : ValType.i32;
  if (usesFrame) draft.globalImports.push({ module, field: ENVIRONMENT.stackPointer, valType, mutable: true });
  if (usesTls) draft.globalImports.push({ module, field: ENVIRONMENT.tlsBase, valType, mutable: true });
  if (usesTable) {
    const field = ENVIRONMENT.table;
    draft.tableImports.push({ module, field, refType: ValType.funcref, is64: isTable64, min: 1, max: null });
  }
  draft.memory = { is64, shared: false, pageSize: null };
  draft.funcTypes = Uint32Array.from(funcTypes);
  draft.bodyStart = content.bodyStart;
  draft.bodyEnd = content.bodyEnd;
  draft.segments = segments.map((segment, s) => draftSegment(segment, content.segmentStart[s]!));
  draft.linking = { segmentInfos: segments.length, symbols: symbols.list, initFuncs: [], comdats: [] };
  draft.relocs.push({ target: 0, table: content.codeRelocs.toTable() });
  draft.relocs.push({ target: 1, table: content.dataRelocs.toTable() });
  if (debug !== null) addCustoms(draft, debug, content.bytes.length);
  draft.features.push(...options.features.map((name) => `+${name}`));
  draft.names = functionNames(state, funcImports, described);
  return finishObject(draft);
}

/** Symbol of the table of error names. */
const ERROR_NAME_TABLE = '__zig_error_name_table';

const NO_SYMBOL = -1 as ObjSymIndex;

function sectionPlace(id: number, start: number, end: number, name = ''): Draft['sections'][number] {
  return { id, name, start, end };
}

/** Code and data come first among the sections of the draft. */
const FIRST_CUSTOM = 2;

/** Sections of debug information, in their order, whose bytes begin at `start`. */
function addCustoms(draft: Draft, debug: readonly UnitDebugSection[], start: number): void {
  let at = start;
  for (const { name, bytes, relocs } of debug) {
    const target = draft.sections.push(sectionPlace(SectionId.custom, at, at + bytes.length, name)) - 1;
    for (let r = 0; r < relocs.length; r++) relocs.offset[r]! += at;
    draft.relocs.push({ target, table: relocs.toTable() });
    at += bytes.length;
  }
}

/** Debug information of `functions`; adds a symbol for each of its sections. */
function unitDebug(
  file: string,
  { funcs, unit, debug }: LinkState,
  functions: readonly DebugFunction[],
  symbols: UnitSymbols,
): readonly UnitDebugSection[] {
  const functionSymbols = funcs.keys.map((nav) => symbols.navSymbol[nav]! as ObjSymIndex);
  if (functions.length === 0) return [];
  return relocatableDebug({ writer: debug!, file, pool: unit.pool }, functions, functionSymbols, (name, n) =>
    symbols.add(SymbolKind.section, SymbolFlag.local, name, FIRST_CUSTOM + n),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether a function names a thread-local nav. */
function namesThreadLocal({ navs: named }: FuncRecord, navs: readonly Nav[]): boolean {
  for (let i = 0; i < named.length; i += NAV_WORDS) if (navs[named[i]!]!.threadlocal) return true;
  return false;
}

function draftSegment({ name, align, lowered, isTls }: UnitSegment, start: number): DraftSegment {
  const end = start + lowered.size;
  const flags = isTls ? SegmentFlag.tls : 0;
  return { name, alignLog2: log2Exact(align), flags, passive: false, start, end, isZero: false };
}

/** Functions of the host and of other objects, then those of the runtime library. */
function importFunctions(
  state: LinkState,
  references: UnitReferences,
  types: TypeList<ObjTypeIndex>,
): ObjectFuncImport[] {
  const { navs, pool } = state.unit;
  const imports: ObjectFuncImport[] = [];
  for (const nav of references.importedFuncs) {
    const { module, ty, kind } = navs[nav]!;
    const field = kind === 'extern_func' ? navs[nav]!.name : state.symbolName(nav);
    imports.push({ module: module ?? ENVIRONMENT.module, field, type: types.need(state.signature(ty)) });
  }
  for (const row of references.intrinsics) {
    const intrinsic = INTRINSICS[row]!;
    const key = signatureKey(intrinsicParams(intrinsic, pool.target.ptrBits), intrinsic.results);
    imports.push({ module: ENVIRONMENT.module, field: intrinsic.name, type: types.need(key) });
  }
  return imports;
}

/** Names for people: those of the navs, not of their symbols. */
function functionNames(
  state: LinkState,
  imports: readonly ObjectFuncImport[],
  described: readonly DebugFunction[],
): ObjectNames {
  const funcs = new Map<number, string>();
  imports.forEach(({ field }, i) => funcs.set(i, field));
  state.funcs.keys.forEach((nav, i) => funcs.set(imports.length + i, state.unit.navs[nav]!.name));
  const locals = new Map<number, readonly LocalName[]>();
  described.forEach(({ scope }, i) => {
    const names = state.debug!.localNames(scope);
    if (names.length > 0) locals.set(imports.length + i, names);
  });
  return { funcs, locals };
}

/** The symbol table under construction. */
class UnitSymbols {
  readonly list: ObjectSymbol[] = [];
  readonly navSymbol: Int32Array;
  readonly #state: LinkState;
  readonly #options: UnitOptions;
  readonly #diags: Diagnostics;
  readonly #visible = new Set<string>();

  constructor(state: LinkState, options: UnitOptions, diags: Diagnostics) {
    this.#state = state;
    this.#options = options;
    this.#diags = diags;
    this.navSymbol = new Int32Array(state.unit.navs.length).fill(-1);
  }

  /** Functions, what is imported of them, constants, data, and data of others; with the segments that they lie in. */
  addAll(
    references: UnitReferences,
    imports: readonly ObjectFuncImport[],
  ): Pick<UnitPlan, 'intrinsicSymbol' | 'uavSymbol' | 'segments'> {
    const { navs } = this.#state.unit;
    this.#state.funcs.keys.forEach((nav, i) => this.#define(nav, SymbolKind.function, imports.length + i, 0));
    references.importedFuncs.forEach((nav, i) => {
      const isHost = navs[nav]!.kind === 'extern_func';
      const flags = SymbolFlag.undefined | (isHost ? SymbolFlag.explicit_name : 0);
      this.navSymbol[nav] = this.add(SymbolKind.function, flags, imports[i]!.field, i);
    });
    const intrinsicSymbol = new Map<number, ObjSymIndex>();
    references.intrinsics.forEach((row, i) => {
      const index = references.importedFuncs.length + i;
      intrinsicSymbol.set(row, this.add(SymbolKind.function, SymbolFlag.undefined, INTRINSICS[row]!.name, index));
    });
    const data = this.#addData(references);
    for (const nav of references.importedData) {
      const name = navs[nav]!.kind === 'extern_var' ? navs[nav]!.name : this.#state.symbolName(nav);
      const tls = navs[nav]!.threadlocal ? SymbolFlag.tls : 0;
      this.navSymbol[nav] = this.add(SymbolKind.data, SymbolFlag.undefined | tls, name, -1);
    }
    return { intrinsicSymbol, ...data };
  }

  /** Constants and variables, one segment each. */
  #addData(references: UnitReferences): Pick<UnitPlan, 'uavSymbol' | 'segments'> {
    const { pool, navs } = this.#state.unit;
    const segments: UnitSegment[] = [];
    const place = (name: string, align: number, lowered: LoweredData, isTls = false): ObjSegIndex =>
      (segments.push({ name, align, lowered, isTls }) - 1) as ObjSegIndex;
    const uavSymbol = new Map<IpIndex, ObjSymIndex>();
    for (const [value, { lowered, align }] of references.uavs) {
      const name = value === this.#state.names?.errors ? ERROR_NAME_TABLE : `__anon_${value}`;
      const prefix = lowered.bytes === null ? '.bss' : '.rodata';
      const segment = place(`${prefix}.${name}`, dataAlign(pool, pool.typeOf(value), align), lowered);
      uavSymbol.set(value, this.add(SymbolKind.data, SymbolFlag.local, name, segment, lowered.size));
    }
    this.#state.data.values.forEach(({ nav, lowered, align }) => {
      const { kind, section, threadlocal } = navs[nav]!;
      const isZero = lowered.bytes === null;
      const plain = isZero ? '.bss' : kind === 'const' ? '.rodata' : '.data';
      const prefix = threadlocal ? (isZero ? '.tbss' : '.tdata') : plain;
      const name = section ?? `${prefix}.${this.#state.symbolName(nav)}`;
      // wasm-ld takes every segment of such a name for zeros, whatever it holds.
      const isMisnamed = lowered.bytes !== null && (name === '.bss' || name.startsWith('.bss.'));
      const segment = place(isMisnamed ? `.data${name}` : name, align, lowered, threadlocal);
      this.#define(nav, SymbolKind.data, segment, lowered.size, threadlocal ? SymbolFlag.tls : 0);
    });
    return { uavSymbol, segments };
  }

  /** Appends a symbol. */
  add(kind: number, flags: number, name: string, index: number, size = 0): ObjSymIndex {
    const isVisible = (flags & (SymbolFlag.local | SymbolFlag.undefined)) === 0;
    if (isVisible) {
      if (this.#visible.has(name))
        this.#diags.error('duplicate_symbol', { name, first: name, second: name }, { in: 'nav', nav: name });
      this.#visible.add(name);
    }
    return (this.list.push({ kind, flags, name, index, offset: 0, size }) - 1) as ObjSymIndex;
  }

  /** The symbol that references use, and one alias per export under another name. */
  #define(nav: NavIndex, kind: number, index: number, size: number, extra = 0): void {
    const own = this.#state.symbolName(nav);
    const exports = this.#state.exports.get(nav) ?? [];
    const ownExport = exports.find((entry) => entry.name === own);
    // Every object that calls a tag-name function has its own.
    const isLocal = this.#options.binding === 'local' || this.#state.isTagNameFunction(nav);
    const unexported = isLocal ? SymbolFlag.local : SymbolFlag.hidden;
    const flags = ownExport ? exportFlags(ownExport) : unexported;
    this.navSymbol[nav] = this.add(kind, flags | extra, own, index, size);
    for (const entry of exports)
      if (entry !== ownExport) this.add(kind, exportFlags(entry) | extra, entry.name, index, size);
  }
}

function exportFlags(entry: NavExport): number {
  return entry.visibility === 'default' ? SymbolFlag.exported : SymbolFlag.hidden;
}
