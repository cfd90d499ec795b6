/**
 * The custom sections that make a module relocatable: `linking`, `reloc.*`, `target_features`.
 *
 * Owns their bytes (tool-conventions Linking.md, version 2). Relocations arrive with offsets from the start of their
 * section's payload and in ascending order, as the format demands.
 */
import type { ByteWriter } from '../wasm/byte-writer.ts';
import { LINKING_VERSION, LinkingSubsection, SymbolFlag, SymbolKind } from '../wasm/kinds.ts';
import { RELOCATIONS } from '../wasm/relocations.ts';
import { log2Exact } from '../support/numeric.ts';
import type { ObjectPlan, OutSegment, OutSymbol } from './plan-object.ts';

/** Relocations under construction, as parallel lists. */
export class RelocList {
  readonly type: number[] = [];
  /** Bytes from the start of the section payload. */
  readonly offset: number[] = [];
  /** Symbol, or type for TYPE_INDEX_LEB. */
  readonly index: number[] = [];
  readonly addend: number[] = [];

  /** Number of relocations. */
  get length(): number {
    return this.type.length;
  }

  /** Appends one. */
  push(type: number, offset: number, index: number, addend: number): void {
    this.type.push(type);
    this.offset.push(offset);
    this.index.push(index);
    this.addend.push(addend);
  }
}

/** The `linking` section. */
export function writeLinking(out: ByteWriter, plan: ObjectPlan): void {
  const mark = out.beginCustomSection('linking');
  out.uleb(LINKING_VERSION);
  if (plan.segments.length > 0) writeSegmentInfo(out, plan.segments);
  if (plan.symbols.length > 0) writeSymbols(out, plan.symbols);
  out.endSized(mark);
}

function writeSegmentInfo(out: ByteWriter, segments: readonly OutSegment[]): void {
  out.u8(LinkingSubsection.segment_info);
  const size = out.beginSized();
  out.uleb(segments.length);
  for (const { name, align } of segments) {
    out.name(name);
    out.uleb(log2Exact(align));
    out.uleb(0);
  }
  out.endSized(size);
}

function writeSymbols(out: ByteWriter, symbols: readonly OutSymbol[]): void {
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
      out.uleb(symbol.index);
      out.uleb(0);
      out.uleb(symbol.size);
    } else {
      out.uleb(symbol.index);
      if (!isUndefined || (symbol.flags & SymbolFlag.explicit_name) !== 0) out.name(symbol.name);
    }
  }
  out.endSized(size);
}

/** A `reloc.*` section; nothing if there are no relocations. */
export function writeRelocs(out: ByteWriter, name: string, section: number, relocs: RelocList): void {
  if (relocs.length === 0) return;
  const mark = out.beginCustomSection(name);
  out.uleb(section);
  out.uleb(relocs.length);
  for (let i = 0; i < relocs.length; i++) {
    const type = relocs.type[i]!;
    out.u8(type);
    out.uleb(relocs.offset[i]!);
    out.uleb(relocs.index[i]!);
    if (RELOCATIONS[type]!.hasAddend) out.sleb(relocs.addend[i]!);
  }
  out.endSized(mark);
}

/** The `target_features` section; nothing if there are no features. */
export function writeFeatures(out: ByteWriter, features: readonly string[]): void {
  if (features.length === 0) return;
  const mark = out.beginCustomSection('target_features');
  out.uleb(features.length);
  for (const feature of [...features].sort()) {
    out.u8(0x2b);
    out.name(feature);
  }
  out.endSized(mark);
}
