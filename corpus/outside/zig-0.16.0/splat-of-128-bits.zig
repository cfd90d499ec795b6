//! @splat of a value that lies in memory: every copy goes to the first lane.
//! zig 0.16.0: wrong
//! f() = 77
export fn f() u32 {
    @setRuntimeSafety(false);
    var x: u128 = 77;
    _ = &x;
    const v: @Vector(3, u128) = @splat(x);
    return @truncate(v[2]);
}
