/**
 * The options of wasm-ld that a link plan may name, with the form of each value. One that is not in the list is refused
 * when a case is read.
 */

/** Tells whether a value has the form. */
interface Form {
  test(value: string): boolean;
}

const NONE = /^$/;
const NUMBER = numberUpTo(2 ** 30);
const SIZE = numberUpTo(2 ** 32);
/** Engines have no more than 10,000,000 slots (WebAssembly JavaScript interface, implementation-defined limits). */
const SLOT = numberUpTo(1_000_000);
const NAME = /^.+$/s;

/** Form of the value of each option; one without a value is empty. */
const OPTIONS: Readonly<Record<string, Form>> = {
  '--export-table': NONE,
  '--import-table': NONE,
  '--growable-table': NONE,
  '--table-base': SLOT,
  '--import-memory': /^(|[^,]+,[^,]+)$/,
  '--export-memory': /^.*$/,
  '--export-dynamic': NONE,
  '--export-all': NONE,
  '--export': NAME,
  '--export-if-defined': NAME,
  '--undefined': NAME,
  '--wrap': NAME,
  '--keep-section': NAME,
  '--defsym': /^[^=]+=[^=]+$/,
  '--initial-heap': NUMBER,
  '--initial-memory': NUMBER,
  '--max-memory': SIZE,
  '--no-growable-memory': NONE,
  '--shared-memory': NONE,
  '--no-check-features': NONE,
  '--extra-features': NAME,
  '--features': NAME,
  '--no-merge-data-segments': NONE,
  '--emit-relocs': NONE,
  '--compress-relocations': NONE,
  '--strip-debug': NONE,
  '--strip-all': NONE,
  '-O0': NONE,
  '-O1': NONE,
  '-O2': NONE,
  '-O3': NONE,
  '--build-id': /^(fast|sha1|tree|uuid|0x([0-9a-f]{2})+)$/,
  '--soname': NAME,
  '--entry': NAME,
  '--allow-undefined': NONE,
  '--import-undefined': NONE,
  '--warn-unresolved-symbols': NONE,
  '--noinhibit-exec': NONE,
  '--unresolved-symbols': /^(ignore-all|import-dynamic|report-all)$/,
  '--allow-multiple-definition': NONE,
  '-zmuldefs': NONE,
  '--fatal-warnings': NONE,
};

function numberUpTo(most: number): Form {
  return { test: (value) => /^\d+$/.test(value) && Number(value) <= most };
}

/** Whether `option` may stand in a plan. */
export function isPlanOption(option: string): boolean {
  const equals = option.indexOf('=');
  const head = equals < 0 ? option : option.slice(0, equals);
  return Object.hasOwn(OPTIONS, head) && OPTIONS[head]!.test(equals < 0 ? '' : option.slice(equals + 1));
}
