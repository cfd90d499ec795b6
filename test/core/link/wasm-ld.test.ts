/** What wasm-ld does and a linker can get wrong without any program of ours noticing: one test for each kind. */
import { describe, expect, test } from '@jest/globals';
import type { LinkOutcome } from '../../../core/link/link-command.ts';
import { runLinkCommand } from '../../../core/link/link-command.ts';
import { joinObjects, linkObjects } from '../../../core/link/linker.ts';
import { writeArchive } from './archive-writer.ts';
import type { HandObject } from './hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, K, P5 } from './hand-object.ts';
import { expectLinked, run } from './hand-program.ts';
import { input, link, moduleOf, section } from './link-hand.ts';

const SLEB = 4;
const GLOBAL_INDEX = 7;
const GNU = { kind: 'gnu', index: true } as const;

/** Exports `f`, which calls the functions of the other symbols. */
function calls(...names: readonly (readonly [name: string, module?: string])[]): HandObject {
  const { body, relocs } = callsBody(names.map((_, i) => i + 1));
  return {
    types: [[[], []]],
    funcImports: names.map(([name, module]) =>
      module === undefined ? ([name, 0] as const) : ([name, 0, module] as const),
    ),
    funcs: [{ type: 0, body, relocs }],
    symbols: [
      { kind: K.func, flags: F.exported, index: names.length, name: 'f' },
      ...names.map((_, index) => ({ kind: K.func, flags: F.undef, index })),
    ],
  };
}

function defines(name: string, value: number, flags = 0): HandObject {
  return {
    types: [[[], [I32]]],
    funcs: [{ type: 0, body: constantBody(value) }],
    symbols: [{ kind: K.func, flags, index: 0, name }],
  };
}

const NOTHING: HandObject = {
  types: [[[], []]],
  funcs: [{ type: 0, body: [0, 0x0b] }],
  symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'f' }],
};

function bytesOf(result: ReturnType<typeof joinObjects>): Uint8Array<ArrayBuffer> {
  expect(result.ok).toBe(true);
  return new Uint8Array(result.ok ? result.bytes : []);
}

function codes(result: ReturnType<typeof link>): string[] {
  return result.ok ? result.warnings.list.map(({ code }) => code) : result.error.list.map(({ code }) => code);
}

function command(files: Readonly<Record<string, Uint8Array>>, ...args: readonly string[]): LinkOutcome {
  return runLinkCommand(args, { read: (path) => files[path] ?? null });
}

describe('an import module without a name', () => {
  test('is that of the import, where the function may be one', () => {
    expect(WebAssembly.Module.imports(moduleOf([calls(['g', 'host'])], { undefinedPolicy: 'import' }))).toEqual([
      { module: 'host', name: 'g', kind: 'function' },
    ]);
    expect(codes(link([calls(['g', 'host'])]))).toEqual(['undefined_symbol']);
  });

  test('has to be the same everywhere', () => {
    const other = {
      ...calls(['g', 'guest']),
      symbols: [{ kind: K.func, flags: 0, index: 1, name: 'h' }, calls(['g']).symbols![1]!],
    };
    const result = link([calls(['g', 'host']), other], { undefinedPolicy: 'import' });
    expect(codes(result)).toEqual(['import_conflict']);
    expect(result.ok ? '' : result.error.text()).toContain(
      'import module mismatch for symbol: g\n>>> defined as host in 0.o\n>>> defined as guest in 1.o',
    );
  });
});

