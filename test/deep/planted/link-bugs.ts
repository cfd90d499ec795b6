/**
 * Mistakes of linkers to plant in a copy of the built core: what decorated links must be able to find.
 *
 * Data only, as bugs.ts; each is one that a linker once had or easily has. `find` occurs exactly once in its file.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

type Row = readonly [name: string, file: string, find: string, replace: string, mistake: string];

const ROWS: readonly Row[] = [
  [
    'weak-takes-the-last',
    'symbol-entries.js',
    'entry.definedIn !== UNDEFINED && (!entry.isWeak || isWeak)',
    'entry.definedIn !== UNDEFINED && !entry.isWeak',
    'of two weak definitions the last one counts',
  ],
  [
    'weak-beats-strong',
    'symbol-entries.js',
    'entry.definedIn !== UNDEFINED && (!entry.isWeak || isWeak)',
    'entry.definedIn !== UNDEFINED',
    'a strong definition does not take over from a weak one that came first',
  ],
  [
    'duplicates-are-silent',
    'symbol-entries.js',
    'if (!entry.isWeak && !isWeak && !this.#allowsMultiple)',
    'if (false)',
    'two strong definitions of one name are no error',
  ],
  [
    'archive-members-always',
    'resolve.js',
    'else if (input.whole) {',
    'else if (true) {',
    'every member of an archive is linked in',
  ],
  [
    'weak-reference-takes-members',
    'symbol-entries.js',
    'if ((flags & SymbolFlag.weak) === 0) {',
    'if (true) {',
    'a weak reference takes a member out of an archive',
  ],
  ['comdat-keeps-all', 'comdat.js', 'if (!seen.has(name)) {', 'if (true) {', 'no copy of a group is left out'],
  [
    'comdat-keeps-functions',
    'comdat.js',
    'discarded.funcs.add(index - object.funcImports.length);',
    '',
    'copies of a group leave out their data and not their functions',
  ],
  [
    'constructors-in-reverse',
    'mark-live.js',
    'a.priority - b.priority || a.order - b.order',
    'a.priority - b.priority || b.order - a.order',
    'constructors of one priority run in reverse order',
  ],
  [
    'priorities-ignored',
    'mark-live.js',
    'a.priority - b.priority || a.order - b.order',
    'a.order - b.order',
    'constructors run in the order of the objects whatever their priority',
  ],
  [
    'constructors-of-unneeded-members',
    'mark-live.js',
    'initFuncs.length === 0 || marks.included[o] === 0',
    'initFuncs.length === 0 || o === 0',
    'the first object runs no constructors',
  ],
  [
    'constructors-are-collected',
    'walk.js',
    'const target = targetOf(this.#symbols, o, symbol); if (isDefinition(target))',
    'const target = targetOf(this.#symbols, o, symbol); if (isDefinition(target) && initFuncs[0].symbol === symbol)',
    'what only the second constructor of an object reaches is collected',
  ],
  [
    'exports-without-constructors',
    'synthetic-bodies.js',
    'call(out, funcIndexOf(indexed, synthetics.callCtors));',
    '',
    'exports of a command do not run constructors',
  ],
  [
    'addend-dropped',
    'addresses.js',
    'return dataAddressOf(placed, target, offset) + addend;',
    'return dataAddressOf(placed, target, offset);',
    'the addend of an address is lost',
  ],
  [
    'symbol-offset-dropped',
    'addresses.js',
    'return dataAddressOf(placed, target, offset) + addend;',
    'return dataAddressOf(placed, target, 0) + addend;',
    'a symbol inside of a segment has the address of the segment',
  ],
  [
    'weak-undefined-keeps-its-addend',
    'addresses.js',
    'if (target === Target.null) return 0;',
    'if (target === Target.null) return addend;',
    'an undefined weak symbol plus an addend is not null',
  ],
  [
    'wide-strings-are-stored-once',
    'merge-strings.js',
    '(flags & SegmentFlag.tls) !== 0 || alignLog2 !== 0 || passive',
    '(flags & SegmentFlag.tls) !== 0 || passive',
    'strings of two bytes a letter are cut at each zero byte',
  ],
  ['stop-is-start', 'addresses.js', '? end : start', '? start : start', '__stop_X is where X begins'],
  [
    'heap-begins-at-data-end',
    'addresses.js',
    'return memory.heapBase;',
    'return memory.dataEnd - 1;',
    '__heap_base lies inside of the data',
  ],
  [
    'tls-offset-is-an-address',
    'relocate.js',
    'const start = placed.memory.tls?.start ?? 0;',
    'const start = 0;',
    'the offset of a thread-local variable is its address',
  ],
  [
    'distance-forgets-the-place',
    'relocate.js',
    'relocs.addend[r]) - place;',
    'relocs.addend[r]);',
    'a distance from the place of the relocation is an address',
  ],
  [
    'wrapped-name-stays',
    'resolve.js',
    'this.wrapped.set(real, entry);',
    '',
    'a reference to __real_NAME is not one to NAME',
  ],
];

/**
 * Mistakes that change nothing that a program does: only the comparison with wasm-ld's output shows them. The first word is the
 * kind of decoration without which the mistake cannot show, or nothing.
 */
