/**
 * The one typing rule of each described instruction. Data only: without a rule here an instruction cannot be described.
 */
import type { DescribedTag } from '../schema/ops.ts';
import { ATOMIC_RULES } from './atomic-rules.ts';
import { CONTROL_RULES } from './control-rules.ts';
import { MEMORY_RULES } from './memory-rules.ts';
import { LANEWISE_TAGS, SHIFT_TAGS } from '../schema/lanewise.ts';
import type { TypingRule } from './rule.ts';
import { lanewise } from './rule.ts';
import { SUM_RULES } from './sum-rules.ts';
import { VECTOR_RULES } from './vector-rules.ts';
import { VALUE_RULES } from './value-rules.ts';

/** The rules, for scalars and, where {@link LANEWISE_TAGS} says so, for vectors. */
function inLanes<T extends Readonly<Partial<Record<DescribedTag, TypingRule>>>>(rules: T): T {
  const entries = Object.entries<TypingRule>(rules as Readonly<Record<string, TypingRule>>);
  const tags = new Set<string>(LANEWISE_TAGS);
  const shifts = new Set<string>(SHIFT_TAGS);
  return Object.fromEntries(
    entries.map(([tag, { result, check }]) => [
      tag,
      { result, check: tags.has(tag) ? lanewise(check, shifts.has(tag)) : check },
    ]),
  ) as T;
}

/** Rule by instruction. */
export const TYPING: Readonly<Record<DescribedTag, TypingRule>> = {
  ...inLanes(VALUE_RULES),
  ...VECTOR_RULES,
  ...MEMORY_RULES,
  ...CONTROL_RULES,
  ...SUM_RULES,
  ...ATOMIC_RULES,
};
