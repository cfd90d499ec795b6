/** Mistakes with thread-local data of units, to plant in a copy of the built core. Data only, as bugs.ts. */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'thread-local-address-not-relative',
    'link',
    'relocate.js',
    'addressOf(placed, target, placed.live.symbols.navOffset[nav], 0) - start',
    'addressOf(placed, target, placed.live.symbols.navOffset[nav], 0)',
    'the place of a nav behind the base of thread-local data is its whole address',
  ],
  [
    'thread-local-symbol-of-plain-data',
    'object',
    'unit-object.js',
    'const flags = isTls ? SegmentFlag.tls : 0;',
    'const flags = 0;',
    'a segment of an object with thread-local data does not say so',
  ],
  [
    'thread-local-by-plain-relocation',
    'object',
    'unit-bytes.js',
    'const type = this.#wide ? Reloc.MEMORY_ADDR_TLS_SLEB64 : Reloc.MEMORY_ADDR_TLS_SLEB;',
    'const type = this.#wide ? Reloc.MEMORY_ADDR_SLEB64 : Reloc.MEMORY_ADDR_SLEB;',
    'an object asks for the address of thread-local data and adds it to the base',
  ],
  [
    'thread-local-base-not-kept',
    'link',
    'walk.js',
    'if (navs[nav].threadlocal) marks.markGlobal(TLS_BASE);',
    '',
    'code that needs the base of thread-local data does not keep it',
  ],
];

/** All of them. */
export const THREAD_LOCAL_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
