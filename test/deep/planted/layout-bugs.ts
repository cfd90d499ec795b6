/**
 * Mistakes that no program notices, to plant in a copy of the built core: what the check `layout` must be able to find.
 *
 * Data only, as bugs.ts. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'uses-of-variables-count-once',
    'link',
    'walk.js',
    'marks.dataUses[target] += func.navs[i + 1];',
    'marks.dataUses[target] += 1;',
    'each function counts as one use of a variable, however often it takes its address',
  ],
  [
    'small-alignment-first',
    'link',
    'collect-segments.js',
    'b.align - a.align || b.uses - a.uses',
    'a.align - b.align || b.uses - a.uses',
    'data of small alignment comes first, so that there are gaps',
  ],
  [
    'uses-before-alignment',
    'link',
    'collect-segments.js',
    'b.align - a.align || b.uses - a.uses',
    'b.uses - a.uses || b.align - a.align',
    'data is sorted by use before alignment',
  ],
  [
    'zero-data-in-the-file',
    'link',
    'group-segments.js',
    'segment.category === Category.zero && !clears',
    'false',
    'zero memory has bytes in the file',
  ],
  [
    'one-entry-for-all-data',
    'link',
    'group-segments.js',
    'return a.category === Category.zero || a.prefix === b.prefix;',
    'return true;',
    'data of several sections shares an entry of the data section',
  ],
  [
    'a-gap-before-each-datum',
    'link',
    'layout-data.js',
    'segment.address = alignForward(end, starts?.get(segment) ?? segment.align);',
    'segment.address = alignForward(end + 1, segment.align);',
    'a byte is left between data',
  ],
  [
    'a-page-too-many',
    'link',
    'layout-data.js',
    'pages: heapEnd / options.pageSize,',
    'pages: heapEnd / options.pageSize + 1,',
    'memory has a page that nothing asks for',
  ],
  [
    'addresses-of-five-bytes',
    'emit',
    'relocate.js',
    'out.sleb(address);',
    'out.paddedSleb(address);',
    'addresses in code of an executable take five bytes',
  ],
  [
    'short-calls-in-objects',
    'object',
    'unit-bytes.js',
    'this.#relocs.push(type, out.length, target, 0); out.paddedUleb(0);',
    'this.#relocs.push(type, out.length, target, 0); out.u8(0x80); out.u8(0x80); out.u8(0x80); out.u8(0);',
    'indexes in objects have four bytes',
  ],
  [
    'dead-functions-of-the-unit-stay',
    'link',
    'mark-live.js',
    'if (!options.gc) markEverything(symbols, marks);',
    'if (!options.gc) markEverything(symbols, marks); else for (let f = 0; f < symbols.unitFuncs; f++) marks.markFunc(f);',
    'functions of the unit that nothing reaches stay in the module',
  ],
  [
    'slots-that-nobody-takes',
    'link',
    'indirect-table.js',
    'if (!hasFunc(live, id)) return; for (const nav of func.indirectFunctionSet)',
    'if (!hasFunc(live, id)) return; taker.take(id); for (const nav of func.indirectFunctionSet)',
    'functions whose address nobody takes have a slot',
  ],
  [
    'a-type-for-nobody',
    'link',
    'assign-indexes.js',
    'for (let i = 1; i < funcTypes.length; i++) types.need(state.signature(funcTypes[i]));',
    'for (let i = 1; i < funcTypes.length; i++) types.need(state.signature(funcTypes[i])); types.need("\\x7f\\x7d>\\x7c");',
    'there is a type that nothing has',
  ],
  [
    'names-one-off',
    'link',
    'write-names.js',
    'out.uleb(index++); out.name(givenName(indexed, id) ?? functionName(indexed, id, displayName));',
    'out.uleb(index++); out.name(functionName(indexed, ids[Math.max(0, ids.indexOf(id) - 1)], displayName));',
    'functions have the name of the one before',
  ],
  [
    'data-named-by-its-segment',
    'link',
    'group-segments.js',
    'options.splitSegments ? first.name : first.prefix',
    'first.name',
    'an entry of the data section has the name of its first segment',
  ],
  [
    'wide-number-of-entries',
    'emit',
    'write-data.js',
    'out.uleb(count);',
    'out.paddedUleb(count);',
    'the number of data segments takes five bytes',
  ],
];

/** What is only wrong where a unit is linked with objects: the check `layout` must find these too. */
const MIXED_ROWS: readonly BugRow[] = [
  [
    'objects-before-the-unit',
    'link',
    'collect-segments.js',
    'return (a.category - b.category || (a.prefix',
    'return (a.category - b.category || (a.object < 0 ? 1 : 0) - (b.object < 0 ? 1 : 0) || (a.prefix',
    'data of a unit lies behind that of objects, whatever its alignment',
  ],
  [
    'uses-of-the-unit-lost-beside-objects',
    'link',
    'collect-segments.js',
    'segments.push(unitSegment({ section, isTls, align, uses: dataUses[data], id, lowered }));',
    'segments.push(unitSegment({ section, isTls, align, uses: objects.length > 1 ? 0 : dataUses[data], id, lowered }));',
    'variables of a unit are not sorted by use where objects are linked with it',
  ],
];

/** All of them. */
export const LAYOUT_BUGS: readonly PlantedBug[] = [...ROWS, ...MIXED_ROWS].map(bugOf);
