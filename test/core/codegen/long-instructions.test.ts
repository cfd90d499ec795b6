/**
 * Integers of more limbs than code is unrolled for, up to the widest, executed in V8, against definitions in BigInt: every integer
 * instruction, casts, floats, switches, fields of packed structs, lanes, optionals.
 *
 * Operands and results lie in exported variables, and the test reads all bytes of a result, so that one that is not extended to its
 * memory is wrong too.
 */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/pipeline/settings.ts';
import type { Int } from './integer-model.ts';
import { BINARY, COMPARISON, maxOf, norm, OVERFLOWING, SHIFT, UNARY } from './integer-model.ts';
import { runAir } from './run-air.ts';

const ROOM = 8192;

/** An operand or a result. */
type Typed = readonly [t: Int, v: bigint];

function nameOf(t: Int): string {
  return `${t.signed ? 'i' : 'u'}${t.bits}`;
}

function bytesOf({ bits }: Int): number {
  if (bits > 64) return Math.ceil(bits / 128) * 16;
  return bits > 32 ? 8 : bits > 16 ? 4 : bits > 8 ? 2 : 1;
}

/** Functions that load what is in `a` and `b`, and store their result in `r`. */
class Program {
  #text = ['a', 'b', 'r'].map((name) => `export var @${name}: [${ROOM}]u8 align(16) = .{ 0 ** }\n`).join('');
  #running: ReturnType<typeof runAir> | null = null;

