/**
 * Final numbers into bytes: relocations of objects, fixups of the unit's data, and the symbol sink of the unit's code.
 *
 * Owns the meaning of each relocation value. Knows nothing of sections. Every constant is a signed LEB, every index an
 * unsigned one. Invariant: whatever is referred to from live code or data is live itself and has its number; custom sections,
 * which may refer to anything, are in write-custom.ts.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { SymbolSink } from '../../mir/emit.ts';
import { assert, unreachable } from '../../support/assert.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import { OP } from '../../wasm/opcodes.ts';
import { patchRelocation, RELOCATIONS } from '../../wasm/relocations.ts';
import type { ObjectId, ObjSymIndex, ObjTypeIndex, OutIndex } from '../input/index-spaces.ts';
import type { RelocTable } from '../input/object-file.ts';
import { addressOf, uavAddressOf } from '../layout/addresses.ts';
import { slotOf } from '../layout/indirect-table.ts';
import { addressGlobalKey, hostAddressGlobal } from '../symbols/address-globals.ts';
import { isThreadLocal } from '../live/marks.ts';
import { navTargetOf, STACK_POINTER, targetOf, TLS_BASE } from '../symbols/numbered-symbols.ts';
import type { FuncId, GlobalId, TableId, TagId, Target } from '../symbols/targets.ts';
import { FUNCTION_TABLE } from '../symbols/targets.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import type { LinkState } from '../unit/state.ts';
import type { Indexed } from './indexed.ts';
import { funcIndexOf, globalIndexOf, known, tableIndexOf, tagIndexOf, typeIndexOf } from './indexed.ts';

/** Bytes of an object that were copied to the output, with the relocations that lie in them. */
export interface CopiedRange {
  readonly object: ObjectId;
  readonly relocs: RelocTable;
  /** Relocations `from` to `to`. */
  readonly from: number;
  readonly to: number;
  /** Position in the object of the first byte, and where it went. */
  readonly start: number;
  readonly at: number;
  /** Address of that byte in memory; data only. */
  readonly address: number;
}

/** Applies the relocations of a range to `bytes`, the output. */
export function applyRelocations(indexed: Indexed, bytes: Uint8Array, range: CopiedRange): void {
  const { object, relocs, from, to, start, at, address } = range;
  for (let r = from; r < to; r++) {
    const { encoding } = RELOCATIONS[relocs.type[r]!]!;
    const offset = relocs.at[r]! - start;
    patchRelocation(bytes, at + offset, encoding, relocationValue(indexed, object, relocs, r, address + offset));
  }
}

/** Value of relocation `r`; `place` is the address of the patched bytes. */
export function relocationValue(indexed: Indexed, o: ObjectId, relocs: RelocTable, r: number, place: number): number {
  const { value } = RELOCATIONS[relocs.type[r]!]!;
  if (value === 'type_index') return known(typeIndexOf(indexed, o, relocs.index[r]! as ObjTypeIndex));
  const { placed } = indexed;
  const { symbols } = placed.live;
  const symbol = relocs.index[r]! as ObjSymIndex;
  const target = targetOf(symbols, o, symbol);
  switch (value) {
    case 'function_index':
      return known(funcIndexOf(indexed, target as FuncId));
    case 'table_slot':
      return slotOf(indexed.table, target);
    case 'table_slot_rel':
      // An address that is null stays null, it does not become a slot before the table base.
      return Math.max(0, slotOf(indexed.table, target) - indexed.table.base);
    case 'memory_address':
    case 'memory_address_rel': {
      const { tls } = placed.memory;
      const address = addressOf(placed, target, symbols.symbolOffset[o]![symbol]!, relocs.addend[r]!);
      // As wasm-ld: each thread has its own copy of thread-local data, so that its address is its place in the block.
      return tls !== null && isThreadLocal(symbols, target) ? address - tls.start : address;
    }
    case 'memory_address_pc':
      return addressOf(placed, target, symbols.symbolOffset[o]![symbol]!, relocs.addend[r]!) - place;
    case 'memory_address_tls': {
      const start = placed.memory.tls?.start ?? 0;
      return addressOf(placed, target, symbols.symbolOffset[o]![symbol]!, relocs.addend[r]!) - start;
    }
    case 'global_index':
      return known(globalOf(indexed, o, symbol, target));
    case 'table_number':
      return known(tableIndexOf(indexed, target as TableId));
    case 'tag_index':
      return known(tagIndexOf(indexed, target as TagId));
    case 'function_offset':
    case 'section_offset':
      assert(false, 'the reader lets no such relocation into code or data');
    default:
      return unreachable(value, 'relocation value');
  }
}

