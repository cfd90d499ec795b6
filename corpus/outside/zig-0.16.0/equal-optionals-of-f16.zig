//! Equality of optionals of f16: both payloads are on the stack before either is made an f32.
//! zig 0.16.0: invalid
//! zig 0.17.1: invalid
//! f() = 0
export fn f() u32 {
    @setRuntimeSafety(false);
    var a: ?f16 = 1;
    var b: ?f16 = 2;
    _ = .{ &a, &b };
    return @intFromBool(a == b);
}
