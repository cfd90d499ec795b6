/**
 * Runtime functions on 128-bit integers: shifts, quotients, remainders, products with overflow, conversions from and to
 * floats. AIR text.
 *
 * An integer travels as two u64, low word first; results are written through an address. Signatures are those of INTRINSICS in
 * core/mir. Narrower integers are extended by the caller, so these functions know one width.
 */

/** Amounts are 0 .. 127. A shift by 64 - k is made of two, so that no amount is 64. */
const SHIFTS = `
fn @__ashlti3(*[2]u64, u64, u64, u32) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u32 3
  %4 = ptr_elem_ptr *u64 %0, usize 0
  %5 = ptr_elem_ptr *u64 %0, usize 1
  %6 = bit_and %3, u32 63
  %7 = shl %1, %6
  %8 = cmp_gte %3, u32 64
  cond_br %8 {
    store %4, u64 0
    store %5, %7
    ret void {}
  } else {
    %13 = sub u32 63, %6
    %14 = shr %1, u8 1
    %15 = shr %14, %13
    %16 = shl %2, %6
    %17 = bit_or %16, %15
    store %4, %7
    store %5, %17
    ret void {}
  }
}
fn @__lshrti3(*[2]u64, u64, u64, u32) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u32 3
  %4 = ptr_elem_ptr *u64 %0, usize 0
  %5 = ptr_elem_ptr *u64 %0, usize 1
  %6 = bit_and %3, u32 63
  %7 = shr %2, %6
  %8 = cmp_gte %3, u32 64
  cond_br %8 {
    store %4, %7
    store %5, u64 0
    ret void {}
  } else {
    %13 = sub u32 63, %6
    %14 = shl %2, u8 1
    %15 = shl %14, %13
    %16 = shr %1, %6
    %17 = bit_or %16, %15
    store %4, %17
    store %5, %7
    ret void {}
  }
}
fn @__ashrti3(*[2]u64, u64, u64, u32) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u32 3
  %4 = ptr_elem_ptr *u64 %0, usize 0
  %5 = ptr_elem_ptr *u64 %0, usize 1
  %6 = bit_and %3, u32 63
  %7 = bitcast i64 %2
  %8 = shr %7, %6
  %9 = bitcast u64 %8
  %10 = cmp_gte %3, u32 64
  cond_br %10 {
    %12 = shr %7, u8 63
    %13 = bitcast u64 %12
    store %4, %9
    store %5, %13
    ret void {}
  } else {
    %17 = sub u32 63, %6
    %18 = shl %2, u8 1
    %19 = shl %18, %17
    %20 = shr %1, %6
    %21 = bit_or %20, %19
    store %4, %21
    store %5, %9
    ret void {}
  }
}
`;

/**
 * Quotient (words 0 and 1 of the result) and remainder (words 2 and 3). If no operand has a high word, one division. Otherwise the
 * divisor is shifted up to the dividend's leading bit, and each step down gives one bit: the divisor is subtracted where it
 * goes. The words r (remainder), d (shifted divisor) and q live in memory. A divisor of 0 ends after a bounded number of steps.
 */
