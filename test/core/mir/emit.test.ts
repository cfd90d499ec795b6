/** The bytes of function bodies: the worked examples of the specification and each shape of operand once. */
import { describe, expect, test } from '@jest/globals';
import type { IpIndex, NavIndex } from '../../../core/intern/keys.ts';
import { MirBuilder } from '../../../core/mir/builder.ts';
import type { SymbolSink } from '../../../core/mir/emit.ts';
import { emitBody } from '../../../core/mir/emit.ts';
import type { IntrinsicIndex } from '../../../core/mir/intrinsics.ts';
import { intrinsicIndex } from '../../../core/mir/intrinsics.ts';
import type { LocalIndex, Mir } from '../../../core/mir/mir.ts';
import { codeOf } from '../../../core/mir/mir.ts';
import { MIR_NAMES, MirTag } from '../../../core/mir/ops.ts';
import { printMir } from '../../../core/mir/print.ts';
import { ByteWriter } from '../../../core/wasm/byte-writer.ts';
import { ATOMIC_OP, MISC_OP, OP, SIMD_OP } from '../../../core/wasm/opcodes.ts';

const I32 = 0x7f;
const I64 = 0x7e;

/** Final numbers are simple functions of the ids, so that every immediate is recognisable. */
const sink: SymbolSink = {
  addressConst: OP.i32_const,
  wrapsSlots: false,
  errorsLen: 70,
  stackPointer: (out) => out.uleb(0),
  tlsBase: (out) => out.uleb(1),
  navTlsOffset: (out, nav) => out.sleb(nav + 3),
  navCall: (out, nav) => out.uleb(nav),
  intrinsicCall: (out, row) => out.uleb(row + 200),
  tagNameCall: (out, type) => out.uleb(type + 100),
  indirectCall: (out, type) => {
    out.uleb(type);
    out.u8(0);
  },
  functionSlot: (out, nav) => out.sleb(nav + 1),
  navAddress: (out, nav, offset) => out.sleb(0x100000 + nav + offset),
  uavAddress: (out, value, offset) => out.sleb(value + offset),
  errorNameTable: (out) => out.sleb(64),
};

function bytesOf(mir: Mir): string {
  const out = new ByteWriter();
  emitBody(codeOf(mir), out, sink);
  return Buffer.from(out.toBytes()).toString('hex');
}

function build(fill: (b: MirBuilder) => void): Mir {
  const builder = new MirBuilder();
  builder.reset(0 as IpIndex);
  fill(builder);
  return builder.finish();
}

/** Hex of the instructions alone: no locals, no frame. */
function code(fill: (b: MirBuilder) => void): string {
  const hex = bytesOf(build(fill));
  expect(hex.slice(0, 2)).toBe('00');
  return hex.slice(2);
}

/** A module with one exported function of the given body. */
function run(
  type: readonly number[],
  body: string,
  args: readonly (number | bigint)[],
): { result: unknown; sp: unknown } {
  const out = new ByteWriter();
  out.append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const section = (id: number, payload: readonly number[]): void => {
    const mark = out.beginSection(id);
    out.append(Uint8Array.from(payload));
    out.endSized(mark);
  };
  section(1, [1, ...type]);
  section(3, [1, 0]);
  section(5, [1, 0, 1]);
  section(6, [1, I32, 1, 0x41, 0x80, 0x08, 0x0b]);
  section(7, [2, 1, 0x66, 0, 0, 1, 0x73, 3, 0]);
  const bytes = Buffer.from(body, 'hex');
  const mark = out.beginSection(10);
  out.uleb(1);
  out.uleb(bytes.length);
  out.append(bytes);
  out.endSized(mark);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(out.toBytes()));
  const f = exports['f'] as (...args: readonly (number | bigint)[]) => unknown;
  const result = f(...args);
  return { result, sp: (exports['s'] as WebAssembly.Global).value };
}

