//! Equality of optionals whose payload lies in memory: the payloads are loaded as if they fitted into a register.
//! zig 0.16.0: crash
//! zig 0.17.1: invalid
//! f() = 0
export fn f() u32 {
    @setRuntimeSafety(false);
    var a: ?u128 = 5;
    var b: ?u128 = 6;
    _ = .{ &a, &b };
    return @intFromBool(a == b);
}
