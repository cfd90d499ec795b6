/**
 * The sections of a relocatable object, in file order.
 *
 * Owns the bytes and the symbol sink of objects: every number that can change is a padded LEB with a relocation. Bodies are
 * emitted into a buffer of their own, so a sink position is an offset in the body; it becomes an offset in the section
 * when the body gets its place. Invariant: the object is a valid module, its placeholders are those of the plan.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { SymbolSink } from '../../mir/emit.ts';
import { emitBody } from '../../mir/emit.ts';
import { assert } from '../../support/assert.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';
import {
  ExternalKind,
  LimitsFlag,
  NameSubsection,
  PAGE_SIZE,
  SectionId,
  SegmentMode,
  SymbolKind,
  ValType,
} from '../../wasm/kinds.ts';
import { uleb32Length } from '../../wasm/leb128.ts';
import { OP } from '../../wasm/opcodes.ts';
import { Reloc } from '../../wasm/relocations.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import type { ObjectOptions } from '../options/options.ts';
import type { ObjectPlan, OutSegment } from './plan-object.ts';
import { ENVIRONMENT } from './plan-object.ts';
import { RelocList, writeFeatures, writeLinking, writeRelocs } from '../sections/write-linking.ts';
import { writeProducers } from '../sections/write-producers.ts';
import {
  writeAddressConst,
  writeElements,
  writeFunctions,
  writeHeader,
  writeLimits,
  writeTableType,
  writeTypes,
} from '../sections/write-vectors.ts';

/** Bytes of the object. */
export function writeObject(plan: ObjectPlan, options: ObjectOptions): Uint8Array {
  const out = new ByteWriter(4096);
  const codeRelocs = new RelocList();
  const dataRelocs = new RelocList();
  let sections = 0;
  /** Number of the section `write` appends, or -1 if it appends none. */
  const section = (write: () => void): number => {
    const before = out.length;
    write();
    return out.length === before ? -1 : sections++;
  };
  writeHeader(out);
  section(() => writeTypes(out, plan.types));
  section(() => writeImports(out, plan, options));
  section(() => writeFunctions(out, plan.definedTypes));
  section(() =>
    writeElements(
      out,
      1,
      plan.slots.map((nav) => plan.symbols[plan.navSymbol[nav]!]!.index),
      0,
      isWide(plan) && options.table64,
    ),
  );
  const code = section(() => writeCode(out, plan, options, codeRelocs));
  const data = section(() => writeData(out, plan, dataRelocs));
  writeLinking(out, plan);
  writeRelocs(out, 'reloc.CODE', code, codeRelocs);
  writeRelocs(out, 'reloc.DATA', data, dataRelocs);
  if (!options.strip) {
    writeNames(out, plan);
    writeProducers(out, []);
  }
  writeFeatures(out, options.features);
  return out.toBytes();
}

/** Whether addresses are 64 bits wide. */
function isWide(plan: ObjectPlan): boolean {
  return plan.state.unit.pool.target.ptrBits === 64;
}

function writeImports(out: ByteWriter, plan: ObjectPlan, options: ObjectOptions): void {
  const { imports, stackPointerSymbol, tableSymbol, slots } = plan;
  const mark = out.beginSection(SectionId.import);
  out.uleb(1 + (tableSymbol < 0 ? 0 : 1) + (stackPointerSymbol < 0 ? 0 : 1) + imports.length);
  out.name(ENVIRONMENT.module);
  out.name(ENVIRONMENT.memory);
  out.u8(ExternalKind.memory);
  writeLimits(out, Math.ceil(plan.dataEnd / PAGE_SIZE), null, isWide(plan) ? LimitsFlag.is_64 : 0);
  if (tableSymbol >= 0) {
    out.name(ENVIRONMENT.module);
    out.name(ENVIRONMENT.table);
    out.u8(ExternalKind.table);
    writeTableType(out, slots.length + 1, null, isWide(plan) && options.table64);
  }
  if (stackPointerSymbol >= 0) {
    out.name(ENVIRONMENT.module);
    out.name(ENVIRONMENT.stackPointer);
    out.u8(ExternalKind.global);
    out.u8(isWide(plan) ? ValType.i64 : ValType.i32);
    out.u8(1);
  }
  for (const { module, field, type } of imports) {
    out.name(module);
    out.name(field);
    out.u8(ExternalKind.function);
    out.uleb(type);
  }
  out.endSized(mark);
}

