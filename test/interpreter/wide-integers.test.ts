/**
 * Integers of more than 64 bits in programs: each instruction on pairs of boundary values, against the definitions of
 * integer-definition.ts, and values in memory, parameters and results.
 *
 * Nothing so wide crosses the border of a program, so each function takes the numbers of its operands in a table and gives
 * one limb of the result.
 */
import { describe, expect, test } from '@jest/globals';
import type { CallInput } from '../../core/air/call.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { hexOf, illegalAs, imageOf, outcomeOf, returned, runOnce, unitOf } from './air-program.ts';
import type { IntType } from './integer-definition.ts';
import {
  BINARY,
  boundaryValues,
  digits,
  fromDigits,
  has,
  nameOf,
  reasonOf,
  SHIFTS,
  typesOf,
  wrapped,
} from './integer-definition.ts';

const TYPES = typesOf([65, 100, 128, 129, 200]).map((t) => [nameOf(t), t] as const);
const UNSIGNED_64: IntType = { signed: false, bits: 64 };

/** Boundaries of the type and of its limbs. */
function valuesOf(t: IntType): bigint[] {
  const limb = 2n ** 64n;
  const near = [
    limb - 1n,
    limb,
    limb + 1n,
    -limb,
    -limb - 1n,
    1n - limb,
    2n ** 63n,
    -(2n ** 63n),
    limb / 2n - 1n,
    limb * 5n,
  ];
  return [...new Set([...boundaryValues(t), ...near])].filter((v) => has(t, v));
}

/** Limbs in memory. */
function limbsOf({ bits }: IntType): number {
  return Math.ceil(bits / 128) * 2;
}

/** A table of the values, and a function that gives limb `part` of `result`, made of `%x` and `%y`. */
function program(t: IntType, values: readonly bigint[], result: IntType, fn: string, body: string): string {
  const [ty, to] = [nameOf(t), nameOf(result)];
  const limbs = limbsOf(result);
  return `const @t${fn} : [${values.length}]${ty} = .{ ${values.join(', ')} }
    export fn @${fn}(usize, usize, u8) u64 {
      %100 = arg usize 0
      %101 = arg usize 1
      %102 = arg u8 2
      %103 = ptr_elem_ptr *const ${ty} *const [${values.length}]${ty} &@t${fn}, %100
      %104 = ptr_elem_ptr *const ${ty} *const [${values.length}]${ty} &@t${fn}, %101
      %1 = load ${ty} %103
      %2 = load ${ty} %104
      ${body}
      %110 = alloc *${to}
      store %110, %3
      %111 = bitcast *[${limbs}]u64 %110
      %112 = load [${limbs}]u64 %111
      %113 = intcast usize %102
      %114 = array_elem_val %112, %113
      ret %114
    }\n`;
}

interface Asked {
  readonly fn: string;
  readonly x: number;
  readonly y: number;
  /** The value, or why there is none. */
  readonly want: bigint | string;
}

