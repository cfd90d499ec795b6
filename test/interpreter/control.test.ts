/**
 * Control: blocks, loops, branches, switches, traps, calls direct and indirect, host calls, bools, and where a run stops.
 */
import { describe, expect, test } from '@jest/globals';
import { interpret } from '../../interpreter/interpret.ts';
import { illegalAs, outcomeOf, outcomeOfBody, returned, runOnce, unitOf } from './air-program.ts';

describe('bodies', () => {
  const sumBelow = `
    export fn @f(u32) u32 {
      %0 = arg u32 0
      %1 = alloc *u32
      %2 = alloc *u32
      store %1, u32 0
      store %2, u32 0
      %5 = block void {
        %6 = loop noreturn {
          %7 = load u32 %1
          %8 = cmp_lt %7, %0
          cond_br %8 {
            %10 = load u32 %2
            %11 = add %10, %7
            store %2, %11
            %13 = add %7, u32 1
            store %1, %13
            repeat %6
          } else {
            br %5
          }
        }
      }
      %17 = load u32 %2
      ret %17
    }`;

  test('a loop repeats until it leaves', () => {
    expect(outcomeOf(sumBelow, 0n)).toEqual(returned(0n));
    expect(outcomeOf(sumBelow, 10n)).toEqual(returned(45n));
  });

  test('every executed instruction counts', () => {
    expect(runOnce(sumBelow, [0n]).steps).toBe(13);
    expect(runOnce(sumBelow, [1n]).steps).toBe(13 + 9);
  });

  test('a branch may leave several bodies at once', () => {
    const text = `
      export fn @f(bool) u8 {
        %0 = arg bool 0
        %1 = block u8 {
          %2 = block u8 {
            %3 = loop noreturn {
              cond_br %0 { br %1 u8 1 } else { br %2 u8 2 }
            }
          }
          %7 = add %2, u8 10
          br %1 %7
        }
        ret %1
      }`;
    expect(outcomeOf(text, 1n)).toEqual(returned(1n));
    expect(outcomeOf(text, 0n)).toEqual(returned(12n));
  });

  test('a return leaves all bodies', () => {
    const body = '%0 = block u8 { %1 = loop noreturn { cond_br bool true { ret u8 7 } else { repeat %1 } } } ret %0';
    expect(outcomeOfBody('u8', body)).toEqual(returned(7n));
  });

  test('an inner loop can repeat the outer one', () => {
    const text = `
      export fn @f() u8 {
        %0 = alloc *u8
        store %0, u8 0
        %2 = loop noreturn {
          %3 = loop noreturn {
            %4 = load u8 %0
            %5 = add %4, u8 1
            store %0, %5
            %7 = cmp_eq %5, u8 9
            cond_br %7 { ret %5 } else {
              %10 = rem %5, u8 2
              %11 = cmp_eq %10, u8 0
              cond_br %11 { repeat %2 } else { repeat %3 }
            }
          }
        }
      }`;
    expect(outcomeOf(text)).toEqual(returned(9n));
  });
});

describe('switch_br', () => {
  const over = (type: string, cases: string) =>
    unitOf(`export fn @f(${type}) u8 { %0 = arg ${type} 0 switch_br %0 { ${cases} else { ret u8 0 } } }`);
  const chosen = (unit: ReturnType<typeof unitOf>, bits: bigint) =>
    interpret(unit, [{ fn: 'f', args: [bits] }]).outcomes[0];

  test('takes the case that has the value among its items or ranges', () => {
    const unit = over(
      'u8',
      'case u8 1, u8 2, u8 5..u8 9 { ret u8 1 } case u8 3 { ret u8 2 } case u8 200..u8 255 { ret u8 3 }',
    );
    const expected = new Map([
      [0n, 0n],
      [1n, 1n],
      [2n, 1n],
      [3n, 2n],
      [4n, 0n],
      [5n, 1n],
      [9n, 1n],
      [10n, 0n],
      [199n, 0n],
      [200n, 3n],
      [255n, 3n],
    ]);
    for (const [value, bits] of expected) expect([value, chosen(unit, value)]).toEqual([value, returned(bits)]);
  });

  test('orders ranges of signed types by value', () => {
    const unit = over('i8', 'case i8 -128..i8 -1 { ret u8 1 } case i8 0 { ret u8 2 }');
    expect(chosen(unit, 0x80n)).toEqual(returned(1n));
    expect(chosen(unit, 0xffn)).toEqual(returned(1n));
    expect(chosen(unit, 0n)).toEqual(returned(2n));
    expect(chosen(unit, 1n)).toEqual(returned(0n));
  });

  test('distinguishes wide values that agree in their low bits', () => {
    const unit = over(
      'u64',
      'case u64 5 { ret u8 1 } case u64 4294967301 { ret u8 2 } case u64 8589934592..u64 8589934600 { ret u8 3 }',
    );
    expect(chosen(unit, 5n)).toEqual(returned(1n));
    expect(chosen(unit, 2n ** 32n + 5n)).toEqual(returned(2n));
    expect(chosen(unit, 2n ** 33n + 5n)).toEqual(returned(3n));
    expect(chosen(unit, 2n ** 34n + 5n)).toEqual(returned(0n));
  });
});

