/** Tables beside the function table: their types and limits in modules and in relocatable output. */
import { describe, expect, test } from '@jest/globals';
import { joinObjects, linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import type { HandObject, Sym } from '../hand-object.ts';
import { F, handObject, I32, K, P5 } from '../hand-object.ts';

const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
const TABLE_NUMBER_LEB = 20;

interface TableUse {
  readonly name: string;
  readonly refType?: number;
  /** Limits as the format has them: flags, least, greatest. */
  readonly limits: readonly number[];
  readonly defines?: boolean;
}

/** A function `name` that adds up the sizes of tables. */
function sizes(name: string, uses: readonly TableUse[], more: HandObject = {}): HandObject {
  const imported = uses.filter(({ defines }) => defines !== true);
  const defined = uses.filter(({ defines }) => defines === true);
  const symbols: Sym[] = [
    ...imported.map(({ name: table }, index) => ({ kind: K.table, flags: F.undef | F.explicit, index, name: table })),
    ...defined.map(({ name: table }, i) => ({ kind: K.table, flags: 0, index: imported.length + i, name: table })),
    { kind: K.func, flags: F.exported, index: 0, name },
  ];
  const body = [0, 0x41, 0];
  const relocs = symbols.slice(0, -1).map((_, index) => {
    body.push(0xfc, 0x10);
    const at = body.length;
    body.push(...P5, 0x6a);
    return { at, type: TABLE_NUMBER_LEB, index };
  });
  body.push(0x0b);
  return {
    types: [[[], [I32]]],
    tableImports: imported.map(({ name: field, limits, refType = FUNCREF }) => [field, limits, refType]),
    tables: defined.map(({ limits, refType = FUNCREF }) => [refType, ...limits]),
    funcs: [{ type: 0, body, relocs }],
    symbols,
    ...more,
  };
}

const inputsOf = (parts: readonly HandObject[]) =>
  parts.map((part, i) => ({ name: `${i}.o`, bytes: handObject(part) }));

function link(parts: readonly HandObject[], options: Partial<LinkOptions> = {}): WebAssembly.Module {
  const result = linkObjects(inputsOf(parts), options);
  if (!result.ok) throw new Error(result.error.text());
  return new WebAssembly.Module(result.bytes);
}

function join(parts: readonly HandObject[]): Uint8Array {
  const result = joinObjects(inputsOf(parts));
  if (!result.ok) throw new Error(result.error.text());
  return result.bytes;
}

function accepts(module: WebAssembly.Module, name: string, table: WebAssembly.TableDescriptor): boolean {
  try {
    new WebAssembly.Instance(module, { env: { [name]: new WebAssembly.Table(table) } });
    return true;
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) return false;
    throw error;
  }
}

const externs = (limits: readonly number[]): TableUse => ({ name: 'things', refType: EXTERNREF, limits });

describe('an imported table', () => {
  test('is asked for with the limits and the type that the object gives', () => {
    const module = link([sizes('f', [externs([1, 3, 10])])]);
    const element = 'externref';
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'things', kind: 'table' }]);
    expect(accepts(module, 'things', { element, initial: 2, maximum: 10 })).toBe(false);
    expect(accepts(module, 'things', { element, initial: 3, maximum: 11 })).toBe(false);
    expect(accepts(module, 'things', { element, initial: 3 })).toBe(false);
    expect(accepts(module, 'things', { element: 'anyfunc', initial: 3, maximum: 10 })).toBe(false);
    expect(accepts(module, 'things', { element, initial: 3, maximum: 10 })).toBe(true);
  });

  test.each([0, 1])('has what fits each object that refers to it, whichever comes first (%i)', (first) => {
    const parts = [sizes('f', [externs([1, 3, 10])]), sizes('g', [externs([0, 5])])];
    const module = link(first === 0 ? parts : parts.reverse());
    expect(accepts(module, 'things', { element: 'externref', initial: 4, maximum: 10 })).toBe(false);
    expect(accepts(module, 'things', { element: 'externref', initial: 5 })).toBe(false);
    expect(accepts(module, 'things', { element: 'externref', initial: 5, maximum: 10 })).toBe(true);
  });

  test('that no table can be is an error that shows both types', () => {
    const parts = [sizes('f', [externs([1, 0, 4])]), sizes('g', [externs([0, 5])])];
    const result = linkObjects(inputsOf(parts));
    expect(result.ok ? '' : result.error.text()).toContain(
      '1.o: error: Table type mismatch: things\n>>> defined as externref 0..4 in 0.o\n>>> defined as externref 5.. in 1.o',
    );
  });

  test('with a maximum below its minimum is malformed, and no module is made of it', () => {
    const result = linkObjects(inputsOf([sizes('f', [externs([1, 3, 2])])]));
    expect(result.ok ? '' : result.error.text()).toMatch(
      /^0\.o:0x[0-9a-f]+: error: malformed: limits with a maximum below the minimum$/,
    );
  });

  test('keeps its limits in relocatable output, joined over the inputs', () => {
    const object = join([sizes('f', [externs([1, 3, 10])]), sizes('g', [externs([0, 5])])]);
    const result = linkObjects([{ name: 'j.o', bytes: object }]);
    if (!result.ok) throw new Error(result.error.text());
    const module = new WebAssembly.Module(result.bytes);
    expect(accepts(module, 'things', { element: 'externref', initial: 5, maximum: 11 })).toBe(false);
    expect(accepts(module, 'things', { element: 'externref', initial: 4, maximum: 10 })).toBe(false);
    expect(accepts(module, 'things', { element: 'externref', initial: 5, maximum: 10 })).toBe(true);
  });

  test('may be one of several, of two types, beside the function table', () => {
    const uses = [
      externs([0, 2]),
      { name: 'calls', limits: [0, 3] },
      { name: '__indirect_function_table', limits: [0, 0] },
    ];
    const module = link([sizes('f', uses)]);
    const instance = new WebAssembly.Instance(module, {
      env: {
        things: new WebAssembly.Table({ element: 'externref', initial: 20 }),
        calls: new WebAssembly.Table({ element: 'anyfunc', initial: 300 }),
      },
    });
    expect((instance.exports['f'] as () => number)()).toBe(321);
  });
});

