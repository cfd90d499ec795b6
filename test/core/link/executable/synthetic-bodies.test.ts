/** Constructors, thread-local data, shared and imported memory: what the linker makes so that a program can start. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, F, I32, I64, K, P5 } from '../hand-object.ts';
import { codes, expectLinked, run } from '../hand-program.ts';
import { input } from '../link-hand.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[], []],
  [[I32], []],
];
const FEATURES = ['+atomics', '+bulk-memory', '+mutable-globals'];
/** `log = log * 10 + digit`, returning `results` zeros. */
function logBody(
  digit: number,
  results = 0,
): { body: number[]; relocs: { at: number; type: number; index: number }[] } {
  const zeros = Array.from({ length: results }, () => [0x41, 0]).flat();
  const load = [0x41, 0, 0x28, 2, ...P5, 0x41, 10, 0x6c, 0x41, digit, 0x6a];
  const body = [0, 0x41, 0, ...load, 0x36, 2, ...P5, ...zeros, 0x0b];
  return {
    body,
    relocs: [
      { at: 7, type: 3, index: 0 },
      { at: body.length - 1 - zeros.length - 5, type: 3, index: 0 },
    ],
  };
}

const LOG = { name: '.data.log', bytes: [0, 0, 0, 0], align: 2 };
const LOG_SYMBOL = { kind: K.data, flags: 0, index: 0, name: 'log', size: 4 };
const readLog = { body: [0, 0x41, 0, 0x28, 2, ...P5, 0x0b], relocs: [{ at: 5, type: 3, index: 0 }] };

/** Exports `read` and `main`, both of which return the log; constructors write digits into it. */
function program(extra: Partial<HandObject> = {}): HandObject {
  return {
    types: TYPES,
    funcs: [
      { type: 0, ...readLog },
      { type: 1, ...logBody(1) },
      { type: 1, ...logBody(2) },
      { type: 0, ...logBody(3, 1) },
    ],
    data: [LOG],
    symbols: [
      LOG_SYMBOL,
      { kind: K.func, flags: F.exported, index: 0, name: 'main' },
      { kind: K.func, flags: F.local, index: 1, name: 'one' },
      { kind: K.func, flags: F.local, index: 2, name: 'two' },
      { kind: K.func, flags: F.local, index: 3, name: 'three' },
    ],
    initFuncs: [
      [200, 2],
      [100, 3],
      [200, 4],
    ],
    ...extra,
  };
}

