/**
 * Why a test of LLVM's linker does not pass as it stands, by its name.
 *
 * Data only. `scope`: the test is about something that this linker refuses by name. `order`: the module means the same and
 * numbers or lists something in another order, or has a section more or less. `wording`: what is printed says the same in
 * other words. A test that is not in the list has to pass, and one that is has to fail: otherwise the run ends with 1.
 */

/** What kind of difference it is. */
type ReasonKind = 'scope' | 'order' | 'wording';

/** One difference. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly why: string;
}

const scope = (why: string): Reason => ({ kind: 'scope', why });

const SHARED = scope('shared libraries are refused');
const PIC = scope('position-independent output is refused');
const STUB = scope('stub libraries are refused');

/** By name of the test. */
export const REASONS: Readonly<Record<string, Reason>> = {
  'bsymbolic.s': SHARED,
  'dylink.s': SHARED,
  'emit-relocs-fpic.s': PIC,
  'no-shlib-sigcheck.s': SHARED,
  'pie.s': PIC,
  'relocation-bad-tls.s': SHARED,
  'reproduce.s': scope('--reproduce is refused'),
  'shared-export-dynamic.s': SHARED,
  'shared-needed.s': SHARED,
  'shared-weak-symbols.s': SHARED,
  'shared-weak-undefined.s': SHARED,
  'shared.s': SHARED,
  'shared64.s': SHARED,
  'stub-library-archive.s': STUB,
  'stub-library.s': STUB,
  'tag-section.ll': PIC,
  'tls-export.s': SHARED,
  'tls-relocations.s': PIC,
  'undef-shared.s': SHARED,
  'undefined-data.s': SHARED,
};