describe('bools', () => {
  test.each([
    ['bool_and', [0n, 0n, 0n, 1n]],
    ['bool_or', [0n, 1n, 1n, 1n]],
    ['cmp_eq', [1n, 0n, 0n, 1n]],
    ['cmp_neq', [0n, 1n, 1n, 0n]],
  ] as const)('%s', (tag, table) => {
    const text = `export fn @f(bool, bool) bool { %0 = arg bool 0 %1 = arg bool 1 %2 = ${tag} %0, %1 ret %2 }`;
    expect([0n, 1n, 2n, 3n].map((n) => outcomeOf(text, n >> 1n, n & 1n))).toEqual(table.map(returned));
  });

  test('not, and casts to and from u1', () => {
    expect(outcomeOf('export fn @f(bool) bool { %0 = arg bool 0 %1 = not bool %0 ret %1 }', 0n)).toEqual(returned(1n));
    expect(outcomeOfBody('u1', '%0 = bitcast u1 bool true ret %0')).toEqual(returned(1n));
    expect(outcomeOfBody('bool', '%0 = bitcast bool u1 1 ret %0')).toEqual(returned(1n));
  });
});

describe('ends of a run', () => {
  test('unreach is illegal, trap and breakpoint are traps', () => {
    expect(outcomeOfBody('void', 'unreach')).toEqual({
      kind: 'illegal',
      what: 'reached_unreachable',
      where: '@f %0 unreach',
    });
    expect(outcomeOfBody('void', 'trap')).toEqual({ kind: 'trapped', trap: 'unreachable' });
    expect(outcomeOfBody('void', 'breakpoint ret void {}')).toEqual({ kind: 'trapped', trap: 'unreachable' });
  });

  test('what happened before a trap is seen, what comes after it is not done', () => {
    const text = `
      extern fn @host(u8) void
      export fn @f(u8) void { %0 = arg u8 0 %1 = call @host(%0) %2 = cmp_eq %0, u8 2 cond_br %2 { trap } else { ret void {} } }`;
    const run = interpret(
      unitOf(text),
      [1n, 2n, 3n].map((one) => ({ fn: 'f', args: [one] })),
    );
    expect(run.outcomes).toEqual([returned(null), { kind: 'trapped', trap: 'unreachable' }]);
    expect(run.trace).toEqual([
      { name: 'host', args: [1n] },
      { name: 'host', args: [2n] },
    ]);
  });

  test('the place of illegal behaviour is the innermost instruction', () => {
    const text = `
      fn @inner(u8) u8 { %0 = arg u8 0 %1 = block u8 { %2 = div_trunc u8 1, %0 br %1 %2 } ret %1 }
      export fn @f(u8) u8 { %0 = arg u8 0 %1 = call @inner(%0) ret %1 }`;
    expect(outcomeOf(text, 0n)).toEqual({ kind: 'illegal', what: 'division_by_zero', where: '@inner %2 div_trunc' });
    expect(outcomeOf(text, 1n)).toEqual(returned(1n));
  });
});

