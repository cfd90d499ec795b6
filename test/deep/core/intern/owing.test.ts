/**
 * What a new kind of type makes the compiler ask for, in a scratch copy of the sources: the exact files that owe an answer to
 * a kind of type, a kind of value, a width of floats and a representation in code generation.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ScratchCopy } from '../../../setup/scratch-copy.ts';

describe('what owes an answer', () => {
  let copy: ScratchCopy;
  beforeAll(() => {
    copy = new ScratchCopy();
  });
  afterEach(() => {
    copy.restore();
  });
  afterAll(() => {
    copy.remove();
  });

  async function owing(): Promise<readonly string[]> {
    return [...new Set((await copy.errors()).map(({ file }) => file))].sort();
  }

  test('to a kind of type: every switch over them', async () => {
    copy.edit('core/intern/type-kinds.ts', '  vector: 14,', '  vector: 14,\n  matrix: 15,');
    expect(await owing()).toEqual([
      'bench/type-classes.ts',
      'core/air/text/parse-terms.ts',
      'core/air/text/print-terms.ts',
      'core/air/typing/result-types.ts',
      'core/air/typing/type-classes.ts',
      'core/air/typing/value-rules.ts',
      'core/air/verify/verify-terms.ts',
      'core/codegen/aggregate/aggregates.ts',
      'core/codegen/refusals.ts',
      'core/codegen/state/abi.ts',
      'core/intern/call-conv.ts',
      'core/intern/elements.ts',
      'core/intern/intern-pool.ts',
      'core/intern/layout.ts',
      'core/intern/packed.ts',
      'core/link/unit/debug-types.ts',
      'core/link/unit/lower-data.ts',
      'core/link/unit/signature.ts',
      'generators/model/types.ts',
      'harness/backend/known-bugs.ts',
      'harness/explain/memory-path.ts',
      'harness/model/scalars.ts',
      'harness/model/type-class.ts',
      'harness/reduce/pool-rewrite.ts',
      'harness/reduce/simple-values.ts',
      'harness/reduce/type-passes.ts',
      'harness/source/c/c-types.ts',
      'harness/source/zig/zig-borders.ts',
      'harness/source/zig/zig-layout.ts',
      'harness/source/zig/zig-switch.ts',
      'harness/source/zig/zig-types.ts',
      'interpreter/model/shapes.ts',
    ]);
  });

  test('to a kind of value: every switch over them', async () => {
    copy.edit('core/intern/value-kinds.ts', '  union_value: 48,', '  union_value: 48,\n  variant: 49,');
    expect(await owing()).toEqual([
      'core/air/text/print-terms.ts',
      'core/air/verify/verify-terms.ts',
      'core/codegen/memory/vectors.ts',
      'core/codegen/state/constants.ts',
      'core/intern/elements.ts',
      'core/intern/intern-pool.ts',
      'core/intern/packed.ts',
      'core/link/unit/lower-data.ts',
      'harness/reduce/pool-rewrite.ts',
      'harness/reduce/simple-values.ts',
      'harness/source/c/c-values.ts',
      'harness/source/zig/zig-values.ts',
      'interpreter/model/address-space.ts',
    ]);
  });

  test('to a width of floats: formats, text, representations, generators and the judge', async () => {
    copy.edit('core/intern/float-formats.ts', 'FloatBits = 16 | 32', 'FloatBits = 8 | 16 | 32');
    expect(await owing()).toEqual([
      'core/air/text/float-text.ts',
      'core/codegen/refusals.ts',
      'core/codegen/state/abi.ts',
      'core/codegen/state/constants.ts',
      'core/codegen/state/number-class.ts',
      'core/codegen/wide/float-calls.ts',
      'core/intern/float-formats.ts',
      'core/intern/numbers.ts',
      'core/link/unit/signature.ts',
      'generators/draw/constants.ts',
      'generators/emit/scalars.ts',
      'generators/model/ranges.ts',
      'harness/check/judge.ts',
      'harness/model/scalars.ts',
      'interpreter/model/shapes.ts',
    ]);
  });

  test('to a representation: opcodes, value types, constants and locals of code generation', async () => {
    copy.edit('core/codegen/state/abi.ts', '  v128: 7,', '  v128: 7,\n  v256: 8,');
    expect(await owing()).toEqual([
      'core/codegen/memory/bit-pointers.ts',
      'core/codegen/memory/promote.ts',
      'core/codegen/scalar/floats.ts',
      'core/codegen/state/abi.ts',
      'core/codegen/state/constants.ts',
      'core/codegen/state/numeric-opcodes.ts',
    ]);
  });
});
