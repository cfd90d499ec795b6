/**
 * What a relocatable output contains, and the number of each thing in it.
 *
 * Owns the maps from indexes of inputs to those of the output, and a provisional layout that makes placeholders plausible, so
 * that an object is a valid module by itself; knows no bytes. Nothing is laid out or collected away: a function or segment is
 * in the output unless a COMDAT group leaves it out or all of its names have gone to another definition.
 * Invariant: all numbers are final before the first byte is written.
 */
import { eachObject } from '../input/each-object.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { alignForward } from '../../support/numeric.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { Reloc, WANTS_SLOT } from '../../wasm/relocations.ts';
import type {
  ObjDefined,
  ObjectId,
  ObjSegIndex,
  ObjSymIndex,
  OutIndex,
  OutSymIndex,
  OutTypeIndex,
  Slot,
  Space,
} from '../input/index-spaces.ts';
import type { InitRef, ParsedObject, RelocTable } from '../input/object-file.ts';
import { definedPosition, definedSignature, definedTagSignature } from '../input/object-symbols.ts';
import type { LinkOptions } from '../options/options.ts';
import { TypeList } from '../sections/type-list.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { joinCustoms } from './join-customs.ts';
import type { Definition, DefinitionMaps, ObjectPlan, OutputImport, OutputSegment } from './object-plan.ts';
import { outputSymbol } from './object-plan.ts';
import type { OutputSymbols, SymbolOptions } from './output-symbols.ts';
import { collectSymbols } from './output-symbols.ts';
import { numberImports } from './number-imports.ts';

/** The options that count here. */
export type PlanOptions = SymbolOptions & Pick<LinkOptions, 'strip' | 'stripDebug'>;

/** Plans it. */
export function planObject(table: SymbolTable, options: PlanOptions, diags: Diagnostics): ObjectPlan {
  const customs = joinCustoms(table, options);
  const symbols = collectSymbols(table, customs, options, diags);
  const imports = numberImports(table, symbols, options, diags);
  const definitions = numberDefinitions(table, symbols, imports, options);
  numberSymbols(table, symbols, definitions);
  const plan: ObjectPlan = {
    phase: 'planned',
    table,
    types: numberTypes(table, symbols, imports, definitions, options),
    imports,
    ...definitions,
    stubs: symbols.stubs.map(({ type }) => type),
    customs,
    symbols: symbols.list,
    symbolOf: symbols.symbolOf,
    slots: numberSlots(table, symbols),
  };
  checkInitialisers(plan, diags);
  return plan;
}

// --- definitions ---

/** What of each object is in the output: 1 by position. */
interface Kept {
  readonly funcs: Uint8Array;
  readonly globals: Uint8Array;
  readonly tables: Uint8Array;
  readonly tags: Uint8Array;
  readonly segments: Uint8Array;
}

type Definitions = DefinitionMaps &
  Pick<ObjectPlan, 'importedFuncs' | 'funcs' | 'globals' | 'tables' | 'tags' | 'segments' | 'dataEnd'>;

function numberDefinitions(
  table: SymbolTable,
  symbols: OutputSymbols,
  imports: readonly OutputImport[],
  { wasmLdOrder }: PlanOptions,
): Definitions {
  const kept = keptDefinitions(table, symbols);
  const importsOf = (kind: number): number => imports.filter((item) => item.kind === kind).length;
  const importedFuncs = importsOf(SymbolKind.function);
  const funcs = numberKept<'function'>(kept, 'funcs', importedFuncs + symbols.stubs.length);
  const globals = numberKept<'global'>(kept, 'globals', importsOf(SymbolKind.global));
  const tables = numberKept<'table'>(kept, 'tables', importsOf(SymbolKind.table));
  const tags = numberKept<'tag'>(kept, 'tags', importsOf(SymbolKind.tag));
  return {
    importedFuncs,
    funcs: funcs.list,
    funcOf: funcs.map,
    globals: globals.list,
    globalOf: globals.map,
    tables: tables.list,
    tableOf: tables.map,
    tags: tags.list,
    tagOf: tags.map,
    ...placeSegments(table, kept, wasmLdOrder),
  };
}

