/**
 * Every integer instruction on integers of more than 64 bits, executed in V8, against definitions in BigInt.
 *
 * Exported functions take and give such integers by address, so the test writes operands to exported variables and reads the
 * result from one: all of its bytes, so that a result that is not extended to its memory is wrong too.
 */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/pipeline/settings.ts';
import type { Int } from './integer-model.ts';
import { BINARY, boundaries, COMPARISON, maxOf, norm, OVERFLOWING, SHIFT, UNARY } from './integer-model.ts';
import type { Running, Scalar } from './run-air.ts';
import { runAir } from './run-air.ts';

const WIDTHS = [65, 96, 127, 128, 129, 256];

function nameOf(t: Int): string {
  return `${t.signed ? 'i' : 'u'}${t.bits}`;
}

function isWide(t: Int): boolean {
  return t.bits > 64;
}

function bytesOf(t: Int): number {
  const bytes = Math.ceil(t.bits / 8);
  return Math.ceil(bytes / 16) * 16;
}

/** Writes an integer to memory as it must lie there. */
function writeInt(view: DataView, at: number, t: Int, v: bigint): void {
  for (let k = 0; k < bytesOf(t) / 8; k++) view.setBigUint64(at + 8 * k, BigInt.asUintN(64, v >> BigInt(64 * k)), true);
}

/** The number in all bytes of an integer in memory. */
function readInt(view: DataView, at: number, t: Int): bigint {
  let found = 0n;
  for (let k = 0; k < bytesOf(t) / 8; k++) found |= view.getBigUint64(at + 8 * k, true) << BigInt(64 * k);
  return signedOrNot(t, found, bytesOf(t) * 8);
}

/** A program with places for operands and a result. */
class Bench {
  readonly #running: Running;

  constructor(functions: string, settings: Partial<Settings> = {}) {
    const places = ['a', 'b', 'r'].map((name) => `export var @${name}: [128]u8 align(16) = .{ 0 ** }\n`);
    this.#running = runAir(places.join('') + functions, settings);
  }

  /** Result of exported function `fn`. */
  call(fn: string, result: Int, ...args: readonly (readonly [Int, bigint])[]): bigint {
    const { call, memory, address } = this.#running;
    const passed: Scalar[] = [];
    if (isWide(result)) passed.push(address('r'));
    args.forEach(([t, v], n) => {
      if (isWide(t)) {
        const at = address('ab'[n]!);
        writeInt(memory(), at, t, v);
        passed.push(at);
      } else {
        passed.push(t.bits <= 32 ? Number(BigInt.asIntN(32, v)) : BigInt.asIntN(64, v));
      }
    });
    const scalar = call[fn]!(...passed);
    if (!isWide(result)) return signedOrNot(result, BigInt(scalar), result.bits <= 32 ? 32 : 64);
    return readInt(memory(), address('r'), result);
  }
}

function signedOrNot(t: Int, v: bigint, bits: number): bigint {
  return t.signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);
}

function fn(name: string, params: readonly Int[], result: Int | 'bool', body: string): string {
  const types = params.map(nameOf);
  const args = types.map((ty, n) => `%${n} = arg ${ty} ${n} `).join('');
  const ret = result === 'bool' ? 'bool' : nameOf(result);
  return `export fn @${name}(${types.join(', ')}) ${ret} { ${args}${body} }\n`;
}

const BOOL: Int = { signed: false, bits: 1 };
const TYPES: Int[] = WIDTHS.flatMap((bits) => [
  { signed: false, bits },
  { signed: true, bits },
]);

class Mismatches {
  readonly list: string[] = [];
  count = 0;

  check(found: bigint, want: bigint, ...show: readonly unknown[]): void {
    this.count++;
    if (found !== want) this.list.push(`${show.map(String).join(' ')} = ${found}, not ${want}`);
  }

  expectNone(least: number): void {
    expect(this.list.slice(0, 10)).toEqual([]);
    expect(this.count).toBeGreaterThanOrEqual(least);
  }
}

/** Boundaries, no more than about fifty. */
function valuesOf(t: Int): bigint[] {
  const all = boundaries(t);
  const step = Math.ceil(all.length / 50);
  return all.filter((_, n) => n % step === 0 || n >= all.length - 4);
}

