/**
 * Mistakes with vectors, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: lanes that are forgotten, read from or written to the place of another one, put together by the wrong
 * operation. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'last-lane-forgotten',
    'codegen',
    'lanes.js',
    'for (let k = 0; k < pool.arrayLen(ty); k++) {',
    'for (let k = 0; k < Math.max(1, pool.arrayLen(ty) - 1); k++) {',
    'instructions on vectors leave out the last lane',
  ],
  [
    'lane-by-operand-size',
    'codegen',
    'lanes.js',
    'const offset = k * abiSize(pool, resultTy);',
    'const offset = k * abiSize(pool, lanes[0]);',
    'a lane of a cast is written where one of the operand would lie',
  ],
  [
    'choice-inverted',
    'codegen',
    'lanes.js',
    'f.push(a); f.push(f.operand(inst, 2));',
    'f.push(f.operand(inst, 2)); f.push(a);',
    'select chooses the other lane',
  ],
  [
    'reduction-without-last-lane',
    'codegen',
    'lanes.js',
    'for (let k = 1; k < pool.arrayLen(ty); k++) {',
    'for (let k = 1; k < pool.arrayLen(ty) - 1; k++) {',
    'a reduction leaves out the last lane',
  ],
  [
    'shuffle-of-first-vector-only',
    'codegen',
    'lanes.js',
    'f.resolve(f.operand(inst, item.operand))',
    'f.resolve(f.operand(inst, 0))',
    'lanes of the second vector are taken from the first one',
  ],
  [
    'constant-lane-forgotten',
    'codegen',
    'lanes.js',
    'storeValue(f, slot, k * size, lane, lowerConstant(pool, item.value));',
    '',
    'a constant lane of a shuffle is not written',
  ],
  [
    'reduced-min-is-max',
    'codegen',
    'lowerings.js',
    "case 'min': return OWN.min;",
    "case 'min': return OWN.max;",
    'the least lane is the greatest one',
  ],
];

/** All of them. */
export const VECTOR_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
