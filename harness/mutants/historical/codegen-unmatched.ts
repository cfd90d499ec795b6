/**
 * Entries of the catalogue of code generators that core cannot be given, each with its reason.
 *
 * Data.
 */
import type { UnmatchedRow } from './bug.ts';

const LATENT = 'latent in the self-hosted wasm back end of Zig 0.13 to 0.15';

/** Of L and H. */
export const UNMATCHED_CODEGEN_ROWS: readonly UnmatchedRow[] = [
  [
    'L36',
    LATENT,
    'a declaration of an object is registered as one of an executable as well',
    'a unit is kept in one form for both kinds of output, so there are no two tables to mix up',
  ],
  ['H04', 'ziglang/zig#23061', 'many tests of behaviour are made to pass', 'it names no single mistake'],
  [
    'H10',
    'ziglang/zig#18894',
    'a packed struct at the boundary of the C ABI has its bytes for its bits',
    'the mistake of H22, which is tried: both conventions ask one function for the type of a packed struct',
  ],
  [
    'H25',
    'ziglang/zig#14668',
    'f16 goes through the runtime library where one instruction is exact',
    'not wrong, only slow; wasm has no f16 instructions to prefer',
  ],
  ['H26', 'ziglang/zig#21628', 'rem and mod of floats are missing', 'a missing feature, not a mistake in one'],
  [
    'H31',
    'WebAssembly/binaryen#3220',
    'br_table with a value becomes br with condition and value in the wrong order',
    'br_table has no values here, and nothing rewrites branches',
  ],
];
