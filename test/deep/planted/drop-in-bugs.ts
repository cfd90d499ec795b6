/**
 * Mistakes that this linker had as a drop-in for wasm-ld, to plant in a copy of the built core: the campaign of profile `drop-in`
 * must find each. Data only, as bugs.ts; `find` occurs exactly once in its file.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

type Row = readonly [about: string, file: string, find: string, replace: string, mistake: string];

const ROWS: readonly Row[] = [
  [
    'beyond-segment',
    'read-linking.js',
    'if (offset > segment.end - segment.start)',
    'if (offset + size > segment.end - segment.start)',
    'a symbol that is larger than the rest of its segment is refused',
  ],
  [
    'export-name',
    'roots.js',
    'const own = symbolKind === SymbolKind.function ? exportNameOf(this.#symbols, target) : undefined;',
    'const own = undefined;',
    'the name that the export section of an object gives is lost',
  ],
  [
    'import-module',
    'number-entries.js',
    "(entry.plainModule ?? 'env')",
    "'env'",
    'the module of an import without a name of its own is lost',
  ],
  [
    'dead-customs',
    'write-custom.js',
    'options.gcCustoms && live.included[o] === 0',
    'live.included[o] === 0',
    'custom sections of members that only dead code mentions are lost',
  ],
  [
    'declared-constructor',
    'mark-live.js',
    'if (!isDefinition(target)) continue; if (!typeOfSymbol',
    'if (!isDefinition(target) || names[symbol].index < object.funcImports.length) continue; if (!typeOfSymbol',
    'a constructor that another object defines does not run',
  ],
  [
    'joined-wrap',
    'output-symbols.js',
    'this.#named(wrapped.get(entry) ?? entry, o, s)',
    'this.#named(entry, o, s)',
    'relocatable output forgets which names are wrapped',
  ],
  [
    'plain-tls',
    'relocate.js',
    'tls !== null && isThreadLocal(symbols, target) ? address - tls.start : address',
    'address',
    'a thread-local has its own address where its place in the block is meant',
  ],
  [
    'unused-imports',
    'mark-live.js',
    'markImports(symbols, marks);\n',
    '',
    'what an object declares and nothing uses is no import without collection',
  ],
];

/** With the decoration that shows each. */
export const DROP_IN_BUGS: readonly { readonly about: string; readonly bug: PlantedBug }[] = ROWS.map(
  ([about, file, find, replace, mistake]) => ({
    about,
    bug: bugOf([`drop-in-${about}`, 'link', file, find, replace, mistake]),
  }),
);

/** Shows where an object names an export and constructors run around it. */
export const WRAPPER_NAME: PlantedBug = bugOf([
  'drop-in-wrapper-name',
  'link',
  'write-names.js',
  '[exportIndex].symbol}.command_export',
  '[exportIndex].name}.command_export',
  'a wrapper has the name of the export in place of that of the symbol',
]);

/** Shows where the options name the function table. */
export const TABLE_TWICE: PlantedBug = bugOf([
  'drop-in-table-is-exported-twice',
  'link',
  'roots.js',
  'if (found.kind === SymbolKind.table && found.target === FUNCTION_TABLE)',
  'if (false)',
  'the function table is exported by its name and once more',
]);

/** Shows in build ids that are random. */
export const SHORT_UUID: PlantedBug = bugOf([
  'drop-in-uuid-of-fifteen-bytes',
  'link',
  'link-command.js',
  'const UUID_SIZE = 16;',
  'const UUID_SIZE = 15;',
  'a random build id lacks its last byte',
]);
