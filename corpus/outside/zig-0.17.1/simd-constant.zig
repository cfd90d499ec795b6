//! A constant vector in a register of simd128 has whatever was in the compiler's memory.
//! flags -mcpu=generic+simd128
//! zig 0.17.1: wrong
//! f() = 10
inline fn rt(comptime T: type, value: T) T {
    var place: T = value;
    _ = &place;
    return place;
}
export fn f() u32 {
    @setRuntimeSafety(false);
    const v = rt(@Vector(4, u32), .{ 1, 2, 3, 4 });
    return v[0] + v[1] + v[2] + v[3];
}
