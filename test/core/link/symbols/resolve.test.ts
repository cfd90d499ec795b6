/** Archives, names of the command line, borders of sections: which definition a name means. */
import { describe, expect, test } from '@jest/globals';
import { readArchive } from '../../../../core/link/input/archive.ts';
import { LazyArchive } from '../../../../core/link/input/lazy-archive.ts';
import type { LinkInput } from '../../../../core/link/linker.ts';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { writeArchive } from '../archive-writer.ts';
import type { HandObject, Sym } from '../hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, K, P5 } from '../hand-object.ts';
import { codes, expectLinked, run } from '../hand-program.ts';

const TYPES: NonNullable<HandObject['types']> = [
  [[], [I32]],
  [[I32], [I32]],
];

/** Defines `name` as a function that returns `value`. */
function defines(name: string, value: number, flags = 0, extra: Partial<HandObject> = {}): Uint8Array {
  return handObject({
    types: TYPES,
    funcs: [{ type: 0, body: constantBody(value) }],
    symbols: [{ kind: K.func, flags, index: 0, name }],
    ...extra,
  });
}

/** Exports `main`, which calls `callee`. */
function caller(callee: string, flags = F.undef, main = 'main'): Uint8Array {
  const body = callsBody([0]);
  return handObject({
    types: TYPES,
    funcImports: [[callee, 0]],
    funcs: [{ type: 0, ...body }],
    symbols: [
      { kind: K.func, flags, index: 0 },
      { kind: K.func, flags: F.exported, index: 1, name: main },
    ],
  });
}

function archive(
  members: readonly { name: string; bytes: Uint8Array; symbols: readonly string[] }[],
  hasIndex = true,
): LinkInput {
  const read = readArchive(writeArchive(members, { kind: 'gnu', index: hasIndex }), 'lib.a');
  if (!read.ok) throw new Error(read.error.text());
  return { archive: new LazyArchive(read.value) };
}

const member = (name: string, bytes: Uint8Array, ...symbols: string[]) => ({ name, bytes, symbols });

const object = (name: string, bytes: Uint8Array): LinkInput => ({ name, bytes });

const link = (inputs: readonly LinkInput[], options: Partial<LinkOptions> = {}) => linkObjects(inputs, options);

const call = (inputs: readonly LinkInput[], options: Partial<LinkOptions> = {}): unknown =>
  run(expectLinked(link(inputs, options)).bytes).call('main');

