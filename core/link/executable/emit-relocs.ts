/**
 * Relocations and symbols of a finished executable (`--emit-relocs`), for tools that change it afterwards.
 *
 * Owns the symbol table of an executable and the new places of relocations; the bytes they patch are final already, so a tool
 * may ignore all of this. Data in memory that has no bytes in the file becomes an absolute symbol. Only what comes from
 * objects has relocations: a unit takes part as an object when they are asked for.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SectionId, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { RELOCATIONS } from '../../wasm/relocations.ts';
import type {
  ObjectId,
  ObjSectionIndex,
  ObjSymIndex,
  ObjTypeIndex,
  OutIndex,
  OutSegIndex,
  OutSymIndex,
  OutTypeIndex,
} from '../input/index-spaces.ts';
import type { ObjectSymbol, RelocTable } from '../input/object-file.ts';
import { RelocList } from '../input/reloc-list.ts';
import { addressOf } from '../layout/addresses.ts';
import type { Group } from '../layout/group-segments.ts';
import { hasData } from '../live/live-set.ts';
import type { LinkingSymbol } from '../sections/write-linking.ts';
import { writeLinking, writeRelocs } from '../sections/write-linking.ts';
import {
  extraOf,
  firstGlobalImport,
  firstTableImport,
  funcOwner,
  funcPosition,
  isUnitFunc,
  targetOf,
} from '../symbols/numbered-symbols.ts';
import type { DataId, FuncId, GlobalId, TableId, TagId } from '../symbols/targets.ts';
import { FUNCTION_TABLE, hostGlobalOf, isDefinition, isGone, Target } from '../symbols/targets.ts';
import { functionName } from './function-name.ts';
import type { Indexed } from './indexed.ts';
import { funcIndexOf, globalIndexOf, tableIndexOf, tagIndexOf, typeIndexOf } from './indexed.ts';
import type { CodePlaces } from './write-code.ts';
import type { Joined } from './write-custom.ts';
import type { DataPlaces } from './write-data.ts';

/** Where everything with relocations went. */
export interface OutputPlaces {
  readonly code: CodePlaces;
  readonly data: DataPlaces;
  readonly customs: readonly Joined[];
  /** Whether the function table comes from outside. */
  readonly importsTable: boolean;
}

/** The `linking` and `reloc.*` sections; `start` is the position of the first section in `out`. */
export function writeEmittedRelocs(out: ByteWriter, start: number, indexed: Indexed, places: OutputPlaces): void {
  const { customs, importsTable } = places;
  const sections = listSections(out, start);
  const firstCustom = sections.length - customs.length;
  const emitter = new Emitter(indexed, customs, firstCustom, importsTable);
  const codeRelocs = emitter.code(places.code);
  const dataRelocs = emitter.data(places.data);
  const customRelocs = customs.map((_, i) => emitter.custom(i));
  const groups = indexed.placed.groups.filter((group) => !group.isCleared);
  writeLinking(out, {
    segments: groups.map(({ name, segments }) => ({
      name,
      align: segments.reduce((most, { align }) => Math.max(most, align), 1),
    })),
    symbols: emitter.symbols,
  });
  writeRelocs(out, 'reloc.CODE', sections.indexOf(SectionId.code), codeRelocs);
  writeRelocs(out, 'reloc.DATA', sections.indexOf(SectionId.data), dataRelocs);
  customs.forEach(({ name }, i) => writeRelocs(out, `reloc.${name}`, firstCustom + i, customRelocs[i]!));
}

/** Ids of the sections written so far. */
function listSections(out: ByteWriter, start: number): number[] {
  const ids: number[] = [];
  for (let at = start; at < out.length;) {
    ids.push(out.bytes[at]!);
    let size = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = out.bytes[++at]!;
      size += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte > 0x7f);
    at += 1 + size;
  }
  return ids;
}