describe('worked examples', () => {
  test('a u7 wrapping addition has the bytes and the value of the specification', () => {
    const mir = build((b) => {
      b.addLocal(I32);
      b.localGet(0 as LocalIndex);
      b.localGet(1 as LocalIndex);
      b.op(MirTag.i32_add);
      b.i32Const(127);
      b.op(MirTag.i32_and);
      b.localSet(2 as LocalIndex);
      b.localGet(2 as LocalIndex);
      b.op(MirTag.return);
      b.op(MirTag.unreachable);
      b.end();
    });
    const hex = bytesOf(mir);
    expect(hex).toBe('01017f200020016a41ff0071210220020f000b');
    expect(run([0x60, 2, I32, I32, 1, I32], hex, [100, 100]).result).toBe(72);
  });

  test('a variable in the frame has the bytes of the specification but for merged locals, and restores the stack pointer', () => {
    const mir = build((b) => {
      b.addLocal(I32);
      b.addLocal(I32);
      b.addLocal(I64);
      b.setPrologue({ stackAlignLog2: 4, stackSize: 8, spLocal: 1 as LocalIndex, bottomLocal: 2 as LocalIndex });
      b.localGet(2 as LocalIndex);
      b.localGet(0 as LocalIndex);
      b.memory(MirTag.i64_store, 0, 8);
      b.localGet(2 as LocalIndex);
      b.memory(MirTag.i64_load, 0, 8);
      b.localSet(3 as LocalIndex);
      b.localGet(3 as LocalIndex);
      b.restoreSp(1 as LocalIndex);
      b.op(MirTag.return);
      b.op(MirTag.unreachable);
      b.end();
    });
    const hex = bytesOf(mir);
    expect(hex).toBe('02027f017e2300220141106b4170712202240020022000370300200229030021032003200124000f000b');
    expect(run([0x60, 1, I64, 1, I64], hex, [0x1234_5678_9abc_def0n])).toEqual({
      result: 0x1234_5678_9abc_def0n,
      sp: 1024,
    });
  });
});

describe('operands', () => {
  test('integer constants are signed LEBs', () => {
    expect(code((b) => b.i32Const(64))).toBe('41c000');
    expect(code((b) => b.i32Const(0xffff_ffff))).toBe('417f');
    expect(code((b) => b.i64Const(0, 0x8000_0000))).toBe('428080808080808080807f');
    expect(code((b) => b.i64Const(0xffff_ffff, 0))).toBe('42ffffffff0f');
  });

  test('float constants keep the bits of a signalling NaN', () => {
    expect(code((b) => b.f32Const(0x7fa0_0001))).toBe('430100a07f');
    expect(code((b) => b.f64Const(1, 0x7ff0_0000))).toBe('4401000000' + '0000f07f');
  });

  test('a memory access writes the exponent of its alignment before its offset', () => {
    expect(code((b) => b.memory(MirTag.i32_load16_u, 300, 2))).toBe('2f01ac02');
    expect(code((b) => b.memory(MirTag.i64_store, 0xffff_ffff, 1))).toBe('3700ffffffff0f');
  });

  test('control instructions carry block types and labels', () => {
    expect(code((b) => (b.block(), b.loop(I64), b.br(130), b.brIf(0), b.end(), b.op(MirTag.drop)))).toBe(
      '0240' + '037e' + '0c8201' + '0d00' + '0b' + '1a',
    );
    expect(code((b) => b.brTable([2, 1, 0]))).toBe('0e02020100');
    expect(code((b) => b.brTable([3]))).toBe('0e0003');
  });

  test('prefixed instructions carry their own immediates', () => {
    expect(code((b) => b.misc(MISC_OP.memory_copy))).toBe('fc0a0000');
    expect(code((b) => b.misc(MISC_OP.memory_fill))).toBe('fc0b00');
    expect(code((b) => b.misc(MISC_OP.memory_init, 3))).toBe('fc080300');
    expect(code((b) => b.misc(MISC_OP.data_drop, 3))).toBe('fc0903');
    expect(code((b) => b.misc(MISC_OP.i64_trunc_sat_f64_u))).toBe('fc07');
    expect(code((b) => b.simd(SIMD_OP.v128_load, [16, 8]))).toBe('fd000310');
    expect(code((b) => b.simd(SIMD_OP.v128_const, [1, 2, 3, 4]))).toBe('fd0c' + '01000000020000000300000004000000');
    expect(code((b) => b.simd(SIMD_OP.i32x4_extract_lane, [3]))).toBe('fd1b03');
    expect(code((b) => b.simd(0xae))).toBe('fdae01');
    expect(code((b) => b.atomic(ATOMIC_OP.i64_atomic_load, 8, 8))).toBe('fe110308');
    expect(code((b) => b.atomic(ATOMIC_OP.atomic_fence, 0, 1))).toBe('fe0300');
  });

  test('symbols go through the sink, addresses and slots as signed constants', () => {
    expect(code((b) => b.callNav(5 as NavIndex))).toBe('1005');
    expect(code((b) => b.callIndirect(200 as IpIndex))).toBe('11c80100');
    expect(code((b) => b.callIntrinsic(intrinsicIndex('__multi3')))).toBe('10c801');
    expect(code((b) => b.callTagName(1 as IpIndex))).toBe('1065');
    expect(code((b) => b.funcRef(63 as NavIndex))).toBe('41c000');
    expect(code((b) => b.navRef(0 as NavIndex))).toBe('418080c000');
    expect(code((b) => b.navRef(0 as NavIndex, -0x100000))).toBe('4100');
    expect(code((b) => b.uavRef(60 as IpIndex, 0, 4))).toBe('41c000');
    expect(code((b) => b.uavRef(60 as IpIndex))).toBe('413c');
    expect(code((b) => b.errorNameTableRef())).toBe('41c000');
    expect(code((b) => b.op(MirTag.errors_len))).toBe('41c600');
    expect(code((b) => b.op(MirTag.global_set_sp))).toBe('2400');
  });

  test('every plain numeric instruction is its own opcode', () => {
    for (let opcode = 0x45; opcode <= 0xc4; opcode++) {
      expect(MIR_NAMES[opcode]).not.toBe('');
      expect(code((b) => b.op(opcode as MirTag))).toBe(opcode.toString(16));
    }
  });
});