describe.each(TYPES.map((t) => [nameOf(t), t] as const))('%s', (ty, t) => {
  const values = valuesOf(t);

  test('instructions of two operands', () => {
    const bench = new Bench(
      Object.keys(BINARY)
        .map((op) => fn(op, [t, t], t, `%2 = ${op} %0, %1 ret %2`))
        .join('') +
        Object.keys(COMPARISON)
          .map((op) => fn(op, [t, t], 'bool', `%2 = ${op} %0, %1 ret %2`))
          .join(''),
    );
    const wrong = new Mismatches();
    for (const a of values) {
      for (const b of values) {
        for (const [op, define] of Object.entries(BINARY)) {
          const want = define(t, a, b);
          if (want !== null) wrong.check(bench.call(op, t, [t, a], [t, b]), want, op, a, b);
        }
        for (const [op, define] of Object.entries(COMPARISON)) {
          wrong.check(bench.call(op, BOOL, [t, a], [t, b]), define(a, b) ? 1n : 0n, op, a, b);
        }
      }
    }
    wrong.expectNone(values.length ** 2 * 10);
  });

  test('a constant operand', () => {
    const chosen = values.filter((_, n) => n % 5 === 0);
    const ops = ['add_wrap', 'sub_wrap', 'mul_wrap', 'bit_and', 'xor', 'min', 'max', 'cmp_lt'];
    const bench = new Bench(
      ops
        .flatMap((op) =>
          chosen.map((b, n) => fn(`${op}_${n}`, [t], op === 'cmp_lt' ? 'bool' : t, `%1 = ${op} %0, ${ty} ${b} ret %1`)),
        )
        .join('') + chosen.map((v, n) => fn(`give_${n}`, [], t, `ret ${ty} ${v}`)).join(''),
    );
    const wrong = new Mismatches();
    chosen.forEach((b, n) => {
      wrong.check(bench.call(`give_${n}`, t), b, 'constant');
      for (const a of values) {
        for (const op of ops) {
          const want = op === 'cmp_lt' ? BigInt(a < b) : BINARY[op]!(t, a, b)!;
          wrong.check(bench.call(`${op}_${n}`, op === 'cmp_lt' ? BOOL : t, [t, a]), want, op, a, b);
        }
      }
    });
    wrong.expectNone(values.length * 10);
  });

  test('instructions that report overflow', () => {
    const bench = new Bench(
      Object.keys(OVERFLOWING)
        .flatMap((op) => [0, 1].map((field) => overflowFunction(op, t, t, field)))
        .join(''),
    );
    const wrong = new Mismatches();
    for (const [op, define] of Object.entries(OVERFLOWING)) {
      for (const a of values) {
        for (const b of values) {
          const exact = define(a, b);
          const flag = norm(t, exact) === exact ? 0n : 1n;
          wrong.check(bench.call(`${op}_0`, t, [t, a], [t, b]), norm(t, exact), op, a, b);
          wrong.check(bench.call(`${op}_1`, BOOL, [t, a], [t, b]), flag, op, 'flag', a, b);
        }
      }
    }
    wrong.expectNone(values.length ** 2 * 6);
  });

  test('shifts by amounts of several types', () => {
    const amounts: Int[] = [9, 32, 64, 70, 200].map((bits) => ({ signed: false, bits }));
    const wrong = new Mismatches();
    for (const k of amounts) {
      const bench = new Bench(
        Object.keys(SHIFT)
          .map((op) => fn(op, [t, k], t, `%2 = ${op} %0, %1 ret %2`))
          .join('') + [0, 1].map((field) => overflowFunction('shl_with_overflow', t, k, field)).join(''),
      );
      const steps = [0, 1, 31, 32, 33, 63, 64, 65, t.bits - 1, t.bits, t.bits + 1, 127, 128].map(BigInt);
      steps.push(maxOf(k), 191n, 192n, 193n, 1n << 32n, 1n << 63n, 1n << 64n, (1n << 64n) + 3n, 1n << 128n);
      for (const a of values) {
        for (const amount of new Set(steps.filter((v) => norm(k, v) === v))) {
          for (const [op, define] of Object.entries(SHIFT)) {
            const want = define(t, a, amount);
            if (want !== null) wrong.check(bench.call(op, t, [t, a], [k, amount]), want, op, a, nameOf(k), amount);
          }
          if (amount >= BigInt(t.bits)) continue;
          const exact = a << amount;
          const flag = norm(t, exact) === exact ? 0n : 1n;
          wrong.check(bench.call('shl_with_overflow_0', t, [t, a], [k, amount]), norm(t, exact), 'shl', a, amount);
          wrong.check(bench.call('shl_with_overflow_1', BOOL, [t, a], [k, amount]), flag, 'shl flag', a, amount);
        }
      }
    }
    wrong.expectNone(values.length * 100);
  });

  test('instructions of one operand', () => {
    const counts: Int[] = [9, 40, 100].map((bits) => ({ signed: false, bits }));
    const plan: { op: string; name: string; result: Int }[] = [];
    for (const op of Object.keys(UNARY)) {
      if (op === 'byte_swap' && t.bits % 8 !== 0) continue;
      if (op === 'abs') plan.push({ op, name: op, result: { signed: false, bits: t.bits } });
      else if (!['clz', 'ctz', 'popcount'].includes(op)) plan.push({ op, name: op, result: t });
      else for (const result of counts) plan.push({ op, name: `${op}_${result.bits}`, result });
    }
    const bench = new Bench(
      plan.map(({ op, name, result }) => fn(name, [t], result, `%1 = ${op} ${nameOf(result)} %0 ret %1`)).join(''),
    );
    const wrong = new Mismatches();
    for (const { op, name, result } of plan) {
      for (const a of values) wrong.check(bench.call(name, result, [t, a]), UNARY[op]!(t, a), name, a);
    }
    wrong.expectNone(values.length * 10);
  });

  test('switches, through items and ranges', () => {
    const top = maxOf(t);
    const bench = new Bench(
      fn(
        'choose',
        [t],
        { signed: false, bits: 8 },
        `switch_br %0 {
          case ${ty} 1, ${ty} ${1n << 63n} { ret u8 1 }
          case ${ty} ${top - 5n}..${ty} ${top - 1n} { ret u8 2 }
          case ${ty} ${(1n << 62n) - 1n}..${ty} ${(1n << 62n) + 3n} { ret u8 3 }
          else { ret u8 0 }
        }`,
      ),
    );
    const wrong = new Mismatches();
    const inRange = (v: bigint, low: bigint, high: bigint): boolean => low <= v && v <= high;
    for (const v of values.flatMap((one) => [one, one - 1n, one + 1n]).filter((one) => norm(t, one) === one)) {
      const hit = v === 1n || v === 1n << 63n;
      const high = inRange(v, top - 5n, top - 1n);
      const middle = inRange(v, (1n << 62n) - 1n, (1n << 62n) + 3n);
      const want = hit ? 1n : high ? 2n : middle ? 3n : 0n;
      wrong.check(bench.call('choose', { signed: false, bits: 8 }, [t, v]), want, 'switch', v);
    }
    wrong.expectNone(values.length);
  });
});

