/**
 * Guards and ranges: what an emitter makes is legal for boundary arguments, and its result lies in the range that the
 * generator claims, which is what lets it leave guards out.
 */
import { describe, expect, test } from '@jest/globals';
import { verifyUnit } from '../../../core/index.ts';
import { EMITTERS } from '../../../generators/emit/table.ts';
import type { Emitter, Gen } from '../../../generators/emit/gen.ts';
import { atLeast, atMost, masked, narrowed, nonZero, notLeast, toInt } from '../../../generators/emit/guards.ts';
import { indexBelow, lengthUpTo, shiftAmount } from '../../../generators/emit/amounts.ts';
import type { Value } from '../../../generators/model/scope.ts';
import { intConst, maxConst, minConst } from '../../../generators/draw/constants.ts';
import { drawIntType } from '../../../generators/draw/draw-types.ts';
import { interpret } from '../../../interpreter/interpret.ts';
import type { Trial } from '../../generators/emitter-trial.ts';
import { fromPattern, tryOut } from '../../generators/emitter-trial.ts';

/** Runs each call of a trial on its own; yields the arguments and the result, as numbers, of each that does not trap. */
function runs({ unit, calls, result }: Trial): { args: readonly bigint[]; value: bigint }[] {
  expect(verifyUnit(unit)).toEqual([]);
  return calls.flatMap((call) => {
    const outcome = interpret(unit, [call]).outcomes[0]!;
    if (outcome.kind === 'trapped' && outcome.trap === 'unreachable') return [];
    if (outcome.kind !== 'returned') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`);
    return [{ args: call.args, value: result === null ? 0n : fromPattern(result.info, outcome.bits!) }];
  });
}

/** Doubles above 2^53 stand for a bound that is rounded outward. */
function expectInRange(value: bigint, { low, high }: Value): void {
  expect(Number(value)).toBeGreaterThanOrEqual(low);
  expect(Number(value)).toBeLessThanOrEqual(high);
}

describe('the emitter of', () => {
  const emitters = Object.entries(EMITTERS).filter((entry): entry is [string, Emitter] => typeof entry[1] !== 'string');
  test.each(emitters)('%s is legal and keeps to the range it claims', (tag, emit) => {
    const apply = (g: Gen): null => {
      emit(g);
      return null;
    };
    for (let seed = 1; seed <= 40; seed++) {
      const trial = tryOut(seed, apply, undefined, tag === 'call_always_tail');
      for (const { value } of runs(trial)) if (trial.result !== null) expectInRange(value, trial.result);
    }
  });
});

/** What a guard is asked to do, and what must then hold for the first argument `x` and the result `y`. */
type GuardCase = readonly [
  name: string,
  apply: (g: Gen, v: Value) => Value,
  holds: (y: bigint, x: bigint, trial: Trial) => boolean,
];

const bitsOf = (v: Value): number => v.info.bits;
const half = (v: Value): number => Math.max(1, bitsOf(v) >> 1);

const GUARDS: readonly GuardCase[] = [
  ['narrowed', (g, v) => narrowed(g, v, half(v)), (y, _x, { result }) => {
    const width = half(result!);
    return y === (result!.info.signed ? BigInt.asIntN(width, y) : BigInt.asUintN(width, y));
  }],
  ['masked', (g, v) => masked(g, v, half(v)), (y, _x, { result }) => y >= 0n && y < 2n ** BigInt(half(result!))],
  ['atMost', (g, v) => atMost(g, v, intConst(g.p, v.info, 0)), (y, x) => y === (x < 0n ? x : 0n)],
  ['atLeast', (g, v) => atLeast(g, v, intConst(g.p, v.info, 0)), (y, x) => y === (x > 0n ? x : 0n)],
  ['nonZero', (g, v) => nonZero(g, v), (y) => y !== 0n],
  ['notLeast', (g, v) => notLeast(g, v, v), (y, _x, { result }) => {
    const { info } = result!;
    return !info.signed || y !== -(2n ** BigInt(info.bits - 1));
  }],
]; // prettier-ignore

describe('the guard', () => {
  test.each(GUARDS)('%s holds for boundary arguments of all widths', (_name, apply, holds) => {
    for (let seed = 1; seed <= 100; seed++) {
      const trial = tryOut(seed, (g, args) => apply(g, args[0]!));
      const info = trial.result!.info;
      for (const { args, value } of runs(trial)) {
        expectInRange(value, trial.result!);
        expect({ seed, value, holds: holds(value, fromPattern(info, args[0]!), trial) }).toMatchObject({ holds: true });
      }
    }
  });

  test('toInt keeps the low bits that both types have', () => {
    for (let seed = 1; seed <= 120; seed++) {
      const trial = tryOut(seed, (g, args) => toInt(g, args[0]!, drawIntType(g.p)));
      for (const { args, value } of runs(trial)) {
        expectInRange(value, trial.result!);
        const { unit, result } = trial;
        const from = unit.pool.intBits(unit.pool.fnParam(unit.navs.at(-1)!.ty, 0));
        const common = Math.min(from, result!.info.bits);
        expect(BigInt.asUintN(common, value)).toBe(BigInt.asUintN(common, args[0]!));
      }
    }
  });

  test('shiftAmount, indexBelow and lengthUpTo stay below their bounds', () => {
    for (let seed = 1; seed <= 120; seed++) {
      const bound = 1 + (seed % 70);
      const amount = tryOut(seed, (g, args) => shiftAmount(g, args[0]!.info, args[0]!.info.bits - 1));
      const width = amount.unit.pool.intBits(amount.unit.pool.fnParam(amount.unit.navs.at(-1)!.ty, 0));
      for (const { value } of runs(amount)) expect(Number(value)).toBeLessThan(width);
      for (const { value } of runs(tryOut(seed, (g) => indexBelow(g, bound))))
        expect(Number(value)).toBeLessThan(bound);
      for (const { value } of runs(tryOut(seed, (g) => lengthUpTo(g, bound)))) {
        expect(Number(value)).toBeLessThanOrEqual(bound);
      }
    }
  });

  test('the limits of a type are its limits', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const most = tryOut(seed, (g, args) => maxConst(g.p, args[0]!.info));
      const least = tryOut(seed, (g, args) => minConst(g.p, args[0]!.info));
      const { bits, signed } = most.result!.info;
      const width = BigInt(bits);
      expect(runs(most)[0]!.value).toBe(signed ? 2n ** (width - 1n) - 1n : 2n ** width - 1n);
      expect(runs(least)[0]!.value).toBe(signed ? -(2n ** (width - 1n)) : 0n);
    }
  });
});