describe('custom sections of an archive member', () => {
  const dead = {
    ...calls(['g']),
    symbols: [{ kind: K.func, flags: 0, index: 1, name: 'dead' }, ...calls(['g']).symbols!.slice(1)],
  };
  const member: HandObject = {
    ...NOTHING,
    symbols: [{ kind: K.func, flags: 0, index: 0, name: 'g' }],
    customs: [{ name: 'info', bytes: [1, 2] }],
  };
  const archive = writeArchive([{ name: 'g.o', bytes: handObject(member), symbols: ['g'] }], GNU);
  const files = { 'main.o': handObject(NOTHING), 'dead.o': handObject(dead), 'lib.a': archive };

  test('stay, even if only dead code mentions the member', () => {
    const [module] = command(files, 'main.o', 'dead.o', 'lib.a', '--no-entry').files;
    expect(section(new WebAssembly.Module(module!.bytes), 'info')).toEqual([Uint8Array.of(1, 2)]);
  });

  test('go with it if that is asked for', () => {
    const [module] = command(files, 'main.o', 'dead.o', 'lib.a', '--no-entry', '--gc-custom-sections').files;
    expect(section(new WebAssembly.Module(module!.bytes), 'info')).toEqual([]);
  });

  test('of llvm-cov begin at multiples of eight', () => {
    const covered = (name: string, bytes: readonly number[]): HandObject => ({
      ...NOTHING,
      symbols: [{ kind: K.func, flags: F.exported, index: 0, name }],
      customs: [{ name: '__llvm_covfun', bytes }],
    });
    const joined = Uint8Array.of(1, 2, 3, 0, 0, 0, 0, 0, 4);
    const objects = [covered('f', [1, 2, 3]), covered('g', [4])];
    expect(section(moduleOf(objects), '__llvm_covfun')).toEqual([joined]);
    const both = joinObjects(objects.map((object, i) => input(`${i}.o`, object)));
    expect(section(new WebAssembly.Module(bytesOf(both)), '__llvm_covfun')).toEqual([joined]);
  });
});

test('a thread-local datum without threads: its place in the block, and its address through a global', () => {
  const body = (relocation: number, opcode: number): NonNullable<HandObject['funcs']> => [
    { type: 0, body: [0, opcode, ...P5, 0x0b], relocs: [{ at: 2, type: relocation, index: 1 }] },
  ];
  const object = (name: string, relocation: number, opcode: number): HandObject => ({
    types: [[[], [I32]]],
    funcs: body(relocation, opcode),
    data: [
      { name: '.tdata.a', bytes: [1, 0, 0, 0], align: 2, flags: 2 },
      { name: '.tdata.b', bytes: [2, 0, 0, 0], align: 2, flags: 2 },
    ],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name },
      { kind: K.data, flags: F.tls | F.local, index: 1, name: 'b', offset: 0, size: 4 },
      { kind: K.data, flags: F.tls | F.local | F.noStrip, index: 0, name: 'a', offset: 0, size: 4 },
    ],
    features: ['+atomics', '+bulk-memory'],
  });
  const { bytes } = expectLinked(link([object('f', SLEB, 0x41)], { globalBase: 2048, stackFirst: false }));
  expect(run(bytes).call('f')).toBe(4);
  const global = expectLinked(link([object('f', GLOBAL_INDEX, 0x23)], { globalBase: 2048, stackFirst: false }));
  expect(run(global.bytes).call('f')).toBe(2052);
});

test('the begin of the thread-local block changes with threads only', () => {
  const sets: HandObject = {
    ...NOTHING,
    types: [[[], []]],
    globalImports: [['__tls_base', I32, 1]],
    funcs: [{ type: 0, body: [0, 0x41, 8, 0x24, ...P5, 0x0b], relocs: [{ at: 4, type: GLOBAL_INDEX, index: 1 }] }],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name: 'f' },
      { kind: K.global, flags: F.undef, index: 0 },
    ],
    features: ['+atomics', '+bulk-memory', '+mutable-globals'],
  };
  const result = link([sets]);
  expect(result.ok ? '' : result.error.text()).toMatch(
    /^\S+:0x[0-9a-f]+: error: the object sets __tls_base, which does not change without --shared-memory$/,
  );
  const shared = expectLinked(link([sets], { sharedMemory: true, maxMemory: 2 ** 24 }));
  expect(WebAssembly.validate(Uint8Array.from(shared.bytes))).toBe(true);
});

