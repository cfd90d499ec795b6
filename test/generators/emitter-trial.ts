/**
 * One emitter on its own: a function of three integers that the emitter is applied in, whose result is the newest integer
 * that came of it, with the bounds that the generator claims for it.
 */
import type { CallInput, Unit } from '../../core/index.ts';
import { IP, makeNav } from '../../core/index.ts';
import { emittersOf } from '../../generators/emit/table.ts';
import { makePlan } from '../../generators/emit/choices.ts';
import { drawAggregates, drawIntTypes } from '../../generators/draw/draw-types.ts';
import type { Gen } from '../../generators/emit/gen.ts';
import { defineFull, newGen, use, voidRef } from '../../generators/emit/gen.ts';
import { PROFILES } from '../../generators/index.ts';
import type { FunctionPlan } from '../../generators/model/program.ts';
import { finishNavs } from '../../generators/draw/navs.ts';
import { newProgram } from '../../generators/model/program.ts';
import { RandomStream } from '../../generators/model/random.ts';
import type { Value } from '../../generators/model/scope.ts';
import { Scope } from '../../generators/model/scope.ts';
import type { TypeInfo } from '../../generators/model/types.ts';
import { Class, fnPtrInfo, typeInfo } from '../../generators/model/types.ts';
import { drawPattern } from '../../generators/draw/constants.ts';

const PLAN = makePlan({ ...PROFILES['default']!, floats: 60, aggregates: 120 });

/** A unit with one exported function `f`, and arguments to call it with. */
export interface Trial {
  readonly unit: Unit;
  readonly calls: readonly CallInput[];
  /** What `f` returns, if it is an integer. */
  readonly result: Value | null;
}

/**
 * Builds `f` around `apply`, which may return the value to give back; else it is the newest integer in scope. With `isVoid`, `f`
 * gives nothing back: that is what an emitter of returns takes it for.
 */
export function tryOut(
  seed: number,
  apply: (g: Gen, args: readonly Value[]) => Value | null,
  widths?: TypeInfo[],
  isVoid = false,
): Trial {
  const r = new RandomStream(seed);
  const p = newProgram(PLAN, r);
  drawIntTypes(p);
  drawAggregates(p);
  const params = widths ?? [r.pick(p.ints), r.pick(p.ints), r.pick(p.ints)];
  const voidType = typeInfo(p.types, IP.void_type);
  const fn = planOf(fnPtrInfo(p.types, params, voidType));
  const g = newGen(p, emittersOf(PLAN), fn, new Scope(), 1000);
  const refs = params.map((param, n) => g.b.arg(param.ip, n));
  const args = refs.map((ref, n) => defineFull(g, ref, params[n]!));
  const given = apply(g, args);
  const result = isVoid ? null : (given ?? g.scope.ofClass(Class.int).at(-1) ?? null);
  g.b.un('ret', result === null ? voidRef() : use(result));
  const type = p.pool.fnType(
    params.map((param) => param.ip),
    result === null ? IP.void_type : result.info.ip,
  );
  const exports = [{ name: 'f', visibility: 'default' as const }];
  const body = g.b.finish();
  const navs = [...finishNavs(p), makeNav({ kind: 'func', name: 'f', ty: type, body, exports })];
  const calls = Array.from({ length: 6 }, () => ({
    fn: 'f',
    args: params.map((param) => {
      const { low, high } = drawPattern(p.r, param.bits, false);
      return (BigInt(high) << 32n) | BigInt(low);
    }),
  }));
  return { unit: { pool: p.pool, navs }, calls, result };
}

function planOf(ptr: TypeInfo): FunctionPlan {
  const none = { recursion: null, cost: 0, stack: 0, called: true, body: null };
  return { nav: 0 as FunctionPlan['nav'], name: 'f', ptr, role: 'entry', quota: 20, ...none };
}

/** An integer of `info` from its bit pattern. */
export function fromPattern(info: TypeInfo, bits: bigint): bigint {
  return info.signed ? BigInt.asIntN(info.bits, bits) : bits;
}
