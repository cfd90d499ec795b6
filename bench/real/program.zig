//! A heap, maps, formatting, sorting and errors of std, behind an entry point of its own.
const std = @import("std");
const wasi = std.os.wasi;

const Failure = error{ TooLarge, Odd };

fn half(x: u32) Failure!u32 {
    if (x > 1000) return error.TooLarge;
    if (x % 2 == 1) return error.Odd;
    return x / 2;
}

fn say(comptime format: []const u8, args: anytype) void {
    var buffer: [512]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, format, args) catch "too long\n";
    const vector = [_]wasi.ciovec_t{.{ .base = text.ptr, .len = text.len }};
    var written: usize = 0;
    _ = wasi.fd_write(1, &vector, 1, &written);
}

fn run() !u8 {
    var memory: [65536]u8 = undefined;
    var fixed = std.heap.FixedBufferAllocator.init(&memory);
    const allocator = fixed.allocator();
    var map = std.AutoHashMap(u32, u64).init(allocator);
    for (0..100) |i| try map.put(@intCast(i * 37 % 101), i * i);
    var sum: u64 = 0;
    for (0..101) |i| sum += map.get(@intCast(i)) orelse 7;
    say("{d} of {d}\n", .{ sum, map.count() });
    const list = try allocator.alloc(i32, 50);
    for (list, 0..) |*item, i| item.* = @intCast(@as(i64, @intCast(i * 7919 % 263)) - 131);
    std.mem.sort(i32, list, {}, std.sort.asc(i32));
    say("{d} {d} {d}\n", .{ list[0], list[25], list[49] });
    for ([_]u32{ 8, 7, 2000 }) |x| {
        if (half(x)) |h| say("{d}\n", .{h}) else |e| say("{s}\n", .{@errorName(e)});
    }
    const wide: u128 = @as(u128, sum) *% 0x1234_5678_9abc_def0_1122_3344_5566_7788;
    say("{d} {x} {d:.4}\n", .{ wide / 12345, @popCount(wide), @as(f64, @floatFromInt(sum)) / 7 });
    return 23;
}

export fn _start() void {
    wasi.proc_exit(run() catch 1);
}
