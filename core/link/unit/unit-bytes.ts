/**
 * Code and data of a unit as an object has them: every number that can change is a zero of full width with a relocation.
 *
 * Owns the symbol sink of objects and the one buffer that holds bodies and then segments. Positions of relocations are those
 * in the buffer, as in objects that were read. Invariant: relocations of a section are ascending.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { SymbolSink } from '../../mir/emit.ts';
import { emitBody, Positions } from '../../mir/emit.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';
import { OP } from '../../wasm/opcodes.ts';
import { Reloc } from '../../wasm/relocations.ts';
import type { ObjSymIndex, ObjTypeIndex } from '../input/index-spaces.ts';
import { RelocList } from '../input/reloc-list.ts';
import { FIXUP_WORDS, FixupKind } from './lower-data.ts';
import type { LoweredData } from './lower-data.ts';
import type { LinkState } from './state.ts';
import type { TypeList } from '../sections/type-list.ts';

/** A data segment of the object. */
export interface UnitSegment {
  readonly name: string;
  readonly align: number;
  readonly lowered: LoweredData;
  readonly isTls: boolean;
}

/** What the code and data of the object refer to. */
export interface UnitPlan {
  readonly state: LinkState;
  readonly types: TypeList<ObjTypeIndex>;
  readonly segments: readonly UnitSegment[];
  /** Slots of the function table are 64 bits wide. */
  readonly isTable64: boolean;
  /** Symbol by nav, -1 for navs the object does not mention. */
  readonly navSymbol: Int32Array;
  readonly uavSymbol: ReadonlyMap<IpIndex, ObjSymIndex>;
  /** Symbol by row of INTRINSICS. */
  readonly intrinsicSymbol: ReadonlyMap<number, ObjSymIndex>;
  /** Symbol of the stack pointer, or -1. */
  readonly stackPointer: ObjSymIndex;
  /** Symbol of the base of thread-local data, or -1. */
  readonly tlsBase: ObjSymIndex;
  /** Symbol of the function table, or -1. */
  readonly table: ObjSymIndex;
  /** Positions of each function are wanted. */
  readonly wantsPositions: boolean;
}

type Relocs = RelocList<ObjSymIndex | ObjTypeIndex>;

/** Bodies and segments; every start and end is a position in `bytes`. */
export interface UnitBytes {
  readonly bytes: Uint8Array;
  /** Bytes of all bodies; the segments follow. */
  readonly codeSize: number;
  readonly bodyStart: Uint32Array;
  readonly bodyEnd: Uint32Array;
  readonly segmentStart: readonly number[];
  readonly codeRelocs: Relocs;
  readonly dataRelocs: Relocs;
  /** Of each function, if they are wanted. */
  readonly positions: readonly Positions[];
}

/** Emits all of them. */
export function unitBytes(plan: UnitPlan): UnitBytes {
  const { state, segments, wantsPositions } = plan;
  const positions: Positions[] = [];
  const out = new ByteWriter(1024);
  const codeRelocs = new RelocList<ObjSymIndex | ObjTypeIndex>();
  const count = state.funcs.size;
  const bodyStart = new Uint32Array(count);
  const bodyEnd = new Uint32Array(count);
  const body = new ByteWriter(512);
  const sink = new ObjectSink(plan, codeRelocs);
  state.funcs.values.forEach((func, f) => {
    body.clear();
    const first = codeRelocs.length;
    const lines = wantsPositions ? new Positions() : null;
    emitBody(state.codeOf(func), body, sink, lines);
    if (lines !== null) positions.push(lines);
    for (let r = first; r < codeRelocs.length; r++) codeRelocs.offset[r]! += out.length;
    bodyStart[f] = out.length;
    out.appendRange(body.bytes, 0, body.length);
    bodyEnd[f] = out.length;
  });
  const codeSize = out.length;
  const dataRelocs = new RelocList<ObjSymIndex | ObjTypeIndex>();
  const segmentStart = segments.map(({ lowered }) => {
    const start = out.length;
    if (lowered.bytes) out.append(lowered.bytes);
    else out.zeros(lowered.size);
    relocateData(plan, lowered, start, dataRelocs);
    return start;
  });
  return {
    bytes: out.bytes.subarray(0, out.length),
    codeSize,
    bodyStart,
    bodyEnd,
    segmentStart,
    codeRelocs,
    dataRelocs,
    positions,
  };
}

/** Whether addresses are 64 bits wide. */
function isWide({ state }: UnitPlan): boolean {
  return state.unit.pool.target.ptrBits === 64;
}

