/** Every integer instruction, executed in V8 for widths of both signs, against definitions in BigInt. */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/pipeline/settings.ts';
import type { Int } from './integer-model.ts';
import { BINARY, boundaries, COMPARISON, maxOf, norm, OVERFLOWING, SHIFT, UNARY } from './integer-model.ts';
import type { Exports, Scalar } from './run-air.ts';
import { runAir } from './run-air.ts';

const WIDTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 48, 63, 64];

function nameOf(t: Int): string {
  return `${t.signed ? 'i' : 'u'}${t.bits}`;
}

/** What wasm holds for a value of `t`: its extension to the container. */
function toWasm(t: Int, v: bigint): Scalar {
  return t.bits <= 32 ? Number(BigInt.asIntN(32, v)) : BigInt.asIntN(64, v);
}

function binaryFunction(op: string, ty: string): string {
  return `export fn @${op}(${ty}, ${ty}) ${ty} { %0 = arg ${ty} 0 %1 = arg ${ty} 1 %2 = ${op} %0, %1 ret %2 }\n`;
}

function overflowFunctions(op: string, ty: string, rightTy: string): string {
  return [0, 1]
    .map((field) => {
      const result = field === 0 ? ty : 'u1';
      return `export fn @${op}_${field}(${ty}, ${rightTy}) ${result} {
        %0 = arg ${ty} 0
        %1 = arg ${rightTy} 1
        %2 = ${op} tuple { ${ty}, u1 } %0, %1
        %3 = struct_field_val ${result} %2, ${field}
        ret %3
      }\n`;
    })
    .join('');
}

function compare(call: Exports, name: string, args: readonly Scalar[], want: Scalar, show: string): string[] {
  const found = call[name]!(...args);
  return found === want ? [] : [`${name} ${show} = ${found}, not ${want}`];
}

const TYPES: Int[] = WIDTHS.flatMap((bits) => [
  { signed: false, bits },
  { signed: true, bits },
]);

