/**
 * MIR to the bytes of a function body.
 *
 * One code path for executables and objects: whatever depends on the final layout goes through the SymbolSink, which
 * decides between the minimal LEB of a final number and a padded LEB with a relocation. Owns the encoding of everything
 * else (wasm core spec 5.4). Must not know how symbols are numbered. Invariant: the body starts at position 0 of `out`,
 * so a position in `out` is the body-relative offset that relocations are recorded with; the size prefix is not part of it.
 */
import type { IpIndex, NavIndex } from '../intern/keys.ts';
import { assert } from '../support/assert.ts';
import { markLayer } from '../support/layer-mark.ts';
import { log2Exact, alignForward } from '../support/numeric.ts';
import { ByteWriter } from '../wasm/byte-writer.ts';
import { ATOMIC_OP, MISC_OP, OP, SIMD_OP } from '../wasm/opcodes.ts';
import type { IntrinsicIndex } from './intrinsics.ts';
import type { MirCode, Prologue } from './mir.ts';
import { hasFrame } from './mir.ts';
import { MIR_OPERAND, MirOperand, MirTag } from './ops.ts';

/**
 * Where the numbers of symbols come from. Each method appends the immediate of one instruction to `out`, whose length is
 * the body-relative offset of that immediate; the opcode has been written. Constants use signed LEBs, indexes unsigned.
 */
export interface SymbolSink {
  /** Opcode that pushes an address: i32.const, or i64.const for 64-bit memories. */
  readonly addressConst: number;
  /** Slots are 64 bits wide and the table is not: a call through it has to wrap the slot. */
  readonly wrapsSlots: boolean;
  /** 1 + number of error names of the program. */
  readonly errorsLen: number;
  /** Immediate of global.get and global.set of the stack pointer. */
  stackPointer(out: ByteWriter): void;
  /** Immediate of global.get of the base of thread-local data. */
  tlsBase(out: ByteWriter): void;
  /** Where a thread-local nav lies behind that base. */
  navTlsOffset(out: ByteWriter, nav: NavIndex): void;
  /** Function index of a nav, for `call`. */
  navCall(out: ByteWriter, nav: NavIndex): void;
  /** Function index of a row of INTRINSICS, for `call`. */
  intrinsicCall(out: ByteWriter, row: IntrinsicIndex): void;
  /** Function index of the tag-name function of an enum, for `call`. */
  tagNameCall(out: ByteWriter, enumType: IpIndex): void;
  /** Type index and table index of `call_indirect`. */
  indirectCall(out: ByteWriter, fnType: IpIndex): void;
  /** Table slot of a function nav. */
  functionSlot(out: ByteWriter, nav: NavIndex): void;
  /** Address of a data nav plus `offset`. */
  navAddress(out: ByteWriter, nav: NavIndex, offset: number): void;
  /** Address of a constant plus `offset`. */
  uavAddress(out: ByteWriter, value: IpIndex, offset: number): void;
  /** Address of the error name table. */
  errorNameTable(out: ByteWriter): void;
}

/** Where code of a body comes from: three numbers each, the offset in the body ascending, line and column. */
export class Positions {
  readonly rows: number[] = [];
  /** Where each instruction of MIR begins. */
  readonly starts: number[] = [];

  /** What follows from byte `offset` of the body on comes from there. Of several at one place the last counts. */
  add(offset: number, line: number, column: number): void {
    if (this.rows.at(-3) === offset) this.rows.length -= 3;
    this.rows.push(offset, line, column);
  }
}

/** Appends the body of `code` to `out`, which must be empty: locals, prologue, instructions. */
export function emitBody(code: MirCode, out: ByteWriter, sink: SymbolSink, positions: Positions | null = null): void {
  assert(out.length === 0, 'a body starts at position 0');
  try {
    emitAll(code, out, sink, positions);
  } catch (error) {
    throw markLayer(error, isSinkAtFault(code, sink) ? 'linker' : 'emit');
  }
}

function emitAll(code: MirCode, out: ByteWriter, sink: SymbolSink, positions: Positions | null): void {
  emitLocals(code, out);
  if (hasFrame(code.prologue)) emitPrologue(code.prologue, out, sink);
  emitInstructions(code, out, sink, positions);
}

