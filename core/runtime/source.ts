/**
 * The compiler's runtime library: what generated code calls by name because wasm has no instruction for it.
 *
 * A unit in AIR text, compiled by the pipeline like any other and linked like any object. Signatures are those of
 * INTRINSICS in core/mir. It uses only instructions that lower without the library itself.
 */
import { WIDE_INTEGERS } from './wide-integers.ts';

/** __multi3: low and high word of a product modulo 2^128; schoolbook over 32-bit halves. */
const MULTIPLY = `
fn @__multi3(*[2]u64, u64, u64, u64, u64) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %10 = bit_and %1, u64 4294967295
  %11 = shr %1, u8 32
  %12 = bit_and %3, u64 4294967295
  %13 = shr %3, u8 32
  %20 = mul_wrap %10, %12
  %21 = mul_wrap %10, %13
  %22 = mul_wrap %11, %12
  %23 = mul_wrap %11, %13
  %30 = shr %20, u8 32
  %31 = bit_and %21, u64 4294967295
  %32 = bit_and %22, u64 4294967295
  %33 = add_wrap %30, %31
  %34 = add_wrap %33, %32
  %35 = shr %34, u8 32
  %36 = shr %21, u8 32
  %37 = shr %22, u8 32
  %38 = add_wrap %23, %35
  %39 = add_wrap %38, %36
  %40 = add_wrap %39, %37
  %41 = mul_wrap %1, %4
  %42 = mul_wrap %2, %3
  %43 = add_wrap %40, %41
  %44 = add_wrap %43, %42
  %45 = mul_wrap %1, %3
  %46 = ptr_elem_ptr *u64 %0, usize 0
  store %46, %45
  %48 = ptr_elem_ptr *u64 %0, usize 1
  store %48, %44
  ret void {}
}
`;

/** Bytes in reverse order: neighbours change places, in ever greater groups. */
const BYTE_SWAP = `
fn @__bswapsi2(u32) u32 {
  %0 = arg u32 0
  %1 = bit_and %0, u32 0x00ff00ff
  %2 = shl %1, u8 8
  %3 = shr %0, u8 8
  %4 = bit_and %3, u32 0x00ff00ff
  %5 = bit_or %2, %4
  %6 = shl %5, u8 16
  %7 = shr %5, u8 16
  %8 = bit_or %6, %7
  ret %8
}
fn @__bswapdi2(u64) u64 {
  %0 = arg u64 0
  %1 = bit_and %0, u64 0x00ff00ff00ff00ff
  %2 = shl %1, u8 8
  %3 = shr %0, u8 8
  %4 = bit_and %3, u64 0x00ff00ff00ff00ff
  %5 = bit_or %2, %4
  %6 = bit_and %5, u64 0x0000ffff0000ffff
  %7 = shl %6, u8 16
  %8 = shr %5, u8 16
  %9 = bit_and %8, u64 0x0000ffff0000ffff
  %10 = bit_or %7, %9
  %11 = shl %10, u8 32
  %12 = shr %10, u8 32
  %13 = bit_or %11, %12
  ret %13
}
`;

/** Bits in reverse order: reversed inside each byte, then the bytes. */
const BIT_REVERSE = `
fn @__bitreversesi2(u32) u32 {
  %0 = arg u32 0
  %1 = bit_and %0, u32 0x55555555
  %2 = shl %1, u8 1
  %3 = shr %0, u8 1
  %4 = bit_and %3, u32 0x55555555
  %5 = bit_or %2, %4
  %6 = bit_and %5, u32 0x33333333
  %7 = shl %6, u8 2
  %8 = shr %5, u8 2
  %9 = bit_and %8, u32 0x33333333
  %10 = bit_or %7, %9
  %11 = bit_and %10, u32 0x0f0f0f0f
  %12 = shl %11, u8 4
  %13 = shr %10, u8 4
  %14 = bit_and %13, u32 0x0f0f0f0f
  %15 = bit_or %12, %14
  %16 = call @__bswapsi2(%15)
  ret %16
}
fn @__bitreversedi2(u64) u64 {
  %0 = arg u64 0
  %1 = bit_and %0, u64 0x5555555555555555
  %2 = shl %1, u8 1
  %3 = shr %0, u8 1
  %4 = bit_and %3, u64 0x5555555555555555
  %5 = bit_or %2, %4
  %6 = bit_and %5, u64 0x3333333333333333
  %7 = shl %6, u8 2
  %8 = shr %5, u8 2
  %9 = bit_and %8, u64 0x3333333333333333
  %10 = bit_or %7, %9
  %11 = bit_and %10, u64 0x0f0f0f0f0f0f0f0f
  %12 = shl %11, u8 4
  %13 = shr %10, u8 4
  %14 = bit_and %13, u64 0x0f0f0f0f0f0f0f0f
  %15 = bit_or %12, %14
  %16 = call @__bswapdi2(%15)
  ret %16
}
`;

