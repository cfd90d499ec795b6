/**
 * A link as a command line: the same link in other words each time, so that the reader of the command line is fuzzed too.
 *
 * Owns the ways to say one thing: one dash or two, `=` or the next argument, short names, hexadecimal numbers, an option that
 * is overruled later, response files with quotes, libraries by search path, archives by their members, thin archives, and
 * options that change nothing. What an option means is nowhere here. wasm-ld gets the plain words (link-options.ts).
 */
import { RandomStream } from '../../generators/index.ts';
import type { NamedInput } from './build-topology.ts';
import { writeMembers } from './build-topology.ts';
import type { Item } from './draft.ts';
import { isArchiveItem } from './draft.ts';
import { writeArchive } from '../wasm/write-archive.ts';

/** A link as a command line. */
export interface CommandLine {
  readonly words: readonly string[];
  /** By path: inputs and response files. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was said, for counting: `--export VALUE`, `-export=`, `@FILE`. */
  readonly forms: readonly string[];
}

/** Seed of {@link linkWords} for the plain words. */
export const PLAIN_WORDS = 0;

/** Output of the command line. */
const OUTPUT = 'linked.wasm';

/** Short names. */
const SHORT: Readonly<Record<string, string>> = {
  '--strip-all': '-s',
  '--strip-debug': '-S',
  '--emit-relocs': '-q',
  '--export-dynamic': '-E',
  '--undefined': '-u',
  '--trace-symbol': '-y',
  '--trace': '-t',
  '--print-map': '-M',
  '--version': '-v',
  '--entry': '-e',
};

/** Options whose value, if any, must follow a `=`. */
const OPTIONAL: ReadonlySet<string> = new Set([
  '--import-memory',
  '--export-memory',
  '--build-id',
  '--color-diagnostics',
]);
/** Options whose value is a number, and another number that may be said before and does not count. */
const NUMBERS: Readonly<Record<string, string>> = {
  '--initial-heap': '131072',
  '--initial-memory': '33554432',
  '--max-memory': '67108864',
  '--table-base': '5',
  '--global-base': '2097152',
  '--page-size': '',
  '--error-limit': '7',
};

/** What may stand in front of the options of a plan and changes nothing there. */
const NEUTRAL: readonly string[] = [
  '--merge-data-segments',
  '--no-export-dynamic',
  '--error-unresolved-symbols',
  '--unresolved-symbols=report-all',
  '--no-allow-multiple-definition',
  '--check-features',
  '--no-print-gc-sections',
  '--print-gc-sections',
  '--no-fatal-warnings',
  '--no-whole-archive',
  '--threads=3',
  '--page-size=65536',
  '-m wasm32',
  '-mwasm32',
  '--error-limit=0',
  '--trace',
  '--verbose',
  '--print-map',
  '--Map=link.map',
  '--why-extract=why.txt',
  '--trace-symbol=run0',
  '--version',
  '--rsp-quoting=posix',
  '--build-id=none',
  '--demangle',
  '--no-demangle',
  '--no-color-diagnostics',
  '--color-diagnostics',
  '--color-diagnostics=never',
  '--no-shlib-sigcheck',
  '--library-path=nowhere',
  '--static',
  '-Bstatic',
  '-Bdynamic',
  '--dy',
  '--no-pie',
  '--threads=2',
  '-mllvm -debug-only',
  '--rpath=nowhere',
  '--allow-undefined-file=nothing.txt',
  '-L nowhere',
  '-Lnowhere',
  '--gc-sections',
  '-z stack-size=32768',
  '--stack-first',
];

/**
 * The link of `inputs` with `options` (plain words of wasm-ld) as words and files; `items` are what the inputs were written
 * of, by name, and `seed` chooses the words. {@link PLAIN_WORDS} gives those.
 */