describe('archives', () => {
  for (const hasIndex of [true, false]) {
    const how = hasIndex ? 'with an index' : 'without an index';
    const lib = (...members: Parameters<typeof archive>[0][number][]): LinkInput => archive(members, hasIndex);

    test(`${how}: members are taken to a fixed point, across archives in both directions`, () => {
      const first = lib(
        member('f.o', caller('g', F.undef, 'f'), 'f'),
        member('h.o', defines('h', 33), 'h'),
        member('unused.o', caller('nowhere', F.undef, 'unused'), 'unused'),
      );
      const second = lib(member('g.o', caller('h', F.undef, 'g'), 'g'));
      for (const libs of [
        [first, second],
        [second, first],
      ]) {
        const linked = expectLinked(link([object('main.o', caller('f')), ...libs]));
        expect(run(linked.bytes).call('main')).toBe(33);
        expect(linked.map.objects).toEqual(['main.o', 'lib.a(f.o)', 'lib.a(g.o)', 'lib.a(h.o)']);
        expect(linked.map.extractions()).toContain('main.o\tlib.a(f.o)\tf\n');
      }
    });

    test(`${how}: the first member that defines a name wins, and a strong definition seen before keeps it out`, () => {
      const libs = [lib(member('1.o', defines('f', 1), 'f')), lib(member('2.o', defines('f', 2), 'f'))];
      expect(call([object('main.o', caller('f')), ...libs])).toBe(1);
      expect(call([object('f.o', defines('f', 5)), object('main.o', caller('f')), ...libs])).toBe(5);
    });

    test(`${how}: a weak reference takes nothing, a strong one beside it does`, () => {
      const weakMain = caller('f', F.undef | F.weak);
      const library = lib(member('f.o', defines('f', 7), 'f'));
      const alone = expectLinked(link([object('main.o', weakMain), library]));
      expect(alone.map.functions).toEqual(['main', 'undefined_weak:f']);
      expect(call([object('main.o', weakMain), object('b.o', caller('f', F.undef, 'other')), library])).toBe(7);
    });
  }

  test('an index that promises what a member does not define is not believed', () => {
    const lib = archive([member('liar.o', defines('g', 1), 'f'), member('f.o', defines('f', 2), 'f')]);
    expect(call([object('main.o', caller('f')), lib])).toBe(2);
  });

  test('members that are no objects are ignored with a warning, broken ones are errors when they are needed', () => {
    const text = member('readme.txt', new TextEncoder().encode('hello, this is text'), 'f');
    const broken = member('broken.o', defines('f', 1).slice(0, 30), 'f');
    const linked = expectLinked(
      link([object('main.o', caller('f')), archive([text, member('f.o', defines('f', 3), 'f')])]),
    );
    expect(linked.warnings.text()).toBe(
      "lib.a: warning: archive member 'readme.txt' is neither Wasm object file nor LLVM bitcode",
    );
    const result = link([object('main.o', caller('f')), archive([broken])]);
    expect(codes(result)).toContain('object_malformed');
    expect(link([object('main.o', defines('main', 3, F.exported)), archive([broken])]).ok).toBe(true);
  });

  test('whole: every member takes part', () => {
    const read = readArchive(
      writeArchive([member('a.o', defines('a', 1, F.exported), 'a')], { kind: 'bsd', index: true }),
      'lib.a',
    );
    if (!read.ok) throw new Error(read.error.text());
    const lib = new LazyArchive(read.value);
    expect(expectLinked(link([{ archive: lib }])).map.functions).toEqual([]);
    expect(expectLinked(link([{ archive: lib, whole: true }])).map.functions).toEqual(['a']);
  });

  test('names of the options are looked for as well', () => {
    const lib = archive([member('f.o', defines('f', 4), 'f'), member('g.o', defines('g', 5), 'g')]);
    const linked = expectLinked(link([lib], { exports: ['f'], undefined: ['g'] }));
    expect(run(linked.bytes).call('f')).toBe(4);
    // As wasm-ld: first what --undefined names.
    expect(linked.map.functions).toEqual(['g', 'f']);
  });
});

