/**
 * Mistakes with peepholes, to plant in a copy of the built core: one for each of them at least.
 *
 * Data only, as bugs.ts: what a peephole forgets to ask, or a pattern that is one off. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'stores-to-promoted-variables-are-lost',
    'codegen',
    'promote.js',
    'if (!f.isUndefined(value)) {',
    'if (f.isUndefined(value)) {',
    'a variable that is a local is never set',
  ],
  [
    'sign-extension-of-the-other-width',
    'codegen',
    'integers.js',
    'return width === 64 ? MirTag.i64_extend16_s : MirTag.i32_extend16_s;',
    'return width === 64 ? MirTag.i64_extend8_s : MirTag.i32_extend8_s;',
    'i16 is extended as i8',
  ],
  [
    'select-swaps-its-arms',
    'codegen',
    'control.js',
    'pushForBlock(f, result, f.operand(thenBr, 0)); pushForBlock(f, result, f.operand(elseBr, 0));',
    'pushForBlock(f, result, f.operand(elseBr, 0)); pushForBlock(f, result, f.operand(thenBr, 0));',
    'a select gives the value of the other arm',
  ],
  [
    'folded-offset-is-lost',
    'codegen',
    'wvalue.js',
    'if (v.kind === W.local_offset) return v.b;',
    'if (v.kind === W.local_offset) return 0;',
    'the offset of an address in a local is added nowhere',
  ],
  [
    'if-jumps-the-wrong-way',
    'codegen',
    'control.js',
    'mir.op(MirTag.i32_eqz);',
    '',
    'an else arm that is a jump is taken where the condition is true',
  ],
  [
    'copies-are-read-after-they-are-gone',
    'codegen',
    'copies.js',
    'data[at] = from;',
    'data[at] = to;',
    'a copy that is taken out is read where it was',
  ],
  [
    'stackify-forgets-later-reads',
    'codegen',
    'stackify.js',
    'isLast: isOnlyHere && this.#liveness.last[at] === 1',
    'isLast: isOnlyHere',
    'a value that is read again later is only on the stack',
  ],
  [
    'stackify-moves-reads-before-writes',
    'codegen',
    'stackify.js',
    'if ((tag === MirTag.local_set || tag === MirTag.local_tee) && this.#data[at] === local) return true;',
    'if (tag === MirTag.local_set && this.#data[at] === local) return true;',
    'a read moves in front of the local.tee that it reads',
  ],
  [
    'masks-forget-bits-of-loads',
    'codegen',
    'masks.js',
    'return known(16, 17);',
    'return known(8, 9);',
    'a load of 16 bits is taken for one of 8',
  ],
  [
    'inequality-with-zero-is-eqz',
    'codegen',
    'conditions.js',
    '(tag === MirTag.i32_eq || tag === MirTag.i64_eq) && isZero()',
    '(tag === MirTag.i32_eq || tag === MirTag.i32_ne) && isZero()',
    'what is not 0 is taken for 0',
  ],
  [
    'repeats-are-jumps-to-what-follows',
    'codegen',
    'jumps.js',
    'if (isLoop[label] === 1 ||',
    'if (',
    'a loop that is repeated at its end is left there',
  ],
  [
    'shared-locals-end-too-early',
    'codegen',
    'share-locals.js',
    'group.free < first',
    'group.free < first + 4',
    'a local is given to another value shortly before its last mention',
  ],
];

export const PEEPHOLE_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);

/** Mistakes about one bit of what is known of a value; the first two stand for all constants of their kind. */
export const LIMIT_BUGS: readonly PlantedBug[] = (
  [
    ['bytes-have-eight-signed-bits', 'return known(8, 9);', 'return known(8, 8);'],
    ['half-words-have-fifteen-bits', 'return known(16, 17);', 'return known(15, 17);'],
    ['signed-half-words-have-fifteen-bits', 'return known(64, 16);', 'return known(64, 15);'],
    ['shifted-words-had-31-bits', 'Math.min(unsignedBits(below), 32) -', 'Math.min(unsignedBits(below), 31) -'],
    ['truths-have-one-signed-bit', 'known(1, 2)', 'known(1, 1)'],
  ] as const
).map(([name, find, replace]) =>
  bugOf([name, 'codegen', 'masks.js', find, replace, 'a mask is left out where the greatest value needs it']),
);

const RARE: readonly BugRow[] = [
  [
    'copies-forget-loops',
    'codegen',
    'copies.js',
    'return ends[data[i]];',
    'return last;',
    'a copy that a loop reads is read from a local that the loop has changed',
  ],
  [
    'opposite-that-forgets-equality',
    'codegen',
    'conditions.js',
    '[MirTag.i32_lt_u, MirTag.i32_ge_u],',
    '[MirTag.i32_lt_u, MirTag.i32_gt_u],',
    'what is not less is taken for greater',
  ],
];

/** Mistakes that programs of profile `default` do not show in 1,500 cases: it takes loops that change what they began with, and equal operands. */
export const RARE_PEEPHOLE_BUGS: readonly PlantedBug[] = RARE.map(bugOf);

/** A mistake with vectors that are one v128. */
export const VECTOR_PEEPHOLE_BUG: PlantedBug = bugOf([
  'bitselect-takes-two-operands',
  'codegen',
  'effects.js',
  "name === 'v128_bitselect' ? effect(3, 1)",
  "name === 'v128_bitselect' ? effect(2, 1)",
  'values in front of a v128.bitselect are looked for one too high on the operand stack',
]);