const DIVISION = `
fn @__air_udivmod128(*[4]u64, u64, u64, u64, u64) void {
  %0 = arg *[4]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = ptr_elem_ptr *u64 %0, usize 0
  %6 = ptr_elem_ptr *u64 %0, usize 1
  %7 = ptr_elem_ptr *u64 %0, usize 2
  %8 = ptr_elem_ptr *u64 %0, usize 3
  store %6, u64 0
  store %8, u64 0
  %11 = bit_or %2, %4
  %12 = cmp_eq %11, u64 0
  cond_br %12 {
    %14 = div_trunc %1, %3
    %15 = rem %1, %3
    store %5, %14
    store %7, %15
    ret void {}
  } else {
    store %5, u64 0
    store %7, %1
    store %8, %2
    %22 = call @__air_clz128(%1, %2)
    %23 = call @__air_clz128(%3, %4)
    %24 = cmp_lt %23, %22
    cond_br %24 {
      ret void {}
    } else {
      %27 = sub %23, %22
      %28 = alloc *[2]u64
      %29 = alloc *u32
      %30 = min %27, u32 127
      call @__ashlti3(%28, %3, %4, %30)
      store %29, %30
      %33 = ptr_elem_ptr *u64 %28, usize 0
      %34 = ptr_elem_ptr *u64 %28, usize 1
      %35 = loop noreturn {
        %36 = load u64 %7
        %37 = load u64 %8
        %38 = load u64 %33
        %39 = load u64 %34
        %40 = cmp_lt %36, %38
        %41 = bitcast u1 %40
        %42 = intcast u64 %41
        %43 = sub_wrap %36, %38
        %44 = sub_wrap %37, %39
        %45 = sub_wrap %44, %42
        %46 = cmp_lt %37, %39
        %47 = cmp_eq %37, %39
        %48 = bool_and %47, %40
        %49 = bool_or %46, %48
        %50 = bitcast u1 %49
        %51 = intcast u64 %50
        %52 = sub_wrap %51, u64 1
        %53 = bit_and %52, u64 1
        %54 = sub_wrap u64 0, %51
        %55 = bit_and %43, %52
        %56 = bit_and %36, %54
        %57 = bit_or %55, %56
        %58 = bit_and %45, %52
        %59 = bit_and %37, %54
        %60 = bit_or %58, %59
        store %7, %57
        store %8, %60
        %63 = load u64 %5
        %64 = load u64 %6
        %65 = shl %64, u8 1
        %66 = shr %63, u8 63
        %67 = bit_or %65, %66
        %68 = shl %63, u8 1
        %69 = bit_or %68, %53
        store %5, %69
        store %6, %67
        %72 = load u32 %29
        %73 = cmp_eq %72, u32 0
        cond_br %73 {
          ret void {}
        } else {
          %76 = sub %72, u32 1
          store %29, %76
          %78 = shr %38, u8 1
          %79 = shl %39, u8 63
          %80 = bit_or %78, %79
          %81 = shr %39, u8 1
          store %33, %80
          store %34, %81
          repeat %35
        }
      }
    }
  }
}
fn @__air_clz128(u64, u64) u32 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = cmp_eq %1, u64 0
  cond_br %2 {
    %4 = clz u32 %0
    %5 = add %4, u32 64
    ret %5
  } else {
    %7 = clz u32 %1
    ret %7
  }
}
fn @__air_neg128(*[2]u64, u64, u64, u64) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = ptr_elem_ptr *u64 %0, usize 0
  %5 = ptr_elem_ptr *u64 %0, usize 1
  %6 = xor %1, %3
  %7 = xor %2, %3
  %8 = sub_wrap %6, %3
  %9 = cmp_lt %6, %3
  %10 = bitcast u1 %9
  %11 = intcast u64 %10
  %12 = sub_wrap %7, %3
  %13 = sub_wrap %12, %11
  store %4, %8
  store %5, %13
  ret void {}
}
fn @__air_sign(u64) u64 {
  %0 = arg u64 0
  %1 = bitcast i64 %0
  %2 = shr %1, u8 63
  %3 = bitcast u64 %2
  ret %3
}
fn @__udivti3(*[2]u64, u64, u64, u64, u64) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = alloc *[4]u64
  call @__air_udivmod128(%5, %1, %2, %3, %4)
  %7 = ptr_elem_ptr *u64 %5, usize 0
  %8 = ptr_elem_ptr *u64 %5, usize 1
  %9 = load u64 %7
  %10 = load u64 %8
  call @__air_neg128(%0, %9, %10, u64 0)
  ret void {}
}
fn @__umodti3(*[2]u64, u64, u64, u64, u64) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = alloc *[4]u64
  call @__air_udivmod128(%5, %1, %2, %3, %4)
  %7 = ptr_elem_ptr *u64 %5, usize 2
  %8 = ptr_elem_ptr *u64 %5, usize 3
  %9 = load u64 %7
  %10 = load u64 %8
  call @__air_neg128(%0, %9, %10, u64 0)
  ret void {}
}
fn @__air_divmod128(*[4]u64, u64, u64, u64, u64) void {
  %0 = arg *[4]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = call @__air_sign(%2)
  %6 = call @__air_sign(%4)
  %7 = alloc *[2]u64
  %8 = alloc *[2]u64
  call @__air_neg128(%7, %1, %2, %5)
  call @__air_neg128(%8, %3, %4, %6)
  %11 = ptr_elem_ptr *u64 %7, usize 0
  %12 = ptr_elem_ptr *u64 %7, usize 1
  %13 = ptr_elem_ptr *u64 %8, usize 0
  %14 = ptr_elem_ptr *u64 %8, usize 1
  %15 = load u64 %11
  %16 = load u64 %12
  %17 = load u64 %13
  %18 = load u64 %14
  call @__air_udivmod128(%0, %15, %16, %17, %18)
  ret void {}
}
fn @__divti3(*[2]u64, u64, u64, u64, u64) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = alloc *[4]u64
  call @__air_divmod128(%5, %1, %2, %3, %4)
  %7 = ptr_elem_ptr *u64 %5, usize 0
  %8 = ptr_elem_ptr *u64 %5, usize 1
  %9 = load u64 %7
  %10 = load u64 %8
  %11 = xor %2, %4
  %12 = call @__air_sign(%11)
  call @__air_neg128(%0, %9, %10, %12)
  ret void {}
}
fn @__modti3(*[2]u64, u64, u64, u64, u64) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = alloc *[4]u64
  call @__air_divmod128(%5, %1, %2, %3, %4)
  %7 = ptr_elem_ptr *u64 %5, usize 2
  %8 = ptr_elem_ptr *u64 %5, usize 3
  %9 = load u64 %7
  %10 = load u64 %8
  %11 = call @__air_sign(%2)
  call @__air_neg128(%0, %9, %10, %11)
  ret void {}
}
`;

