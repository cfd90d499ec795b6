/**
 * wasm-ld's options, as far as plans have them, and as its arguments.
 *
 * Owns the list that a case file may name, with the form of each value; an option that is not in it is refused when a case is
 * read. What an option means to the linker that is tested is that linker's own affair: it gets words (link-words.ts).
 */
import type { Settings } from '../../core/index.ts';

const NONE = /^$/;
const NUMBER = /^\d+$/;
const NAME = /^.+$/s;

/** Form of the value of each option; one without a value is empty. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  '--export-table': NONE,
  '--import-table': NONE,
  '--growable-table': NONE,
  '--table-base': NUMBER,
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
  '--max-memory': NUMBER,
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
  '-O2': NONE,
  '--build-id': /^(fast|sha1|0x([0-9a-f]{2})+)$/,
  '--soname': NAME,
  '--entry': NAME,
  '--allow-undefined': NONE,
  '--import-undefined': NONE,
  '--warn-unresolved-symbols': NONE,
  '--unresolved-symbols': /^(ignore-all|import-dynamic|report-all)$/,
  '--allow-multiple-definition': NONE,
  '--fatal-warnings': NONE,
};

/** Whether `option` may stand in a plan. */
export function isPlanOption(option: string): boolean {
  const equals = option.indexOf('=');
  const head = equals < 0 ? option : option.slice(0, equals);
  return Object.hasOwn(OPTIONS, head) && OPTIONS[head]!.test(equals < 0 ? '' : option.slice(equals + 1));
}

/** Arguments of wasm-ld for `settings` and `options`. */
export function wasmLdArguments(settings: Settings, options: readonly string[], ptrBits: 32 | 64 = 32): string[] {
  const { stackSize, stackFirst, globalBase, gc, strip } = settings;
  return [
    ...(options.some((option) => option.startsWith('--entry=')) ? [] : ['--no-entry']),
    ...(ptrBits === 64 ? ['-mwasm64'] : []),
    '-z',
    `stack-size=${stackSize}`,
    stackFirst ? '--stack-first' : '--no-stack-first',
    ...(globalBase === null ? [] : [`--global-base=${globalBase}`]),
    gc ? '--gc-sections' : '--no-gc-sections',
    ...(strip ? ['--strip-all'] : []),
    ...options,
  ];
}
