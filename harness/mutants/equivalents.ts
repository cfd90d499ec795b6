/**
 * Mutants that change nothing that anybody could see, judged by hand once, with the reason.
 *
 * Data. A mutant is meant by what it is (file, operator, text of its line, original and replacement), never by a line number.
 */
import type { Mutant, MutantIdentity } from './mutant.ts';

/** A mutant that is equivalent. */
export interface Equivalent extends Pick<MutantIdentity, 'file' | 'function' | 'operator' | 'line' | 'original'> {
  readonly replacement: string | null;
  /** Absent: 1. */
  readonly nth?: number;
  /** Why no program, link or option shows it. */
  readonly reason: string;
}

/** All of them, by file. */
export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: 'codegen/aggregate/simd.js',
    function: '(module)',
    operator: 'argument-order',
    line: "const add = named('add', ALL);",
    original: "named('add', ALL)",
    replacement: "named(ALL, 'add')",
    reason: 'without an instruction for all lanes they are computed one by one, to the same values',
  },
  {
    file: 'codegen/aggregate/simd.js',
    function: 'recast',
    operator: 'constant',
    line: 'return true;',
    original: 'true',
    replacement: 'false',
    reason: 'the vector is copied once more, to the same bits',
  },
  {
    file: 'codegen/aggregate/vector-bits.js',
    function: 'shiftBy',
    operator: 'boundary',
    line: 'f.mir.op(amount > 0 ? opShl(Rep.i64) : opShr(Rep.i64, false));',
    original: 'amount > 0',
    replacement: 'amount >= 0',
    reason: 'an amount of 0 does not come here',
  },
  {
    file: 'codegen/aggregate/simd.js',
    function: '(module)',
    operator: 'argument-order',
    line: "floor: named('floor', FLOATS),",
    original: "named('floor', FLOATS)",
    replacement: "named(FLOATS, 'floor')",
    reason: 'without an instruction for all lanes they are computed one by one, to the same values',
  },
  {
    file: 'codegen/aggregate/simd.js',
    function: 'compare',
    operator: 'condition',
    line: "if (direct === null || (direct.lanes === 'i64x2' && bySign && !direct.signed))",
    original: "direct === null || (direct.lanes === 'i64x2' && bySign && !direct.signed)",
    replacement: 'true',
    reason: 'without an instruction for all lanes they are compared one by one, to the same values',
  },
  {
    file: 'codegen/control/switch.js',
    function: 'dispatch',
    operator: 'comparison',
    line: 'if (bounds !== null && wantsTable(f, bounds))',
    original: 'bounds !== null',
    replacement: 'bounds === null',
    reason: 'a chain of comparisons chooses what a table chooses, and a switch without items does not come here',
  },
  {
    file: 'codegen/peephole/jumps.js',
    function: 'dropUnusedBlocks',
    operator: 'boundary',
    line: 'for (let i = 0; i < tags.length; i++) {',
    original: 'i < tags.length',
    replacement: 'i <= tags.length',
    nth: 2,
    reason: 'what is behind the last instruction is no instruction, and is not marked',
  },
  {
    file: 'codegen/peephole/masks.js',
    function: 'resultOf',
    operator: 'constant',
    line: 'return constantBits(code.extra[word] | 0, code.extra[word + 1] | 0, 64);',
    original: '64',
    replacement: '65',
    reason: 'the width only says whether it is 32',
  },
  {
    file: 'codegen/peephole/masks.js',
    function: 'resultOf',
    operator: 'constant',
    line: 'return known(64, 32);',
    original: '32',
    replacement: '31',
    reason:
      'of an i64 only the highest limb of an integer in memory is extended from 32 bits, and it is stored at once',
  },
  {
    file: 'codegen/peephole/stackify.js',
    function: '(module)',
    operator: 'constant',
    line: 'const MOST_MOVED = 4;',
    original: '4',
    replacement: '3',
    reason: 'a read more or less that moves: the same values, by one instruction more',
  },
  {
    file: 'codegen/scalar/saturating.js',
    function: 'lowerShlSat',
    operator: 'condition',
    line: 'if (mayReach(f, amount, width)) {',
    original: 'mayReach(f, amount, width)',
    replacement: 'true',
    reason: 'an amount that cannot reach the width passes the test that is made for others',
  },
  {
    file: 'codegen/state/constants.js',
    function: '(module)',
    operator: 'constant',
    line: 'const UNDEFINED_WORD = 0xaaaa_aaaa;',
    original: '0xaaaa_aaaa',
    replacement: '2863311531',
    reason: 'an undefined word may have any bits',
  },
  {
    file: 'codegen/state/function-state.js',
    function: 'FunctionState.vectorLocal',
    operator: 'condition',
    line: 'if (!isInstRef(ref) || ref >= LANE_REF)',
    original: '!isInstRef(ref) || ref >= LANE_REF',
    replacement: 'true',
    reason: 'the vector is taken from its slot in the frame in place of the local, with the same lanes',
  },
  {
    file: 'codegen/wide/big-calls.js',
    function: 'storeNegatedIf',
    operator: 'condition',
    line: 'if (source !== null) {',
    original: 'source !== null',
    replacement: 'false',
    reason: 'without the routine all limbs are computed in line, to the same values',
  },
  {
    file: 'codegen/wide/carry-chains.js',
    function: 'storeSum',
    operator: 'condition',
    line: 'if (isLast) {',
    original: 'isLast',
    replacement: 'false',
    reason: 'the carry out of the last limb is computed and not read',
  },
  {
    file: 'codegen/wide/float-calls.js',
    function: 'lowerWideResize',
    operator: 'boundary',
    line: "const kind = f.pool.floatBits(from) < f.pool.floatBits(to) ? 'extend' : 'trunc';",
    original: 'f.pool.floatBits(from) < f.pool.floatBits(to)',
    replacement: 'f.pool.floatBits(from) <= f.pool.floatBits(to)',
    reason: 'no conversion is between floats of one size',
  },
  {
    file: 'codegen/wide/wide-arithmetic.js',
    function: 'storeExactDifference',
    operator: 'constant',
    line: 'storeDifference(f, t, place, a, b, false);',
    original: 'false',
    replacement: 'true',
    reason: 'wraps a difference that does not overflow, or the program is illegal: it stays what it is',
  },
  {
    file: 'codegen/wide/wide-arithmetic.js',
    function: 'storeExactSum',
    operator: 'argument-order',
    line: 'storeSum(f, t, place, a, b, false);',
    original: 'storeSum(f, t, place, a, b, false)',
    replacement: 'storeSum(f, t, place, b, a, false)',
    reason: 'a sum does not depend on the order, and it is below one of two limbs exactly if it is below the other',
  },
  {
    file: 'codegen/wide/wide-overflow.js',
    function: 'compute',
    operator: 'condition',
    line: 'if (t.bits < 128) {',
    original: 't.bits < 128',
    replacement: 'true',
    reason: 'of 128 bits wrapping changes nothing, so the high word is what it was',
  },
  {
    file: 'link/layout/collect-segments.js',
    function: 'collectObjects',
    operator: 'constant',
    line: 'address: 0,',
    original: '0',
    replacement: '1',
    nth: 2,
    reason: 'every live segment gets its address before one is read',
  },
  {
    file: 'link/sections/build-id.js',
    function: 'hashFast',
    operator: 'argument-order',
    line: 'const lanes = Int32Array.of(0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f);',
    original: 'Int32Array.of(0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f)',
    replacement: 'Int32Array.of(0x85ebca77, 0x9e3779b1, 0xc2b2ae3d, 0x27d4eb2f)',
    reason: 'the fast build id promises no particular digest, and one from other numbers is as good',
  },
  {
    file: 'link/unit/lower-data.js',
    function: 'lowerFloat',
    operator: 'arithmetic',
    line: 'bytes[at + i] = pool.patternWord(value, i >> 2) >>> ((i & 3) * 8);',
    original: 'pool.patternWord(value, i >> 2) >>> ((i & 3) * 8)',
    replacement: 'pool.patternWord(value, i >> 2) >> ((i & 3) * 8)',
    reason: 'a byte array keeps the low eight bits, which are those of either shift',
  },
  {
    file: 'mir/builder.js',
    function: 'MirBuilder',
    operator: 'constant',
    line: '#intrinsics = new U32Column(32);',
    original: '32',
    replacement: '33',
    reason: 'a column grows as it has to: its first size is room to begin with',
  },
  {
    file: 'mir/mir.js',
    function: '(module)',
    operator: 'constant',
    line: 'spLocal: 0,',
    original: '0',
    replacement: '1',
    reason: 'the local of the stack pointer is read only where there is a frame',
  },
  {
    file: 'runtime/wide-floats.js',
    function: 'comparison',
    operator: 'argument-order',
    line: 'const isNegative = r.ne(a.sign, u64(0));',
    original: 'r.ne(a.sign, u64(0))',
    replacement: 'r.ne(u64(0), a.sign)',
    reason: 'whether two integers differ does not depend on their order',
  },
];

/** The entry of `list` that means `mutant`, or null. */
export function equivalentOf(mutant: MutantIdentity, list: readonly Equivalent[]): Equivalent | null {
  return list.find((entry) => means(entry, mutant)) ?? null;
}

/** Entries that mean none of `mutants`: the code has changed since. */
export function staleEquivalents(mutants: readonly Mutant[], list: readonly Equivalent[]): Equivalent[] {
  return list.filter((entry) => !mutants.some((mutant) => means(entry, mutant)));
}

function means({ nth = 1, ...entry }: Equivalent, mutant: MutantIdentity): boolean {
  return (
    entry.file === mutant.file &&
    entry.function === mutant.function &&
    entry.operator === mutant.operator &&
    entry.line === mutant.line &&
    entry.original === mutant.original &&
    entry.replacement === mutant.replacement &&
    nth === mutant.nth
  );
}
