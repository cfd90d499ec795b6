//! @bitCast of a packed struct whose integer has a sign to an integer without one keeps the sign beyond its bits.
//! zig 0.16.0: wrong
//! f() = 127
const Bits = packed struct(i7) { low: u3, high: u4 };
export fn f() u32 {
    @setRuntimeSafety(false);
    var x: i7 = -1;
    _ = &x;
    const bits: Bits = @bitCast(x);
    return @as(u7, @bitCast(bits));
}