describe('constructors', () => {
  test('run by priority and then by order, before each exported function, results dropped', () => {
    const linked = expectLinked(linkObjects([input('a.o', program())]));
    expect(run(linked.bytes).call('main')).toBe(213);
    expect(linked.map.functions).toEqual(['main', 'one', 'two', 'three', '__wasm_call_ctors']);
    const names = new TextDecoder().decode(
      WebAssembly.Module.customSections(new WebAssembly.Module(linked.bytes), 'name')[0],
    );
    expect(names).toContain('main.command_export');
  });

  test('run when the program says so if something refers to __wasm_call_ctors or exports it', () => {
    const main = program();
    const caller = input('b.o', {
      types: TYPES,
      funcImports: [['__wasm_call_ctors', 1]],
      funcs: [{ type: 1, ...callsBody([0, 0]) }],
      symbols: [
        { kind: K.func, flags: F.undef, index: 0 },
        { kind: K.func, flags: F.exported, index: 1, name: 'init' },
      ],
    });
    const called = run(expectLinked(linkObjects([input('a.o', main), caller])).bytes);
    expect(called.call('main')).toBe(0);
    called.call('init');
    expect(called.call('main')).toBe(213213);
    const exported = run(expectLinked(linkObjects([input('a.o', main)], { exports: ['__wasm_call_ctors'] })).bytes);
    expect([exported.call('main'), exported.call('__wasm_call_ctors'), exported.call('main')]).toEqual([
      0,
      undefined,
      213,
    ]);
  });

  test('of a lazy object run if something of it is reached, also from a constructor', () => {
    const lazy = (name: string, digit: number, next?: string): ReturnType<typeof input> & { lazy: boolean } => ({
      ...input(`${name}.o`, {
        types: TYPES,
        funcImports: next === undefined ? [] : [[next, 1]],
        funcs: [
          { type: 1, ...logBody(digit) },
          { type: 1, ...(next === undefined ? { body: [0, 0x0b] } : callsBody([3])) },
        ],
        data: [],
        symbols: [
          { kind: K.data, flags: F.undef, name: 'log' },
          { kind: K.func, flags: F.local, index: next === undefined ? 0 : 1, name: `init_${name}` },
          { kind: K.func, flags: 0, index: next === undefined ? 1 : 2, name },
          ...(next === undefined ? [] : [{ kind: K.func, flags: F.undef, index: 0 }]),
        ],
        initFuncs: [
          [300, 1],
          [300, 2],
        ],
      }),
      lazy: true,
    });
    const main = input('main.o', {
      types: TYPES,
      funcImports: [['first', 1]],
      funcs: [
        {
          type: 0,
          body: [0, 0x10, ...P5, ...readLog.body.slice(1)],
          relocs: [
            { at: 2, type: 0, index: 2 },
            { at: 11, type: 3, index: 0 },
          ],
        },
      ],
      data: [LOG],
      symbols: [
        LOG_SYMBOL,
        { kind: K.func, flags: F.exported, index: 1, name: 'main' },
        { kind: K.func, flags: F.undef, index: 0 },
      ],
    });
    const linked = expectLinked(linkObjects([main, lazy('first', 4, 'second'), lazy('second', 5), lazy('third', 6)]));
    expect(run(linked.bytes).call('main')).toBe(45);
    expect(linked.map.functions).not.toContain('init_third');
  });

  test('the function that ends a command runs after each export', () => {
    const object = program();
    const dtors = {
      ...object,
      symbols: object.symbols!.map((symbol) =>
        symbol.name === 'three' ? { ...symbol, flags: 0, name: '__wasm_call_dtors', index: 1 } : symbol,
      ),
      initFuncs: [],
    };
    const running = run(expectLinked(linkObjects([input('a.o', dtors)])).bytes);
    expect([running.call('main'), running.call('main')]).toEqual([0, 1]);
  });

  test('with parameters are refused', () => {
    const bad = program({
      funcs: [
        { type: 0, ...readLog },
        { type: 2, body: [0, 0x0b] },
        { type: 1, body: [0, 0x0b] },
        { type: 1, body: [0, 0x0b] },
      ],
    });
    expect(codes(linkObjects([input('a.o', bad)]))).toEqual(['constructor_with_parameters']);
  });
});

/** Thread-local `t` = 5 behind 4 bytes of another one, plain data `d` = 7, zero data `z`. */
const threads: HandObject = {
  memory: 3,
  types: TYPES,
  globalImports: [['__tls_base', I32, 1]],
  funcs: [
    // Adds one to t and returns it.
    {
      type: 0,
      body: [
        ...[0, 0x23, ...P5, 0x41, ...P5, 0x6a, 0x23, ...P5, 0x41, ...P5, 0x6a, 0x28, 2, 0, 0x41, 1, 0x6a, 0x36, 2, 0],
        ...[0x23, ...P5, 0x41, ...P5, 0x6a, 0x28, 2, 0, 0x0b],
      ],
      relocs: [2, 15, 37].flatMap((at) => [
        { at, type: 7, index: 0 },
        { at: at + 6, type: 21, index: 3 },
      ]),
    },
    { type: 0, body: [0, 0x41, 0, 0x28, 2, ...P5, 0x0b], relocs: [{ at: 5, type: 3, index: 4 }] },
    { type: 0, body: [0, 0x41, 0, 0x28, 2, ...P5, 0x0b], relocs: [{ at: 5, type: 3, index: 5 }] },
  ],
  data: [
    { name: '.tdata.t', bytes: [9, 0, 0, 0, 5, 0, 0, 0], align: 4, flags: 2 },
    { name: '.data.d', bytes: [7, 0, 0, 0], align: 2 },
    { name: '.bss.z', bytes: [0, 0, 0, 0], align: 2 },
  ],
  symbols: [
    { kind: K.global, flags: F.undef, index: 0 },
    { kind: K.func, flags: F.exported, index: 0, name: 'next' },
    { kind: K.func, flags: F.exported, index: 1, name: 'd' },
    { kind: K.data, flags: F.local | F.tls, index: 0, name: 't', offset: 4, size: 4 },
    { kind: K.data, flags: F.local, index: 1, name: 'data', size: 4 },
    { kind: K.data, flags: F.local, index: 2, name: 'zero', size: 4 },
    { kind: K.func, flags: F.exported, index: 2, name: 'z' },
  ],
  features: FEATURES,
};

