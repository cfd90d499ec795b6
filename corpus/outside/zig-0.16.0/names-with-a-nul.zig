//! Names of exports that differ behind a NUL are cut there, in its linker too: the module has one name twice.
//! zig 0.16.0: invalid
//! zig 0.17.1: invalid
//! f() = 3
fn one() callconv(.c) u32 {
    return 1;
}
fn two() callconv(.c) u32 {
    return 2;
}
comptime {
    @export(&one, .{ .name = "a\x00b" });
    @export(&two, .{ .name = "a\x00c" });
}
export fn f() u32 {
    return one() + two();
}