  /** `body` goes on from `%10`, with operands `%2` and `%3`, and leaves the result in `%9`. */
  add(name: string, a: string, b: string, result: string, body: string): void {
    this.#text += `export fn @${name}(*${a}, *${b}, *${result}) void {
      %0 = arg *${a} 0 %1 = arg *${b} 1 %4 = arg *${result} 2
      %2 = load ${a} %0 %3 = load ${b} %1
      ${body} store %4, %9 ret void {} }\n`;
  }

  start(settings: Partial<Settings> = {}): number {
    this.#running = runAir(this.#text, { stackSize: 1 << 20, ...settings });
    return this.#running.bytes.length;
  }

  #write(name: string, [t, v]: Typed): number {
    const { memory, address } = this.#running!;
    const at = address(name);
    const pattern = BigInt.asUintN(bytesOf(t) * 8, v)
      .toString(16)
      .padStart(bytesOf(t) * 2, '0');
    const bytes = Buffer.from(pattern, 'hex').reverse();
    new Uint8Array(memory().buffer, at, bytes.length).set(bytes);
    return at;
  }

  call(name: string, result: Int, a: Typed, b: Typed = a): bigint {
    const { call, memory, address } = this.#running!;
    const to = address('r');
    new Uint8Array(memory().buffer, to, ROOM).fill(0xaa);
    call[name]!(this.#write('a', a), this.#write('b', b), to);
    const bytes = Buffer.from(new Uint8Array(memory().buffer, to, bytesOf(result))).reverse();
    const pattern = BigInt(`0x${bytes.toString('hex')}`);
    return result.signed ? BigInt.asIntN(bytes.length * 8, pattern) : pattern;
  }
}

class Wrong {
  readonly list: string[] = [];
  count = 0;

  check(found: bigint, want: bigint, what: string, ...values: readonly bigint[]): void {
    this.count++;
    if (found !== want) this.list.push(`${what} ${values.map((v) => v.toString(16).slice(0, 40)).join(' ')}`);
  }

  expectNone(least: number): void {
    expect(this.list.slice(0, 10)).toEqual([]);
    expect(this.count).toBeGreaterThanOrEqual(least);
  }
}

const BOOL: Int = { signed: false, bits: 1 };
const U16: Int = { signed: false, bits: 16 };
const [U64, I64]: [Int, Int] = [
  { signed: false, bits: 64 },
  { signed: true, bits: 64 },
];
const TYPES: Int[] = [513, 1024, 4097, 65535].flatMap((bits) => [
  { signed: false, bits },
  { signed: true, bits },
]);

/** Ends of the type, carries through all limbs, differences in one limb only, and digits that all differ. */
function valuesOf(t: Int): bigint[] {
  const digits = BigInt(`0x${'0123456789abcdef'.repeat(Math.ceil(t.bits / 64))}`);
  const half = 1n << BigInt(t.bits >> 1);
  const all = [0n, 1n, -1n, maxOf(t), norm(t, 1n << BigInt(t.bits - 1)), norm(t, digits), half - 1n, norm(t, -half)];
  if (t.bits < 10_000) all.push(7n, maxOf(t) - 1n, norm(t, digits >> 3n), 1n << 64n, norm(t, -(1n << 64n)), half);
  return [...new Set(all)].filter((v) => norm(t, v) === v);
}

const amountsOf = (t: Int): bigint[] => [0, 1, 63, 64, 65, 200, t.bits - 1, t.bits, 65535].map(BigInt);

describe.each(TYPES.map((t) => [nameOf(t), t] as const))('%s', (ty, t) => {
  const values = valuesOf(t);

  test('instructions of two operands', () => {
    const program = new Program();
    const tuple = `tuple { ${ty}, u1 }`;
    for (const op of Object.keys(BINARY)) program.add(op, ty, ty, ty, `%9 = ${op} %2, %3`);
    for (const op of Object.keys(COMPARISON)) program.add(op, ty, ty, 'bool', `%9 = ${op} %2, %3`);
    for (const op of Object.keys(SHIFT)) program.add(op, ty, 'u16', ty, `%9 = ${op} %2, %3`);
    for (const op of [...Object.keys(OVERFLOWING), 'shl_with_overflow']) {
      const second = op.startsWith('shl') ? 'u16' : ty;
      program.add(op, ty, second, ty, `%5 = ${op} ${tuple} %2, %3 %9 = struct_field_val ${ty} %5, 0`);
      program.add(`${op}_flag`, ty, second, 'u1', `%5 = ${op} ${tuple} %2, %3 %9 = struct_field_val u1 %5, 1`);
    }
    expect(program.start()).toBeLessThan(40_000);
    const wrong = new Wrong();
    for (const a of values) {
      for (const b of values) {
        const operands = [
          [t, a],
          [t, b],
        ] as const;
        for (const [op, define] of Object.entries(BINARY)) {
          const want = define(t, a, b);
          if (want !== null) wrong.check(program.call(op, t, ...operands), want, op, a, b);
        }
        for (const [op, define] of Object.entries(COMPARISON)) {
          wrong.check(program.call(op, BOOL, ...operands), define(a, b) ? 1n : 0n, op, a, b);
        }
        for (const [op, define] of Object.entries(OVERFLOWING)) {
          const exact = define(a, b);
          wrong.check(program.call(op, t, ...operands), norm(t, exact), op, a, b);
          wrong.check(program.call(`${op}_flag`, BOOL, ...operands), BigInt(norm(t, exact) !== exact), op, a, b);
        }
      }
      for (const amount of amountsOf(t)) {
        for (const [op, define] of Object.entries(SHIFT)) {
          const want = define(t, a, amount);
          if (want !== null) wrong.check(program.call(op, t, [t, a], [U16, amount]), want, op, a, amount);
        }
        if (amount >= BigInt(t.bits)) continue;
        const flag = BigInt(norm(t, a << amount) !== a << amount);
        wrong.check(program.call('shl_with_overflow_flag', BOOL, [t, a], [U16, amount]), flag, 'shl flag', a, amount);
      }
    }
    wrong.expectNone(values.length ** 2 * 24);
  });

  test('instructions of one operand, casts, switches, floats', () => {
    const other: Int = { signed: !t.signed, bits: t.bits };
    const wider: Int = { signed: true, bits: 65535 };
    const program = new Program();
    const counted: Int[] = [U16, { signed: false, bits: 600 }];
    const unary = Object.keys(UNARY).filter((op) => op !== 'byte_swap' || t.bits % 8 === 0);
    const resultsOf = (op: string): Int[] => {
      if (['clz', 'ctz', 'popcount'].includes(op)) return counted;
      return [op === 'abs' ? { signed: false, bits: t.bits } : t];
    };
    const add = (name: string, tag: string, result: Int): void => {
      program.add(name, ty, ty, nameOf(result), `%9 = ${tag} ${nameOf(result)} %2`);
    };
    for (const op of unary) for (const result of resultsOf(op)) add(`${op}_${result.bits}`, op, result);
    const narrow = t.signed ? I64 : U64;
    add('bitcast', 'bitcast', other);
    add('trunc', 'trunc', narrow);
    add('narrow', 'intcast', I64);
    add('widen', 'intcast', wider);
    program.add('back', 'i64', 'i64', ty, `%9 = intcast ${ty} %2`);
    for (const float of ['f64', 'f80', 'f128']) {
      program.add(float, ty, ty, ty, `%5 = float_from_int ${float} %2 %9 = int_from_float ${ty} %5`);
    }
    const item = values.at(-1)!;
    program.add(
      'choose',
      ty,
      ty,
      'u8',
      `%9 = block u8 { switch_br %2 {
        case ${ty} ${item} { br %9 u8 1 }
        case ${ty} 1..${ty} ${1n << 65n} { br %9 u8 2 }
        else { br %9 u8 0 } } }`,
    );
    program.start({ bulkMemory: t.signed });
    const wrong = new Wrong();
    for (const a of values) {
      for (const op of unary) {
        for (const to of resultsOf(op))
          wrong.check(program.call(`${op}_${to.bits}`, to, [t, a]), UNARY[op]!(t, a), op, a);
      }
      wrong.check(program.call('bitcast', other, [t, a]), norm(other, a), 'bitcast', a);
      wrong.check(program.call('trunc', narrow, [t, a]), norm(narrow, a), 'trunc', a);
      if (norm(I64, a) === a) {
        wrong.check(program.call('narrow', I64, [t, a]), a, 'narrow', a);
        wrong.check(program.call('back', t, [I64, a]), a, 'back', a);
      }
      if (norm(wider, a) === a) wrong.check(program.call('widen', wider, [t, a]), a, 'widen', a);
      const chosen = a === item ? 1n : a >= 1n && a <= 1n << 65n ? 2n : 0n;
      wrong.check(program.call('choose', { signed: false, bits: 8 }, [t, a]), chosen, 'switch', a);
      for (const [float, precision, most] of [
        ['f64', 53, 1024],
        ['f80', 64, 16384],
        ['f128', 113, 16384],
      ] as const) {
        const want = nearest(a, precision);
        const isFinite = want < 1n << BigInt(most) && -want < 1n << BigInt(most);
        if (isFinite && norm(t, want) === want) wrong.check(program.call(float, t, [t, a]), want, float, a);
      }
    }
    wrong.expectNone(values.length * 10);
  });
});

/** The integer of `precision` bits that is nearest, ties to even. */
function nearest(v: bigint, precision: number): bigint {
  const magnitude = v < 0n ? -v : v;
  const length = magnitude.toString(16).length * 4;
  const bits = length - 4 + Number(magnitude >> BigInt(Math.max(length - 4, 0))).toString(2).length;
  if (bits <= precision) return v;
  const unit = 1n << BigInt(bits - precision);
  const [below, rest] = [magnitude / unit, magnitude % unit];
  const up = rest * 2n > unit || (rest * 2n === unit && below % 2n === 1n);
  const rounded = (up ? below + 1n : below) * unit;
  return v < 0n ? -rounded : rounded;
}

test('floats of integers between two of them: ties, and what one bit far below decides', () => {
  const t: Int = { signed: true, bits: 4097 };
  const program = new Program();
  for (const float of ['f80', 'f128']) {
    program.add(float, 'i4097', 'i4097', 'i4097', `%5 = float_from_int ${float} %2 %9 = int_from_float i4097 %5`);
  }
  program.start();
  const wrong = new Wrong();
  for (const [float, precision] of [
    ['f80', 64],
    ['f128', 113],
  ] as const) {
    for (const top of [200, 255, 256, 257, 1000, 4094]) {
      const tie = (1n << BigInt(top)) + (1n << BigInt(top - precision));
      for (const v of [tie, tie + 1n, tie - 1n, tie + (2n << BigInt(top - precision))]) {
        for (const signed of [v, -v]) {
          wrong.check(program.call(float, t, [t, signed]), nearest(signed, precision), `${float} ${top}`, signed);
        }
      }
    }
  }
  wrong.expectNone(96);
});

test('fields of packed structs, bits behind pointers, lanes, optionals', () => {
  const [a, s, t, lane]: Int[] = [
    { signed: true, bits: 3 },
    { signed: false, bits: 5000 },
    { signed: true, bits: 4099 },
    { signed: true, bits: 700 },
  ] as Int[];
  const ty = 'packed struct(u5000) { i3, i4099, u898 }';
  const program = new Program();
  program.add('init', 'i3', 'i4099', ty, `%9 = aggregate_init ${ty} { %2, %3, u898 5 }`);
  program.add('field', ty, ty, 'i4099', '%9 = struct_field_val i4099 %2, 1');
  const host = '*align(16:3:640) i4099';
  program.add('put', ty, 'i4099', ty, `%5 = struct_field_ptr ${host} %0, 1 store %5, %3 %9 = load ${ty} %0`);
  program.add('get', ty, ty, 'i4099', `%5 = struct_field_ptr ${host} %0, 1 %9 = load i4099 %5`);
  const pair = 'vector(2) i700';
  program.add(
    'lanes',
    'i700',
    'i700',
    'i700',
    `%5 = splat ${pair} %2 %6 = splat ${pair} %3 %7 = mul_wrap %5, %6 %9 = reduce %7, add`,
  );
  program.add('optional', 'i4099', 'i4099', 'i4099', '%5 = wrap_optional ?i4099 %2 %9 = optional_payload i4099 %5');
  program.start();
  const wrong = new Wrong();
  const [low, high] = [5n << 4102n, (1n << 5000n) - (1n << 4102n)];
  for (const v of valuesOf(t!)) {
    const bits = BigInt.asUintN(4099, v) << 3n;
    for (const first of [-4n, 3n]) {
      wrong.check(program.call('init', s!, [a!, first], [t!, v]), low | bits | BigInt.asUintN(3, first), 'init', v);
    }
    wrong.check(program.call('field', t!, [s!, high | bits | 5n]), v, 'field', v);
    wrong.check(program.call('get', t!, [s!, high | bits | 5n]), v, 'get', v);
    wrong.check(program.call('put', s!, [s!, high | 2n], [t!, v]), high | bits | 2n, 'put 0', v);
    wrong.check(program.call('put', s!, [s!, (1n << 4102n) - 1n], [t!, v]), bits | 7n, 'put 1', v);
    wrong.check(program.call('optional', t!, [t!, v]), v, 'optional', v);
  }
  for (const v of valuesOf(lane!)) {
    for (const w of valuesOf(lane!)) {
      const want = norm(lane!, 2n * v * w);
      if (norm(lane!, v * w) * 2n === want)
        wrong.check(program.call('lanes', lane!, [lane!, v], [lane!, w]), want, 'lanes', v, w);
    }
  }
  wrong.expectNone(100);
});
