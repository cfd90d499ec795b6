/**
 * Mistakes about objects that few compilers write, to plant in a copy of the built core: the campaign of profile `objects`
 * must find each. Most were made by other linkers (harness/mutants/historical/). Data only, as bugs.ts.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

type Row = readonly [about: string, file: string, find: string, replace: string, mistake: string];

const ROWS: readonly Row[] = [
  [
    'allowed-undefined',
    'relocate.js',
    'return Math.max(0, slotOf(indexed.table, target) - indexed.table.base);',
    'return slotOf(indexed.table, target) - indexed.table.base;',
    'the relative slot of a function that is not there is below 0',
  ],
  [
    'bad-archive',
    'archive.js',
    'if (count > (end - offsetAt) / (width + 1))',
    'if (false)',
    'an index may say that it has more symbols than there is room for',
  ],
  [
    'bad-legacy-table',
    'finish-object.js',
    'only.field !== ENVIRONMENT.table',
    'false',
    'any table that is imported without a symbol is taken for that of functions',
  ],
  [
    'bad-object',
    'read-relocations.js',
    'if (symbolKind === kind)',
    'if (symbolKind === kind || kind === SymbolKind.function)',
    'a relocation of a function may name a symbol of any kind',
  ],
  [
    'bad-sections',
    'read-object.js',
    "refuse('object_section_order', { section: name }, headerAt);",
    "refuse('object_section_order', headerAt, { section: name });",
    'the message about a section that is out of order does not name it',
  ],
  [
    'bad-tls-undefined',
    'follow-relocations.js',
    "if (target === Target.null && value === 'memory_address_tls')",
    'if (false)',
    'what nobody defines has a place in the block of a thread',
  ],
  [
    'index-globals',
    'write-vectors.js',
    'for (const ref of refs) {',
    'for (const ref of []) {',
    'the initial value of a global is copied with the indexes of its object',
  ],
  [
    'joined-keep',
    'output-symbols.js',
    'let { flags } = definition;',
    'let flags = definition.flags & ~SymbolFlag.no_strip;',
    'relocatable output forgets which symbols must stay',
  ],
  [
    'legacy-table',
    'finish-object.js',
    'if (tableImports.length === symbols) return false;',
    'return false;',
    'an object without a symbol of its table has none in the output',
  ],
  [
    'many-types',
    'relocate.js',
    "if (value === 'type_index')",
    "if (indexed.placed.live.symbols.table.objects[o].symbols[relocs.index[r]].kind > 5) return 0; if (value === 'type_index')",
    'the type index of a relocation is looked up in the symbol table',
  ],
  [
    'replaced-slot',
    'indirect-table.js',
    'this.take(targetOf(this.#symbols, o, relocs.index[r]));',
    '{ const object = this.#symbols.table.objects[o]; const own = object.symbols[relocs.index[r]].index - object.funcImports.length; this.take(own >= 0 ? funcId(this.#symbols, o, own) : targetOf(this.#symbols, o, relocs.index[r])); }',
    'the table has the weak function of the object, its users mean the strong one',
  ],
  [
    'runtime-name',
    'resolve.js',
    "('option' in wanted || wanted.isPlain ? library.find(wanted.name) : null)",
    'library.find(wanted.name)',
    'an import that has the name of a runtime function is bound to it',
  ],
  [
    'shared-limit',
    'write-sections.js',
    'let flags = options.sharedMemory ? LimitsFlag.shared : 0;',
    'let flags = options.sharedMemory && options.maxMemory !== null ? LimitsFlag.shared : 0;',
    'a memory is shared only if somebody gives its maximum',
  ],
  [
    'thread-block',
    'synthesize.js',
    'value = memory.tls?.size ?? 0;',
    'value = memory.tls === null ? 0 : memory.tls.start + memory.tls.size;',
    'the size of the thread-local block is its end',
  ],
  [
    'two-results',
    'write-vectors.js',
    'for (let i = separator + 1; i < key.length; i++)',
    'for (let i = separator + 1; i < Math.min(key.length, separator + 2); i++)',
    'a function type with two results lacks the second',
  ],
  [
    'unpadded-field',
    'write-code.js',
    'patchRelocation(out.bytes, start, encoding, value);',
    '',
    'a field that cannot be shortened keeps the bytes of its object',
  ],
];

/** Each with the decoration that it is about. */
export const OBJECT_BUGS: readonly { readonly about: string; readonly bug: PlantedBug }[] = ROWS.map(
  ([about, file, find, replace, mistake]) => ({
    about,
    bug: bugOf([`objects-${about}`, 'link', file, find, replace, mistake]),
  }),
);
