/**
 * wasm-ld's options as data: name, shape, and what each does to the options of a link.
 *
 * Owns the names. An option that changes what a link means and is not supported is in the table too, as refused, so that the
 * message can name it; docs/linker.md lists both and a test compares. Knows nothing of files.
 */
import type { BuildId, LinkOptions } from './options.ts';

/** An input in command-line order. */
export type InputSpec =
  | { readonly kind: 'file'; readonly path: string; readonly whole: boolean; readonly lazy: boolean }
  | {
      readonly kind: 'library';
      readonly name: string;
      readonly whole: boolean;
      readonly lazy: boolean;
      /** A shared library counts before a static one. */
      readonly dynamic: boolean;
    };

/** Options being read; the fields of LinkOptions and those of the command alone. */
export interface CommandDraft {
  readonly link: { -readonly [K in keyof LinkOptions]?: LinkOptions[K] };
  readonly inputs: InputSpec[];
  readonly searchPaths: string[];
  readonly undefinedFiles: string[];
  readonly traceSymbols: string[];
  /** Values of `-z` that mean nothing. */
  readonly unknownKeywords: string[];
  output: string | null;
  map: string | null;
  whyExtract: string | null;
  isRelocatable: boolean;
  hasRandomId: boolean;
  entry: 'default' | 'none' | 'named';
  errorLimit: number;
  fatalWarnings: boolean;
  demangle: boolean;
  printGc: boolean;
  printMap: boolean;
  trace: boolean;
  verbose: boolean;
  help: boolean;
  version: boolean;
  windowsQuoting: boolean;
  /** `-lNAME` looks for a shared library first. */
  isDynamic: boolean;
  /** What is wrong with the line, in whole sentences. */
  readonly complaints: string[];
  /** Names of the options that were given, as the line has them. */
  readonly given: Set<string>;
  // State of the positions.
  whole: boolean;
  lazy: boolean;
}

/** What an option takes: nothing, a value (`--x=V` or `--x V`), a value or nothing (`--x` or `--x=V`), or `-xV`. */
type OptionShape = 'flag' | 'value' | 'optional' | 'joined';

/** One option. `apply` returns what is wrong with the value, or nothing. */
export interface OptionRow {
  readonly names: readonly string[];
  readonly shape: OptionShape;
  readonly status: 'known' | 'ignored' | 'refused';
  readonly apply: (draft: CommandDraft, value: string) => string | undefined;
}

type Apply = (draft: CommandDraft, value: string) => string | undefined;

function row(names: string, shape: OptionShape, apply: (draft: CommandDraft, value: string) => unknown): OptionRow {
  const run: Apply = (draft, value) => {
    const problem = apply(draft, value);
    return typeof problem === 'string' ? problem : undefined;
  };
  return { names: names.split(' '), shape, status: 'known', apply: run };
}

function flag(names: string, apply: (draft: CommandDraft) => void): OptionRow {
  return row(names, 'flag', (draft) => {
    apply(draft);
  });
}

/** A flag that sets one field of the link. */
function sets<K extends keyof LinkOptions>(names: string, key: K, value: LinkOptions[K]): OptionRow {
  return flag(names, ({ link }) => {
    link[key] = value;
  });
}

/** What a row returns where its value should be a number and is none. */
export const NOT_A_NUMBER = 'number expected';

/** An option whose value is a number of bytes or slots. */
function size<K extends 'globalBase' | 'pageSize' | 'initialMemory' | 'initialHeap' | 'maxMemory' | 'tableBase'>(
  names: string,
  key: K,
): OptionRow {
  return row(names, 'value', ({ link }, text) => {
    const value = readSize(text);
    if (value === null) return NOT_A_NUMBER;
    link[key] = value;
    return undefined;
  });
}

/** An option that adds a name to a list. */
function adds<K extends 'exports' | 'exportIfDefined' | 'undefined' | 'wrap' | 'keepSections'>(
  names: string,
  key: K,
): OptionRow {
  return row(names, 'value', ({ link }, name) => {
    push(link, key, name);
  });
}