const SILENT_ROWS: readonly (readonly [about: string, ...row: Row])[] = [
  [
    '',
    'limit-of-memory-off-by-one',
    'layout-data.js',
    'maxPages: max === null ? null : max / options.pageSize',
    'maxPages: max === null ? null : max / options.pageSize + 1',
    'the memory may grow by one page too many',
  ],
  [
    '',
    'limit-of-table-off-by-one',
    'write-sections.js',
    'const max = options.growableTable || options.importTable ? null : size;',
    'const max = options.growableTable || options.importTable ? null : size + 1;',
    'the function table has a greater limit than size',
  ],
  [
    '',
    'limit-of-imported-table',
    'write-sections.js',
    'const max = options.growableTable || options.importTable ? null : size;',
    'const max = options.growableTable ? null : size;',
    'a host cannot give a function table that grows',
  ],
  [
    '',
    'initial-memory-off-by-some',
    'layout-data.js',
    'const heapBase = alignForward(end, STACK_ALIGN);',
    'const heapBase = alignForward(end, STACK_ALIGN) + 131072;',
    'the heap begins two pages behind the data',
  ],
  [
    'garbage',
    'loser-keeps-the-winner',
    'walk.js',
    'if (entry?.definedIn === o)',
    'if (entry && entry.definedIn !== UNDEFINED)',
    'a weak definition that lost, or a reference, keeps alive what it says must stay',
  ],
  [
    '',
    'alignment-of-constants',
    'layout-data.js',
    'segment.address = alignForward(end, starts?.get(segment) ?? segment.align);',
    "segment.address = alignForward(end, segment.prefix === '.rodata' ? 1 : segment.align);",
    'constants lie at any address',
  ],
  [
    'custom-section',
    'tombstone-is-zero',
    'tombstones.js',
    "return name.startsWith('.debug_') || name.startsWith('llvm.func_attr.') ? -1 : null;",
    'return null;',
    'debug information of a function that is gone is that of the first one',
  ],
  [
    'clang',
    'tombstone-ends-ranges',
    'tombstones.js',
    'return -2;',
    'return -1;',
    'a range of a function that is gone is taken for a base address',
  ],
  [
    'clang',
    'section-offset-of-the-input',
    'write-custom.js',
    ': part.offset + addend;',
    ': addend;',
    'references between debug sections count from the section of the input',
  ],
  [
    'clang',
    'debug-string-off-by-one',
    'write-custom.js',
    'part.strings.pool.offsetOf(part.strings.input, addend)',
    'part.strings.pool.offsetOf(part.strings.input, addend) + 1',
    'names in debug information lack their first letter',
  ],
  [
    'custom-section',
    'function-offset-off-by-one',
    'write-custom.js',
    'return start === 0 ? null : start + addend;',
    'return start === 0 ? null : start + addend + 1;',
    'debug information names the wrong instruction',
  ],
  [
    'archive-chain',
    'members-behind-their-users',
    'resolve.js',
    'const closed = this.#closed;',
    'const closed = [...this.#closed].sort((a, b) => a - b);',
    'a member comes behind the object that took it',
  ],
  [
    'host-import',
    'imports-are-not-shared',
    'number-entries.js',
    'let target = this.#imports.get(key);',
    'let target = undefined;',
    'names that want the same import have one each',
  ],
  [
    'join',
    'joined-symbols-as-they-come',
    'output-symbols.js',
    'collector.sort();',
    '',
    'relocatable output has its symbols in the order of its objects',
  ],
  [
    'join',
    'joined-types-as-they-come',
    'plan-object.js',
    'if (wasmLdOrder) needMentioned();',
    '',
    'relocatable output has types of indirect calls behind those of functions',
  ],
  [
    '',
    'hidden-is-exported',
    'roots.js',
    'if (entry.isHidden && !this.#options.exportAll)',
    'if (false)',
    '--export-dynamic exports what is hidden',
  ],
];

function linkBug([name, ...rest]: Row): PlantedBug {
  return bugOf([name, 'link', ...rest]);
}

/** Mistakes that a run shows. */
export const LINK_BUGS: readonly PlantedBug[] = ROWS.map(linkBug);

/** A mistake with strings that are stored once: it takes two that the table of them confuses. */
export const STRING_BUG: PlantedBug = bugOf([
  'strings-of-one-hash-are-equal',
  'link',
  'string-pool.js',
  'i < end; i++, at++',
  'i >= end; i++, at++',
  'strings with equal hashes are taken for equal',
]);

/** See {@link SILENT_ROWS}. */
export const SILENT_LINK_BUGS: readonly { readonly about: string; readonly bug: PlantedBug }[] = SILENT_ROWS.map(
  ([about, ...row]) => ({ about, bug: linkBug(row) }),
);
