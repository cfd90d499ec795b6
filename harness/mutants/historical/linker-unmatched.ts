/**
 * Entries of the catalogue of linkers that core cannot be given, each with its reason.
 *
 * Data.
 */
import type { UnmatchedRow } from './bug.ts';

const ZIG = 'the self-hosted wasm linker of Zig 0.14 and 0.15, by reading';
const NO_PIC = 'there is no position-independent output';

/** The entry with this number is the mistake of another one. */
function same(id: string, reference: string, mistake: string, other: string): UnmatchedRow {
  return [id, reference, mistake, `the mistake of ${other}, which is tried`];
}

/** Of ZBUG and N. */
export const UNMATCHED_LINKER_ROWS: readonly UnmatchedRow[] = [
  same('ZBUG-1', ZIG, 'addresses and initial values of globals are unsigned LEBs', 'L19 and L45'),
  same('ZBUG-2', ZIG, 'slots of functions are unsigned LEBs', 'L20'),
  [
    'ZBUG-14',
    ZIG,
    'the entry function is the start function as well',
    'only what fills memory is ever a start function; the code that writes the start section does not know the entry',
  ],
  same('ZBUG-23', ZIG, 'names of tags of more than 32 bits are ill-typed', 'L25'),
  same('ZBUG-24', ZIG, 'zero memory is not cleared in a memory of the host', 'H67'),
  [
    'ZBUG-27',
    ZIG,
    '__heap_base is the address of a word that holds the address',
    'names of borders have no storage, so there is no word to point to',
  ],
  same('ZBUG-33', ZIG, 'an object with a table import and no symbol for it breaks the reader', 'H20'),
  [
    'ZBUG-36',
    ZIG,
    'a runtime function that is undefined is noted in a table that outlives the flush',
    'what code needs of the runtime is a reference like any other, resolved afresh by each flush',
  ],
  same('N1', 'ziglang/zig#25888', 'a leading segment of zeros has its header twice', 'ZBUG-7'),
  same('N4', 'ziglang/zig#23025', 'a table import without a symbol breaks the reader', 'H20'),
  [
    'N11',
    'ziglang/zig#16938',
    'a test of archives meets sections that are new',
    'it names no mistake beyond that of N14',
  ],
  [
    'N16',
    'ziglang/zig#11624',
    'the address of a function is that of a word that holds its slot',
    'slots are never kept in memory by code generation, so there is no such word',
  ],
  ['N22', 'ziglang/zig#8633', 'what an imported memory means is discussed', 'it names no mistake'],
  ['N25', 'ziglang/zig#12687', 'extern variables are missing', 'a missing feature, not a mistake in one'],
  same('N28', 'llvm/llvm-project#166228', 'addresses from 2 GiB on are positive numbers', 'ZBUG-3'),
  [
    'N32',
    'llvm/llvm-project#208332',
    'the function that fills memory uses locals it does not declare',
    `it has none, and ${NO_PIC}`,
  ],
  same('N34', 'llvm/llvm-project#127735', 'zero memory is written when segments are combined', 'N17'),
  [
    'N35',
    'llvm/llvm-project#57356',
    'the addend of a function pointer in data is lost',
    'relocations of slots have no addend in the format, and code generation refuses offsets of functions',
  ],
  ['N37', 'llvm/llvm-project#162044, #146923', 'relocations are applied before functions have indexes', NO_PIC],
  ['N38', 'llvm/llvm-project#170910', 'a function pointer in data lacks the table base', NO_PIC],
  same('N41', 'emscripten-core/emscripten#12819', 'an undefined weak function has an address', 'N40'),
  [
    'N43',
    'llvm/llvm-project#134809',
    'segments of different groups are merged and their relocations break the writer',
    'segments are placed one by one, and relocations belong to the segment of the input',
  ],
  [
    'N46',
    'llvm/llvm-project#96134',
    'the offset of a made function in debug information is read from nowhere',
    'the places of all bodies, made ones too, are in one array',
  ],
  [
    'N53',
    'llvm/llvm-project#200083',
    'custom sections of members that are not loaded are gone',
    'by design: a member that is not loaded is no part of the output',
  ],
  ['N58', 'llvm/llvm-project#42059', 'absolute relocations are accepted in shared output', NO_PIC],
  [
    'N61',
    'emscripten-core/emscripten#9155',
    'relocatable output with a shared memory breaks the linker',
    'relocatable output has no memory of its own and never looks at its options',
  ],
  [
    'N68',
    'WebAssembly/tool-conventions#34',
    'relocations name functions by index, so that aliases are one',
    'a fault of a former version of the format, whose relocations name symbols now',
  ],
  same('N71', 'WebAssembly/wabt#1018', 'offsets of relocations are off by the length of a size', 'L39'),
  same('N77', 'pulseengine/meld#351', 'relocations do not follow shortened code', 'H53'),
  same('N79', 'loopdive/js2#1173', 'the table of an indirect call is not relocated', 'H52'),
  same('N80', 'mozilla/pdf.js#21601, wazero/wazero#443', 'i32.const has an unsigned LEB', 'L19'),
  [
    'N86',
    'wild-linker/wild#2524',
    'an undefined weak thread-local is at minus the start of the block',
    'a place in the block for what nobody defines is refused, as by wasm-ld',
  ],
  [
    'N89',
    'WorldSEnder/wasm-split-prototype#60',
    'strings that share an end are two symbols of the same bytes',
    'a fault of a tool that cuts modules apart; overlapping is what --merge-strings is for',
  ],
  same('N94', 'fluentlabs-xyz/rwasm#194, WebAssembly/binaryen#3225', 'memory.init reads another segment', 'H64'),
];
