/**
 * Final numbers into bytes: relocations of objects, fixups of the unit's data, and the symbol sink of the unit's code.
 *
 * Owns the meaning of each relocation value. Knows nothing of sections. Every constant is a signed LEB, every index an
 * unsigned one. Invariant: whatever is referred to from live code or data is live itself and has its number; custom sections,
 * which may refer to anything, are in relocate-custom.ts.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { SymbolSink } from '../../mir/emit.ts';
import { assert, unreachable } from '../../support/assert.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import { OP } from '../../wasm/opcodes.ts';
import { patchRelocation, RELOCATIONS } from '../../wasm/relocations.ts';
import { addressGlobalKey, hostAddressGlobal } from '../symbols/address-globals.ts';
import { addressOf, uavAddressOf } from '../layout/addresses.ts';
import type { Indexed } from './assign-indexes.ts';
import { Target } from '../symbols/linker-symbols.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import { intrinsicTarget, STACK_POINTER } from '../symbols/number-symbols.ts';
import type { RelocTable } from '../input/object-file.ts';

/**
 * Applies relocations `from` to `to` of object `o` to `bytes`, where the input byte at position `inputBase` of the object
 * lies at `outputBase`; `address` is the address of that byte in memory (data only).
 */
export function applyRelocations(
  indexed: Indexed,
  o: number,
  relocs: RelocTable,
  from: number,
  to: number,
  bytes: Uint8Array,
  inputBase: number,
  outputBase: number,
  address: number,
): void {
  for (let r = from; r < to; r++) {
    const { encoding } = RELOCATIONS[relocs.type[r]!]!;
    const offset = relocs.at[r]! - inputBase;
    patchRelocation(bytes, outputBase + offset, encoding, relocationValue(indexed, o, relocs, r, address + offset));
  }
}

/** Value of relocation `r`; `place` is the address of the patched bytes. */
export function relocationValue(indexed: Indexed, o: number, relocs: RelocTable, r: number, place: number): number {
  const { placed } = indexed;
  const { symbols } = placed.live;
  const { value } = RELOCATIONS[relocs.type[r]!]!;
  const index = relocs.index[r]!;
  const target = value === 'type_index' ? 0 : symbols.symbolTarget[o]![index]!;
  switch (value) {
    case 'function_index':
      return known(indexed.funcIndex[target]!);
    case 'table_slot':
      return indexed.table.slotOf[target]!;
    case 'table_slot_rel':
      // An address that is null stays null, it does not become a slot before the table base.
      return Math.max(0, indexed.table.slotOf[target]! - indexed.table.base);
    case 'memory_address':
    case 'memory_address_rel':
      return addressOf(placed, target, symbols.symbolOffset[o]![index]!, relocs.addend[r]!);
    case 'memory_address_pc':
      return addressOf(placed, target, symbols.symbolOffset[o]![index]!, relocs.addend[r]!) - place;
    case 'memory_address_tls': {
      if (target === Target.null) return 0;
      const start = placed.memory.tls?.start ?? 0;
      return addressOf(placed, target, symbols.symbolOffset[o]![index]!, relocs.addend[r]!) - start;
    }
    case 'type_index':
      return known(indexed.objectTypes[o]![index]!);
    case 'global_index':
      return known(globalIndexOf(indexed, o, index, target));
    case 'table_number':
      return known(indexed.tableIndex[target]!);
    case 'tag_index':
      return known(indexed.tagIndex[target]!);
    case 'function_offset':
    case 'section_offset':
      assert(false, 'the reader lets no such relocation into code or data');
    default:
      return unreachable(value, 'relocation value');
  }
}

/** Output index of the global that a symbol is, or of the one that holds its address. */
function globalIndexOf(indexed: Indexed, o: number, symbol: number, target: number): number {
  const { symbols, addressGlobalPosition } = indexed.placed.live;
  const { kind } = symbols.table.objects[o]!.symbols[symbol]!;
  if (kind === SymbolKind.global) return indexed.globalIndex[target]!;
  const host = hostAddressGlobal(symbols, kind, target);
  if (host >= 0) return indexed.globalIndex[host]!;
  const position = addressGlobalPosition.get(addressGlobalKey(kind, target, symbols.symbolOffset[o]![symbol]!));
  return position === undefined ? -1 : indexed.addressGlobalBase + position;
}

function known(index: number): number {
  assert(index >= 0, 'a relocation reaches something that is not in the output');
  return index;
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
  const { navTarget, navOffset } = placed.live.symbols;
  const target = fixups[i + 2]!;
  const addend = fixups[i + 3]! | 0;
  switch (fixups[i + 1]) {
    case FixupKind.nav:
      return addressOf(placed, navTarget[target]!, navOffset[target]!, addend);
    case FixupKind.uav:
      return uavAddressOf(placed, target as IpIndex, addend);
    default:
      return indexed.table.slotOf[navTarget[target]!]!;
  }
}

/** The sink of an executable: minimal LEBs of final numbers. */
export class ExecutableSink implements SymbolSink {
  readonly addressConst: number;
  readonly wrapsSlots: boolean;
  readonly errorsLen = 1;
  readonly #is64: boolean;
  readonly #indexed: Indexed;
  readonly #navTarget: Int32Array;
  readonly #navOffset: Float64Array;

  constructor(indexed: Indexed) {
    const { is64, isTable64 } = indexed.placed.live.symbols.table;
    this.addressConst = is64 ? OP.i64_const : OP.i32_const;
    this.wrapsSlots = is64 && !isTable64;
    this.#is64 = is64;
    this.#indexed = indexed;
    this.#navTarget = indexed.placed.live.symbols.navTarget;
    this.#navOffset = indexed.placed.live.symbols.navOffset;
  }

  stackPointer(out: ByteWriter): void {
    out.uleb(known(this.#indexed.globalIndex[STACK_POINTER]!));
  }

  navCall(out: ByteWriter, nav: NavIndex): void {
    out.uleb(known(this.#indexed.funcIndex[this.#navTarget[nav]!]!));
  }

  intrinsicCall(out: ByteWriter, row: number): void {
    out.uleb(known(this.#indexed.funcIndex[intrinsicTarget(this.#indexed.placed.live.symbols, row)]!));
  }

  tagNameCall(): void {
    assert(false, 'no enum types yet, so no tag names');
  }

  indirectCall(out: ByteWriter, fnType: IpIndex): void {
    const { state } = this.#indexed.placed.live.symbols.table;
    out.uleb(this.#indexed.typeIndex.get(state!.signature(fnType))!);
    out.uleb(known(this.#indexed.tableIndex[0]!));
  }

  functionSlot(out: ByteWriter, nav: NavIndex): void {
    out.sleb(this.#indexed.table.slotOf[this.#navTarget[nav]!]!);
  }

  navAddress(out: ByteWriter, nav: NavIndex, offset: number): void {
    this.#address(out, addressOf(this.#indexed.placed, this.#navTarget[nav]!, this.#navOffset[nav]!, offset));
  }

  uavAddress(out: ByteWriter, value: IpIndex, offset: number): void {
    this.#address(out, uavAddressOf(this.#indexed.placed, value, offset));
  }

  #address(out: ByteWriter, address: number): void {
    if (this.#is64) out.sleb64(address | 0, Math.floor(address / 0x1_0000_0000));
    else out.sleb(address);
  }

  errorNameTable(): void {
    assert(false, 'no error types yet, so no error names');
  }
}
