/**
 * Programs cut in two: what is in which half, and how the halves are printed.
 *
 * That both halves together do what the whole does is for compilers and linkers to say (test/deep/outside/foreign-objects.test.ts).
 */
import { describe, expect, test } from '@jest/globals';
import type { NavIndex, Unit } from '../../../core/index.ts';
import { parseUnit } from '../../../core/index.ts';
import { generateCase } from '../../../generators/index.ts';
import { listedIn, listedNavs, tableNumber } from '../../../harness/source/address-table.ts';
import { printCAddressTable } from '../../../harness/source/c/c-addresses.ts';
import { bordersInC, printC } from '../../../harness/source/c/print-c.ts';
import type { Borders, Half } from '../../../harness/source/cut-program.ts';
import { cutProgram } from '../../../harness/source/cut-program.ts';
import { printAddressTable } from '../../../harness/source/zig/zig-addresses.ts';
import { bordersInZig } from '../../../harness/source/zig/zig-borders.ts';
import { printZig } from '../../../harness/source/zig/print-zig.ts';

function unitOf(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.unit;
}

/** The names in each half, or null. */
function namesOf(unit: Unit, borders: Borders): readonly (readonly string[])[] | null {
  const halves = cutProgram(unit, borders);
  return halves?.map(({ own }) => [...own].map((nav) => unit.navs[nav]!.name)) ?? null;
}

const PROGRAM = `export var @d: u32 = 5
extern fn @seen(u7) void
export fn @f(u7) u32 {
  %0 = arg u7 0
  call @seen(%0)
  %2 = call @g(%0)
  %3 = load u32 *u32 &@d
  %4 = add_wrap %2, %3
  ret %4
}
export fn @g(u7) u32 {
  %0 = arg u7 0
  %1 = intcast u32 %0
  store *u32 &@d, %1
  store *u32 &@e, %1
  ret %1
}
export var @e: u32 = 6
`;