function writeCode(out: ByteWriter, plan: ObjectPlan, options: ObjectOptions, relocs: RelocList): void {
  const { funcs } = plan.state;
  if (funcs.size === 0) return;
  const mark = out.beginSection(SectionId.code);
  out.uleb(funcs.size);
  const body = new ByteWriter(1024);
  const sink = new ObjectSink(plan, options, relocs);
  for (const func of funcs.values) {
    body.clear();
    const first = relocs.length;
    emitBody(plan.state.codeOf(func), body, sink);
    const start = out.length - mark + uleb32Length(body.length);
    for (let r = first; r < relocs.length; r++) relocs.offset[r]! += start;
    out.uleb(body.length);
    out.appendRange(body.bytes, 0, body.length);
  }
  out.endSized(mark);
}

function writeData(out: ByteWriter, plan: ObjectPlan, relocs: RelocList): void {
  const { segments } = plan;
  if (segments.length === 0) return;
  const mark = out.beginSection(SectionId.data);
  out.uleb(segments.length);
  for (const segment of segments) {
    out.uleb(SegmentMode.active);
    writeAddressConst(out, segment.address, isWide(plan));
    out.uleb(segment.lowered.size);
    const at = out.length;
    if (segment.lowered.bytes) out.append(segment.lowered.bytes);
    else out.zeros(segment.lowered.size);
    writeFixups(out, plan, segment, at, at - mark, relocs);
  }
  out.endSized(mark);
}

/** Placeholders into the bytes at `at`, relocations for the payload offset `offset` of the same bytes. */
function writeFixups(
  out: ByteWriter,
  plan: ObjectPlan,
  segment: OutSegment,
  at: number,
  offset: number,
  relocs: RelocList,
): void {
  const { fixups } = segment.lowered;
  const wide = isWide(plan);
  for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
    const place = fixups[i]!;
    const target = fixups[i + 2]!;
    const addend = fixups[i + 3]! | 0;
    if (fixups[i + 1] === FixupKind.slot) {
      const nav = target as NavIndex;
      out.patchU32(at + place, plan.slotOf.get(nav)!);
      relocs.push(wide ? Reloc.TABLE_INDEX_I64 : Reloc.TABLE_INDEX_I32, offset + place, plan.navSymbol[nav]!, 0);
      continue;
    }
    const isUav = fixups[i + 1] === FixupKind.uav;
    const symbol = isUav ? plan.uavSymbol.get(target as IpIndex)! : plan.navSymbol[target]!;
    const value = provisionalAddress(plan, symbol) + addend;
    out.patchU32(at + place, value);
    if (wide) out.patchU32(at + place + 4, value < 0 ? -1 : 0);
    relocs.push(wide ? Reloc.MEMORY_ADDR_I64 : Reloc.MEMORY_ADDR_I32, offset + place, symbol, addend);
  }
}

/** Address of a data symbol in the provisional layout, 0 if undefined. */
function provisionalAddress(plan: ObjectPlan, symbol: number): number {
  const { index } = plan.symbols[symbol]!;
  return index < 0 ? 0 : plan.segments[index]!.address;
}

function writeNames(out: ByteWriter, plan: ObjectPlan): void {
  const { imports, state } = plan;
  if (imports.length + state.funcs.size === 0) return;
  const mark = out.beginCustomSection('name');
  out.u8(NameSubsection.function);
  const size = out.beginSized();
  out.uleb(imports.length + state.funcs.size);
  imports.forEach(({ field }, i) => {
    out.uleb(i);
    out.name(field);
  });
  state.funcs.keys.forEach((nav, i) => {
    out.uleb(imports.length + i);
    out.name(state.unit.navs[nav]!.name);
  });
  out.endSized(size);
  out.endSized(mark);
}