/** Whether a body that could not be emitted can be, once nothing is asked of the sink. */
function isSinkAtFault(code: MirCode, { addressConst, wrapsSlots, errorsLen }: SymbolSink): boolean {
  const nothing = (): void => undefined;
  try {
    const numberless = {
      addressConst,
      wrapsSlots,
      errorsLen,
      stackPointer: nothing,
      tlsBase: nothing,
      navTlsOffset: nothing,
      navCall: nothing,
      intrinsicCall: nothing,
      tagNameCall: nothing,
      indirectCall: nothing,
      functionSlot: nothing,
      navAddress: nothing,
      uavAddress: nothing,
      errorNameTable: nothing,
    };
    emitAll(code, new ByteWriter(), numberless, null);
    return true;
  } catch {
    return false;
  }
}

/** Runs of equal value types, wasm core spec 5.5.13. */
function emitLocals(code: MirCode, out: ByteWriter): void {
  const { locals, localsStart, localsEnd } = code;
  let runs = 0;
  for (let i = localsStart; i < localsEnd; i++) if (i === localsStart || locals[i] !== locals[i - 1]) runs++;
  out.uleb(runs);
  for (let i = localsStart; i < localsEnd;) {
    const type = locals[i]!;
    const runStart = i;
    while (i < localsEnd && locals[i] === type) i++;
    out.uleb(i - runStart);
    out.u8(type);
  }
}

/** Lowers the stack pointer by the frame size, rounds it down to the frame alignment, and keeps both ends in locals. */
function emitPrologue(prologue: Prologue, out: ByteWriter, sink: SymbolSink): void {
  const align = 2 ** prologue.stackAlignLog2;
  const { addressConst } = sink;
  const is64 = addressConst === OP.i64_const;
  out.u8(OP.global_get);
  sink.stackPointer(out);
  out.u8(OP.local_tee);
  out.uleb(prologue.spLocal);
  out.u8(addressConst);
  // A frame has less than 2^31 bytes, so the shortest form is the same in both widths.
  out.sleb(alignForward(prologue.stackSize, align));
  out.u8(is64 ? OP.i64_sub : OP.i32_sub);
  out.u8(addressConst);
  out.sleb(-align);
  out.u8(is64 ? OP.i64_and : OP.i32_and);
  out.u8(OP.local_tee);
  out.uleb(prologue.bottomLocal);
  out.u8(OP.global_set);
  sink.stackPointer(out);
}

function emitInstructions(code: MirCode, out: ByteWriter, sink: SymbolSink, positions: Positions | null): void {
  const { tags, data, start, extra, extraStart } = code;
  for (let i = start; ; i++) {
    const tag = tags[i]!;
    const word = data[i]!;
    positions?.starts.push(out.length);
    switch (MIR_OPERAND[tag]) {
      case MirOperand.none:
        if (tag === MirTag.dbg_epilogue_begin) return;
        emitPlain(tag, out, sink);
        break;
      case MirOperand.label:
      case MirOperand.local:
      case MirOperand.memory:
        out.u8Uleb(tag, word);
        break;
      case MirOperand.block_type:
        out.u8(tag === MirTag.if ? OP.if : tag);
        out.u8(word);
        break;
      case MirOperand.i32:
        out.u8Sleb(OP.i32_const, word);
        break;
      case MirOperand.f32:
        out.u8(OP.f32_const);
        out.u32(word);
        break;
      case MirOperand.i64:
        out.u8(OP.i64_const);
        out.sleb64(extra[extraStart + word]!, extra[extraStart + word + 1]!);
        break;
      case MirOperand.f64:
        out.u8(OP.f64_const);
        out.u64(extra[extraStart + word]!, extra[extraStart + word + 1]!);
        break;
      case MirOperand.memarg:
        out.u8(tag);
        emitMemArg(out, extra, extraStart + word);
        break;
      case MirOperand.jump_table:
        emitJumpTable(out, extra, extraStart + word);
        break;
      case MirOperand.misc:
        emitMisc(out, extra, extraStart + word);
        break;
      case MirOperand.simd:
        emitSimd(out, extra, extraStart + word);
        break;
      case MirOperand.atomic:
        emitAtomic(out, extra, extraStart + word);
        break;
      case MirOperand.position:
        positions?.add(out.length, extra[extraStart + word]!, extra[extraStart + word + 1]!);
        break;
      case MirOperand.variable:
      case MirOperand.mark:
        break;
      case MirOperand.value:
        out.u8(sink.addressConst);
        sink.uavAddress(out, word as IpIndex, 0);
        break;
      case MirOperand.value_offset:
        out.u8(sink.addressConst);
        sink.uavAddress(out, extra[extraStart + word]! as IpIndex, extra[extraStart + word + 1]! | 0);
        break;
      case MirOperand.nav_offset:
        out.u8(sink.addressConst);
        sink.navAddress(out, extra[extraStart + word]! as NavIndex, extra[extraStart + word + 1]! | 0);
        break;
      case MirOperand.nav:
        emitNav(tag, word as NavIndex, out, sink);
        break;
      case MirOperand.fn_type:
        if (sink.wrapsSlots) out.u8(OP.i32_wrap_i64);
        out.u8(tag === MirTag.call_indirect ? OP.call_indirect : OP.return_call_indirect);
        sink.indirectCall(out, word as IpIndex);
        break;
      case MirOperand.enum_type:
        out.u8(OP.call);
        sink.tagNameCall(out, word as IpIndex);
        break;
      case MirOperand.intrinsic:
        out.u8(OP.call);
        sink.intrinsicCall(out, word as IntrinsicIndex);
        break;
      default:
        assert(false, 'no such MIR instruction');
    }
  }
}

