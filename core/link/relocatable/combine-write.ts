/**
 * The bytes of a combination of objects.
 *
 * Owns the sections of relocatable output (tool-conventions Linking.md). Bodies, segments and custom sections are copied;
 * their relocations are kept with new positions, symbols and types, and patched to the plan's numbers, so that the object is
 * a plausible module by itself. Invariant: relocations of a section are ascending by offset, as in the inputs.
 */
import { ByteWriter } from '../../wasm/byte-writer.ts';
import { ComdatKind, NameSubsection, SectionId, SegmentMode, SymbolKind } from '../../wasm/kinds.ts';
import { uleb32Length } from '../../wasm/leb128.ts';
import { OP } from '../../wasm/opcodes.ts';
import { patchRelocation, RELOCATIONS } from '../../wasm/relocations.ts';
import type { CombinationPlan } from './combination.ts';
import { writeGlobals, writeImports, writeTables, writeTags } from './combine-sections.ts';
import type { Comdat, RelocTable } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import { objectNames } from '../input/read-names.ts';
import { RelocList, writeFeatureEntries, writeLinking, writeRelocs } from '../sections/write-linking.ts';
import type { FuncLocals } from '../executable/write-names.ts';
import { writeLocalNames, writeModuleName } from '../executable/write-names.ts';
import { writeProducers } from '../sections/write-producers.ts';
import {
  writeAddressConst,
  writeElements,
  writeFunctions,
  writeHeader,
  writeTypes,
} from '../sections/write-vectors.ts';
import { tombstoneOf } from '../executable/write-custom.ts';

/** Bytes of the object. */
export function writeCombination(plan: CombinationPlan, options: LinkOptions): Uint8Array {
  const out = new ByteWriter(65536);
  const { objects } = plan.table;
  let sections = 0;
  /** Number of the section `write` appends, or -1 if it appends none. */
  const section = (write: () => void): number => {
    const before = out.length;
    write();
    return out.length === before ? -1 : sections++;
  };
  const typeIndex = (key: string): number => plan.typeIndex.get(key as never)!;
  writeHeader(out);
  section(() => writeTypes(out, plan.types));
  section(() => writeImports(out, plan));
  section(() =>
    writeFunctions(
      out,
      [
        ...plan.funcs.map(({ object, index }) => objects[object]!.types[objects[object]!.funcTypes[index]!]!),
        ...plan.stubs,
      ].map(typeIndex),
    ),
  );
  section(() => writeTables(out, plan));
  section(() => writeTags(out, plan));
  section(() => writeGlobals(out, plan));
  section(() => writeElements(out, 1, [...plan.slots.keys()]));
  if (plan.segments.some(({ object, segment }) => objects[object]!.segments[segment]!.passive)) {
    section(() => {
      out.u8(SectionId.data_count);
      out.uleb(uleb32Length(plan.segments.length));
      out.uleb(plan.segments.length);
    });
  }
  const writer = new RelocatingWriter(out, plan);
  const codeRelocs = new RelocList();
  const dataRelocs = new RelocList();
  const code = section(() => writer.code(codeRelocs));
  const data = section(() => writer.data(dataRelocs));
  // Section symbols and COMDATs of `linking` name the custom sections, so these come first.
  const firstCustom = sections;
  const customRelocs = plan.customs.map((custom, i) => {
    const relocs = new RelocList();
    writer.custom(i, relocs);
    return { name: custom.name, relocs };
  });
  writeLinkingSection(out, plan, firstCustom);
  writeRelocs(out, 'reloc.CODE', code, codeRelocs);
  writeRelocs(out, 'reloc.DATA', data, dataRelocs);
  customRelocs.forEach(({ name, relocs }, i) => writeRelocs(out, `reloc.${name}`, firstCustom + i, relocs));
  if (!options.strip) writeNames(out, plan, options);
  writeProducers(out, objects);
  writeFeatureEntries(out, [...new Set(objects.flatMap((object) => object.features))].sort());
  return out.toBytes();
}

/** No locals; unreachable; end. */
const TRAP_BODY = [0, OP.unreachable, OP.end];

// --- what is relocated ---

/** Copies bytes with relocations into `out`. */
class RelocatingWriter {
  readonly #out: ByteWriter;
  readonly #plan: CombinationPlan;
  /** First byte of each body from the start of the payload, by output function without imports. */
  readonly #bodyStart: number[] = [];

