/**
 * Mistakes about the relocations that an executable keeps, to plant in a copy of the built core: only a reader of those relocations sees them.
 *
 * Data only, as bugs.ts. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'places-of-the-input',
    'link',
    'emit-relocs.js',
    'const at = relocs.at[r] + shift;',
    'const at = relocs.at[r];',
    'relocations keep the place that they had in their object',
  ],
  [
    'symbols-at-their-addresses',
    'link',
    'emit-relocs.js',
    'offset: address - this.#groups[index].start, size',
    'offset: address, size',
    'a symbol of data counts from address 0, not from its segment',
  ],
  [
    'custom-sections-counted-from-0',
    'link',
    'emit-relocs.js',
    'writeRelocs(out, `reloc.${name}`, firstCustom + i,',
    'writeRelocs(out, `reloc.${name}`, i,',
    'relocations of custom sections are about the first sections of the file',
  ],
  [
    'parts-of-custom-sections-begin-at-0',
    'link',
    'emit-relocs.js',
    'addend += this.#parts[o].get(symbols[s].index)?.offset ?? 0;',
    '',
    'a reference into a joined custom section counts from its first part',
  ],
  [
    'defined-globals-are-undefined',
    'link',
    'emit-relocs.js',
    'const isImport = target >= firstGlobalImport(symbols);',
    'const isImport = target >= 0;',
    'a global that the module defines is undefined in its symbol table',
  ],
];

export const EMITTED_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
