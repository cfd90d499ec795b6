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
    'const offset = k * abiSize(pool, types[0]);',
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
    'for (let k = 1; k < pool.arrayLen(ty); k++) { const lane = laneOf(f, place, ty, k).temp;',
    'for (let k = 1; k < pool.arrayLen(ty) - 1; k++) { const lane = laneOf(f, place, ty, k).temp;',
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

const LANES: readonly BugRow[] = [
  [
    'wide-lane-of-first-place',
    'codegen',
    'lanes.js',
    'const moved = movedBy(place, offset);',
    'const moved = movedBy(place, 0);',
    'each lane of more than 64 bits is read from the place of the first one',
  ],
  [
    'flag-of-one-lane',
    'codegen',
    'lanes.js',
    'flagOffset: fieldOffset(pool, tuple, 1) + k * abiSize(pool, flagTy),',
    'flagOffset: fieldOffset(pool, tuple, 1),',
    'the flags of all lanes are written to the first one',
  ],
  [
    'stored-lane-is-first',
    'codegen',
    'lanes.js',
    'storeOperand(f, f.resolve(pointer), offset, lane, align);',
    'storeOperand(f, f.resolve(pointer), 0, lane, align);',
    'a lane that is stored by a constant index becomes the first one',
  ],
  [
    'bits-with-sign',
    'codegen',
    'vector-bits.js',
    'if (length === LIMB_BITS) return; pushMask(f, Rep.i64, length);',
    'return; pushMask(f, Rep.i64, length);',
    'the sign of a lane covers the bits of the next ones',
  ],
  [
    'bits-across-limbs-lost',
    'codegen',
    'vector-bits.js',
    'if (low + length <= LIMB_BITS) return; pushLimb(k + 1);',
    'return; pushLimb(k + 1);',
    'a lane that begins in one limb of the pattern and ends in the next loses its upper bits',
  ],
  [
    'wide-lane-extended-by-zero',
    'codegen',
    'vector-bits.js',
    'wrap(f, Rep.i64, length, isSigned(f, to.elem));',
    'wrap(f, Rep.i64, length, false);',
    'bits that become a signed lane of more than 64 bits are not extended by its sign',
  ],
  [
    'bits-of-long-lanes-lost',
    'codegen',
    'vector-bits.js',
    'if (j < limbs) pushElementLimb(f, pattern, to, n, j);',
    'if (j < Math.min(limbs, 8)) pushElementLimb(f, pattern, to, n, j);',
    'a bitcast forgets the bits of a lane from bit 512 on',
  ],
];

/** Mistakes that only lanes of more than 64 bits, results with overflow, bitcasts and single lanes in memory show. */
export const LANE_BUGS: readonly PlantedBug[] = LANES.map(bugOf);

const SIMD: readonly BugRow[] = [
  [
    'mask-of-first-lane',
    'codegen',
    'simd.js',
    'k < direct.count ? k * direct.size : 0',
    'k < direct.count ? k : 0',
    'the bools of a comparison are the bytes of the first lanes',
  ],
  [
    'saturation-of-the-other-sign',
    'codegen',
    'simd.js',
    "(direct.signed ? '_s' : '_u')",
    "(direct.signed ? '_u' : '_s')",
    'lanes in a register are compared, shifted and saturated by the other sign',
  ],
  [
    'second-shuffled-vector-is-first',
    'codegen',
    'simd.js',
    '(second ? V128_BYTES : 0)',
    '0',
    'lanes of the second vector are taken from the first one',
  ],
  [
    'choice-of-the-other',
    'codegen',
    'simd.js',
    "op(f, 'i8x16_neg');",
    "op(f, 'i8x16_neg'); op(f, 'v128_not');",
    'select chooses the other lane in a register',
  ],
  [
    'register-spilled-once',
    'codegen',
    'function-state.js',
    'this.mir.localGet(index); this.mir.simd(SIMD_OP.v128_store, [offset, V128_BYTES]);',
    'this.mir.localGet(index); this.mir.op(0x1a); this.mir.op(0x1a);',
    'a vector in a local is not written where its place is asked for',
  ],
  [
    'vector-of-a-part-from-its-start',
    'codegen',
    'aggregates.js',
    'loadVectorTop(f, base, offset);',
    'loadVectorTop(f, base, 0);',
    'a vector in a value in memory is read from where that begins',
  ],
];

/** Mistakes that only code with SIMD shows. */
export const SIMD_BUGS: readonly PlantedBug[] = SIMD.map(bugOf);

const REGISTERS: readonly BugRow[] = [
  [
    'lane-replaced-at-the-next-place',
    'codegen',
    'simd.js',
    'f.mir.simd(REPLACE[direct.lanes], [k]);',
    'f.mir.simd(REPLACE[direct.lanes], [(k + 1) % direct.count]);',
    'each lane that a vector is made of goes one place too far',
  ],
  [
    'vector-into-a-part-at-its-start',
    'codegen',
    'memory-access.js',
    'storeVectorTop(f, base, offset, align);',
    'storeVectorTop(f, base, 0, align);',
    'a vector is written to the beginning of what it is a part of',
  ],
  [
    'vector-element-is-the-first',
    'codegen',
    'memory.js',
    'loadVectorTop(f, address, offset, align);',
    'loadVectorTop(f, address, 0, align);',
    'a vector among others in memory is read as the first one',
  ],
  [
    'block-gives-no-vector',
    'codegen',
    'control.js',
    'if (result.kind !== W.none) { pushForBlock(f, result, f.operand(inst, 0));',
    'if (result.kind === W.local) { pushForBlock(f, result, f.operand(inst, 0));',
    'the vector that leaves a block is not kept',
  ],
  [
    'vector-argument-inverted',
    'codegen',
    'carried.js',
    'if (f.isVectorValue(ty)) { pushVector(f, ref);',
    'if (f.isVectorValue(ty)) { pushVector(f, ref); f.mir.simd(0x4d);',
    'a vector that is an argument arrives with its bits inverted',
  ],
  [
    'vector-result-through-memory-for-the-linker',
    'link',
    'signature.js',
    'const result = inRegisters(ret);',
    'const result = isC ? inRegisters(ret) : null;',
    'the linker takes a vector that a function gives for one in memory',
  ],
  [
    'promoted-vectors-are-never-set',
    'codegen',
    'promote.js',
    'if (f.isVectorValue(f.typeOf(value))) pushVector(f, value); else',
    'if (f.isVectorValue(f.typeOf(value))) { f.finishVoid(inst); return; } else',
    'a vector that is a variable in a local keeps what was there first',
  ],
  [
    'promoted-vectors-are-read-inverted',
    'codegen',
    'memory.js',
    'if (f.isVectorValue(f.resultType(inst))) f.finishVector(inst); else',
    'if (f.isVectorValue(f.resultType(inst))) { f.mir.simd(0x4d); f.finishVector(inst); } else',
    'a vector that is a variable in a local is read with its bits inverted',
  ],
];

/** Mistakes with vectors that travel as one v128. */
export const REGISTER_BUGS: readonly PlantedBug[] = REGISTERS.map(bugOf);
