/**
 * Mistakes in calling conventions, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: words and values that are not where the other side looks, structs that are taken for what they hold. `find` occurs exactly
 * once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'words-of-a-pair-swapped',
    'codegen',
    'carried.js',
    'f.mir.memory(MirTag.i64_store, at + baseOffset(slot), WORD);',
    'f.mir.memory(MirTag.i64_store, WORD - at + baseOffset(slot), WORD);',
    'a function of C takes the high word of a wide number first',
  ],
  [
    'low-word-passed-twice',
    'codegen',
    'carried.js',
    'f.mir.memory(MirTag.i64_load, at + baseOffset(place), WORD);',
    'f.mir.memory(MirTag.i64_load, baseOffset(place), WORD);',
    'a wide number goes to a function of C as its low word, twice',
  ],
  [
    'carried-argument-at-the-bottom-of-the-frame',
    'codegen',
    'carried.js',
    'f.mir.localGet(carried); storeCarried(f, f.fnTy, ty, slot);',
    'f.mir.localGet(carried); storeCarried(f, f.fnTy, ty, { ...slot, a: 0 });',
    'the value that a struct came as is put into another slot',
  ],
  [
    'copy-of-an-argument-is-not-made',
    'codegen',
    'carried.js',
    'copyValue(f, copy, 0, place, ty, abiAlign(pool, ty));',
    '',
    'what C passes by address goes there as a slot that nobody wrote',
  ],
  [
    'carried-result-as-a-caller-of-its-own-convention',
    'codegen',
    'conventions.js',
    'return carrierIn(pool, fnTy, pool.fnReturn(fnTy), simd128) >= Carrier.pair;',
    'return repOf(pool, pool.fnReturn(fnTy)) === Rep.address;',
    'a struct of one value is returned through memory, which the type of the function does not say',
  ],
  [
    'struct-with-padding-taken-for-its-value',
    'link',
    'signature.js',
    '|| abiSize(pool, leaves[0]) !== abiSize(pool, ty))',
    ')',
    'the linker gives a struct that is larger than the one value in it the type of that value',
  ],
];

/** All of them. */
export const ABI_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);

/** What only a callee sees that writes its arguments, as C does. */
export const C_BUG: PlantedBug = bugOf([
  'argument-of-c-is-not-copied',
  'codegen',
  'carried.js',
  'f.pushValue(copy);',
  'f.pushValue(place);',
  'a function of C is given the address of what the caller goes on using',
]);
