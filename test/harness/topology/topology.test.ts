/** Decorated links: the tools that write them, what the check sees, the case file. */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/index.ts';
import type { Decoration, DecorationKind } from '../../../generators/index.ts';
import { coreSettings } from '../../../harness/backend/core/settings.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import type { Case } from '../../../harness/model/case.ts';
import { readCaseFile, writeCaseFile } from '../../../harness/case/case-file.ts';
import { NO_EXPECTATIONS } from '../../../harness/case/expectations.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { compareModules } from '../../../harness/check/compare-modules.ts';
import { readLinkedModule } from '../../../harness/wasm/linked-module.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { Assembler } from '../../../harness/topology/assembler.ts';
import { writeItem } from '../../../harness/topology/build-topology.ts';
import type { Item } from '../../../harness/topology/draft.ts';
import { wasmLdWords } from '../../../harness/backend/core/wasm-ld-words.ts';
import { linkWords, PLAIN_WORDS } from '../../../harness/topology/link-words.ts';
import { withMarkers } from '../../../harness/topology/markers.ts';
import type { ObjectModel } from '../../../harness/wasm/object-model.ts';
import { readObjectModel } from '../../../harness/wasm/read-object.ts';
import { writeObject } from '../../../harness/wasm/write-object.ts';
import { checks, PROGRAM, plain, read, decorated, topologyOf } from './decorated-program.ts';

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
    expect(compare(link(['--table-base=64', '--strip-all']), ['--table-base=64', '--strip-all'])).toBeNull();
    // What each has to say of itself.
    const customs = { kind: 'custom', what: 'custom sections' };
    expect(compare(link(['--strip-all']))).toMatchObject(customs);
    expect(compare(link(['--strip-all', '--keep-section=producers']), ['--strip-all'])).toMatchObject(customs);
    expect(compare(link(['--build-id']))).toMatchObject(customs);
    const [short, long] = ['--build-id=fast', '--build-id=sha1'];
    expect(compare(link([short]), [long])).toMatchObject({ kind: 'custom', what: 'custom section build_id' });
    expect(compare(link(['--build-id=0x12']), ['--build-id=0x13'])).toMatchObject({ ours: '0112', theirs: '0113' });
    expect(compare(link([short]), [short])).toBeNull();
    expect(compare(link(['--soname=a']), ['--soname=b'])).toMatchObject({ ours: '"a"', theirs: '"b"' });
    expect(compare(link(['--extra-features=sign-ext']))).toMatchObject({ what: 'custom section target_features' });
    expect(compare(link(['--export=h']))).toMatchObject({ kind: 'exports', ours: 'also function h' });
    expect(compare(link(['--import-memory']))).toMatchObject({ kind: 'exports', theirs: 'also memory memory' });
    expect(compare(link(['--import-memory', '--export-memory']))).toMatchObject({ kind: 'imports' });
    expect(compare(link(['--max-memory=1048576']))).toMatchObject({ kind: 'memory', what: 'limit of memory' });
    const table = { kind: 'exports', ours: 'also table __indirect_function_table' };
    expect(compare(link(['--export-table']))).toMatchObject(table);
    expect(compare(link(['--export-table']), ['--export-table', '--growable-table'])).toMatchObject({ kind: 'table' });
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

describe('the limit of memory', () => {
  const GROWING = `${PROGRAM}fn @grow() isize {\n  %0 = wasm_memory_grow 0 usize 1\n  ret %0\n}\n`.replace(
    '= @y',
    '= @y @grow',
  );
  const optionsOf = (text: string, options: readonly string[]): readonly string[] => {
    const case_ = read(text);
    return topologyOf({ ...case_, plan: { ...case_.plan, options } }).options;
  };

  test('is what the plan says, unless the program grows its memory', () => {
    const limits = ['--no-growable-memory', '--max-memory=33554432'];
    for (const limit of limits) {
      expect(optionsOf(PROGRAM, [limit])).toEqual([limit]);
      expect(optionsOf(GROWING, [limit])).toEqual([]);
    }
  });

  test('of a shared memory is beyond what a program may grow by', () => {
    expect(optionsOf(PROGRAM, ['--shared-memory'])).toEqual(['--shared-memory', '--max-memory=33554432']);
    expect(optionsOf(GROWING, ['--shared-memory'])).toEqual(['--shared-memory', '--max-memory=134217728']);
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
