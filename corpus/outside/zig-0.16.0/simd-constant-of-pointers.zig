//! A constant vector of pointers in a register of simd128 has no relocations: all its addresses are 0.
//! flags -mcpu=generic+simd128
//! zig 0.16.0: wrong
//! zig 0.17.1: wrong
//! f() = 9
var x: u32 = 9;
inline fn rt(comptime T: type, value: T) T {
    var place: T = value;
    _ = &place;
    return place;
}
export fn f() u32 {
    @setRuntimeSafety(false);
    const v = rt(@Vector(4, *u32), .{ &x, &x, &x, &x });
    return v[3].*;
}
