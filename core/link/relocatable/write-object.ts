/**
 * The sections of a relocatable output, in file order (tool-conventions Linking.md).
 *
 * Owns the order and the sections that the format itself owns: `linking`, `reloc.*`, names, producers, features. Every number
 * comes from the plan. Invariant: equal plans give equal bytes.
 */
import { eachObject } from '../input/each-object.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';
import { ComdatKind, NameSubsection, SectionId, SymbolKind } from '../../wasm/kinds.ts';
import { uleb32Length } from '../../wasm/leb128.ts';
import type { ObjectId, ObjSectionIndex, ObjSegIndex, OutIndex, Slot } from '../input/index-spaces.ts';
import type { Comdat } from '../input/object-file.ts';
import { definedFunc, definedSignature } from '../input/object-symbols.ts';
import { objectNames } from '../input/read-names.ts';
import { isMemberDiscarded } from '../symbols/comdat.ts';
import type { LinkOptions } from '../options/options.ts';
import type { FuncLocals } from '../sections/name-maps.ts';
import { writeLocalNames, writeModuleName, writeNameMap } from '../sections/name-maps.ts';
import { writeBuildId } from '../sections/write-build-id.ts';
import { writeFeatureEntries, writeLinking, writeRelocs } from '../sections/write-linking.ts';
import { writeProducers } from '../sections/write-producers.ts';
import { writeElements, writeFunctions, writeHeader, writeTypes } from '../sections/write-vectors.ts';
import type { ObjectPlan } from './object-plan.ts';
import { outputSegment, outputSymbol } from './object-plan.ts';
import type { OutputRelocs } from './relocate-object.ts';
import { RelocatingWriter } from './relocate-object.ts';
import { hasMemory, writeGlobals, writeImports, writeMemory, writeTables, writeTags } from './write-front.ts';

const LEAST_CAPACITY = 4096;
/** Where provisional slots begin. */
const FIRST_SLOT = 1 as Slot;
/** The function table is imported first. */
const FUNCTION_TABLE = 0 as OutIndex<'table'>;

/** The options that count here. */
type ObjectOutputOptions = Pick<
  LinkOptions,
  'strip' | 'moduleName' | 'displayName' | 'keepSections' | 'features' | 'extraFeatures' | 'buildId' | 'wasmLdOrder'
>;

/** Bytes of the object. */
export function writeObject(plan: ObjectPlan, options: ObjectOutputOptions): Uint8Array {
  const { objects, isTable64 } = plan.table;
  const out = new ByteWriter(objects.reduce((size, { bytes }) => size + bytes.length, LEAST_CAPACITY));
  let sections = 0;
  /** Number of the section that `write` appends, or -1 if it appends none; and what `write` returns. */
  const section = <T>(write: () => T): readonly [index: number, result: T] => {
    const before = out.length;
    const result = write();
    return [out.length === before ? -1 : sections++, result];
  };
  writeHeader(out);
  section(() => writeTypes(out, plan.types.keys));
  section(() => writeImports(out, plan, !options.wasmLdOrder && hasMemory(plan)));
  section(() => writeFunctions(out, functionTypes(plan)));
  section(() => writeTables(out, plan));
  if (options.wasmLdOrder) section(() => writeMemory(out, plan));
  section(() => writeTags(out, plan));
  section(() => writeGlobals(out, plan));
  const funcs = [...plan.slots.keys()];
  section(() => writeElements(out, { firstSlot: FIRST_SLOT, funcs, table: FUNCTION_TABLE, isTable64 }));
  if (plan.segments.some(({ object, segment }) => objects[object]!.segments[segment]!.passive)) {
    section(() => writeDataCount(out, plan.segments.length));
  }
  const writer = new RelocatingWriter(out, plan);
  const [code, codeRelocs] = section(() => writer.code());
  const [data, dataRelocs] = section(() => writer.data());
  // Section symbols and COMDATs of `linking` name the custom sections, so these come first.
  const firstCustom = sections;
  const customRelocs = plan.customs.sections.map(({ name }, i): readonly [string, OutputRelocs] => [
    `reloc.${name}`,
    writer.custom(i),
  ]);
  writeLinkingSection(out, plan, firstCustom, options.wasmLdOrder);
  writeRelocs(out, 'reloc.CODE', code, codeRelocs);
  writeRelocs(out, 'reloc.DATA', data, dataRelocs);
  customRelocs.forEach(([name, relocs], i) => writeRelocs(out, name, firstCustom + i, relocs));
  const keeps = (name: string): boolean => !options.strip || options.keepSections.includes(name);
  if (keeps('name')) writeNames(out, plan, options);
  if (keeps('producers')) writeProducers(out, objects, !options.wasmLdOrder);
  if (keeps('target_features')) writeFeatureEntries(out, featuresOf(plan, options));
  if (options.buildId !== null) writeBuildId(out, options.buildId);
  return out.toBytes();
}

