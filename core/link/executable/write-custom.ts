/**
 * Custom sections of an executable: debug information of the unit and those of the inputs, joined by name.
 *
 * Owns the joining (sections of one name in input order; equal strings of debug string sections once), and their relocation
 * with the rules for things that are not in the output: a reference from a debug section becomes a tombstone, any other
 * becomes its addend (tool-conventions Linking.md, wasm-ld). Runs last, because debug information refers to final code.
 */
import { eachObject } from '../input/each-object.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { patchRelocation, RELOCATIONS } from '../../wasm/relocations.ts';
import type { ObjectId, ObjSectionIndex, ObjSymIndex } from '../input/index-spaces.ts';
import { targetOf } from '../symbols/numbered-symbols.ts';
import type { DataId, FuncId, GlobalId } from '../symbols/targets.ts';
import { hostGlobalOf, isDefinition, isGone, Target } from '../symbols/targets.ts';
import type { LiveSet } from '../live/live-set.ts';
import { hasData } from '../live/live-set.ts';
import type { SymbolEntry } from '../symbols/symbol-table.ts';
import type { Indexed } from './indexed.ts';
import { funcIndexOf, globalIndexOf } from './indexed.ts';
import { isStrings } from '../layout/merge-strings.ts';
import type { ObjectCustom } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import { relocationValue } from './relocate.ts';
import { alignmentOf } from '../sections/custom-alignment.ts';
import { tombstoneOf } from '../sections/tombstones.ts';
import { alignForward } from '../../support/numeric.ts';
import type { PoolInput } from '../layout/string-pool.ts';
import { StringPool } from '../layout/string-pool.ts';
import type { PlacedDebug } from './placed-debug.ts';
import { placedDebug } from './placed-debug.ts';
import type { CodePlaces } from './write-code.ts';

/** One section of one object, and where its bytes go in the joined section. */
interface Part {
  readonly object: ObjectId;
  readonly custom: ObjectCustom;
  readonly offset: number;
  /** Where its strings went, if they are shared. */
  readonly strings: { readonly pool: StringPool; readonly input: PoolInput } | null;
}

/** Sections of one name. */
export interface Joined {
  readonly name: string;
  /** What the unit has in front of them; null: nothing. */
  readonly own: Uint8Array | null;
  readonly parts: readonly Part[];
  readonly strings: StringPool | null;
}

/** What relocations of custom sections need to know. */
interface Context {
  readonly indexed: Indexed;
  readonly code: CodePlaces;
  /** Per object: parts by section number. */
  readonly places: readonly ReadonlyMap<ObjSectionIndex, Part>[];
}

/** The options that count here. */
export type CustomOptions = Pick<
  LinkOptions,
  'strip' | 'stripDebug' | 'debugInfo' | 'mergeStrings' | 'shareEnds' | 'emitRelocs' | 'gcCustoms'
>;

/** All of them, in order of first appearance, which is returned. */
export function writeCustoms(
  out: ByteWriter,
  indexed: Indexed,
  code: CodePlaces,
  options: CustomOptions,
): readonly Joined[] {
  const { debugInfo, strip, stripDebug } = options;
  const isWanted = debugInfo !== null && !strip && !stripDebug;
  const { state } = indexed.placed.live.symbols.table;
  const own = isWanted && state !== null ? placedDebug(state.debug!, debugInfo, state.unit.pool, code.debug) : null;
  const joined = joinSections(indexed, options, own);
  if (joined.length === 0) return joined;
  const places = indexed.placed.live.symbols.table.objects.map(() => new Map<ObjSectionIndex, Part>());
  for (const { parts } of joined) for (const part of parts) places[part.object]!.set(part.custom.section, part);
  const context: Context = { indexed, code, places };
  for (const { name, own, parts, strings } of joined) {
    const mark = out.beginCustomSection(name);
    if (strings) strings.writeTo(out);
    else {
      const start = out.length;
      if (own !== null) out.append(own);
      for (const part of parts) {
        out.zeros(start + part.offset - out.length);
        writePart(out, context, part, tombstoneOf(name));
      }
    }
    out.endSized(mark);
  }
  return joined;
}

const STRING_SECTIONS: ReadonlySet<string> = new Set(['.debug_str', '.debug_line_str']);
const NO_SECTIONS: readonly Joined[] = [];

