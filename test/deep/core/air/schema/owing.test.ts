/**
 * What a change of the schema makes the compiler ask for, in a scratch copy of the sources: the exact files that owe an
 * answer when an instruction becomes described, when a form is added, and when a kind of slot is added.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CompilerError } from '../../../../setup/scratch-copy.ts';
import { COMPILER_NET, ScratchCopy } from '../../../../setup/scratch-copy.ts';

const OPS = 'core/air/schema/ops.ts';
const FORMS = 'core/air/schema/forms.ts';
const SLOTS = 'core/air/schema/slots.ts';

describe('what owes an answer', () => {
  const copy = new ScratchCopy();
  let errors: readonly CompilerError[] = [];

  // The three changes are made at once, because the compiler takes its time; each error says which one it is about.
  beforeAll(async () => {
    copy.edit(OPS, "c_va_end: op('un_op', 'must void', 'refused',", "c_va_end: op('un_op', 'must void', 'described',");
    copy.edit(FORMS, '  dbg_stmt: [', "  op_word: [ref('b'), word(ORDERS), refs('braces')],\n  dbg_stmt: [");
    copy.edit(OPS, 'assembly: op(null,', "assembly: op('op_word',");
    const cases = "  cases: { size: 'cases',";
    copy.edit(SLOTS, cases, `  alignment: { size: 'word', operands: 'none' },\n${cases}`);
    errors = await copy.errors();
  }, COMPILER_NET);
  afterAll(() => {
    copy.remove();
  });

  test('to an instruction that becomes described: rule, lowering, emitter, weight, C and Zig source and meaning', () => {
    const about = errors.filter(({ message }) => message.includes('c_va_end'));
    expect(about.map(({ file }) => file)).toEqual([
      'core/air/typing/rules.ts',
      'core/codegen/lowerings.ts',
      'generators/emit/table.ts',
      'generators/model/weights.ts',
      'harness/source/c/c-instructions.ts',
      'harness/source/zig/instructions.ts',
      'interpreter/steps/meaning.ts',
    ]);
  });

  test('to a new kind of slot: builder, printer, parser, verifier and both directions of the reducer', () => {
    const about = errors.filter(({ message }) => !message.includes('c_va_end'));
    expect(new Set(about.map(({ file }) => file))).toEqual(
      new Set([
        'core/air/body/builder.ts',
        'core/air/text/parse-body.ts',
        'core/air/text/print.ts',
        'core/air/verify/verify-body.ts',
        'harness/reduce/model.ts',
      ]),
    );
    expect(about.filter(({ file }) => file === 'harness/reduce/model.ts')).toHaveLength(2);
    for (const { message } of about) expect(message).toMatch(/alignment|SlotInputs|never/);
  });

  test('to a new form: nothing but its row', () => {
    expect(errors.filter(({ file, message }) => message.includes('op_word') || [FORMS, OPS].includes(file))).toEqual(
      [],
    );
  });
});