describe('calls', () => {
  test('recursion has frames of its own', () => {
    const text = `
      export fn @f(u32) u32 {
        %0 = arg u32 0
        %1 = alloc *u32
        store %1, %0
        %3 = cmp_eq %0, u32 0
        cond_br %3 { ret u32 1 } else {
          %6 = sub %0, u32 1
          %7 = call @f(%6)
          %8 = load u32 %1
          %9 = mul %7, %8
          ret %9
        }
      }`;
    expect(outcomeOf(text, 10n)).toEqual(returned(3628800n));
  });

  test('variables keep their values from call to call', () => {
    const text = `
      var @n : u8 = 5
      export fn @f() u8 { %0 = load u8 *u8 &@n %1 = add %0, u8 1 store *u8 &@n, %1 ret %1 }`;
    const run = interpret(unitOf(text), [
      { fn: 'f', args: [] },
      { fn: 'f', args: [] },
    ]);
    expect(run.outcomes).toEqual([returned(6n), returned(7n)]);
  });

  test('a call through a pointer in data reaches the function', () => {
    const text = `
      fn @one() u8 { ret u8 1 }
      fn @two() u8 { ret u8 2 }
      const @table : [2]*const fn() u8 = .{ &@one, &@two }
      export fn @f(usize) u8 {
        %0 = arg usize 0
        %1 = ptr_elem_val [*]const *const fn() u8 &@table, %0
        %2 = call %1()
        ret %2
      }`;
    expect(outcomeOf(text, 0n)).toEqual(returned(1n));
    expect(outcomeOf(text, 1n)).toEqual(returned(2n));
  });

  test.each([
    ['another type', '%0 = bitcast *const fn(u8) u8 *const fn() u8 &@g %1 = call %0(u8 1)'],
    ['data', '%0 = bitcast *const fn() u8 *u8 &@v %1 = call %0()'],
    ['a number', '%1 = call *const fn() u8 ptr(1)()'],
  ])('a call of %s is illegal', (_, body) => {
    const declarations = 'fn @g() u8 { ret u8 1 }\nvar @v : u8 = 0';
    expect(outcomeOfBody('u8', `${body} ret %1`, declarations)).toMatchObject(illegalAs('bad_call'));
  });

  test('parameters without bytes are parameters', () => {
    const text = `
      fn @g(void, u8, struct {}) u8 { %0 = arg void 0 %1 = arg u8 1 %2 = arg struct {} 2 ret %1 }
      export fn @f() u8 { %0 = call @g(void {}, u8 3, struct {} .{}) ret %0 }`;
    expect(outcomeOf(text)).toEqual(returned(3n));
  });
});

describe('host calls', () => {
  const STEP = 0x9e37_79b9_7f4a_7c15n;

  test('are seen in order, with the patterns of their arguments', () => {
    const text = `
      extern fn @a(i7, bool, f32) void
      extern ("m") fn @b(u64, f64) void
      export fn @f() void {
        %0 = call @a(i7 -1, bool true, f32 -0.0)
        %1 = call @b(u64 18446744073709551615, f64 1.0)
        %2 = call @a(i7 3, bool false, f32 nan(0x7fc00001))
        ret void {}
      }`;
    expect(runOnce(text).trace).toEqual([
      { name: 'a', args: [0x7fn, 1n, 0x8000_0000n] },
      { name: 'b', args: [2n ** 64n - 1n, 0x3ff0_0000_0000_0000n] },
      { name: 'a', args: [3n, 0n, 0x7fc0_0001n] },
    ]);
  });

  test('return by the rule of the run, counted over all functions and calls', () => {
    const types = ['u64', 'i9', 'bool', 'f32', 'f64', 'u1', 'usize'];
    const text = types
      .map((type) => `extern fn @h_${type}() ${type}\nexport fn @${type}() ${type} { %0 = call @h_${type}() ret %0 }`)
      .join('\n');
    const calls = [...types, ...types].map((fn) => ({ fn, args: [] }));
    const run = interpret(unitOf(text), calls);
    const widths: Readonly<Record<string, number>> = { u64: 64, i9: 9, bool: 1, u1: 1, usize: 32 };
    expect(run.outcomes).toEqual(
      calls.map(({ fn }, k) => {
        const view = new DataView(new ArrayBuffer(8));
        if (fn === 'f32') {
          view.setFloat32(0, k);
          return returned(BigInt(view.getUint32(0)));
        }
        if (fn === 'f64') {
          view.setFloat64(0, k);
          return returned(view.getBigUint64(0));
        }
        return returned(BigInt.asUintN(widths[fn]!, (BigInt(k) * STEP) >> 7n));
      }),
    );
  });

  test('can be made through a pointer', () => {
    const text = `
      extern fn @host(u8) u8
      var @p : *const fn(u8) u8 = &@host
      export fn @f() u8 { %0 = load *const fn(u8) u8 **const fn(u8) u8 &@p %1 = call %0(u8 9) ret %1 }`;
    expect(runOnce(text)).toMatchObject({ outcomes: [returned(0n)], trace: [{ name: 'host', args: [9n] }] });
  });
});