describe.each(TYPES.map((t) => [nameOf(t), t] as const))('%s', (ty, t) => {
  const values = boundaries(t);

  test('arithmetic and bitwise instructions', () => {
    const { call } = runAir(
      Object.keys(BINARY)
        .map((op) => binaryFunction(op, ty))
        .join(''),
    );
    const wrong: string[] = [];
    let checked = 0;
    for (const [op, define] of Object.entries(BINARY)) {
      for (const a of values) {
        for (const b of values) {
          const want = define(t, a, b);
          if (want === null) continue;
          checked++;
          wrong.push(...compare(call, op, [toWasm(t, a), toWasm(t, b)], toWasm(t, want), `${a} ${b}`));
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(checked).toBeGreaterThan(30);
  });

  test('instructions that report overflow', () => {
    const { call } = runAir(
      Object.keys(OVERFLOWING)
        .map((op) => overflowFunctions(op, ty, ty))
        .join(''),
    );
    const wrong: string[] = [];
    for (const [op, define] of Object.entries(OVERFLOWING)) {
      for (const a of values) {
        for (const b of values) {
          const exact = define(a, b);
          const args = [toWasm(t, a), toWasm(t, b)];
          const flag = norm(t, exact) === exact ? 0 : 1;
          wrong.push(...compare(call, `${op}_0`, args, toWasm(t, norm(t, exact)), `${a} ${b}`));
          wrong.push(...compare(call, `${op}_1`, args, flag, `${a} ${b}`));
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test('comparisons', () => {
    const { call } = runAir(
      Object.keys(COMPARISON)
        .map((op) => binaryFunction(op, ty).replace(`) ${ty} {`, ') bool {'))
        .join(''),
    );
    const wrong: string[] = [];
    for (const [op, define] of Object.entries(COMPARISON)) {
      for (const a of values) {
        for (const b of values) {
          const want = define(a, b) ? 1 : 0;
          wrong.push(...compare(call, op, [toWasm(t, a), toWasm(t, b)], want, `${a} ${b}`));
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test('shifts by amounts of several types', () => {
    const amounts: Int[] = [5, 8, 32, 40, 64].map((bits) => ({ signed: false, bits }));
    const wrong: string[] = [];
    let overshifts = 0;
    for (const k of amounts) {
      const amountTy = nameOf(k);
      const { call } = runAir(
        Object.keys(SHIFT)
          .map(
            (op) =>
              `export fn @${op}(${ty}, ${amountTy}) ${ty} { %0 = arg ${ty} 0 %1 = arg ${amountTy} 1 %2 = ${op} %0, %1 ret %2 }\n`,
          )
          .join('') + overflowFunctions('shl_with_overflow', ty, amountTy),
      );
      const steps = [0, 1, t.bits - 1, t.bits, t.bits + 1, 31, 32, 33, 63, 64, 65].map(BigInt);
      steps.push(maxOf(k), 1n << 32n, (1n << 32n) + 1n, 1n << 38n);
      for (const a of values) {
        for (const amount of steps.filter((v) => norm(k, v) === v)) {
          const args = [toWasm(t, a), toWasm(k, amount)];
          for (const [op, define] of Object.entries(SHIFT)) {
            const want = define(t, a, amount);
            if (want === null) continue;
            if (amount >= BigInt(t.bits)) overshifts++;
            wrong.push(...compare(call, op, args, toWasm(t, want), `${a} ${amountTy} ${amount}`));
          }
          if (amount >= BigInt(t.bits)) continue;
          const exact = a << amount;
          const flag = norm(t, exact) === exact ? 0 : 1;
          wrong.push(...compare(call, 'shl_with_overflow_0', args, toWasm(t, norm(t, exact)), `${a} ${amount}`));
          wrong.push(...compare(call, 'shl_with_overflow_1', args, flag, `${a} ${amount}`));
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(overshifts).toBeGreaterThan(10);
  });

  test('instructions of one operand, with counts in narrow and wide types', () => {
    const countTypes: Int[] = [
      { signed: false, bits: 7 },
      { signed: false, bits: 40 },
    ];
    const plan: { op: string; fn: string; result: Int }[] = [];
    for (const op of Object.keys(UNARY)) {
      if (op === 'byte_swap' && t.bits % 8 !== 0) continue;
      if (op === 'abs') plan.push({ op, fn: op, result: { signed: false, bits: t.bits } });
      else if (!['clz', 'ctz', 'popcount'].includes(op)) plan.push({ op, fn: op, result: t });
      else for (const result of countTypes) plan.push({ op, fn: `${op}_${result.bits}`, result });
    }
    const { call } = runAir(
      plan
        .map(({ op, fn, result }) => {
          const res = nameOf(result);
          return `export fn @${fn}(${ty}) ${res} { %0 = arg ${ty} 0 %1 = ${op} ${res} %0 ret %1 }\n`;
        })
        .join(''),
    );
    const wrong: string[] = [];
    for (const { op, fn, result } of plan) {
      for (const a of values) {
        wrong.push(...compare(call, fn, [toWasm(t, a)], toWasm(result, UNARY[op]!(t, a)), String(a)));
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});

test('conversions between all pairs of widths', () => {
  const wrong: string[] = [];
  for (const from of TYPES) {
    const targets = TYPES.filter((to) => to.signed === from.signed && to.bits <= from.bits);
    const text: string[] = [];
    const conversion = (op: string, to: Int): string => {
      const [a, b] = [nameOf(from), nameOf(to)];
      return `export fn @${op}_${b}(${a}) ${b} { %0 = arg ${a} 0 %1 = ${op} ${b} %0 ret %1 }\n`;
    };
    for (const to of TYPES) text.push(conversion('intcast', to));
    for (const to of targets) text.push(conversion('trunc', to));
    const other = { signed: !from.signed, bits: from.bits };
    text.push(conversion('bitcast', other));
    const { call } = runAir(text.join(''));
    for (const a of boundaries(from)) {
      const args = [toWasm(from, a)];
      for (const to of TYPES) {
        if (norm(to, a) !== a) continue;
        wrong.push(...compare(call, `intcast_${nameOf(to)}`, args, toWasm(to, a), `${nameOf(from)} ${a}`));
      }
      for (const to of targets) {
        wrong.push(...compare(call, `trunc_${nameOf(to)}`, args, toWasm(to, norm(to, a)), `${nameOf(from)} ${a}`));
      }
      wrong.push(
        ...compare(call, `bitcast_${nameOf(other)}`, args, toWasm(other, norm(other, a)), `${nameOf(from)} ${a}`),
      );
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
});

describe('constants', () => {
  test('of all lengths of LEB arrive unchanged', () => {
    const wrong: string[] = [];
    for (const t of [
      { signed: true, bits: 32 },
      { signed: true, bits: 64 },
    ]) {
      const ty = nameOf(t);
      const constants = new Set<bigint>([norm(t, 1n << BigInt(t.bits - 1)), maxOf(t)]);
      for (let k = 5n; k < BigInt(t.bits); k++) {
        for (const d of [-1n, 0n, 1n]) {
          constants.add(norm(t, (1n << k) + d));
          constants.add(norm(t, -(1n << k) + d));
        }
      }
      const list = [...constants];
      const { call } = runAir(list.map((v, n) => `export fn @f${n}() ${ty} { ret ${ty} ${v} }\n`).join(''));
      list.forEach((v, n) => wrong.push(...compare(call, `f${n}`, [], toWasm(t, v), '')));
    }
    expect(wrong).toEqual([]);
  });
});

describe('settings', () => {
  test.each<Partial<Settings>>([{ reuseLocals: false }, { bulkMemory: false }, { gc: false }, { strip: true }])(
    'do not change results: %p',
    (settings) => {
      const text = Object.keys(BINARY)
        .map((op) => binaryFunction(op, 'i24'))
        .join('');
      const t = { signed: true, bits: 24 };
      const plain = runAir(text).call;
      const other = runAir(text, settings).call;
      for (const op of ['add_sat', 'mul_sat', 'mod', 'div_floor', 'mul_wrap']) {
        for (const a of boundaries(t)) {
          const args = [toWasm(t, a), 7];
          expect(other[op]!(...args)).toBe(plain[op]!(...args));
        }
      }
    },
  );
});