/** The sink of an object: padded LEBs with plausible values, and relocations with body-relative offsets. */
class ObjectSink implements SymbolSink {
  readonly addressConst: number;
  readonly wrapsSlots: boolean;
  readonly errorsLen = 1;
  readonly #wide: boolean;
  readonly #plan: ObjectPlan;
  readonly #relocs: RelocList;

  constructor(plan: ObjectPlan, options: ObjectOptions, relocs: RelocList) {
    this.#wide = isWide(plan);
    this.addressConst = this.#wide ? OP.i64_const : OP.i32_const;
    this.wrapsSlots = this.#wide && !options.table64;
    this.#plan = plan;
    this.#relocs = relocs;
  }

  stackPointer(out: ByteWriter): void {
    const symbol = this.#plan.stackPointerSymbol;
    this.#index(out, Reloc.GLOBAL_INDEX_LEB, symbol, this.#plan.symbols[symbol]!.index);
  }

  navCall(out: ByteWriter, nav: NavIndex): void {
    this.#call(out, this.#plan.navSymbol[nav]!);
  }

  intrinsicCall(out: ByteWriter, row: number): void {
    this.#call(out, this.#plan.intrinsicSymbol.get(row)!);
  }

  tagNameCall(): void {
    assert(false, 'no enum types yet, so no tag names');
  }

  indirectCall(out: ByteWriter, fnType: IpIndex): void {
    const { state, typeIndex, tableSymbol } = this.#plan;
    const type = typeIndex.get(state.signature(fnType))!;
    this.#index(out, Reloc.TYPE_INDEX_LEB, type, type);
    this.#index(out, Reloc.TABLE_NUMBER_LEB, tableSymbol, 0);
  }

  functionSlot(out: ByteWriter, nav: NavIndex): void {
    const type = this.#wide ? Reloc.TABLE_INDEX_SLEB64 : Reloc.TABLE_INDEX_SLEB;
    this.#relocs.push(type, out.length, this.#plan.navSymbol[nav]!, 0);
    this.#constant(out, this.#plan.slotOf.get(nav)!);
  }

  navAddress(out: ByteWriter, nav: NavIndex, offset: number): void {
    const symbol = this.#plan.navSymbol[nav]!;
    // Data without bits has no symbol and no place; its address is 0.
    if (symbol < 0) out.sleb(0);
    else this.#address(out, symbol, offset);
  }

  uavAddress(out: ByteWriter, value: IpIndex, offset: number): void {
    this.#address(out, this.#plan.uavSymbol.get(value)!, offset);
  }

  errorNameTable(): void {
    assert(false, 'no error types yet, so no error names');
  }

  #call(out: ByteWriter, symbol: number): void {
    const { kind, index } = this.#plan.symbols[symbol]!;
    assert(kind === SymbolKind.function, 'a call goes to a function');
    this.#index(out, Reloc.FUNCTION_INDEX_LEB, symbol, index);
  }

  #index(out: ByteWriter, type: number, symbol: number, placeholder: number): void {
    this.#relocs.push(type, out.length, symbol, 0);
    out.paddedUleb(placeholder);
  }

  #address(out: ByteWriter, symbol: number, addend: number): void {
    const type = this.#wide ? Reloc.MEMORY_ADDR_SLEB64 : Reloc.MEMORY_ADDR_SLEB;
    this.#relocs.push(type, out.length, symbol, addend);
    this.#constant(out, provisionalAddress(this.#plan, symbol) + addend);
  }

  /** The padded immediate of an address or a slot. */
  #constant(out: ByteWriter, value: number): void {
    if (this.#wide) out.paddedSleb64(value, value < 0 ? -1 : 0);
    else out.paddedSleb(value);
  }
}
