/**
 * `switch_br` and `loop_switch_br`: the choice of operand, items and ranges.
 *
 * Owns the densities that decide between the lowerings: dense, sparse, ranged, negative, at the limits of the type, and
 * values that equal an item plus a multiple of 2^32. Invariant: items are values of the operand's type, in no two cases.
 */
import type { Ref, SwitchCaseInput } from '../../core/index.ts';
import { refValue, valueRef } from '../../core/index.ts';
import { drawInt } from '../draw/constants.ts';
import { hasSums, sumItems } from '../draw/draw-sums.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class } from '../model/types.ts';
import type { Gen } from './gen.ts';
import { binary, can, use } from './gen.ts';
import { masked } from './guards.ts';
import { operand, someInt } from './operands.ts';

interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

const TWO_32 = 1n << 32n;
const TWO_64 = 1n << 64n;

/** What a switch decides by, without its bodies. */
export interface SwitchHead {
  readonly operand: Value;
  readonly cases: readonly Pick<SwitchCaseInput, 'items' | 'ranges'>[];
  /** Another operand, which hits the items as often. */
  readonly again: () => Value;
}

/** Ends the body in a switch; `arm` makes one body of about `share` instructions. */
export function switchOver(g: Gen, quota: number, arm: (share: number) => void): void {
  const head = drawSwitch(g);
  const share = Math.max(1, Math.floor(quota / (head.cases.length + 1)));
  const body = (): void => {
    arm(share);
  };
  g.b.switchBr(
    use(head.operand),
    head.cases.map((one) => ({ ...one, body })),
    body,
  );
}

/** Draws what a switch decides by. */
export function drawSwitch(g: Gen): SwitchHead {
  const named = hasSums(g.p) && g.r.chance(110) ? namedOperand(g) : null;
  if (named !== null) return { operand: named, cases: drawNamedCases(g, named), again: () => operand(g, named.info) };
  const info = someInt(g);
  const base = drawBase(g, info);
  const span = g.r.pick([2, 4, 8, 16]);
  const again = (): Value => aimed(g, operand(g, info), base, span);
  const first = again();
  // A switch that chooses nothing.
  if (g.p.plan.profile.rare && g.r.chance(30)) return { operand: first, cases: [], again };
  const intervals = disjoint(drawIntervals(g, info, base, span));
  const constant = (value: bigint): Ref => valueRef(g.p.pool.int(info.ip, value));
  const cases = deal(g, intervals).map((intervalsOfCase) => ({
    items: intervalsOfCase.filter(isItem).map(({ low }) => constant(low)),
    ranges: intervalsOfCase.filter((i) => !isItem(i)).map(({ low, high }) => [constant(low), constant(high)] as const),
  }));
  return { operand: first, cases, again };
}

/** A value of an enum or error set, or null if there is no such type. */
function namedOperand(g: Gen): Value | null {
  const types = g.p.sums.filter(({ cls }) => cls === Class.enum || cls === Class.errors);
  return types.length === 0 ? null : operand(g, g.r.pick(types));
}

/** Cases of a switch of an enum or error. */
function drawNamedCases(g: Gen, v: Value): SwitchHead['cases'] {
  const items = g.r.shuffle(sumItems(g.p, v.info)).slice(0, g.r.between(1, 6));
  const cases: Ref[][] = Array.from({ length: Math.min(items.length, g.r.between(1, 4)) }, () => []);
  items.forEach((item, n) => (n < cases.length ? cases[n]! : g.r.pick(cases)).push(valueRef(item)));
  return cases.map((of) => ({ items: of, ranges: [] }));
}

function isItem({ low, high }: Interval): boolean {
  return low === high;
}

function limits(info: TypeInfo): Interval {
  const bits = BigInt(info.bits);
  if (!info.signed) return { low: 0n, high: (1n << bits) - 1n };
  return { low: -(1n << (bits - 1n)), high: (1n << (bits - 1n)) - 1n };
}

/** Where the items lie: around zero, at a limit, or anywhere. */
function drawBase(g: Gen, info: TypeInfo): bigint {
  const { low, high } = limits(info);
  const way = g.r.below(8);
  if (way < 3) return 0n;
  if (way === 3) return info.signed ? -4n : 1n;
  if (way === 4) return low;
  if (way === 5) return high - BigInt(g.r.below(8));
  return g.p.pool.intBig(refValue(drawInt(g.p, info).ref));
}

