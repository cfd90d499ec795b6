/** What the generator of decorated links reaches. */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DENSE_CHOICES,
  DROP_IN_CHOICES,
  DROP_IN_KINDS,
  EDIT_KINDS,
  GADGET_KINDS,
  MISTAKE_KINDS,
  OBJECT_KINDS,
  OBJECT_MISTAKE_KINDS,
  OPTION_CHOICES,
} from '../../../../generators/index.ts';
import { generatorOf } from '../../../../harness/case/generate.ts';
import { countLink, formatCoverage } from '../../../../harness/topology/coverage.ts';
import { wasmLdWords } from '../../../../harness/backend/core/wasm-ld-words.ts';
import { linkWords } from '../../../../harness/topology/link-words.ts';
import { RELOCATION_TYPES } from '../../../../harness/wasm/object-model.ts';
import { topologyOf } from '../../../harness/topology/decorated-program.ts';

test('the generator reaches every decoration, option, relocation type and pair of symbol flags', () => {
  const generate = generatorOf('link', null);
  const coverage = new Map<string, number>();
  const LINKS = 2500;
  const pairs = new Set<string>();
  const words = new Set<string>();
  for (let seed = 0; seed < LINKS; seed++) {
    const case_ = generate(seed);
    const topology = topologyOf(case_);
    const plainWords = wasmLdWords(case_.settings, topology.options);
    const { forms } = linkWords(topology.inputs, topology.items, plainWords, seed + 1);
    countLink(coverage, topology, forms);
    for (const form of forms) words.add(optionOf(form));
    for (const { symbols } of topology.models) {
      for (const { kind, flags } of symbols) {
        for (let a = 1; a < 0x400; a *= 2) {
          if ((flags & a) !== 0)
            for (let b = a; b < 0x400; b *= 2) if ((flags & b) !== 0) pairs.add(`${kind} ${a | b}`);
        }
      }
    }
  }
  process.stdout.write(`${formatCoverage(coverage, LINKS)}\n`);
  const missing = (prefix: string, names: readonly string[]): string[] =>
    names.filter((name) => !coverage.has(`${prefix}/${name}`));
  expect(missing('decoration', [...EDIT_KINDS, ...GADGET_KINDS, ...MISTAKE_KINDS])).toEqual([]);
  const options = OPTION_CHOICES.flat().map((option) => option.replace(/=.*/, ''));
  expect(missing('option', [...options, '--shared-memory', '--wrap', '--defsym', '--undefined', '-r'])).toEqual([]);
  // Objects are joined outside of the command line, help is for people, and wasm-ld does not have the last two.
  const others = ['-r', '--help', '--gc-custom-sections', '--no-gc-custom-sections'];
  // Drawn as one form with what it ends.
  if (words.has('--start-lib')) words.add('--end-lib');
  const said = (names: readonly string[]): boolean => names.some((name) => words.has(name) || others.includes(name));
  expect(documentedOptions().filter((names) => !said(names))).toEqual([]);
  const forms = [
    '@FILE',
    '@FILE in @FILE',
    '-zVALUE',
    '-uVALUE',
    '-u VALUE',
    '--export VALUE',
    '-export=',
    '-l VALUE',
    '-l:',
  ];
  expect(missing('word', [...forms, 'thin archive', '--max-memory twice', '--rsp-quoting=windows'])).toEqual([]);
  expect(
    missing(
      'reloc',
      RELOCATION_TYPES.map(([name]) => name),
    ),
  ).toEqual([]);
  expect(legalPairs().filter((pair) => !pairs.has(pair))).toEqual([]);
}, 240_000);

test('the profile of a drop-in reaches its decorations and options, and makes no mistakes', () => {
  const generate = generatorOf('drop-in', null);
  const coverage = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++) {
    const topology = topologyOf(generate(seed));
    expect(topology.refusals).toEqual([]);
    countLink(coverage, topology, []);
  }
  expect(DROP_IN_KINDS.filter((kind) => !coverage.has(`decoration/${kind}`))).toEqual([]);
  const options = [...DROP_IN_CHOICES, ...DENSE_CHOICES].flat().map((option) => option.replace(/=.*/, ''));
  expect(options.filter((option) => !coverage.has(`option/${option}`))).toEqual([]);
});

test('the profile of odd objects reaches its decorations and mistakes', () => {
  const generate = generatorOf('objects', null);
  const coverage = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++) {
    const topology = topologyOf(generate(seed));
    countLink(coverage, topology, []);
  }
  expect([...OBJECT_KINDS, ...OBJECT_MISTAKE_KINDS].filter((kind) => !coverage.has(`decoration/${kind}`))).toEqual([]);
});

/** Names of each option that docs/linker.md describes and that has an effect. */
function documentedOptions(): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/linker.md'), 'utf8');
  const [, options] = /\n## Options\n(.*?)\n## /s.exec(text)!;
  const rows = options!.split('\n').filter((line) => line.startsWith('- `-'));
  return rows.map((row) => [...row.split(/ VALUE|:| \[/)[0]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
}

/** `-export VALUE` as `--export`, `-zVALUE` as `-z`. */
function optionOf(form: string): string {
  const name = form.replace(/(VALUE| VALUE|=.*| twice)$/, '').trim();
  return /^-[a-zA-Z]{2}/.test(name) ? `-${name}` : name;
}

/** Kind and two flags (or one twice) that may go together, except explicit names of definitions, which mean nothing. */
function legalPairs(): string[] {
  const legal: string[] = [];
  const [WEAK, LOCAL, HIDDEN, UNDEFINED, EXPORTED, EXPLICIT, NO_STRIP, TLS] = [1, 2, 4, 16, 32, 64, 128, 256] as const;
  for (const kind of [0, 1, 2, 4, 5]) {
    const flags: number[] = [WEAK, LOCAL, HIDDEN, UNDEFINED, EXPORTED, NO_STRIP];
    if (kind === 1) flags.push(TLS);
    if (kind === 0 || kind === 2) flags.push(EXPLICIT);
    for (const a of flags) {
      for (const b of flags) {
        const both = a | b;
        const has = (x: number, y: number): boolean => (both & x) !== 0 && (both & y) !== 0;
        if (b < a || has(WEAK, LOCAL) || has(LOCAL, UNDEFINED) || has(LOCAL, EXPORTED)) continue;
        if (has(UNDEFINED, EXPORTED) || has(EXPLICIT, EXPORTED) || has(EXPLICIT, LOCAL)) continue;
        legal.push(`${kind} ${both}`);
      }
    }
  }
  return [...new Set(legal)];
}