describe('borders of a section that no object mentions', () => {
  const object: HandObject = { ...NOTHING, data: [{ name: 'parts', bytes: [1, 2, 3], flags: 4 }] };

  test.each([
    ['exports', { exports: ['__start_parts', '__stop_parts'] }],
    ['exportIfDefined', { exportIfDefined: ['__start_parts', '__stop_parts'] }],
  ])('may be asked for with %s', (_, options) => {
    const { exports } = new WebAssembly.Instance(moduleOf([object], options));
    const at = (name: string): number => Number((exports[name] as WebAssembly.Global).value);
    expect(at('__stop_parts') - at('__start_parts')).toBe(3);
  });

  test.each([
    '--undefined=__start_parts',
    '--entry=__start_parts',
    '--defsym=x=__start_parts',
    '--export=__stop_parts',
  ])('may be named by %s', (option) => {
    expect(
      command({ 'a.o': handObject(object) }, 'a.o', option, ...(option.startsWith('--entry') ? [] : ['--no-entry'])),
    ).toMatchObject({
      exitCode: 0,
    });
  });

  test('are no error where the section is not there either', () => {
    expect(codes(link([NOTHING], { exports: ['__start_parts'] }))).toEqual(['export_missing']);
    expect(codes(link([NOTHING], { exportIfDefined: ['__start_parts'], undefined: ['__stop_parts'] }))).toEqual([]);
  });
});

describe('constructors', () => {
  const setter: HandObject = {
    types: [[[], []]],
    globalImports: [['count', I32, 1]],
    funcs: [{ type: 0, body: [0, 0x41, 7, 0x24, ...P5, 0x0b], relocs: [{ at: 4, type: GLOBAL_INDEX, index: 1 }] }],
    symbols: [
      { kind: K.func, flags: 0, index: 0, name: 'init' },
      { kind: K.global, flags: F.undef, index: 0 },
    ],
  };
  const main: HandObject = {
    types: [
      [[], []],
      [[], [I32]],
    ],
    funcImports: [['init', 0]],
    globals: [[I32, 1, 0x41, 0, 0x0b]],
    funcs: [{ type: 1, body: [0, 0x23, ...P5, 0x0b], relocs: [{ at: 2, type: GLOBAL_INDEX, index: 1 }] }],
    symbols: [
      { kind: K.func, flags: F.exported, index: 1, name: 'f' },
      { kind: K.global, flags: 0, index: 0, name: 'count' },
      { kind: K.func, flags: F.undef, index: 0 },
    ],
    initFuncs: [[1, 2]],
  };

  test('may be declared in one object and defined in another', () => {
    expect(run(expectLinked(link([main, setter])).bytes).call('f')).toBe(7);
    const joined = bytesOf(joinObjects([input('main.o', main)]));
    const linked = linkObjects([{ name: 'joined.o', bytes: joined }, input('setter.o', setter)]);
    expect(run(expectLinked(linked).bytes).call('f')).toBe(7);
  });

  test('that nobody defines are undefined symbols, or imports', () => {
    expect(codes(link([main]))).toEqual(['undefined_symbol']);
    const module = moduleOf([main], { undefinedPolicy: 'import' });
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'init', kind: 'function' }]);
  });
});

test('a data symbol may be larger than the rest of its segment', () => {
  const object: HandObject = {
    ...NOTHING,
    data: [{ name: '.data.x', bytes: [1, 2, 3, 4] }],
    symbols: [...NOTHING.symbols!, { kind: K.data, flags: F.exported, index: 0, name: 'x', offset: 2, size: 100 }],
  };
  expect(link([object]).ok).toBe(true);
});

test('a feature that one object requires, all have to use', () => {
  const other = { ...defines('g', 1), features: ['+atomics'] };
  const result = link([{ ...NOTHING, features: ['=simd128'] }, other]);
  expect(codes(result)).toEqual(['feature_required']);
  expect(
    link([
      { ...NOTHING, features: ['=simd128'] },
      { ...other, features: ['+simd128'] },
    ]).ok,
  ).toBe(true);
  expect(link([{ ...NOTHING, features: ['=simd128'] }, other], { checkFeatures: false }).ok).toBe(true);
});

describe('a name to export that nothing defines', () => {
  test.each([
    [{}, ['export_missing']],
    [{ undefinedPolicy: 'warn' }, ['export_missing']],
    [{ undefinedPolicy: 'import' }, []],
    [{ undefinedPolicy: 'ignore' }, []],
    [{ allowUndefined: ['missing'] }, []],
  ] as const)('is what the options make of undefined names: %j', (options, expected) => {
    const result = link([NOTHING], { exports: ['missing'], ...options });
    expect(codes(result)).toEqual(expected);
    expect(result.ok).toBe(!('length' in options) && (expected.length === 0 || 'undefinedPolicy' in options));
  });
});

