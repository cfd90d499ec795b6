/**
 * Sections of a relocatable output in front of its code: imports, tables, tags, globals (wasm core spec 5.5).
 *
 * Owns their bytes; every number comes from the plan.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { ExternalKind, LimitsFlag, PAGE_SIZE, SectionId, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjectTable } from '../input/object-file.ts';
import { ENVIRONMENT } from '../input/object-file.ts';
import { definedTagSignature } from '../input/object-symbols.ts';
import { writeGlobal, writeLimits } from '../sections/write-vectors.ts';
import { joinTables } from '../symbols/table-limits.ts';
import type { ObjectPlan, OutputImport } from './object-plan.ts';
import { initialiserIndex } from './plan-object.ts';

/** Its section; nothing if it is empty. */
export function writeImports(out: ByteWriter, plan: ObjectPlan, importsMemory: boolean): void {
  const { imports } = plan;
  const count = imports.length + (importsMemory ? 1 : 0);
  if (count === 0) return;
  const mark = out.beginSection(SectionId.import);
  out.uleb(count);
  if (importsMemory) {
    out.name(ENVIRONMENT.module);
    out.name(ENVIRONMENT.memory);
    out.u8(ExternalKind.memory);
    writeMemoryLimits(out, plan);
  }
  const tables = joinedTables(plan);
  let nextTable = 0;
  for (const item of imports) writeImport(out, plan, item, item.kind === SymbolKind.table ? tables[nextTable++] : null);
  out.endSized(mark);
}

/** Whether there is something that memory is for. */
export function hasMemory({ table, segments }: ObjectPlan): boolean {
  return table.objects.some((object) => object.memory !== null) || segments.length > 0;
}

function writeMemoryLimits(out: ByteWriter, { table, dataEnd }: ObjectPlan): void {
  const shared = table.objects.some((object) => object.memory?.shared === true);
  const flags = (shared ? LimitsFlag.shared : 0) | (table.is64 ? LimitsFlag.is_64 : 0);
  writeLimits(out, Math.ceil(dataEnd / PAGE_SIZE), shared ? PAGE_SIZE : null, flags);
}

/** A memory of the object's own, as wasm-ld has it: a link takes it like one that is imported. */
export function writeMemory(out: ByteWriter, plan: ObjectPlan): void {
  const mark = out.beginSection(SectionId.memory);
  out.uleb(1);
  writeMemoryLimits(out, plan);
  out.endSized(mark);
}

/** Table imports by number; where no table fits all references the first one counts. */
function joinedTables({ table, symbolOf, symbols, imports }: ObjectPlan): readonly (ObjectTable | undefined)[] {
  const joined: (ObjectTable | undefined)[] = [];
  if (!imports.some(({ kind }) => kind === SymbolKind.table)) return joined;
  table.objects.forEach((object, o) => {
    object.symbols.forEach(({ kind, index }, s) => {
      if (kind !== SymbolKind.table || index >= object.tableImports.length) return;
      const symbol = symbols[symbolOf[o]![s]!];
      if (symbol === undefined || (symbol.flags & SymbolFlag.undefined) === 0) return;
      const asked = object.tableImports[index]!;
      const known = joined[symbol.index];
      joined[symbol.index] = known ? (joinTables(known, asked) ?? known) : asked;
    });
  });
  return joined;
}

/** `table` has the limits of a table that a symbol refers to. */
function writeImport(
  out: ByteWriter,
  plan: ObjectPlan,
  { kind, module, field, object: o, index, signature }: OutputImport,
  table: ObjectTable | null = null,
): void {
  const object = plan.table.objects[o]!;
  out.name(module);
  out.name(field);
  switch (kind) {
    case SymbolKind.function:
      out.u8(ExternalKind.function);
      out.uleb(plan.types.of(signature!));
      return;
    case SymbolKind.global: {
      const { valType, mutable } = object.globalImports[index]!;
      out.u8(ExternalKind.global);
      out.u8(valType);
      out.u8(mutable ? 1 : 0);
      return;
    }
    case SymbolKind.table: {
      const { refType, is64, min, max } = table ?? object.tableImports[index]!;
      const isIndirect = field === ENVIRONMENT.table;
      out.u8(ExternalKind.table);
      out.u8(refType);
      writeLimits(out, isIndirect ? plan.slots.size + 1 : min, isIndirect ? null : max, is64 ? LimitsFlag.is_64 : 0);
      return;
    }
    case SymbolKind.tag:
      out.u8(ExternalKind.tag);
      out.u8(0);
      out.uleb(plan.types.of(signature!));
      return;
  }
}

/** Its section; nothing if it is empty. */
export function writeTables(out: ByteWriter, plan: ObjectPlan): void {
  if (plan.tables.length === 0) return;
  const mark = out.beginSection(SectionId.table);
  out.uleb(plan.tables.length);
  for (const { object, index } of plan.tables) {
    const { refType, is64, min, max } = plan.table.objects[object]!.tables[index]!;
    out.u8(refType);
    writeLimits(out, min, max, is64 ? LimitsFlag.is_64 : 0);
  }
  out.endSized(mark);
}

/** Its section; nothing if it is empty. */
export function writeTags(out: ByteWriter, plan: ObjectPlan): void {
  if (plan.tags.length === 0) return;
  const mark = out.beginSection(SectionId.tag);
  out.uleb(plan.tags.length);
  for (const { object: o, index } of plan.tags) {
    out.u8(0);
    out.uleb(plan.types.of(definedTagSignature(plan.table.objects[o]!, index)));
  }
  out.endSized(mark);
}

/** Its section; nothing if it is empty. */
export function writeGlobals(out: ByteWriter, plan: ObjectPlan): void {
  if (plan.globals.length === 0) return;
  const mark = out.beginSection(SectionId.global);
  out.uleb(plan.globals.length);
  for (const { object: o, index } of plan.globals) {
    const object = plan.table.objects[o]!;
    writeGlobal(out, object.bytes, object.globals[index]!, (ref) => initialiserIndex(plan, o, ref));
  }
  out.endSized(mark);
}
