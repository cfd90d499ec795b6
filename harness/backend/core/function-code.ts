/**
 * MIR of core as the WebAssembly instructions that a function body must hold.
 *
 * Owns what each MIR instruction stands for. Written from the table of MIR (core/mir/ops.ts) and the core specification 5.4, and never
 * from core's encoder, which is judged with it: nothing is encoded here. What depends on the layout of the module stays open.
 */
import type { Mir } from '../../../core/index.ts';
import { hasFrame, MIR_NAMES, MIR_OPERAND, MirOperand, MirTag } from '../../../core/index.ts';
import type { CodeInstruction, FunctionCode } from '../door.ts';

/** What of the target decides how symbols are used. */
export interface CodeTarget {
  readonly ptrBits: 32 | 64;
  /** Slots of the function table are 64 bits wide. */
  readonly table64: boolean;
}

/** What is said to debuggers. */
const SAID: ReadonlySet<number> = new Set([MirOperand.position, MirOperand.variable, MirOperand.mark]);

const CALL = 0x10;
const CALL_INDIRECT = 0x11;
const RETURN_CALL = 0x12;
const RETURN_CALL_INDIRECT = 0x13;
const LOCAL_TEE = 0x22;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const I32_SUB = 0x6b;
const I32_AND = 0x71;
const I64_SUB = 0x7d;
const I64_AND = 0x83;
const WRAP = 0xa7;
const MISC = 0xfc;
const SIMD = 0xfd;
const ATOMIC = 0xfe;

/** Operand kinds by number, as {@link CodeInstruction.operand} names them. */
const KIND_NAMES: readonly string[] = Object.entries(MirOperand).reduce<string[]>((names, [name, kind]) => {
  names[kind] = name.replaceAll('_', '-');
  return names;
}, []);

/** What the body of `mir` must hold. */
export function functionCode(mir: Mir, { ptrBits, table64 }: CodeTarget): FunctionCode {
  const instructions: CodeInstruction[] = [];
  const addressConst = ptrBits === 64 ? I64_CONST : I32_CONST;
  if (hasFrame(mir.prologue)) instructions.push(...prologue(mir, ptrBits));
  for (let n = 0; n < mir.tags.length; n++) {
    const tag = mir.tags[n]!;
    const kind = MIR_OPERAND[tag]!;
    if (tag === MirTag.dbg_epilogue_begin || SAID.has(kind)) continue;
    const name = MIR_NAMES[tag]!;
    const text = `${name} at ${n}`;
    if (kind === MirOperand.fn_type && ptrBits === 64 && !table64)
      instructions.push({ text, op: WRAP, operand: 'fn-type', immediates: [] });
    const [op, immediates] = encodingOf(mir, n, addressConst);
    instructions.push({ text, op, operand: KIND_NAMES[kind]!, immediates });
  }
  return { locals: [...mir.locals], instructions };
}

/** The stack pointer less the size of the frame, rounded down; core/mir/mir.ts has the meaning of the numbers. */
function prologue({ prologue: frame }: Mir, ptrBits: 32 | 64): CodeInstruction[] {
  const align = 2n ** BigInt(frame.stackAlignLog2);
  const size = ((BigInt(frame.stackSize) + align - 1n) / align) * align;
  const wide = ptrBits === 64;
  const row = (op: number, ...immediates: (bigint | null)[]): CodeInstruction => {
    return { text: `frame size=${frame.stackSize} align=${align}`, op, operand: 'frame', immediates };
  };
  const constant = wide ? I64_CONST : I32_CONST;
  return [
    row(GLOBAL_GET, null),
    row(LOCAL_TEE, BigInt(frame.spLocal)),
    row(constant, size),
    row(wide ? I64_SUB : I32_SUB),
    row(constant, -align),
    row(wide ? I64_AND : I32_AND),
    row(LOCAL_TEE, BigInt(frame.bottomLocal)),
    row(GLOBAL_SET, null),
  ];
}

type Encoding = readonly [op: number, immediates: readonly (bigint | null)[]];