function keptDefinitions({ objects, discarded }: SymbolTable, { drafts }: OutputSymbols): readonly Kept[] {
  const kept = objects.map((object) => ({
    funcs: new Uint8Array(object.funcTypes.length),
    globals: new Uint8Array(object.globals.length),
    tables: new Uint8Array(object.tables.length),
    tags: new Uint8Array(object.tags.length),
    segments: new Uint8Array(object.segments.length),
  }));
  for (const draft of drafts) {
    if (!draft?.isDefined) continue;
    const { object: o, symbol } = draft;
    const position = definedPosition(objects[o]!, symbol);
    const own = kept[o]!;
    if (symbol.kind === SymbolKind.function) own.funcs[position] = 1;
    else if (symbol.kind === SymbolKind.global) own.globals[position] = 1;
    else if (symbol.kind === SymbolKind.table) own.tables[position] = 1;
    else if (symbol.kind === SymbolKind.tag) own.tags[position] = 1;
    else if (symbol.kind === SymbolKind.data && position >= 0) own.segments[position] = 1;
  }
  // A segment that never had a name is there for its section.
  eachObject(objects, (object, o) => {
    const named = new Uint8Array(object.segments.length);
    for (const { kind, flags, index } of object.symbols) {
      if (kind === SymbolKind.data && (flags & SymbolFlag.undefined) === 0 && index >= 0) named[index] = 1;
    }
    for (let s = 0; s < named.length; s++) {
      if (named[s] === 0 && !discarded[o]?.segments.has(s)) kept[o]!.segments[s] = 1;
    }
  });
  return kept;
}

/** Numbers from `base` on, in the order of the inputs. */
function numberKept<S extends Space>(
  kept: readonly Kept[],
  key: Exclude<keyof Kept, 'segments'>,
  base: number,
): { readonly list: readonly Definition<S>[]; readonly map: readonly Int32Array[] } {
  const list: Definition<S>[] = [];
  const map = kept.map((own, o) => {
    const flags = own[key];
    const outputOf = new Int32Array(flags.length).fill(-1);
    for (let i = 0; i < flags.length; i++) {
      if (flags[i] === 1) outputOf[i] = base + list.push({ object: o as ObjectId, index: i as ObjDefined<S> }) - 1;
    }
    return outputOf;
  });
  return { list, map };
}

/** As wasm-ld orders kinds of data; all other names come between these and zeros. */
const SEGMENT_RANKS: readonly string[] = ['.tdata', '.rodata', '.data'];
const ZEROS = '.bss';

function rankOfSegment(name: string): number {
  const rank = SEGMENT_RANKS.findIndex((start) => name.startsWith(start));
  return rank >= 0 ? rank : SEGMENT_RANKS.length + (name.startsWith(ZEROS) ? 1 : 0);
}

function placeSegments(
  { objects }: SymbolTable,
  kept: readonly Kept[],
  wasmLdOrder: boolean,
): Pick<ObjectPlan, 'segments' | 'segmentOf' | 'dataEnd'> {
  const found = kept.flatMap(({ segments: flags }, o) =>
    Array.from(flags.keys())
      .filter((s) => flags[s] === 1)
      .map((s) => ({ o: o as ObjectId, s: s as ObjSegIndex })),
  );
  const rank = ({ o, s }: (typeof found)[number]): number => rankOfSegment(objects[o]!.segments[s]!.name);
  if (wasmLdOrder) found.sort((a, b) => rank(a) - rank(b));
  const segments: OutputSegment[] = [];
  const segmentOf = kept.map(({ segments: flags }) => new Int32Array(flags.length).fill(-1));
  let dataEnd = 0;
  for (const { o, s } of found) {
    const { alignLog2, start, end } = objects[o]!.segments[s]!;
    const address = alignForward(dataEnd, 2 ** alignLog2);
    dataEnd = address + end - start;
    segmentOf[o]![s] = segments.push({ object: o, segment: s, address }) - 1;
  }
  return { segments, segmentOf, dataEnd };
}