test('what nobody uses is imported where nothing is collected', () => {
  const types = [[[], []]] as const;
  const object: HandObject = {
    ...NOTHING,
    types,
    funcImports: [['func', 0]],
    globalImports: [['global', I32, 0]],
    tableImports: [['table', [0, 1], 0x6f]],
    tagImports: [['tag', 0]],
    symbols: [
      { kind: K.func, flags: F.exported, index: 1, name: 'f' },
      ...[K.func, K.global, K.table, K.tag].map((kind) => ({ kind, flags: F.undef, index: 0 })),
    ],
  };
  const names = (gc: boolean, undefinedPolicy: 'import' | 'error' | 'warn' | 'ignore'): string[] =>
    WebAssembly.Module.imports(moduleOf([object], { gc, undefinedPolicy })).map(({ name }) => name);
  expect(names(false, 'import').sort()).toEqual(['func', 'global', 'table', 'tag']);
  expect(names(true, 'import')).toEqual([]);
  for (const policy of ['error', 'warn', 'ignore'] as const) expect(names(false, policy)).toEqual([]);
});

describe('what only custom sections mention and nobody defines', () => {
  const MEMORY_I32 = 5;
  const FUNCTION_INDEX_I32 = 26;
  const types = [[[], []]] as const;
  const object: HandObject = {
    ...NOTHING,
    types,
    funcImports: [['func', 0]],
    symbols: [
      { kind: K.func, flags: F.exported, index: 1, name: 'f' },
      { kind: K.func, flags: F.undef, index: 0 },
      { kind: K.data, flags: F.undef, index: 0, name: 'datum' },
    ],
    customs: [
      {
        name: '.debug_info',
        bytes: new Array<number>(8).fill(0),
        relocs: [
          { type: FUNCTION_INDEX_I32, at: 0, index: 1 },
          { type: MEMORY_I32, at: 4, index: 2, addend: 0 },
        ],
      },
    ],
  };
  const messages = (options: Parameters<typeof link>[1]): string[] => {
    const result = link([object], options);
    return (result.ok ? result.warnings : result.error).list.map(({ message }) => message);
  };

  test('is undefined where nothing is collected, also if debug sections go', () => {
    const both = ['undefined symbol: func', 'undefined symbol: datum'];
    expect(messages({ gc: false })).toEqual(both);
    expect(messages({ gc: false, stripDebug: true })).toEqual(both);
    expect(messages({ gc: false, undefinedPolicy: 'warn' })).toEqual(both);
    expect(messages({ gc: false, importUndefined: true })).toEqual(['undefined symbol: datum']);
    expect(messages({ gc: false, undefinedPolicy: 'import' })).toEqual([]);
  });

  test('is not there otherwise', () => {
    expect(messages({})).toEqual([]);
  });
});

describe('relocatable output', () => {
  const featured: HandObject = { ...NOTHING, features: ['+sign-ext'], producers: [['language', 'C', '11']] };
  const files = { 'a.o': handObject(featured) };
  const sections = (name: string, ...args: string[]): number[][] => {
    const [file] = command(files, 'a.o', '-r', '-o', 'b.o', ...args).files;
    return section(new WebAssembly.Module(file!.bytes), name).map((bytes) => [...bytes]);
  };
  const names = (bytes: readonly number[]): string => String.fromCharCode(...bytes);

  test('has the features that are asked for', () => {
    expect(names(sections('target_features', '--features=atomics,simd128')[0]!)).toBe(
      '\u0002+\u0007atomics+\u0007simd128',
    );
    expect(names(sections('target_features', '--extra-features=atomics')[0]!)).toBe(
      '\u0002+\u0007atomics+\u0008sign-ext',
    );
  });

  test('has a build id, and loses what is stripped', () => {
    expect(sections('build_id', '--build-id=0xabc')).toEqual([[2, 0xab, 0xc]]);
    for (const name of ['name', 'producers', 'target_features']) {
      expect(sections(name, '--strip-all')).toEqual([]);
      expect(sections(name, '--strip-all', `--keep-section=${name}`)).toHaveLength(1);
    }
    expect(sections('linking', '--strip-all')).toHaveLength(1);
  });
});