export function linkWords(
  inputs: readonly NamedInput[],
  items: readonly Item[],
  options: readonly string[],
  seed: number,
): CommandLine {
  const files = new Map<string, Uint8Array>();
  const forms = new Set<string>();
  if (seed === PLAIN_WORDS) {
    for (const { name, bytes } of inputs) files.set(name, bytes);
    return { words: [...options, ...files.keys(), '-o', OUTPUT], files, forms: [] };
  }
  const r = new RandomStream(seed);
  const writer = new Writer(r, files, forms);
  const neutral: string[][] = [];
  for (let n = r.below(4); n > 0; n--) neutral.push(writer.option(r.pick(NEUTRAL)));
  const said = group(options).map((option) => writer.option(option));
  const names = inputs.map((input) =>
    writer.input(
      input,
      items.find(({ name }) => name === input.name),
    ),
  );
  // Later words overrule earlier ones, and an input may stand anywhere among the options.
  const groups = r.chance(128)
    ? [...neutral, ...said, ...names]
    : [...neutral, ...(r.chance(128) ? [...names, ...said] : mix(r, said, names))];
  groups.push(writer.form(r.pick([['-o', OUTPUT], [`-o${OUTPUT}`]]), '-o'));
  files.set('nothing.txt', new TextEncoder().encode('# nothing\n\n'));
  return { words: writer.respond(groups), files, forms: [...forms] };
}

/** The options, each with its value; `-z` has its value in a word of its own. */
function group(options: readonly string[]): string[] {
  const groups: string[] = [];
  for (let n = 0; n < options.length; n++) groups.push(options[n] === '-z' ? `-z ${options[++n]!}` : options[n]!);
  return groups;
}

/** `a` and `b` in one row, each in its own order. */
function mix<T>(r: RandomStream, a: readonly T[], b: readonly T[]): T[] {
  const row: T[] = [];
  let [i, k] = [0, 0];
  while (i < a.length || k < b.length) row.push(k === b.length || (i < a.length && r.chance(128)) ? a[i++]! : b[k++]!);
  return row;
}

class Writer {
  readonly #r: RandomStream;
  readonly #files: Map<string, Uint8Array>;
  readonly #forms: Set<string>;

  constructor(r: RandomStream, files: Map<string, Uint8Array>, forms: Set<string>) {
    this.#r = r;
    this.#files = files;
    this.#forms = forms;
  }

  /** Notes a form, and hands the words through. */
  form(words: string[], form: string): string[] {
    this.#forms.add(form);
    return words;
  }

  /** `option` (`--name`, `--name=value`, or a short one with its value) in some words. */
  option(option: string): string[] {
    const r = this.#r;
    if (!option.startsWith('--')) {
      const [name, value] = option.split(' ') as [string, string | undefined];
      if (value === undefined) return this.form([name], /^-[Om]/.test(name) ? name.slice(0, 2) : name);
      if (name === '-z' && r.chance(128)) return this.form([name + value], '-zVALUE');
      return this.form([name, value], `${name} VALUE`);
    }
    const equals = option.indexOf('=');
    const name = equals < 0 ? option : option.slice(0, equals);
    const short = SHORT[name];
    const dashed = r.chance(96) ? name.slice(1) : name;
    if (equals < 0) {
      return short !== undefined && r.chance(96) ? this.form([short], short) : this.form([dashed], dashed);
    }
    let value = option.slice(equals + 1);
    const words: string[] = [];
    const other = NUMBERS[name];
    if (other !== undefined) {
      if (r.chance(64)) value = `0x${Number(value).toString(16)}`;
      // What is said last counts; only sizes of memory must fit together, so only what is overruled may be odd.
      if (other !== '' && r.chance(48)) words.push(...this.form([`${name}=${other}`], `${name} twice`));
    }
    if (OPTIONAL.has(name)) return this.form([...words, `${dashed}=${value}`], `${dashed}=`);
    if (short !== undefined && value !== '' && r.chance(96)) {
      if (r.chance(128)) return this.form([...words, short + value], `${short}VALUE`);
      return this.form([...words, short, value], `${short} VALUE`);
    }
    if (r.chance(112)) return this.form([...words, dashed, value], `${dashed} VALUE`);
    return this.form([...words, `${dashed}=${value}`], `${dashed}=`);
  }