describe('names of the command line', () => {
  test('wrap sends references to the wrapper, and __real_ to the function', () => {
    const wrapper = handObject({
      types: TYPES,
      funcImports: [['__real_f', 0]],
      funcs: [{ type: 0, body: [0, 0x10, ...P5, 0x41, 1, 0x6a, 0x0b], relocs: [{ at: 2, type: 0, index: 0 }] }],
      symbols: [
        { kind: K.func, flags: F.undef, index: 0 },
        { kind: K.func, flags: 0, index: 1, name: '__wrap_f' },
      ],
    });
    const inputs = [object('main.o', caller('f')), object('w.o', wrapper), object('f.o', defines('f', 10))];
    expect(call(inputs, { wrap: ['f'] })).toBe(11);
    expect(codes(link(inputs.slice(0, 1).concat(inputs.slice(2)), { wrap: ['f'] }))).toEqual(['undefined_symbol']);
    expect(call(inputs.slice(0, 1).concat(inputs.slice(2)), { wrap: ['g'] })).toBe(10);
  });

  test('defsym makes an address, or an alias of a function or datum', () => {
    const address = handObject({
      types: TYPES,
      funcs: [{ type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 4, index: 1, addend: 1 }] }],
      data: [{ name: '.data.d', bytes: [1, 2, 3, 4], flags: 4 }],
      symbols: [
        { kind: K.func, flags: F.exported, index: 0, name: 'main' },
        { kind: K.data, flags: F.undef, name: 'x' },
        { kind: K.data, flags: F.exported, index: 0, name: 'd', size: 4 },
      ],
    });
    const defsym = (target: string | null, offset: number) => ({ defsyms: [{ name: 'x', target, offset }] });
    expect(call([object('a.o', address)], defsym(null, 1000))).toBe(1001);
    const linked = expectLinked(link([object('a.o', address)], defsym('d', 2)));
    expect(run(linked.bytes).call('main')).toBe(linked.map.datum('d')!.address + 3);
    expect(codes(link([object('a.o', address)], defsym('nothing', 0)))).toContain('defsym_undefined');
    expect(codes(link([object('a.o', address)], defsym('x', 0)))).toContain('defsym_undefined');
    expect(call([object('m.o', caller('x')), object('f.o', defines('f', 6))], defsym('f', 0))).toBe(6);
    expect(codes(link([object('m.o', caller('x'))], defsym(null, 0)))).toContain('symbol_kind_mismatch');
  });

  test('several definitions are one error each, or the first one counts', () => {
    const twice = [object('main.o', caller('f')), object('1.o', defines('f', 1)), object('2.o', defines('f', 2))];
    expect(codes(link(twice))).toEqual(['duplicate_symbol']);
    expect(call(twice, { allowMultiple: true })).toBe(1);
  });

  test('undefined functions are errors, imports, or traps', () => {
    const main = [object('main.o', caller('f'))];
    const imports = (options: Partial<LinkOptions>): unknown =>
      WebAssembly.Module.imports(new WebAssembly.Module(expectLinked(link(main, options)).bytes));
    const host = [{ module: 'env', name: 'f', kind: 'function' }];
    expect(codes(link(main))).toEqual(['undefined_symbol']);
    expect(imports({ undefinedPolicy: 'import' })).toEqual(host);
    expect(imports({ importUndefined: true })).toEqual(host);
    expect(imports({ allowUndefined: ['f'] })).toEqual(host);
    expect(imports({ undefinedPolicy: 'ignore' })).toEqual([]);
    expect(() => call(main, { undefinedPolicy: 'ignore' })).toThrow(WebAssembly.RuntimeError);
    const warned = expectLinked(link(main, { undefinedPolicy: 'warn' }));
    expect(warned.warnings.text()).toContain('warning: undefined symbol: f');
  });
});

describe('borders of sections', () => {
  const bracket = (name: string): Sym => ({ kind: K.data, flags: F.undef, name });

  test('span all segments of the name, in input order and without a gap, and keep them', () => {
    const set = (values: readonly number[]): Uint8Array =>
      handObject({ data: [{ name: 'my_set', bytes: values }], symbols: [] });
    const main = handObject({
      types: TYPES,
      funcs: [
        { type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 4, index: 2 }] },
        { type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 4, index: 3 }] },
      ],
      data: [{ name: 'my_set.other', bytes: [99] }],
      symbols: [
        { kind: K.func, flags: F.exported, index: 0, name: 'start' },
        { kind: K.func, flags: F.exported, index: 1, name: 'stop' },
        bracket('__start_my_set'),
        bracket('__stop_my_set'),
      ],
    });
    const inputs = [object('1.o', set([1, 2])), object('main.o', main), object('2.o', set([3]))];
    const program = run(expectLinked(link(inputs)).bytes);
    const [start, stop] = [program.call('start') as number, program.call('stop') as number];
    expect([...new Uint8Array(program.memory.buffer, start, stop - start)]).toEqual([1, 2, 3]);
    expect(codes(link([object('main.o', main)]))).toEqual(['undefined_symbol', 'undefined_symbol']);
  });

  test('of a name that is no identifier are no symbols of the linker', () => {
    const main = handObject({
      types: TYPES,
      funcs: [{ type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 4, index: 1 }] }],
      data: [{ name: '.x', bytes: [1] }],
      symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'main' }, bracket('__start_.x')],
    });
    expect(codes(link([object('main.o', main)]))).toEqual(['undefined_symbol']);
  });
});
