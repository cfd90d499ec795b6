/**
 * Why a test of LLVM's linker does not pass as it stands, by its name.
 *
 * Data only. `scope`: the test is about something that this linker refuses by name. `order`: the module means the same and
 * numbers or lists something in another order, or has a section more or less. `wording`: what is printed says the same in
 * other words. `other`: later releases of wasm-ld do as this linker does, or this linker accepts more. A test that is not in the list has to pass, and one that is has to fail: otherwise the run ends with 1.
 */

/** What kind of difference it is. */
type ReasonKind = 'scope' | 'order' | 'wording' | 'other';

/** One difference. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly why: string;
}

const scope = (why: string): Reason => ({ kind: 'scope', why });

const SHARED = scope('shared libraries are refused');
const PIC = scope('position-independent output is refused');
const STUB = scope('stub libraries are refused');
const order = (why: string): Reason => ({ kind: 'order', why });
const wording = (why: string): Reason => ({ kind: 'wording', why });
const other = (why: string): Reason => ({ kind: 'other', why });

const STACK_POINTER = other(
  'where mutable globals may leave the module, __stack_pointer is exported too, as by later releases',
);
const RELOCATABLE = order('-r keeps every segment, as collection can drop each then');
const TLS = order('without thread-local data there are neither globals nor a function for it');
const GLOBALS = order('globals are in another order');

/** By name of the test. */
export const REASONS: Readonly<Record<string, Reason>> = {
  'archive-export.test': STACK_POINTER,
  'bad-archive-member.s': wording('a member of another format is an error where the index of its archive names it'),
  'bsymbolic.s': SHARED,
  'build-id.test': order('the fast build id is another hash'),
  'check-arch-64-in-32.test': other('64-bit objects need no -m wasm64'),
  'comdats.ll': STACK_POINTER,
  'data-segment-merging.ll': TLS,
  'data-segments.ll': PIC,
  'driver.s': wording('warnings that are errors say so only where the link would succeed'),
  'dylink.s': SHARED,
  'emit-relocs-fpic.s': PIC,
  'emit-relocs.s': order('symbols of --emit-relocs are those that relocations and functions have'),
  'export-all.s': GLOBALS,
  'gc-sections.ll': wording('--print-gc-sections lists functions and segments of objects, no globals and no stubs'),
  'global-base.test': SHARED,
  'initial-heap.test': wording('a heap that is too large is memory that is too large'),
  'invalid-mvp-table-use.s': wording('a table import without a symbol is named as that'),
  'libsearch.s': SHARED,
  'locals-duplicate.test': RELOCATABLE,
  'map-file.s': wording('the map has other columns'),
  'merge-string.s': order('merged strings are in the order of their first appearance'),
  'multi-table.s': wording('the message begins with its file'),
  'mutable-global-exports.s': GLOBALS,
  'no-shlib-sigcheck.s': SHARED,
  'no-tls.s': TLS,
  'pic-static.ll': GLOBALS,
  'pie.s': PIC,
  'relocation-bad-tls.s': SHARED,
  'reproduce.s': scope('--reproduce is refused'),
  'shared-export-dynamic.s': SHARED,
  'shared-memory-bss.s': SHARED,
  'shared-needed.s': SHARED,
  'shared-weak-symbols.s': SHARED,
  'shared-weak-undefined.s': SHARED,
  'shared.s': SHARED,
  'shared64.s': SHARED,
  'stub-library-archive.s': STUB,
  'stub-library.s': STUB,
  'tag-section.ll': PIC,
  'tls-export.s': SHARED,
  'tls-non-shared-memory-basic.s': SHARED,
  'tls-non-shared-memory.s': SHARED,
  'tls-relocations.s': PIC,
  'tls.s': RELOCATABLE,
  'undef-shared.s': SHARED,
  'undefined-data.s': SHARED,
  'undefined-weak-call.s': wording(
    '--print-gc-sections lists functions and segments of objects, no globals and no stubs',
  ),
  'unresolved-symbols-dynamic.s': wording('import-dynamic is used without a warning'),
  'unresolved-symbols.s': order('undefined symbols are reported in the order in which they are reached'),
  'visibility-hidden.ll': STACK_POINTER,
  'weak-undefined-pic.s': wording('global addresses of undefined functions have plain names'),
  'why-extract.s': wording('a report that cannot be written is named where -shared is not refused before'),
};
