/**
 * Runtime library: products of 128 bits, bytes and bits in reverse order. AIR text.
 */

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

/** AIR text of the family. */
export const BITS_SOURCE: string = MULTIPLY + BYTE_SWAP + BIT_REVERSE;