/** Relocations `from` to `to` of an object, whose positions move by `shift`. */
interface MovedRange {
  readonly object: ObjectId;
  readonly relocs: RelocTable;
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/** Of what the output does not have. */
const NO_SYMBOL = -1 as OutSymIndex;

/** Where a custom section of an object went. */
interface PartPlace {
  /** Position among the joined sections. */
  readonly joined: number;
  readonly offset: number;
}

type OutputRelocs = RelocList<OutSymIndex | OutTypeIndex>;

class Emitter {
  readonly symbols: LinkingSymbol[] = [];
  readonly #indexed: Indexed;
  readonly #customs: readonly Joined[];
  readonly #firstCustom: number;
  readonly #importsTable: boolean;
  /** Output symbol by a text that is equal for equal things. */
  readonly #known = new Map<string, OutSymIndex>();
  /** Those with bytes in the file. */
  readonly #groups: readonly Group[];
  /** Per object, by section number: which joined section it is a part of, and where. */
  readonly #parts: readonly ReadonlyMap<ObjSectionIndex, PartPlace>[];

  constructor(indexed: Indexed, customs: readonly Joined[], firstCustom: number, importsTable: boolean) {
    this.#importsTable = importsTable;
    this.#indexed = indexed;
    this.#customs = customs;
    this.#firstCustom = firstCustom;
    const parts = indexed.placed.live.symbols.table.objects.map(() => new Map<ObjSectionIndex, PartPlace>());
    customs.forEach(({ parts: members }, joined) => {
      for (const { object, custom, offset } of members) parts[object]!.set(custom.section, { joined, offset });
    });
    this.#parts = parts;
    this.#groups = indexed.placed.groups.filter((group) => !group.isCleared);
  }

  code({ bodyStart }: CodePlaces): OutputRelocs {
    const list: OutputRelocs = new RelocList();
    const { defined, placed } = this.#indexed;
    const { symbols } = placed.live;
    for (const id of defined) {
      this.#function(id);
      if (isUnitFunc(symbols, id) || extraOf(symbols, id)) continue;
      const object = funcOwner(symbols, id);
      const { codeRelocs: relocs, funcRelocs, bodyStart: from } = symbols.table.objects[object]!;
      const f = funcPosition(symbols, object, id);
      const shift = bodyStart[id]! - from[f]!;
      this.#add(list, { object, relocs, from: funcRelocs[f]!, to: funcRelocs[f + 1]!, shift });
    }
    return list;
  }

  data({ segmentStart }: DataPlaces): OutputRelocs {
    const list: OutputRelocs = new RelocList();
    const { groups, live } = this.#indexed.placed;
    for (const { segments, isCleared } of groups) {
      if (isCleared) continue;
      for (const { object, segment: s, id } of segments) {
        if (object < 0) continue;
        const { dataRelocs: relocs, segmentRelocs, segments: own } = live.symbols.table.objects[object]!;
        const shift = segmentStart.get(id)! - own[s]!.start;
        this.#add(list, { object, relocs, from: segmentRelocs[s]!, to: segmentRelocs[s + 1]!, shift });
      }
    }
    return list;
  }

  custom(index: number): OutputRelocs {
    const list: OutputRelocs = new RelocList();
    for (const { object, custom, offset } of this.#customs[index]!.parts) {
      const { relocs, start } = custom;
      this.#add(list, { object, relocs, from: 0, to: relocs.count, shift: offset - start });
    }
    return list;
  }

