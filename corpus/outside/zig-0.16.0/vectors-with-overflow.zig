//! @addWithOverflow of vectors breaks the compiler, where other arithmetic of vectors is refused by name.
//! zig 0.16.0: crash
//! f() = 1144
export fn f() u32 {
    @setRuntimeSafety(false);
    var a: @Vector(4, u8) = .{ 200, 2, 3, 4 };
    _ = &a;
    const r = @addWithOverflow(a, a);
    return r[0][0] + @as(u32, r[1][0]) * 1000;
}
