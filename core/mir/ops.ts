/**
 * The tags of MIR instructions and what operand each one carries.
 *
 * Owns the numbering. A tag whose operand kind is a plain wasm immediate (or none) has the number of its wasm opcode, so
 * that emit can copy it; symbolic and pseudo instructions occupy numbers that are free among the opcodes MIR uses.
 * There is no `else`, `nop` and no `global.get`: the prologue is not MIR. Knows nothing of encoding.
 */
import { VALUE_OP } from '../wasm/opcodes.ts';

/** MIR tag numbers. */
export const MirTag = {
  unreachable: 0x00,
  /** Ends the list of instructions; emits nothing. */
  dbg_epilogue_begin: 0x01,
  block: 0x02,
  loop: 0x03,
  /** Address of an unnamed constant. */
  uav_ref: 0x04,
  /** Address of an unnamed constant plus a byte offset. */
  uav_ref_off: 0x05,
  /** Address of a data nav. */
  nav_ref: 0x06,
  /** Address of a data nav plus a byte offset. */
  nav_ref_off: 0x07,
  /** Table slot of a function nav. */
  func_ref: 0x08,
  /** Source position; emits nothing. */
  dbg_line: 0x09,
  /** 1 + number of error names. */
  errors_len: 0x0a,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  br_table: 0x0e,
  return: 0x0f,
  /** Address of the error name table. */
  error_name_table_ref: 0x10,
  call_nav: 0x11,
  call_indirect: 0x12,
  call_tag_name: 0x13,
  call_intrinsic: 0x14,
  return_call_nav: 0x15,
  return_call_indirect: 0x16,
  /** Address of the thread-local data of this thread. */
  tls_base: 0x17,
  /** Where a thread-local nav lies in that. */
  nav_tls_ref: 0x18,
  /** `if` without `else`. */
  if: 0x19,
  drop: 0x1a,
  select: 0x1b,
  /** A name of what is in a place; emits nothing, as the three that follow. */
  dbg_var: 0x1c,
  /** What debuggers know as the variable of this key has been set, by the instruction before. */
  dbg_set: 0x1d,
  /** Begins a lexical block, or an inlined function. */
  dbg_scope: 0x1e,
  dbg_scope_end: 0x1f,
  local_get: 0x20,
  local_set: 0x21,
  local_tee: 0x22,
  /** Pops an address into the stack pointer. */
  global_set_sp: 0x23,
  ...VALUE_OP,
  misc_prefix: 0xc5,
  simd_prefix: 0xc6,
  atomics_prefix: 0xfe,
} as const;

/** Mnemonic of a MIR instruction. */
export type MirTagName = keyof typeof MirTag;
/** Number of a MIR instruction. */
export type MirTag = (typeof MirTag)[MirTagName];

/** What the data word of an instruction means. */
export const MirOperand = {
  /** Unused, 0. */
  none: 0,
  /** Block type byte. */
  block_type: 1,
  /** Relative depth of a label. */
  label: 2,
  /** Index of a local, parameters first. */
  local: 3,
  /** Index of a memory. */
  memory: 4,
  /** i32 bit pattern. */
  i32: 5,
  /** f32 bit pattern. */
  f32: 6,
  /** Index into extra: low word, high word. */
  i64: 7,
  /** Index into extra: low word, high word of the bit pattern. */
  f64: 8,
  /** Index into extra: byte offset, alignment in bytes. */
  memarg: 9,
  /** Index into extra: length, then `length` labels of which the last is the default. */
  jump_table: 10,
  /** Interned value. */
  value: 11,
  /** Index into extra: interned value, byte offset (i32). */
  value_offset: 12,
  /** Nav. */
  nav: 13,
  /** Index into extra: nav, byte offset (i32). */
  nav_offset: 14,
  /** Interned function type. */
  fn_type: 15,
  /** Interned enum type. */
  enum_type: 16,
  /** Index into INTRINSICS. */
  intrinsic: 17,
  /** Index into extra: line, column. */
  position: 18,
  /** Index into extra: MISC_OP number, its immediates. */
  misc: 19,
  /** Index into extra: SIMD_OP number, then byte offset and alignment, or four words of bytes, or a lane. */
  simd: 20,
  /** Index into extra: ATOMIC_OP number, then byte offset and alignment. */
  atomic: 21,
  /** Index into extra: what is said of a variable (variables.ts). */
  variable: 22,
  /** Key of a variable; 1 + nav of an inlined function, 0 for a lexical block; nothing for the end of a scope. */
  mark: 23,
  /** No such instruction. */
  invalid: 255,
} as const;
export type MirOperand = (typeof MirOperand)[keyof typeof MirOperand];

/** Instructions whose data word is used; all others carry none. */
const OPERANDS: { readonly [Name in MirTagName]?: MirOperand } = {
  block: MirOperand.block_type,
  loop: MirOperand.block_type,
  if: MirOperand.block_type,
  uav_ref: MirOperand.value,
  uav_ref_off: MirOperand.value_offset,
  nav_ref: MirOperand.nav,
  nav_ref_off: MirOperand.nav_offset,
  func_ref: MirOperand.nav,
  nav_tls_ref: MirOperand.nav,
  dbg_line: MirOperand.position,
  dbg_var: MirOperand.variable,
  dbg_set: MirOperand.mark,
  dbg_scope: MirOperand.mark,
  dbg_scope_end: MirOperand.mark,
  br: MirOperand.label,
  br_if: MirOperand.label,
  br_table: MirOperand.jump_table,
  call_nav: MirOperand.nav,
  call_indirect: MirOperand.fn_type,
  return_call_nav: MirOperand.nav,
  return_call_indirect: MirOperand.fn_type,
  call_tag_name: MirOperand.enum_type,
  call_intrinsic: MirOperand.intrinsic,
  local_get: MirOperand.local,
  local_set: MirOperand.local,
  local_tee: MirOperand.local,
  memory_size: MirOperand.memory,
  memory_grow: MirOperand.memory,
  i32_const: MirOperand.i32,
  i64_const: MirOperand.i64,
  f32_const: MirOperand.f32,
  f64_const: MirOperand.f64,
  misc_prefix: MirOperand.misc,
  simd_prefix: MirOperand.simd,
  atomics_prefix: MirOperand.atomic,
};

/** Operand kind of each tag number; `invalid` for numbers that are no tag. */
export const MIR_OPERAND: Uint8Array = new Uint8Array(256).fill(MirOperand.invalid);
/** Mnemonic of each tag number; empty for numbers that are no tag. */
export const MIR_NAMES: readonly string[] = fillTables();

function fillTables(): string[] {
  const names = new Array<string>(256).fill('');
  for (const [name, tag] of Object.entries(MirTag)) {
    const isMemoryAccess = tag >= MirTag.i32_load && tag <= MirTag.i64_store32;
    MIR_OPERAND[tag] = isMemoryAccess ? MirOperand.memarg : (OPERANDS[name as MirTagName] ?? MirOperand.none);
    names[tag] = name;
  }
  return names;
}