describe('summaries', () => {
  const mir = build((b) => {
    b.uavRef(7 as IpIndex, 4);
    b.uavRef(9 as IpIndex);
    b.uavRef(7 as IpIndex, 16, 8);
    b.uavRef(7 as IpIndex, 2);
    b.callNav(3 as NavIndex);
    b.funcRef(4 as NavIndex);
    b.funcRef(3 as NavIndex);
    b.funcRef(4 as NavIndex);
    b.callIndirect(30 as IpIndex);
    b.callIndirect(0 as IpIndex);
    b.callIntrinsic(2 as IntrinsicIndex);
    b.callIntrinsic(2 as IntrinsicIndex);
    b.end();
  });

  test('count uses, keep the greatest alignment, and list in order of first use', () => {
    expect([...mir.uavs]).toEqual([7, 16, 3, 9, 0, 1]);
    expect([...mir.navs]).toEqual([3, 2, 4, 2]);
    expect([...mir.indirectFunctionSet]).toEqual([4, 3]);
    expect([...mir.funcTypes]).toEqual([0, 30]);
    expect([...mir.intrinsics]).toEqual([2]);
  });

  test('all arrays share one buffer, so one transfer moves the function', () => {
    const arrays = [mir.tags, mir.data, mir.extra, mir.locals, mir.uavs, mir.navs, mir.indirectFunctionSet];
    expect(new Set(arrays.map((array) => array.buffer)).size).toBe(1);
  });

  test('a builder can be used again', () => {
    const builder = new MirBuilder();
    for (let round = 0; round < 2; round++) {
      builder.reset(0 as IpIndex);
      builder.navRef(1 as NavIndex, 4);
      builder.end();
      expect(bytesOf(builder.finish())).toBe('0041' + '8580c0000b');
    }
  });

  test('the dump names every instruction and summary', () => {
    expect(printMir(mir, '@f', { nav: (n) => `@n${String(n)}` })).toBe(
      [
        'mir @f',
        '     0    uav_ref value#7',
        '     1    uav_ref value#9',
        '     2    uav_ref_off value#7 +8',
        '     3    uav_ref value#7',
        '     4    call_nav @n3',
        '     5    func_ref @n4',
        '     6    func_ref @n3',
        '     7    func_ref @n4',
        '     8    call_indirect type#30',
        '     9    call_indirect type#0',
        '    10    call_intrinsic __udivti3',
        '    11    call_intrinsic __udivti3',
        '    12  end',
        '    13  dbg_epilogue_begin',
        '  uav value#7 uses=3 align=16',
        '  uav value#9 uses=1',
        '  nav @n3 uses=2',
        '  nav @n4 uses=2',
        '  slot @n4',
        '  slot @n3',
        '  type type#0',
        '  type type#30',
        '  intrinsic __udivti3',
        '',
      ].join('\n'),
    );
  });
});
