/**
 * wasm-ld's command line to options and inputs.
 *
 * Owns the grammar: long options with one or two dashes, values joined by `=` or in the next argument, `-lNAME`, response
 * files. The options themselves are in option-table.ts. Pure: response files come from the caller.
 */
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { CommandDraft, OptionRow } from './option-table.ts';
import { NOT_A_NUMBER, OPTIONS } from './option-table.ts';

/** A command line that was read. */
export type Command = Readonly<CommandDraft>;

/** A command, or what is wrong with the line. */
export type CommandResult =
  { readonly ok: true; readonly value: Command } | { readonly ok: false; readonly error: Diagnostics };

/** How many errors are shown unless the line says otherwise. */
const DEFAULT_ERROR_LIMIT = 20;
/** Nesting of response files that no sane line has. */
const MAX_DEPTH = 16;

const BY_NAME: ReadonlyMap<string, OptionRow> = new Map(
  OPTIONS.flatMap((option) => option.names.map((name) => [name, option] as const)),
);

/** Names that begin an option whose value follows directly. */
const JOINED: readonly string[] = OPTIONS.filter(({ shape }) => shape === 'joined').flatMap(({ names }) => names);

/** Reads the arguments behind the name of the tool; `readText` gives the contents of a response file or null. */
export function readCommandLine(
  args: readonly string[],
  readText: (path: string) => string | null = () => null,
): CommandResult {
  const error = new Diagnostics();
  const draft: CommandDraft = {
    link: {},
    inputs: [],
    searchPaths: [],
    undefinedFiles: [],
    traceSymbols: [],
    unknownKeywords: [],
    complaints: [],
    given: new Set(),
    output: null,
    map: null,
    whyExtract: null,
    isRelocatable: false,
    hasRandomId: false,
    entry: 'default',
    errorLimit: DEFAULT_ERROR_LIMIT,
    fatalWarnings: false,
    demangle: true,
    printGc: false,
    printMap: false,
    trace: false,
    verbose: false,
    help: false,
    version: false,
    windowsQuoting: args.includes('--rsp-quoting=windows'),
    isDynamic: false,
    whole: false,
    lazy: false,
  };
  const all = expand(args, draft.windowsQuoting, readText, error, 0);
  for (let i = 0; i < all.length; i++) {
    const arg = all[i]!;
    // A variable of a build system that is empty, between quotes.
    if (arg === '') continue;
    if (!arg.startsWith('-') || arg === '-') {
      const { whole, lazy } = draft;
      draft.inputs.push({ kind: 'file', path: arg, whole, lazy });
      continue;
    }
    const found = findOption(arg);
    if (!found) {
      error.error('option_unknown', { option: arg }, OPTIONS_PLACE);
      continue;
    }
    const { option, name } = found;
    let value = found.value;
    const takesNext = option.shape === 'value' || option.shape === 'joined';
    if (value === null && takesNext) {
      const next = all[++i];
      if (next === undefined) {
        error.error('option_value_missing', { option: name }, OPTIONS_PLACE);
        continue;
      }
      value = next;
    }
    if (option.status === 'refused') {
      error.error('option_refused', { option: name }, OPTIONS_PLACE);
      continue;
    }
    draft.given.add(option.names.at(-1)!);
    const why = option.apply(draft, value ?? '');
    if (why === NOT_A_NUMBER) {
      const option = value === found.value ? arg : `${arg} ${value ?? ''}`;
      error.error('option_number', { option, value: value ?? '' }, OPTIONS_PLACE);
    } else if (why !== undefined) {
      error.error('option_invalid', { value: value ?? '', option: name, why }, OPTIONS_PLACE);
    }
  }
  checkCombinations(draft, error);
  finishDefaults(draft);
  return error.failed ? { ok: false, error } : { ok: true, value: draft };
}

const OPTIONS_PLACE = { in: 'options' } as const;