/** Instructions without an operand word: most are their own opcode. */
function emitPlain(tag: number, out: ByteWriter, sink: SymbolSink): void {
  switch (tag) {
    case MirTag.errors_len:
      out.u8(OP.i32_const);
      out.sleb(sink.errorsLen);
      return;
    case MirTag.error_name_table_ref:
      out.u8(sink.addressConst);
      sink.errorNameTable(out);
      return;
    case MirTag.tls_base:
      out.u8(OP.global_get);
      sink.tlsBase(out);
      return;
    case MirTag.global_set_sp:
      out.u8(OP.global_set);
      sink.stackPointer(out);
      return;
    default:
      out.u8(tag);
  }
}

function emitNav(tag: number, nav: NavIndex, out: ByteWriter, sink: SymbolSink): void {
  if (tag === MirTag.call_nav || tag === MirTag.return_call_nav) {
    out.u8(tag === MirTag.call_nav ? OP.call : OP.return_call);
    sink.navCall(out, nav);
  } else if (tag === MirTag.func_ref) {
    out.u8(sink.addressConst);
    sink.functionSlot(out, nav);
  } else if (tag === MirTag.nav_tls_ref) {
    out.u8(sink.addressConst);
    sink.navTlsOffset(out, nav);
  } else {
    out.u8(sink.addressConst);
    sink.navAddress(out, nav, 0);
  }
}

/** `at` is the index in `extra` of the byte offset, followed by the alignment in bytes. */
function emitMemArg(out: ByteWriter, extra: Uint32Array, at: number): void {
  out.uleb(log2Exact(extra[at + 1]!));
  out.uleb(extra[at]!);
}

function emitJumpTable(out: ByteWriter, extra: Uint32Array, at: number): void {
  const length = extra[at]!;
  out.u8(OP.br_table);
  out.uleb(length - 1);
  for (let i = 1; i <= length; i++) out.uleb(extra[at + i]!);
}

function emitMisc(out: ByteWriter, extra: Uint32Array, at: number): void {
  const op = extra[at]!;
  assert(op <= MISC_OP.memory_fill, 'table instructions have no MIR');
  out.u8(OP.prefix_misc);
  out.uleb(op);
  switch (op) {
    case MISC_OP.memory_init:
      out.uleb(extra[at + 1]!);
      out.u8(0);
      return;
    case MISC_OP.data_drop:
      out.uleb(extra[at + 1]!);
      return;
    case MISC_OP.memory_copy:
      out.u8(0);
      out.u8(0);
      return;
    case MISC_OP.memory_fill:
      out.u8(0);
      return;
  }
}

function emitSimd(out: ByteWriter, extra: Uint32Array, at: number): void {
  const op = extra[at]!;
  out.u8(OP.prefix_simd);
  out.uleb(op);
  if (op <= SIMD_OP.v128_store || op === SIMD_OP.v128_load32_zero || op === SIMD_OP.v128_load64_zero) {
    emitMemArg(out, extra, at + 1);
  } else if (op === SIMD_OP.v128_const || op === SIMD_OP.i8x16_shuffle) {
    for (let i = 1; i <= 4; i++) out.u32(extra[at + i]!);
  } else if (op >= SIMD_OP.i8x16_extract_lane_s && op <= SIMD_OP.f64x2_replace_lane) {
    out.u8(extra[at + 1]!);
  } else if (op >= SIMD_OP.v128_load8_lane && op <= SIMD_OP.v128_store64_lane) {
    emitMemArg(out, extra, at + 1);
    out.u8(extra[at + 3]!);
  }
}

function emitAtomic(out: ByteWriter, extra: Uint32Array, at: number): void {
  const op = extra[at]!;
  out.u8(OP.prefix_atomics);
  out.uleb(op);
  if (op === ATOMIC_OP.atomic_fence) out.u8(0);
  else emitMemArg(out, extra, at + 1);
}
