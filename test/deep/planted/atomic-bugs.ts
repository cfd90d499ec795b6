/**
 * Mistakes with atomic instructions, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: values that come back without their sign, exchanges that say the wrong thing, sums that leave their
 * type, instructions of another size. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'narrow-atomic-without-sign',
    'codegen',
    'atomics.js',
    'if (signed || bits < size * 8) wrap(f, raw, bits, signed);',
    'if (bits < size * 8) wrap(f, raw, bits, signed);',
    'what a narrow atomic instruction gives is not extended by its sign',
  ],
  [
    'expected-value-not-cut',
    'codegen',
    'atomics.js',
    'if (subject.size < 4) {',
    'if (subject.size < 1) {',
    'an exchange compares the extended expected value with bytes that are extended by zero, and says that it failed',
  ],
  [
    'exchange-flag-inverted-in-memory',
    'codegen',
    'atomics.js',
    'mir.localGet(expected); mir.op(opNe(raw));',
    'mir.localGet(expected); mir.op(opEq(raw));',
    'an exchange says null where it failed',
  ],
  [
    'atomic-sum-leaves-its-type',
    'codegen',
    'atomics.js',
    'return isSum && f.pool.intBits(ty) < size * 8 ? null : op;',
    'return op;',
    'a sum of integers that do not fill their bytes is made by the instruction that adds bytes',
  ],
  [
    'atomic-nand-not-masked',
    'codegen',
    'atomics.js',
    'if (signed) f.pushInt(rep, -1); else pushMask(f, rep, bits);',
    'f.pushInt(rep, -1);',
    'nand of unsigned integers sets the bits above them',
  ],
  [
    'atomic-extremes-without-sign',
    'codegen',
    'atomics.js',
    "(change === 'max' ? opGt : opLt)(rep, signed)",
    "(change === 'max' ? opGt : opLt)(rep, false)",
    'max and min compare signed integers as unsigned ones',
  ],
  [
    'plain-exchange-stores-where-it-fails',
    'codegen',
    'atomics.js',
    'mir.op(opEq(subject.rep)); mir.op(MirTag.select);',
    'mir.op(opNe(subject.rep)); mir.op(MirTag.select);',
    'without the feature an exchange stores where it must not, and the other way round',
  ],
  [
    'exchanged-pointer-never-null',
    'codegen',
    'atomics.js',
    'f.pushInt(raw, 0); mir.localGet(there);',
    'mir.localGet(there); mir.localGet(there);',
    'an exchange of pointers gives what was there even where it stored',
  ],
];

/** All of them. */
export const ATOMIC_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
