/** The shape of generated code: worked examples to the byte, summaries, locals, dropped code, refusals. */
import { describe, expect, test } from '@jest/globals';
import { BodyBuilder } from '../../../core/air/body/builder.ts';
import type { Unit } from '../../../core/air/unit.ts';
import { makeNav } from '../../../core/air/unit.ts';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { AIR_TAG_NAMES, DESCRIBED_TAGS, isDescribed } from '../../../core/air/schema/ops.ts';
import { LOWERINGS } from '../../../core/codegen/lowerings.ts';
import { refusals } from '../../../core/codegen/refusals.ts';
import {
  loadTag,
  opAdd,
  opAnd,
  opFloatSqrt,
  opLt,
  reinterpretTag,
  storeTag,
} from '../../../core/codegen/state/numeric-opcodes.ts';
import { Rep, valTypeOf } from '../../../core/codegen/state/abi.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import { IP } from '../../../core/intern/keys.ts';
import type { NavIndex } from '../../../core/intern/keys.ts';
import type { Mir } from '../../../core/mir/mir.ts';
import { NO_FRAME } from '../../../core/mir/mir.ts';
import { MIR_NAMES, MirTag } from '../../../core/mir/ops.ts';
import { printMir } from '../../../core/mir/print.ts';
import { INTRINSICS } from '../../../core/mir/intrinsics.ts';
import { compileExe, compileFunction } from '../../../core/pipeline/compile.ts';
import type { Settings } from '../../../core/pipeline/settings.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import { InternalError } from '../../../core/support/assert.ts';
import { Random, randomBody } from './random-body.ts';
import { expectOk, readUnit } from './run-air.ts';

function mirOf(text: string, settings: Partial<Settings> = {}): Mir {
  return compileFunction(readUnit(text), 0 as NavIndex, { ...DEFAULT_SETTINGS, ...settings });
}

/** Mnemonics of the instructions. */
function names(mir: Mir): string[] {
  return [...mir.tags].map((tag) => MIR_NAMES[tag]!);
}

function hexOfExe(text: string): string {
  return Buffer.from(expectOk(compileExe(readUnit(text), { ...DEFAULT_SETTINGS, strip: true }))).toString('hex');
}

describe('the worked examples of the specification', () => {
  test('u7 wrapping addition', () => {
    const text = 'export fn @f(u7, u7) u7 { %0 = arg u7 0 %1 = arg u7 1 %2 = add_wrap %0, %1 ret %2 }';
    expect(names(mirOf(text))).toEqual([
      'local_get',
      'local_get',
      'i32_add',
      'i32_const',
      'i32_and',
      'local_set',
      'local_get',
      'return',
      'unreachable',
      'end',
      'dbg_epilogue_begin',
    ]);
    expect(hexOfExe(text)).toContain('01017f20002001 6a41ff0071210220020f000b'.replaceAll(' ', ''));
  });

  test('a slot in the frame', () => {
    const text = `export fn @g(u64) u64 {
      %0 = arg u64 0
      %1 = alloc *u64
      store %1, %0
      %3 = load u64 %1
      ret %3
    }`;
    const mir = mirOf(text);
    expect(mir.prologue).toEqual({ stackAlignLog2: 4, stackSize: 8, spLocal: 1, bottomLocal: 2 });
    const body = '2300220141106b417071220224002002200037030020022903002103200320012400 0f000b'.replaceAll(' ', '');
    expect(hexOfExe(text)).toContain(`02027f017e${body}`);
  });
});

