//! A tag of more than 64 bits of a union is taken for a constant that fits into a register.
//! zig 0.16.0: crash
//! zig 0.17.1: invalid
//! f() = 7
const Tag = enum(u128) { a = 1 << 40, b = 5 };
const Union = union(Tag) { a: u32, b: u64 };
inline fn rt(comptime T: type, value: T) T {
    var place: T = value;
    _ = &place;
    return place;
}
export fn f() u32 {
    @setRuntimeSafety(false);
    const made = Union{ .a = rt(u32, 7) };
    var u = made;
    _ = &u;
    return switch (u) {
        .a => |value| value,
        .b => |value| @truncate(value + 100),
    };
}