/** What the inputs use and disallow; of what is used, only what the options list, if they do. */
function featuresOf({ table }: ObjectPlan, { features, extraFeatures }: ObjectOutputOptions): string[] {
  const entries = new Set(table.objects.flatMap((object) => object.features));
  if (features !== null) {
    for (const entry of entries) if (entry.startsWith('+')) entries.delete(entry);
    for (const name of features) entries.add(`+${name}`);
  }
  for (const name of extraFeatures) entries.add(`+${name}`);
  return [...entries].sort();
}

function functionTypes({ funcs, stubs, types, table: { objects } }: ObjectPlan): number[] {
  const keys = funcs.map(({ object, index }) => definedSignature(objects[object]!, index));
  return [...stubs, ...keys].map((key) => types.of(key));
}

function writeDataCount(out: ByteWriter, count: number): void {
  out.u8(SectionId.data_count);
  out.uleb(uleb32Length(count));
  out.uleb(count);
}

// --- linking ---

/** `firstCustom` is the number of the section that joined custom section 0 is. */
function writeLinkingSection(out: ByteWriter, plan: ObjectPlan, firstCustom: number, wasmLdOrder: boolean): void {
  const { objects, discarded } = plan.table;
  const initFuncs = objects.flatMap((object, o) =>
    object.initFuncs
      .filter(({ symbol }) => !discarded[o]?.funcs.has(definedFunc(object, object.symbols[symbol]!)))
      .map(({ priority, symbol }) => ({ priority, symbol: outputSymbol(plan, o as ObjectId, symbol) })),
  );
  // Sorting changes nothing: the link of the output sorts as well.
  if (wasmLdOrder) initFuncs.sort((a, b) => a.priority - b.priority);
  writeLinking(out, {
    segments: plan.segments.map(({ object, segment }) => {
      const { name, alignLog2, flags } = objects[object]!.segments[segment]!;
      return { name, align: 2 ** alignLog2, flags };
    }),
    symbols: plan.symbols.map((symbol) =>
      symbol.kind === SymbolKind.section ? { ...symbol, index: firstCustom + symbol.index } : symbol,
    ),
    initFuncs,
    comdats: wasmLdOrder ? inWasmLdOrder(keptComdats(plan, firstCustom)) : keptComdats(plan, firstCustom),
  });
}

/** Each group once, from the object that keeps it, which need not be the first one: members are numbered before who needs them. */
function keptComdats(plan: ObjectPlan, firstCustom: number): Comdat[] {
  const { objects, discarded } = plan.table;
  const seen = new Set<string>();
  const comdats: Comdat[] = [];
  eachObject(objects, (object, o) => {
    const gone = discarded[o]!;
    for (const { name, members } of object.comdats) {
      if (seen.has(name)) continue;
      if (gone !== null && members.some((member) => isMemberDiscarded(object, member, gone))) continue;
      seen.add(name);
      const kept = members
        .map((member) => ({ kind: member.kind, index: memberIndex(plan, o, member, firstCustom) }))
        .filter(({ index }) => index >= 0);
      comdats.push({ name, members: kept });
    }
  });
  return comdats;
}