describe('a return in front of the first slot', () => {
  /** The else body is lowered first: it returns before `rest`, which uses `%0`. */
  const early = (rest: string): string => `fn @f(u32) u32 {
    %0 = arg u32 0
    %1 = cmp_eq %0, u32 0
    cond_br %1 {
      ${rest}
    } else {
      ret %0
    }
  }`;

  test('puts the stack pointer back if a slot follows', () => {
    const mir = mirOf(early('%3 = alloc *u32\n store %3, %0\n %5 = load u32 %3\n ret %5'));
    const shown = names(mir);
    expect(shown.filter((name) => name === 'return')).toHaveLength(2);
    expect(shown.filter((name) => name === 'global_set_sp')).toHaveLength(2);
    expect(mir.prologue.stackSize).toBe(4);
  });

  test('leaves nothing behind if none follows', () => {
    const mir = mirOf(early('%3 = add_wrap %0, u32 1\n %4 = mul_wrap %3, %3\n ret %4'), { reuseLocals: false });
    expect(names(mir)).not.toContain('global_set_sp');
    expect(mir.prologue).toBe(NO_FRAME);
    // One local per value, numbered from the parameter on without a gap.
    expect(mir.locals).toHaveLength(3);
    const used = [...mir.tags].map((tag, n) => (tag === MirTag.local_set ? mir.data[n] : null));
    expect(used.filter((index) => index !== null)).toEqual([1, 2, 3]);
  });

  test('a slot that no code reaches makes no frame', () => {
    const dead = `fn @f(u32) u32 {
      %0 = arg u32 0
      %1 = block void {
        ret %0
      }
      %3 = alloc *u32
      store %3, %0
      ret %0
    }`;
    expect(mirOf(dead).prologue).toBe(NO_FRAME);
  });
});

describe('opcodes by representation', () => {
  test.each([
    ['add has no opcode for address', () => opAdd(Rep.address)],
    ['add has no opcode for none', () => opAdd(Rep.none)],
    ['and has no opcode for f32', () => opAnd(Rep.f32)],
    ['float sqrt has no opcode for i64', () => opFloatSqrt(Rep.i64)],
    ['lt has no opcode for none', () => opLt(Rep.none, true)],
    ['reinterpret from i32 has no opcode for f64', () => reinterpretTag(Rep.i32, Rep.f64)],
    ['load of 3 bytes has no opcode for i32', () => loadTag(Rep.i32, 3, false)],
    ['store of 4 bytes has no opcode for i64', () => storeTag(Rep.i64, 4)],
    ['representation address has no value type', () => valTypeOf(Rep.address)],
  ])('%s', (message, ask) => {
    expect(ask).toThrow(InternalError);
    expect(ask).toThrow(message);
  });
});

describe('summaries', () => {
  test('name each symbol the code refers to, with counts and alignments', () => {
    const mir = mirOf(`
      fn @f(u32) u32 {
        %0 = arg u32 0
        %1 = load u32 *const u32 &(u32 5) align(16)
        %2 = load u32 *const u32 &(u32 5) align(64)
        %3 = load u32 *u32 &@x
        store *u32 &@x, %3
        %5 = call @f(%1)
        %6 = call *const fn(u32) u32 ptr(0)(%2)
        %7 = bit_reverse u32 %6
        %8 = bitcast *const u8 *const fn(u32) u32 &@g
        %9 = bitcast usize %8
        %10 = intcast u32 %9
        %11 = add_wrap %10, %7
        %12 = add_wrap %11, %5
        ret %12
      }
      fn @g(u32) u32 { %0 = arg u32 0 ret %0 }
      var @x : u32 = 0`);
    expect([...mir.uavs].slice(1)).toEqual([64, 2]);
    expect([...mir.navs]).toEqual([2, 2, 0, 1, 1, 1]);
    expect([...mir.indirectFunctionSet]).toEqual([1]);
    expect(mir.funcTypes).toHaveLength(1);
    expect([...mir.intrinsics].map((row) => INTRINSICS[row]!.name)).toEqual(['__bitreversesi2']);
    expect(printMir(mir, '@f')).toContain('call_indirect');
  });
});