/** Adds to a list of the draft in place: a command line may have very many options. */
function push<K extends 'exports' | 'exportIfDefined' | 'undefined' | 'wrap' | 'keepSections' | 'defsyms'>(
  link: CommandDraft['link'],
  key: K,
  item: LinkOptions[K][number],
): void {
  const list = (link[key] ??= [] as unknown as LinkOptions[K]) as unknown as LinkOptions[K][number][];
  list.push(item);
}

function commas<K extends 'features' | 'extraFeatures'>(names: string, key: K): OptionRow {
  return row(names, 'value', ({ link }, text) => {
    link[key] = text.split(',').filter((name) => name !== '');
  });
}

function ignored(names: string, shape: OptionShape): OptionRow {
  return { names: names.split(' '), shape, status: 'ignored', apply: () => undefined };
}

function refused(names: string, shape: OptionShape): OptionRow {
  return { names: names.split(' '), shape, status: 'refused', apply: () => undefined };
}

/** Decimal, `0x` hexadecimal or `0` octal number, or null. */
function readSize(text: string): number | null {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) return null;
  const value = /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

function buildId(draft: CommandDraft, text: string): string | undefined {
  // As wasm-ld: a digit that is left over is a byte.
  const hex = /^0x([0-9a-f]+)$/i.exec(text)?.[1];
  let id: BuildId | null = null;
  draft.hasRandomId = text === 'uuid';
  if (hex !== undefined) {
    id = { kind: 'bytes', bytes: Uint8Array.from(hex.match(/..?/g)!, (pair) => Number.parseInt(pair, 16)) };
  } else if (text === '' || text === 'fast') id = { kind: 'fast' };
  else if (text === 'sha1' || text === 'tree') id = { kind: 'sha1' };
  else if (text !== 'uuid' && text !== 'none') return 'none, fast, sha1, tree, uuid, or 0x and hex digits';
  draft.link.buildId = id;
  return undefined;
}

function unresolved({ link, complaints }: CommandDraft, text: string): string | undefined {
  const policies = { 'report-all': 'error', 'ignore-all': 'ignore', 'import-dynamic': 'dynamic' } as const;
  if (!Object.hasOwn(policies, text)) {
    complaints.push(`unknown --unresolved-symbols value: ${text} (one of ${Object.keys(policies).join(', ')})`);
    return undefined;
  }
  link.undefinedPolicy = policies[text as keyof typeof policies];
  return undefined;
}

function defsym({ link }: CommandDraft, text: string): string | undefined {
  const [, name, target, number] = /^([^=]+)=(?:([A-Za-z_$.][\w$.]*)(?:\+(\w+))?|\w+)$/.exec(text) ?? [];
  if (name === undefined) return 'NAME=NUMBER, NAME=SYMBOL or NAME=SYMBOL+NUMBER';
  const offset = readSize(target === undefined ? text.slice(name.length + 1) : (number ?? '0'));
  if (offset === null) return 'not a number';
  push(link, 'defsyms', { name, target: target ?? null, offset });
  return undefined;
}

function keyword({ link, unknownKeywords }: CommandDraft, text: string): string | undefined {
  const [, value] = /^stack-size=(.*)$/.exec(text) ?? [];
  if (text === 'muldefs') link.allowMultiple = true;
  // As wasm-ld: a warning.
  else if (value === undefined) unknownKeywords.push(text);
  if (value === undefined) return undefined;
  const bytes = readSize(value);
  if (bytes === null) return 'not a number';
  link.stackSize = bytes;
  return undefined;
}

function importMemory({ link }: CommandDraft, text: string): string | undefined {
  if (text === '') {
    link.importMemory = { module: 'env', field: 'memory' };
    return undefined;
  }
  const [module = '', ...field] = text.split(',');
  link.importMemory = { module, field: field.join(',') };
  return undefined;
}

function input(draft: CommandDraft, kind: 'file' | 'library', name: string): void {
  const { whole, lazy, isDynamic: dynamic } = draft;
  draft.inputs.push(kind === 'file' ? { kind, path: name, whole, lazy } : { kind, name, whole, lazy, dynamic });
}

