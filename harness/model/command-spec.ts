/**
 * What `--backend 'command:…'`, `--source` and `--witness` say, as one text and taken apart again.
 *
 * A back end is named by one text in setups, run folders and stores of buckets: `command[c]:mycc {source} -o {module}`, with
 * ` witness: BACKEND` behind it where there is one. Owns that text, how a command line is cut into words (quotes as in a shell, and
 * nothing else of a shell), and which placeholders it may have.
 */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { InputError } from './failure.ts';
import { quoted } from './shell-word.ts';

/** What a command gets of a program. */
export const SOURCES = ['air', 'wat', 'zig', 'c'] as const;
export type SourceName = (typeof SOURCES)[number];

/** A back end that is a command. */
interface CommandSpec {
  readonly source: SourceName;
  /** As the user wrote it. */
  readonly command: string;
  /** Another back end, whose vote a difference needs; null: none. */
  readonly witness: string | null;
}

/** What is meant by its name, whatever folder there is. */
const CORE = 'core';
const BEFORE = 'command';
const WITNESS = ' witness: ';
const FORM = /^command(?:\[([^\]]*)\])?:(.*)$/s;

/** Whether `spec` names a command. */
export function isCommandSpec(spec: string): boolean {
  return /^command(\[|:|$)/.test(spec);
}

/** The one text of a back end that the options `--backend`, `--source` and `--witness` name. */
export function specOfOptions(backend: string, source: string | null, witness: string | null): string {
  if (!isCommandSpec(backend)) {
    const option = source !== null ? '--source' : witness !== null ? '--witness' : null;
    if (option !== null) throw new InputError(`${option} goes with --backend 'command:…' only`);
    return backend;
  }
  const read = readCommandSpec(backend);
  if (source !== null && read.source !== null && read.source !== source) {
    throw new InputError(`--backend says the source is ${read.source}, and --source says ${source}`);
  }
  const chosen = source ?? read.source;
  if (chosen === null) {
    throw new InputError(`a command needs --source: what it is given of a program, one of ${SOURCES.join(', ')}`);
  }
  if (witness !== null && isCommandSpec(witness) && witness.includes(WITNESS)) {
    throw new InputError('--witness: a witness has no witness');
  }
  const second = witness ?? read.witness;
  // Whose own options are not there gets the same source.
  const whole = second?.replace(/^command:/, `${BEFORE}[${chosen}]:`) ?? null;
  return `${BEFORE}[${chosen}]:${read.command}${whole === null ? '' : WITNESS + whole}`;
}

/**
 * `spec` as it can be used in any folder: paths of files that are there from `cwd` in full. Of a command, its words; the program alone is
 * looked for on PATH, unless its name has a slash.
 */
export function absoluteSpec(spec: string, cwd: string): string {
  const isFile = (path: string): boolean => !isAbsolute(path) && existsSync(join(cwd, path));
  if (!isCommandSpec(spec)) return spec !== CORE && isFile(spec) ? join(cwd, spec) : spec;
  const [, head = '', rest = ''] = /^(command(?:\[[^\]]*\])?:)(.*)$/s.exec(spec) ?? [];
  let isFirst = true;
  const words = rest.replace(/[^\s'"\\]+/g, (word) => {
    const isProgram = isFirst && !word.includes('/');
    isFirst = word === 'witness:';
    const [, before = '', path = ''] = /^(command(?:\[[^\]]*\])?:)?(.*)$/s.exec(word)!;
    return !isProgram && path !== '' && isFile(path) ? `${before}${join(cwd, path)}` : word;
  });
  return `${head}${words}`;
}

/** `spec` as options of a command line, with a blank before each; nothing for core. */
export function optionsOfSpec(spec: string): string {
  if (spec === CORE) return '';
  if (!isCommandSpec(spec)) return ` --backend ${quoted(spec)}`;
  const { source, command, witness } = readCommandSpec(spec);
  const second = witness === null ? '' : ` --witness ${quoted(witness.replace(`${BEFORE}[${source}]:`, `${BEFORE}:`))}`;
  return ` --backend ${quoted(`${BEFORE}:${command}`)}${source === null ? '' : ` --source ${source}`}${second}`;
}

/** Takes `spec` apart. `source`: null where the text does not say it. Throws InputError. */
export function readCommandSpec(spec: string): Omit<CommandSpec, 'source'> & { readonly source: SourceName | null } {
  const match = FORM.exec(spec);
  if (match === null) throw new InputError(`'${spec}' is no command: it is command:PROGRAM {source} -o {module}`);
  const [, named, rest] = match;
  const source = SOURCES.find((one) => one === named) ?? null;
  if (named !== undefined && source === null) {
    throw new InputError(`a command's source is one of ${SOURCES.join(', ')}, not '${named}'`);
  }
  const at = rest!.indexOf(WITNESS);
  const command = at < 0 ? rest! : rest!.slice(0, at);
  requirePlaceholders(splitWords(command), command);
  return { source, command: command.trim(), witness: at < 0 ? null : rest!.slice(at + WITNESS.length) };
}

function requirePlaceholders(words: readonly string[], command: string): void {
  if (words.length === 0) throw new InputError('command: names no program');
  const has = (name: string): boolean => words.some((word) => word.includes(`{${name}}`));
  const unknown = words
    .flatMap((word) => [...word.matchAll(/\{(\w+)\}/g)])
    .find(([, name]) => !PLACEHOLDERS.has(name!));
  if (unknown !== undefined) {
    throw new InputError(`the command has {${unknown[1]}}; it may have {source} and {module} or {object}, or {list}`);
  }
  const outputs = ['module', 'object'].filter(has).length;
  if (has('list') ? has('source') || outputs > 0 : !has('source') || outputs !== 1) {
    const forms = '{source} and one of {module} and {object}, or {list} alone';
    throw new InputError(`the command needs ${forms}: ${command.trim()}`);
  }
}

const PLACEHOLDERS: ReadonlySet<string> = new Set(['source', 'module', 'object', 'list']);

/** Whether the command `words` writes an object, which others link. */
export function writesObject(words: readonly string[]): boolean {
  return words.some((word) => word.includes('{object}'));
}

/** Words of a command line: blanks part them, '…' and "…" keep blanks, a backslash keeps the next character. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let n = 0; n < text.length; n++) {
    const char = text[n]!;
    if (char === '\\' && quote !== "'" && n + 1 < text.length) {
      word = (word ?? '') + text[++n]!;
    } else if (quote !== null) {
      if (char === quote) quote = null;
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== null) throw new InputError(`a quote ${quote} of the command has no end: ${text.trim()}`);
  if (word !== null) words.push(word);
  return words;
}