function overflowFunction(op: string, t: Int, right: Int, field: number): string {
  const result = field === 0 ? t : BOOL;
  return fn(
    `${op}_${field}`,
    [t, right],
    result,
    `%2 = ${op} tuple { ${nameOf(t)}, u1 } %0, %1 %3 = struct_field_val ${nameOf(result)} %2, ${field} ret %3`,
  );
}

test('narrow values shifted by wide amounts, and counted in wide types', () => {
  const wrong = new Mismatches();
  for (const bits of [1, 7, 32, 33, 64]) {
    for (const signed of [false, true]) {
      const t: Int = { signed, bits };
      for (const k of [80, 128].map((width): Int => ({ signed: false, bits: width }))) {
        const bench = new Bench(
          Object.keys(SHIFT)
            .map((op) => fn(op, [t, k], t, `%2 = ${op} %0, %1 ret %2`))
            .join('') +
            ['clz', 'ctz', 'popcount'].map((op) => fn(op, [t], k, `%1 = ${op} ${nameOf(k)} %0 ret %1`)).join('') +
            [0, 1].map((field) => overflowFunction('shl_with_overflow', t, k, field)).join(''),
        );
        for (const a of boundaries(t)) {
          for (const op of ['clz', 'ctz', 'popcount']) {
            wrong.check(bench.call(op, k, [t, a]), UNARY[op]!(t, a), op, nameOf(t), a);
          }
          for (const amount of [0n, 1n, BigInt(bits - 1), BigInt(bits), 1n << 32n, 1n << 64n, (1n << 64n) + 1n]) {
            for (const [op, define] of Object.entries(SHIFT)) {
              const want = define(t, a, amount);
              if (want !== null) wrong.check(bench.call(op, t, [t, a], [k, amount]), want, op, nameOf(t), a, amount);
            }
            if (amount >= BigInt(bits)) continue;
            const flag = norm(t, a << amount) === a << amount ? 0n : 1n;
            wrong.check(
              bench.call('shl_with_overflow_1', BOOL, [t, a], [k, amount]),
              flag,
              'flag',
              nameOf(t),
              a,
              amount,
            );
          }
        }
      }
    }
  }
  wrong.expectNone(1000);
});

