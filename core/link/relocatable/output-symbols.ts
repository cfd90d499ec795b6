/**
 * The symbol table of a relocatable output, before anything but the symbols has a number.
 *
 * Owns which symbol of the output each symbol of an input becomes: one for each name, one for each local symbol, and what
 * makes it, its draft. Names of the command line become absolute symbols or aliases; a name that is called with another
 * signature than the definition's gets a symbol for that signature, because an object cannot have both.
 */
import { eachObject, NO_OBJECT } from '../input/each-object.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjectId, ObjSectionIndex, ObjSymIndex, OutSymIndex } from '../input/index-spaces.ts';
import type { ObjectSymbol, ParsedObject, SignatureKey } from '../input/object-file.ts';
import { isCalled, isImported, typeOfSymbol } from '../input/object-symbols.ts';
import type { DefinedSymbol, LinkOptions } from '../options/options.ts';
import { isDiscarded } from '../symbols/comdat.ts';
import { symbolOrder } from '../symbols/symbol-order.ts';
import type { SymbolEntry, SymbolTable } from '../symbols/symbol-table.ts';
import { FROM_OPTIONS, signatureText, UNDEFINED } from '../symbols/symbol-table.ts';
import type { JoinedCustoms, OutputSymbol } from './object-plan.ts';

/** The options that count here. */
export type SymbolOptions = Pick<LinkOptions, 'exports' | 'defsyms' | 'wasmLdOrder'>;

/** What makes an output symbol: a symbol of an input that defines it or mentions it first. */
export interface SymbolDraft {
  readonly object: ObjectId;
  readonly symbol: ObjectSymbol;
  readonly isDefined: boolean;
}

export interface OutputSymbols {
  /** In the order of the output. */
  readonly list: readonly OutputSymbol[];
  /** By output symbol; null for what no input defines: numbers, sections, functions that trap. */
  readonly drafts: readonly (SymbolDraft | null)[];
  /** Per object, by symbol: output symbol, or -1 for one that is gone. */
  readonly symbolOf: readonly Int32Array[];
  /** Functions that trap, and the signature of each. */
  readonly stubs: readonly { readonly symbol: OutSymIndex; readonly type: SignatureKey }[];
  /** Object whose import of the function table, which has no symbol, stands for all; or -1. */
  readonly legacyTable: ObjectId;
}

const SECTION_SYMBOL = { kind: SymbolKind.section, flags: SymbolFlag.local, name: '', offset: 0, size: 0 };

/** Collects them; reports calls with another signature than the definition's. */
export function collectSymbols(
  table: SymbolTable,
  customs: JoinedCustoms,
  options: SymbolOptions,
  diags: Diagnostics,
): OutputSymbols {
  const collector = new Collector(table, customs, options, diags);
  collector.collect();
  if (options.wasmLdOrder) {
    collector.addSections();
    collector.sort();
  }
  return collector;
}

class Collector implements OutputSymbols {
  readonly list: OutputSymbol[] = [];
  readonly drafts: (SymbolDraft | null)[] = [];
  readonly symbolOf: Int32Array[] = [];
  readonly stubs: { readonly symbol: OutSymIndex; readonly type: SignatureKey }[] = [];
  legacyTable = NO_OBJECT;
  readonly #table: SymbolTable;
  readonly #customs: JoinedCustoms;
  readonly #options: SymbolOptions;
  readonly #diags: Diagnostics;
  readonly #byEntry = new Map<SymbolEntry, OutSymIndex>();
  readonly #byVariant = new Map<string, OutSymIndex>();
  readonly #sectionSymbols = new Map<number, OutSymIndex>();

  constructor(table: SymbolTable, customs: JoinedCustoms, options: SymbolOptions, diags: Diagnostics) {
    this.#table = table;
    this.#customs = customs;
    this.#options = options;
    this.#diags = diags;
  }

