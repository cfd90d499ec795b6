/**
 * Text dump of a Mir, for people: one line per instruction, then the summaries.
 *
 * Read-only and not parsed by anything. Knows the MIR tables; names of navs, values and types come from the caller, and
 * are shown as plain numbers without one. Invariant: the text depends on the Mir and the names only.
 */
import { ATOMIC_OP, MISC_OP, SIMD_OP } from '../wasm/opcodes.ts';
import { SIMD_PLAIN_OP } from '../wasm/simd-opcodes.ts';
import { valTypeName } from '../wasm/kinds.ts';
import { INTRINSICS } from './intrinsics.ts';
import type { Mir } from './mir.ts';
import { hasFrame, NAV_WORDS, UAV_WORDS } from './mir.ts';
import { MIR_NAMES, MIR_OPERAND, MirOperand, MirTag } from './ops.ts';
import { PLACE_NAMES, PLACE_WORDS, VARIABLE, VARIABLE_NAMES, variableAt } from './variables.ts';

/** How to spell the ids inside a Mir; each entry is optional. */
export interface MirNames {
  readonly nav?: (nav: number) => string;
  readonly value?: (value: number) => string;
  readonly type?: (type: number) => string;
}

const float = new DataView(new ArrayBuffer(8));

/** The dump; `title` is the function's name. Ends with a newline. */
export function printMir(mir: Mir, title: string, names: MirNames = {}): string {
  const nav = names.nav ?? ((n: number) => `nav#${String(n)}`);
  const value = names.value ?? ((n: number) => `value#${String(n)}`);
  const type = names.type ?? ((n: number) => `type#${String(n)}`);
  const lines = [`mir ${title}`];
  const { prologue } = mir;
  if (hasFrame(prologue)) {
    const align = 2 ** prologue.stackAlignLog2;
    const { stackSize, spLocal, bottomLocal } = prologue;
    lines.push(`  frame size=${stackSize} align=${align} saved=${spLocal} bottom=${bottomLocal}`);
  }
  if (mir.locals.length > 0) lines.push(`  locals ${[...mir.locals].map(valTypeName).join(' ')}`);
  let depth = 1;
  for (let i = 0; i < mir.tags.length; i++) {
    const tag = mir.tags[i]!;
    if (tag === MirTag.end) depth = Math.max(0, depth - 1);
    const operand = printOperand(mir, i, nav, value, type);
    const text = operand === '' ? MIR_NAMES[tag]! : `${MIR_NAMES[tag]!} ${operand}`;
    lines.push(`${String(i).padStart(6)}  ${'  '.repeat(depth)}${text}`);
    if (tag === MirTag.block || tag === MirTag.loop || tag === MirTag.if) depth++;
  }
  for (let i = 0; i < mir.uavs.length; i += UAV_WORDS) {
    const align = mir.uavs[i + 1]!;
    const suffix = align === 0 ? '' : ` align=${align}`;
    lines.push(`  uav ${value(mir.uavs[i]!)} uses=${mir.uavs[i + 2]!}${suffix}`);
  }
  for (let i = 0; i < mir.navs.length; i += NAV_WORDS)
    lines.push(`  nav ${nav(mir.navs[i]!)} uses=${mir.navs[i + 1]!}`);
  for (const n of mir.indirectFunctionSet) lines.push(`  slot ${nav(n)}`);
  for (const n of mir.funcTypes) lines.push(`  type ${type(n)}`);
  for (const n of mir.intrinsics) lines.push(`  intrinsic ${INTRINSICS[n]?.name ?? String(n)}`);
  if (mir.errorNameTableRefCount > 0) lines.push(`  error names uses=${mir.errorNameTableRefCount}`);
  return `${lines.join('\n')}\n`;
}

type Namer = (n: number) => string;