  #add(list: OutputRelocs, { object: o, relocs, from, to, shift }: MovedRange): void {
    const { symbols } = this.#indexed.placed.live.symbols.table.objects[o]!;
    for (let r = from; r < to; r++) {
      const type = relocs.type[r]!;
      const at = relocs.at[r]! + shift;
      const { value } = RELOCATIONS[type]!;
      if (value === 'type_index') {
        list.push(type, at, typeIndexOf(this.#indexed, o, relocs.index[r]! as ObjTypeIndex), 0);
        continue;
      }
      const s = relocs.index[r]! as ObjSymIndex;
      const symbol = this.#symbol(o, s);
      if (symbol < 0) continue;
      let addend = relocs.addend[r]!;
      if (value === 'section_offset') {
        addend += this.#parts[o]!.get(symbols[s]!.index as ObjSectionIndex)?.offset ?? 0;
      }
      list.push(type, at, symbol, addend);
    }
  }

  /** Output symbol of symbol `s` of object `o`; -1 if what it means is not in the output. */
  #symbol(o: ObjectId, s: ObjSymIndex): OutSymIndex {
    const { symbols } = this.#indexed.placed.live;
    const symbol = symbols.table.objects[o]!.symbols[s]!;
    const target = targetOf(symbols, o, s);
    const { kind, name } = symbol;
    switch (kind) {
      case SymbolKind.function:
        return isDefinition(target) ? this.#function(target as FuncId) : NO_SYMBOL;
      case SymbolKind.global: {
        const isImport = target >= firstGlobalImport(symbols);
        return this.#indexedSymbol(kind, globalIndexOf(this.#indexed, target as GlobalId), name, isImport);
      }
      case SymbolKind.table:
        return this.#table(target as TableId, name);
      case SymbolKind.tag:
        return this.#indexedSymbol(kind, tagIndexOf(this.#indexed, target as TagId), name, false);
      case SymbolKind.section: {
        const part = this.#parts[o]!.get(symbol.index as ObjSectionIndex);
        if (!part) return NO_SYMBOL;
        const index = this.#firstCustom + part.joined;
        return this.#once(`s${index}`, { kind, flags: SymbolFlag.local, name: '', index, size: 0 });
      }
      default:
        return this.#datum(target, symbols.symbolOffset[o]![s]!, symbol);
    }
  }

  #function(id: FuncId): OutSymIndex {
    const { imports, placed } = this.#indexed;
    const index = funcIndexOf(this.#indexed, id);
    if (index < 0) return NO_SYMBOL;
    const extra = extraOf(placed.live.symbols, id);
    let flags: number = extra && extra.role !== 'import' ? SymbolFlag.local : 0;
    if (index < imports.length) flags = SymbolFlag.undefined | SymbolFlag.explicit_name;
    const name = functionName(this.#indexed, id);
    return this.#once(`f${id}`, { kind: SymbolKind.function, flags, name, index, size: 0 });
  }

  #table(id: TableId, name: string): OutSymIndex {
    const { symbols } = this.#indexed.placed.live;
    const isImport = id === FUNCTION_TABLE ? this.#importsTable : id >= firstTableImport(symbols);
    return this.#indexedSymbol(SymbolKind.table, tableIndexOf(this.#indexed, id), name, isImport);
  }

  #indexedSymbol(
    kind: number,
    index: OutIndex<'global' | 'table' | 'tag'>,
    name: string,
    isImport: boolean,
  ): OutSymIndex {
    if (index < 0) return NO_SYMBOL;
    const flags = isImport ? SymbolFlag.undefined | SymbolFlag.explicit_name : 0;
    return this.#once(`${kind} ${index}`, { kind, flags, name, index, size: 0 });
  }

  #datum(target: Target, offset: number, { name, size, flags }: ObjectSymbol): OutSymIndex {
    const { placed } = this.#indexed;
    if (isGone(target) || hostGlobalOf(target) >= 0) return NO_SYMBOL;
    if (isDefinition(target) && !hasData(placed.live, target as DataId)) return NO_SYMBOL;
    const kept = flags & (SymbolFlag.local | SymbolFlag.hidden | SymbolFlag.weak | SymbolFlag.tls);
    const kind = SymbolKind.data;
    if (target === Target.null) {
      const absent = SymbolFlag.undefined | SymbolFlag.weak;
      return this.#once(`u${name}`, { kind, flags: absent, name, index: -1, size: 0 });
    }
    const address = addressOf(placed, target, offset, 0);
    const index = this.#groupAt(address, size);
    const symbol: LinkingSymbol =
      index < 0
        ? { kind, flags: kept | SymbolFlag.absolute, name, index, offset: address, size: 0 }
        : { kind, flags: kept, name, index, offset: address - this.#groups[index]!.start, size };
    return this.#once(`d${address} ${name}`, symbol);
  }

  /** Entry of the data section that holds `size` bytes at `address`, or -1. */
  #groupAt(address: number, size: number): OutSegIndex {
    return this.#groups.findIndex(({ start, end }) => address >= start && address + size <= end) as OutSegIndex;
  }

  #once(key: string, symbol: LinkingSymbol): OutSymIndex {
    let index = this.#known.get(key);
    if (index === undefined) {
      index = (this.symbols.push(symbol) - 1) as OutSymIndex;
      this.#known.set(key, index);
    }
    return index;
  }
}
