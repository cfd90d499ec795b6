/**
 * What a combination of objects contains, and the number of each thing in it.
 *
 * Owns the output symbol table and the maps from input indexes to output indexes; knows no bytes. Invariant: a function or
 * segment is in the output unless a COMDAT group leaves it out or all of its names have gone to another definition.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { alignForward } from '../../support/numeric.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { RELOCATIONS } from '../../wasm/relocations.ts';
import { isDiscarded } from '../symbols/comdat.ts';
import type {
  CombinationPlan,
  CombinedCustom,
  CombinedImport,
  CombinedSegment,
  CombinedSymbol,
} from './combination.ts';
import { importOf, undefinedFlags } from './combine-imports.ts';
import { INDIRECT_TABLE } from '../symbols/linker-symbols.ts';
import { isCalled } from '../symbols/number-symbols.ts';
import type { ObjectSymbol, ParsedObject, SignatureKey } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import type { SymbolEntry, SymbolTable } from '../symbols/symbols.ts';
import { FROM_OPTIONS, signatureText, typeOfSymbol, UNDEFINED } from '../symbols/symbols.ts';

/** Plans it. */
export function planCombination(table: SymbolTable, options: LinkOptions, diags: Diagnostics): CombinationPlan {
  const planner = new Planner(table, options, diags);
  planner.joinCustoms();
  planner.makeSymbols();
  planner.numberDefinitions();
  planner.finishSymbols();
  return planner.finish();
}

type Ref = { readonly object: number; readonly index: number };

/** What makes an output symbol: a symbol of an input that defines it or mentions it first. */
interface Draft {
  readonly object: number;
  readonly symbol: ObjectSymbol;
  readonly isDefined: boolean;
}

class Planner {
  readonly #table: SymbolTable;
  readonly #options: LinkOptions;
  readonly #diags: Diagnostics;
  readonly #types: SignatureKey[] = [];
  readonly #typeIndex = new Map<SignatureKey, number>();
  readonly #imports: CombinedImport[] = [];
  readonly #symbols: CombinedSymbol[] = [];
  readonly #drafts: (Draft | null)[] = [];
  readonly #symbolOf: Int32Array[] = [];
  readonly #byEntry = new Map<SymbolEntry, number>();
  readonly #byVariant = new Map<string, number>();
  readonly #sectionSymbols = new Map<number, number>();
  #customs: CombinedCustom[] = [];
  #customOf: Map<number, { index: number; offset: number }>[] = [];
  readonly #funcs: Ref[] = [];
  /** Functions that trap: a local symbol without a draft, and its signature. */
  readonly #stubs: { readonly symbol: number; readonly type: SignatureKey }[] = [];
  readonly #globals: Ref[] = [];
  readonly #tables: Ref[] = [];
  readonly #tags: Ref[] = [];
  readonly #segments: CombinedSegment[] = [];
  #maps: Pick<CombinationPlan, 'funcOf' | 'globalOf' | 'tableOf' | 'tagOf' | 'segmentOf'> | null = null;
  #dataEnd = 0;
  /** Object whose import of the function table stands for all, or -1. */
  #legacyTable = -1;
  readonly #slots = new Map<number, number>();

  constructor(table: SymbolTable, options: LinkOptions, diags: Diagnostics) {
    this.#table = table;
    this.#options = options;
    this.#diags = diags;
  }