  constructor(out: ByteWriter, plan: CombinationPlan) {
    this.#out = out;
    this.#plan = plan;
  }

  code(relocs: RelocList): void {
    const { funcs, stubs, table } = this.#plan;
    if (funcs.length + stubs.length === 0) return;
    const out = this.#out;
    const mark = out.beginSection(SectionId.code);
    out.uleb(funcs.length + stubs.length);
    for (const { object: o, index: f } of funcs) {
      const { bytes, bodyStart, bodyEnd, codeRelocs, funcRelocs } = table.objects[o]!;
      const start = bodyStart[f]!;
      const end = bodyEnd[f]!;
      out.uleb(end - start);
      const at = out.length;
      this.#bodyStart.push(at - mark);
      out.appendRange(bytes, start, end);
      this.#relocate(o, codeRelocs, funcRelocs[f]!, funcRelocs[f + 1]!, start, at, mark, relocs, 0);
    }
    for (let i = 0; i < stubs.length; i++) {
      out.uleb(TRAP_BODY.length);
      this.#bodyStart.push(out.length - mark);
      for (const byte of TRAP_BODY) out.u8(byte);
    }
    out.endSized(mark);
  }

  data(relocs: RelocList): void {
    const { segments, table } = this.#plan;
    if (segments.length === 0) return;
    const out = this.#out;
    const mark = out.beginSection(SectionId.data);
    out.uleb(segments.length);
    for (const { object: o, segment: s, address } of segments) {
      const { bytes, segments: own, dataRelocs, segmentRelocs } = table.objects[o]!;
      const { passive, start, end } = own[s]!;
      out.uleb(passive ? SegmentMode.passive : SegmentMode.active);
      if (!passive) writeAddressConst(out, address, table.is64);
      out.uleb(end - start);
      const at = out.length;
      out.appendRange(bytes, start, end);
      this.#relocate(o, dataRelocs, segmentRelocs[s]!, segmentRelocs[s + 1]!, start, at, mark, relocs, 0);
    }
    out.endSized(mark);
  }

