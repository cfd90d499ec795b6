/**
 * Relocations and symbols of a finished executable (`--emit-relocs`), for tools that change it afterwards.
 *
 * Owns the symbol table of an executable and the new places of relocations; the bytes they patch are final already, so a tool
 * may ignore all of this. Data in memory that has no bytes in the file becomes an absolute symbol. Only what comes from
 * objects has relocations: linker.ts hands a unit over as an object when they are asked for.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SectionId, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { RELOCATIONS } from '../../wasm/relocations.ts';
import { addressOf } from '../layout/addresses.ts';
import type { Indexed } from './assign-indexes.ts';
import { functionName } from './function-name.ts';
import type { Group } from '../layout/group-segments.ts';
import { FIXED_GLOBALS, INDIRECT_TABLE, Target } from '../symbols/linker-symbols.ts';
import { ownerOf } from '../symbols/find-owner.ts';
import type { ObjectSymbol, RelocTable } from '../input/object-file.ts';
import type { CodePlaces } from './write-code.ts';
import type { Joined } from './write-custom.ts';
import type { DataPlaces } from './write-data.ts';
import type { LinkingSymbol } from '../sections/write-linking.ts';
import { RelocList, writeLinking, writeRelocs } from '../sections/write-linking.ts';

/** The `linking` and `reloc.*` sections; `start` is the position of the first section in `out`. */
export function writeEmittedRelocs(
  out: ByteWriter,
  start: number,
  indexed: Indexed,
  code: CodePlaces,
  data: DataPlaces,
  customs: readonly Joined[],
): void {
  const sections = listSections(out, start);
  const firstCustom = sections.length - customs.length;
  const emitter = new Emitter(indexed, customs, firstCustom);
  const codeRelocs = emitter.code(code);
  const dataRelocs = emitter.data(data);
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

/** Where a custom section of an object went. */
interface PartPlace {
  /** Position among the joined sections. */
  readonly joined: number;
  readonly offset: number;
}

class Emitter {
  readonly symbols: LinkingSymbol[] = [];
  readonly #indexed: Indexed;
  readonly #customs: readonly Joined[];
  readonly #firstCustom: number;
  /** Output symbol by a text that is equal for equal things. */
  readonly #known = new Map<string, number>();
  /** Those with bytes in the file. */
  readonly #groups: readonly Group[];
  /** Per object, by section number: which joined section it is a part of, and where. */
  readonly #parts: readonly ReadonlyMap<number, PartPlace>[];

  constructor(indexed: Indexed, customs: readonly Joined[], firstCustom: number) {
    this.#indexed = indexed;
    this.#customs = customs;
    this.#firstCustom = firstCustom;
    const parts = indexed.placed.live.symbols.table.objects.map(() => new Map<number, PartPlace>());
    customs.forEach(({ parts: members }, joined) => {
      for (const { object, custom, offset } of members) parts[object]!.set(custom.section, { joined, offset });
    });
    this.#parts = parts;
    this.#groups = indexed.placed.groups.filter((group) => !group.isCleared);
  }

  code({ bodyStart }: CodePlaces): RelocList {
    const list = new RelocList();
    const { defined, placed } = this.#indexed;
    const { unitFuncs, extraBase, funcBase, table } = placed.live.symbols;
    for (const id of defined) {
      this.#function(id);
      if (id < unitFuncs || id >= extraBase) continue;
      const o = ownerOf(funcBase, id);
      const { codeRelocs, funcRelocs, bodyStart: from } = table.objects[o]!;
      const f = id - funcBase[o]!;
      this.#add(list, o, codeRelocs, funcRelocs[f]!, funcRelocs[f + 1]!, bodyStart[id]! - from[f]!);
    }
    return list;
  }

  data({ segmentStart }: DataPlaces): RelocList {
    const list = new RelocList();
    const { groups, live } = this.#indexed.placed;
    for (const { segments, isCleared } of groups) {
      if (isCleared) continue;
      for (const { object: o, segment: s, id } of segments) {
        if (o < 0) continue;
        const { dataRelocs, segmentRelocs, segments: own } = live.symbols.table.objects[o]!;
        const shift = segmentStart.get(id)! - own[s]!.start;
        this.#add(list, o, dataRelocs, segmentRelocs[s]!, segmentRelocs[s + 1]!, shift);
      }
    }
    return list;
  }

  custom(index: number): RelocList {
    const list = new RelocList();
    for (const { object: o, custom, offset } of this.#customs[index]!.parts) {
      this.#add(list, o, custom.relocs, 0, custom.relocs.count, offset - custom.start);
    }
    return list;
  }

  /** Relocations `from` to `to`, whose positions move by `shift`. */
  #add(list: RelocList, o: number, relocs: RelocTable, from: number, to: number, shift: number): void {
    const { objectTypes, placed } = this.#indexed;
    const { symbols } = placed.live.symbols.table.objects[o]!;
    for (let r = from; r < to; r++) {
      const type = relocs.type[r]!;
      const at = relocs.at[r]! + shift;
      if (RELOCATIONS[type]!.target === 'type') {
        list.push(type, at, objectTypes[o]![relocs.index[r]!]!, 0);
        continue;
      }
      const s = relocs.index[r]!;
      const symbol = this.#symbol(o, s, symbols[s]!);
      if (symbol < 0) continue;
      let addend = relocs.addend[r]!;
      if (RELOCATIONS[type]!.value === 'section_offset') addend += this.#parts[o]!.get(symbols[s]!.index)?.offset ?? 0;
      list.push(type, at, symbol, addend);
    }
  }

  /** Output symbol of symbol `s` of object `o`; -1 if what it means is not in the output. */
  #symbol(o: number, s: number, symbol: ObjectSymbol): number {
    const { live } = this.#indexed.placed;
    const target = live.symbols.symbolTarget[o]![s]!;
    switch (symbol.kind) {
      case SymbolKind.function:
        return target < 0 ? -1 : this.#function(target);
      case SymbolKind.global:
        return target < 0 ? -1 : this.#global(target, symbol.name);
      case SymbolKind.table:
        return this.#indexedSymbol(SymbolKind.table, this.#indexed.tableIndex[target] ?? -1, symbol.name);
      case SymbolKind.tag:
        return this.#indexedSymbol(SymbolKind.tag, this.#indexed.tagIndex[target] ?? -1, symbol.name);
      case SymbolKind.section: {
        const part = this.#parts[o]!.get(symbol.index);
        if (!part) return -1;
        const index = this.#firstCustom + part.joined;
        return this.#once(`s${index}`, { kind: SymbolKind.section, flags: SymbolFlag.local, name: '', index, size: 0 });
      }
      default:
        return this.#datum(target, live.symbols.symbolOffset[o]![s]!, symbol);
    }
  }

  #function(id: number): number {
    const { funcIndex, imports, placed } = this.#indexed;
    const { extraBase, extras } = placed.live.symbols;
    const index = funcIndex[id] ?? -1;
    if (index < 0) return -1;
    const isImport = index < imports.length;
    const isMade = id >= extraBase && extras[id - extraBase]!.role !== 'import';
    let flags = isMade ? SymbolFlag.local : 0;
    if (isImport) flags = SymbolFlag.undefined | SymbolFlag.explicit_name;
    const name = functionName(this.#indexed, id as never);
    return this.#once(`f${id}`, { kind: SymbolKind.function, flags, name, index, size: 0 });
  }

  #global(id: number, name: string): number {
    const { globalIndex, placed } = this.#indexed;
    const isImport = id >= FIXED_GLOBALS.length + placed.live.symbols.globals.length;
    return this.#indexedSymbol(SymbolKind.global, globalIndex[id] ?? -1, name, isImport);
  }

  #indexedSymbol(kind: number, index: number, name: string, isImport = false): number {
    if (index < 0) return -1;
    const imported = isImport || (kind === SymbolKind.table && name !== INDIRECT_TABLE && index === 0);
    const flags = imported ? SymbolFlag.undefined | SymbolFlag.explicit_name : 0;
    return this.#once(`${kind} ${index}`, { kind, flags, name, index, size: 0 });
  }

  #datum(target: number, offset: number, { name, size, flags }: ObjectSymbol): number {
    const { placed } = this.#indexed;
    if (target === Target.undefined || target === Target.discarded || target <= Target.host) return -1;
    if (target >= 0 && placed.live.data[target] === 0) return -1;
    const kept = flags & (SymbolFlag.local | SymbolFlag.hidden | SymbolFlag.weak | SymbolFlag.tls);
    if (target === Target.null) {
      const absent = SymbolFlag.undefined | SymbolFlag.weak;
      return this.#once(`u${name}`, { kind: SymbolKind.data, flags: absent, name, index: -1, size: 0 });
    }
    const address = addressOf(placed, target, offset, 0);
    const groups = this.#groups;
    const index = groups.findIndex(({ start, end }) => address >= start && address + size <= end);
    const symbol: LinkingSymbol =
      index < 0
        ? { kind: SymbolKind.data, flags: kept | SymbolFlag.absolute, name, index: -1, offset: address, size: 0 }
        : { kind: SymbolKind.data, flags: kept, name, index, offset: address - groups[index]!.start, size };
    return this.#once(`d${address} ${name}`, symbol);
  }

  #once(key: string, symbol: LinkingSymbol): number {
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.symbols.push(symbol) - 1;
      this.#known.set(key, index);
    }
    return index;
  }
}