/** Gives the symbols of definitions the numbers of what they define. */
function numberSymbols({ objects }: SymbolTable, { list, drafts, stubs }: OutputSymbols, maps: Definitions): void {
  drafts.forEach((draft, i) => {
    if (!draft?.isDefined) return;
    const { object: o, symbol } = draft;
    const map = mapOf(maps, symbol.kind);
    if (map === null || symbol.index < 0) return;
    list[i]!.index = map[o]![definedPosition(objects[o]!, symbol)]!;
  });
  stubs.forEach(({ symbol }, i) => {
    list[symbol]!.index = maps.importedFuncs + i;
  });
}

function mapOf(maps: DefinitionMaps, kind: number): readonly Int32Array[] | null {
  switch (kind) {
    case SymbolKind.function:
      return maps.funcOf;
    case SymbolKind.global:
      return maps.globalOf;
    case SymbolKind.table:
      return maps.tableOf;
    case SymbolKind.tag:
      return maps.tagOf;
    case SymbolKind.data:
      return maps.segmentOf;
    default:
      return null;
  }
}

// --- types and slots ---

/** Types of imports, of functions, of tags, and those that only calls through the table mention: last, or first as in wasm-ld. */
function numberTypes(
  { objects }: SymbolTable,
  { stubs }: OutputSymbols,
  imports: readonly OutputImport[],
  { funcs, funcOf, tags }: Definitions,
  { wasmLdOrder }: PlanOptions,
): TypeList<OutTypeIndex> {
  const types = new TypeList<OutTypeIndex>();
  const needMentioned = (): void => {
    objects.forEach(({ codeRelocs, funcRelocs, types: own }, o) => {
      const { type, index } = codeRelocs;
      if (!type.includes(Reloc.TYPE_INDEX_LEB)) return;
      funcOf[o]!.forEach((func, f) => {
        if (func < 0) return;
        for (let r = funcRelocs[f]!; r < funcRelocs[f + 1]!; r++) {
          if (type[r] === Reloc.TYPE_INDEX_LEB) types.need(own[index[r]!]!);
        }
      });
    });
  };
  if (wasmLdOrder) needMentioned();
  for (const { signature } of imports) if (signature !== null) types.need(signature);
  for (const { type } of stubs) types.need(type);
  for (const { object, index } of funcs) types.need(definedSignature(objects[object]!, index));
  for (const { object, index } of tags) types.need(definedTagSignature(objects[object]!, index));
  if (!wasmLdOrder) needMentioned();
  return types;
}

/** Provisional slots, in the order in which relocations ask for them. */
function numberSlots({ objects }: SymbolTable, symbols: OutputSymbols): ReadonlyMap<OutIndex<'function'>, Slot> {
  const slots = new Map<OutIndex<'function'>, Slot>();
  const take = (o: ObjectId, relocs: RelocTable): void => {
    for (let r = 0; r < relocs.count; r++) {
      if (WANTS_SLOT[relocs.type[r]!] === 0) continue;
      const symbol: OutSymIndex = outputSymbol(symbols, o, relocs.index[r]! as ObjSymIndex);
      if (symbol < 0) continue;
      const func = symbols.list[symbol]!.index as OutIndex<'function'>;
      if (!slots.has(func)) slots.set(func, (slots.size + 1) as Slot);
    }
  };
  eachObject(objects, (object, o) => {
    if (!object.takesAddress) return;
    take(o, object.codeRelocs);
    take(o, object.dataRelocs);
  });
  return slots;
}

// --- initialisers ---

/** Reports what an initialiser mentions and the output does not have. */
function checkInitialisers(plan: ObjectPlan, diags: Diagnostics): void {
  for (const { object: o, index } of plan.globals) {
    const { globals, file }: ParsedObject = plan.table.objects[o]!;
    for (const ref of globals[index]!.refs) {
      if (initialiserIndex(plan, o, ref) >= 0) continue;
      diags.error('undefined_symbol', { name: `${ref.kind} ${ref.index}` }, { in: 'file', file, offset: ref.at });
    }
  }
}

/** Output index of what an initialiser of object `o` mentions; -1 if it has no symbol, or is gone. */
export function initialiserIndex(plan: ObjectPlan, o: ObjectId, { symbol }: InitRef): number {
  const output = symbol < 0 ? symbol : outputSymbol(plan, o, symbol);
  return output < 0 ? -1 : plan.symbols[output]!.index;
}
