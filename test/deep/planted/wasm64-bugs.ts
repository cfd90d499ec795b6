/**
 * Mistakes that only programs with 64-bit addresses show, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: what a back end for 32-bit addresses gets wrong when it learns wider ones. `find` occurs exactly once
 * in its file.
 */
import type { BugFamily, PlantedBug } from './bugs.ts';

type Row = readonly [name: string, family: BugFamily, file: string, find: string, replace: string, mistake: string];

const ROWS: readonly Row[] = [
  [
    'usize-is-an-i32',
    'codegen',
    'abi.js',
    'case SimpleType.usize: case SimpleType.isize: return addressRep(pool);',
    'case SimpleType.usize: case SimpleType.isize: return Rep.i32;',
    'usize has 32 bits in code, whatever an address has',
  ],
  [
    'cast-truncated',
    'codegen',
    'casts.js',
    'f.finishAlias(inst, f.resolve(operand)); } /** fptrunc, fpext. */',
    'if (f.pool.isInt(fromTy) && f.pool.isInt(toTy) && to === 2 && f.pool.target.ptrBits === 64) { f.push(operand); f.mir.op(0xa7); f.mir.op(0xad); f.finishStack(inst, to); return; } f.finishAlias(inst, f.resolve(operand)); } /** fptrunc, fpext. */',
    'usize and other integers of its bits lose the upper half on the way into each other',
  ],
  [
    'slice-length-at-4',
    'codegen',
    'memory-access.js',
    'export function sliceLen(f) { return ptrSize(f.pool);',
    'export function sliceLen(f) { return 4;',
    'code looks for the length of a slice 4 bytes behind its pointer',
  ],
  [
    'slice-copied-by-words',
    'codegen',
    'memory-access.js',
    'const size = containerBits(rep) / 8; const known',
    'const size = 4; const known',
    'a slice is copied by its first eight bytes',
  ],
  [
    'count-is-a-condition',
    'codegen',
    'memory-blocks.js',
    'if (f.addressRep === Rep.i64) {',
    'if (false) {',
    'the count of a backward copy is used as a condition, which is an i32',
  ],
  [
    'frame-of-32-bits',
    'emit',
    'emit.js',
    'out.u8(is64 ? OP.i64_sub : OP.i32_sub);',
    'out.u8(OP.i32_sub);',
    'the prologue subtracts in 32 bits',
  ],
  [
    'frame-saved-in-an-i32',
    'codegen',
    'frame.js',
    'saved: this.#locals.append(this.#addressRep),',
    'saved: this.#locals.append(1),',
    'the local that keeps the stack pointer is too narrow',
  ],
  [
    'slots-are-not-wrapped',
    'emit',
    'emit.js',
    'if (sink.wrapsSlots) out.u8(OP.i32_wrap_i64);',
    '',
    'a call through the table takes a 64-bit slot where the table has 32-bit ones',
  ],
  [
    'wide-table-is-wrapped',
    'link',
    'relocate.js',
    'this.wrapsSlots = is64 && !isTable64;',
    'this.wrapsSlots = is64;',
    'a call through a table of 64-bit slots takes a 32-bit one',
  ],
  [
    'signature-with-narrow-pointers',
    'link',
    'signature.js',
    'return pool.target.ptrBits === 64 ? ValType.i64 : ValType.i32;',
    'return ValType.i32;',
    'addresses are i32 in signatures',
  ],
  [
    'runtime-with-narrow-pointers',
    'link',
    'intrinsics.js',
    "results === '' ? types.with(0, LETTERS['I']) : types",
    'types',
    'runtime functions take the address of their result as an i32',
  ],
  [
    'segment-at-an-i32',
    'link',
    'write-vectors.js',
    'if (!is64) { writeI32Const(out, value);',
    'if (!is64 || value < 0x20000) { writeI32Const(out, value);',
    'a data segment begins at an i32 constant if that is large enough',
  ],
  [
    'memory-without-the-flag',
    'link',
    'write-sections.js',
    'if (is64) flags |= LimitsFlag.is_64;',
    '',
    'the memory of the module has 32-bit addresses',
  ],
  [
    'addresses-with-a-sign',
    'link',
    'relocate.js',
    'out.sleb64(address | 0, Math.floor(address / 0x1_0000_0000));',
    'out.sleb64(address | 0, (address | 0) >> 31);',
    'an address from 2 GiB on is extended by its sign',
  ],
  [
    'upper-half-of-pointers-in-data',
    'link',
    'relocations.js',
    'writeWord(bytes, at + 4, Math.floor(value / 0x1_0000_0000));',
    'writeWord(bytes, at + 4, -1);',
    'the upper half of a pointer in data is all ones',
  ],
  [
    'undefined-pointers-of-4-bytes',
    'link',
    'lower-data.js',
    'lower(sink, IP.usize_type, pool.word(value, 2), at + ptrSize(pool));',
    'lower(sink, IP.usize_type, pool.word(value, 2), at + 4);',
    'the length of a slice in data lies 4 bytes behind its pointer',
  ],
  [
    'objects-with-a-narrow-stack-pointer',
    'object',
    'unit-object.js',
    'const valType = is64 ? ValType.i64 : ValType.i32;',
    'const valType = ValType.i32;',
    'objects import the stack pointer as an i32',
  ],
  [
    'objects-with-narrow-addresses',
    'object',
    'unit-bytes.js',
    'const type = this.#wide ? Reloc.MEMORY_ADDR_SLEB64 : Reloc.MEMORY_ADDR_SLEB;',
    'const type = Reloc.MEMORY_ADDR_SLEB;',
    'an address in the code of an object is relocated as five bytes of its ten',
  ],
  [
    'objects-with-narrow-slots',
    'object',
    'unit-bytes.js',
    'const type = this.#wide ? Reloc.TABLE_INDEX_SLEB64 : Reloc.TABLE_INDEX_SLEB;',
    'const type = Reloc.TABLE_INDEX_SLEB;',
    'a slot in the code of an object is relocated as five bytes of its ten',
  ],
  [
    'objects-forget-wide-slots',
    'object',
    'unit-bytes.js',
    'relocs.push(wide ? Reloc.TABLE_INDEX_I64 : Reloc.TABLE_INDEX_I32',
    'relocs.push(wide ? Reloc.MEMORY_ADDR_I64 : Reloc.TABLE_INDEX_I32',
    'a slot in the data of an object is relocated as the address of a function',
  ],
  [
    'sleb64-one-byte-too-long',
    'link',
    'relocations.js',
    'writePaddedSleb64(bytes, at, lo, Math.floor(value / 0x1_0000_0000));',
    'writePaddedSleb64(bytes, at, lo, Math.floor(value / 0x1_0000_0000)); bytes[at + 10] = 0;',
    'relocations of ten bytes write eleven',
  ],
];

/** Mistakes that only 64-bit addresses show. */
export const WASM64_BUGS: readonly PlantedBug[] = ROWS.map(([name, family, file, find, replace, mistake]) => {
  return { name, family, file, find, replace, mistake };
});
