/**
 * Hand-written programs in canonical text: together they hold every form of instruction, type, value and declaration.
 * All of them are valid; the tests of printer, parser and verifier start from them.
 */

/** Arithmetic, bits, comparisons and casts. */
const VALUES = `export fn @ints(u32, i7, u64) u32 {
  %0 = arg u32 0
  %1 = arg i7 1
  %2 = arg u64 2
  %3 = add %0, u32 1
  %4 = sub %3, %0
  %5 = mul %4, u32 4294967295
  %6 = add_wrap %5, %0
  %7 = sub_wrap %6, %0
  %8 = mul_wrap %7, %0
  %9 = add_sat %1, i7 -64
  %10 = sub_sat %9, i7 63
  %11 = mul_sat %10, %1
  %12 = div_trunc %11, i7 3
  %13 = div_floor %12, i7 3
  %14 = div_exact %13, i7 1
  %15 = rem %14, i7 2
  %16 = mod %15, i7 2
  %17 = min %16, i7 0
  %18 = max %17, i7 -1
  %19 = add_with_overflow tuple { u32, u1 } %0, %3
  %20 = sub_with_overflow tuple { u32, u1 } %0, %3
  %21 = mul_with_overflow tuple { u32, u1 } %0, %3
  %22 = shl_with_overflow tuple { u32, u1 } %0, u5 3
  %23 = abs u7 %18
  %24 = abs usize isize -3
  %25 = bit_and %0, u32 255
  %26 = bit_or %25, %3
  %27 = xor %26, %4
  %28 = not u32 %27
  %29 = shl %28, u5 1
  %30 = shr %29, u8 2
  %31 = shl_exact %30, u64 0
  %32 = shr_exact %31, usize 0
  %33 = shl_sat %32, u1 1
  %34 = clz u6 %33
  %35 = ctz u32 %33
  %36 = popcount u6 %33
  %37 = byte_swap u32 %33
  %38 = bit_reverse u32 %37
  %39 = intcast i64 %2
  %40 = trunc i7 %39
  %41 = trunc u32 %2
  %42 = bitcast u7 %40
  %43 = bitcast usize %41
  %44 = cmp_lt %42, u7 5
  %45 = cmp_lte %43, usize 5
  %46 = bool_and %44, %45
  %47 = bool_or %46, bool true
  %48 = not bool %47
  %49 = bitcast u1 %48
  %50 = bitcast bool %49
  %51 = cmp_eq %50, bool false
  ret %38
}

export fn @floats(f32, f64) f64 {
  %0 = arg f32 0
  %1 = arg f64 1
  %2 = add %0, f32 1.5
  %3 = div_float %2, f32 -0.0
  %4 = neg %3
  %5 = sqrt %4
  %6 = floor %5
  %7 = ceil %6
  %8 = trunc_float %7
  %9 = round %8
  %10 = abs f32 %9
  %11 = rem %10, f32 0.1
  %12 = mod %11, f32 1e-7
  %13 = min %12, f32 nan(0x7fc00000)
  %14 = max %13, f32 -inf
  %15 = fpext f64 %14
  %16 = fptrunc f32 %15
  %17 = int_from_float i9 %16
  %18 = float_from_int f64 %17
  %19 = bitcast u64 %18
  %20 = bitcast f64 %19
  %21 = bitcast i32 %16
  %22 = bitcast f32 %21
  %23 = cmp_gt %20, %1
  %24 = cmp_gte %20, f64 1e300
  %25 = cmp_neq %20, f64 nan(0xfff8000000000001)
  %26 = add %20, f64 inf
  ret %26
}
`;

/** Memory, slices and aggregates. */
const MEMORY = `const @table: [4]u16 align(8) section(".rodata.table") = .{ 1, 2, 3, 65535 }
var @buffer: [16]u8 = .{ 0 ** }
const @text: [5:0]u8 = "a\\n\\"\\\\\\xff"
export("state", "state2" hidden) var @state: struct { u8, u64, *const [4]u16 } = .{ 1, 18446744073709551615, &@table }
extern var @outside: u32
extern var @thread: u32 align(16) threadlocal
var @local: u32 threadlocal = undef
const @slices: [2][]const u8 = .{ slice(*const [5:0]u8 &@text, 5), slice([*]const u8 &(u8 7), 1) }
const @ptrs: extern struct { *const u8, [*]u8 align(8), *align(1) const u32 } = .{ &@buffer + 3, &@buffer - 2, ptr(4096) }
const @deep: *const struct { *const u8 } = &(struct { *const u8 } .{ &(u8 1) align(32) + 1 })
const @empty: tuple {} = .{}
const @nothing: void = {}
const @"strange name \\xc3\\xa9": [2]bool = .{ true, false }

fn @memory(*align(8) [4]u32, []u8, usize) usize {
  %0 = arg *align(8) [4]u32 0
  %1 = arg []u8 1
  %2 = arg usize 2
  %3 = alloc *align(16) struct { u8, u32 }
  store %3, struct { u8, u32 } .{ 1, 2 }
  %5 = load struct { u8, u32 } %3
  %6 = struct_field_val u32 %5, 1
  %7 = struct_field_ptr *align(16) u32 %3, 1
  %8 = struct_field_ptr_index_0 *align(4) u8 %3
  %9 = struct_field_ptr_index_1 *u32 %3
  %10 = field_parent_ptr *align(16) struct { u8, u32 } %7, 1
  store %9, %6
  %12 = ptr_elem_ptr *u32 %0, %2
  %13 = array_to_slice []align(8) u32 %0
  %14 = slice_len usize %13
  %15 = slice_ptr [*]align(8) u32 %13
  %16 = ptr_add [*]u32 %15, usize 1
  %17 = ptr_sub [*]u32 %16, usize 1
  %18 = ptr_elem_val %17, %14
  %19 = slice []const u32 %17, usize 2
  %20 = slice_elem_val %19, usize 0
  %21 = slice_elem_ptr *const u32 %19, usize 1
  %22 = alloc *[]u8
  store %22, %1
  %24 = ptr_slice_len_ptr *usize %22
  %25 = ptr_slice_ptr_ptr *[*]u8 %22
  %26 = aggregate_init [2:9]u32 { %18, %20 }
  %27 = array_elem_val %26, usize 2
  %28 = aggregate_init tuple { u32, []u8 } { %27, %1 }
  memset %1, u8 0
  memcpy %0, %19
  memmove *[16]u8 &@buffer, []const u8 slice(*const [5:0]u8 &@text, 5)
  %32 = bitcast usize %21
  %33 = bitcast *u8 %32
  %34 = cmp_eq %33, *u8 ptr(0)
  %35 = bitcast *u32 %32
  store %35, u32 undef
  %37 = aggregate_init struct {} {}
  ret %32
}

fn @wide([3]u64) [3]u64 {
  %0 = arg [3]u64 0
  %1 = ret_ptr *[3]u64
  store %1, %0
  ret_load %1
}
`;