/** An operand that often hits the items, or misses them by a multiple of 2^32 only. */
function aimed(g: Gen, v: Value, base: bigint, span: number): Value {
  const { info } = v;
  const bits = Math.min(Math.log2(span), info.bits - (info.signed ? 1 : 0));
  if (bits < 1 || g.r.chance(70)) return v;
  let near = masked(g, v, bits);
  const start = base + BigInt(g.r.between(-1, 1));
  if (start !== 0n && can(g, 'add_wrap')) near = binary(g, 'add_wrap', near, constantOf(g, info, start));
  if (info.bits > 34 && g.r.chance(110) && can(g, 'add_wrap')) {
    const far = masked(g, operand(g, info), 1);
    const times = can(g, 'mul_wrap') ? binary(g, 'mul_wrap', far, constantOf(g, info, drawFar(g, info))) : far;
    near = binary(g, 'add_wrap', near, times);
  }
  return near;
}

/** What two numbers may differ by that a lowering takes for equal: 2^32, and 2^64 where the type has it. */
function farUnit(g: Gen, info: TypeInfo): bigint {
  return info.bits > 66 && g.r.chance(128) ? TWO_64 : TWO_32;
}

/** A multiple of 2^32, often so great that it turns the order of signed and unsigned numbers round. */
function drawFar(g: Gen, info: TypeInfo): bigint {
  const top = BigInt(info.bits - 1);
  if (g.r.chance(128)) return farUnit(g, info);
  return info.signed ? -(1n << (g.r.chance(128) ? top : 32n)) : 1n << top;
}

function constantOf(g: Gen, info: TypeInfo, value: bigint): Value {
  return unlisted(valueRef(g.p.pool.int(info.ip, value)), info, info.min, info.full);
}

function drawIntervals(g: Gen, info: TypeInfo, base: bigint, span: number): Interval[] {
  const { low, high } = limits(info);
  const intervals: Interval[] = [];
  const add = (from: bigint, to: bigint): void => {
    if (from >= low && to <= high && from <= to) intervals.push({ low: from, high: to });
  };
  const way = g.r.below(8);
  if (way < 4) {
    // Dense, with gaps and short ranges.
    const count = g.r.between(1, span);
    for (let at = 0; at < count; at++) {
      const length = g.r.chance(40) ? g.r.between(1, 3) : 0;
      if (!g.r.chance(40)) add(base + BigInt(at), base + BigInt(at + length));
      at += length;
    }
  } else if (way < 6) {
    for (let n = g.r.between(1, 7); n > 0; n--) {
      const value = g.p.pool.intBig(refValue(drawInt(g.p, info).ref));
      add(value, g.r.chance(60) ? value + BigInt(g.r.below(1 << g.r.below(20))) : value);
    }
  } else {
    // Equal modulo 2^32, or in all limbs but one.
    const unit = farUnit(g, info);
    for (let n = g.r.between(1, span); n > 0; n--) {
      const value = base + BigInt(g.r.below(span)) + BigInt(g.r.between(-1, 2)) * unit;
      add(value, value);
    }
  }
  if (g.r.chance(20)) add(low, low + BigInt(g.r.below(3)));
  if (g.r.chance(20)) add(high - BigInt(g.r.below(3)), high);
  return intervals;
}

/** Sorted, without those that touch a value twice. */
function disjoint(intervals: Interval[]): Interval[] {
  intervals.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : a.high < b.high ? -1 : a.high > b.high ? 1 : 0));
  const kept: Interval[] = [];
  for (const interval of intervals) {
    const last = kept[kept.length - 1];
    if (last === undefined || interval.low > last.high) kept.push(interval);
  }
  return kept;
}

/** Deals the intervals to one to five cases. */
function deal(g: Gen, intervals: readonly Interval[]): Interval[][] {
  const count = Math.min(intervals.length, g.r.between(1, 5));
  const cases: Interval[][] = Array.from({ length: count }, () => []);
  intervals.forEach((interval, n) => {
    (n < count ? cases[n]! : g.r.pick(cases)).push(interval);
  });
  return g.r.chance(128) ? g.r.shuffle(cases) : cases;
}