/** Options that exclude each other; `-r` is the first of a pair where the second makes sense for modules only. */
const EXCLUSIVE: readonly (readonly [first: string, second: string])[] = [
  ['--import-table', '--export-table'],
  ['-r', '--shared-memory'],
  ['-r', '--undefined'],
  ['-r', '--entry'],
  ['-r', '--compress-relocations'],
  ['-r', '--global-base'],
];

function checkCombinations({ given, complaints, isRelocatable, link }: CommandDraft, error: Diagnostics): void {
  if (isRelocatable) {
    for (const option of ['--export-table', '--growable-table']) {
      if (given.has(option)) error.error('option_not_relocatable', { option }, OPTIONS_PLACE);
    }
    if (link.gc === true) error.error('options_conflict', { first: '-r', second: '--gc-sections' }, OPTIONS_PLACE);
  }
  for (const [first, second] of EXCLUSIVE) {
    const has = (name: string): boolean => (name === '-r' ? isRelocatable : given.has(name));
    if (has(first) && has(second)) error.error('options_conflict', { first, second }, OPTIONS_PLACE);
  }
  for (const message of complaints) error.error('option_bad', { message }, OPTIONS_PLACE);
}

/** Defaults of wasm-ld that differ from those of a link inside of a program. */
function finishDefaults(draft: CommandDraft): void {
  const { link } = draft;
  if (draft.entry === 'default' && !draft.isRelocatable) link.entry = '_start';
  // An imported memory is exported only on demand.
  if (link.importMemory !== undefined && link.exportMemory === undefined) link.exportMemory = false;
}

interface Found {
  readonly option: OptionRow;
  readonly name: string;
  /** Null if the argument has none. */
  readonly value: string | null;
}

function findOption(arg: string): Found | null {
  const equals = arg.indexOf('=');
  const head = equals < 0 ? arg : arg.slice(0, equals);
  const option = lookUp(head);
  if (option && option.shape !== 'joined') {
    if (equals < 0) return { option, name: head, value: null };
    // -o=x is -o with the value "=x" nowhere; flags take no value.
    return option.shape === 'flag' ? null : { option, name: head, value: arg.slice(equals + 1) };
  }
  for (const name of JOINED) {
    if (arg.startsWith(name) && !arg.startsWith('--')) {
      const value = arg.slice(name.length);
      return { option: BY_NAME.get(name)!, name, value: value === '' ? null : value };
    }
  }
  // -ofile, -efoo, -ufoo, -mwasm64.
  for (const name of ['-o', '-e', '-u', '-m', '-y']) {
    if (arg.startsWith(name) && arg.length > name.length && !arg.startsWith('--')) {
      return { option: BY_NAME.get(name)!, name, value: arg.slice(name.length) };
    }
  }
  return null;
}

/** Long names have one or two dashes. */
function lookUp(name: string): OptionRow | undefined {
  return BY_NAME.get(name) ?? (/^-[a-z]\w/i.test(name) ? BY_NAME.get(`-${name}`) : undefined);
}

/** Replaces `@file` by the words of that file; a file that is not there stays as it is written. */
function expand(
  args: readonly string[],
  isWindows: boolean,
  readText: (path: string) => string | null,
  error: Diagnostics,
  depth: number,
): string[] {
  const all: string[] = [];
  for (const arg of args) {
    const text = arg.startsWith('@') && arg.length > 1 ? readText(arg.slice(1)) : null;
    if (text === null) {
      all.push(arg);
    } else if (depth === MAX_DEPTH) {
      error.error('response_file_cycle', { file: arg.slice(1) }, OPTIONS_PLACE);
    } else {
      // As many words as there are do not fit into the arguments of a call.
      for (const word of expand(splitWords(text, isWindows), isWindows, readText, error, depth + 1)) all.push(word);
    }
  }
  return all;
}

/** Words of a response file: separated by blanks; quotes group, a backslash escapes (in Windows quoting only a quote). */
export function splitWords(text: string, isWindows = false): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\\' && (!isWindows || text[i + 1] === '"') && quote !== "'" && i + 1 < text.length) {
      word = (word ?? '') + text[++i]!;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || (char === "'" && !isWindows)) {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== null) words.push(word);
  return words;
}
