/**
 * Mistakes with checked operations, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: kinds, limits, conditions and results that a back end gets wrong where a check stands. `find` occurs
 * exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'panic-kind-of-casts-in-arithmetic',
    'codegen',
    'overflow.js',
    "panicIfTrue(f, 'integer_overflow')",
    "panicIfTrue(f, 'integer_out_of_range')",
    'an overflow panics with the kind of a cast',
  ],
  [
    'panic-function-not-called',
    'codegen',
    'panics.js',
    'if (f.options.panicNav !== null) {',
    'if (false) {',
    'a failed check traps without a call of the panic function',
  ],
  ['check-inverted', 'codegen', 'panics.js', 'mir.op(opEqz(Rep.i32));', '', 'a check panics where the result fits'],
  [
    'upper-limit-of-casts-inclusive',
    'codegen',
    'checked-casts.js',
    'pushBeyond(f, inst, opGt, limit - 1n)',
    'pushBeyond(f, inst, opGt, limit)',
    'a cast lets the first value through that does not fit',
  ],
  [
    'negative-to-unsigned-not-checked',
    'codegen',
    'checked-casts.js',
    'signed && (!pool.intSigned(to) || positiveTo < positiveFrom)',
    'signed && positiveTo < positiveFrom',
    'a cast of a negative number to an unsigned type of as many bits or more passes',
  ],
  [
    'difference-flag-of-sum',
    'codegen',
    'overflow.js',
    'const DIFFERENCE = { result: sumResult(opSub), flag: sumFlag(false) };',
    'const DIFFERENCE = { result: sumResult(opSub), flag: sumFlag(true) };',
    'a difference is checked as a sum',
  ],
  [
    'wide-overflow-not-checked',
    'codegen',
    'wide-overflow.js',
    "panicIfTrue(f, 'integer_overflow')",
    'f.mir.op(MirTag.drop)',
    'an overflow of more than 64 bits does not panic',
  ],
];

/** All of them. */
export const CHECKED_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
