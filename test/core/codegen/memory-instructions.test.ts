/** Memory, aggregates and pointers, executed in V8 in every configuration that must not matter. */
import { describe, expect, test } from '@jest/globals';
import { CONFIGURATIONS, runConfiguration } from './configurations.ts';
import type { Scalar } from './run-air.ts';

describe.each(CONFIGURATIONS.map((c) => [c.name, c] as const))('built with %s', (_name, configuration) => {
  const run = (text: string) => runConfiguration(text, configuration);
  const result = (text: string, ...args: Scalar[]): Scalar => run(text).call['f']!(...args);

  test('a value loaded from memory does not see later stores', () => {
    const pair = 'extern struct { u32, u32 }';
    const store = `%50 = struct_field_ptr *u32 %1, 0
      store %50, u32 99`;
    const take = (load: string): string => `
      var @x : ${pair} = .{ 7, 8 }
      var @s : [2]${pair} = .{ .{ 7, 8 }, .{ 3, 4 } }
      export fn @f(usize) u32 {
        %0 = arg usize 0
        %1 = ptr_elem_ptr *${pair} *[2]${pair} &@s, %0
        %2 = array_to_slice []${pair} *[2]${pair} &@s
        %3 = slice_ptr [*]${pair} %2
        %4 = ${load}
        ${store}
        %6 = struct_field_val u32 %4, 0
        %7 = load u32 %50
        %8 = mul %7, u32 1000
        %9 = add %8, %6
        ret %9
      }`;
    for (const load of [`load ${pair} %1`, 'slice_elem_val %2, %0', 'ptr_elem_val %3, %0']) {
      expect(result(take(load), 0)).toBe(99007);
      expect(result(take(load), 1)).toBe(99003);
    }
    for (const load of ['slice_elem_val %2, usize 1', 'ptr_elem_val %3, usize 1']) {
      expect(result(take(load), 1)).toBe(99003);
    }
  });

  test('parts of a value stay what they were when the memory it came from changes', () => {
    const text = `
      var @x : extern struct { u8, [3]u16, []const u8 } = .{ 1, .{ 2, 3, 4 }, slice([*]const u8 &@c, 3) }
      const @c : [3]u8 = "abc"
      export fn @f(usize) u32 {
        %0 = arg usize 0
        %1 = load extern struct { u8, [3]u16, []const u8 } *extern struct { u8, [3]u16, []const u8 } &@x
        %2 = struct_field_val [3]u16 %1, 1
        %3 = struct_field_val []const u8 %1, 2
        store *extern struct { u8, [3]u16, []const u8 } &@x, extern struct { u8, [3]u16, []const u8 } .{ 9, .{ 9, 9, 9 }, slice([*]const u8 &@c, 0) }
        %5 = array_elem_val %2, %0
        %6 = slice_len usize %3
        %7 = slice_elem_val %3, %0
        %8 = intcast u32 %5
        %9 = intcast u32 %7
        %10 = mul %8, u32 1000
        %11 = add %10, %9
        %12 = bitcast usize %6
        %13 = intcast u32 %12
        %14 = mul %13, u32 100000
        %15 = add %11, %14
        ret %15
      }`.replace('%12 = bitcast usize %6\n        %13 = intcast u32 %12', '%13 = intcast u32 %6');
    expect(result(text, 2)).toBe(300000 + 4000 + 'c'.charCodeAt(0));
  });

  test('a value leaves a block of a loop whole, and each iteration builds its own', () => {
    const text = `
      export fn @f(u32) u32 {
        %0 = arg u32 0
        %1 = alloc *u32
        store %1, u32 0
        %3 = alloc *[2]u32
        store %3, [2]u32 .{ 5, 6 }
        %5 = block [2]u32 {
          %6 = loop noreturn {
            %7 = load u32 %1
            %8 = load [2]u32 %3
            %9 = add %7, u32 1
            %10 = block [2]u32 {
              %11 = cmp_lt %7, u32 2
              cond_br %11 {
                %13 = array_elem_val %8, usize 1
                %14 = aggregate_init [2]u32 { %13, %9 }
                br %10 %14
              } else {
                br %10 %8
              }
            }
            store %3, %10
            store %1, %9
            %19 = cmp_eq %9, %0
            cond_br %19 {
              br %5 %10
            } else {
              repeat %6
            }
          }
        }
        store %3, [2]u32 .{ 0, 0 }
        %24 = array_elem_val %5, usize 0
        %25 = array_elem_val %5, usize 1
        %26 = mul %24, u32 100
        %27 = add %26, %25
        ret %27
      }`;
    expect(result(text, 1)).toBe(601);
    expect(result(text, 2)).toBe(102);
    expect(result(text, 5)).toBe(102);
  });

  test('memmove copies as if through a buffer, in both directions and for constant and run-time lengths', () => {
    const text = (n: number, op: string): string => `
      export var @a : [48]u8 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
      export fn @move(usize, usize, usize) void {
        %0 = arg usize 0
        %1 = arg usize 1
        %2 = arg usize 2
        %3 = ptr_elem_ptr *u8 *[48]u8 &@a, %0
        %4 = bitcast [*]u8 %3
        %5 = ptr_elem_ptr *u8 *[48]u8 &@a, %1
        %6 = bitcast [*]u8 %5
        %7 = slice []u8 %4, %2
        ${op} %7, %6
        ret void {}
      }
      export fn @fixed(usize, usize) void {
        %0 = arg usize 0
        %1 = arg usize 1
        %2 = ptr_elem_ptr *u8 *[48]u8 &@a, %0
        %3 = bitcast *[${n}]u8 %2
        %4 = ptr_elem_ptr *u8 *[48]u8 &@a, %1
        %5 = bitcast *[${n}]u8 %4
        ${op} %3, %5
        ret void {}
      }`;
    for (const [to, from, n] of [
      [0, 1, 20],
      [1, 0, 20],
      [0, 8, 8],
      [3, 0, 40],
      [0, 3, 40],
      [5, 5, 7],
      [0, 0, 0],
    ] as const) {
      for (const name of ['move', 'fixed']) {
        const { call, memory, address } = run(text(n, 'memmove'));
        const read = (): string => Buffer.from(new Uint8Array(memory().buffer, address('a'), 48)).toString('latin1');
        const want = Buffer.from(read(), 'latin1')
          .copyWithin(to, from, from + n)
          .toString('latin1');
        if (name === 'move') call['move']!(to, from, n);
        else call['fixed']!(to, from);
        expect(read()).toBe(want);
      }
    }
    const { call, memory, address } = run(text(20, 'memcpy'));
    call['move']!(20, 0, 20);
    call['fixed']!(0, 24);
    const all = new Uint8Array(memory().buffer, address('a'), 48);
    expect(Buffer.from(all).toString('latin1')).toBe('efghijklmnopqrstOPQRabcdefghijklmnopqrstOPQRSTUV');
  });

  test('runs of length 0 touch no memory, wherever they point', () => {
    const text = `
      export fn @f(usize, usize) u32 {
        %0 = arg usize 0
        %1 = arg usize 1
        %2 = bitcast [*]u8 %0
        %3 = slice []u8 %2, %1
        memset %3, u8 1
        memcpy %3, %2
        memmove %3, %2
        %7 = bitcast [*]u64 %0
        %8 = slice []u64 %7, %1
        memset %8, u64 1
        memcpy %8, %7
        ret u32 1
      }`;
    expect(result(text, -1, 0)).toBe(1);
    expect(result(text, -8, 0)).toBe(1);
  });

  test('memset fills elements of every size, and nothing else', () => {
    const kinds = [
      ['u8', '7', [7]],
      ['i8', '-1', [255]],
      ['bool', 'true', [1]],
      ['u16', '513', [1, 2]],
      ['i24', '-2', [254, 255, 255, 255]],
      ['u64', '0x0102030405060708', [8, 7, 6, 5, 4, 3, 2, 1]],
      ['f32', '1.0', [0, 0, 128, 63]],
      ['[3]u8', '.{ 1, 2, 3 }', [1, 2, 3]],
      ['extern struct { u16, u8 }', '.{ 1, 2 }', [1, 0, 2]],
    ] as const;
    for (const [ty, value, bytes] of kinds) {
      const { call, memory, address } = run(`
        export var @a : [6]${ty} = .{ undef ** }
        export fn @whole() void { memset *[6]${ty} &@a, ${ty} ${value} ret void {} }
        export fn @part(usize, usize) void {
          %0 = arg usize 0
          %1 = arg usize 1
          %2 = ptr_elem_ptr *${ty} *[6]${ty} &@a, %0
          %3 = bitcast [*]${ty} %2
          %4 = slice []${ty} %3, %1
          memset %4, ${ty} ${value}
          ret void {}
        }`);
      const at = address('a');
      const size = ty.includes('struct') ? 4 : bytes.length;
      const element = (n: number): number[] => [...new Uint8Array(memory().buffer, at + n * size, bytes.length)];
      new Uint8Array(memory().buffer, at, 6 * size).fill(0x55);
      call['part']!(1, 3);
      const before = new Array<number>(bytes.length).fill(0x55);
      expect([0, 1, 2, 3, 4].map(element)).toEqual([before, bytes, bytes, bytes, before]);
      call['whole']!();
      expect([0, 4, 5].map(element)).toEqual([bytes, bytes, bytes]);
    }
  });

  test('pointers to parts, back to the whole, forth and back over elements', () => {
    const s = 'struct { u8, u64, [3]u16 }';
    const text = `
      var @x : [3]${s} = .{ .{ 1, 2, .{ 3, 4, 5 } }, .{ 6, 7, .{ 8, 9, 10 } }, .{ 11, 12, .{ 13, 14, 15 } } }
      export fn @f(usize) u64 {
        %0 = arg usize 0
        %1 = ptr_elem_ptr *${s} *[3]${s} &@x, %0
        %2 = struct_field_ptr_index_2 *align(2) [3]u16 %1
        %3 = field_parent_ptr *${s} %2, 2
        %4 = bitcast [*]${s} %3
        %5 = ptr_add [*]${s} %4, usize 1
        %6 = ptr_sub [*]${s} %5, %0
        %7 = ptr_elem_ptr *${s} %6, usize 0
        %8 = struct_field_ptr *u64 %7, 1
        %9 = load u64 %8
        %10 = struct_field_ptr_index_0 *u8 %1
        %11 = load u8 %10
        %12 = ptr_elem_ptr *u16 %2, %0
        %13 = load u16 %12
        %14 = intcast u64 %11
        %15 = intcast u64 %13
        %16 = mul %9, u64 10000
        %17 = mul %14, u64 100
        %18 = add %16, %17
        %19 = add %18, %15
        ret %19
      }`.replace('*align(2) [3]u16', '*[3]u16');
    expect(result(text, 0)).toBe(70103n);
    expect(result(text, 1)).toBe(70609n);
    expect(result(text, 2)).toBe(71115n);
  });

  test('slices in memory can be changed through their parts', () => {
    const text = `
      var @a : [4]u16 = .{ 1, 2, 3, 4 }
      var @s : []u16 = slice([*]u16 &@a, 4)
      export fn @f(usize) u32 {
        %0 = arg usize 0
        %1 = ptr_slice_ptr_ptr *[*]u16 *[]u16 &@s
        %2 = ptr_slice_len_ptr *usize *[]u16 &@s
        %3 = load [*]u16 %1
        %4 = ptr_add [*]u16 %3, %0
        store %1, %4
        %6 = load usize %2
        %7 = sub %6, %0
        store %2, %7
        %9 = load []u16 *[]u16 &@s
        %10 = slice_len usize %9
        %11 = slice_elem_ptr *u16 %9, usize 0
        store %11, u16 77
        %13 = slice_elem_val %9, usize 0
        %14 = load u16 *u16 &@a + 2
        %15 = intcast u32 %13
        %16 = intcast u32 %14
        %17 = intcast u32 %10
        %18 = mul %15, u32 10000
        %19 = mul %16, u32 10
        %20 = add %18, %19
        %21 = add %20, %17
        ret %21
      }`;
    expect(result(text, 1)).toBe(770773);
    expect(result(text, 2)).toBe(770022);
  });

  test('constants with pointers, over-alignment and sentinels are what the program says', () => {
    const text = `
      export var @p : extern struct { *const u32, *const fn (u8) u8, [3:9]u8 } = .{ &(u32 5) align(64), &@g, .{ 1, 2, 3 } }
      fn @g(u8) u8 { %0 = arg u8 0 %1 = add_wrap %0, u8 1 ret %1 }
      export fn @f(usize) u32 {
        %0 = arg usize 0
        %1 = load extern struct { *const u32, *const fn (u8) u8, [3:9]u8 } *extern struct { *const u32, *const fn (u8) u8, [3:9]u8 } &@p
        %2 = struct_field_val *const u32 %1, 0
        %3 = load u32 %2
        %4 = struct_field_val *const fn (u8) u8 %1, 1
        %5 = call %4(u8 41)
        %6 = struct_field_val [3:9]u8 %1, 2
        %7 = array_elem_val %6, %0
        %8 = aggregate_init [3:9]u8 { %5, %5, %5 }
        %9 = array_elem_val %8, usize 3
        %10 = bitcast usize %2
        %11 = bit_and %10, usize 63
        %12 = cmp_eq %11, usize 0
        %13 = bitcast u1 %12
        %14 = intcast u32 %13
        %15 = mul %3, u32 10
        %16 = add %14, %15
        %17 = intcast u32 %7
        %18 = mul %17, u32 100
        %19 = add %16, %18
        %20 = intcast u32 %9
        %21 = mul %20, u32 1000
        %22 = add %19, %21
        %23 = intcast u32 %5
        %24 = mul %23, u32 10000
        %25 = add %22, %24
        ret %25
      }`.replaceAll('fn (', 'fn(');
    expect(result(text, 3)).toBe(420000 + 9000 + 900 + 51);
  });

  test('the address of something without bits is one address, in code and in data', () => {
    const text = `
      var @z : [0]u8 = .{}
      var @p : *[0]u8 = &@z
      var @q : *const [0]u8 = &([0]u8 .{})
      export fn @f() bool {
        %0 = load *[0]u8 **[0]u8 &@p
        %1 = cmp_eq %0, *[0]u8 &@z
        %2 = load *const [0]u8 **const [0]u8 &@q
        %3 = cmp_eq %2, *const [0]u8 &([0]u8 .{})
        %4 = bool_and %1, %3
        ret %4
      }`;
    expect(result(text)).toBe(1);
  });

  test('types without bits take part and take no place', () => {
    const text = `
      var @v : struct { u8, extern struct {}, [0]u32 } = .{ 3, .{}, .{} }
      fn @g(void, extern struct {}, u8, [0]u64) u8 {
        %0 = arg void 0
        %1 = arg extern struct {} 1
        %2 = arg u8 2
        %3 = arg [0]u64 3
        %4 = aggregate_init struct { extern struct {}, u8 } { %1, %2 }
        %5 = struct_field_val u8 %4, 1
        ret %5
      }
      export fn @f() u8 {
        %0 = load struct { u8, extern struct {}, [0]u32 } *struct { u8, extern struct {}, [0]u32 } &@v
        %1 = struct_field_val extern struct {} %0, 1
        %2 = struct_field_val u8 %0, 0
        %3 = alloc *void
        %4 = alloc *[0]u64
        store %4, [0]u64 .{}
        %6 = load [0]u64 %4
        %7 = block void { br %7 }
        %9 = call @g(void {}, %1, %2, %6)
        ret %9
      }`;
    expect(result(text)).toBe(3);
  });
});
