/**
 * An object model to bytes.
 *
 * Owns the order of sections and the offsets of relocations. It writes what it is told: a model that breaks a rule of the
 * convention gives an object that breaks it. Source: tool-conventions Linking.md, version 2.
 */
import { ByteSink } from './byte-sink.ts';
import type { ObjectModel, Relocation, SymbolEntry } from './object-model.ts';
import { Extern, Flag, Kind, RELOCATION_TYPES, Section } from './object-model.ts';

/** Deviations that some tests of the reader want. */
export interface WriteOptions {
  /** Version of the `linking` section. */
  readonly version?: number;
  /** Writes relocations of a section in descending order. */
  readonly reverseRelocations?: boolean;
  /** What becomes of the bytes: the file that is written. */
  readonly afterwards?: (object: Uint8Array) => Uint8Array;
}

const LATE_SECTIONS: readonly string[] = ['name', 'producers'];

/** One section with what must be known of it afterwards. */
interface Output {
  readonly bytes: ByteSink;
  sections: number;
}

/** Bytes of `model`. */
export function writeObject(model: ObjectModel, options: WriteOptions = {}): Uint8Array {
  const out: Output = { bytes: new ByteSink().raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), sections: 0 };
  vectorSection(out, Section.type, model.types, (sink, { params, results }) => {
    sink.raw([0x60]).uleb(params.length).raw(params).uleb(results.length).raw(results);
  });
  vectorSection(out, Section.import, model.imports, (sink, { module, field, kind, type, desc }) => {
    sink.name(module).name(field).raw([kind]);
    if (kind === Extern.function) sink.uleb(type);
    else if (kind === Extern.tag) sink.raw([0]).uleb(type);
    else sink.raw(desc);
  });
  vectorSection(out, Section.function, model.functions, (sink, { type }) => sink.uleb(type));
  vectorSection(out, Section.table, model.tables, (sink, entry) => sink.raw(entry));
  vectorSection(out, Section.tag, model.tags, (sink, type) => sink.raw([0]).uleb(type));
  vectorSection(out, Section.global, model.globals, (sink, entry) => sink.raw(entry));
  vectorSection(out, Section.export, model.exports, (sink, { name, kind, index }) =>
    sink.name(name).raw([kind]).uleb(index),
  );
  if (model.segments.length > 0) section(out, Section.dataCount, new ByteSink().uleb(model.segments.length));
  const code = writeCode(out, model);
  const data = writeData(out, model);
  const customSections: number[] = [];
  const writeCustom = (n: number): void => {
    const { name, bytes } = model.customs[n]!;
    section(out, Section.custom, new ByteSink().name(name).raw(bytes));
    customSections[n] = out.sections - 1;
  };
  // The convention wants the sections that it knows behind `linking`.
  const late = (n: number): boolean => LATE_SECTIONS.includes(model.customs[n]!.name);
  for (const n of model.customs.keys()) if (!late(n)) writeCustom(n);
  section(out, Section.custom, writeLinking(model, customSections, options.version ?? 2));
  writeRelocations(out, 'CODE', code, options);
  writeRelocations(out, 'DATA', data, options);
  model.customs.forEach(({ name, relocations }, n) => {
    if (relocations.length > 0) writeRelocations(out, name, { section: customSections[n]!, relocations }, options);
  });
  for (const n of model.customs.keys()) if (late(n)) writeCustom(n);
  if (model.features !== null) {
    const sink = new ByteSink().name('target_features');
    sink.vector(model.features, (feature) => sink.raw([feature.charCodeAt(0)]).name(feature.slice(1)));
    section(out, Section.custom, sink);
  }
  const bytes = out.bytes.bytes();
  return options.afterwards?.(bytes) ?? bytes;
}

function section(out: Output, id: number, contents: ByteSink): void {
  out.bytes.raw([id]).sized(contents);
  out.sections++;
}