  collect(): void {
    const { objects, symbolEntries, wrapped, entries } = this.#table;
    const isLegacy =
      !this.#options.wasmLdOrder &&
      objects.some((object) => object.isLegacyTable) &&
      objects.every((object) => object.isLegacyTable || object.tableImports.length === 0);
    eachObject(objects, (object, o) => {
      const own = new Int32Array(object.symbols.length).fill(-1);
      this.symbolOf.push(own);
      object.symbols.forEach((symbol, s) => {
        const entry = symbolEntries[o]![s]!;
        // The import of objects without reference types has no symbol, which is how a reader knows.
        if (isLegacy && object.isLegacyTable && symbol.kind === SymbolKind.table) this.legacyTable = o;
        else if (entry) own[s] = this.#named(wrapped.get(entry) ?? entry, o, s as ObjSymIndex);
        else own[s] = this.#local(object, o, symbol);
      });
    });
    // Its references go elsewhere, and other objects may still want it.
    for (const entry of wrapped.keys()) if (entry.definedIn >= 0 && !this.#byEntry.has(entry)) this.#defined(entry);
    for (const entry of entries.values()) {
      if (entry.definedIn === FROM_OPTIONS && !this.#byEntry.has(entry)) this.#ofOptions(entry);
    }
  }

  /** As wasm-ld: a symbol for each custom section, whether somebody mentions it or not. */
  addSections(): void {
    this.#customs.sections.forEach((_, index) => this.#section(index));
  }

  /** As wasm-ld: names in the order of the symbol table, then local symbols, then those of sections. */
  sort(): void {
    const { list, drafts } = this;
    const places = symbolOrder(this.#table);
    const keys = list.map(({ kind, flags, name }) => {
      if (kind === SymbolKind.section) return Infinity;
      return (flags & SymbolFlag.local) === 0 ? (places.get(name) ?? places.size) : places.size + 1;
    });
    const sectionOf = (i: number): number => (keys[i] === Infinity ? list[i]!.index : 0);
    const order = Array.from(list.keys()).sort((a, b) =>
      keys[a] === keys[b] ? sectionOf(a) - sectionOf(b) || a - b : keys[a]! - keys[b]!,
    );
    const numbers = new Int32Array(list.length);
    order.forEach((before, i) => (numbers[before] = i));
    const [symbols, made] = [[...list], [...drafts]];
    order.forEach((before, i) => {
      list[i] = symbols[before]!;
      drafts[i] = made[before]!;
    });
    for (const own of this.symbolOf) for (let s = 0; s < own.length; s++) if (own[s]! >= 0) own[s] = numbers[own[s]!]!;
    this.stubs.forEach(({ symbol, type }, i) => {
      this.stubs[i] = { symbol: numbers[symbol] as OutSymIndex, type };
    });
  }

  #local(object: ParsedObject, o: ObjectId, symbol: ObjectSymbol): number {
    if (symbol.kind === SymbolKind.section) {
      const place = this.#customs.placeOf[o]!.get(symbol.index as ObjSectionIndex);
      return place ? this.#section(place.index) : -1;
    }
    const discarded = this.#table.discarded[o];
    if (discarded && isDiscarded(object, symbol, discarded)) return -1;
    return this.#add({ ...symbol }, { object: o, symbol, isDefined: true });
  }

  /** The symbol of a joined section. */
  #section(place: number): OutSymIndex {
    let index = this.#sectionSymbols.get(place);
    if (index === undefined) {
      index = this.#add({ ...SECTION_SYMBOL, index: place }, null);
      this.#sectionSymbols.set(place, index);
    }
    return index;
  }

  #named(entry: SymbolEntry, o: ObjectId, s: ObjSymIndex): number {
    const object = this.#table.objects[o]!;
    const symbol = object.symbols[s]!;
    if (entry.isMixed && entry.kind === SymbolKind.function) {
      const type = typeOfSymbol(object, symbol) as SignatureKey;
      // Only an import can be undefined; a definition that lost has none, so it keeps its body under a local name.
      if (type !== entry.type && (!isImported(object, symbol) || isCalled(object, s))) {
        return this.#variant(entry, type, o, symbol);
      }
    }
    const known = this.#byEntry.get(entry);
    if (known !== undefined) return known;
    if (entry.definedIn === FROM_OPTIONS) return this.#ofOptions(entry);
    if (entry.definedIn !== UNDEFINED) return this.#defined(entry);
    if ((symbol.flags & SymbolFlag.undefined) === 0 && !isRenamed(entry, symbol)) {
      // A COMDAT group left the definition out, and the one that was kept does not have it.
      this.#diags.error('undefined_symbol', { name: entry.name }, { in: 'file', file: object.file });
      return -1;
    }
    const flags = undefinedFlags(entry, symbol);
    const undefinedOne = { kind: symbol.kind, flags, name: entry.name, index: -1, offset: 0, size: 0 };
    const index = this.#add(undefinedOne, { object: o, symbol, isDefined: false });
    this.#byEntry.set(entry, index);
    return index;
  }

