//! Whether a set has an error: the table of the switch lacks its default, so errors beyond the last one of the set are taken for that.
//! zig 0.16.0: wrong
//! f() traps
export fn f() u32 {
    @setRuntimeSafety(true);
    var e: anyerror = error.Z;
    _ = &e;
    const narrow: error{ A, B } = @errorCast(e);
    return @intFromBool(narrow == error.A);
}
