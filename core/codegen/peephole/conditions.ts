/**
 * `foldConditions`: a comparison with 0 is `eqz`, the negation of a comparison is the opposite one, and a branch needs neither a
 * comparison of its condition with 0 nor a double negation of it.
 *
 * Looks only at instructions that follow each other. Comparisons of floats have no opposite: both are false of a NaN.
 */
import { MirTag } from '../../mir/ops.ts';
import { isMark } from '../../mir/variables.ts';
import type { Code } from './code.ts';

/** The opposite of each comparison of integers, by tag; 0: none. */
const OPPOSITES = new Uint8Array(256);
for (const [one, other] of [
  [MirTag.i32_eq, MirTag.i32_ne],
  [MirTag.i32_lt_s, MirTag.i32_ge_s],
  [MirTag.i32_lt_u, MirTag.i32_ge_u],
  [MirTag.i32_gt_s, MirTag.i32_le_s],
  [MirTag.i32_gt_u, MirTag.i32_le_u],
  [MirTag.i64_eq, MirTag.i64_ne],
  [MirTag.i64_lt_s, MirTag.i64_ge_s],
  [MirTag.i64_lt_u, MirTag.i64_ge_u],
  [MirTag.i64_gt_s, MirTag.i64_le_s],
  [MirTag.i64_gt_u, MirTag.i64_le_u],
] as const) {
  OPPOSITES[one] = other;
  OPPOSITES[other] = one;
}

/** Makes conditions shorter. */
export function foldConditions(code: Code): void {
  const { extra } = code;
  const tags: number[] = [];
  const data: number[] = [];
  const tagAt = (back: number): number | undefined => tags[tags.length - back];
  /** Marks wait until all is done: they are no part of a condition. */
  const marks: { at: number; readonly tag: number; readonly word: number }[] = [];
  const drop = (count: number): void => {
    tags.length -= count;
    data.length -= count;
    for (let n = marks.length - 1; n >= 0 && marks[n]!.at > tags.length; n--) marks[n]!.at = tags.length;
  };
  const isZero = (): boolean => {
    const word = data[data.length - 1]!;
    if (tagAt(1) === MirTag.i32_const) return word === 0;
    return tagAt(1) === MirTag.i64_const && extra[word] === 0 && extra[word + 1] === 0;
  };
  /** Appends an instruction without operand. */
  const append = (tag: number): void => {
    if ((tag === MirTag.i32_eq || tag === MirTag.i64_eq) && isZero()) {
      drop(1);
      append(tag === MirTag.i32_eq ? MirTag.i32_eqz : MirTag.i64_eqz);
      return;
    }
    const opposite = tag === MirTag.i32_eqz ? OPPOSITES[tagAt(1) ?? 0]! : 0;
    if (opposite !== 0) {
      tags[tags.length - 1] = opposite;
      return;
    }
    tags.push(tag);
    data.push(0);
  };
  for (let i = 0; i < code.tags.length; i++) {
    const tag = code.tags[i]!;
    if (isMark(tag)) {
      marks.push({ at: tags.length, tag, word: code.data[i]! });
      continue;
    }
    if (decides(tag)) {
      for (;;) {
        if (tagAt(1) === MirTag.i32_eqz && tagAt(2) === MirTag.i32_eqz) drop(2);
        else if (tagAt(1) === MirTag.i32_ne && tagAt(2) === MirTag.i32_const && data[data.length - 2] === 0) drop(2);
        else break;
      }
    }
    if (tag >= MirTag.i32_eqz && tag <= MirTag.i64_ge_u) {
      append(tag);
    } else {
      tags.push(tag);
      data.push(code.data[i]!);
    }
  }
  code.tags = [];
  code.data = [];
  let next = 0;
  for (let i = 0; i <= tags.length; i++) {
    for (; next < marks.length && marks[next]!.at === i; next++) {
      code.tags.push(marks[next]!.tag);
      code.data.push(marks[next]!.word);
    }
    if (i === tags.length) break;
    code.tags.push(tags[i]!);
    code.data.push(data[i]!);
  }
}

/** Whether `tag` asks only whether the value on top of the stack is 0. */
function decides(tag: number): boolean {
  return tag === MirTag.br_if || tag === MirTag.if || tag === MirTag.select;
}
