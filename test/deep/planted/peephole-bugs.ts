/**
 * Mistakes with peepholes, to plant in a copy of the built core: one for each of them at least.
 *
 * Data only, as bugs.ts: what a peephole forgets to ask, or a pattern that is one off. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'promotion-forgets-stored-addresses',
    'codegen',
    'promote.js',
    'if (k !== 0) return false;',
    'if (k !== 0) return true;',
    'a variable whose address is an operand behind the first one becomes a local',
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
    'f.push(f.operand(thenBr, 0)); f.push(f.operand(elseBr, 0));',
    'f.push(f.operand(elseBr, 0)); f.push(f.operand(thenBr, 0));',
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
    'copies-outlive-their-source',
    'codegen',
    'copies.js',
    'writes[from].some((at) => at > i && at <= end)',
    'writes[from].some((at) => at > i && at <= i)',
    'a copy is read from a local that has changed',
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
    'negation-of-less-is-greater',
    'codegen',
    'conditions.js',
    '[MirTag.i32_lt_u, MirTag.i32_ge_u]',
    '[MirTag.i32_lt_u, MirTag.i32_gt_u]',
    'equal numbers are neither less nor not less',
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
    'shared-locals-forget-loops',
    'codegen',
    'share-locals.js',
    'touch(local, ends[data[i]]);',
    '',
    'a local that a loop needs again is given away behind its last mention',
  ],
];

export const PEEPHOLE_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
