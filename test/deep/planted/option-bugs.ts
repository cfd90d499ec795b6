/**
 * Mistakes that need two options at once, to plant in a copy of the built core: each option alone gives the right module. Data
 * only, as bugs.ts. The profile `drop-in` draws options in combination and must find each by comparison with wasm-ld's output.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

/** The two options, as words of a plan begin. */
type Pair = readonly [first: string, second: string];

type Row = readonly [name: string, pair: Pair, file: string, find: string, replace: string, mistake: string];

const ROWS: readonly Row[] = [
  [
    'stripped-keeps-nothing',
    ['--strip-all', '--keep-section=target_features'],
    'write-sections.js',
    "if (!options.strip || options.keepSections.includes('target_features'))",
    'if (!options.strip)',
    'a section that must be kept goes with the rest',
  ],
  [
    'stripped-has-no-build-id',
    ['--strip-all', '--build-id'],
    'write-sections.js',
    'if (options.buildId !== null)',
    'if (options.buildId !== null && !options.strip)',
    'the build id goes with what is stripped',
  ],
  [
    'imported-memory-is-never-exported',
    ['--import-memory', '--export-memory'],
    'command-line.js',
    'if (link.importMemory !== undefined && link.exportMemory === undefined)',
    'if (link.importMemory !== undefined)',
    'a memory of the host is not exported, though it is asked for',
  ],
  [
    'imported-memory-is-not-shared',
    ['--import-memory', '--shared-memory'],
    'write-sections.js',
    'let flags = options.sharedMemory ? LimitsFlag.shared : 0;',
    'let flags = options.sharedMemory && options.importMemory === null ? LimitsFlag.shared : 0;',
    'a memory of the host is not shared',
  ],
  [
    'fixed-memory-with-a-size-grows',
    ['--no-growable-memory', '--initial-memory'],
    'layout-data.js',
    'const isFixed = options.fixedMemory ||',
    'const isFixed = (options.fixedMemory && options.initialMemory === null) ||',
    'a memory whose size is given may grow, though it must not',
  ],
  [
    'exported-table-is-that-of-the-host',
    ['--export-all', '--import-table'],
    'write-sections.js',
    'options.exportAll && !options.importTable && tableIndexOf(indexed, FUNCTION_TABLE) >= 0',
    'options.exportAll && tableIndexOf(indexed, FUNCTION_TABLE) >= 0',
    'a table of the host is exported with everything else',
  ],
];

/** With the options that show each. */
export const OPTION_BUGS: readonly { readonly pair: Pair; readonly bug: PlantedBug }[] = ROWS.map(
  ([name, pair, file, find, replace, mistake]) => ({ pair, bug: bugOf([name, 'link', file, find, replace, mistake]) }),
);
