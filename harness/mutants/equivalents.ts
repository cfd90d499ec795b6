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
    file: 'codegen/state/constants.js',
    function: '(module)',
    operator: 'constant',
    line: 'const UNDEFINED_WORD = 0xaaaa_aaaa;',
    original: '0xaaaa_aaaa',
    replacement: '2863311531',
    reason: 'an undefined word may have any bits',
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