/** Relocations for the pointers of a datum whose bytes begin at `start`. */
function relocateData(plan: UnitPlan, { fixups }: LoweredData, start: number, relocs: Relocs): void {
  const wide = isWide(plan);
  for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
    const place = start + fixups[i]!;
    const target = fixups[i + 2]!;
    const addend = fixups[i + 3]! | 0;
    if (fixups[i + 1] === FixupKind.slot) {
      const symbol = symbolOf(plan, target as NavIndex);
      relocs.push(wide ? Reloc.TABLE_INDEX_I64 : Reloc.TABLE_INDEX_I32, place, symbol, 0);
    } else {
      const isUav = fixups[i + 1] === FixupKind.uav;
      const symbol = isUav ? plan.uavSymbol.get(target as IpIndex)! : symbolOf(plan, target as NavIndex);
      relocs.push(wide ? Reloc.MEMORY_ADDR_I64 : Reloc.MEMORY_ADDR_I32, place, symbol, addend);
    }
  }
}

/** Symbol of a nav; -1 for data without bits, which has no place. */
function symbolOf({ navSymbol }: UnitPlan, nav: NavIndex): ObjSymIndex {
  return navSymbol[nav]! as ObjSymIndex;
}

/** The sink of an object. */
class ObjectSink implements SymbolSink {
  readonly addressConst: number;
  readonly wrapsSlots: boolean;
  readonly errorsLen: number;
  readonly #wide: boolean;
  readonly #plan: UnitPlan;
  readonly #relocs: Relocs;

  constructor(plan: UnitPlan, relocs: Relocs) {
    this.#wide = isWide(plan);
    this.addressConst = this.#wide ? OP.i64_const : OP.i32_const;
    this.wrapsSlots = this.#wide && !plan.isTable64;
    this.errorsLen = plan.state.errorsLen;
    this.#plan = plan;
    this.#relocs = relocs;
  }

  stackPointer(out: ByteWriter): void {
    this.#index(out, Reloc.GLOBAL_INDEX_LEB, this.#plan.stackPointer);
  }

  tlsBase(out: ByteWriter): void {
    this.#index(out, Reloc.GLOBAL_INDEX_LEB, this.#plan.tlsBase);
  }

  navTlsOffset(out: ByteWriter, nav: NavIndex): void {
    const type = this.#wide ? Reloc.MEMORY_ADDR_TLS_SLEB64 : Reloc.MEMORY_ADDR_TLS_SLEB;
    this.#constant(out, type, symbolOf(this.#plan, nav), 0);
  }

  navCall(out: ByteWriter, nav: NavIndex): void {
    this.#index(out, Reloc.FUNCTION_INDEX_LEB, symbolOf(this.#plan, nav));
  }

  intrinsicCall(out: ByteWriter, row: number): void {
    this.#index(out, Reloc.FUNCTION_INDEX_LEB, this.#plan.intrinsicSymbol.get(row)!);
  }

  tagNameCall(out: ByteWriter, enumType: IpIndex): void {
    this.navCall(out, this.#plan.state.tagNameFunction(enumType));
  }

  indirectCall(out: ByteWriter, fnType: IpIndex): void {
    const { state, types, table } = this.#plan;
    this.#index(out, Reloc.TYPE_INDEX_LEB, types.of(state.signature(fnType)));
    this.#index(out, Reloc.TABLE_NUMBER_LEB, table);
  }

  functionSlot(out: ByteWriter, nav: NavIndex): void {
    const type = this.#wide ? Reloc.TABLE_INDEX_SLEB64 : Reloc.TABLE_INDEX_SLEB;
    this.#constant(out, type, symbolOf(this.#plan, nav), 0);
  }

  navAddress(out: ByteWriter, nav: NavIndex, offset: number): void {
    const symbol = symbolOf(this.#plan, nav);
    // Data without bits has no symbol and no place; its address is 0.
    if (symbol < 0) out.sleb(0);
    else this.#address(out, symbol, offset);
  }

  uavAddress(out: ByteWriter, value: IpIndex, offset: number): void {
    this.#address(out, this.#plan.uavSymbol.get(value)!, offset);
  }

  errorNameTable(out: ByteWriter): void {
    this.uavAddress(out, this.#plan.state.errorNameTable, 0);
  }

  #index(out: ByteWriter, type: number, target: ObjSymIndex | ObjTypeIndex): void {
    this.#relocs.push(type, out.length, target, 0);
    out.paddedUleb(0);
  }

  #address(out: ByteWriter, symbol: ObjSymIndex, addend: number): void {
    const type = this.#wide ? Reloc.MEMORY_ADDR_SLEB64 : Reloc.MEMORY_ADDR_SLEB;
    this.#constant(out, type, symbol, addend);
  }

  /** The immediate of an address or a slot. */
  #constant(out: ByteWriter, type: number, symbol: ObjSymIndex, addend: number): void {
    this.#relocs.push(type, out.length, symbol, addend);
    if (this.#wide) out.paddedSleb64(0, 0);
    else out.paddedSleb(0);
  }
}
