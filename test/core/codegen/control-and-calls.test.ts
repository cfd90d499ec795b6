/** Control flow and calls, executed in V8 in every configuration that must not matter. */
import { describe, expect, test } from '@jest/globals';
import { CONFIGURATIONS, runConfiguration } from './configurations.ts';
import type { Scalar } from './run-air.ts';

describe.each(CONFIGURATIONS.map((c) => [c.name, c] as const))('built with %s', (_name, configuration) => {
  const run = (text: string, imports: Record<string, unknown> = {}) => runConfiguration(text, configuration, imports);
  const result = (text: string, ...args: Scalar[]): Scalar => run(text).call['f']!(...args);

  test('a switch takes the case that holds the operand, at every edge of items and ranges', () => {
    const build = (ty: string, cases: readonly (readonly string[])[]): string => `
      export fn @f(${ty}) u32 {
        %0 = arg ${ty} 0
        switch_br %0 {
          ${cases
            .map(
              (items, n) =>
                `case ${items
                  .map((i) =>
                    i.includes('..')
                      ? i
                          .split('..')
                          .map((v) => `${ty} ${v}`)
                          .join('..')
                      : `${ty} ${i}`,
                  )
                  .join(', ')} { ret u32 ${n} }`,
            )
            .join('\n')}
          else { ret u32 99 }
        }
      }`;
    const plans: readonly { ty: string; cases: readonly (readonly string[])[]; odd: readonly bigint[] }[] = [
      { ty: 'u32', cases: [['3'], ['4', '5'], ['7..9']], odd: [0xffff_ffffn, 0n] },
      { ty: 'i8', cases: [['-128..-126'], ['-1'], ['0', '1'], ['127']], odd: [] },
      { ty: 'u64', cases: [['0'], ['1..4']], odd: [1n << 32n, (1n << 32n) + 1n, (1n << 63n) + 2n, 2n ** 64n - 1n] },
      { ty: 'i64', cases: [['-3..-1'], ['0'], ['2', '3']], odd: [(1n << 32n) - 2n, -(1n << 32n) - 1n, -(1n << 63n)] },
      { ty: 'u40', cases: [['1099511627774', '1099511627775'], ['1099511627770..1099511627772']], odd: [0n, 255n] },
      { ty: 'i32', cases: [['-2147483648'], ['2147483647'], ['0']], odd: [] },
      { ty: 'u32', cases: [['4294967295'], ['4294967290..4294967292']], odd: [0n, 1n] },
      { ty: 'u1', cases: [['1']], odd: [] },
      { ty: 'u8', cases: [], odd: [4n] },
      { ty: 'u16', cases: [['10'], ['12'], ['14'], ['16']], odd: [] },
    ];
    for (const { ty, cases, odd } of plans) {
      const bits = Number(ty.slice(1));
      const norm = (v: bigint): bigint => (ty.startsWith('i') ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v));
      const { call } = run(build(ty, cases));
      const probes = new Set<bigint>(odd);
      const holds = (item: string, v: bigint): boolean => {
        const [lo, hi] = item.includes('..') ? item.split('..').map(BigInt) : [BigInt(item), BigInt(item)];
        return v >= lo! && v <= hi!;
      };
      for (const item of cases.flat()) {
        for (const end of item.split('..')) for (const d of [-1n, 0n, 1n]) probes.add(norm(BigInt(end) + d));
      }
      for (const v of probes) {
        const found = cases.findIndex((items) => items.some((item) => holds(item, v)));
        const arg = bits <= 32 ? Number(BigInt.asIntN(32, v)) : BigInt.asIntN(64, v);
        expect([ty, v, call['f']!(arg)]).toEqual([ty, v, found < 0 ? 99 : found]);
      }
    }
  });

  test('a return in front of the first frame slot leaves the stack pointer as it was', () => {
    const text = `
      fn @g(u32) u32 {
        %0 = arg u32 0
        %1 = cmp_lt %0, u32 10
        cond_br %1 {
          %3 = aggregate_init [8]u32 { %0, %0, %0, %0, %0, %0, %0, %0 }
          %4 = bit_and %0, u32 7
          %5 = intcast usize %4
          %6 = array_elem_val %3, %5
          ret %6
        } else {
          ret %0
        }
      }
      export fn @where() usize { %0 = alloc *u32 %1 = bitcast usize %0 ret %1 }
      export fn @f(u32) u32 {
        %0 = arg u32 0
        %1 = call @g(%0)
        ret %1
      }`;
    const { call } = run(text);
    const before = call['where']!();
    for (const n of [3, 30, 3, 30, 30]) expect(call['f']!(n)).toBe(n);
    expect(call['where']!()).toBe(before);
    expect(Number(before) % 16).toBe(0);
  });

  test('results in memory go through the caller, nested and recursive', () => {
    const s = 'extern struct { u32, u64, [2]u16 }';
    const text = `
      fn @make(u32, u64) ${s} {
        %0 = arg u32 0
        %1 = arg u64 1
        %2 = cmp_eq %0, u32 0
        cond_br %2 {
          %4 = aggregate_init [2]u16 { u16 1, u16 2 }
          %5 = aggregate_init ${s} { %0, %1, %4 }
          ret %5
        } else {
          %7 = sub %0, u32 1
          %8 = mul_wrap %1, u64 3
          %9 = call @make(%7, %8)
          %10 = call @bump(%9)
          ret %10
        }
      }
      fn @bump(${s}) ${s} {
        %0 = arg ${s} 0
        %1 = ret_ptr *${s}
        store %1, %0
        %3 = struct_field_ptr *u32 %1, 0
        %4 = struct_field_val u32 %0, 0
        %5 = add %4, u32 1
        store %3, %5
        %7 = struct_field_val u32 %0, 0
        %8 = cmp_eq %7, %4
        cond_br %8 {
          ret_load %1
        } else {
          trap
        }
      }
      export fn @f(u32, u64) u64 {
        %0 = arg u32 0
        %1 = arg u64 1
        %2 = call @make(%0, %1)
        %3 = struct_field_val u32 %2, 0
        %4 = struct_field_val u64 %2, 1
        %5 = struct_field_val [2]u16 %2, 2
        %6 = array_elem_val %5, usize 1
        %7 = intcast u64 %3
        %8 = intcast u64 %6
        %9 = mul %4, u64 1000
        %10 = mul %8, u64 100
        %11 = add %9, %10
        %12 = add %11, %7
        ret %12
      }`;
    expect(result(text, 0, 5n)).toBe(5200n);
    expect(result(text, 3, 5n)).toBe(135203n);
  });

  test('ret_load returns what any pointer points to, and every ret_ptr is one place', () => {
    const text = `
      var @x : [3]u32 = .{ 1, 2, 3 }
      fn @array(bool) [3]u32 {
        %0 = arg bool 0
        cond_br %0 {
          ret_load *[3]u32 &@x
        } else {
          %3 = ret_ptr *[3]u32
          store %3, [3]u32 .{ 4, 5, 6 }
          %5 = bitcast *[3]u32 %3
          ret_load %5
        }
      }
      fn @scalar() u16 {
        %0 = ret_ptr *u16
        store %0, u16 21
        %2 = ret_ptr *align(32) u16
        %3 = load u16 %2
        %4 = mul %3, u16 2
        store %2, %4
        ret_load %0
      }
      export fn @f(bool, usize) u32 {
        %0 = arg bool 0
        %1 = arg usize 1
        %2 = call @array(%0)
        %3 = array_elem_val %2, %1
        %4 = call @scalar()
        %5 = intcast u32 %4
        %6 = mul %3, u32 100
        %7 = add %5, %6
        ret %7
      }`.replace('*align(32) u16\n        %3', '*u16\n        %3');
    expect(result(text, 1, 2)).toBe(342);
    expect(result(text, 0, 0)).toBe(442);
  });

  test('an argument in memory is a value: neither side sees the other change it', () => {
    const text = `
      var @x : [2]u32 = .{ 1, 2 }
      fn @g([2]u32) u32 {
        %0 = arg [2]u32 0
        store *[2]u32 &@x, [2]u32 .{ 8, 9 }
        %2 = array_elem_val %0, usize 1
        ret %2
      }
      export fn @f() u32 {
        %0 = load [2]u32 *[2]u32 &@x
        %1 = call @g(%0)
        %2 = array_elem_val %0, usize 0
        %3 = mul %1, u32 10
        %4 = add %3, %2
        ret %4
      }`;
    expect(result(text)).toBe(21);
  });

  test('calls through pointers check the type and reach what the table says', () => {
    const text = `
      const @table : [3]*const fn(u32, u32) u32 = .{ &@add, &@sub, &@add }
      fn @add(u32, u32) u32 { %0 = arg u32 0 %1 = arg u32 1 %2 = add_wrap %0, %1 ret %2 }
      fn @sub(u32, u32) u32 { %0 = arg u32 0 %1 = arg u32 1 %2 = sub_wrap %0, %1 ret %2 }
      fn @one(u32) u32 { %0 = arg u32 0 ret %0 }
      export fn @f(usize) u32 {
        %0 = arg usize 0
        %1 = ptr_elem_ptr *const *const fn(u32, u32) u32 *const [3]*const fn(u32, u32) u32 &@table, %0
        %2 = load *const fn(u32, u32) u32 %1
        %3 = call %2(u32 50, u32 8)
        ret %3
      }
      export fn @bad() u32 {
        %0 = bitcast *const u8 *const fn(u32) u32 &@one
        %1 = bitcast *const fn(u32, u32) u32 %0
        %2 = call %1(u32 1, u32 2)
        ret %2
      }
      export fn @same() bool {
        %0 = load *const fn(u32, u32) u32 *const *const fn(u32, u32) u32 &@table + 8
        %1 = cmp_eq %0, *const fn(u32, u32) u32 &@add
        ret %1
      }`.replace('*const *const fn(u32, u32) u32 &@table + 8', '*const *const fn(u32, u32) u32 &@table + 8');
    const { call } = run(text);
    expect([0, 1, 2].map((n) => call['f']!(n))).toEqual([58, 42, 58]);
    expect(call['same']!()).toBe(1);
    expect(() => call['bad']!()).toThrow(/signature/);
  });

  test('imported functions get canonical arguments, in order, and their results are used or not', () => {
    const seen: unknown[][] = [];
    const text = `
      extern fn @observe(i8, u64, bool, f32) i16
      fn @stop() noreturn { trap }
      export fn @f(i8) i32 {
        %0 = arg i8 0
        %1 = add_wrap %0, i8 1
        %2 = call @observe(%1, u64 18446744073709551615, bool true, f32 0.5)
        %3 = call @observe(i8 -1, u64 1, bool false, f32 -0.0)
        %4 = intcast i32 %3
        %5 = cmp_lt %4, i32 0
        cond_br %5 {
          %7 = call @stop()
        } else {
          ret %4
        }
      }`;
    const { call } = run(text, {
      observe: (...args: unknown[]) => {
        seen.push(args);
        return seen.length === 2 ? 77 : -1;
      },
    });
    expect(call['f']!(127)).toBe(77);
    expect(seen).toEqual([
      [-128, -1n, 1, 0.5],
      [-1, 1n, 0, -0],
    ]);
    expect(() => call['f']!(0)).toThrow(/unreachable/);
  });

  test('instructions whose result nobody uses have no effect and no trap', () => {
    const text = `
      export fn @f(u32) u32 {
        %0 = arg u32 0
        %1 = div_trunc u32 1, %0
        %2 = load u32 *u32 ptr(4294967292)
        %3 = int_from_float u32 f32 inf
        %4 = block u32 {
          br %4 %0
        }
        breakpoint
        ret %0
      }`.replace('        breakpoint\n', '');
    expect(result(text, 0)).toBe(0);
  });

  test('trap, unreach and breakpoint stop the run, and nothing behind them runs', () => {
    for (const stop of ['trap', 'unreach', 'breakpoint ret u32 1']) {
      expect(() => result(`export fn @f() u32 { ${stop} }`)).toThrow(/unreachable/);
    }
    expect(() =>
      result(`export fn @f(u32) u32 { %0 = arg u32 0 %1 = block void { trap } %3 = add %0, u32 1 ret %3 }`, 1),
    ).toThrow(/unreachable/);
  });

  test('a value that one way through a block uses up is there for the others', () => {
    const text = `
      export fn @f(u32, u32) u32 {
        %0 = arg u32 0
        %1 = arg u32 1
        %2 = add_wrap %0, u32 100
        %3 = block void {
          %4 = block void {
            %5 = cmp_eq %1, u32 0
            cond_br %5 { br %4 } else { br %3 }
          }
          %9 = add_wrap %2, u32 1
          %10 = mul_wrap %9, u32 2
          ret %10
        }
        %12 = xor %1, u32 5
        %13 = add_wrap %12, u32 0
        %14 = add_wrap %13, %2
        ret %14
      }`;
    expect(result(text, 1, 0)).toBe(204);
    expect(result(text, 1, 5)).toBe(101);
  });

  test('deep nests of blocks and loops leave to the right level', () => {
    const text = `
      export fn @f(u32) u32 {
        %0 = arg u32 0
        %1 = alloc *u32
        store %1, u32 0
        %3 = block u32 {
          %4 = loop noreturn {
            %5 = block void {
              %6 = loop noreturn {
                %7 = load u32 %1
                %8 = add %7, u32 1
                store %1, %8
                %10 = rem %8, u32 3
                switch_br %10 {
                  case u32 0 { br %5 }
                  case u32 1 {
                    %13 = cmp_gt %8, %0
                    cond_br %13 { br %3 %8 } else { repeat %6 }
                  }
                  else { repeat %4 }
                }
              }
            }
            %18 = load u32 %1
            %19 = add %18, u32 12
            store %1, %19
            repeat %4
          }
        }
        ret %3
      }`;
    const model = (limit: number): number => {
      let n = 0;
      for (;;) {
        n++;
        if (n % 3 === 0) n += 12;
        else if (n % 3 === 1 && n > limit) return n;
      }
    };
    for (const limit of [0, 1, 5, 20, 100]) expect(result(text, limit)).toBe(model(limit));
  });
});
