/**
 * Sections of a combination in front of its code: imports, tables, tags, globals (wasm core spec 5.5).
 *
 * Owns their bytes; every number comes from the plan.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { ExternalKind, LimitsFlag, PAGE_SIZE, SectionId, SymbolKind } from '../../wasm/kinds.ts';
import type { CombinationPlan, CombinedImport } from './combination.ts';
import type { InitRef } from '../input/object-file.ts';
import { ENVIRONMENT } from './plan-object.ts';
import type { ImportedTable } from '../executable/table-limits.ts';
import { combinedTables } from '../executable/table-limits.ts';
import { writeGlobal, writeLimits } from '../sections/write-vectors.ts';

/** Its section; nothing if it is empty. */
export function writeImports(out: ByteWriter, plan: CombinationPlan): void {
  const { table, imports } = plan;
  const hasMemory = table.objects.some((object) => object.memory !== null) || plan.segments.length > 0;
  const count = imports.length + (hasMemory ? 1 : 0);
  if (count === 0) return;
  const mark = out.beginSection(SectionId.import);
  out.uleb(count);
  if (hasMemory) {
    const shared = table.objects.some((object) => object.memory?.shared === true);
    const flags = (shared ? LimitsFlag.shared : 0) | (table.is64 ? LimitsFlag.is_64 : 0);
    out.name(ENVIRONMENT.module);
    out.name(ENVIRONMENT.memory);
    out.u8(ExternalKind.memory);
    writeLimits(out, Math.ceil(plan.dataEnd / PAGE_SIZE), shared ? PAGE_SIZE : null, flags);
  }
  const tables = combinedTables(plan);
  let nextTable = 0;
  for (const item of imports) writeImport(out, plan, item, item.kind === SymbolKind.table ? tables[nextTable++] : null);
  out.endSized(mark);
}

/** `table` has the limits of a table that a symbol refers to. */
function writeImport(
  out: ByteWriter,
  plan: CombinationPlan,
  item: CombinedImport,
  table: ImportedTable | null = null,
): void {
  const { kind, module, field, object: o, index } = item;
  const object = plan.table.objects[o]!;
  out.name(module);
  out.name(field);
  switch (kind) {
    case SymbolKind.function:
      out.u8(ExternalKind.function);
      out.uleb(plan.typeIndex.get(object.types[object.funcImports[index]!.type]!)!);
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
      out.uleb(plan.typeIndex.get(object.types[object.tagImports[index]!.type]!)!);
      return;
  }
}

/** Its section; nothing if it is empty. */
export function writeTables(out: ByteWriter, plan: CombinationPlan): void {
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
export function writeTags(out: ByteWriter, plan: CombinationPlan): void {
  if (plan.tags.length === 0) return;
  const mark = out.beginSection(SectionId.tag);
  out.uleb(plan.tags.length);
  for (const { object: o, index } of plan.tags) {
    const { types, tags } = plan.table.objects[o]!;
    out.u8(0);
    out.uleb(plan.typeIndex.get(types[tags[index]!]!)!);
  }
  out.endSized(mark);
}

/** Its section; nothing if it is empty. */
export function writeGlobals(out: ByteWriter, plan: CombinationPlan): void {
  if (plan.globals.length === 0) return;
  const mark = out.beginSection(SectionId.global);
  out.uleb(plan.globals.length);
  for (const { object: o, index } of plan.globals) {
    const object = plan.table.objects[o]!;
    writeGlobal(out, object.bytes, object.globals[index]!, (ref) => initTarget(plan, o, ref));
  }
  out.endSized(mark);
}

/** Reports what an initialiser mentions and the output does not have. */
export function checkInitialisers(plan: CombinationPlan, diags: Diagnostics): void {
  for (const { object: o, index } of plan.globals) {
    const { globals, file } = plan.table.objects[o]!;
    for (const ref of globals[index]!.refs) {
      if (initTarget(plan, o, ref) >= 0) continue;
      diags.error('undefined_symbol', { name: `${ref.kind} ${ref.index}` }, { in: 'file', file, offset: ref.at });
    }
  }
}

/** Output index of what an initialiser of object `o` mentions, or -1: it has no symbol, or is gone. */
function initTarget(plan: CombinationPlan, o: number, ref: InitRef): number {
  const kind = ref.kind === 'global' ? SymbolKind.global : SymbolKind.function;
  const { symbols } = plan.table.objects[o]!;
  const symbol = symbols.findIndex((candidate) => candidate.kind === kind && candidate.index === ref.index);
  const output = symbol < 0 ? -1 : plan.symbolOf[o]![symbol]!;
  return output < 0 ? -1 : plan.symbols[output]!.index;
}