describe('names of the command line that lead to one another', () => {
  const data: HandObject = {
    ...NOTHING,
    data: [{ name: '.data.d', bytes: [1, 2, 3, 4] }],
    symbols: [...NOTHING.symbols!, { kind: K.data, flags: 0, index: 0, name: 'd', offset: 1, size: 1 }],
  };
  const files = { 'f.o': handObject(data) };
  const chain = (count: number, end: string): string[] =>
    Array.from({ length: count }, (_, i) => `--defsym=n${i}=${i + 1 === count ? end : `n${i + 1}`}`);
  const address = (...args: string[]): unknown => {
    const { files: written, stderr } = command(files, 'f.o', '--no-entry', ...args);
    expect(stderr).toEqual([]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(written[0]!.bytes)));
    return (exports['n0'] as WebAssembly.Global).value;
  };

  test('may be very many', () => {
    expect(address('--export=n0', ...chain(20_000, '1234'))).toBe(1234);
    expect(address('--export=n0', ...chain(20_000, 'd'))).toBe(address('--export=n0', '--defsym=n0=d'));
  });

  test('go round in a circle, or lead nowhere: each is said once', () => {
    for (const args of [chain(20_000, 'n0'), chain(3, 'n1'), chain(3, 'none')]) {
      const { exitCode, stderr } = command(files, 'f.o', '--no-entry', '--export=n0', ...args);
      expect(exitCode).toBe(1);
      expect(stderr).toHaveLength(1);
      expect(stderr[0]).toMatch(/symbol n\d+ is defined as (?:n\d+|none), which is not defined/);
    }
  });

  test('mean the same in relocatable output', () => {
    const ask = calls(['n0']);
    const given = {
      'f.o': handObject({ ...data, symbols: [{ ...NOTHING.symbols![0]!, name: 'h' }, data.symbols![1]!] }),
    };
    const objects = { ...given, 'g.o': handObject(ask) };
    const [object] = command(objects, 'f.o', 'g.o', '-r', ...chain(3, 'h')).files;
    expect(linkObjects([{ name: 'o', bytes: object!.bytes }]).ok).toBe(true);
    const refused = command(objects, 'f.o', '-r', ...chain(3, 'none'));
    expect(refused.stderr[0]).toContain('symbol n0 is defined as n1, which is not defined');
    expect(command(objects, 'f.o', '-r', ...chain(3, 'n0')).exitCode).toBe(1);
  });
});

describe('relocatable output with a name that is wrapped', () => {
  const define = (name: string, value: number): HandObject => defines(name, value);
  /** Exports `f`, which gives what `name` gives; with `own`, that is a definition of the same object. */
  const asks = (name: string, own: number | null): HandObject => ({
    types: [[[], [I32]]],
    ...(own === null ? { funcImports: [[name, 0]] } : {}),
    funcs: [
      ...(own === null ? [] : [{ type: 0, body: constantBody(own) }]),
      { type: 0, body: [0, 0x10, ...P5, 0x0b], relocs: [{ at: 2, type: 0, index: 0 }] },
    ],
    symbols: [
      { kind: K.func, flags: own === null ? F.undef : 0, index: 0, ...(own === null ? {} : { name }) },
      { kind: K.func, flags: F.exported, index: 1, name: 'f' },
    ],
  });
  const joined = (...objects: HandObject[]): Uint8Array<ArrayBuffer> =>
    bytesOf(
      joinObjects(
        objects.map((object, i) => input(`${i}.o`, object)),
        { wrap: ['x'] },
      ),
    );
  const gives = (bytes: Uint8Array, ...others: HandObject[]): unknown => {
    const inputs = [{ name: 'joined.o', bytes }, ...others.map((object, i) => input(`other${i}.o`, object))];
    return run(expectLinked(linkObjects(inputs)).bytes).call('f');
  };

  test('asks for a wrapper that is not there yet, under its own name', () => {
    for (const bytes of [joined(asks('x', null)), joined(asks('x', null), define('x', 1)), joined(asks('x', 1))]) {
      expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ name }) => name)).toContain('__wrap_x');
      expect(gives(bytes, define('__wrap_x', 2))).toBe(2);
    }
  });

  test('keeps the definition that only others may want', () => {
    const bytes = joined(asks('x', 1), define('__wrap_x', 2));
    expect(gives(bytes)).toBe(2);
    const other = {
      ...asks('x', null),
      symbols: [asks('x', null).symbols![0]!, { ...asks('x', null).symbols![1]!, name: 'g' }],
    };
    const inputs = [{ name: 'joined.o', bytes }, input('other.o', other)];
    expect(run(expectLinked(linkObjects(inputs)).bytes).call('g')).toBe(1);
  });
});