test('conversions between all pairs of widths', () => {
  const wrong = new Mismatches();
  const narrow: Int[] = [1, 7, 32, 33, 63, 64].flatMap((bits) => [
    { signed: false, bits },
    { signed: true, bits },
  ]);
  const all = [...narrow, ...TYPES];
  for (const from of all) {
    const targets = all.filter((to) => to.signed === from.signed && to.bits <= from.bits);
    const other = { signed: !from.signed, bits: from.bits };
    const bench = new Bench(
      all.map((to) => fn(`intcast_${nameOf(to)}`, [from], to, `%1 = intcast ${nameOf(to)} %0 ret %1`)).join('') +
        targets.map((to) => fn(`trunc_${nameOf(to)}`, [from], to, `%1 = trunc ${nameOf(to)} %0 ret %1`)).join('') +
        fn('bitcast', [from], other, `%1 = bitcast ${nameOf(other)} %0 ret %1`),
    );
    for (const a of boundaries(from)) {
      for (const to of all) {
        if (norm(to, a) !== a) continue;
        wrong.check(bench.call(`intcast_${nameOf(to)}`, to, [from, a]), a, 'intcast', nameOf(from), nameOf(to));
      }
      for (const to of targets) {
        wrong.check(
          bench.call(`trunc_${nameOf(to)}`, to, [from, a]),
          norm(to, a),
          'trunc',
          nameOf(from),
          nameOf(to),
          a,
        );
      }
      wrong.check(bench.call('bitcast', other, [from, a]), norm(other, a), 'bitcast', nameOf(from), a);
    }
  }
  wrong.expectNone(5000);
});

/** Nearest float of an integer, ties to even: by trying the two neighbours of an approximation on exact integers. */
function nearest(v: bigint, precision: number): number {
  const magnitude = v < 0n ? -v : v;
  const bits = magnitude.toString(2).length;
  if (bits <= precision) return Number(v);
  const unit = 1n << BigInt(bits - precision);
  const below = (magnitude / unit) * unit;
  const rest = magnitude - below;
  const up = rest * 2n > unit || (rest * 2n === unit && (below / unit) % 2n === 1n);
  const exact = Number(up ? below + unit : below);
  return v < 0n ? -exact : exact;
}