/**
 * Unsigned: with operands of a high and a low word each, the product overflows if both high words are not 0, if a product of a
 * high and a low word does not fit 64 bits, or if adding it to the high word of the product of the low words carries. Signed: that
 * of the absolute values, which must not be above 2^127, or 2^127 - 1 if the signs are equal.
 */
const OVERFLOWING_PRODUCT = `
fn @__air_mul64(*u128, u64, u64) void {
  %0 = arg *u128 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = intcast u128 %1
  %4 = intcast u128 %2
  %5 = mul_wrap %3, %4
  store %0, %5
  ret void {}
}
fn @__umuloti4(*[2]u64, u64, u64, u64, u64, *u32) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = arg *u32 5
  %6 = cmp_neq %2, u64 0
  %7 = cmp_neq %4, u64 0
  %8 = bool_and %6, %7
  %34 = alloc *u128
  %9 = bitcast *[2]u64 %34
  %10 = ptr_elem_ptr *u64 %9, usize 0
  %11 = ptr_elem_ptr *u64 %9, usize 1
  call @__air_mul64(%34, %1, %4)
  %13 = load u64 %10
  %14 = load u64 %11
  call @__air_mul64(%34, %2, %3)
  %16 = load u64 %10
  %17 = load u64 %11
  %18 = bit_or %14, %17
  %19 = cmp_neq %18, u64 0
  %20 = add_wrap %13, %16
  call @__air_mul64(%34, %1, %3)
  %22 = load u64 %10
  %23 = load u64 %11
  %24 = add_wrap %23, %20
  %25 = cmp_lt %24, %23
  %26 = bool_or %8, %19
  %27 = bool_or %26, %25
  %28 = ptr_elem_ptr *u64 %0, usize 0
  %29 = ptr_elem_ptr *u64 %0, usize 1
  store %28, %22
  store %29, %24
  %32 = bitcast u1 %27
  %33 = intcast u32 %32
  store %5, %33
  ret void {}
}
fn @__muloti4(*[2]u64, u64, u64, u64, u64, *u32) void {
  %0 = arg *[2]u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = arg u64 3
  %4 = arg u64 4
  %5 = arg *u32 5
  %6 = call @__air_sign(%2)
  %7 = call @__air_sign(%4)
  %8 = xor %6, %7
  %9 = alloc *[2]u64
  %10 = ptr_elem_ptr *u64 %9, usize 0
  %11 = ptr_elem_ptr *u64 %9, usize 1
  call @__air_neg128(%9, %1, %2, %6)
  %13 = load u64 %10
  %14 = load u64 %11
  call @__air_neg128(%9, %3, %4, %7)
  %16 = load u64 %10
  %17 = load u64 %11
  call @__umuloti4(%9, %13, %14, %16, %17, %5)
  %19 = load u64 %10
  %20 = load u64 %11
  %21 = load u32 %5
  call @__air_neg128(%0, %19, %20, %8)
  %23 = ptr_elem_ptr *u64 %0, usize 1
  %24 = load u64 %23
  %25 = xor %24, %8
  %26 = bit_or %19, %20
  %27 = cmp_neq %26, u64 0
  %28 = shr %25, u8 63
  %29 = cmp_eq %28, u64 1
  %30 = bool_and %27, %29
  %31 = bitcast u1 %30
  %32 = intcast u32 %31
  %33 = bit_or %21, %32
  store %5, %33
  ret void {}
}
`;

/**
 * From floats: the high word is the value divided by 2^64, the low word what is left; both steps are exact, because a float has
 * at most 53 significant bits. To floats: 64 bits from the leading one on, the lowest of which says whether any bit below is set,
 * are rounded once by the conversion of wasm and scaled by a power of two, which is exact or overflows to infinity.
 */