function vectorSection<T>(
  out: Output,
  id: number,
  items: readonly T[],
  write: (sink: ByteSink, item: T) => void,
): void {
  if (items.length === 0) return;
  const sink = new ByteSink();
  sink.vector(items, (item) => write(sink, item));
  section(out, id, sink);
}

interface SectionRelocations {
  readonly section: number;
  /** Offsets from the first byte of the section. */
  readonly relocations: readonly Relocation[];
}

function moved(relocations: readonly Relocation[], by: number): Relocation[] {
  return relocations
    .map((relocation) => ({ ...relocation, offset: relocation.offset + by }))
    .sort((a, b) => a.offset - b.offset);
}

function writeCode(out: Output, { functions }: ObjectModel): SectionRelocations {
  const relocations: Relocation[] = [];
  if (functions.length === 0) return { section: -1, relocations };
  const sink = new ByteSink();
  sink.vector(functions, (entry) => {
    sink.uleb(entry.body.length);
    relocations.push(...moved(entry.relocations, sink.length));
    sink.raw(entry.body);
  });
  section(out, Section.code, sink);
  return { section: out.sections - 1, relocations };
}

function writeData(out: Output, { segments }: ObjectModel): SectionRelocations {
  const relocations: Relocation[] = [];
  if (segments.length === 0) return { section: -1, relocations };
  const sink = new ByteSink();
  let address = 0;
  sink.vector(segments, (segment) => {
    if (segment.passive) sink.raw([1]);
    else sink.raw([0, 0x41]).sleb(address).raw([0x0b]);
    sink.uleb(segment.bytes.length);
    relocations.push(...moved(segment.relocations, sink.length));
    sink.raw(segment.bytes);
    address += segment.bytes.length;
  });
  section(out, Section.data, sink);
  return { section: out.sections - 1, relocations };
}

function writeLinking(model: ObjectModel, customSections: readonly number[], version: number): ByteSink {
  const sink = new ByteSink().name('linking').uleb(version);
  const subsection = <T>(id: number, items: readonly T[], write: (inner: ByteSink, item: T) => void): void => {
    if (items.length === 0) return;
    const inner = new ByteSink();
    inner.vector(items, (item) => write(inner, item));
    sink.raw([id]).sized(inner);
  };
  subsection(8, model.symbols, (inner, symbol) => writeSymbol(inner, symbol, customSections));
  subsection(5, model.segments, (inner, { name, alignLog2, flags }) => inner.name(name).uleb(alignLog2).uleb(flags));
  subsection(6, model.initFuncs, (inner, { priority, symbol }) => inner.uleb(priority).uleb(symbol));
  subsection(7, model.comdats, (inner, { name, flags, members }) => {
    inner.name(name).uleb(flags);
    inner.vector(members, ({ kind, index }) => inner.raw([kind]).uleb(kind === 5 ? customSections[index]! : index));
  });
  return sink;
}

function writeSymbol(sink: ByteSink, symbol: SymbolEntry, customSections: readonly number[]): void {
  const { kind, flags, name, index, offset, size } = symbol;
  sink.raw([kind]).uleb(flags);
  const isUndefined = (flags & Flag.undefined) !== 0;
  if (kind === Kind.section) {
    sink.uleb(customSections[index]!);
  } else if (kind === Kind.data) {
    sink.name(name);
    if (!isUndefined) sink.uleb(index).uleb(offset).uleb(size);
  } else {
    sink.uleb(index);
    if (!isUndefined || (flags & Flag.explicitName) !== 0) sink.name(name);
  }
}

function writeRelocations(
  out: Output,
  name: string,
  { section: target, relocations }: SectionRelocations,
  options: WriteOptions,
): void {
  if (relocations.length === 0) return;
  const list = options.reverseRelocations === true ? [...relocations].reverse() : relocations;
  const sink = new ByteSink().name(`reloc.${name}`).uleb(target);
  sink.vector(list, ({ type, offset, index, addend }) => {
    sink.raw([type]).uleb(offset).uleb(index);
    if (RELOCATION_TYPES[type]?.[2] === true) sink.sleb(addend);
  });
  section(out, Section.custom, sink);
}