  custom(index: number, relocs: RelocList): void {
    const { name, parts } = this.#plan.customs[index]!;
    const out = this.#out;
    const mark = out.beginCustomSection(name);
    const content = out.length;
    const tombstone = tombstoneOf(name) ?? 0;
    for (const { object: o, custom } of parts) {
      const at = out.length;
      out.appendRange(this.#plan.table.objects[o]!.bytes, custom.start, custom.end);
      this.#relocate(o, custom.relocs, 0, custom.relocs.count, custom.start, at, content, relocs, tombstone);
    }
    out.endSized(mark);
  }

  /** Relocations `from` to `to`; input position `inputBase` lies at `at`; offsets count from `payload`. */
  #relocate(
    o: number,
    table: RelocTable,
    from: number,
    to: number,
    inputBase: number,
    at: number,
    payload: number,
    relocs: RelocList,
    tombstone: number,
  ): void {
    const { table: inputs, typeIndex, symbolOf, symbols, customOf } = this.#plan;
    const object = inputs.objects[o]!;
    for (let r = from; r < to; r++) {
      const type = table.type[r]!;
      const { encoding, target, value } = RELOCATIONS[type]!;
      const place = at + table.at[r]! - inputBase;
      if (target === 'type') {
        const index = typeIndex.get(object.types[table.index[r]!]!)!;
        patchRelocation(this.#out.bytes, place, encoding, index);
        relocs.push(type, place - payload, index, 0);
        continue;
      }
      const symbol = symbolOf[o]![table.index[r]!]!;
      if (symbol < 0) {
        // What it refers to is gone for good.
        patchRelocation(this.#out.bytes, place, encoding, tombstone === 0 ? table.addend[r]! : tombstone);
        continue;
      }
      let addend = table.addend[r]!;
      if (value === 'section_offset') addend += customOf[o]!.get(object.symbols[table.index[r]!]!.index)!.offset;
      patchRelocation(this.#out.bytes, place, encoding, this.#placeholder(value, symbols[symbol]!, addend));
      relocs.push(type, place - payload, symbol, addend);
    }
  }

  #placeholder(value: string, symbol: CombinationPlan['symbols'][number], addend: number): number {
    const { slots, segments, imports } = this.#plan;
    const { index, offset } = symbol;
    switch (value) {
      case 'table_slot':
        return slots.get(index) ?? 0;
      case 'table_slot_rel':
        return Math.max(0, (slots.get(index) ?? 0) - 1);
      case 'function_offset': {
        const funcImports = imports.filter(({ kind }) => kind === SymbolKind.function).length;
        return (this.#bodyStart[index - funcImports] ?? 0) + addend;
      }
      case 'section_offset':
        return addend;
      case 'function_index':
      case 'tag_index':
      case 'table_number':
        return index;
      case 'global_index':
        return symbol.kind === SymbolKind.global ? index : 0;
      default:
        return index < 0 ? 0 : segments[index]!.address + offset + addend;
    }
  }
}

// --- custom sections that the format owns ---

function writeLinkingSection(out: ByteWriter, plan: CombinationPlan, firstCustom: number): void {
  const { objects, discarded } = plan.table;
  const initFuncs = objects.flatMap((object, o) =>
    object.initFuncs
      .filter(({ symbol }) => !discarded[o]?.funcs.has(object.symbols[symbol]!.index - object.funcImports.length))
      .map(({ priority, symbol }) => ({ priority, symbol: plan.symbolOf[o]![symbol]! })),
  );
  writeLinking(out, {
    segments: plan.segments.map(({ object, segment }) => {
      const { name, alignLog2, flags } = objects[object]!.segments[segment]!;
      return { name, align: 2 ** alignLog2, flags };
    }),
    symbols: plan.symbols.map((symbol) =>
      symbol.kind === SymbolKind.section ? { ...symbol, index: firstCustom + symbol.index } : symbol,
    ),
    initFuncs,
    comdats: combinedComdats(plan, firstCustom),
  });
}

/** Each group once, from the object that keeps it. */
function combinedComdats(plan: CombinationPlan, firstCustom: number): Comdat[] {
  const seen = new Set<string>();
  const comdats: Comdat[] = [];
  plan.table.objects.forEach((object, o) => {
    for (const { name, members } of object.comdats) {
      if (seen.has(name)) continue;
      seen.add(name);
      const kept = members
        .map(({ kind, index }) => ({ kind, index: memberIndex(plan, o, kind, index, firstCustom) }))
        .filter(({ index }) => index >= 0);
      comdats.push({ name, members: kept });
    }
  });
  return comdats;
}

function memberIndex(plan: CombinationPlan, o: number, kind: number, index: number, firstCustom: number): number {
  const object = plan.table.objects[o]!;
  switch (kind) {
    case ComdatKind.data:
      return plan.segmentOf[o]![index]!;
    case ComdatKind.function:
      return plan.funcOf[o]![index - object.funcImports.length]!;
    case ComdatKind.global:
      return plan.globalOf[o]![index - object.globalImports.length]!;
    case ComdatKind.tag:
      return plan.tagOf[o]![index - object.tagImports.length]!;
    case ComdatKind.table:
      return plan.tableOf[o]![index - object.tableImports.length]!;
    default: {
      const place = plan.customOf[o]!.get(index);
      return place ? firstCustom + place.index : -1;
    }
  }
}

function writeNames(out: ByteWriter, plan: CombinationPlan, { moduleName }: LinkOptions): void {
  const names = new Map<number, string>();
  const named: FuncLocals[] = [];
  const imports = plan.imports.filter(({ kind }) => kind === SymbolKind.function).length;
  plan.funcs.forEach(({ object: o, index }, f) => {
    const object = plan.table.objects[o]!;
    const own = objectNames(object);
    const given = own.funcs.get(object.funcImports.length + index);
    const locals = own.locals.get(object.funcImports.length + index);
    if (given !== undefined) names.set(imports + f, given);
    if (locals !== undefined) named.push({ func: imports + f, locals });
  });
  for (const { kind, index, name } of plan.symbols) {
    if (kind === SymbolKind.function && !names.has(index)) names.set(index, name);
  }
  if (names.size === 0) return;
  const mark = out.beginCustomSection('name');
  writeModuleName(out, moduleName);
  out.u8(NameSubsection.function);
  const size = out.beginSized();
  out.uleb(names.size);
  for (const [index, name] of [...names].sort((a, b) => a[0] - b[0])) {
    out.uleb(index);
    out.name(name);
  }
  out.endSized(size);
  writeLocalNames(out, named);
  out.endSized(mark);
}