function encodingOf({ tags, data, extra }: Mir, n: number, addressConst: number): Encoding {
  const tag = tags[n]!;
  const word = data[n]!;
  const words = (from: number, count: number): bigint[] =>
    Array.from({ length: count }, (_, k) => BigInt(extra[from + k]!));
  switch (MIR_OPERAND[tag]) {
    case MirOperand.none:
      if (tag === MirTag.errors_len) return [I32_CONST, [null]];
      if (tag === MirTag.error_name_table_ref) return [addressConst, [null]];
      if (tag === MirTag.tls_base) return [GLOBAL_GET, [null]];
      if (tag === MirTag.global_set_sp) return [GLOBAL_SET, [null]];
      return [tag, []];
    case MirOperand.label:
    case MirOperand.local:
    case MirOperand.memory:
      return [tag, [BigInt(word)]];
    case MirOperand.block_type:
      return [tag, [BigInt.asIntN(7, BigInt(word))]];
    case MirOperand.i32:
      return [I32_CONST, [BigInt(word | 0)]];
    case MirOperand.i64:
      return [I64_CONST, [BigInt.asIntN(64, joined(extra, word, 2))]];
    case MirOperand.f32:
      return [tag, [BigInt(word)]];
    case MirOperand.f64:
      return [tag, [joined(extra, word, 2)]];
    case MirOperand.memarg:
      return [tag, memoryArgument(extra, word)];
    case MirOperand.jump_table:
      return [tag, [BigInt(extra[word]! - 1), ...words(word + 1, extra[word]!)]];
    case MirOperand.value:
    case MirOperand.value_offset:
    case MirOperand.nav_offset:
      return [addressConst, [null]];
    case MirOperand.nav:
      if (tag === MirTag.call_nav) return [CALL, [null]];
      if (tag === MirTag.return_call_nav) return [RETURN_CALL, [null]];
      return [addressConst, [null]];
    case MirOperand.fn_type:
      return [tag === MirTag.call_indirect ? CALL_INDIRECT : RETURN_CALL_INDIRECT, [null, null]];
    case MirOperand.enum_type:
    case MirOperand.intrinsic:
      return [CALL, [null]];
    case MirOperand.misc:
      return [MISC, misc(extra, word)];
    case MirOperand.simd:
      return [SIMD, simd(extra, word)];
    case MirOperand.atomic: {
      const sub = BigInt(extra[word]!);
      return [ATOMIC, sub === 3n ? [sub, 0n] : [sub, ...memoryArgument(extra, word + 1)]];
    }
    default:
      throw new RangeError(`no MIR instruction has the number ${tag}`);
  }
}

/** `count` words from `at` on, the lowest first, as one number. */
function joined(extra: Uint32Array, at: number, count: number): bigint {
  let value = 0n;
  for (let n = count - 1; n >= 0; n--) value = (value << 32n) | BigInt(extra[at + n]!);
  return value;
}

/** Alignment as its logarithm, then the offset. */
function memoryArgument(extra: Uint32Array, at: number): bigint[] {
  return [BigInt(Math.log2(extra[at + 1]!)), BigInt(extra[at]!)];
}

/** Core specification 5.4.6 and 5.4.7: of bulk memory, the only instructions behind this prefix that MIR has beside conversions. */
function misc(extra: Uint32Array, at: number): bigint[] {
  const sub = extra[at]!;
  const op = BigInt(sub);
  if (sub === 8) return [op, BigInt(extra[at + 1]!), 0n];
  if (sub === 9) return [op, BigInt(extra[at + 1]!)];
  if (sub === 10) return [op, 0n, 0n];
  return sub === 11 ? [op, 0n] : [op];
}

/** Core specification 5.4.9. */
function simd(extra: Uint32Array, at: number): bigint[] {
  const sub = extra[at]!;
  const op = BigInt(sub);
  if (sub <= 11 || sub === 92 || sub === 93) return [op, ...memoryArgument(extra, at + 1)];
  if (sub === 12 || sub === 13) return [op, joined(extra, at + 1, 4)];
  if (sub >= 21 && sub <= 34) return [op, BigInt(extra[at + 1]!)];
  if (sub >= 84 && sub <= 91) return [op, ...memoryArgument(extra, at + 1), BigInt(extra[at + 3]!)];
  return [op];
}