/** Groups by name, and in each functions before data. */
function inWasmLdOrder(comdats: readonly Comdat[]): Comdat[] {
  const rank = (kind: number): number => (kind === ComdatKind.function ? 0 : kind === ComdatKind.data ? 1 : 2);
  const byRank = ({ name, members }: Comdat): Comdat => {
    const sorted = [...members].sort((a, b) => rank(a.kind) - rank(b.kind) || a.index - b.index);
    return { name, members: sorted };
  };
  return comdats.map(byRank).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Index in the output of a member of a group of object `o`; -1 if it is gone. */
function memberIndex(
  plan: ObjectPlan,
  o: ObjectId,
  { kind, index }: Comdat['members'][number],
  firstCustom: number,
): number {
  const object = plan.table.objects[o]!;
  switch (kind) {
    case ComdatKind.data:
      return outputSegment(plan, o, index as ObjSegIndex);
    case ComdatKind.function:
      return plan.funcOf[o]![definedFunc(object, { index })]!;
    case ComdatKind.global:
      return plan.globalOf[o]![index - object.globalImports.length]!;
    case ComdatKind.tag:
      return plan.tagOf[o]![index - object.tagImports.length]!;
    case ComdatKind.table:
      return plan.tableOf[o]![index - object.tableImports.length]!;
    default: {
      const place = plan.customs.placeOf[o]!.get(index as ObjSectionIndex);
      return place ? firstCustom + place.index : -1;
    }
  }
}

// --- names ---

/** What the objects call their functions, else the first symbol of each in its object, whatever the order of the output. */
function writeNames(out: ByteWriter, plan: ObjectPlan, options: ObjectOutputOptions): void {
  const { moduleName, displayName, wasmLdOrder } = options;
  const names = new Map<number, string>();
  const named: FuncLocals[] = [];
  plan.funcs.forEach(({ object: o, index }, f) => {
    const object = plan.table.objects[o]!;
    const own = objectNames(object);
    const first = object.symbols[object.funcSymbol[index]!]?.name;
    const given =
      own.funcs.get(object.funcImports.length + index) ??
      (first === undefined ? undefined : (displayName?.(first) ?? first));
    const locals = own.locals.get(object.funcImports.length + index);
    const func = (plan.importedFuncs + plan.stubs.length + f) as OutIndex<'function'>;
    if (given !== undefined) names.set(func, given);
    if (locals !== undefined) named.push({ func, locals });
  });
  for (const { kind, index, name } of plan.symbols) {
    if (kind === SymbolKind.function && !names.has(index)) names.set(index, displayName?.(name) ?? name);
  }
  const globals = wasmLdOrder ? globalNames(plan) : [];
  const segments = wasmLdOrder ? segmentNames(plan) : [];
  if (names.size + globals.length + segments.length === 0) return;
  const mark = out.beginCustomSection('name');
  writeModuleName(out, moduleName);
  const sorted = [...names].sort((a, b) => a[0] - b[0]);
  writeNameMap(
    out,
    NameSubsection.function,
    sorted.map(([index, name]) => ({ index, name })),
  );
  writeLocalNames(out, named);
  writeNameMap(out, NameSubsection.global, globals);
  writeNameMap(out, NameSubsection.data, segments);
  out.endSized(mark);
}

/** By the first symbol of each, ascending. */
function globalNames({ symbols }: ObjectPlan): { readonly index: number; readonly name: string }[] {
  const names = new Map<number, string>();
  for (const { kind, index, name } of symbols) {
    if (kind === SymbolKind.global && !names.has(index)) names.set(index, name);
  }
  return Array.from(names, ([index, name]) => ({ index, name })).sort((a, b) => a.index - b.index);
}

function segmentNames({ segments, table }: ObjectPlan): { readonly index: number; readonly name: string }[] {
  return segments.map(({ object, segment }, index) => ({
    index,
    name: table.objects[object]!.segments[segment]!.name,
  }));
}
