//! @shuffle of lanes that lie in memory breaks the compiler.
//! zig 0.16.0: crash
//! f() = 341
export fn f() u32 {
    @setRuntimeSafety(false);
    var a: @Vector(3, u128) = .{ 1, 2, 3 };
    var b: @Vector(3, u128) = .{ 4, 5, 6 };
    _ = .{ &a, &b };
    const c = @shuffle(u128, a, b, @Vector(3, i32){ 2, -1, 0 });
    return @truncate(c[0] * 100 + c[1] * 10 + c[2]);
}
