/** Where variables can be read: what holds on every way to an instruction, whatever loops and branches do. */
import { describe, expect, test } from '@jest/globals';
import type { IpIndex } from '../../../core/intern/keys.ts';
import { MirBuilder } from '../../../core/mir/builder.ts';
import type { LocalIndex } from '../../../core/mir/mir.ts';
import { codeOf } from '../../../core/mir/mir.ts';
import { MirTag } from '../../../core/mir/ops.ts';
import { findScopes } from '../../../core/mir/variable-ranges.ts';
import { VariableKind, VariablePlace } from '../../../core/mir/variables.ts';

const LOCAL = 1 as LocalIndex;
const OTHER = 2 as LocalIndex;

/** Ranges of the one variable of a function with one parameter: `from-to` by instruction. */
function rangesOf(build: (b: MirBuilder, name: (key?: number, kind?: VariableKind) => void) => void): string {
  const builder = new MirBuilder();
  builder.reset(0 as IpIndex);
  build(builder, (key = 0, kind = VariableKind.value) => {
    builder.variable([kind, VariablePlace.local, LOCAL, 0, key, 0, 1, 0x78]);
  });
  builder.end();
  const [variable] = findScopes(codeOf(builder.finish()), 1)!.variables;
  return variable!.ranges.map(({ from, to }) => `${from}-${to}`).join();
}

/** Sets a local; two instructions. */
function set(b: MirBuilder, local = LOCAL): void {
  b.i32Const(1);
  b.localSet(local);
}

describe('a value', () => {
  test('is in its local from its name on, until that is set again', () => {
    const built = rangesOf((b, name) => {
      set(b);
      name();
      set(b, OTHER);
      set(b);
      set(b, OTHER);
    });
    expect(built).toBe('3-7');
  });

  test('is not there behind a branch on which the local is set', () => {
    const built = rangesOf((b, name) => {
      set(b);
      name();
      b.block();
      b.localGet(0 as LocalIndex);
      b.brIf(0);
      set(b);
      b.end();
      b.op(MirTag.drop);
    });
    expect(built).toBe('3-8');
  });

  test('is not there in a loop that sets the local, but for what comes behind its name', () => {
    const built = rangesOf((b, name) => {
      set(b);
      b.loop();
      b.op(MirTag.drop);
      name();
      b.op(MirTag.drop);
      set(b);
      b.br(0);
      b.end();
    });
    expect(built).toBe('5-8');
  });

  test('is there again behind code that is not reached', () => {
    const built = rangesOf((b, name) => {
      set(b);
      name();
      b.block();
      b.br(0);
      b.op(MirTag.drop);
      b.end();
    });
    expect(built).toBe('3-8');
  });
});

/** Key of the local. */
const KEY = LOCAL + 1;

describe('a variable whose local others use', () => {
  const variable = VariableKind.variable;
  const mark = (b: MirBuilder): void => {
    b.push(MirTag.dbg_set, KEY);
  };

  test('is there while its own value is in the local', () => {
    const built = rangesOf((b, name) => {
      name(KEY, variable);
      set(b);
      mark(b);
      b.op(MirTag.drop);
      set(b);
      b.op(MirTag.drop);
      set(b);
      mark(b);
      b.op(MirTag.drop);
    });
    expect(built).toBe('4-7,11-13');
  });

  test('is not there when its value has stayed on the operand stack', () => {
    const built = rangesOf((b, name) => {
      name(KEY, variable);
      set(b);
      mark(b);
      b.i32Const(2);
      mark(b);
      b.op(MirTag.drop);
    });
    expect(built).toBe('4-6');
  });

  test('is not there at the beginning of a loop that ends without it', () => {
    const built = rangesOf((b, name) => {
      name(KEY, variable);
      set(b);
      mark(b);
      b.loop();
      b.op(MirTag.drop);
      set(b);
      mark(b);
      b.op(MirTag.drop);
      set(b);
      b.br(0);
      b.end();
    });
    expect(built).toBe('4-5,9-12');
  });
});

test('scopes nest, and each inlined function knows the place of its call', () => {
  const builder = new MirBuilder();
  builder.reset(0 as IpIndex);
  builder.position(7, 3);
  builder.push(MirTag.dbg_scope, 6);
  builder.push(MirTag.dbg_scope, 0);
  builder.op(MirTag.drop);
  builder.op(MirTag.dbg_scope_end);
  builder.op(MirTag.dbg_scope_end);
  builder.end();
  expect(findScopes(codeOf(builder.finish()), 0)).toMatchObject({
    inlined: null,
    scopes: [{ inlined: 5, call: [7, 3], from: 1, to: 5, scopes: [{ inlined: null, from: 2, to: 4 }] }],
  });
});