describe('a cut', () => {
  const unit = unitOf(PROGRAM);

  test('has each function and variable in one half, and says what each has of the other', () => {
    const [first, second] = cutProgram(unit, bordersInZig(unit))!;
    expect(first).toEqual({ number: 0, own: new Set([0, 2]), foreign: new Set([1, 3]), shared: new Set([0]) });
    expect(second).toEqual({ number: 1, own: new Set([3, 4]), foreign: new Set([0]), shared: new Set([3]) });
  });

  test('has the address of each variable in the table of its half', () => {
    const halves = cutProgram(unit, bordersInZig(unit))!;
    expect(halves.map((half) => listedIn(unit, half))).toEqual([[0], [4]]);
    expect(listedIn(unit, null)).toEqual([0, 4]);
    expect(new Set([...halves, null].map((half) => tableNumber(7, half)))).toEqual(new Set([7, 2_000_007]));
    const tables = halves.map((half) => printAddressTable(unit, 'p7_', 7, half));
    expect(tables[0]).toContain(', 7 }');
    expect(tables[0]).toContain('@ptrCast(&p7_n0) }');
    expect(tables[1]).toContain(', 2000007 }');
    expect(tables[1]).toContain('@ptrCast(&p7_n4) }');
  });

  test.each([
    ['there is one function', 'export fn @f(u32) u32 {\n  %0 = arg u32 0\n  ret %0\n}\n'],
    [
      'nothing that is mentioned passes',
      'export fn @f() u32 {\n  %0 = call @g()\n  ret u32 1\n}\nfn @g() [3]u32 {\n  ret [3]u32 .{ 1, 2, 3 }\n}\n',
    ],
  ])('is not there where %s', (_what, text) => {
    expect(cutProgram(unitOf(text), bordersInZig(unitOf(text)))).toBeNull();
  });

  const CALLER = 'export fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = call @g(%0)\n  ret %1\n}\n';
  const IDENTITY = 'fn @g(u32) u32 {\n  %0 = arg u32 0\n  ret %0\n}\n';

  test('keeps a function whose address is taken where that is, unless it has a type of C', () => {
    const taking = (convention: string): string =>
      `${CALLER.replaceAll('(u32) u32', `(u32) ${convention}u32`)}const @p: *const fn(u32) ${convention}u32 = &@g\n${IDENTITY.replaceAll('(u32) u32', `(u32) ${convention}u32`)}export fn @h() u32 {\n  %0 = load *const fn(u32) ${convention}u32 *const *const fn(u32) ${convention}u32 &@p\n  ret u32 5\n}\n`;
    const own = unitOf(taking(''));
    expect(namesOf(own, bordersInZig(own))).toEqual([['f'], ['p', 'g', 'h']]);
    const inC = unitOf(taking('callconv(c) '));
    expect(namesOf(inC, bordersInC(inC))).toEqual([
      ['f', 'h'],
      ['p', 'g'],
    ]);
  });

  test('asks for no text of types', () => {
    const made = unitOf(
      `${CALLER.replace('@g(%0)', '@g(*const [2:0]u8 &([2:0]u8 "ab"))')}fn @g(*const [2:0]u8) u32 {\n  %0 = arg *const [2:0]u8 0\n  ret u32 1\n}\n`,
    );
    expect(namesOf(made, bordersInZig(made))).toEqual([['f'], ['g']]);
  });

  test('keeps those together that take the address of one constant', () => {
    const body = (callee: string): string =>
      `{\n  %0 = load u32 *const u32 &(u32 7)\n  %1 = call @${callee}(%0)\n  ret %1\n}\n`;
    const text = `export fn @f() u32 ${body('g')}export fn @h() u32 ${body('g')}${IDENTITY}`;
    const made = unitOf(text);
    expect(namesOf(made, bordersInC(made))).toEqual([['f', 'h'], ['g']]);
  });

  test('keeps functions with errors together in Zig, which numbers them in each compile', () => {
    const failing = (name: string): string =>
      `export fn @${name}(u32) u32 {\n  %0 = arg u32 0\n  %1 = wrap_errunion_payload anyerror!u32 %0\n  %2 = call @g(%0)\n  ret %2\n}\n`;
    const made = unitOf(`errors a\n${failing('f')}${failing('h')}${IDENTITY}`);
    expect(namesOf(made, bordersInZig(made))).toEqual([['f', 'h'], ['g']]);
    expect(namesOf(made, bordersInC(made))).toEqual([['f', 'g'], ['h']]);
  });
});

test('both halves of a program as Zig', () => {
  const unit = unitOf(PROGRAM);
  const halves = cutProgram(unit, bordersInZig(unit))!;
  expect(halves.map((half) => printZig(unit, 'p_', 'p_', half))).toEqual([
    `var p_n0: u32 = 5;
comptime {
    @export(&p_n0, .{ .name = "p_n0 cut", .visibility = .hidden });
}
const p_n1_import = struct {
    extern "env" fn @"p_seen"(a0: u32) void;
};
fn p_n1_call(v0: u7) void {
    @setRuntimeSafety(false);
    return p_n1_import.@"p_seen"(@as(u32, v0));
}
noinline fn p_n2(v0: u7) u32 {
    @setRuntimeSafety(false);
    p_n1_call(v0);
    const v2: u32 = p_n3(v0);
    const v3: u32 = @as(*u32, &p_n0).*;
    const v4: u32 = v2 +% v3;
    return v4;
}
fn p_n2_export(v0: u32) callconv(.c) u32 {
    @setRuntimeSafety(false);
    return p_n2(@as(u7, @truncate(v0)));
}
comptime {
    @export(&p_n2_export, .{ .name = "p_f" });
}
extern fn @"p_n3 cut"(a0: u32) u32;
fn p_n3(v0: u7) u32 {
    @setRuntimeSafety(false);
    return @"p_n3 cut"(@as(u32, v0));
}
`,
    `extern var @"p_n0 cut": u32;
noinline fn p_n3(v0: u7) u32 {
    @setRuntimeSafety(false);
    const v1: u32 = @intCast(v0);
    @as(*u32, &@"p_n0 cut").* = v1;
    @as(*u32, &p_n4).* = v1;
    return v1;
}
fn p_n3_export(v0: u32) callconv(.c) u32 {
    @setRuntimeSafety(false);
    return p_n3(@as(u7, @truncate(v0)));
}
comptime {
    @export(&p_n3_export, .{ .name = "p_g" });
}
fn p_n3_cut(v0: u32) callconv(.c) u32 {
    @setRuntimeSafety(false);
    return p_n3(@as(u7, @truncate(v0)));
}
comptime {
    @export(&p_n3_cut, .{ .name = "p_n3 cut", .visibility = .hidden });
}
var p_n4: u32 = 6;
`,
  ]);
});