/** Control flow and calls. */
const CONTROL = `extern fn @tick(u32, f64, bool) u32
extern("other module") fn @log(i7) void

fn @helper(*const fn(u32) u32, u32) u32 {
  %0 = arg *const fn(u32) u32 0
  %1 = arg u32 1
  %2 = call %0(%1)
  %3 = call @itself(%2)
  %4 = call *const fn(u32) u32 undef(%3)
  ret %4
}

export fn @itself(u32) u32 {
  %0 = arg u32 0
  breakpoint
  %2 = cmp_eq %0, u32 0
  cond_br %2 {
    ret u32 1
  } else {
    %5 = call @helper(*const fn(u32) u32 &@itself, %0)
    call @log(i7 -1)
    ret %5
  }
}

fn @never() noreturn {
  trap
}

export fn @control(i32) i64 {
  %0 = arg i32 0
  %1 = alloc *i32
  store %1, %0
  %3 = block i64 {
    %4 = loop noreturn {
      %5 = load i32 %1
      switch_br %5 {
        case i32 -1, i32 3, i32 5..i32 9 {
          br %3 i64 -9223372036854775808
        }
        case i32 -2147483648..i32 -2 {
          %8 = block void {
            %9 = cmp_lt %5, i32 -100
            cond_br %9 {
              br %8
            } else {
              breakpoint
              %13 = call @tick(u32 0, f64 0.5, bool true)
              unreach
            }
          }
          call @never()
        }
        case i32 2147483647 {
          br %3 i64 9007199254740993
        }
        else {
          %17 = sub %5, i32 1
          store %1, %17
          repeat %4
        }
      }
    }
  }
  ret %3
}

fn @nothing(void) void {
  arg void 0
  ret void {}
}
`;

/** One instruction of each form that only refused instructions have, and of each that others share. Not valid. */
export const REFUSED_PROGRAM = `extern fn @inlined() u32
extern var @thread: u32 threadlocal

fn @refused(u32, *u32) u32 {
  %0 = arg u32 0
  %1 = arg *u32 1
  dbg_stmt 3 7
  dbg_var_val %0, "x \\"\\xc3\\xa9\\""
  %4 = mul_add %0, %0, u32 1
  %5 = runtime_nav_ptr *u32 @thread
  %6 = select %4, %0, u32 2
  %7 = cmp_vector bool %0, %6, gte
  %8 = shuffle_one u32 %0, { a0, a3, u32 9, undef }
  %9 = shuffle_two u32 %0, %4, { b1, undef, a1073741822 }
  %10 = reduce %9, xor
  %11 = atomic_load u32 %1, seq_cst
  %12 = atomic_rmw u32 %1, %11, nand, acq_rel
  %13 = cmpxchg_weak u32 %1, %11, u32 0, acquire, monotonic
  atomic_store_release %1, %13
  prefetch %1, read, 3, data
  %16 = wasm_memory_size 0
  %17 = wasm_memory_grow 0 %16
  %18 = save_err_return_trace_index u32 2
  %19 = union_init u32 %0, 1
  %20 = try u32 %19 {
    ret_safe %0
  }
  %22 = dbg_inline_block u32 @inlined {
    br %22 %20
  }
  %24 = is_err %22
  %25 = call_never_inline @inlined()
  %26 = loop_switch_br %0 {
    case u32 1, u32 3..u32 4 {
      switch_dispatch %26 %0
    }
    else {
      ret u32 0
    }
  }
}
`;

/** Every valid program by name. */
export const PROGRAMS: Readonly<Record<string, string>> = { values: VALUES, memory: MEMORY, control: CONTROL };
