/**
 * One function from AIR to MIR.
 *
 * A pure function of its arguments: it knows no linker, no other function, and no table of the output, so that functions
 * can be compiled in any order, on any thread, and again. Expects a verified body that refusals.ts has nothing against.
 */
import type { Body } from '../air/body/body.ts';
import type { PoolReader } from '../intern/pool-reader.ts';
import type { IpIndex } from '../intern/keys.ts';
import type { MirBuilder } from '../mir/builder.ts';
import type { Mir } from '../mir/mir.ts';
import { MirTag } from '../mir/ops.ts';
import { hasWasmResult } from './state/conventions.ts';
import { FunctionState } from './state/function-state.ts';
import { rewriteMir } from './peephole/rewrite.ts';
import { LOWERING_BY_NUMBER } from './lowerings.ts';
import type { CodegenOptions } from './state/options.ts';
import { rewritesMir } from './state/peepholes.ts';
import { assert } from '../support/assert.ts';

/** Compiles functions one after the other. Holds scratch that they share; nothing of one is seen by the next. */
export class CodeGenerator {
  readonly #state: FunctionState;

  /** `mir` is given all code before it is rewritten: one that tells what it is given says which lowering made what. */
  constructor(mir?: MirBuilder) {
    this.#state = new FunctionState(LOWERING_BY_NUMBER, mir);
  }

  /** Lowers `body`, a function of type `fnTy`. */
  generate(pool: PoolReader, fnTy: IpIndex, body: Body, options: CodegenOptions): Mir {
    const f = this.#state;
    f.reset(pool, fnTy, body, options);
    f.lowerBody(body.main + 1, body.extra[body.main]!);
    assert(f.depth === 0, 'a wasm block is left open');
    // The body ends in code that does not continue, which a validator cannot always see.
    if (hasWasmResult(pool, fnTy, options.simd128)) f.mir.op(MirTag.unreachable);
    f.mir.end();
    f.frame.finish();
    const mir = f.mir.finish();
    return rewritesMir(options.peepholes) ? rewriteMir(mir, f, options) : mir;
  }
}
