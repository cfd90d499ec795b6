/** What a name means that is wrapped, or that only a loader will find. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, K, P5 } from '../hand-object.ts';
import { payloadOf } from '../with-section.ts';

const TYPES = [[[], [I32]]] as const;
const inputs = (...parts: readonly HandObject[]) =>
  parts.map((part, i) => ({ name: `${i}.o`, bytes: handObject(part) }));

function link(parts: readonly HandObject[], options: Partial<LinkOptions>): Uint8Array {
  const result = linkObjects(inputs(...parts), options);
  if (!result.ok) throw new Error(result.error.text());
  return result.bytes;
}

function errors(parts: readonly HandObject[], options: Partial<LinkOptions>): string {
  const result = linkObjects(inputs(...parts), options);
  return result.ok ? '' : result.error.text();
}

const moduleOf = (bytes: Uint8Array): WebAssembly.Module => new WebAssembly.Module(bytes);

describe('a wrapped function', () => {
  const x: HandObject = {
    types: TYPES,
    funcs: [
      { type: 0, body: constantBody(1) },
      { type: 0, body: constantBody(2) },
    ],
    symbols: [
      { kind: K.func, flags: 0, index: 0, name: 'x' },
      { kind: K.func, flags: 0, index: 1, name: '__wrap_x' },
    ],
  };
  const exportsOf = (options: Partial<LinkOptions>): Record<string, unknown> => {
    const { exports } = new WebAssembly.Instance(moduleOf(link([x], { wrap: ['x'], exportMemory: false, ...options })));
    return Object.fromEntries(Object.entries(exports).map(([name, f]) => [name, (f as () => number)()]));
  };

  test('is exported by its wrapper, and the real one by its name, as wasm-ld does it', () => {
    expect(exportsOf({ exports: ['x'] })).toEqual({ __wrap_x: 2 });
    expect(exportsOf({ exportIfDefined: ['x'] })).toEqual({ __wrap_x: 2 });
    expect(exportsOf({ exports: ['x', '__wrap_x'] })).toEqual({ __wrap_x: 2 });
    expect(exportsOf({ exports: ['__real_x'] })).toEqual({ x: 1 });
    expect(exportsOf({ exports: ['__real_x', 'x'] })).toEqual({ x: 1, __wrap_x: 2 });
  });

  test('is itself as the entry point, and among all symbols', () => {
    expect(exportsOf({ entry: 'x' })).toEqual({ x: 1 });
    expect(exportsOf({ exportDynamic: true })).toEqual({ x: 1, __wrap_x: 2 });
  });

  test('is missing under the name that references have then', () => {
    const caller: HandObject = {
      types: TYPES,
      funcImports: [['x', 0]],
      funcs: [{ type: 0, ...callsBody([1]) }],
      symbols: [
        { kind: K.func, flags: F.exported, index: 1, name: 'f' },
        { kind: K.func, flags: F.undef, index: 0, name: 'x' },
      ],
    };
    expect(errors([caller], { wrap: ['x'] })).toMatch(/^0\.o:0x[0-9a-f]+: error: undefined symbol: __wrap_x$/);
  });
});

describe('what a loader will find', () => {
  const dynamic = { undefinedPolicy: 'dynamic' } as const;
  /** Calls `g`, and adds the addresses of `d` and of `h` that globals hold. */
  const pic: HandObject = {
    types: TYPES,
    funcImports: [
      ['g', 0],
      ['h', 0],
    ],
    globalImports: [
      ['d', I32, 1],
      ['h', I32, 1],
    ],
    funcs: [
      {
        type: 0,
        body: [0, 0x10, ...P5, 0x23, ...P5, 0x6a, 0x23, ...P5, 0x6a, 0x0b],
        relocs: [
          { at: 2, type: 0, index: 1 },
          { at: 8, type: 7, index: 2 },
          { at: 15, type: 7, index: 3 },
        ],
      },
    ],
    symbols: [
      { kind: K.func, flags: F.exported, index: 2, name: 'f' },
      { kind: K.func, flags: F.undef, index: 0, name: 'g' },
      { kind: K.data, flags: F.undef, name: 'd' },
      { kind: K.func, flags: F.undef, index: 1, name: 'h' },
    ],
    features: ['+mutable-globals'],
  };

  test('is a function to call, or a global of its own that holds the address', () => {
    const module = moduleOf(link([pic], dynamic));
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: 'env', name: 'g', kind: 'function' },
      { module: 'GOT.mem', name: 'd', kind: 'global' },
      { module: 'GOT.func', name: 'h', kind: 'global' },
    ]);
    const holder = (value: number): WebAssembly.Global =>
      new WebAssembly.Global({ value: 'i32', mutable: true }, value);
    const imports = { env: { g: () => 1000 }, 'GOT.mem': { d: holder(200) }, 'GOT.func': { h: holder(30) } };
    expect((new WebAssembly.Instance(module, imports).exports['f'] as () => number)()).toBe(1230);
  });

  test('is announced by the section that a loader reads', () => {
    expect([...payloadOf(link([pic], dynamic), 'dylink.0')]).toEqual([1, 4, 0, 0, 0, 0]);
    expect([...payloadOf(link([pic], { undefinedPolicy: 'import' }), 'dylink.0')]).toEqual([]);
  });

  test.each([
    ['MEMORY_ADDR_SLEB', 4, 1, 'd'],
    ['TABLE_INDEX_SLEB', 1, 0, 'g'],
  ])('has no address that other code could hold (%s)', (name, type, index, symbol) => {
    const body = [0, 0x41, ...P5, 0x0b];
    const plain: HandObject = {
      types: TYPES,
      funcImports: [['g', 0]],
      funcs: [{ type: 0, body, relocs: [{ at: 2, type, index }] }],
      symbols: [
        { kind: K.func, flags: F.undef, index: 0, name: 'g' },
        { kind: K.data, flags: F.undef, name: 'd' },
        { kind: K.func, flags: F.exported, index: 1, name: 'f' },
      ],
    };
    expect(errors([plain], dynamic)).toMatch(
      new RegExp(
        `^0\\.o:0x[0-9a-f]+: error: relocation ${name} cannot refer to ${symbol}, whose address only the loader`,
      ),
    );
    expect(errors([plain], { undefinedPolicy: 'import' })).toBe('');
  });

  test('is told from a global of the linker that has the same number', () => {
    const base: HandObject = {
      types: TYPES,
      funcImports: Array.from({ length: 8 }, (_, i) => [`h${i}`, 0] as const),
      globalImports: [['__memory_base', I32, 0]],
      funcs: [
        { type: 0, body: [0, 0x23, ...P5, 0x0b], relocs: [{ at: 2, type: 7, index: 0 }] },
        { type: 0, ...callsBody([2, 3, 4, 5, 6, 7, 8, 9].slice(0, 1)) },
      ],
      symbols: [
        { kind: K.global, flags: F.undef, index: 0, name: '__memory_base' },
        { kind: K.func, flags: F.exported, index: 8, name: 'f' },
        ...Array.from({ length: 8 }, (_, index) => ({ kind: K.func, flags: F.undef, index, name: `h${index}` })),
        { kind: K.func, flags: F.exported, index: 9, name: 'g' },
      ],
      features: ['+mutable-globals'],
    };
    const module = moduleOf(link([base], dynamic));
    const { exports } = new WebAssembly.Instance(module, { env: { h0: () => 5 } });
    expect((exports['f'] as () => number)()).toBe(0);
    expect((exports['g'] as () => number)()).toBe(5);
  });

  test('is nothing where the reference is weak', () => {
    const symbols = pic.symbols!.map((symbol) => ({
      ...symbol,
      flags: symbol.flags === F.undef ? F.undef | F.weak : symbol.flags,
    }));
    const module = moduleOf(link([{ ...pic, symbols }], dynamic));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });
});
