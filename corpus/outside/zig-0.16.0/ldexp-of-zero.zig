//! std.math.ldexp of zero is a small number, in both ways.
//! zig 0.16.0: wrong
//! zig 0.17.1: wrong
//! zig-llvm 0.16.0: wrong
//! zig-llvm 0.17.1: wrong
//! f() = 1
const std = @import("std");
inline fn rt(comptime T: type, value: T) T {
    var place: T = value;
    _ = &place;
    return place;
}
export fn f() u32 {
    return @intFromBool(std.math.ldexp(rt(f64, 0), 57) == 0);
}
