/**
 * Entries of `.debug_info` as DWARF 4 shapes them (sections 7.5 and 7.6): the table of abbreviations as data, and the bytes of
 * locations (section 2.5, and DW_OP_WASM_location of "DWARF for WebAssembly").
 */
import { VariablePlace } from '../../mir/variables.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';
import type { DebugVariable } from './debug-scopes.ts';

// DWARF 4, figures 18 to 21.
const TAG = {
  array_type: 0x01,
  enumeration_type: 0x04,
  formal_parameter: 0x05,
  lexical_block: 0x0b,
  member: 0x0d,
  pointer_type: 0x0f,
  compile_unit: 0x11,
  structure_type: 0x13,
  inlined_subroutine: 0x1d,
  subrange_type: 0x21,
  base_type: 0x24,
  enumerator: 0x28,
  subprogram: 0x2e,
  variable: 0x34,
  unspecified_type: 0x3b,
} as const;
const AT = {
  location: 0x02,
  name: 0x03,
  byte_size: 0x0b,
  bit_size: 0x0d,
  stmt_list: 0x10,
  low_pc: 0x11,
  high_pc: 0x12,
  language: 0x13,
  const_value: 0x1c,
  inline: 0x20,
  producer: 0x25,
  abstract_origin: 0x31,
  count: 0x37,
  data_member_location: 0x38,
  encoding: 0x3e,
  frame_base: 0x40,
  type: 0x49,
  ranges: 0x55,
  call_column: 0x57,
  call_file: 0x58,
  call_line: 0x59,
} as const;
const FORM = {
  addr: 0x01,
  data2: 0x05,
  data4: 0x06,
  data1: 0x0b,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  ref4: 0x13,
  sec_offset: 0x17,
  exprloc: 0x18,
} as const;

type Attribute = readonly [name: keyof typeof AT, form: keyof typeof FORM];
type Shape = readonly [tag: keyof typeof TAG, hasChildren: boolean, ...attributes: Attribute[]];

const NAMED: Attribute = ['name', 'strp'];
const TYPED: Attribute = ['type', 'ref4'];
const SIZED: Attribute = ['byte_size', 'udata'];
const CODE: readonly Attribute[] = [
  ['low_pc', 'addr'],
  ['high_pc', 'data4'],
];

/** Shapes of entries; the attributes are written in this order. */
const SHAPES = {
  unit: [
    'compile_unit',
    true,
    ['producer', 'strp'],
    ['language', 'data2'],
    NAMED,
    ['stmt_list', 'sec_offset'],
    ['low_pc', 'addr'],
    ['ranges', 'sec_offset'],
  ],
  function: ['subprogram', false, ...CODE, NAMED],
  functionOfLocals: ['subprogram', true, ...CODE, NAMED],
  functionWithFrame: ['subprogram', true, ...CODE, NAMED, ['frame_base', 'exprloc']],
  abstractFunction: ['subprogram', false, NAMED, ['inline', 'data1']],
  block: ['lexical_block', true, ...CODE],
  inlined: ['inlined_subroutine', true, ['abstract_origin', 'ref4'], ...CODE],
  inlinedAt: [
    'inlined_subroutine',
    true,
    ['abstract_origin', 'ref4'],
    ...CODE,
    ['call_file', 'data1'],
    ['call_line', 'udata'],
    ['call_column', 'udata'],
  ],
  variable: ['variable', false, NAMED, TYPED],
  variableAt: ['variable', false, NAMED, TYPED, ['location', 'exprloc']],
  variableIn: ['variable', false, NAMED, TYPED, ['location', 'sec_offset']],
  argument: ['formal_parameter', false, NAMED, TYPED],
  argumentAt: ['formal_parameter', false, NAMED, TYPED, ['location', 'exprloc']],
  argumentIn: ['formal_parameter', false, NAMED, TYPED, ['location', 'sec_offset']],
  base: ['base_type', false, NAMED, ['encoding', 'data1'], SIZED],
  baseOfBits: ['base_type', false, NAMED, ['encoding', 'data1'], SIZED, ['bit_size', 'udata']],
  pointer: ['pointer_type', false, TYPED, SIZED],
  pointerToCode: ['pointer_type', false, SIZED],
  struct: ['structure_type', true, NAMED, SIZED],
  opaque: ['structure_type', false, NAMED, SIZED],
  member: ['member', false, NAMED, TYPED, ['data_member_location', 'udata']],
  array: ['array_type', true, TYPED],
  length: ['subrange_type', false, ['count', 'udata']],
  enumeration: ['enumeration_type', true, NAMED, SIZED],
  enumerator: ['enumerator', false, NAMED, ['const_value', 'sdata']],
  unspecified: ['unspecified_type', false, NAMED],
} as const satisfies Readonly<Record<string, Shape>>;
export type ShapeName = keyof typeof SHAPES;

const NAMES = Object.keys(SHAPES) as ShapeName[];

/** Code of each shape. */
export const SHAPE_CODE = Object.fromEntries(NAMES.map((name, n) => [name, n + 1])) as Readonly<
  Record<ShapeName, number>
>;

/** What entries look like. */
export function abbreviations(): Uint8Array {
  const out = new ByteWriter(256);
  for (const name of NAMES) {
    const [tag, hasChildren, ...attributes]: Shape = SHAPES[name];
    out.uleb(SHAPE_CODE[name]);
    out.uleb(TAG[tag]);
    out.u8(hasChildren ? 1 : 0);
    for (const [attribute, form] of attributes) {
      out.uleb(AT[attribute]);
      out.uleb(FORM[form]);
    }
    out.uleb(0);
    out.uleb(0);
  }
  out.uleb(0);
  return out.toBytes();
}

const OP = { plus_uconst: 0x23, fbreg: 0x91, implicit_value: 0x9e, stack_value: 0x9f, wasm_location: 0xed } as const;
/** Kind of a location of wasm: a local. */
const WASM_LOCAL = 0;

function pushLocal(out: ByteWriter, index: number): void {
  out.u8(OP.wasm_location);
  out.u8(WASM_LOCAL);
  out.uleb(index);
}

function pushLocalPlus(out: ByteWriter, index: number, bytes: number): void {
  pushLocal(out, index);
  if (bytes === 0) return;
  out.u8(OP.plus_uconst);
  out.uleb(bytes);
}

/** The address in a local: where the frame begins. */
export function frameBase(local: number): Uint8Array {
  const out = new ByteWriter(8);
  pushLocal(out, local);
  out.u8(OP.stack_value);
  return out.toBytes();
}

/** Where a variable of `size` bytes is. */
export function locationOf({ place, a, b }: DebugVariable, size: number): Uint8Array {
  const out = new ByteWriter(16);
  switch (place) {
    case VariablePlace.none:
      break;
    case VariablePlace.local:
      pushLocal(out, a);
      out.u8(OP.stack_value);
      break;
    case VariablePlace.address:
      pushLocalPlus(out, a, b);
      out.u8(OP.stack_value);
      break;
    case VariablePlace.memory:
      pushLocalPlus(out, a, b);
      break;
    case VariablePlace.frame:
    case VariablePlace.frame_address:
      out.u8(OP.fbreg);
      out.sleb(a);
      if (place === VariablePlace.frame_address) out.u8(OP.stack_value);
      break;
    case VariablePlace.constant: {
      const bytes = new ByteWriter(8);
      bytes.u64(a, b);
      out.u8(OP.implicit_value);
      out.uleb(Math.min(size, 8));
      out.append(bytes.toBytes().subarray(0, Math.min(size, 8)));
      break;
    }
  }
  return out.toBytes();
}
