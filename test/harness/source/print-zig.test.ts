/**
 * AIR as Zig source: what a person reads, and what holds for every program that the generators make.
 *
 * That the source means the same is for a Zig compiler to say; here it is text.
 */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/index.ts';
import { caseGenerator, PROFILES } from '../../../generators/index.ts';
import { isSpelled } from '../../../harness/source/zig/instructions.ts';
import { printed } from '../../../harness/source/not-printable.ts';
import { printZig } from '../../../harness/source/zig/print-zig.ts';

function zig(text: string): string {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return printZig(parsed.unit, '');
}

describe('a program', () => {
  test('keeps instructions, blocks, loops and switches', () => {
    const text = zig(`export fn @f(u32, i7) i64 {
  %0 = arg u32 0
  %1 = arg i7 1
  %2 = add_wrap %0, u32 5
  %3 = block i64 {
    %4 = cmp_lt %2, u32 10
    cond_br %4 {
      %6 = intcast i64 %2
      br %3 %6
    } else {
      switch_br %1 {
        case i7 1, i7 3..i7 5 {
          br %3 i64 -1
        }
        else {
          br %3 i64 7
        }
      }
    }
  }
  ret %3
}
`);
    expect(text).toBe(`noinline fn n0(v0: u32, v1: i7) i64 {
    @setRuntimeSafety(false);
    const v2: u32 = v0 +% @as(u32, 5);
    const v3: i64 = b3: {
        const v4: bool = v2 < @as(u32, 10);
        if (v4) {
            const v6: i64 = @intCast(v2);
            break :b3 v6;
        } else {
            switch (v1) {
                1, 3...5 => {
                    break :b3 hidden(i64, -1);
                },
                else => {
                    break :b3 hidden(i64, 7);
                },
            }
        }
    };
    return v3;
}
fn n0_export(v0: u32, v1: i32) callconv(.c) i64 {
    @setRuntimeSafety(false);
    return n0(v0, @as(i7, @truncate(v1)));
}
comptime {
    @export(&n0_export, .{ .name = "f" });
}
`);
  });

  test('spells vectors, and reads lanes of unknown number out of an array', () => {
    const text = zig(`fn @f(usize, u8) u8 {
  %0 = arg usize 0
  %1 = arg u8 1
  %2 = splat vector(3) u8 %1
  %3 = shl %2, vector(3) u8 .{ 1, 2, 3 }
  %4 = cmp_vector vector(3) bool %3, %2, lt
  %5 = select %4, %2, %3
  %6 = shuffle_two vector(2) u8 %5, %3, { a0, b2 }
  %7 = shuffle_one vector(4) u8 %6, { a1, u8 7, undef, u8 9 }
  %8 = reduce %7, add
  %9 = array_elem_val %7, usize 1
  %10 = array_elem_val %7, %0
  %11 = aggregate_init vector(2) u8 { %8, %9 }
  %12 = array_elem_val %11, usize 0
  %13 = xor %10, %12
  ret %13
}
`);
    for (const line of [
      'const v2: @Vector(3, u8) = @splat(v1);',
      'v2 << @as(@Vector(3, std.math.Log2Int(u8)), @intCast(hidden(@Vector(3, u8), .{ 1, 2, 3 })));',
      'const v4: @Vector(3, bool) = v3 < v2;',
      'const v5: @Vector(3, u8) = @select(u8, v4, v2, v3);',
      'const v6: @Vector(2, u8) = @shuffle(u8, v5, v3, @Vector(2, i32){ 0, -3 });',
      '@shuffle(u8, v6, @Vector(2, u8){ 7, 9 }, @Vector(4, i32){ 1, -1, undefined, -2 });',
      'const v8: u8 = @reduce(.Add, v7);',
      'const v9: u8 = v7[1];',
      'const v10: u8 = @as([4]u8, v7)[v0];',
      'const v11: @Vector(2, u8) = .{ v8, v9 };',
    ]) {
      expect(text).toContain(line);
    }
  });

  test('asks what a pointer points to without a load', () => {
    const text = zig(`fn @f(*?u8, *error{ A }!u8) bool {
  %0 = arg *?u8 0
  %1 = arg *error{ A }!u8 1
  %2 = is_null_ptr %0
  %3 = is_non_err_ptr %1
  %4 = bool_and %2, %3
  ret %4
}
`);
    expect(text).toContain('const v2: bool = if (v0.*) |*x2| b2: { _ = x2; break :b2 false; } else true;');
    expect(text).toContain('const v3: bool = if (v1.*) |*x3| b3: { _ = x3; break :b3 true; } else |_| false;');
  });

  test('copies arrays from behind a pointer to many of them', () => {
    const text = zig(`fn @f([*][4]i32, [][4]i32) void {
  %0 = arg [*][4]i32 0
  %1 = arg [][4]i32 1
  memcpy %1, %0
  ret void {}
}
`);
    expect(text).toContain('@memcpy(v1, v0[0..v1.len]);');
  });

  test('makes the NaN of AIR out of those of f16, f80 and f128 that arithmetic makes', () => {
    const text = zig(`fn @f(f16, f32) f16 {
  %0 = arg f16 0
  %1 = arg f32 1
  %2 = add %1, %1
  %3 = fptrunc f16 %2
  %4 = mul %3, %0
  %5 = neg %4
  ret %5
}
`);
    expect(text).toContain('const v2: f32 = v1 + v1;');
    expect(text).toMatch(
      /const v3: f16 = quiet_\d+\(@floatCast\(v2\)\);\n.*const v4: f16 = quiet_\d+\(v3 \* v0\);\n.*= -v4;/,
    );
    expect(text).toContain('return if (value == value) value else @as(f16, @bitCast(@as(u16, 0x7e00)));');
  });

  test('looks at the lanes of f80 one by one for a NaN', () => {
    const text = zig(`fn @f(vector(8) f80) vector(8) f80 {
  %0 = arg vector(8) f80 0
  %1 = add %0, %0
  ret %1
}
`);
    expect(text).not.toContain('@select');
    expect(text).toMatch(
      /var lanes: \[8\]f80 = value;\n *for \(&lanes\) \|\*lane\| \{\n *if \(lane\.\* != lane\.\*\) lane\.\* = /,
    );
  });

  test('hides constants that Zig would compute with', () => {
    const text = zig(`fn @f(u8) u8 {
  %0 = arg u8 0
  %1 = mul_wrap %0, u8 0
  %2 = add u8 1, u8 2
  %3 = xor %1, %2
  %4 = cmp_gte %3, u8 0
  cond_br %4 {
    ret %3
  } else {
    ret u8 3
  }
}
`);
    expect(text).toContain('const v1: u8 = v0 *% hidden(u8, 0);');
    expect(text).toContain('const v2: u8 = hidden(u8, 1) + hidden(u8, 2);');
    expect(text).toContain('const v4: bool = v3 >= hidden(u8, 0);');
    expect(text).toContain('return @as(u8, 3);');
  });

  test('names fields, follows offsets by type, and declares structs and constants once', () => {
    const text = zig(`var @d: [2]extern struct { u32, [2]u16 } = .{ .{ 1, .{ 2, 3 } }, .{ 4, .{ 5, 6 } } }

fn @f() u16 {
  %0 = load u16 *u16 &@d+14
  %1 = load u16 *const u16 &(u16 9)
  %2 = add_wrap %0, %1
  ret %2
}
`);
    expect(text).toMatch(/^const S\d+ = extern struct \{ f0: u32, f1: \[2\]u16 \};$/m);
    expect(text).toContain('const v0: u16 = @as(*u16, &n0[1].f1[1]).*;');
    expect(text).toMatch(/^const u\d+_2: u16 align\(2\) = 9;$/m);
  });

  test('is refused by name where Zig has no spelling', () => {
    const parsed = parseUnit('var @p: *u32 = ptr(0)\n');
    if (!parsed.ok) throw new Error('does not parse');
    expect(printed(() => printZig(parsed.unit, ''))).toEqual({ kind: 'unsupported', reason: 'a null pointer' });
  });
});

test('packed structs, atomic operations, switches that are entered again, and calls with a modifier', () => {
  const text = zig(`var @p: packed struct(u8) { i3, u5 } = .{ -1, 3 }
var @n: i16 = 5

fn @f(i16) u8 {
  %0 = arg i16 0
  %1 = struct_field_ptr *align(1:0:1) i3 *packed struct(u8) { i3, u5 } &@p, 0
  store %1, i3 1
  %3 = load packed struct(u8) { i3, u5 } *packed struct(u8) { i3, u5 } &@p
  %4 = bitcast u8 %3
  %5 = atomic_rmw i16 *i16 &@n, %0, nand, seq_cst
  %6 = cmpxchg_strong ?i16 *i16 &@n, %0, %5, acq_rel, monotonic
  %7 = call_never_inline @f(%5)
  %8 = loop_switch_br %0 {
    case i16 1 {
      switch_dispatch %8 i16 2
    }
    else {
      ret %4
    }
  }
}
`);
  expect(text).toMatch(/^const P\d+ = packed struct\(u8\) \{ f0: i3, f1: u5 \};$/m);
  expect(text).toContain('const v1 = &@as(');
  expect(text).toContain('@atomicRmw(i16, ');
  expect(text).toContain(', .Nand, v0, .seq_cst);');
  expect(text).toContain('const v6: ?i16 = @cmpxchgStrong(i16, ');
  expect(text).toContain('const v7: u8 = @call(.never_inline, n2, .{ v5 });');
  expect(text).toContain('w8: switch (v0) {');
  expect(text).toContain('continue :w8 hidden(i16, 2);');
});

test('a switch over every value has no else, and a block that only the else leaves no label', () => {
  const text = zig(`fn @f() u8 {
  %0 = block u1 {
    switch_br u1 0 {
      case u1 0..u1 1 {
        ret u8 0
      }
      else {
        br %0 u1 0
      }
    }
  }
  ret u8 0
}
`);
  expect(text).toContain('const v0: u1 = {');
  expect(text).not.toMatch(/\b[bw]\d+:/);
});

test('ranges of enum values are their names', () => {
  const text = zig(`fn @f(enum(u8) { a = 1, "_" = 2, c = 5 }) u8 {
  %0 = arg enum(u8) { a = 1, "_" = 2, c = 5 } 0
  switch_br %0 {
    case enum(u8) { a = 1, "_" = 2, c = 5 } .a..enum(u8) { a = 1, "_" = 2, c = 5 } ."_" {
      ret u8 1
    }
    else {
      ret u8 2
    }
  }
}
`);
  expect(text).toMatch(/ \.@"a", \.@"_" => \{\n.*\n +\},\n +else => \{/);
});

test('parts of sums, lanes that are stored, amounts for all lanes, thread-local variables and frames', () => {
  const text = zig(`var @t: u32 threadlocal = 5
var @o: ?u32 = null
var @v: vector(4) u8 = undef

fn @f(anyerror, u32) usize {
  %0 = arg anyerror 0
  %1 = arg u32 1
  %2 = runtime_nav_ptr *u32 @t
  %3 = optional_payload_ptr_set *u32 *?u32 &@o
  %4 = error_set_has_value error{ A } %0
  vector_store_elem *vector(4) u8 &@v, %1, u8 9
  %6 = load vector(4) u8 *vector(4) u8 &@v
  %7 = shl %6, %1
  %8 = shl_sat %6, %1
  %9 = frame_addr
  ret %9
}
`);
  expect(text).toContain('threadlocal var n0: u32 = 5;');
  expect(text).toContain('const v2: *u32 = &n0;');
  expect(text).toMatch(
    /const v3: \*u32 = b3: \{ if \(.*\.\* != null\) \{\} else \{ .*\.\* = @as\(u32, undefined\); \} break :b3 &.*\.\*\.\?; \};/,
  );
  expect(text).toContain('const v4: bool = switch (v0) { error.@"A" => true, else => false };');
  expect(text).toMatch(/\{ var a5: \[4\]u8 = (.*)\.\*; a5\[v1\] = hidden\(u8, 9\); \1\.\* = a5; \}/);
  expect(text).toContain(
    'const v7: @Vector(4, u8) = v6 << @as(@Vector(4, std.math.Log2Int(u8)), @splat(@intCast(v1)));',
  );
  expect(text).toContain('const v8: @Vector(4, u8) = v6 <<| @as(@Vector(4, u32), @splat(v1));');
  expect(text).toContain('const v9: usize = @frameAddress();');
});

test('functions of the calling convention of C have it where C has their types', () => {
  const text = zig(`fn @c(u32, extern struct { u8, f64 }) callconv(c) *u8 {
  trap
}

fn @zig(u7, *u8) callconv(c) void {
  ret void {}
}

extern fn @host(u32) callconv(c) void
fn @f(*const fn(u32) callconv(c) void) callconv(c) void {
  %0 = arg *const fn(u32) callconv(c) void 0
  call %0(u32 1)
  call @host(u32 2)
  ret void {}
}
`);
  expect(text).toMatch(/noinline fn n0\(v0: u32, v1: S\d+\) callconv\(\.c\) \*u8 \{/);
  expect(text).toContain('noinline fn n1(v0: u7, v1: *u8) void {');
  expect(text).toContain('fn n2_call(v0: u32) callconv(.c) void {');
  expect(text).toContain('noinline fn n3(v0: *const fn (u32) callconv(.c) void) callconv(.c) void {');
});

test('pointers to long vectors, and to what holds some, say the least alignment of all versions', () => {
  const text =
    zig(`fn @f(*vector(8) u32, *struct { vector(8) u16, u64 }, *?vector(40) u8, *align(2) vector(8) u32, []anyerror!vector(2) u64, *u128) void {
  ret void {}
}
var @d: vector(8) u32 = undef
`);
  const pointers =
    '*align(4) @Vector(8, u32), v1: *align(8) S\\d+, v2: *align(1) \\?@Vector(40, u8), v3: *align(2) @Vector(8, u32)';
  expect(text).toMatch(new RegExp(pointers.replace(/[*()]/g, '\\$&')));
  expect(text).toContain('v4: []align(8) anyerror!@Vector(2, u64), v5: *u128)');
  expect(text).toContain('var n1: @Vector(8, u32) align(16) = undefined;');
});

test('pointers to short vectors alone have the alignment of the version', () => {
  expect(zig('fn @f(*vector(4) u32) void {\n  ret void {}\n}\n')).toContain('v0: *@Vector(4, u32)');
});

test('atomic operations have any width of up to 32 bits', () => {
  const load = (type: string): string =>
    `export var @d: ${type} = 1\nfn @f() ${type} {\n  %0 = atomic_load ${type} *${type} &@d, seq_cst\n  ret %0\n}\n`;
  expect(zig(load('u7'))).toContain('@atomicLoad(u7, @as(*u7, &n0), .seq_cst)');
  expect(zig(load('i31'))).toContain('@atomicLoad(i31, @as(*i31, &n0), .seq_cst)');
  expect(() => zig(load('u33'))).toThrow('an atomic operation of a width that the target does not have');
});

test('a slice of a variable is hidden: Zig reads elements of one that it knows as those of the variable', () => {
  const text = zig(`fn @f(usize) u32 {
  %0 = arg usize 0
  %1 = array_to_slice []u32 *[3]u32 &@d
  %2 = slice_elem_val %1, %0
  ret %2
}
var @d: [3]u32 = undef
`);
  expect(text).toContain('const v1: []u32 = hidden(*[3]u32, &n1);');
});

test('an array of the lanes of a vector is coerced, whose bits have no padding', () => {
  const text = zig(`fn @f(vector(8) u7) vector(8) u7 {
  %0 = arg vector(8) u7 0
  %1 = bitcast [8]u7 %0
  %2 = bitcast vector(8) u7 %1
  ret %2
}
`);
  expect(text).toContain('const v1: [8]u7 = v0;');
  expect(text).toContain('const v2: @Vector(8, u7) = v1;');
});

test.each(['f16', 'f64', 'f80'])('a modulus by infinity, which Zig gives no meaning, is refused (%s)', (ty) => {
  const modulus = (denominator: string): string =>
    `fn @f(${ty}) ${ty} {\n  %0 = arg ${ty} 0\n  %1 = mod %0, ${ty} ${denominator}\n  ret %1\n}\n`;
  expect(zig(modulus('3.0'))).toContain('@mod(v0, ');
  for (const denominator of ['inf', '-inf', 'nan(0x7e00)', '-3.0'].filter(
    (one) => ty === 'f16' || !one.startsWith('nan'),
  ))
    expect(() => zig(modulus(denominator))).toThrow('a modulus whose denominator may be negative or infinite');
});

describe('generated programs', () => {
  // Profile floats has many a modulus whose denominator is no constant. Profile sums is about what has no Zig source here, and most of what is in these is not either.
  // All programs of math-sweep are refused.
  const least: Readonly<Record<string, number>> = {
    floats: 30,
    formats: 5,
    checked: 3,
    flow: 1,
    // These have the instructions of profile flow, less often.
    debug: 15,
    traces: 15,
    'thread-locals': 30,
    'math-sweep': 0,
  };
  test.each(Object.keys(PROFILES).filter((name) => PROFILES[name]!.sums === 0))(
    'of profile %s are printed, but for a few reasons',
    (profile) => {
      // What profiles mix in beside is kept from back ends that lack some of it.
      const { mixes } = PROFILES[profile]!;
      const generate = caseGenerator(profile, mixes.length > 0 ? { supports: isSpelled } : undefined)!;
      const reasons = new Map<string, number>();
      let count = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const { unit } = generate(seed);
        const source = printed(() => printZig(unit, `p${seed}_`));
        if (source.kind === 'unsupported') {
          reasons.set(source.reason, (reasons.get(source.reason) ?? 0) + 1);
          continue;
        }
        count++;
        // Braces balance, and what is declared at the top is declared once and begins with the prefix.
        expect(source.value.split('{').length).toBe(source.value.split('}').length);
        const names = [...source.value.matchAll(/^(?:noinline |threadlocal )?(?:fn|const|var) (\w+)/gm)].map(
          (match) => match[1]!,
        );
        expect(new Set(names).size).toBe(names.length);
        expect(names.filter((name) => !name.startsWith(`p${seed}_`))).toEqual([]);
        for (const nav of unit.navs.keys()) expect(source.value).toContain(`p${seed}_n${nav}`);
      }
      expect(count).toBeGreaterThanOrEqual(least[profile] ?? 40);
      const known = [
        'an alignment that follows from a layout of the compiler’s',
        'the parent of a field of a tuple',
        'a cast of a pointer to a struct whose layout is the compiler’s',
        'an offset into a struct whose layout is the compiler’s',
        'a null pointer',
        'a numeric pointer that is not aligned',
        'an address inside of an object without bytes',
        'a checked operation that calls the panic function of the program',
        'instructions with a licence for fast mathematics',
        'a call that must be a tail call',
        'a modulus whose denominator may be negative or infinite',
        'a function of libm, whose last bit is not said',
        'an atomic operation of a width that the target does not have',
        'an error trace',
      ];
      expect([...reasons.keys()].filter((reason) => !known.includes(reason))).toEqual([]);
    },
  );
});