/** Every option, in the order of the help. */
export const OPTIONS: readonly OptionRow[] = [
  // --- output ---
  row('-o', 'value', (draft, path) => (draft.output = path) && undefined),
  flag('-r --relocatable', (draft) => (draft.isRelocatable = true)),
  row('--Map -Map', 'value', (draft, path) => (draft.map = path) && undefined),
  flag('-M --print-map', (draft) => (draft.printMap = true)),
  sets('-s --strip-all', 'strip', true),
  sets('-S --strip-debug', 'stripDebug', true),
  adds('--keep-section', 'keepSections'),
  row('--build-id', 'optional', buildId),
  row('--soname', 'value', ({ link }, name) => (link.moduleName = name) && undefined),
  sets('-q --emit-relocs', 'emitRelocs', true),
  sets('--compress-relocations', 'compressRelocations', true),
  sets('--merge-data-segments', 'splitSegments', false),
  sets('--no-merge-data-segments', 'splitSegments', true),
  row('-O', 'joined', ({ link }, text) => {
    if (!/^\d+$/.test(text)) return NOT_A_NUMBER;
    link.mergeStrings = Number(text) > 0;
    link.shareEnds = Number(text) > 0;
    return undefined;
  }),
  // --- inputs ---
  row('-l', 'joined', (draft, name) => {
    input(draft, 'library', name);
  }),
  row('--library', 'value', (draft, name) => {
    input(draft, 'library', name);
  }),
  row('-L', 'joined', ({ searchPaths }, path) => searchPaths.push(path)),
  row('--library-path', 'value', ({ searchPaths }, path) => searchPaths.push(path)),
  flag('--whole-archive', (draft) => (draft.whole = true)),
  flag('--no-whole-archive', (draft) => (draft.whole = false)),
  flag('--start-lib', (draft) => {
    if (draft.lazy) draft.complaints.push('nested --start-lib');
    draft.lazy = true;
  }),
  flag('--end-lib', (draft) => {
    if (!draft.lazy) draft.complaints.push('stray --end-lib');
    draft.lazy = false;
  }),
  // --- symbols ---
  row('-e --entry', 'value', (draft, name) => {
    draft.entry = 'named';
    draft.link.entry = name;
  }),
  flag('--no-entry', (draft) => {
    draft.entry = 'none';
    draft.link.entry = null;
  }),
  adds('--export', 'exports'),
  adds('--export-if-defined', 'exportIfDefined'),
  sets('--export-all', 'exportAll', true),
  sets('-E --export-dynamic', 'exportDynamic', true),
  sets('--no-export-dynamic', 'exportDynamic', false),
  adds('-u --undefined', 'undefined'),
  adds('--wrap', 'wrap'),
  row('--defsym', 'value', defsym),
  row('-y --trace-symbol', 'value', ({ traceSymbols }, name) => traceSymbols.push(name)),
  flag('--allow-undefined', ({ link }) => (link.undefinedPolicy = 'import')),
  row('--allow-undefined-file', 'value', ({ undefinedFiles }, path) => undefinedFiles.push(path)),
  sets('--import-undefined', 'importUndefined', true),
  row('--unresolved-symbols', 'value', unresolved),
  sets('--warn-unresolved-symbols --noinhibit-exec', 'undefinedPolicy', 'warn'),
  sets('--error-unresolved-symbols', 'undefinedPolicy', 'error'),
  sets('--allow-multiple-definition', 'allowMultiple', true),
  sets('--no-allow-multiple-definition', 'allowMultiple', false),
  row('--why-extract', 'value', (draft, path) => (draft.whyExtract = path) && undefined),
  sets('--gc-sections', 'gc', true),
  sets('--no-gc-sections', 'gc', false),
  sets('--gc-custom-sections', 'gcCustoms', true),
  sets('--no-gc-custom-sections', 'gcCustoms', false),
  flag('--print-gc-sections', (draft) => (draft.printGc = true)),
  flag('--no-print-gc-sections', (draft) => (draft.printGc = false)),
  // --- memory and table ---
  row('-z', 'joined', keyword),
  sets('--stack-first', 'stackFirst', true),
  sets('--no-stack-first', 'stackFirst', false),
  size('--global-base', 'globalBase'),
  size('--initial-memory', 'initialMemory'),
  size('--initial-heap', 'initialHeap'),
  size('--max-memory', 'maxMemory'),
  sets('--no-growable-memory', 'fixedMemory', true),
  row('--import-memory', 'optional', importMemory),
  row('--export-memory', 'optional', ({ link }, name) => {
    link.exportMemory = true;
    link.memoryName = name === '' ? 'memory' : name;
  }),
  sets('--shared-memory', 'sharedMemory', true),
  sets('--import-table', 'importTable', true),
  sets('--export-table', 'exportTable', true),
  sets('--growable-table', 'growableTable', true),
  size('--table-base', 'tableBase'),
  size('--page-size', 'pageSize'),
  row('-m', 'value', ({ link }, text) => {
    if (text !== 'wasm32' && text !== 'wasm64') return 'wasm32 or wasm64';
    link.wasm64 = text === 'wasm64';
    return undefined;
  }),
  // --- features ---
  commas('--features', 'features'),
  commas('--extra-features', 'extraFeatures'),
  sets('--check-features', 'checkFeatures', true),
  sets('--no-check-features', 'checkFeatures', false),
  // --- messages ---
  row('--error-limit', 'value', (draft, text) => {
    const limit = readSize(text);
    if (limit === null) return NOT_A_NUMBER;
    draft.errorLimit = limit;
    return undefined;
  }),
  flag('--fatal-warnings', (draft) => (draft.fatalWarnings = true)),
  flag('--no-fatal-warnings', (draft) => (draft.fatalWarnings = false)),
  flag('--demangle', (draft) => (draft.demangle = true)),
  flag('--no-demangle', (draft) => (draft.demangle = false)),
  flag('-t --trace', (draft) => (draft.trace = true)),
  flag('--verbose', (draft) => (draft.verbose = true)),
  flag('--help', (draft) => (draft.help = true)),
  flag('-v -V --version', (draft) => (draft.version = true)),
  row('--rsp-quoting', 'value', (draft, text) => {
    if (text !== 'posix' && text !== 'windows') {
      draft.complaints.push(`invalid response file quoting: ${text} (posix or windows)`);
    }
    draft.windowsQuoting = text === 'windows';
    return undefined;
  }),
  flag('--Bdynamic -Bdynamic --call_shared -call_shared --dy -dy', (draft) => (draft.isDynamic = true)),
  flag('--Bstatic -Bstatic --static -static --dn -dn --non_shared -non_shared', (draft) => (draft.isDynamic = false)),
  // --- without effect here ---
  ignored('--no-pie -no-pie', 'flag'),
  ignored('--no-color-diagnostics --no-shlib-sigcheck', 'flag'),
  row('--color-diagnostics', 'optional', (draft, text) => {
    if (!['', 'always', 'auto', 'never'].includes(text))
      draft.complaints.push(`unknown option: --color-diagnostics=${text}`);
  }),
  ignored('--mllvm -mllvm --rpath', 'value'),
  row('--threads', 'value', (draft, text) => {
    if (!/^[1-9]\d*$/.test(text)) draft.complaints.push(`--threads: expected a positive integer, but got '${text}'`);
  }),
  // They are about bitcode, which is refused where there is some.
  ignored('--lto-O0 --lto-O1 --lto-O2 --lto-O3', 'flag'),
  ignored('--lto-CGO0 --lto-CGO1 --lto-CGO2 --lto-CGO3', 'flag'),
  ignored('--lto-partitions --thinlto-cache-dir --thinlto-cache-policy --thinlto-jobs', 'value'),
  ignored('--lto-debug-pass-manager', 'flag'),
  // --- what this linker cannot do ---
  refused('--shared -shared --pie -pie --experimental-pic --Bsymbolic -Bsymbolic', 'flag'),
  refused('--save-temps', 'flag'),
  refused('--reproduce', 'value'),
  refused('--cooperative-threading', 'flag'),
];
