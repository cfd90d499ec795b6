/**
 * Zig's own linker for wasm: `zig build-exe -fno-llvm -fno-lld` with objects and archives in the place of a source.
 *
 * Owns the translation of wasm-ld's words. What has no such word is `unsupported`. It exports functions alone, so an object with the
 * addresses of variables goes along.
 */
import { installedZigs } from '../backend/zig/installed-zig.ts';
import type { ForeignLink, ForeignLinker } from './foreign-linker.ts';
import { addressObject, withAddresses } from './address-object.ts';
import { defectOfArchive, withFeatures } from './known-to-zig.ts';
import { OUTPUT, runLinker } from './run-linker.ts';
import { typeObject } from './type-object.ts';

/**
 * Every feature that an object may use: Zig refuses objects with features that the target lacks. And no library of Zig's own: from
 * 0.17 on Zig passes an f80 by its address, and refuses a link in which another library passes it in two i64, as 0.16 did.
 */
const TARGET = '-mcpu=bleeding_edge -fno-llvm -fno-lld -fno-compiler-rt -fno-ubsan-rt --color off'.split(' ');

/** Words that are the same in both. */
const SAME =
  /^--(?:export|global-base|initial-memory|max-memory|entry)=|^--(?:gc-sections|no-gc-sections|import-memory|export-memory|import-table|export-table|shared-memory)$/;

/** Words with another name there; null: what they ask for is what it does anyway. */
const OTHERS: Readonly<Record<string, string | null>> = {
  '--no-entry': '-fno-entry',
  '--strip-all': '-fstrip',
  '--strip-debug': '-fstrip',
  '--allow-undefined': '--import-symbols',
  '--import-undefined': '--import-symbols',
  '--export-dynamic': '-rdynamic',
  // The stack is always first.
  '--stack-first': null,
  '--no-stack-first': null,
};

/** How it says that it lacks something. */
const LACKS = /\bTODO\b|not (?:yet )?(?:supported|implemented)|unimplemented|unsupported|unrecognized/i;

/**
 * What LLD takes with a warning, and what Zig may refuse: a call of another signature than the function has is no program of C or Zig.
 */
const STRICTER = /function signature mismatch/;

/** Zig's own linker, in every version that is installed. */
export function zigLinkers(): readonly ForeignLinker[] {
  return installedZigs().map(({ version, path, environment }) => ({
    name: `zig-ld-${version}`,
    family: 'zig-ld',
    inputs: inputsOf,
    line(options, names, ptrBits) {
      const words = zigWords(options);
      const target = ['zig', 'build-exe', '-target', `wasm${ptrBits}-freestanding`, ...TARGET];
      return typeof words === 'string' ? null : [...target, ...words, ...names, '-femit-bin=a.wasm'].join(' ');
    },
    link(link) {
      const words = zigWords(link.options);
      if (typeof words === 'string') return { kind: 'unsupported', what: words };
      for (const bytes of link.files.values()) {
        const defect = defectOfArchive(bytes);
        if (defect !== null) return { kind: 'unsupported', what: defect };
      }
      const files = inputsOf(link);
      const target = ['build-exe', '-target', `wasm${link.ptrBits}-freestanding`, ...TARGET];
      const answer = runLinker(
        [path, ...target, ...words, ...files.keys(), `-femit-bin=${OUTPUT}`],
        files,
        environment,
      );
      const { variablesOf } = link;
      if (answer.kind === 'module' && variablesOf !== null)
        return { kind: 'module', bytes: withAddresses(answer.bytes, variablesOf) };
      if (answer.kind === 'module') return answer;
      if (answer.kind === 'unsupported') return answer;
      const { text } = answer;
      if (STRICTER.test(text)) return { kind: 'unsupported', what: 'a call of another signature' };
      const lack = text.split('\n').find((line) => LACKS.test(line));
      return lack === undefined ? answer : { kind: 'unsupported', what: withoutNames(lack) };
    },
  }));
}

/** `options` in Zig's words, or the one that it has not. */
export function zigWords(options: readonly string[]): readonly string[] | string {
  const words: string[] = [];
  for (let n = 0; n < options.length; n++) {
    const option = options[n]!;
    const other = OTHERS[option];
    const stack = option === '-z' ? /^stack-size=(\d+)$/.exec(options[++n] ?? '')?.[1] : undefined;
    if (stack !== undefined) words.push('--stack', stack);
    else if (SAME.test(option)) words.push(option);
    else if (other === undefined) return option.replace(/=.*/, '');
    else if (other !== null) words.push(other);
  }
  return words;
}

/** The inputs as it takes them, with the object that tells the addresses. */
function inputsOf({ files, variablesOf }: ForeignLink): ReadonlyMap<string, Uint8Array> {
  const table = variablesOf === null ? null : addressObject(variablesOf);
  const types = typeObject([...files.values()].filter(isObject));
  const more = [
    ['addresses.o', table],
    ['types.o', types],
  ] as const;
  const all = [...files, ...more.flatMap(([path, bytes]) => (bytes === null ? [] : [[path, bytes] as const]))];
  return new Map(all.map(([path, bytes]) => [path, isObject(bytes) ? withFeatures(bytes) : bytes]));
}

/** Whether `bytes` are an object, and no archive. */
function isObject(bytes: Uint8Array): boolean {
  return bytes[0] === 0;
}

/** A message without names and numbers, so that equal ones count together. */
function withoutNames(line: string): string {
  return line
    .replace(/'[^']*'/g, '…')
    .replace(/^error: /, '')
    .replace(/\d+/g, 'N')
    .slice(0, 80)
    .trim();
}
