/**
 * Runtime library: fmod of f32 and f64. AIR text.
 */

/**
 * fmod, exact. With |x| = mx * 2^ex and |y| = my * 2^ey over the same power of two, the result is
 * (mx * 2^(ex - ey) mod my) * 2^ey with the sign of x; the shift is taken in steps of 11, which keep 64 bits. Exponent
 * field 0 means a subnormal, whose exponent is that of field 1 and whose mantissa has no hidden bit. That of f32 goes
 * through f64, where every result is exact and fits an f32.
 */
export const FLOAT_REMAINDER_SOURCE = `
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
