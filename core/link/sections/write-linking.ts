/**
 * The custom sections that make a module relocatable: `linking`, `reloc.*`, `target_features`.
 *
 * Owns their bytes (tool-conventions Linking.md, version 2). Relocations arrive with offsets from the start of their
 * section's payload and in ascending order, as the format demands.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { LINKING_VERSION, LinkingSubsection, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { RELOCATIONS } from '../../wasm/relocations.ts';
import { log2Exact } from '../../support/numeric.ts';
import type { Comdat } from '../input/object-file.ts';
import type { RelocList } from '../input/reloc-list.ts';

/** The `linking` section. */
export function writeLinking(out: ByteWriter, content: LinkingContent): void {
  const { segments, symbols, initFuncs = [], comdats = [] } = content;
  const mark = out.beginCustomSection('linking');
  out.uleb(LINKING_VERSION);
  if (segments.length > 0) writeSegmentInfo(out, segments);
  if (symbols.length > 0) writeSymbols(out, symbols);
  if (initFuncs.length > 0) writeInitFuncs(out, initFuncs);
  if (comdats.length > 0) writeComdats(out, comdats);
  out.endSized(mark);
}

/** What the `linking` section of an object says. */
export interface LinkingContent {
  readonly segments: readonly { readonly name: string; readonly align: number; readonly flags?: number }[];
  readonly symbols: readonly LinkingSymbol[];
  readonly initFuncs?: readonly { readonly priority: number; readonly symbol: number }[];
  readonly comdats?: readonly Comdat[];
}

/** One entry of the symbol table. */
export interface LinkingSymbol {
  readonly kind: number;
  readonly flags: number;
  readonly name: string;
  /** Index in its space; data: segment. */
  readonly index: number;
  /** Data: offset in the segment, or the address if absolute. */
  readonly offset?: number;
  readonly size: number;
}

function writeSegmentInfo(out: ByteWriter, segments: LinkingContent['segments']): void {
  out.u8(LinkingSubsection.segment_info);
  const size = out.beginSized();
  out.uleb(segments.length);
  for (const { name, align, flags = 0 } of segments) {
    out.name(name);
    out.uleb(log2Exact(align));
    out.uleb(flags);
  }
  out.endSized(size);
}

/** Behind the symbol table, whose indexes they use. */
function writeInitFuncs(out: ByteWriter, initFuncs: NonNullable<LinkingContent['initFuncs']>): void {
  out.u8(LinkingSubsection.init_funcs);
  const size = out.beginSized();
  out.uleb(initFuncs.length);
  for (const { priority, symbol } of initFuncs) {
    out.uleb(priority);
    out.uleb(symbol);
  }
  out.endSized(size);
}

function writeComdats(out: ByteWriter, comdats: readonly Comdat[]): void {
  out.u8(LinkingSubsection.comdat_info);
  const size = out.beginSized();
  out.uleb(comdats.length);
  for (const { name, members } of comdats) {
    out.name(name);
    out.uleb(0);
    out.uleb(members.length);
    for (const { kind, index } of members) {
      out.u8(kind);
      out.uleb(index);
    }
  }
  out.endSized(size);
}

function writeSymbols(out: ByteWriter, symbols: readonly LinkingSymbol[]): void {
  out.u8(LinkingSubsection.symbol_table);
  const size = out.beginSized();
  out.uleb(symbols.length);
  for (const symbol of symbols) {
    const isUndefined = (symbol.flags & SymbolFlag.undefined) !== 0;
    out.u8(symbol.kind);
    out.uleb(symbol.flags);
    if (symbol.kind === SymbolKind.data) {
      out.name(symbol.name);
      if (isUndefined) continue;
      // An absolute symbol has no segment, but the format wants a number.
      out.uleb(Math.max(0, symbol.index));
      out.uleb(symbol.offset ?? 0);
      out.uleb(symbol.size);
    } else if (symbol.kind === SymbolKind.section) {
      out.uleb(symbol.index);
    } else {
      out.uleb(symbol.index);
      if (!isUndefined || (symbol.flags & SymbolFlag.explicit_name) !== 0) out.name(symbol.name);
    }
  }
  out.endSized(size);
}

/** A `reloc.*` section; nothing if there are no relocations. */
export function writeRelocs(out: ByteWriter, name: string, section: number, relocs: RelocList<number>): void {
  if (relocs.length === 0) return;
  const mark = out.beginCustomSection(name);
  out.uleb(section);
  out.uleb(relocs.length);
  for (let i = 0; i < relocs.length; i++) {
    const type = relocs.type[i]!;
    out.u8(type);
    out.uleb(relocs.offset[i]!);
    out.uleb(relocs.index[i]!);
    if (!RELOCATIONS[type]!.hasAddend) continue;
    const addend = relocs.addend[i]!;
    if (RELOCATIONS[type]!.encoding.endsWith('64')) out.sleb64(addend | 0, Math.floor(addend / 0x1_0000_0000));
    else out.sleb(addend);
  }
  out.endSized(mark);
}

/** The `target_features` section of features that are used; nothing if there are none. */
export function writeFeatures(out: ByteWriter, features: readonly string[]): void {
  if (features.length > 0)
    writeFeatureEntries(
      out,
      [...features].sort().map((name) => `+${name}`),
    );
}

/** The `target_features` section of entries with their prefixes; nothing if there are none. */
export function writeFeatureEntries(out: ByteWriter, entries: readonly string[]): void {
  if (entries.length === 0) return;
  const mark = out.beginCustomSection('target_features');
  out.uleb(entries.length);
  for (const entry of entries) {
    out.u8(entry.charCodeAt(0));
    out.name(entry.slice(1));
  }
  out.endSized(mark);
}