/** Calls both halves of each and compares. */
function expectAll(text: string, result: IntType, list: readonly Asked[]): void {
  const unit = unitOf(text);
  const wrong: unknown[] = [];
  const parts = Array.from({ length: limbsOf(result) }, (_, n) => BigInt(n));
  const legal = list.filter(({ want }) => typeof want === 'bigint');
  const callOf = ({ fn, x, y }: Asked, part: bigint): CallInput => ({ fn, args: [BigInt(x), BigInt(y), part] });
  const { outcomes } = interpret(
    unit,
    legal.flatMap((one) => parts.map((part) => callOf(one, part))),
  );
  legal.forEach((one, n) => {
    const extended = wrapped({ signed: false, bits: parts.length * 64 }, one.want as bigint);
    const limbs = parts.map((part) => returned(wrapped(UNSIGNED_64, extended / 2n ** (64n * part))));
    const found = outcomes.slice(parts.length * n, parts.length * (n + 1));
    if (JSON.stringify(found, text64) !== JSON.stringify(limbs, text64)) wrong.push({ ...one, found });
  });
  for (const one of list) {
    if (typeof one.want === 'bigint') continue;
    const found = interpret(unit, [callOf(one, 0n)]).outcomes[0]!;
    if (found.kind !== 'illegal' || found.what !== one.want) wrong.push({ ...one, found });
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(legal.length).toBeGreaterThan(10);
}

function text64(_: string, v: unknown): unknown {
  return typeof v === 'bigint' ? v.toString() : v;
}

function pairs(count: number): [number, number][] {
  return Array.from({ length: count * count }, (_, n) => [Math.floor(n / count), n % count]);
}

describe.each(TYPES)('%s', (ty, t) => {
  const values = valuesOf(t);

  test.each(Object.entries(BINARY))('%s', (op, define) => {
    const asked = pairs(values.length).map(([x, y]): Asked => {
      const [a, b] = [values[x]!, values[y]!];
      return { fn: 'f', x, y, want: define(t, a, b) ?? reasonOf(op, t, a, b) };
    });
    expectAll(program(t, values, t, 'f', `%3 = ${op} %1, %2`), t, asked);
  });

  test.each(Object.entries(SHIFTS))('%s', (op, define) => {
    const amounts = [0n, 1n, 63n, 64n, 65n, BigInt(t.bits - 1), BigInt(t.bits), 2n ** 64n].filter((k) => has(t, k));
    const all = [...values, ...amounts];
    const asked = values.flatMap((a, x) =>
      amounts.map((k, n): Asked => {
        return { fn: 'f', x, y: values.length + n, want: define(t, a, k) ?? reasonOf(op, t, a, k) };
      }),
    );
    // The amount is unsigned: of the type itself, or cast to it.
    const amount = t.signed ? `%4 = bitcast u${t.bits} %2 %3 = ${op} %1, %4` : `%3 = ${op} %1, %2`;
    expectAll(program(t, all, t, 'f', amount), t, asked);
  });

  test('what has one operand', () => {
    const bits = values.map((v) => digits(t, v));
    const unsigned: IntType = { signed: false, bits: t.bits };
    const leading = (list: readonly number[]): number => t.bits - 1 - list.lastIndexOf(1);
    const trailing = (list: readonly number[]): number => (list.includes(1) ? list.indexOf(1) : t.bits);
    const operations: [string, IntType, (n: number) => bigint][] = [
      [`not ${ty} %1`, t, (n) => wrapped(t, -1n - values[n]!)],
      [`abs u${t.bits} %1`, unsigned, (n) => (values[n]! < 0n ? -values[n]! : values[n]!)],
      [`bit_reverse ${ty} %1`, t, (n) => fromDigits(t, [...bits[n]!].reverse())],
      ['clz u100 %1', { signed: false, bits: 100 }, (n) => BigInt(leading(bits[n]!))],
      ['ctz u100 %1', { signed: false, bits: 100 }, (n) => BigInt(trailing(bits[n]!))],
      ['popcount u100 %1', { signed: false, bits: 100 }, (n) => BigInt(bits[n]!.filter((bit) => bit === 1).length)],
      [`bitcast ${t.signed ? 'u' : 'i'}${t.bits} %1`, { signed: !t.signed, bits: t.bits }, (n) => values[n]!],
    ];
    for (const [op, result, define] of operations) {
      const asked = values.map((_, x): Asked => ({ fn: 'f', x, y: 0, want: wrapped(result, define(x)) }));
      expectAll(program(t, values, result, 'f', `%3 = ${op}`), result, asked);
    }
  });

  test('overflow is reported', () => {
    const text = ['add', 'sub', 'mul']
      .map((op) =>
        program(
          t,
          values,
          { signed: false, bits: 65 },
          op,
          `%4 = ${op}_with_overflow tuple { ${ty}, u1 } %1, %2 %5 = struct_field_val u1 %4, 1 %3 = intcast u65 %5`,
        ),
      )
      .join('');
    const exact = (op: string, a: bigint, b: bigint): bigint => (op === 'add' ? a + b : op === 'sub' ? a - b : a * b);
    const asked = ['add', 'sub', 'mul'].flatMap((fn) =>
      pairs(values.length).map(([x, y]): Asked => {
        return { fn, x, y, want: has(t, exact(fn, values[x]!, values[y]!)) ? 0n : 1n };
      }),
    );
    expectAll(text, { signed: false, bits: 65 }, asked);
  });
});

describe('an integer of 100 bits', () => {
  test('lies in 16 bytes, extended by its sign', () => {
    const text = `var @v : i100 = 0
      export fn @f() void { %0 = sub_wrap i100 -18446744073709551616, i100 1 store *i100 &@v, %0 ret void {} }`;
    expect(hexOf(imageOf(unitOf(text), runOnce(text), 'v'))).toBe('ff ff ff ff ff ff ff ff fe ff ff ff ff ff ff ff');
  });

  test('is undefined where its bytes are not extended', () => {
    const text = `var @v : u128 = ${2n ** 127n}
      export fn @f() u64 {
        %0 = bitcast *u100 *u128 &@v
        %1 = load u100 %0
        %2 = trunc u64 %1
        ret %2
      }`;
    expect(outcomeOf(text)).toMatchObject(illegalAs('undefined_value'));
  });

  test('travels through parameters, results, structs and blocks as a value', () => {
    const text = `var @v : struct { u8, u100 } = .{ 1, ${2n ** 90n} }
      fn @change(u100) u100 {
        %0 = arg u100 0
        %1 = struct_field_ptr *u100 *struct { u8, u100 } &@v, 1
        store %1, u100 5
        %3 = add_wrap %0, u100 1
        ret %3
      }
      export fn @f() u64 {
        %0 = struct_field_ptr *u100 *struct { u8, u100 } &@v, 1
        %1 = load u100 %0
        %2 = call @change(%1)
        %3 = sub_wrap %2, %1
        %4 = block u100 { br %4 %3 }
        %5 = load u100 %0
        %6 = add_wrap %4, %5
        %7 = trunc u64 %6
        ret %7
      }`;
    expect(outcomeOf(text)).toEqual(returned(6n));
  });

  test('is no parameter from outside', () => {
    const text = 'export fn @f(u100) void { %0 = arg u100 0 ret void {} }';
    expect(() => outcomeOf(text, 1n)).toThrow(/no scalar/);
  });
});

test.each([
  ['f32', 2n ** 128n - 1n, 'inf'],
  ['f32', 2n ** 128n - 2n ** 103n - 1n, '3.4028234663852886e38'],
  ['f32', 2n ** 100n + 2n ** 76n, '1.2676506002282294e30'],
  ['f32', 2n ** 100n + 2n ** 76n + 1n, '1.2676507513439569e30'],
  ['f64', 2n ** 100n + 2n ** 47n, '1267650600228229401496703205376.0'],
  ['f64', 2n ** 100n + 2n ** 47n + 1n, '1267650600228229682971679916032.0'],
])('nearest %s of %d', (float, value, want) => {
  const text = `export fn @f() bool { %0 = add_wrap u128 ${value}, u128 0 %1 = float_from_int ${float} %0
    %2 = cmp_eq %1, ${float} ${want} ret %2 }`;
  expect(outcomeOf(text)).toEqual(returned(1n));
});
