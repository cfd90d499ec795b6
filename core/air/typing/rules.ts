/**
 * The one typing rule of each described instruction. Data only: without a rule here an instruction cannot be described.
 */
import type { DescribedTag } from '../schema/ops.ts';
import { ATOMIC_RULES } from './atomic-rules.ts';
import { CONTROL_RULES } from './control-rules.ts';
import { MEMORY_RULES } from './memory-rules.ts';
import type { TypingRule } from './rule.ts';
import { SUM_RULES } from './sum-rules.ts';
import { VALUE_RULES } from './value-rules.ts';

/** Rule by instruction. */
export const TYPING: Readonly<Record<DescribedTag, TypingRule>> = {
  ...VALUE_RULES,
  ...MEMORY_RULES,
  ...CONTROL_RULES,
  ...SUM_RULES,
  ...ATOMIC_RULES,
};