test('conversions to and from floats', () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const t of TYPES) {
    const ty = nameOf(t);
    const text = ['f32', 'f64'].map(
      (float) =>
        `export fn @to_${float}(${ty}) ${float} { %0 = arg ${ty} 0 %1 = float_from_int ${float} %0 ret %1 }
         export fn @from_${float}(${float}) ${ty} { %0 = arg ${float} 0 %1 = int_from_float ${ty} %0 ret %1 }\n`,
    );
    const running = runAir(`export var @a: [64]u8 align(16) = .{ 0 ** }\n${text.join('')}`);
    const { call, memory, address } = running;
    const at = address('a');
    const halves = [24n, 53n].flatMap((p) =>
      [64n, 65n, BigInt(t.bits - 2)].flatMap((k) => [-1n, 0n, 1n].map((d) => (1n << k) + (1n << (k - p)) + d)),
    );
    for (const v of [...boundaries(t), ...halves, ...halves.map((one) => -one)].filter((one) => norm(t, one) === one)) {
      writeInt(memory(), at, t, v);
      for (const [float, precision, round] of [
        ['f32', 24, Math.fround],
        ['f64', 53, Number],
      ] as const) {
        const want = round(nearest(v, precision));
        const found = call[`to_${float}`]!(at);
        checked++;
        if (!Object.is(found, want)) wrong.push(`${ty} ${v} to ${float}: ${found}, not ${want}`);
        if (!Number.isFinite(want) || norm(t, BigInt(want)) !== BigInt(want)) continue;
        call[`from_${float}`]!(at, want);
        const back = readInt(memory(), at, t);
        if (back !== BigInt(want)) wrong.push(`${float} ${want} to ${ty}: ${back}`);
        writeInt(memory(), at, t, v);
      }
    }
    for (const v of [0.5, -0.5, 0.99, 1.5, 2 ** 64 - 2048, 2 ** 64 + 4096, 1e20 + 0.5, 3.75]) {
      for (const float of ['f32', 'f64'] as const) {
        const given = float === 'f32' ? Math.fround(v) : v;
        const want = BigInt(Math.trunc(given));
        if (norm(t, want) !== want) continue;
        call[`from_${float}`]!(at, given);
        const back = readInt(memory(), at, t);
        if (back !== want) wrong.push(`${float} ${given} to ${ty}: ${back}`);
      }
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(checked).toBeGreaterThan(1000);
});

test.each<Partial<Settings>>([{ reuseLocals: false }, { bulkMemory: false }, { brTable: 'always' }])(
  'settings do not change results: %p',
  (settings) => {
    const t: Int = { signed: true, bits: 97 };
    const functions = Object.keys(BINARY)
      .map((op) => fn(op, [t, t], t, `%2 = ${op} %0, %1 ret %2`))
      .join('');
    const bench = new Bench(functions, settings);
    const wrong = new Mismatches();
    for (const a of boundaries(t)) {
      for (const [op, define] of Object.entries(BINARY)) {
        const want = define(t, a, 7n);
        if (want !== null) wrong.check(bench.call(op, t, [t, a], [t, 7n]), want, op, a);
      }
    }
    wrong.expectNone(500);
  },
);

test('conversions to and from f16', () => {
  const wrong: string[] = [];
  for (const t of TYPES) {
    const ty = nameOf(t);
    const { call, memory, address } = runAir(`export var @a: [64]u8 align(16) = .{ 0 ** }
      export fn @to(${ty}) f64 { %0 = arg ${ty} 0 %1 = float_from_int f16 %0 %2 = fpext f64 %1 ret %2 }
      export fn @from(f64) ${ty} { %0 = arg f64 0 %1 = fptrunc f16 %0 %2 = int_from_float ${ty} %1 ret %2 }\n`);
    const at = address('a');
    for (const v of [
      0,
      1,
      -1,
      2047,
      2048,
      -2049,
      2050,
      2051,
      65504,
      -65504,
      65519,
      65520,
      -65520,
      2 ** 63,
      -(2 ** 63),
    ]) {
      const big = BigInt(v);
      if (norm(t, big) !== big) continue;
      writeInt(memory(), at, t, big);
      const nearestHalf = Math.abs(v) >= 65520 ? Math.sign(v) * Infinity : roundedTo11(v);
      const found = call['to']!(at);
      if (found !== nearestHalf) wrong.push(`${ty} ${v} to f16: ${found}, not ${nearestHalf}`);
      if (!Number.isFinite(nearestHalf)) continue;
      call['from']!(at, nearestHalf);
      const back = readInt(memory(), at, t);
      if (back !== BigInt(nearestHalf)) wrong.push(`f16 ${nearestHalf} to ${ty}: ${back}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** An integer below 2^16 rounded to 11 bits, ties to even. */
function roundedTo11(v: number): number {
  return nearest(BigInt(v), 11);
}
