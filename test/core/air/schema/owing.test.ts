/**
 * What a change of the schema makes the compiler ask for, in a scratch copy of the sources: the exact files that owe an
 * answer when an instruction becomes described, when a form is added, and when a kind of slot is added.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ScratchCopy } from '../../../setup/scratch-copy.ts';

const OPS = 'core/air/schema/ops.ts';
const FORMS = 'core/air/schema/forms.ts';
const SLOTS = 'core/air/schema/slots.ts';

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

  test('to an instruction that becomes described: rule, lowering, emitter, weight and meaning; to a new form: nothing', async () => {
    copy.edit(FORMS, '  dbg_stmt: [', "  op_word: [ref('b'), word(ORDERS), refs('braces')],\n  dbg_stmt: [");
    copy.edit(OPS, 'assembly: op(null,', "assembly: op('op_word',");
    copy.edit(OPS, "is_err: op('un_op', '', 'refused',", "is_err: op('un_op', '', 'described',");
    const errors = await copy.errors();
    expect(errors.map(({ file }) => file)).toEqual([
      'core/air/typing/rules.ts',
      'core/codegen/lowerings.ts',
      'generators/emit/table.ts',
      'generators/model/weights.ts',
      'interpreter/steps/meaning.ts',
    ]);
    for (const { message } of errors) expect(message).toContain('is_err');
  });

  test('to a new kind of slot: builder, printer, parser, verifier and both directions of the reducer', async () => {
    copy.edit(
      SLOTS,
      "  cases: { size: 'cases',",
      "  alignment: { size: 'word', operands: 'none' },\n  cases: { size: 'cases',",
    );
    const errors = await copy.errors();
    expect(new Set(errors.map(({ file }) => file))).toEqual(
      new Set([
        'core/air/body/builder.ts',
        'core/air/text/parse-body.ts',
        'core/air/text/print.ts',
        'core/air/verify/verify-body.ts',
        'harness/reduce/model.ts',
      ]),
    );
    expect(errors.filter(({ file }) => file === 'harness/reduce/model.ts')).toHaveLength(2);
  });
});