  joinCustoms(): void {
    const { objects, discarded } = this.#table;
    const byName = new Map<string, { index: number; size: number; parts: CombinedCustom['parts'][number][] }>();
    this.#customOf = objects.map(() => new Map<number, { index: number; offset: number }>());
    objects.forEach((object, o) => {
      for (const custom of object.customs) {
        if (discarded[o]?.sections.has(custom.section)) continue;
        if ((this.#options.strip || this.#options.stripDebug) && custom.name.startsWith('.debug_')) continue;
        let joined = byName.get(custom.name);
        if (!joined) {
          joined = { index: byName.size, size: 0, parts: [] };
          byName.set(custom.name, joined);
        }
        joined.parts.push({ object: o, custom, offset: joined.size });
        this.#customOf[o]!.set(custom.section, { index: joined.index, offset: joined.size });
        joined.size += custom.end - custom.start;
      }
    });
    this.#customs = Array.from(byName, ([name, { parts }]) => ({ name, parts }));
  }

  // --- symbols ---

  makeSymbols(): void {
    const { objects, symbolEntries, wrapped, entries } = this.#table;
    const isLegacy =
      objects.some((object) => object.isLegacyTable) &&
      objects.every((object) => object.isLegacyTable || object.tableImports.length === 0);
    objects.forEach((object, o) => {
      const own = new Int32Array(object.symbols.length).fill(-1);
      this.#symbolOf.push(own);
      object.symbols.forEach((symbol, s) => {
        const entry = symbolEntries[o]![s]!;
        // The import of objects without reference types has no symbol, which is how a reader knows.
        if (isLegacy && objects[o]!.isLegacyTable && symbol.kind === SymbolKind.table) this.#legacyTable = o;
        else if (entry) own[s] = this.#entrySymbol(wrapped.get(entry) ?? entry, object, o, s);
        else own[s] = this.#localSymbol(object, o, symbol);
      });
    });
    for (const entry of entries.values()) {
      if (entry.definedIn === FROM_OPTIONS && !this.#byEntry.has(entry)) this.#optionSymbol(entry);
    }
  }

  #localSymbol(object: ParsedObject, o: number, symbol: ObjectSymbol): number {
    if (symbol.kind === SymbolKind.section) {
      const place = this.#customOf[o]!.get(symbol.index);
      if (!place) return -1;
      let index = this.#sectionSymbols.get(place.index);
      if (index === undefined) {
        index = this.#add({ ...symbol, index: place.index }, null);
        this.#sectionSymbols.set(place.index, index);
      }
      return index;
    }
    const discarded = this.#table.discarded[o];
    if (discarded && isDiscarded(object, symbol, discarded)) return -1;
    return this.#add({ ...symbol }, { object: o, symbol, isDefined: true });
  }

  #entrySymbol(entry: SymbolEntry, object: ParsedObject, o: number, s: number): number {
    const symbol = object.symbols[s]!;
    if (entry.isMixed && entry.kind === SymbolKind.function) {
      const type = typeOfSymbol(object, symbol) as SignatureKey;
      // Only an import can be undefined; a definition that lost has none, so it keeps its body under a local name.
      const isOwn = symbol.index >= object.funcImports.length;
      if (type !== entry.type && (isOwn || isCalled(object, s)))
        return this.#variantSymbol(entry, type, o, symbol, isOwn);
    }
    const known = this.#byEntry.get(entry);
    if (known !== undefined) return known;
    if (entry.definedIn === FROM_OPTIONS) return this.#optionSymbol(entry);
    let index: number;
    if (entry.definedIn === UNDEFINED) {
      if ((symbol.flags & SymbolFlag.undefined) === 0) {
        // A COMDAT group left the definition out, and the one that was kept does not have it.
        this.#diags.error('undefined_symbol', { name: entry.name }, { in: 'file', file: object.file });
        return -1;
      }
      index = this.#add({ ...symbol, flags: undefinedFlags(entry, symbol) }, { object: o, symbol, isDefined: false });
    } else {
      const owner = entry.definedIn;
      const definition = this.#table.objects[owner]!.symbols[entry.definition]!;
      let { flags } = definition;
      if (entry.isHidden) flags |= SymbolFlag.hidden;
      if (this.#options.exports.includes(entry.name)) flags |= SymbolFlag.exported;
      index = this.#add({ ...definition, flags }, { object: owner, symbol: definition, isDefined: true });
    }
    this.#byEntry.set(entry, index);
    return index;
  }

  /** A name that is called with another signature than the definition's: an object cannot have both, so calls trap. */
  #variantSymbol(entry: SymbolEntry, type: SignatureKey, o: number, symbol: ObjectSymbol, isOwn: boolean): number {
    const { name, type: known, firstFile: other } = entry;
    const key = `${type} ${name}`;
    let index = this.#byVariant.get(key);
    if (index !== undefined) return index;
    if (isOwn) {
      index = this.#add({ ...symbol, flags: SymbolFlag.local }, { object: o, symbol, isDefined: true });
    } else {
      const args = { name, first: signatureText(type), second: signatureText(known), other };
      const place = { in: 'file', file: this.#table.objects[o]!.file } as const;
      // Which of the two an import should have, nobody can say.
      if (entry.definedIn === UNDEFINED) this.#diags.error('signature_mismatch', args, place);
      else this.#diags.warn('signature_mismatch', args, place);
      index = this.#add({ ...symbol, name: `signature_mismatch:${name}`, flags: SymbolFlag.local }, null);
      this.#stubs.push({ symbol: index, type });
    }
    this.#byVariant.set(key, index);
    return index;
  }

  /** A number of the command line becomes an absolute symbol. */
  #optionSymbol(entry: SymbolEntry): number {
    const { target, offset } = this.#options.defsyms[entry.definition]!;
    const { name } = entry;
    const kind = SymbolKind.data;
    const aliased = target === null ? undefined : this.#table.entries.get(target);
    const owner = aliased && aliased.definedIn >= 0 ? aliased.definedIn : -1;
    let index: number;
    if (aliased && owner >= 0) {
      const definition = this.#table.objects[owner]!.symbols[aliased.definition]!;
      const alias = { ...definition, name, flags: definition.flags & ~SymbolFlag.local };
      const isData = definition.kind === SymbolKind.data;
      index = this.#add(isData ? { ...alias, offset: alias.offset + offset, size: 0 } : alias, {
        object: owner,
        symbol: definition,
        isDefined: true,
      });
    } else {
      index = this.#add({ kind, flags: SymbolFlag.absolute, name, index: -1, offset, size: 0 }, null);
    }
    this.#byEntry.set(entry, index);
    return index;
  }

  #add(symbol: CombinedSymbol, draft: Draft | null): number {
    this.#drafts.push(draft);
    return this.#symbols.push(symbol) - 1;
  }

  // --- definitions ---

  numberDefinitions(): void {
    const { objects, discarded } = this.#table;
    const kept = objects.map((object) => ({
      funcs: new Uint8Array(object.funcTypes.length),
      globals: new Uint8Array(object.globals.length),
      tables: new Uint8Array(object.tables.length),
      tags: new Uint8Array(object.tags.length),
      segments: new Uint8Array(object.segments.length),
    }));
    for (const draft of this.#drafts) {
      if (!draft?.isDefined) continue;
      const { object: o, symbol } = draft;
      const object = objects[o]!;
      const own = kept[o]!;
      if (symbol.kind === SymbolKind.function) own.funcs[symbol.index - object.funcImports.length] = 1;
      else if (symbol.kind === SymbolKind.global) own.globals[symbol.index - object.globalImports.length] = 1;
      else if (symbol.kind === SymbolKind.table) own.tables[symbol.index - object.tableImports.length] = 1;
      else if (symbol.kind === SymbolKind.tag) own.tags[symbol.index - object.tagImports.length] = 1;
      else if (symbol.kind === SymbolKind.data && symbol.index >= 0) own.segments[symbol.index] = 1;
    }
    // A segment that never had a name is there for its section.
    objects.forEach((object, o) => {
      const named = new Set<number>();
      for (const { kind, flags, index } of object.symbols) {
        if (kind === SymbolKind.data && (flags & SymbolFlag.undefined) === 0) named.add(index);
      }
      object.segments.forEach((_, s) => {
        if (!named.has(s) && !discarded[o]?.segments.has(s)) kept[o]!.segments[s] = 1;
      });
    });
    this.#numberImports();
    const count = (kind: number): number => this.#imports.filter((item) => item.kind === kind).length;
    const number = (flags: readonly Uint8Array[], refs: Ref[], base: number): Int32Array[] =>
      flags.map((own, o) => {
        const map = new Int32Array(own.length).fill(-1);
        own.forEach((isKept, index) => {
          if (isKept === 1) map[index] = base + refs.push({ object: o, index }) - 1;
        });
        return map;
      });
    const segmentOf = kept.map(({ segments }, o) => {
      const map = new Int32Array(segments.length).fill(-1);
      segments.forEach((isKept, s) => {
        if (isKept === 0) return;
        const { alignLog2, start, end } = objects[o]!.segments[s]!;
        const address = alignForward(this.#dataEnd, 2 ** alignLog2);
        this.#dataEnd = address + end - start;
        map[s] = this.#segments.push({ object: o, segment: s, address }) - 1;
      });
      return map;
    });
    const of = (key: 'funcs' | 'globals' | 'tables' | 'tags'): Uint8Array[] => kept.map((own) => own[key]);
    this.#maps = {
      funcOf: number(of('funcs'), this.#funcs, count(SymbolKind.function)),
      globalOf: number(of('globals'), this.#globals, count(SymbolKind.global)),
      tableOf: number(of('tables'), this.#tables, count(SymbolKind.table)),
      tagOf: number(of('tags'), this.#tags, count(SymbolKind.tag)),
      segmentOf,
    };
  }

  /** One import for each undefined symbol that is not data. */
  #numberImports(): void {
    const counts = [0, 0, 0, 0, 0, 0];
    if (this.#legacyTable >= 0) {
      const { module, field } = this.#table.objects[this.#legacyTable]!.tableImports[0]!;
      this.#imports.push({ kind: SymbolKind.table, module, field, object: this.#legacyTable, index: 0 });
    }
    // Code of objects without reference types calls through table 0 and does not say so.
    const isFirst = ({ symbol }: Draft): boolean => symbol.kind === SymbolKind.table && symbol.name === INDIRECT_TABLE;
    this.#importDrafts(counts, isFirst);
    this.#importDrafts(counts, (draft) => !isFirst(draft));
    if (!this.#imports.some(({ kind, field }) => kind === SymbolKind.table && field !== INDIRECT_TABLE)) return;
    // In a module imported tables come before the function table, and the output does not say whose code is old.
    for (const { isLegacyTable, file } of this.#table.objects) {
      if (isLegacyTable) this.#diags.error('legacy_table_not_first', {}, { in: 'file', file });
    }
  }

  #importDrafts(counts: number[], isWanted: (draft: Draft) => boolean): void {
    this.#drafts.forEach((draft, i) => {
      if (!draft || draft.isDefined || draft.symbol.kind === SymbolKind.data || !isWanted(draft)) return;
      const { object: o, symbol } = draft;
      const entry = this.#table.entries.get(symbol.name);
      const own = importOf(this.#table.objects[o]!, symbol);
      const module = entry?.importModule ?? own.module;
      const field = entry && entry.importModule !== null ? entry.importField : own.field;
      this.#imports.push({ kind: symbol.kind, module, field, object: o, index: symbol.index });
      this.#symbols[i]!.index = counts[symbol.kind]!++;
    });
  }

  finishSymbols(): void {
    const { funcOf, globalOf, tableOf, tagOf, segmentOf } = this.#maps!;
    this.#drafts.forEach((draft, i) => {
      if (!draft?.isDefined) return;
      const { object: o, symbol } = draft;
      const object = this.#table.objects[o]!;
      const out = this.#symbols[i]!;
      const { index } = symbol;
      if (symbol.kind === SymbolKind.function) out.index = funcOf[o]![index - object.funcImports.length]!;
      else if (symbol.kind === SymbolKind.global) out.index = globalOf[o]![index - object.globalImports.length]!;
      else if (symbol.kind === SymbolKind.table) out.index = tableOf[o]![index - object.tableImports.length]!;
      else if (symbol.kind === SymbolKind.tag) out.index = tagOf[o]![index - object.tagImports.length]!;
      else if (symbol.kind === SymbolKind.data && index >= 0) out.index = segmentOf[o]![index]!;
    });
    const funcImports = this.#imports.filter(({ kind }) => kind === SymbolKind.function).length;
    this.#stubs.forEach(({ symbol }, i) => {
      this.#symbols[symbol]!.index = funcImports + this.#funcs.length + i;
    });
    this.#numberTypes();
    this.#numberSlots();
  }

  #needType(key: SignatureKey): void {
    if (this.#typeIndex.has(key)) return;
    this.#typeIndex.set(key, this.#types.push(key) - 1);
  }

  #numberTypes(): void {
    const { objects } = this.#table;
    for (const { kind, object, index } of this.#imports) {
      const { types, funcImports, tagImports } = objects[object]!;
      if (kind === SymbolKind.function) this.#needType(types[funcImports[index]!.type]!);
      else if (kind === SymbolKind.tag) this.#needType(types[tagImports[index]!.type]!);
    }
    for (const { object, index } of this.#funcs) {
      const { types, funcTypes } = objects[object]!;
      this.#needType(types[funcTypes[index]!]!);
    }
    for (const { type } of this.#stubs) this.#needType(type);
    for (const { object, index } of this.#tags) this.#needType(objects[object]!.types[objects[object]!.tags[index]!]!);
    for (const { codeRelocs: relocs, types } of objects) {
      for (let r = 0; r < relocs.count; r++) {
        if (RELOCATIONS[relocs.type[r]!]!.target === 'type') this.#needType(types[relocs.index[r]!]!);
      }
    }
  }

  /** Provisional slots, so that placeholders are plausible. */
  #numberSlots(): void {
    this.#table.objects.forEach((object, o) => {
      for (const relocs of [object.codeRelocs, object.dataRelocs]) {
        for (let r = 0; r < relocs.count; r++) {
          const { value } = RELOCATIONS[relocs.type[r]!]!;
          if (value !== 'table_slot' && value !== 'table_slot_rel') continue;
          const symbol = this.#symbolOf[o]![relocs.index[r]!]!;
          if (symbol < 0) continue;
          const func = this.#symbols[symbol]!.index;
          if (!this.#slots.has(func)) this.#slots.set(func, this.#slots.size + 1);
        }
      }
    });
  }

  finish(): CombinationPlan {
    return {
      table: this.#table,
      types: this.#types,
      typeIndex: this.#typeIndex,
      imports: this.#imports,
      funcs: this.#funcs,
      stubs: this.#stubs.map(({ type }) => type),
      globals: this.#globals,
      tables: this.#tables,
      tags: this.#tags,
      segments: this.#segments,
      customs: this.#customs,
      symbols: this.#symbols,
      symbolOf: this.#symbolOf,
      ...this.#maps!,
      customOf: this.#customOf,
      slots: this.#slots,
      dataEnd: this.#dataEnd,
    };
  }
}