function instantiate(
  bytes: Uint8Array,
  memory?: WebAssembly.Memory,
): Record<string, (...args: number[]) => number> & { raw: WebAssembly.Exports } {
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, memory ? { env: { memory } } : {});
  return Object.assign(Object.create(null), exports, { raw: exports }) as never;
}

describe('thread-local data', () => {
  test('without threads is plain data with a base', () => {
    const linked = expectLinked(linkObjects([input('a.o', { ...threads, memory: 0 })]));
    const program = instantiate(linked.bytes);
    expect([program['next']!(), program['next']!(), program['d']!(), program['z']!()]).toEqual([6, 7, 7, 0]);
    expect(linked.map.memory.tls).toMatchObject({ size: 8, align: 16 });
  });

  const shared: Partial<LinkOptions> = {
    sharedMemory: true,
    maxMemory: 1 << 18,
    importMemory: { module: 'env', field: 'memory' },
    exportMemory: false,
    exports: ['__wasm_init_tls', '__tls_size', '__tls_align', '__tls_base', '__heap_base'],
  };

  test('with threads: the first instance initialises memory once, each thread sets up a block of its own', () => {
    const { bytes } = expectLinked(linkObjects([input('a.o', threads)], shared));
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
    new Uint8Array(memory.buffer).fill(0xaa, 65536, 65536 + 4);
    const first = instantiate(bytes, memory);
    expect([first['next']!(), first['d']!(), first['z']!()]).toEqual([6, 7, 0]);
    const second = instantiate(bytes, memory);
    expect((second.raw['__tls_base'] as WebAssembly.Global).value).toBe(0);
    second['__wasm_init_tls']!(0x2_8000);
    expect((second.raw['__tls_size'] as WebAssembly.Global).value).toBe(8);
    expect((second.raw['__tls_align'] as WebAssembly.Global).value).toBe(16);
    expect([second['next']!(), second['next']!(), first['next']!()]).toEqual([6, 7, 7]);
    expect(new DataView(memory.buffer).getUint32(0x2_8004, true)).toBe(7);
  });

  test('an address in a global is that of the own block of each thread', () => {
    const addressed: HandObject = {
      ...threads,
      funcs: [{ type: 0, body: [0, 0x23, ...P5, 0x28, 2, 0, 0x0b], relocs: [{ at: 2, type: 7, index: 1 }] }],
      data: [{ name: '.tdata.t', bytes: [9, 0, 0, 0, 5, 0, 0, 0], align: 4, flags: 2 }],
      symbols: [
        { kind: K.func, flags: F.exported, index: 0, name: 'read' },
        { kind: K.data, flags: F.local | F.tls, index: 0, name: 't', offset: 4, size: 4 },
      ],
    };
    const { bytes, map } = expectLinked(linkObjects([input('a.o', addressed)], shared));
    expect(map.functions).toContain('__wasm_apply_global_tls_relocs');
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
    const [first, second] = [instantiate(bytes, memory), instantiate(bytes, memory)];
    expect(first['read']!()).toBe(5);
    second['__wasm_init_tls']!(0x2_8000);
    new DataView(memory.buffer).setUint32(0x2_8004, 77, true);
    expect([first['read']!(), second['read']!()]).toEqual([5, 77]);
  });

  const onlyData: HandObject = {
    data: [{ name: '.tdata.other', bytes: [1, 2, 3, 4], align: 4, flags: 2 }],
    symbols: [{ kind: K.data, flags: F.tls | F.exported, index: 0, name: 'other', size: 4 }],
    features: FEATURES,
  };

  test('a relocation relative to the block needs a thread-local symbol where there are threads', () => {
    const wrong = {
      ...threads,
      data: threads.data!.map((segment) => ({ ...segment, name: `.data${segment.name}`, flags: 0 })),
    };
    expect(codes(linkObjects([input('a.o', wrong)], shared))).toEqual([
      'tls_of_plain_data',
      'tls_of_plain_data',
      'tls_of_plain_data',
    ]);
    // A library that was compiled without threads has plain data where its headers promised thread-local data.
    const plain = input('a.o', { ...wrong, memory: 0 });
    for (const inputs of [[plain], [plain, input('b.o', onlyData)]]) {
      const program = instantiate(expectLinked(linkObjects(inputs)).bytes);
      expect([program['next']!(), program['next']!()]).toEqual([6, 7]);
    }
  });

  test('shared memory needs its features, a limit, and that no object disallows it', () => {
    const without = { ...threads, features: ['+mutable-globals'] };
    expect(codes(linkObjects([input('a.o', without)], shared)).sort()).toEqual(Array(4).fill('feature_missing'));
    const disallowing = input('b.o', { features: ['-shared-mem'] });
    expect(codes(linkObjects([input('a.o', threads), disallowing], shared))).toContain('shared_memory_disallowed');
    const { map } = expectLinked(linkObjects([input('a.o', threads)], { ...shared, maxMemory: null }));
    expect(map.memory.maxPages).toBe(map.memory.pages);
  });
});

