/** Objects with what compilers do not put there: accepted where the meaning is clear, else refused by name and place. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { SectionId } from '../../../../core/wasm/kinds.ts';
import type { HandObject } from '../hand-object.ts';
import { constantBody, F, handObject, I32, K } from '../hand-object.ts';
import { payloadOf, withSection } from '../with-section.ts';

const MAIN: HandObject = {
  types: [[[], [I32]]],
  memory: null,
  funcs: [{ type: 0, body: constantBody(7) }],
  symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'f' }],
};
const bytes = handObject(MAIN);

function link(object: Uint8Array, options: Partial<LinkOptions> = {}): WebAssembly.Exports {
  const result = linkObjects([{ name: 'a.o', bytes: object }], options);
  if (!result.ok) throw new Error(result.error.text());
  return new WebAssembly.Instance(new WebAssembly.Module(result.bytes)).exports;
}

function refusal(object: Uint8Array, options: Partial<LinkOptions> = {}): string {
  const result = linkObjects([{ name: 'a.o', bytes: object }], options);
  return result.ok ? '' : result.error.text();
}

describe('a memory of its own', () => {
  test('is as good as an imported one: relocatable output of wasm-ld has it, and its size does not count', () => {
    const exports = link(withSection(bytes, SectionId.memory, [1, 1, 9, 10]));
    expect((exports['f'] as () => number)()).toBe(7);
    expect((exports['memory'] as WebAssembly.Memory).buffer.byteLength).toBe(65536);
  });

  test('says how wide addresses are', () => {
    const wide = withSection(bytes, SectionId.memory, [1, 4, 1]);
    expect(refusal(wide, { wasm64: false })).toContain("wasm64 object file can't be linked in wasm32 mode");
  });

  test('cannot be the second one', () => {
    const own = withSection(handObject({ ...MAIN, memory: 0 }), SectionId.memory, [1, 0, 1]);
    expect(refusal(own)).toMatch(/^a\.o:0x[0-9a-f]+: error: second memory is not supported by this linker$/);
    expect(refusal(withSection(bytes, SectionId.memory, [2, 0, 1, 0, 1]))).toContain('error: second memory');
  });

  test('may say the size of its pages, which must be that of the output', () => {
    expect(link(withSection(bytes, SectionId.memory, [1, 8, 1, 16]))['f']).toBeDefined();
    expect(refusal(withSection(bytes, SectionId.memory, [1, 8, 1, 0]))).toContain(
      'a.o: error: the memory of the object has page size 1, that of the output 65536 (--page-size)',
    );
    expect(refusal(withSection(bytes, SectionId.memory, [1, 8, 1, 3]))).toContain('unknown page size');
  });
});

describe('what a link would lose', () => {
  test('a start function is refused', () => {
    const start = { ...MAIN, types: [[[], []]] as const, funcs: [{ type: 0, body: [0, 0x0b] }] };
    expect(refusal(withSection(handObject(start), SectionId.start, [0]))).toMatch(
      /^a\.o:0x[0-9a-f]+: error: section "start" of an object is not supported by this linker$/,
    );
  });

  test('an export section says under which name a symbol is exported, and exports nothing by itself', () => {
    const exports = link(withSection(bytes, SectionId.export, [1, 1, 0x67, 0, 0]));
    expect(Object.keys(exports)).toEqual(['g', 'memory']);
  });

  test('a module without a linking section is no object, whatever it exports', () => {
    const module = Uint8Array.of(...bytes.subarray(0, 8), SectionId.memory, 3, 1, 0, 1);
    expect(refusal(withSection(module, SectionId.export, [1, 1, 0x67, 2, 0]))).toBe(
      'a.o:0x0: error: not a relocatable object: no "linking" section',
    );
  });
});

describe('types of other features', () => {
  const types = (...entries: readonly (readonly number[])[]): Uint8Array =>
    withSection(bytes, SectionId.type, [entries.length, ...entries.flat()]);
  const f = [0x60, 0, 1, I32];

  test.each([
    ['recursive type group', [0x4e, 1, 0x60, 0, 0]],
    ['final subtype', [0x4f, 0, 0x60, 0, 0]],
    ['subtype', [0x50, 0, 0x60, 0, 0]],
    ['array type', [0x5e, 0x7f, 0]],
    ['structure type', [0x5f, 1, 0x7f, 0]],
    ['value type (ref ...)', [0x60, 1, 0x64, 0, 0]],
    ['value type (ref null ...)', [0x60, 1, 0x63, 0, 0]],
    ['value type anyref', [0x60, 1, 0x6e, 0]],
    ['value type i31ref', [0x60, 0, 1, 0x6c]],
  ])('%s is refused', (what, type) => {
    const message = refusal(types(f, type));
    expect(message).toContain(`error: ${what} is not supported by this linker`);
    expect(message).toMatch(/^a\.o:0x[0-9a-f]+: /);
  });

  test('a byte that is no type at all is malformed', () => {
    expect(refusal(types(f, [0x61, 0, 0]))).toContain('malformed: unknown type form 0x61');
    expect(refusal(types(f, [0x60, 1, 0x40, 0]))).toContain('malformed: unknown value type');
  });

  test('references to exceptions are known', () => {
    expect(link(types(f, [0x60, 1, 0x69, 0]))['f']).toBeDefined();
  });

  test('a table with an initial value is refused', () => {
    expect(refusal(withSection(bytes, SectionId.table, [1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b]))).toContain(
      'error: table with an initial value is not supported by this linker',
    );
  });
});

describe('a tag', () => {
  test('has parameters and no results', () => {
    const tagged = (type: number[]): Uint8Array =>
      withSection(withSection(bytes, SectionId.type, [2, 0x60, 0, 1, I32, ...type]), SectionId.tag, [1, 0, 1]);
    expect(refusal(tagged([0x60, 1, I32, 0]))).toBe('');
    expect(refusal(tagged([0x60, 0, 1, I32]))).toMatch(/^a\.o:0x[0-9a-f]+: error: malformed: tag with results$/);
  });
});

describe('pages of one byte', () => {
  const memory = (options: Partial<LinkOptions>): number[] => {
    const result = linkObjects([{ name: 'a.o', bytes }], { pageSize: 1, ...options });
    if (!result.ok) throw new Error(result.error.text());
    return [...payloadOf(result.bytes, SectionId.memory)];
  };

  test('count the memory in bytes and name their size, as wasm-ld does (this engine does not know them)', () => {
    const stackSize = 1024;
    expect(memory({ stackSize })).toEqual([1, 8, 0x80, 0x08, 0]);
    expect(memory({ stackSize, initialMemory: 1027, maxMemory: 2049 })).toEqual([1, 9, 0x83, 0x08, 0x81, 0x10, 0]);
    expect(memory({ stackSize, fixedMemory: true })).toEqual([1, 9, 0x80, 0x08, 0x80, 0x08, 0]);
  });

  test('are the only ones beside those of 64 KiB', () => {
    expect(refusal(bytes, { pageSize: 4096 })).toBe('options: error: invalid value 4096 for page-size: not 1 or 65536');
    expect(refusal(bytes, { initialMemory: 65537 })).toContain('initial memory must be 65536-byte aligned');
  });

  test('leave the last byte of the address space, because the number of pages is an address too', () => {
    expect(refusal(bytes, { pageSize: 1, initialMemory: 2 ** 32 })).toContain('cannot be greater than 4294967295');
  });
});
