/**
 * Decorated links: the tools that write them, each decoration by itself on both linkers, the mistakes, the case file, what
 * the generator reaches.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../../core/index.ts';
import type { Decoration, DecorationKind } from '../../../generators/index.ts';
import { EDIT_KINDS, GADGET_KINDS, MISTAKE_KINDS, OPTION_CHOICES } from '../../../generators/index.ts';
import { coreSettings } from '../../../harness/backend/core/settings.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import type { Case } from '../../../harness/model/case.ts';
import { objectName, readCaseFile, writeCaseFile } from '../../../harness/case/case-file.ts';
import { NO_EXPECTATIONS } from '../../../harness/case/expectations.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { compareModules } from '../../../harness/check/compare-modules.ts';
import { readLinkedModule } from '../../../harness/wasm/linked-module.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Topology } from '../../../harness/topology/build-topology.ts';
import { Assembler } from '../../../harness/topology/assembler.ts';
import { buildTopology, writeItem } from '../../../harness/topology/build-topology.ts';
import { countLink, formatCoverage } from '../../../harness/topology/coverage.ts';
import type { Item } from '../../../harness/topology/draft.ts';
import { isPlanOption } from '../../../harness/case/plan-options.ts';
import { wasmLdWords } from '../../../harness/backend/core/wasm-ld-words.ts';
import { linkWords, PLAIN_WORDS } from '../../../harness/topology/link-words.ts';
import { withMarkers } from '../../../harness/topology/markers.ts';
import type { ObjectModel } from '../../../harness/wasm/object-model.ts';
import { RELOCATION_TYPES } from '../../../harness/wasm/object-model.ts';
import { readObjectModel } from '../../../harness/wasm/read-object.ts';
import { writeObject } from '../../../harness/wasm/write-object.ts';

const PROGRAM = `;! case 1
;! link a.o = @f @g | b.o = @h @x | c.o = @y
;! run @f(7) = 2015
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = call @h(%0)
  %2 = load u32 *u32 &@y
  %3 = add %1, %2
  %4 = call @g(%3)
  ret %4
}
fn @g(u32) u32 {
  %0 = arg u32 0
  %1 = add %0, u32 1
  ret %1
}
fn @h(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@x
  %2 = add %0, %1
  ret %2
}
export var @x: u32 = 2000
var @y: u32 = 7
`;

const plain = read(PROGRAM);
const checks = await loadChecks(['topology', 'lld']);

function read(text: string): Case {
  const result = readCaseFile(text, 'test');
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value.case;
}

function decorated(decorations: readonly Decoration[], options: readonly string[] = []): Case {
  return { ...plain, plan: { ...plain.plan, decorations, options } };
}

function topologyOf({ unit, settings, plan }: Case): Topology {
  const parts = plan.parts.map((navs, n) => {
    const built = CORE_BACKEND.objects!.compile({
      unit,
      settings: coreSettings(settings),
      defines: new Set(navs),
      shared: true,
    });
    if (built.kind !== 'built') throw new Error(built.kind);
    return { name: objectName(n), bytes: built.bytes };
  });
  const { order, decorations = [], options = [] } = plan;
  return buildTopology({ parts, order, decorations, options });
}

function outcome(case_: Case): { readonly failed: readonly string[]; readonly ran: readonly string[] } {
  const report = runCase(case_, { backend: CORE_BACKEND, engines: [V8_ENGINE], checks, every: true });
  const failed = report.findings.map((finding) => `${bucketOf(finding)}\n${finding.detail}`);
  return { failed, ran: report.checks.map(({ name }) => name) };
}

function linked(items: readonly Item[], settings: Settings, options: readonly string[]): Uint8Array {
  const { words, files } = linkWords(items.map(writeItem), items, wasmLdWords(settings, options), PLAIN_WORDS);
  const built = CORE_BACKEND.command!.link(words, files);
  if (built.kind !== 'built') throw new Error(built.kind);
  return built.bytes;
}

/** An object that nobody needs. */
function deadObject(): ObjectModel {
  return new Assembler().data('nobody', [1, 2, 3]).model();
}

const VALUES = [0, 1, 2, 3, 7, 22, 101, 4095, 31337, 65535];
const SYMBOLS = ['f', 'g', 'h', 'x', 'y'];