describe('locals', () => {
  const chain = `fn @f(u32) u32 {
    %0 = arg u32 0
    ${Array.from({ length: 20 }, (_, n) => `%${n + 1} = add_wrap %${n}, u32 ${n}`).join('\n')}
    ret %20
  }`;

  test('of dead values are used again', () => {
    expect(mirOf(chain).locals).toHaveLength(1);
  });

  test('are all different when they are not to be used again', () => {
    expect(mirOf(chain, { reuseLocals: false }).locals).toHaveLength(20);
  });

  test('of values that die inside of a block are used again behind it', () => {
    const mir = mirOf(`fn @f(u32) u32 {
      %0 = arg u32 0
      %1 = add_wrap %0, u32 1
      %2 = block void {
        %3 = add_wrap %1, u32 1
        store *u32 &@x, %3
        br %2
      }
      %6 = add_wrap %0, u32 2
      ret %6
    }
    var @x : u32 = 0`);
    expect(mir.locals).toHaveLength(2);
  });

  test('with two names live until both are dead', () => {
    const mir = mirOf(`fn @f(u32) u32 {
      %0 = arg u32 0
      %1 = add_wrap %0, u32 1
      %2 = bitcast i32 %1
      %3 = add_wrap %1, u32 2
      %4 = bitcast u32 %2
      %5 = xor %3, %4
      ret %5
    }`);
    expect(mir.locals).toHaveLength(2);
  });
});

describe('code for nobody', () => {
  test('is not made', () => {
    const mir = mirOf(`fn @f(u32) u32 {
      %0 = arg u32 0
      %1 = alloc *u32
      %2 = div_trunc %0, u32 0
      %3 = aggregate_init [2]u32 { %2, %0 }
      ret %0
    }`);
    expect(names(mir)).toEqual(['local_get', 'return', 'unreachable', 'end', 'dbg_epilogue_begin']);
    expect(mir.prologue.stackAlignLog2).toBe(-1);
  });

  test('behind a block that nothing leaves is not made', () => {
    const mir = mirOf('fn @f(u32) u32 { %0 = arg u32 0 %1 = block void { trap } %2 = add %0, u32 1 ret %2 }');
    expect([...mir.tags]).not.toContain(MirTag.i32_add);
  });
});

describe('random bodies', () => {
  test('give valid modules with and without reuse of locals, and the same code each time', () => {
    const pool = new InternPool();
    const five = pool.fnType(new Array<typeof IP.u32_type>(5).fill(IP.u32_type), IP.u32_type);
    const two = pool.fnType([IP.u32_type, IP.u32_type], IP.u32_type);
    for (let seed = 1; seed <= 120; seed++) {
      const unit: Unit = {
        pool,
        navs: [
          makeNav({ kind: 'extern_func', name: 'g', ty: five }),
          makeNav({
            kind: 'func',
            name: 'f',
            ty: two,
            body: randomBody(pool, new Random(seed), 20 + seed * 2),
            exports: [{ name: 'f', visibility: 'default' }],
          }),
        ],
      };
      for (const reuseLocals of [true, false]) {
        const bytes = expectOk(compileExe(unit, { ...DEFAULT_SETTINGS, reuseLocals }));
        if (!WebAssembly.validate(bytes)) {
          new WebAssembly.Module(bytes);
          throw new Error(`seed ${seed} is not valid`);
        }
        expect(Buffer.compare(bytes, expectOk(compileExe(unit, { ...DEFAULT_SETTINGS, reuseLocals })))).toBe(0);
      }
    }
  });
});

