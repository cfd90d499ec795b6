/**
 * The rows of the instruction table against what must agree with them: the manual, the typing rules, the forms in use.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { FORMS } from '../../../../core/air/schema/forms.ts';
import { AIR_OPS, AIR_TAG_NAMES, DESCRIBED_TAGS, isDescribed } from '../../../../core/air/schema/ops.ts';
import { ATOMIC_RULES } from '../../../../core/air/typing/atomic-rules.ts';
import { CONTROL_RULES } from '../../../../core/air/typing/control-rules.ts';
import { MEMORY_RULES } from '../../../../core/air/typing/memory-rules.ts';
import { SUM_RULES } from '../../../../core/air/typing/sum-rules.ts';
import { TYPING } from '../../../../core/air/typing/rules.ts';
import { VECTOR_RULES } from '../../../../core/air/typing/vector-rules.ts';
import { VALUE_RULES } from '../../../../core/air/typing/value-rules.ts';

const manual = readFileSync(new URL('../../../../docs/air.md', import.meta.url), 'utf8');
const forms = manual.slice(manual.indexOf('## 5. Functions and instructions'), manual.indexOf('## 6. Meaning'));
const meaning = manual.slice(manual.indexOf('## 6. Meaning'), manual.indexOf('## 7.'));

/** Names that section 6 gives by a range, or that section 5 gives a meaning to. */
const ELSEWHERE = [
  ...['sub_with_overflow', 'mul_with_overflow'],
  ...['struct_field_ptr_index_1', 'struct_field_ptr_index_2', 'struct_field_ptr_index_3'],
  ...['arg', 'call'],
];

describe('docs/air.md', () => {
  test('gives a meaning to exactly the described instructions', () => {
    const named = AIR_TAG_NAMES.filter((tag) => new RegExp(`\`${tag}(\\.\\.3)?[ \`]`).test(meaning));
    expect([...named, ...ELSEWHERE].sort()).toEqual([...DESCRIBED_TAGS].sort());
  });

  test('has a line with an example for each form', () => {
    const lines = [...forms.matchAll(/^\| `(\w+)` +\| (.*) +\|$/gm)].map(([, form, text]) => [form!, text!.trim()]);
    expect(lines.map(([form]) => form).sort()).toEqual(Object.keys(FORMS).sort());
    for (const [form, text] of lines) {
      const tag = /`(?:%\d+ = )?(\w+)/.exec(text!)![1] as (typeof AIR_TAG_NAMES)[number];
      expect([form, tag, AIR_OPS[tag].form]).toEqual([form, tag, form]);
    }
  });
});

describe('rows', () => {
  test('a described instruction has a form and one rule, in one file', () => {
    const rules = [VALUE_RULES, MEMORY_RULES, CONTROL_RULES, SUM_RULES, ATOMIC_RULES, VECTOR_RULES].flatMap((table) =>
      Object.keys(table),
    );
    expect(rules.sort()).toEqual([...DESCRIBED_TAGS].sort());
    expect(DESCRIBED_TAGS.filter((tag) => (AIR_OPS[tag].form as string | null) === null)).toEqual([]);
  });

  test.each(DESCRIBED_TAGS)('the effects of %s fit the type of its result', (tag) => {
    const { isVoid, ends, opens } = AIR_OPS[tag];
    const { result } = TYPING[tag];
    expect(isVoid).toBe(result === 'void');
    expect(ends || opens === 'loop').toBe(result === 'noreturn');
  });

  test('each form is that of an instruction', () => {
    const used = new Set<string | null>(AIR_TAG_NAMES.map((tag) => AIR_OPS[tag].form));
    expect(Object.keys(FORMS).filter((form) => !used.has(form))).toEqual([]);
  });

  test('of the instructions without a form none is described', () => {
    expect(AIR_TAG_NAMES.filter((tag) => AIR_OPS[tag].form === null && isDescribed(tag))).toEqual([]);
  });
});