function printOperand(mir: Mir, i: number, nav: Namer, value: Namer, type: Namer): string {
  const word = mir.data[i]!;
  const extra = mir.extra;
  switch (MIR_OPERAND[mir.tags[i]!]) {
    case MirOperand.label:
    case MirOperand.local:
    case MirOperand.memory:
      return String(word);
    case MirOperand.block_type:
      return word === 0x40 ? '' : valTypeName(word);
    case MirOperand.i32:
      return String(word | 0);
    case MirOperand.f32:
      float.setUint32(0, word);
      return `${String(float.getFloat32(0))} 0x${word.toString(16).padStart(8, '0')}`;
    case MirOperand.i64:
      return String(BigInt.asIntN(64, (BigInt(extra[word + 1]!) << 32n) | BigInt(extra[word]!)));
    case MirOperand.f64: {
      float.setUint32(0, extra[word + 1]!);
      float.setUint32(4, extra[word]!);
      const bits = extra[word + 1]!.toString(16).padStart(8, '0') + extra[word]!.toString(16).padStart(8, '0');
      return `${String(float.getFloat64(0))} 0x${bits}`;
    }
    case MirOperand.memarg:
      return memArg(extra, word);
    case MirOperand.jump_table:
      return [...extra.subarray(word + 1, word + 1 + extra[word]!)].join(' ');
    case MirOperand.value:
      return value(word);
    case MirOperand.value_offset:
      return `${value(extra[word]!)} ${signed(extra[word + 1]!)}`;
    case MirOperand.nav:
      return nav(word);
    case MirOperand.nav_offset:
      return `${nav(extra[word]!)} ${signed(extra[word + 1]!)}`;
    case MirOperand.fn_type:
    case MirOperand.enum_type:
      return type(word);
    case MirOperand.intrinsic:
      return INTRINSICS[word]?.name ?? String(word);
    case MirOperand.position:
      return `${extra[word]!}:${extra[word + 1]!}`;
    case MirOperand.variable:
      return variableText(extra, word, type);
    case MirOperand.mark:
      return markText(mir.tags[i]!, word, nav);
    case MirOperand.misc: {
      const op = extra[word]!;
      const hasSegment = op === MISC_OP.memory_init || op === MISC_OP.data_drop;
      return opName(MISC_OP, op) + (hasSegment ? ` ${extra[word + 1]!}` : '');
    }
    case MirOperand.simd:
      return simdText(extra, word);
    case MirOperand.atomic: {
      const op = extra[word]!;
      return op === ATOMIC_OP.atomic_fence
        ? opName(ATOMIC_OP, op)
        : `${opName(ATOMIC_OP, op)} ${memArg(extra, word + 1)}`;
    }
    default:
      return '';
  }
}

function variableText(extra: Uint32Array, at: number, type: Namer): string {
  const { kind, place, a, b, ty, name } = variableAt(extra, at);
  const key = extra[at + VARIABLE.key]! === 0 ? '' : ` key=${extra[at + VARIABLE.key]! - 1}`;
  const where = `${PLACE_NAMES[place]!}${PLACE_WORDS[place]! > 0 ? ` ${a}` : ''}${PLACE_WORDS[place]! > 1 ? ` ${b | 0}` : ''}`;
  return `${VARIABLE_NAMES[kind]!} ${JSON.stringify(new TextDecoder().decode(name))} ${type(ty)} ${where}${key}`;
}

function markText(tag: number, word: number, nav: Namer): string {
  if (tag === MirTag.dbg_set) return `key=${word - 1}`;
  return tag === MirTag.dbg_scope && word > 0 ? nav(word - 1) : '';
}

/** The name and the immediates of a SIMD instruction. */
function simdText(extra: Uint32Array, at: number): string {
  const op = extra[at]!;
  const name = opName({ ...SIMD_OP, ...SIMD_PLAIN_OP }, op);
  if (op === SIMD_OP.v128_load || op === SIMD_OP.v128_store) return `${name} ${memArg(extra, at + 1)}`;
  if (op === SIMD_OP.v128_const || op === SIMD_OP.i8x16_shuffle) {
    const words = Array.from(extra.subarray(at + 1, at + 5), (word) => `0x${word.toString(16).padStart(8, '0')}`);
    return `${name} ${words.join(' ')}`;
  }
  const hasLane = op >= SIMD_OP.i8x16_extract_lane_s && op <= SIMD_OP.f64x2_replace_lane;
  return hasLane ? `${name} ${extra[at + 1]!}` : name;
}

function memArg(extra: Uint32Array, at: number): string {
  return `offset=${extra[at]!} align=${extra[at + 1]!}`;
}

function signed(word: number): string {
  return (word | 0) < 0 ? String(word | 0) : `+${String(word | 0)}`;
}

function opName(table: Readonly<Record<string, number>>, op: number): string {
  for (const [name, value] of Object.entries(table)) if (value === op) return name;
  return `0x${op.toString(16)}`;
}
