/**
 * Mistakes with optionals, errors, enums, unions and names, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: words read at the wrong place, marks that are not set, names of the wrong thing, tables that lack an
 * entry. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'flag-in-front-of-payload',
    'codegen',
    'payloads.js',
    'return presenceWord(f.pool, ty); return {',
    'return { ...presenceWord(f.pool, ty), offset: 0 }; return {',
    'the flag of an optional lies on the first byte of its payload',
  ],
  [
    'null-by-address-forgotten',
    'codegen',
    'payloads.js',
    'f.pool.typeKind(subject.ty) !== TypeKind.opt || hasNullPayload(f.pool, subject.ty)',
    'f.pool.typeKind(subject.ty) !== TypeKind.opt',
    'an address is taken for the flag that says whether it is there',
  ],
  [
    'payload-set-does-not-mark',
    'codegen',
    'payloads.js',
    'storeWord(f, place, decidingWord(f, ty), align, isOptional ? 1 : 0);',
    'storeWord(f, place, decidingWord(f, ty), align, 0);',
    'optional_payload_ptr_set leaves the optional null',
  ],
  [
    'optionals-equal-by-payload',
    'codegen',
    'payloads.js',
    'f.mir.op(MirTag.i32_or); f.mir.op(MirTag.i32_and);',
    'f.mir.op(MirTag.i32_or); f.mir.op(MirTag.i32_or);',
    'a null and a payload are equal if their bytes are',
  ],
  [
    'try-runs-body-of-no-error',
    'codegen',
    'payloads.js',
    'mir.op(opEqz(rep)); mir.brIf(0); f.lowerArm(inst, 0, firstArm(f.body, inst));',
    'f.pushInt(rep, 1); mir.op(opNe(rep)); mir.brIf(0); f.lowerArm(inst, 0, firstArm(f.body, inst));',
    'try takes only the first error for one, and nothing else for none',
  ],
  [
    'try-label-not-counted',
    'codegen',
    'payloads.js',
    'mir.block(); f.depth++; const rep = pushWord',
    'mir.block(); const rep = pushWord',
    'a way out of an error body goes one block too far',
  ],
  [
    'error-code-in-payload',
    'codegen',
    'payloads.js',
    'return { offset: errorOffset(f.pool, ty), size: ERROR_SIZE };',
    'return { offset: errorPayloadOffset(f.pool, ty), size: ERROR_SIZE };',
    'the code of an error union is looked for in its payload',
  ],
  [
    'no-error-not-written',
    'codegen',
    'payloads.js',
    'storeWord(f, slot, decidingWord(f, ty), abiAlign(pool, ty), mark);',
    'if (isOptional) storeWord(f, slot, decidingWord(f, ty), abiAlign(pool, ty), mark);',
    'an error union that is made with a payload keeps the code that its slot had',
  ],
  [
    'constant-optional-without-flag',
    'link',
    'lower-data.js',
    'if (isOptional && !hasNullPayload(pool, ty))',
    'if (isOptional && hasNullPayload(pool, ty))',
    'a constant optional in memory has no flag',
  ],
  [
    'tag-by-number-of-field',
    'link',
    'lower-data.js',
    'lowerInt(sink, enumTag(pool, tag), enumFieldValue(pool, tag, field), at + unionTagOffset(pool, ty));',
    'sink.bytes[at + unionTagOffset(pool, ty)] = field;',
    'a constant union has the number of its field for a tag',
  ],
  [
    'union-made-without-tag',
    'codegen',
    'unions.js',
    'if (tag !== null) {',
    'if (tag !== null && f.body.number(inst) > 0) {',
    'union_init of field 0 leaves the tag as it is',
  ],
  [
    'tag-set-at-payload',
    'codegen',
    'unions.js',
    'storeOperand(f, f.resolve(pointer), unionTagOffset(f.pool, ty), f.operand(inst, 1), align);',
    'storeOperand(f, f.resolve(pointer), 0, f.operand(inst, 1), 1);',
    'set_union_tag writes to the start of the union, wherever the tag lies',
  ],
  [
    'enum-loaded-without-sign',
    'codegen',
    'memory-access.js',
    'const integer = integerOf(f.pool, ty); return f.pool.typeKind(integer)',
    'const integer = ty; return f.pool.typeKind(integer)',
    'an enum with a signed tag is loaded without its sign',
  ],
  [
    'error-names-off-by-one',
    'link',
    'name-tables.js',
    '[pool.undef(nameType), ...names]',
    '[...names, pool.undef(nameType)]',
    'the table of error names begins with the name of code 1',
  ],
  [
    'tag-names-by-value',
    'link',
    'name-tables.js',
    'pushConstant(mir, isWide, values[0]); mir.op(isWide ? MirTag.i64_sub',
    'pushConstant(mir, isWide, 0n); mir.op(isWide ? MirTag.i64_sub',
    'a tag-name function takes the value for the number of the name although the values begin elsewhere',
  ],
  [
    'errors-len-without-one',
    'emit',
    'state.js',
    'return this.unit.pool.errorNames.length + 1;',
    'return this.unit.pool.errorNames.length;',
    'the last error is no error',
  ],
  [
    'last-member-forgotten',
    'codegen',
    'names.js',
    'finishMembership(f, inst, codes.length, (n) => {',
    'finishMembership(f, inst, codes.length - 1, (n) => {',
    'an error set does not have its last error',
  ],
  [
    'tag-name-function-not-needed',
    'link',
    'update.js',
    'return Uint32Array.of(...mir.navs, ...[...uses].flat());',
    'return mir.navs;',
    'code that asks for the name of a tag does not count as use of the function that has it',
  ],
];

/** All of them. */
export const SUMS_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);

const WIDE_TAGS: readonly BugRow[] = [
  [
    'wide-value-named-by-low-limb',
    'codegen',
    'wide-names.js',
    'pushXorSum(f, t, operandLimbs(f, operand), operandLimbs(f, value));',
    'pushXorSum(f, { ...t, limbs: 1 }, operandLimbs(f, operand), operandLimbs(f, value));',
    'a value of more than 64 bits has a name if its low limb is that of one that has',
  ],
  [
    'wide-tag-name-by-low-limb',
    'link',
    'name-tables.js',
    'for (let k = 0; k === 0 || k < limbs; k++) {',
    'for (let k = 0; k === 0; k++) {',
    'the name of a value of more than 64 bits is looked for by its low limb',
  ],
  [
    'wide-tag-name-of-low-word',
    'link',
    'name-tables.js',
    'pushConstant(mir, isWide, value >> BigInt(k * LIMB_BITS));',
    'pushConstant(mir, isWide, value);',
    'each limb of a value is compared with the low limb of that with a name',
  ],
  [
    'wide-case-by-low-limb',
    'codegen',
    'switch.js',
    'pushXorSum(f, t, target, operandLimbs(f, item));',
    'pushXorSum(f, { ...t, limbs: 1 }, target, operandLimbs(f, item));',
    'a case of a switch by more than 64 bits is taken if the low limbs are equal',
  ],
];

/** Mistakes with enums whose tags have more than 64 bits. */
export const WIDE_TAG_BUGS: readonly PlantedBug[] = WIDE_TAGS.map(bugOf);