describe('the command', () => {
  const files = {
    'f.o': handObject(NOTHING),
    'a.o': handObject(calls(['missing'], ['g'])),
    'lib.a': writeArchive([{ name: 'g.o', bytes: handObject(defines('g', 1)), symbols: ['g'] }], GNU),
    'lib.imports': new TextEncoder().encode('missing\n'),
    'libx.a': writeArchive(
      [
        {
          name: 'g.o',
          bytes: handObject({ ...NOTHING, symbols: [{ kind: K.func, flags: 0, index: 0, name: 'g' }] }),
          symbols: ['g'],
        },
      ],
      GNU,
    ),
  };

  test('says why members were taken, also when the link fails', () => {
    const { exitCode, files: written } = command(files, 'a.o', 'libx.a', '--no-entry', '--why-extract=why.txt');
    expect(exitCode).toBe(1);
    expect(written.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)])).toEqual([
      ['why.txt', 'reference\textracted\tsymbol\na.o\tlibx.a(g.o)\tg\n'],
    ]);
  });

  test('takes names that may be undefined from the file beside an archive', () => {
    const beside = { ...files, 'libx.imports': files['lib.imports'] };
    const { exitCode, files: written } = command(beside, 'a.o', '--library-path', '.', 'libx.a', '--no-entry');
    expect(exitCode).toBe(0);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(written[0]!.bytes))).toHaveLength(1);
  });

  test('writes no two outputs to one file, and none that the host refuses', () => {
    expect(command(files, 'f.o', '--no-entry', '-o', 'x', '--Map=x').stderr).toEqual([
      'options: error: -o and --Map name the same file, x',
    ]);
    const refused = runLinkCommand(['f.o', '--no-entry', '-o', 'no/x'], {
      read: (path) => (path === 'f.o' ? files['f.o'] : null),
      refusesOutput: (path) => (path === 'no/x' ? 'No such file or directory' : null),
    });
    expect(refused).toMatchObject({
      files: [],
      stderr: ['options: error: cannot open output file no/x: No such file or directory'],
    });
  });

  test('refuses what excludes each other', () => {
    for (const [first, second] of [
      ['--import-table', '--export-table'],
      ['-r', '--shared-memory'],
      ['-r', '--gc-sections'],
      ['-r', '--undefined=x'],
      ['-r', '--entry=x'],
      ['-r', '--export-table'],
      ['-r', '--growable-table'],
    ] as const) {
      expect(command(files, 'f.o', first, second)).toMatchObject({ exitCode: 1, files: [] });
    }
    expect(command(files, 'f.o', '-r', '--gc-sections', '--no-gc-sections').exitCode).toBe(0);
  });

  test('warns of an unknown -z, and takes every warning for an error if it is told to', () => {
    expect(command(files, 'f.o', '--no-entry', '-z', 'foo')).toMatchObject({
      exitCode: 0,
      stderr: ['options: warning: unknown -z value: foo'],
    });
    expect(command(files, 'f.o', '--no-entry', '-z', 'foo', '--fatal-warnings')).toMatchObject({
      exitCode: 1,
      stderr: ['options: error: unknown -z value: foo'],
    });
    const twice = { ...files, 'g.o': files['f.o'] };
    expect(command(twice, 'f.o', 'g.o', '--no-entry', '-zmuldefs').exitCode).toBe(0);
  });

  test('ignores empty words, and takes a module without a name for the memory', () => {
    const { exitCode, files: written } = command(files, '', 'f.o', '', '--no-entry', '--import-memory=host', '');
    expect(exitCode).toBe(0);
    const module = new WebAssembly.Module(written[0]!.bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'host', name: '', kind: 'memory' }]);
  });

  test.each(['--noinhibit-exec', '--warn-unresolved-symbols'])(
    'says with %s which file calls what is missing',
    (option) => {
      const main = { 'g.o': handObject(calls(['missing'], ['other'])) };
      const { exitCode, stderr, files: written } = command(main, 'g.o', option, '--no-entry');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: ['missing', 'other'].map((name) =>
          expect.stringMatching(`^g\\.o:0x\\w+: warning: undefined symbol: ${name}$`),
        ),
      });
      const { f } = new WebAssembly.Instance(new WebAssembly.Module(written[0]!.bytes)).exports;
      expect(f as () => void).toThrow(/unreachable/);
    },
  );

  test('sets a message of several lines apart, and ends a report on standard output once', () => {
    const host = { read: (path: string) => (path === 'a.o' ? files['a.o'] : null), asWasmLd: true };
    const { stderr } = runLinkCommand(['a.o', 'a.o', 'a.o', '--no-entry', '-o', 'x', '--export=no'], host);
    expect(stderr.map((text) => text.startsWith('\n'))).toEqual(stderr.map((_, i) => i > 0));
    const { stdout } = command(files, 'f.o', '--no-entry', '--why-extract=-');
    expect(stdout).toEqual(['reference\textracted\tsymbol']);
  });

  test('speaks as wasm-ld where it is called by that name', () => {
    const { stderr } = runLinkCommand(['a.o', 'a.o', '--no-entry', '-o', 'x'], {
      read: (path) => (path === 'a.o' ? files['a.o'] : null),
      asWasmLd: true,
    });
    expect(stderr[0]).toBe('wasm-ld: error: duplicate symbol: f\n>>> defined in a.o\n>>> defined in a.o');
    expect(runLinkCommand(['f.o', '--no-entry'], { read: () => files['f.o'], asWasmLd: true }).stderr).toEqual([
      'wasm-ld: error: no output file specified',
    ]);
    expect(command(files, '--version').stdout[0]).toContain('LLD');
  });

  test('shows names of C++ as people write them, in messages, reports and names of functions, unless it is told not to', () => {
    const mangled = {
      'a.o': handObject(calls(['_Z1gi', 'env'], ['_Z1hv'])),
      'h.a': writeArchive([{ name: 'h.o', bytes: handObject(defines('_Z1hv', 1)), symbols: ['_Z1hv'] }], GNU),
    };
    const read = (path: string): Uint8Array | null => mangled[path as keyof typeof mangled] ?? null;
    const asked: string[] = [];
    const demangle = (name: string): string => {
      asked.push(name);
      return { _Z1gi: 'g(int)', _Z1hv: 'h()' }[name] ?? name;
    };
    const run = (...args: string[]): LinkOutcome => runLinkCommand(['a.o', '--no-entry', ...args], { read, demangle });
    expect(run().stderr[0]).toMatch(/^a\.o:0x[0-9a-f]+: error: undefined symbol: g\(int\)$/);
    expect(run('--no-demangle').stderr[0]).toMatch(/ error: undefined symbol: _Z1gi$/);
    const words = ['h.a', '--unresolved-symbols=ignore-all', '--why-extract=-', '--Map=-'];
    const { files, stdout } = run(...words);
    expect(stdout.join('\n')).toContain('a.o\th.a(h.o)\th()');
    expect(stdout.join('\n')).toContain('<internal>:(signature_mismatch:h()) ');
    const names = Buffer.from(section(new WebAssembly.Module(files[0]!.bytes), 'name')[0]!).toString('latin1');
    expect(names).toContain('undefined:g(int)');
    expect(names).not.toContain('_Z1');
    expect(asked.filter((name) => !name.startsWith('_Z'))).toEqual([]);
  });

  test('takes very many options', () => {
    const words = Array.from({ length: 200_000 }, (_, i) => `--export-if-defined=n${i}`).join('\n');
    const many = { ...files, words: new TextEncoder().encode(words) };
    expect(command(many, 'f.o', '--no-entry', '@words').exitCode).toBe(0);
  });
});