  #defined(entry: SymbolEntry): OutSymIndex {
    const owner = entry.definedIn;
    const definition = this.#table.objects[owner]!.symbols[entry.definition]!;
    let { flags } = definition;
    if (entry.isHidden) flags |= SymbolFlag.hidden;
    if (this.#options.exports.includes(entry.name)) flags |= SymbolFlag.exported;
    const index = this.#add({ ...definition, flags }, { object: owner, symbol: definition, isDefined: true });
    this.#byEntry.set(entry, index);
    return index;
  }

  /** A name with another signature than the definition's: a body keeps it as a local symbol, calls trap. */
  #variant(entry: SymbolEntry, type: SignatureKey, o: ObjectId, symbol: ObjectSymbol): OutSymIndex {
    const { name, type: known, firstFile: other } = entry;
    const key = `${type} ${name}`;
    let index = this.#byVariant.get(key);
    if (index !== undefined) return index;
    if (isImported(this.#table.objects[o]!, symbol)) {
      const { file } = this.#table.objects[o]!;
      const args = { name, first: signatureText(type), file, second: signatureText(known), other };
      const place = { in: 'file', file } as const;
      // Which of the two an import should have, nobody can say.
      if (entry.definedIn === UNDEFINED) this.#diags.error('signature_mismatch', args, place);
      else this.#diags.warn('signature_mismatch', args, place);
      index = this.#add({ ...symbol, name: `signature_mismatch:${name}`, flags: SymbolFlag.local }, null);
      this.stubs.push({ symbol: index, type });
    } else {
      index = this.#add({ ...symbol, flags: SymbolFlag.local }, { object: o, symbol, isDefined: true });
    }
    this.#byVariant.set(key, index);
    return index;
  }

  /** A name of the command line: an alias of a definition, or a number, which becomes an absolute symbol. */
  #ofOptions(entry: SymbolEntry): OutSymIndex {
    const { aliased, offset } = this.#follow(entry);
    const { name } = entry;
    const kind = SymbolKind.data;
    let index: OutSymIndex;
    if (aliased) {
      const owner = aliased.definedIn;
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

  /** What a name of the command line stands for in the end, with all offsets on the way; null is a number. */
  #follow(entry: SymbolEntry): { readonly aliased: SymbolEntry | null; readonly offset: number } {
    let offset = 0;
    let current: SymbolEntry | undefined = entry;
    const seen = new Set<SymbolEntry>();
    while (current?.definedIn === FROM_OPTIONS && !seen.has(current)) {
      seen.add(current);
      const meant: DefinedSymbol = this.#options.defsyms[current.definition]!;
      offset += meant.offset;
      if (meant.target === null) return { aliased: null, offset };
      current = this.#table.entries.get(meant.target);
    }
    if (current !== undefined && current.definedIn >= 0) return { aliased: current, offset };
    const target = this.#options.defsyms[entry.definition]!.target!;
    this.#diags.error('defsym_undefined', { name: entry.name, target }, { in: 'options' });
    return { aliased: null, offset };
  }

  #add(symbol: OutputSymbol, draft: SymbolDraft | null): OutSymIndex {
    this.drafts.push(draft);
    return (this.list.push(symbol) - 1) as OutSymIndex;
  }
}

/** Whether references of a function or datum, which may be the definition itself, go to another name (`--wrap`). */
function isRenamed({ name }: SymbolEntry, symbol: ObjectSymbol): boolean {
  return symbol.name !== name && (symbol.kind === SymbolKind.function || symbol.kind === SymbolKind.data);
}

/** Flags of a name that stays undefined: weak if no mention is strong, with the union of what mentions ask for. */
function undefinedFlags(entry: SymbolEntry, symbol: ObjectSymbol): number {
  // What a definition says of itself says nothing of the name that its references go to.
  const isDefinition = (symbol.flags & SymbolFlag.undefined) === 0;
  let flags = isDefinition ? 0 : symbol.flags & ~(SymbolFlag.weak | SymbolFlag.explicit_name);
  flags |= SymbolFlag.undefined;
  if (!entry.isWanted) flags |= SymbolFlag.weak;
  if (entry.isHidden) flags |= SymbolFlag.hidden;
  if (entry.importModule !== null) flags |= SymbolFlag.explicit_name;
  return flags;
}