const FLOATS = `
fn @__fixunsdfti(*[2]u64, f64) void {
  %0 = arg *[2]u64 0
  %1 = arg f64 1
  %2 = mul %1, f64 5.421010862427522e-20
  %3 = int_from_float u64 %2
  %4 = float_from_int f64 %3
  %5 = mul %4, f64 18446744073709552000.0
  %6 = sub %1, %5
  %7 = int_from_float u64 %6
  %8 = ptr_elem_ptr *u64 %0, usize 0
  %9 = ptr_elem_ptr *u64 %0, usize 1
  store %8, %7
  store %9, %3
  ret void {}
}
fn @__fixunssfti(*[2]u64, f32) void {
  %0 = arg *[2]u64 0
  %1 = arg f32 1
  %2 = fpext f64 %1
  call @__fixunsdfti(%0, %2)
  ret void {}
}
fn @__fixdfti(*[2]u64, f64) void {
  %0 = arg *[2]u64 0
  %1 = arg f64 1
  %2 = abs f64 %1
  call @__fixunsdfti(%0, %2)
  %4 = ptr_elem_ptr *u64 %0, usize 0
  %5 = ptr_elem_ptr *u64 %0, usize 1
  %6 = load u64 %4
  %7 = load u64 %5
  %8 = bitcast u64 %1
  %9 = call @__air_sign(%8)
  call @__air_neg128(%0, %6, %7, %9)
  ret void {}
}
fn @__fixsfti(*[2]u64, f32) void {
  %0 = arg *[2]u64 0
  %1 = arg f32 1
  %2 = fpext f64 %1
  call @__fixdfti(%0, %2)
  ret void {}
}
fn @__air_leading64(u64, u64, u64) u64 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = arg u64 2
  %3 = shl %1, %2
  %4 = sub u64 63, %2
  %5 = shr %0, u8 1
  %6 = shr %5, %4
  %7 = bit_or %3, %6
  %8 = shl %0, %2
  %9 = min %8, u64 1
  %10 = bit_or %7, %9
  ret %10
}
fn @__floatuntidf(u64, u64) f64 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = cmp_eq %1, u64 0
  cond_br %2 {
    %4 = float_from_int f64 %0
    ret %4
  } else {
    %6 = clz u64 %1
    %7 = call @__air_leading64(%0, %1, %6)
    %8 = float_from_int f64 %7
    %9 = sub u64 1087, %6
    %10 = shl %9, u8 52
    %11 = bitcast f64 %10
    %12 = mul %8, %11
    ret %12
  }
}
fn @__floatuntisf(u64, u64) f32 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = cmp_eq %1, u64 0
  cond_br %2 {
    %4 = float_from_int f32 %0
    ret %4
  } else {
    %6 = clz u64 %1
    %7 = call @__air_leading64(%0, %1, %6)
    %8 = float_from_int f32 %7
    %9 = sub u64 191, %6
    %10 = trunc u32 %9
    %11 = shl %10, u8 23
    %12 = bitcast f32 %11
    %13 = mul %8, %12
    ret %13
  }
}
fn @__floattidf(u64, u64) f64 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = call @__air_sign(%1)
  %3 = alloc *[2]u64
  call @__air_neg128(%3, %0, %1, %2)
  %5 = ptr_elem_ptr *u64 %3, usize 0
  %6 = ptr_elem_ptr *u64 %3, usize 1
  %7 = load u64 %5
  %8 = load u64 %6
  %9 = call @__floatuntidf(%7, %8)
  %10 = cmp_eq %2, u64 0
  cond_br %10 {
    ret %9
  } else {
    %13 = neg %9
    ret %13
  }
}
fn @__floattisf(u64, u64) f32 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = call @__air_sign(%1)
  %3 = alloc *[2]u64
  call @__air_neg128(%3, %0, %1, %2)
  %5 = ptr_elem_ptr *u64 %3, usize 0
  %6 = ptr_elem_ptr *u64 %3, usize 1
  %7 = load u64 %5
  %8 = load u64 %6
  %9 = call @__floatuntisf(%7, %8)
  %10 = cmp_eq %2, u64 0
  cond_br %10 {
    ret %9
  } else {
    %13 = neg %9
    ret %13
  }
}
`;

/** AIR text of these functions. */
export const WIDE_INTEGERS_SOURCE: string = SHIFTS + DIVISION + OVERFLOWING_PRODUCT + FLOATS;
