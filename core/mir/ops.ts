/**
 * The tags of MIR instructions and what operand each one carries.
 *
 * Owns the numbering. A tag whose operand kind is a plain wasm immediate (or none) has the number of its wasm opcode, so
 * that emit can copy it; symbolic and pseudo instructions occupy numbers that are free among the opcodes MIR uses.
 * There is no `if`, `else`, `nop` and no `global.get`: the prologue is not MIR. Knows nothing of encoding.
 */

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
  drop: 0x1a,
  select: 0x1b,
  local_get: 0x20,
  local_set: 0x21,
  local_tee: 0x22,
  /** Pops an address into the stack pointer. */
  global_set_sp: 0x23,
  i32_load: 0x28,
  i64_load: 0x29,
  f32_load: 0x2a,
  f64_load: 0x2b,
  i32_load8_s: 0x2c,
  i32_load8_u: 0x2d,
  i32_load16_s: 0x2e,
  i32_load16_u: 0x2f,
  i64_load8_s: 0x30,
  i64_load8_u: 0x31,
  i64_load16_s: 0x32,
  i64_load16_u: 0x33,
  i64_load32_s: 0x34,
  i64_load32_u: 0x35,
  i32_store: 0x36,
  i64_store: 0x37,
  f32_store: 0x38,
  f64_store: 0x39,
  i32_store8: 0x3a,
  i32_store16: 0x3b,
  i64_store8: 0x3c,
  i64_store16: 0x3d,
  i64_store32: 0x3e,
  memory_size: 0x3f,
  memory_grow: 0x40,
  i32_const: 0x41,
  i64_const: 0x42,
  f32_const: 0x43,
  f64_const: 0x44,
  i32_eqz: 0x45,
  i32_eq: 0x46,
  i32_ne: 0x47,
  i32_lt_s: 0x48,
  i32_lt_u: 0x49,
  i32_gt_s: 0x4a,
  i32_gt_u: 0x4b,
  i32_le_s: 0x4c,
  i32_le_u: 0x4d,
  i32_ge_s: 0x4e,
  i32_ge_u: 0x4f,
  i64_eqz: 0x50,
  i64_eq: 0x51,
  i64_ne: 0x52,
  i64_lt_s: 0x53,
  i64_lt_u: 0x54,
  i64_gt_s: 0x55,
  i64_gt_u: 0x56,
  i64_le_s: 0x57,
  i64_le_u: 0x58,
  i64_ge_s: 0x59,
  i64_ge_u: 0x5a,
  f32_eq: 0x5b,
  f32_ne: 0x5c,
  f32_lt: 0x5d,
  f32_gt: 0x5e,
  f32_le: 0x5f,
  f32_ge: 0x60,
  f64_eq: 0x61,
  f64_ne: 0x62,
  f64_lt: 0x63,
  f64_gt: 0x64,
  f64_le: 0x65,
  f64_ge: 0x66,
  i32_clz: 0x67,
  i32_ctz: 0x68,
  i32_popcnt: 0x69,
  i32_add: 0x6a,
  i32_sub: 0x6b,
  i32_mul: 0x6c,
  i32_div_s: 0x6d,
  i32_div_u: 0x6e,
  i32_rem_s: 0x6f,
  i32_rem_u: 0x70,
  i32_and: 0x71,
  i32_or: 0x72,
  i32_xor: 0x73,
  i32_shl: 0x74,
  i32_shr_s: 0x75,
  i32_shr_u: 0x76,
  i32_rotl: 0x77,
  i32_rotr: 0x78,
  i64_clz: 0x79,
  i64_ctz: 0x7a,
  i64_popcnt: 0x7b,
  i64_add: 0x7c,
  i64_sub: 0x7d,
  i64_mul: 0x7e,
  i64_div_s: 0x7f,
  i64_div_u: 0x80,
  i64_rem_s: 0x81,
  i64_rem_u: 0x82,
  i64_and: 0x83,
  i64_or: 0x84,
  i64_xor: 0x85,
  i64_shl: 0x86,
  i64_shr_s: 0x87,
  i64_shr_u: 0x88,
  i64_rotl: 0x89,
  i64_rotr: 0x8a,
  f32_abs: 0x8b,
  f32_neg: 0x8c,
  f32_ceil: 0x8d,
  f32_floor: 0x8e,
  f32_trunc: 0x8f,
  f32_nearest: 0x90,
  f32_sqrt: 0x91,
  f32_add: 0x92,
  f32_sub: 0x93,
  f32_mul: 0x94,
  f32_div: 0x95,
  f32_min: 0x96,
  f32_max: 0x97,
  f32_copysign: 0x98,
  f64_abs: 0x99,
  f64_neg: 0x9a,
  f64_ceil: 0x9b,
  f64_floor: 0x9c,
  f64_trunc: 0x9d,
  f64_nearest: 0x9e,
  f64_sqrt: 0x9f,
  f64_add: 0xa0,
  f64_sub: 0xa1,
  f64_mul: 0xa2,
  f64_div: 0xa3,
  f64_min: 0xa4,
  f64_max: 0xa5,
  f64_copysign: 0xa6,
  i32_wrap_i64: 0xa7,
  i32_trunc_f32_s: 0xa8,
  i32_trunc_f32_u: 0xa9,
  i32_trunc_f64_s: 0xaa,
  i32_trunc_f64_u: 0xab,
  i64_extend_i32_s: 0xac,
  i64_extend_i32_u: 0xad,
  i64_trunc_f32_s: 0xae,
  i64_trunc_f32_u: 0xaf,
  i64_trunc_f64_s: 0xb0,
  i64_trunc_f64_u: 0xb1,
  f32_convert_i32_s: 0xb2,
  f32_convert_i32_u: 0xb3,
  f32_convert_i64_s: 0xb4,
  f32_convert_i64_u: 0xb5,
  f32_demote_f64: 0xb6,
  f64_convert_i32_s: 0xb7,
  f64_convert_i32_u: 0xb8,
  f64_convert_i64_s: 0xb9,
  f64_convert_i64_u: 0xba,
  f64_promote_f32: 0xbb,
  i32_reinterpret_f32: 0xbc,
  i64_reinterpret_f64: 0xbd,
  f32_reinterpret_i32: 0xbe,
  f64_reinterpret_i64: 0xbf,
  i32_extend8_s: 0xc0,
  i32_extend16_s: 0xc1,
  i64_extend8_s: 0xc2,
  i64_extend16_s: 0xc3,
  i64_extend32_s: 0xc4,
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
  /** No such instruction. */
  invalid: 255,
} as const;
export type MirOperand = (typeof MirOperand)[keyof typeof MirOperand];

/** Instructions whose data word is used; all others carry none. */
const OPERANDS: { readonly [Name in MirTagName]?: MirOperand } = {
  block: MirOperand.block_type,
  loop: MirOperand.block_type,
  uav_ref: MirOperand.value,
  uav_ref_off: MirOperand.value_offset,
  nav_ref: MirOperand.nav,
  nav_ref_off: MirOperand.nav_offset,
  func_ref: MirOperand.nav,
  dbg_line: MirOperand.position,
  br: MirOperand.label,
  br_if: MirOperand.label,
  br_table: MirOperand.jump_table,
  call_nav: MirOperand.nav,
  call_indirect: MirOperand.fn_type,
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
