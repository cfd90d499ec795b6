/**
 * Mistakes with packed structs and pointers to bits, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: bits that are not cut, masks at the wrong place, neighbours that are lost. `find` occurs exactly once in
 * its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'stored-bits-not-cut',
    'codegen',
    'bit-pointers.js',
    'wrap(f, from, bitsOf(f, ty), false);',
    '',
    'the sign of what is put into bits overwrites the bits above them',
  ],
  [
    'field-cut-without-sign',
    'codegen',
    'bit-pointers.js',
    'wrap(f, to, bitsOf(f, ty), f.pool.isInt(integer) && f.pool.intSigned(integer));',
    'wrap(f, to, bitsOf(f, ty), false);',
    'a field that is taken out has no sign',
  ],
  [
    'bit-mask-not-moved',
    'codegen',
    'bit-pointers.js',
    'pushMask(f, rep, bitsOf(f, ty)); if (bitOffset > 0) {',
    'pushMask(f, rep, bitsOf(f, ty)); if (bitOffset > 31) {',
    'a store clears the lowest bits of the host',
  ],
  [
    'neighbours-lost',
    'codegen',
    'bit-pointers.js',
    'f.pushInt(rep, -1); f.mir.op(opXor(rep)); f.mir.op(opAnd(rep));',
    'f.mir.op(opAnd(rep));',
    'a store keeps the bits that it replaces, and none of the others',
  ],
  [
    'cut-after-the-container',
    'codegen',
    'bit-pointers.js',
    'if (offset > 0) { f.pushInt(from, offset);',
    'if (offset > 0 && offset < 32) { f.pushInt(from, offset);',
    'fields in the upper half of 64 bits are read from the lower half',
  ],
  [
    'packed-fields-overlap',
    'codegen',
    'packed-structs.js',
    'moveIn(f, rep, bitOffset(f.pool, ty, n), f.typeOf(fields[n]));',
    'moveIn(f, rep, n === 0 ? 0 : bitOffset(f.pool, ty, n - 1), f.typeOf(fields[n]));',
    'each field is put where the one before it belongs',
  ],
  [
    'packed-constant-of-32-bits',
    'codegen',
    'constants.js',
    'return bits <= 32 ? imm32(low) : imm64(low, Number(pattern >> 32n));',
    'return bits <= 32 ? imm32(low) : imm64(low, 0);',
    'the upper half of a packed constant is zero',
  ],
  [
    'packed-data-reversed',
    'link',
    'lower-data.js',
    'for (let i = at; rest > 0n; i++, rest >>= 8n)',
    'for (let i = at + abiSize(pool, pool.typeOf(value)) - 1; rest > 0n; i--, rest >>= 8n)',
    'a packed struct in data is big-endian',
  ],
];

const WIDE_ROWS: readonly BugRow[] = [
  [
    'second-limb-not-read',
    'codegen',
    'wide-packed.js',
    'if (shift + bits <= LIMB || first + 1 >= host.count) return;',
    'if (shift + bits <= LIMB || first + 1 >= 0) return;',
    'of a field in two limbs only the lower part is read',
  ],
  [
    'limb-kept-whole',
    'codegen',
    'wide-packed.js',
    'const kept = BigInt.asUintN(LIMB, ~(mask >> BigInt(k * LIMB)));',
    'const kept = BigInt.asUintN(LIMB, ~(k === 0 ? mask : 0n));',
    'what is stored to a higher limb is added to the bits that were there',
  ],
  [
    'piece-moved-the-other-way',
    'codegen',
    'wide-packed.js',
    'f.mir.op(distance > 0 ? MirTag.i64_shl : MirTag.i64_shr_u);',
    'f.mir.op(MirTag.i64_shl);',
    'the upper part of a field is not moved down to its limb',
  ],
  [
    'long-fields-cut-at-limbs',
    'codegen',
    'wide-packed.js',
    "callLimbs(f, '__air_bigcut', slot, host.place, offset, bits);",
    "callLimbs(f, '__air_bigcut', slot, host.place, offset - (offset % LIMB), bits);",
    'a field of more than 512 bits is read from the beginning of its first limb on',
  ],
  [
    'long-fields-keep-no-neighbours',
    'codegen',
    'wide-packed.js',
    "callLimbs(f, '__air_bigput', host.place, f.resolve(value), offset, bits);",
    "callLimbs(f, '__air_bigput', host.place, f.resolve(value), offset, host.count * LIMB - offset);",
    'a field of more than 512 bits is written over those behind it',
  ],
];

const UNION_ROWS: readonly BugRow[] = [
  [
    'field-at-bit-0-keeps-its-sign',
    'codegen',
    'bit-pointers.js',
    'if (ty !== IP.bool_type && f.pool.isInt(integer) && f.pool.intSigned(integer)) {',
    'if (offset > 0 && ty !== IP.bool_type && f.pool.isInt(integer) && f.pool.intSigned(integer)) {',
    'a packed union that is made from a negative number has bits above its width',
  ],
  [
    'packed-union-in-data-with-sign',
    'link',
    'lower-data.js',
    'if (pool.typeKind(ty) === TypeKind.packed) { lowerPacked(sink, value, at); return; }',
    'if (pool.typeKind(ty) === TypeKind.packed) { lower(sink, pool.fieldType(ty, field), pool.word(value, 2), at); return; }',
    'the sign of a field of a packed union in data fills its bytes',
  ],
];

/** Mistakes with packed unions. */
export const PACKED_UNION_BUGS: readonly PlantedBug[] = UNION_ROWS.map(bugOf);

/** Mistakes with packed structs of more than 64 bits. */
export const WIDE_PACKED_BUGS: readonly PlantedBug[] = WIDE_ROWS.map(bugOf);

/** Mistakes with packed structs in registers, and with all. */
export const PACKED_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