/**
 * fmod, exact. With |x| = mx * 2^ex and |y| = my * 2^ey over the same power of two, the result is
 * (mx * 2^(ex - ey) mod my) * 2^ey with the sign of x; the shift is taken in steps of 11, which keep 64 bits. Exponent
 * field 0 means a subnormal, whose exponent is that of field 1 and whose mantissa has no hidden bit. That of f32 goes
 * through f64, where every result is exact and fits an f32.
 */
const FLOAT_REMAINDER = `
fn @fmod(f64, f64) f64 {
  %0 = arg f64 0
  %1 = arg f64 1
  %2 = bitcast u64 %0
  %3 = bitcast u64 %1
  %4 = bit_and %2, u64 0x7fffffffffffffff
  %5 = bit_and %3, u64 0x7fffffffffffffff
  %6 = bit_and %2, u64 0x8000000000000000
  %7 = cmp_eq %5, u64 0
  %8 = cmp_gt %5, u64 0x7ff0000000000000
  %9 = cmp_gte %4, u64 0x7ff0000000000000
  %10 = bool_or %7, %8
  %11 = bool_or %10, %9
  cond_br %11 {
    %13 = mul %0, %1
    %14 = div_float %13, %13
    ret %14
  } else {
    %16 = cmp_lt %4, %5
    cond_br %16 {
      ret %0
    } else {
      %20 = shr %4, u8 52
      %21 = shr %5, u8 52
      %22 = max %20, u64 1
      %23 = max %21, u64 1
      %24 = min %20, u64 1
      %25 = min %21, u64 1
      %26 = shl %24, u8 52
      %27 = shl %25, u8 52
      %28 = bit_and %4, u64 0x000fffffffffffff
      %29 = bit_and %5, u64 0x000fffffffffffff
      %30 = bit_or %28, %26
      %31 = bit_or %29, %27
      %32 = alloc *u64
      %33 = alloc *u64
      %34 = rem %30, %31
      store %32, %34
      %36 = sub %22, %23
      store %33, %36
      %38 = block void {
        %39 = loop noreturn {
          %40 = load u64 %33
          %41 = cmp_eq %40, u64 0
          cond_br %41 {
            br %38
          } else {
            %44 = min %40, u64 11
            %45 = load u64 %32
            %46 = shl %45, %44
            %47 = rem %46, %31
            store %32, %47
            %49 = sub %40, %44
            store %33, %49
            repeat %39
          }
        }
      }
      %60 = load u64 %32
      %61 = cmp_eq %60, u64 0
      cond_br %61 {
        %63 = bitcast f64 %6
        ret %63
      } else {
        %65 = clz u64 %60
        %66 = sub %65, u64 11
        %67 = sub %23, u64 1
        %68 = min %66, %67
        %69 = shl %60, %68
        %70 = sub %67, %68
        %71 = shl %70, u8 52
        %72 = add_wrap %69, %71
        %73 = bit_or %72, %6
        %74 = bitcast f64 %73
        ret %74
      }
    }
  }
}
fn @fmodf(f32, f32) f32 {
  %0 = arg f32 0
  %1 = arg f32 1
  %2 = fpext f64 %0
  %3 = fpext f64 %1
  %4 = call @fmod(%2, %3)
  %5 = fptrunc f32 %4
  ret %5
}
`;

/** AIR text of the library. */
export const RUNTIME_SOURCE: string = MULTIPLY + BYTE_SWAP + BIT_REVERSE + FLOAT_REMAINDER + WIDE_INTEGERS;