test('both halves of a program as C', () => {
  const unit = unitOf(PROGRAM);
  const [first, second] = cutProgram(unit, bordersInC(unit))!.map((half) => printC(unit, 'p_', 'p_', half));
  const hidden = '__attribute__((visibility("hidden")))';
  expect(first).toContain(`\nextern ${hidden} struct p_n0_t p_n0;\n`);
  expect(first).toContain(`\n${hidden} struct p_n0_t p_n0 = { { [0] = 5 } };\n`);
  expect(first).toContain(`\n${hidden} __attribute__((noinline)) p_u32 p_n3(p_u7 v0);\n`);
  expect(first).not.toMatch(/p_n3\(p_u7 v0\) \{|p_n4/);
  expect(second).toContain(`\nextern ${hidden} unsigned char p_n0[4] __attribute__((aligned(4)));\n`);
  expect(second).toContain(`\n${hidden} __attribute__((noinline)) p_u32 p_n3(p_u7 v0) {\n`);
  expect(second).not.toMatch(/p_n0 =|p_n2|p_seen/);
});

/** Names of navs in `text`, whose names begin with `p_`. */
const navsIn = (text: string): ReadonlySet<number> =>
  new Set([...text.matchAll(/\bp_n(\d+)\b/g)].map(([, number]) => Number(number)));

const PRINTERS = [
  [
    'Zig',
    bordersInZig,
    (unit: Unit, half: Half) => `${printZig(unit, 'p_', '', half)}${printAddressTable(unit, 'p_', 0, half)}`,
  ],
  [
    'C',
    bordersInC,
    (unit: Unit, half: Half) => `${printC(unit, 'p_', '', half)}${printCAddressTable(unit, 'p_', 0, half)}`,
  ],
] as const;

describe.each(PRINTERS)('in %s', (_language, bordersOf, print) => {
  const cases = Array.from({ length: 40 }, (_, n) => generateCase(n + 1, 'default').unit);

  test('most generated programs have a cut, and each half names what it has and what it wants', () => {
    let count = 0;
    for (const unit of cases) {
      const halves = cutProgram(unit, bordersOf(unit));
      if (halves === null) continue;
      let texts: readonly string[];
      try {
        texts = halves.map((half) => print(unit, half));
      } catch {
        continue;
      }
      count++;
      halves.forEach(({ own, foreign }, n) => {
        const allowed = new Set<NavIndex>([...own, ...foreign]);
        expect([...navsIn(texts[n]!)].filter((nav) => !allowed.has(nav as NavIndex))).toEqual([]);
      });
      const all = halves.flatMap(({ own }) => [...own]);
      const defined = unit.navs.flatMap(({ kind }, n) => (kind.startsWith('extern') ? [] : [n]));
      expect(all.sort((a, b) => a - b)).toEqual(defined);
      expect(listedNavs(unit).every((nav) => halves.some((half) => listedIn(unit, half).includes(nav)))).toBe(true);
    }
    expect(count).toBeGreaterThan(cases.length / 2);
  });
});
