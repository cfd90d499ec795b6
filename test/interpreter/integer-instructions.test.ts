/**
 * Integer instructions as programs: that each tag, type and operand position reaches the right operation, for all widths.
 */
import { describe, expect, test } from '@jest/globals';
import type { CallInput } from '../../core/air/call.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { illegalAs, outcomeOf, returned, unitOf } from './air-program.ts';
import type { IntType } from './integer-definition.ts';
import {
  BINARY,
  boundaryValues,
  countOf,
  digits,
  has,
  maxOf,
  minOf,
  nameOf,
  reasonOf,
  SHIFTS,
  typesOf,
  WIDTHS,
  wrapped,
} from './integer-definition.ts';

const TYPES = typesOf(WIDTHS).map((t) => [nameOf(t), t] as const);

function pattern(t: IntType, v: bigint): bigint {
  return wrapped({ signed: false, bits: t.bits }, v);
}

interface Expectation {
  readonly call: CallInput;
  readonly bits: bigint;
}

/** Runs all calls on one instance and compares the results. */
function expectAll(text: string, list: readonly Expectation[]): void {
  const run = interpret(
    unitOf(text),
    list.map(({ call }) => call),
  );
  const wrong = list.flatMap(({ call, bits }, n) => {
    const outcome = run.outcomes[n];
    return outcome?.kind === 'returned' && outcome.bits === bits ? [] : [{ call, bits, outcome }];
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}

describe.each(TYPES)('%s', (name, t) => {
  const values = boundaryValues(t);
  const amounts = [0n, 1n, BigInt(t.bits - 1), BigInt(t.bits), 100n];

  test('binary instructions return what they are defined to, or stop', () => {
    const text = Object.keys(BINARY)
      .map(
        (tag) =>
          `export fn @${tag}(${name}, ${name}) ${name} { %0 = arg ${name} 0 %1 = arg ${name} 1 %2 = ${tag} %0, %1 ret %2 }`,
      )
      .join('\n');
    const unit = unitOf(text);
    const legal: Expectation[] = [];
    for (const [tag, define] of Object.entries(BINARY)) {
      let illegal = 0;
      for (const a of values) {
        for (const b of values) {
          const result = define(t, a, b);
          const call = { fn: tag, args: [pattern(t, a), pattern(t, b)] };
          if (result !== undefined) legal.push({ call, bits: pattern(t, result) });
          else if (illegal++ < 4) {
            expect(interpret(unit, [call]).outcomes[0]).toEqual({
              kind: 'illegal',
              what: reasonOf(tag, t, a, b),
              where: `@${tag} %2 ${tag}`,
            });
          }
        }
      }
    }
    expectAll(text, legal);
  });

  test('shifts take an amount of another type', () => {
    const text = Object.keys(SHIFTS)
      .flatMap((tag) =>
        ['u7', 'u40'].map(
          (k) =>
            `export fn @${tag}_${k}(${name}, ${k}) ${name} { %0 = arg ${name} 0 %1 = arg ${k} 1 %2 = ${tag} %0, %1 ret %2 }`,
        ),
      )
      .join('\n');
    const unit = unitOf(text);
    const legal: Expectation[] = [];
    for (const [tag, define] of Object.entries(SHIFTS)) {
      for (const a of values) {
        for (const k of amounts) {
          const result = define(t, a, k);
          for (const suffix of ['u7', 'u40']) {
            const call = { fn: `${tag}_${suffix}`, args: [pattern(t, a), k] };
            if (result !== undefined) legal.push({ call, bits: pattern(t, result) });
            else if (suffix === 'u7')
              expect(interpret(unit, [call]).outcomes[0]).toMatchObject(illegalAs(reasonOf(tag, t, a, k) as 'inexact'));
          }
        }
      }
    }
    expectAll(text, legal);
  });

  test('instructions with overflow return the reduced result and the overflow', () => {
    const exact = {
      add: (a: bigint, b: bigint) => a + b,
      sub: (a: bigint, b: bigint) => a - b,
      mul: (a: bigint, b: bigint) => a * b,
    };
    const text = [...Object.keys(exact), 'shl']
      .map((tag) => {
        const second = tag === 'shl' ? 'u6' : name;
        const head = `%0 = arg ${name} 0 %1 = arg ${second} 1 %2 = ${tag}_with_overflow tuple { ${name}, u1 } %0, %1`;
        return `export fn @${tag}(${name}, ${second}) ${name} { ${head} %3 = struct_field_val ${name} %2, 0 ret %3 }
          export fn @${tag}_flag(${name}, ${second}) u1 { ${head} %3 = struct_field_val u1 %2, 1 ret %3 }`;
      })
      .join('\n');
    const list: Expectation[] = [];
    const add = (tag: string, args: bigint[], result: bigint) => {
      list.push({ call: { fn: tag, args }, bits: pattern(t, result) });
      list.push({ call: { fn: `${tag}_flag`, args }, bits: has(t, result) ? 0n : 1n });
    };
    for (const a of values) {
      for (const b of values) {
        for (const [tag, f] of Object.entries(exact)) add(tag, [pattern(t, a), pattern(t, b)], f(a, b));
      }
      for (const k of amounts.filter((one) => one < BigInt(t.bits))) add('shl', [pattern(t, a), k], a * 2n ** k);
    }
    expectAll(text, list);
    expect(interpret(unitOf(text), [{ fn: 'shl', args: [0n, 63n] }]).outcomes[0]).toMatchObject(
      t.bits === 64 ? returned(0n) : illegalAs('shift_too_large'),
    );
  });

  test('comparisons go by value', () => {
    const orders = {
      cmp_lt: (a: bigint, b: bigint) => a < b,
      cmp_lte: (a: bigint, b: bigint) => a <= b,
      cmp_eq: (a: bigint, b: bigint) => a === b,
      cmp_gte: (a: bigint, b: bigint) => a >= b,
      cmp_gt: (a: bigint, b: bigint) => a > b,
      cmp_neq: (a: bigint, b: bigint) => a !== b,
    };
    const text = Object.keys(orders)
      .map(
        (tag) =>
          `export fn @${tag}(${name}, ${name}) bool { %0 = arg ${name} 0 %1 = arg ${name} 1 %2 = ${tag} %0, %1 ret %2 }`,
      )
      .join('\n');
    const list = Object.entries(orders).flatMap(([fn, order]) =>
      values.flatMap((a) =>
        values.map((b) => ({ call: { fn, args: [pattern(t, a), pattern(t, b)] }, bits: order(a, b) ? 1n : 0n })),
      ),
    );
    expectAll(text, list);
  });

  test('instructions of one operand work on the pattern', () => {
    const unsigned = `u${t.bits}`;
    const counted = `u${t.bits.toString(2).length}`;
    const swaps = t.bits % 8 === 0;
    const text = `
      export fn @not(${name}) ${name} { %0 = arg ${name} 0 %1 = not ${name} %0 ret %1 }
      export fn @bit_reverse(${name}) ${name} { %0 = arg ${name} 0 %1 = bit_reverse ${name} %0 ret %1 }
      ${swaps ? `export fn @byte_swap(${name}) ${name} { %0 = arg ${name} 0 %1 = byte_swap ${name} %0 ret %1 }` : ''}
      export fn @abs(${name}) ${unsigned} { %0 = arg ${name} 0 %1 = abs ${unsigned} %0 ret %1 }
      export fn @clz(${name}) ${counted} { %0 = arg ${name} 0 %1 = clz ${counted} %0 ret %1 }
      export fn @ctz(${name}) u40 { %0 = arg ${name} 0 %1 = ctz u40 %0 ret %1 }
      export fn @popcount(${name}) u32 { %0 = arg ${name} 0 %1 = popcount u32 %0 ret %1 }`;
    const list: Expectation[] = [];
    for (const v of values) {
      const list01 = digits(t, v);
      const bits = pattern(t, v);
      const size = countOf(t);
      const reversed = list01.reduce((sum, digit) => sum * 2n + BigInt(digit), 0n);
      list.push({ call: { fn: 'not', args: [bits] }, bits: size - 1n - bits });
      list.push({ call: { fn: 'bit_reverse', args: [bits] }, bits: reversed });
      list.push({ call: { fn: 'abs', args: [bits] }, bits: v < 0n ? -v : v });
      list.push({ call: { fn: 'clz', args: [bits] }, bits: BigInt(t.bits - 1 - list01.lastIndexOf(1)) });
      list.push({ call: { fn: 'ctz', args: [bits] }, bits: BigInt(bits === 0n ? t.bits : list01.indexOf(1)) });
      list.push({ call: { fn: 'popcount', args: [bits] }, bits: BigInt(list01.filter((one) => one === 1).length) });
      if (swaps) {
        const hex = bits.toString(16).padStart(t.bits / 4, '0');
        list.push({
          call: { fn: 'byte_swap', args: [bits] },
          bits: BigInt(`0x${hex.match(/../g)!.reverse().join('')}`),
        });
      }
    }
    expectAll(text, list);
  });

  test('values pass through memory, extended to the size of the type', () => {
    const text = `
      var @v : ${name} = undef
      export fn @f(${name}) ${name} { %0 = arg ${name} 0 store *${name} &@v, %0 %2 = load ${name} *${name} &@v ret %2 }`;
    const unit = unitOf(text);
    for (const v of values) {
      const run = interpret(unit, [{ fn: 'f', args: [pattern(t, v)] }]);
      expect(run.outcomes).toEqual([returned(pattern(t, v))]);
      const image = [...run.memory.values()][0]!;
      const stored = image.bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
      expect(stored).toBe(BigInt.asUintN(image.bytes.length * 8, v));
      expect(image.defined.every((one) => one === 1)).toBe(true);
    }
  });
});

describe('casts between integers', () => {
  const types = typesOf([1, 7, 8, 31, 32, 33, 63, 64]);

  test('intcast keeps the value or stops', () => {
    for (const from of types) {
      for (const to of types) {
        const text = `export fn @f(${nameOf(from)}) ${nameOf(to)} { %0 = arg ${nameOf(from)} 0 %1 = intcast ${nameOf(to)} %0 ret %1 }`;
        const unit = unitOf(text);
        for (const v of boundaryValues(from)) {
          const outcome = interpret(unit, [{ fn: 'f', args: [pattern(from, v)] }]).outcomes[0];
          if (has(to, v)) expect(outcome).toEqual(returned(pattern(to, v)));
          else expect(outcome).toMatchObject(illegalAs('integer_out_of_range'));
        }
      }
    }
  });

  test('trunc and bitcast reduce modulo 2^N', () => {
    for (const from of types) {
      for (const to of types) {
        const tag =
          from.bits === to.bits ? 'bitcast' : from.signed === to.signed && to.bits < from.bits ? 'trunc' : null;
        if (tag === null) continue;
        const text = `export fn @f(${nameOf(from)}) ${nameOf(to)} { %0 = arg ${nameOf(from)} 0 %1 = ${tag} ${nameOf(to)} %0 ret %1 }`;
        const list = boundaryValues(from).map((v) => ({
          call: { fn: 'f', args: [pattern(from, v)] },
          bits: pattern(to, wrapped(to, v)),
        }));
        expectAll(text, list);
      }
    }
  });

  test('arguments are taken modulo 2^N', () => {
    expect(outcomeOf('export fn @f(i7) i7 { %0 = arg i7 0 ret %0 }', 0xffn)).toEqual(returned(0x7fn));
    expect(outcomeOf('export fn @f(u1) u1 { %0 = arg u1 0 ret %0 }', 2n)).toEqual(returned(0n));
  });

  test('usize and isize have 32 bits', () => {
    const cast = 'export fn @f(u64) usize { %0 = arg u64 0 %1 = intcast usize %0 ret %1 }';
    expect(outcomeOf(cast, maxOf({ signed: false, bits: 32 }))).toEqual(returned(0xffff_ffffn));
    expect(outcomeOf(cast, 2n ** 32n)).toMatchObject(illegalAs('integer_out_of_range'));
    const signed = 'export fn @f(isize) i64 { %0 = arg isize 0 %1 = intcast i64 %0 ret %1 }';
    expect(outcomeOf(signed, 2n ** 31n)).toEqual(returned(BigInt.asUintN(64, minOf({ signed: true, bits: 32 }))));
  });
});