/** The global that a symbol is, or the one that holds its address. */
function globalOf(indexed: Indexed, o: ObjectId, symbol: ObjSymIndex, target: Target): OutIndex<'global'> {
  const { symbols, addressGlobalPosition } = indexed.placed.live;
  const { kind } = symbols.table.objects[o]!.symbols[symbol]!;
  if (kind === SymbolKind.global) return globalIndexOf(indexed, target as GlobalId);
  const host = hostAddressGlobal(symbols, kind, target);
  if (host >= 0) return globalIndexOf(indexed, host);
  const position = addressGlobalPosition.get(addressGlobalKey(kind, target, symbols.symbolOffset[o]![symbol]!));
  return (position === undefined ? -1 : indexed.addressGlobalBase + position) as OutIndex<'global'>;
}

/** Writes the pointers of a datum of the unit, whose bytes begin at `at`. */
export function applyFixups(indexed: Indexed, lowered: LoweredData, bytes: Uint8Array, at: number): void {
  const { fixups } = lowered;
  const encoding = indexed.placed.live.symbols.table.is64 ? 'word64' : 'word32';
  for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
    patchRelocation(bytes, at + fixups[i]!, encoding, fixupValue(indexed, fixups, i));
  }
}

function fixupValue(indexed: Indexed, fixups: Uint32Array, i: number): number {
  const { placed } = indexed;
  const { symbols } = placed.live;
  const target = fixups[i + 2]!;
  const addend = fixups[i + 3]! | 0;
  switch (fixups[i + 1]) {
    case FixupKind.nav:
      return addressOf(placed, navTargetOf(symbols, target as NavIndex), symbols.navOffset[target]!, addend);
    case FixupKind.uav:
      return uavAddressOf(placed, target as IpIndex, addend);
    default:
      return slotOf(indexed.table, navTargetOf(symbols, target as NavIndex));
  }
}

/** The sink of an executable: minimal LEBs of final numbers. */
export class ExecutableSink implements SymbolSink {
  readonly addressConst: number;
  readonly wrapsSlots: boolean;
  readonly errorsLen: number;
  readonly #is64: boolean;
  readonly #indexed: Indexed;

  constructor(indexed: Indexed) {
    const { is64, isTable64, state } = indexed.placed.live.symbols.table;
    this.errorsLen = state?.errorsLen ?? 1;
    this.addressConst = is64 ? OP.i64_const : OP.i32_const;
    this.wrapsSlots = is64 && !isTable64;
    this.#is64 = is64;
    this.#indexed = indexed;
  }

  stackPointer(out: ByteWriter): void {
    out.uleb(known(globalIndexOf(this.#indexed, STACK_POINTER)));
  }

  tlsBase(out: ByteWriter): void {
    out.uleb(known(globalIndexOf(this.#indexed, TLS_BASE)));
  }

  navTlsOffset(out: ByteWriter, nav: NavIndex): void {
    const { placed } = this.#indexed;
    const target = this.#target(nav);
    const address = addressOf(placed, target, placed.live.symbols.navOffset[nav]!, 0);
    this.#address(out, address - (placed.memory.tls?.start ?? 0));
  }

  navCall(out: ByteWriter, nav: NavIndex): void {
    out.uleb(known(funcIndexOf(this.#indexed, this.#target(nav) as FuncId)));
  }

  intrinsicCall(out: ByteWriter, row: number): void {
    const target = this.#indexed.placed.live.symbols.intrinsicTarget.get(row)!;
    out.uleb(known(funcIndexOf(this.#indexed, target as FuncId)));
  }

  tagNameCall(out: ByteWriter, enumType: IpIndex): void {
    this.navCall(out, this.#state.tagNameFunction(enumType));
  }

  indirectCall(out: ByteWriter, fnType: IpIndex): void {
    const { state } = this.#indexed.placed.live.symbols.table;
    out.uleb(this.#indexed.types.of(state!.signature(fnType)));
    out.uleb(known(tableIndexOf(this.#indexed, FUNCTION_TABLE)));
  }

  functionSlot(out: ByteWriter, nav: NavIndex): void {
    out.sleb(slotOf(this.#indexed.table, this.#target(nav)));
  }

  navAddress(out: ByteWriter, nav: NavIndex, offset: number): void {
    const { placed } = this.#indexed;
    this.#address(out, addressOf(placed, this.#target(nav), placed.live.symbols.navOffset[nav]!, offset));
  }

  uavAddress(out: ByteWriter, value: IpIndex, offset: number): void {
    this.#address(out, uavAddressOf(this.#indexed.placed, value, offset));
  }

  #target(nav: NavIndex): Target {
    return navTargetOf(this.#indexed.placed.live.symbols, nav);
  }

  #address(out: ByteWriter, address: number): void {
    if (this.#is64) out.sleb64(address | 0, Math.floor(address / 0x1_0000_0000));
    else out.sleb(address);
  }

  errorNameTable(out: ByteWriter): void {
    this.uavAddress(out, this.#state.errorNameTable, 0);
  }

  get #state(): LinkState {
    return this.#indexed.placed.live.symbols.table.state!;
  }
}
