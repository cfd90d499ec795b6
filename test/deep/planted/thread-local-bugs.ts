/** Mistakes with thread-local data of units, to plant in a copy of the built core. Data only, as bugs.ts. */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'thread-local-address-not-relative',
    'link',
    'relocate.js',
    'address - (placed.memory.tls?.start ?? 0)',
    'address',
    'the place of a nav behind the base of thread-local data is its whole address',
  ],
  [
    'thread-local-base-as-stack-pointer',
    'object',
    'unit-object.js',
    'ENVIRONMENT.tlsBase, usesFrame ? 1 : 0)',
    'ENVIRONMENT.tlsBase, 0)',
    'an object whose functions have frames names the stack pointer as the base of thread-local data',
  ],
  [
    'thread-local-not-the-first-nav',
    'object',
    'unit-object.js',
    'for (let i = 0; i < named.length; i += NAV_WORDS)',
    'for (let i = 0; i < 1; i += NAV_WORDS)',
    'an object has the base of thread-local data only if a function names a thread-local nav first',
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