describe('memory of the host', () => {
  const imported: Partial<LinkOptions> = { importMemory: { module: 'env', field: 'memory' }, exportMemory: false };
  const plain = {
    ...threads,
    memory: 0,
    data: threads.data!.map((s) => ({ ...s, name: s.flags === 2 ? '.data.t' : s.name, flags: 0 })),
    funcs: threads.funcs!.slice(1),
    symbols: threads
      .symbols!.filter((_, i) => i !== 1 && i !== 3)
      .map((s) => ({ ...s, index: s.kind === K.func ? s.index! - 1 : s.index! })),
  };
  const fix = { ...plain, funcs: plain.funcs.map((f, i) => ({ ...f, relocs: [{ at: 5, type: 3, index: 2 + i }] })) };

  for (const [how, features] of [
    ['with', FEATURES],
    ['without', ['+mutable-globals']],
  ] as const) {
    test(`is cleared where the program wants zeros, ${how} bulk memory`, () => {
      const { bytes } = expectLinked(linkObjects([input('a.o', { ...fix, features })], imported));
      const memory = new WebAssembly.Memory({ initial: 2 });
      new Uint8Array(memory.buffer).fill(0xaa);
      const program = instantiate(bytes, memory);
      expect([program['d']!(), program['z']!()]).toEqual([7, 0]);
    });
  }

  test('segments that an object wants passive are copied by the start function', () => {
    const passive = { ...fix, data: fix.data.map((segment) => ({ ...segment, passive: segment.name === '.data.d' })) };
    const { bytes, map } = expectLinked(linkObjects([input('a.o', passive)]));
    expect(map.functions).toContain('__wasm_init_memory');
    expect(instantiate(bytes)['d']!()).toBe(7);
  });
});

describe('64-bit memories', () => {
  const wide: HandObject = {
    memory: 4,
    types: [[[], [I64]]],
    globalImports: [['__stack_pointer', I64, 1]],
    funcs: [
      {
        type: 0,
        body: [
          0,
          0x42,
          ...[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
          0x29,
          3,
          0,
          0x23,
          ...P5,
          0x7c,
          0x0b,
        ],
        relocs: [
          { at: 2, type: 15, index: 1 },
          { at: 16, type: 7, index: 2 },
        ],
      },
    ],
    data: [{ name: '.data.d', bytes: [1, 0, 0, 0, 0, 0, 0, 0], align: 3 }],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name: 'main' },
      { kind: K.data, flags: F.exported, index: 0, name: 'd', size: 8 },
      { kind: K.global, flags: F.undef, index: 0 },
    ],
  };

  test('have 64-bit limits, offsets and globals', () => {
    const { bytes, map } = expectLinked(linkObjects([input('a.o', wide)], { globalBase: 2 ** 32 + 16 }));
    expect(map.datum('d')!.address).toBe(2 ** 32 + 16);
    // memory limits 64-bit: flags 4, 65537 pages and a bit; the segment begins with i64.const 2^32 + 16.
    expect(Buffer.from(bytes).includes(Buffer.from([5, 5, 1, 4, 0x81, 0x80, 4]))).toBe(true);
    expect(Buffer.from(bytes).includes(Buffer.from([0x42, 0x90, 0x80, 0x80, 0x80, 0x10, 0x0b, 8]))).toBe(true);
    expect(Buffer.from(bytes).includes(Buffer.from([I64, 1, 0x42, 0x80, 0x80, 4, 0x0b]))).toBe(true);
  });

  test('are not mixed with 32-bit ones', () => {
    const narrow = input('b.o', { memory: 0, types: TYPES });
    expect(codes(linkObjects([input('a.o', wide), narrow]))).toEqual(['address_width_mismatch']);
    expect(codes(linkObjects([input('a.o', wide)], { wasm64: false }))).toContain('address_width_mismatch');
  });
});