  /** An input in some words; `item` is what it was written of. */
  input({ name, bytes }: NamedInput, item: Item | undefined): string[] {
    const r = this.#r;
    if (item !== undefined && isArchiveItem(item)) {
      const members = writeMembers(item);
      // Members of one name cannot be files of one folder.
      const distinct = new Set(members.map((member) => member.name)).size === members.length;
      const way = distinct ? r.below(6) : 5;
      if (way === 0) {
        for (const member of members) this.#files.set(member.name, member.bytes);
        const [first, last] = r.chance(128) ? ['--start-lib', '--end-lib'] : ['-start-lib', '-end-lib'];
        return this.form([first, ...members.map((member) => member.name), last], first);
      }
      if (way === 1) {
        for (const member of members) this.#files.set(`thin/${member.name}`, member.bytes);
        this.#files.set(`thin/${name}`, writeArchive(members, 'thin'));
        return this.form([`thin/${name}`], 'thin archive');
      }
      // The archives of the program's own objects: all that is in them is needed.
      if (way === 3 && /^g\d+\.a$/.test(name)) {
        this.#files.set(name, bytes);
        return this.form(['--whole-archive', name, '--no-whole-archive'], '--whole-archive');
      }
      if (way === 2) {
        this.#files.set(`folder/lib${name}`, bytes);
        const library = `lib${name}`.replace(/^lib(.*)\.a$/, '$1');
        const search = r.pick([['-L', 'folder'], ['-Lfolder']]);
        const found = r.pick([[`-l${library}`], ['-l', library], [`-l:lib${name}`]]);
        return this.form(
          [...search, ...found],
          found.length === 2 ? '-l VALUE' : found[0]!.slice(0, 3).replace(/[^-l:]/, ''),
        );
      }
    }
    this.#files.set(name, bytes);
    return [name];
  }

  /** The words of `groups`, some of them in response files. */
  respond(groups: readonly (readonly string[])[]): string[] {
    const r = this.#r;
    if (!r.chance(64)) return groups.flat();
    const from = r.below(groups.length);
    const to = from + 1 + r.below(groups.length - from);
    const inner = groups.slice(from, to).flat();
    const isWindows = r.chance(48) && !inner.some((word) => /["\\]/.test(word));
    let text = inner.map((word) => quote(word, r, isWindows)).join(r.pick([' ', '\n', '\t', ' \r\n']));
    if (r.chance(48)) {
      this.#files.set('inner.rsp', new TextEncoder().encode(text));
      this.#forms.add('@FILE in @FILE');
      text = '@inner.rsp\n';
    }
    this.#files.set('words.rsp', new TextEncoder().encode(text));
    const style = isWindows ? this.form(['--rsp-quoting=windows'], '--rsp-quoting=windows') : [];
    return [
      ...style,
      ...groups.slice(0, from).flat(),
      ...this.form(['@words.rsp'], '@FILE'),
      ...groups.slice(to).flat(),
    ];
  }
}

/** `word` as a response file may have it. */
function quote(word: string, r: RandomStream, isWindows: boolean): string {
  const escaped = word.replace(/["\\]/g, '\\$&');
  const isPlain = /^[\w\-=.,:/@+]+$/.test(word);
  if (isPlain && r.chance(160)) return word;
  if (!isWindows && !word.includes("'") && r.chance(96)) return `'${word}'`;
  if (isPlain && r.chance(96)) {
    const at = 1 + r.below(word.length);
    return `${word.slice(0, at)}"${word.slice(at)}"`;
  }
  return `"${escaped}"`;
}