describe('objects written by hand', () => {
  test('reading and writing an object again gives the same model', () => {
    const generate = generatorOf('link', null);
    for (let seed = 0; seed < 40; seed++) {
      const { inputs, refusals } = topologyOf(generate(seed));
      // What is wrong on purpose need not be readable.
      if (refusals.length > 0) continue;
      for (const { bytes } of inputs.filter(({ name }) => name.endsWith('.o'))) {
        const model = readObjectModel(bytes);
        expect(readObjectModel(writeObject(model))).toEqual(model);
      }
    }
  });

  test('the same plan gives the same bytes', () => {
    const generate = generatorOf('link', null);
    for (const seed of [1, 2, 3]) {
      expect(topologyOf(generate(seed)).inputs).toEqual(topologyOf(generate(seed)).inputs);
    }
  });
});

describe('a decoration by itself', () => {
  test.each(EDIT_KINDS)('%s keeps what the program does', (kind) => {
    let applied = 0;
    for (const symbol of kind === 'archive' || kind === 'join' ? [null] : SYMBOLS) {
      for (const value of [0, 1, 6, 4095]) {
        const case_ = decorated([{ kind, at: value % 5, symbol, value }]);
        applied += topologyOf(case_).applied.length;
        expect(outcome(case_).failed).toEqual([]);
      }
    }
    expect(applied).toBeGreaterThan(0);
  });

  test.each(GADGET_KINDS)('%s does what it says, in each of its forms', (kind) => {
    for (const value of VALUES) {
      const case_ = decorated([{ kind, at: value % 7, symbol: null, value }]);
      const { applied, probes, inspections } = topologyOf(case_);
      expect(applied).toEqual([kind]);
      // A decoy that is linked in is a duplicate; everything else is looked at.
      if (kind !== 'decoy-member') expect(probes.length + inspections.length).toBeGreaterThan(0);
      expect(outcome(case_)).toMatchObject({ failed: [], ran: expect.arrayContaining(['topology']) as unknown });
    }
  });

  test.each(MISTAKE_KINDS)('%s is refused with its code', (kind) => {
    for (const value of [0, 1, 2, 5]) {
      const case_ = decorated([{ kind, at: value, symbol: null, value }]);
      expect(topologyOf(case_).refusals).not.toEqual([]);
      expect(outcome(case_).failed).toEqual([]);
    }
  });

  test('an option by itself keeps what the program does', () => {
    for (const option of OPTION_CHOICES.flat()) {
      expect(isPlanOption(option)).toBe(true);
      expect(outcome(decorated([], [option])).failed).toEqual([]);
    }
    expect(outcome(decorated([], ['--shared-memory', '--no-check-features'])).failed).toEqual([]);
  });
});