function joinSections(indexed: Indexed, options: CustomOptions, unit: PlacedDebug | null): readonly Joined[] {
  const { live } = indexed.placed;
  const { table } = live.symbols;
  let byName: Map<string, { object: ObjectId; custom: ObjectCustom }[]> | null = null;
  if (unit !== null) byName = new Map(Array.from(unit.sections.keys(), (name) => [name, []]));
  eachObject(table.objects, (object, o) => {
    if (object.customs.length === 0 || (options.gcCustoms && live.included[o] === 0)) return;
    for (const custom of object.customs) {
      if (table.discarded[o]?.sections.has(custom.section)) continue;
      if ((options.strip || options.stripDebug) && custom.name.startsWith('.debug_')) continue;
      byName ??= new Map();
      const list = byName.get(custom.name);
      if (list) list.push({ object: o, custom });
      else byName.set(custom.name, [{ object: o, custom }]);
    }
  });
  if (byName === null) return NO_SECTIONS;
  return Array.from(byName as ReadonlyMap<string, { object: ObjectId; custom: ObjectCustom }[]>, ([name, found]) => {
    const merges =
      options.mergeStrings &&
      // Addends of emitted relocations count from the section of the input.
      !options.emitRelocs &&
      STRING_SECTIONS.has(name) &&
      found.every(({ object, custom: { start, end, relocs } }) => {
        return relocs.count === 0 && isStrings(table.objects[object]!.bytes, start, end);
      });
    const pool = merges ? new StringPool() : null;
    const own = unit?.sections.get(name) ?? null;
    const ownStrings = pool !== null && own !== null ? pool.add(own, 0, own.length) : null;
    let offset = own?.length ?? 0;
    const parts = found.map(({ object, custom }): Part => {
      const { start, end } = custom;
      const strings = pool ? { pool, input: pool.add(table.objects[object]!.bytes, start, end) } : null;
      offset = alignForward(offset, alignmentOf(name));
      const part = { object, custom, offset, strings };
      if (!pool) offset += end - start;
      return part;
    });
    if (options.shareEnds) pool?.shareEnds();
    if (ownStrings !== null) unit!.moveStrings((at) => pool!.offsetOf(ownStrings, at));
    return { name, own, parts, strings: pool };
  });
}

function writePart(out: ByteWriter, context: Context, part: Part, tombstone: number | null): void {
  const { object: o, custom } = part;
  const { start, end, relocs } = custom;
  const at = out.length;
  out.appendRange(context.indexed.placed.live.symbols.table.objects[o]!.bytes, start, end);
  for (let r = 0; r < relocs.count; r++) {
    const { encoding } = RELOCATIONS[relocs.type[r]!]!;
    const value = customValue(context, o, custom, r) ?? tombstone ?? relocs.addend[r]!;
    patchRelocation(out.bytes, at + relocs.at[r]! - start, encoding, value);
  }
}

/** Value of a relocation of a custom section; null if what it refers to is not in the output. */
function customValue(context: Context, o: ObjectId, { relocs }: ObjectCustom, r: number): number | null {
  const { indexed, code, places } = context;
  const { live } = indexed.placed;
  const { symbols } = live;
  const symbol = relocs.index[r]! as ObjSymIndex;
  const target = targetOf(symbols, o, symbol);
  const addend = relocs.addend[r]!;
  switch (RELOCATIONS[relocs.type[r]!]!.value) {
    case 'function_offset': {
      const start = isDefinition(target) ? (code.bodyStart[target] ?? 0) : 0;
      return start === 0 ? null : start + addend;
    }
    case 'section_offset': {
      const section = symbols.table.objects[o]!.symbols[symbol]!.index as ObjSectionIndex;
      const part = places[o]!.get(section);
      if (!part) return null;
      return part.strings ? part.strings.pool.offsetOf(part.strings.input, addend) : part.offset + addend;
    }
    case 'function_index':
    case 'table_slot':
      return funcIndexOf(indexed, target as FuncId) < 0 ? null : relocationValue(indexed, o, relocs, r, 0);
    case 'global_index': {
      const index = globalIndexOf(indexed, target as GlobalId);
      return index < 0 ? null : index;
    }
    default:
      if (isGone(target) || hostGlobalOf(target) >= 0) return null;
      if (target === Target.null) return isNullLive(live, symbols.table.symbolEntries[o]![symbol]) ? 0 : null;
      if (isDefinition(target) && !hasData(live, target as DataId)) return null;
      return relocationValue(indexed, o, relocs, r, 0);
  }
}

/** Whether an undefined name is one that something in the output means; its address is 0 then. */
function isNullLive({ nulls }: LiveSet, entry: SymbolEntry | null | undefined): boolean {
  return nulls === null || (entry !== null && entry !== undefined && nulls.has(entry));
}
