/**
 * Peepholes on the finished MIR of one function: the order of their passes, and what the passes may ask.
 *
 * Expects code in which each value has a local of its own. A pure function: the same MIR and switches give the same code.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { Mir } from '../../mir/mir.ts';
import { hasWasmResult, wasmParamCount } from '../state/conventions.ts';
import type { CodegenOptions } from '../state/options.ts';
import { codeOfMir, mirOfCode } from './code.ts';
import { foldConditions } from './conditions.ts';
import { propagateCopies } from './copies.ts';
import type { CallEffects } from './effects.ts';
import { effect, UNKNOWN } from './effects.ts';
import { trimJumps } from './jumps.ts';
import { foldMasks } from './masks.ts';
import { markSets } from './variable-marks.ts';
import { shareLocals } from './share-locals.ts';
import { stackify } from './stackify.ts';

/** What a function is. */
export interface RewrittenFunction {
  readonly pool: PoolReader;
  readonly fnTy: IpIndex;
  /** Types of the functions that it calls by nav. */
  readonly callees: ReadonlyMap<NavIndex, IpIndex>;
}

/** `mir` with the peepholes that `options` ask for. */
export function rewriteMir(mir: Mir, { pool, fnTy, callees }: RewrittenFunction, options: CodegenOptions): Mir {
  const { trimJumps: trims, propagateCopies: propagates, stackify: stacks, foldMasks: masks } = options.peepholes;
  const { simd128 } = options;
  const code = codeOfMir(mir, wasmParamCount(pool, fnTy, simd128));
  markSets(code);
  const ofType = (type: IpIndex): number =>
    effect(wasmParamCount(pool, type, simd128), hasWasmResult(pool, type, simd128) ? 1 : 0);
  const calls: CallEffects = {
    ofType: (type) => ofType(type as IpIndex),
    ofNav: (nav) => {
      const type = callees.get(nav as NavIndex);
      return type === undefined ? UNKNOWN : ofType(type);
    },
  };
  if (trims) trimJumps(code, hasWasmResult(pool, fnTy, simd128));
  if (propagates) propagateCopies(code);
  if (stacks) stackify(code, calls);
  if (options.peepholes.foldConditions) foldConditions(code);
  if (masks) foldMasks(code, calls);
  shareLocals(code, options.reuseLocals);
  return mirOfCode(code, mir);
}
