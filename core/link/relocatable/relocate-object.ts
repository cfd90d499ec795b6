/**
 * Code, data and custom sections of a relocatable output: bytes of the inputs, and their relocations with new places.
 *
 * Owns the copying. Relocations get the symbols and types of the output, and the bytes that they patch get the numbers of the
 * plan, so that the object is a plausible module by itself. Invariant: relocations of a section are ascending by offset, as in
 * the inputs.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SectionId, SegmentMode, SymbolKind } from '../../wasm/kinds.ts';
import { OP } from '../../wasm/opcodes.ts';
import type { RelocValue } from '../../wasm/relocations.ts';
import { patchRelocation, RELOCATIONS } from '../../wasm/relocations.ts';
import type {
  ObjectId,
  ObjSectionIndex,
  ObjSymIndex,
  OutIndex,
  OutSymIndex,
  OutTypeIndex,
} from '../input/index-spaces.ts';
import type { RelocTable } from '../input/object-file.ts';
import { RelocList } from '../input/reloc-list.ts';
import { tombstoneOf } from '../sections/tombstones.ts';
import { writeAddressConst } from '../sections/write-vectors.ts';
import type { ObjectPlan, OutputSymbol } from './object-plan.ts';
import { outputSymbol } from './object-plan.ts';

/** Relocations of a section of the output; offsets count from its payload. */
export type OutputRelocs = RelocList<OutSymIndex | OutTypeIndex>;

/** No locals; unreachable; end. */
const TRAP_BODY = [0, OP.unreachable, OP.end];

/** Relocations `from` to `to` of an object, and where the bytes that they patch went. */
interface Span {
  readonly object: ObjectId;
  readonly relocs: RelocTable;
  readonly from: number;
  readonly to: number;
  /** Position in the object that lies at `at` in the output. */
  readonly start: number;
  readonly at: number;
  /** What the offsets of relocations in the output count from. */
  readonly payload: number;
  /** What a reference to something that is gone becomes, or null for its addend. */
  readonly tombstone: number | null;
}

/** Copies bytes with relocations into `out`. */
export class RelocatingWriter {
  readonly #out: ByteWriter;
  readonly #plan: ObjectPlan;
  /** First byte of each body from the start of the payload, by output function without imports. */
  readonly #bodyStart: number[] = [];

  constructor(out: ByteWriter, plan: ObjectPlan) {
    this.#out = out;
    this.#plan = plan;
  }

  /** Code section; nothing if no function has a body. */
  code(): OutputRelocs {
    const list: OutputRelocs = new RelocList();
    const { funcs, stubs, table } = this.#plan;
    if (funcs.length + stubs.length === 0) return list;
    const out = this.#out;
    const payload = out.beginSection(SectionId.code);
    out.uleb(funcs.length + stubs.length);
    for (let i = 0; i < stubs.length; i++) {
      out.uleb(TRAP_BODY.length);
      this.#bodyStart.push(out.length - payload);
      for (const byte of TRAP_BODY) out.u8(byte);
    }
    for (const { object, index: f } of funcs) {
      const { bytes, bodyStart, bodyEnd, codeRelocs: relocs, funcRelocs } = table.objects[object]!;
      const start = bodyStart[f]!;
      const end = bodyEnd[f]!;
      out.uleb(end - start);
      const at = out.length;
      this.#bodyStart.push(at - payload);
      out.appendRange(bytes, start, end);
      const [from, to] = [funcRelocs[f]!, funcRelocs[f + 1]!];
      this.#relocate(list, { object, relocs, from, to, start, at, payload, tombstone: null });
    }
    out.endSized(payload);
    return list;
  }

  /** Data section; nothing if there is no segment. */
  data(): OutputRelocs {
    const list: OutputRelocs = new RelocList();
    const { segments, table } = this.#plan;
    if (segments.length === 0) return list;
    const out = this.#out;
    const payload = out.beginSection(SectionId.data);
    out.uleb(segments.length);
    for (const { object, segment: s, address } of segments) {
      const { bytes, segments: own, dataRelocs: relocs, segmentRelocs } = table.objects[object]!;
      const { passive, start, end } = own[s]!;
      out.uleb(passive ? SegmentMode.passive : SegmentMode.active);
      if (!passive) writeAddressConst(out, address, table.is64);
      out.uleb(end - start);
      const at = out.length;
      out.appendRange(bytes, start, end);
      const [from, to] = [segmentRelocs[s]!, segmentRelocs[s + 1]!];
      this.#relocate(list, { object, relocs, from, to, start, at, payload, tombstone: null });
    }
    out.endSized(payload);
    return list;
  }

  /** Joined custom section `index`. */
  custom(index: number): OutputRelocs {
    const list: OutputRelocs = new RelocList();
    const { name, parts } = this.#plan.customs.sections[index]!;
    const out = this.#out;
    const mark = out.beginCustomSection(name);
    const payload = out.length;
    const tombstone = tombstoneOf(name);
    for (const { object, custom, offset } of parts) {
      const { relocs, start, end } = custom;
      out.zeros(payload + offset - out.length);
      const at = out.length;
      out.appendRange(this.#plan.table.objects[object]!.bytes, start, end);
      this.#relocate(list, { object, relocs, from: 0, to: relocs.count, start, at, payload, tombstone });
    }
    out.endSized(mark);
    return list;
  }

  #relocate(list: OutputRelocs, span: Span): void {
    const { types, symbols, customs, table } = this.#plan;
    const { object: o, relocs, from, to, start, at, payload, tombstone } = span;
    const object = table.objects[o]!;
    const { bytes } = this.#out;
    for (let r = from; r < to; r++) {
      const type = relocs.type[r]!;
      const { encoding, value } = RELOCATIONS[type]!;
      const place = at + relocs.at[r]! - start;
      if (value === 'type_index') {
        const index = types.of(object.types[relocs.index[r]!]!);
        patchRelocation(bytes, place, encoding, index);
        list.push(type, place - payload, index, 0);
        continue;
      }
      const own = relocs.index[r]! as ObjSymIndex;
      const symbol = outputSymbol(this.#plan, o, own);
      let addend = relocs.addend[r]!;
      if (symbol < 0) {
        // What it refers to is gone for good.
        patchRelocation(bytes, place, encoding, tombstone ?? addend);
        continue;
      }
      if (value === 'section_offset') {
        addend += customs.placeOf[o]!.get(object.symbols[own]!.index as ObjSectionIndex)!.offset;
      }
      patchRelocation(bytes, place, encoding, this.#placeholder(value, symbols[symbol]!, addend));
      list.push(type, place - payload, symbol, addend);
    }
  }

  #placeholder(value: RelocValue, symbol: OutputSymbol, addend: number): number {
    const { slots, segments, importedFuncs } = this.#plan;
    const { index, offset } = symbol;
    switch (value) {
      case 'table_slot':
        return slots.get(index as OutIndex<'function'>) ?? 0;
      case 'table_slot_rel':
        return Math.max(0, (slots.get(index as OutIndex<'function'>) ?? 0) - 1);
      case 'function_offset':
        return (this.#bodyStart[index - importedFuncs] ?? 0) + addend;
      case 'section_offset':
        return addend;
      case 'function_index':
      case 'tag_index':
      case 'table_number':
        return index;
      case 'global_index':
        return symbol.kind === SymbolKind.global ? index : 0;
      default:
        return (index < 0 ? 0 : segments[index]!.address + offset) + addend;
    }
  }
}