describe('the check', () => {
  test('sees a probe that gives something else, and a mistake that is taken', () => {
    // A backend that links the plain objects, whatever it is asked.
    const settings = coreSettings(plain.settings);
    const object = CORE_BACKEND.objects!.compile({ unit: plain.unit, settings });
    if (object.kind !== 'built') throw new Error(object.kind);
    const lazy = {
      ...CORE_BACKEND,
      command: {
        ...CORE_BACKEND.command!,
        link: () => CORE_BACKEND.objects!.link([{ name: 'a.o', bytes: object.bytes }], settings),
      },
    };
    const buckets = (kind: DecorationKind): string[] => {
      const case_ = decorated([{ kind, at: 0, symbol: null, value: 0 }]);
      const report = runCase(case_, { backend: lazy, engines: [V8_ENGINE], checks: checks.slice(0, 1), every: true });
      return report.findings.map(bucketOf);
    };
    expect(buckets('tls')).toEqual(['linker/topology/result/tls-probe']);
    expect(buckets('bad-duplicate')).toEqual(['linker/topology/link-error/not-duplicate_symbol']);
  });

  test('two modules are compared by what they tell, and by each symbol', () => {
    const { items, objects } = withMarkers(topologyOf(decorated([])).items);
    const link = (options: readonly string[], inputs = items): Uint8Array => {
      return linked(inputs, coreSettings(plain.settings), options);
    };
    const compare = (ours: Uint8Array, options: readonly string[] = []): ReturnType<typeof compareModules> =>
      compareModules(ours, link(options), { objects, options });
    expect(compare(link([]))).toBeNull();
    expect(compare(link(['--table-base=64', '--strip-all']), ['--table-base=64'])).toBeNull();
    expect(compare(link(['--export=h']))).toMatchObject({ kind: 'exports', ours: 'also function h' });
    expect(compare(link(['--import-memory']))).toMatchObject({ kind: 'imports' });
    expect(compare(link(['--max-memory=1048576']))).toMatchObject({ kind: 'memory', what: 'limit of memory' });
    expect(compare(link(['--export-table']))).toMatchObject({ kind: 'table' });
    // One byte of code, of data, and of a relocated field.
    const damage = (edit: (bytes: Uint8Array) => void): Uint8Array => {
      const bytes = link([]);
      edit(bytes);
      return bytes;
    };
    const { bodies } = readLinkedModule(link([]));
    const call = link([]).indexOf(0x10, bodies[0]!.start);
    expect(compare(damage((bytes) => (bytes[bodies[1]!.end - 2]! ^= 1)))).toMatchObject({ kind: 'bytes' });
    expect(compare(damage((bytes) => (bytes[call + 1]! ^= 2)))).toMatchObject({
      kind: 'bytes',
      what: expect.stringContaining('FUNCTION_INDEX_LEB') as unknown,
    });
    expect(compare(damage((bytes) => (bytes[bytes.indexOf(0xd0, bodies.at(-1)!.end)]! ^= 1)))).toMatchObject({
      kind: 'bytes',
      ours: 'none that an input has',
    });
  });

  test('what is dead in one output alone is seen, and so is a datum at a wrong multiple', () => {
    const gadget = [{ kind: 'zeros', at: 0, symbol: null, value: 4095 } as const];
    const { items, objects } = withMarkers(topologyOf(decorated(gadget)).items);
    const bytes = linked(items, coreSettings(plain.settings), []);
    expect(compareModules(bytes, bytes, { objects, options: [] })).toBeNull();
    const dead = withMarkers([...items, { name: 'dead.o', model: deadObject() }]);
    const both = [true, false].map((gc) => linked(dead.items, { ...coreSettings(plain.settings), gc }, []));
    expect(compareModules(both[1]!, both[0]!, { objects: dead.objects, options: [] })).toMatchObject({
      kind: 'live',
      what: 'nobody is in one output alone',
    });
  });
});

describe('a case file', () => {
  const decorations: readonly Decoration[] = [
    { kind: 'comdat', at: 3, symbol: 'x', value: 17 },
    { kind: 'tls', at: 0, symbol: null, value: 0 },
  ];
  const options = ['--export-table', '-O2', '--strip-all'];
  const print = (case_: Case): string =>
    writeCaseFile({ case: case_, bucket: null, notes: [], expect: NO_EXPECTATIONS });

  test('holds decorations and options', () => {
    const text = print(decorated(decorations, options));
    expect(text).toContain(';! link +comdat 3 @x 17 | +tls 0 0 | with --export-table -O2 --strip-all\n');
    const again = read(text);
    expect(again.plan).toEqual({ ...plain.plan, decorations, options });
    // An option of the decorated link is no setting of the case.
    expect(again.settings).toEqual(plain.settings);
    expect(print(again)).toBe(text);
  });

  test.each([
    ['+nosuch 0 0', "unknown decoration 'nosuch'"],
    ['+comdat @x 0', 'expected'],
    ['+comdat 0 @nobody 0', 'no @nobody in this program'],
    ['with --nosuch', "unknown option or bad value '--nosuch'"],
    ['with --table-base=x', 'unknown option or bad value'],
  ])('refuses %s', (item, message) => {
    const result = readCaseFile(`;! link ${item}\n${PROGRAM}`, 'test');
    expect(result.ok ? [] : result.errors.map((error) => error.message).join()).toContain(message);
  });
});

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
  // Objects are joined outside of the command line, and help is for people.
  const said = (names: readonly string[]): boolean =>
    names.some((name) => words.has(name) || name === '-r' || name === '--help');
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

/** Names of each option that docs/linker.md describes and that has an effect. */
function documentedOptions(): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/linker.md'), 'utf8');
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