describe('refusals', () => {
  function refused(text: string): string[] {
    const parsed = parseUnit(text);
    if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
    return refusals(parsed.unit, undefined, parsed.lines).map((d) => `${d.code} ${formatDiagnostic(d)}`);
  }

  test('name the instruction and its line', () => {
    expect(refused('fn @f(*u8) *u8 {\n  %0 = arg *u8 0\n  %1 = addrspace_cast *u8 %0\n  ret %1\n}')).toEqual([
      'refused_instruction <text>:3: error: instruction addrspace_cast is not lowered by this back end',
    ]);
  });

  test('name types that are refused wherever they stand', () => {
    const ty = '*const fn(vector(2) u7) callconv(c) void';
    expect(refused(`fn @f(${ty}) void { %0 = arg ${ty} 0 ret void {} }`).join()).toMatch(/refused_type .*u7/);
    expect(
      refused(
        `fn @f() void { %0 = alloc *struct { u8, [2]${ty} } store %0, struct { u8, [2]${ty} } undef ret void {} }`,
      ),
    ).toHaveLength(2);
    expect(refused(`var @x : ${ty} = undef`)).toHaveLength(1);
    expect(refused('fn @f() void { ret void {} }')).toEqual([]);
  });

  test('name vectors of C but for those that SIMD makes one v128', () => {
    const codes = (ty: string, simd128: boolean): string[] => {
      const parsed = parseUnit(`extern fn @c(${ty}) callconv(c) void`);
      if (!parsed.ok) throw new Error('does not parse');
      return refusals(parsed.unit, { tailCall: true, simd128 }).map(({ code }) => code);
    };
    for (const ty of ['vector(4) i32', 'extern struct { vector(2) f64 }']) {
      expect([codes(ty, true), codes(ty, false)]).toEqual([[], ['refused_type']]);
    }
    for (const ty of ['vector(2) i32', 'vector(4) i31', 'vector(16) bool']) {
      expect([codes(ty, true), codes(ty, false)]).toEqual([['refused_type'], ['refused_type']]);
    }
  });

  test('name tail calls without the feature, and those that pass something in memory', () => {
    const text = `fn @f(u32) void { %0 = arg u32 0 call_always_tail @f(%0) ret void {} }
      fn @g([2]u32) void { %0 = arg [2]u32 0 call_always_tail @g(%0) ret void {} }`;
    const parsed = parseUnit(text);
    if (!parsed.ok) throw new Error('does not parse');
    const codes = (tailCall: boolean): string[] =>
      refusals(parsed.unit, { tailCall, simd128: false }).map(({ code }) => code);
    expect(codes(true)).toEqual(['refused_instruction']);
    expect(codes(false)).toEqual(['refused_tail_call', 'refused_tail_call', 'refused_instruction']);
    const result = compileExe(parsed.unit, { ...DEFAULT_SETTINGS, tailCall: true });
    expect(result.ok ? [] : result.error.map(formatDiagnostic)).toEqual([
      expect.stringContaining('call_always_tail with an argument of [2]u32 is not lowered'),
    ]);
  });

  test('come before anything is emitted', () => {
    const parsed = parseUnit('export fn @f(*u8) *u8 { %0 = arg *u8 0 %1 = addrspace_cast *u8 %0 ret %1 }');
    if (!parsed.ok) throw new Error('does not parse');
    const result = compileExe(parsed.unit, DEFAULT_SETTINGS);
    expect(result.ok ? [] : result.error.map((d) => d.code)).toEqual(['refused_instruction']);
  });

  test('and lowerings together answer for every instruction', () => {
    expect(Object.keys(LOWERINGS).sort()).toEqual([...DESCRIBED_TAGS].sort());
    const codes = AIR_TAG_NAMES.filter((tag) => !isDescribed(tag)).map((tag) => {
      const pool = new InternPool();
      const body = new BodyBuilder();
      body.raw(tag, 0, 0);
      const ty = pool.fnType([], IP.void_type);
      const unit = { pool, navs: [makeNav({ kind: 'func', name: 'f', ty, body: body.finish() })] };
      return refusals(unit).map(({ code, message }) => `${code} ${message.includes(` ${tag} `)}`);
    });
    expect(new Set(codes.flat())).toEqual(new Set(['refused_instruction true']));
    expect(codes.every((list) => list.length === 1)).toBe(true);
  });
});