describe('a table that an object defines', () => {
  const things = { ...externs([1, 3, 10]), defines: true };
  const calls = { name: 'calls', limits: [0, 100], defines: true };

  test('has its limits and its type, and serves the others', () => {
    const module = link(
      [sizes('f', [things, calls]), sizes('g', [externs([0, 0]), { name: 'calls', limits: [0, 0] }])],
      {
        exports: ['things', 'calls'],
      },
    );
    const { exports } = new WebAssembly.Instance(module);
    expect((exports['f'] as () => number)()).toBe(103);
    expect((exports['g'] as () => number)()).toBe(103);
    const table = exports['things'] as WebAssembly.Table;
    expect(table.grow(7)).toBe(3);
    expect(() => table.grow(1)).toThrow(RangeError);
    expect((exports['calls'] as WebAssembly.Table).grow(1)).toBe(100);
  });

  test('comes out of a combination as it went in', () => {
    const result = linkObjects([{ name: 'j.o', bytes: join([sizes('f', [things, calls])]) }], { exports: ['things'] });
    if (!result.ok) throw new Error(result.error.text());
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(result.bytes));
    expect((exports['f'] as () => number)()).toBe(103);
    expect(() => (exports['things'] as WebAssembly.Table).grow(8)).toThrow(RangeError);
  });
});

describe('the function table of the host', () => {
  const taker: HandObject = {
    types: [[[], [I32]]],
    funcs: [{ type: 0, body: [0, 0x41, ...P5, 0x0b], relocs: [{ at: 2, type: 1, index: 0 }] }],
    symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'f' }],
  };

  test('may have more slots than the module needs, and no limit', () => {
    const module = link([taker], { importTable: true });
    for (const table of [{ initial: 2 }, { initial: 5 }, { initial: 2, maximum: 2 }]) {
      expect(accepts(module, '__indirect_function_table', { element: 'anyfunc', ...table })).toBe(true);
    }
    expect(accepts(module, '__indirect_function_table', { element: 'anyfunc', initial: 1 })).toBe(false);
  });
});

describe('objects without reference types in a combination', () => {
  /** Calls slot 1 through table 0, which it has no symbol for. */
  const legacy: HandObject = {
    types: [[[], [I32]]],
    tableImports: [['__indirect_function_table', [0, 0]]],
    funcs: [
      {
        type: 0,
        body: [0, 0x41, ...P5, 0x11, ...P5, 0, 0x0b],
        relocs: [
          { at: 2, type: 1, index: 1 },
          { at: 8, type: 6, index: 0 },
        ],
      },
      { type: 0, body: [0, 0x41, 42, 0x0b] },
    ],
    symbols: [
      { kind: K.func, flags: F.exported, index: 0, name: 'f' },
      { kind: K.func, flags: 0, index: 1, name: 'target' },
    ],
  };
  const modern = sizes('g', [{ name: '__indirect_function_table', limits: [0, 0] }]);

  test.each([
    ['legacy first', [legacy, modern]],
    ['modern first', [modern, legacy]],
  ])('join with others that name the function table (%s)', (_, parts) => {
    const result = linkObjects([{ name: 'j.o', bytes: join(parts) }]);
    if (!result.ok) throw new Error(result.error.text());
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(result.bytes));
    expect((exports['f'] as () => number)()).toBe(42);
    expect((exports['g'] as () => number)()).toBe(2);
  });

  test('are refused beside another imported table, which would come first in a module', () => {
    const result = joinObjects(inputsOf([sizes('g', [externs([0, 1])]), legacy]));
    expect(result.ok ? '' : result.error.text()).toContain(
      "1.o: error: object file not built with 'reference-types' feature conflicts with import of table things by file 0.o",
    );
  });
});
