/**
 * Output with relocations, read by LLVM's tools: each field holds the value that its relocation and the symbol table promise.
 * The tool says where a field is and what it refers to; the value in place is decoded here.
 */
import { expect, test } from '@jest/globals';
import { ByteReader } from '../../../core/wasm/byte-reader.ts';
import { payloadOf } from '../../core/link/with-section.ts';
import { describeLlvm } from './describe-llvm.ts';
import { ourLinker } from './our-linker.ts';

const SOURCES = {
  'a.c': `extern int counter; extern const char *words[]; int twice(int); int thrice(int);
typedef int Function(int);
Function *const table[] = {twice, thrice};
static int buffer[16];
int spill(int *p);
__attribute__((noinline)) int spill(int *p) { return *p; }
__attribute__((noinline)) static int apply(Function *f, int x) { return f(x); }
int unused(int x) { return x + counter; }
int run(int n) {
  int local = n;
  for (int i = 0; i < 2; i++) { buffer[i + 3] = apply(table[i], n); counter += buffer[i + 3]; }
  return counter + words[n & 1][1] + spill(&local);
}
`,
  'b.c': `int counter = 7; const char *words[] = {"alpha", "beta"};
int twice(int x) { return x * 2; }
int thrice(int x) { return x * 3; }
`,
};
const ARGS = ['--no-entry', '--export=run', '--emit-relocs'];

interface Field {
  readonly section: string;
  readonly offset: number;
  readonly type: string;
  /** Name of a symbol, or index of a type. */
  readonly to: string;
  readonly addend: number;
}

interface NamedSymbol {
  readonly name: string;
  readonly kind: string;
  readonly flags: number;
  readonly index: number;
  readonly offset: number;
  readonly segment: number;
}

function parseFields(text: string): Field[] {
  const fields: Field[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    section = /Section \(\d+\) (\S+) \{/.exec(line)?.[1] ?? section;
    const found = /^\s+0x([0-9A-F]+) R_WASM_(\w+) (\S+)(?: (-?\d+))?$/.exec(line);
    if (!found) continue;
    const [, offset, type, to, addend = '0'] = found;
    fields.push({ section, offset: parseInt(offset!, 16), type: type!, to: to!, addend: Number(addend) });
  }
  return fields;
}

function parseSymbols(text: string): NamedSymbol[] {
  return [...text.matchAll(/ {2}Symbol \{([^}]*)\}/g)].map(([, body]) => {
    const number = (key: string): number => Number(new RegExp(`${key}: (0x[0-9A-F]+)`).exec(body!)?.[1] ?? '0');
    return {
      name: /Name: (.*)/.exec(body!)![1]!,
      kind: /Type: (\w+)/.exec(body!)![1]!,
      flags: Number(/Flags \[ \((0x[0-9A-F]+)\)/.exec(body!)![1]),
      index: number('ElementIndex'),
      offset: number('Offset'),
      segment: number('Segment'),
    };
  });
}

/** The parts of a module that values of relocations point into. */
function understand(bytes: Uint8Array): {
  readonly segments: readonly number[];
  readonly bodies: readonly number[];
  readonly slots: ReadonlyMap<number, number>;
} {
  const data = new ByteReader(payloadOf(bytes, 11));
  const segments = Array.from({ length: data.uleb() }, () => {
    expect([data.uleb(), data.u8()]).toEqual([0, 0x41]);
    const address = data.sleb();
    expect(data.u8()).toBe(0x0b);
    data.skip(data.uleb());
    return address;
  });
  const code = new ByteReader(payloadOf(bytes, 10));
  const bodies = Array.from({ length: code.uleb() }, () => {
    const size = code.uleb();
    const start = code.at;
    code.skip(size);
    return start;
  });
  const slots = new Map<number, number>();
  const elements = new ByteReader(payloadOf(bytes, 9));
  expect([elements.uleb(), elements.uleb(), elements.u8()]).toEqual([1, 0, 0x41]);
  const first = elements.sleb();
  expect(elements.u8()).toBe(0x0b);
  for (let slot = first, left = elements.uleb(); left > 0; left--, slot++) slots.set(slot, elements.uleb());
  return { segments, bodies, slots };
}

const PAYLOAD: Readonly<Record<string, number>> = { CODE: 10, DATA: 11 };

/** Number that the field holds: a padded LEB, signed or not, or a word. */
function decode(bytes: Uint8Array, { section, offset, type }: Field): number {
  const payload = payloadOf(bytes, PAYLOAD[section] ?? section);
  const size = type.endsWith('I32') ? 4 : 5;
  const reader = new ByteReader(payload, offset, offset + size);
  const value = size === 4 ? reader.u32() : type.endsWith('SLEB') ? reader.sleb() : reader.uleb();
  expect(reader.done).toBe(true);
  return value;
}

await describeLlvm('output with relocations', ({ clang, readobj, objdump }) => {
  const inputs = Object.keys(SOURCES).map((file) => {
    const made = clang(['--target=wasm32', '-O1', '-g', '-ffunction-sections', '-c', file, '-o', 'x.o'], SOURCES);
    expect(made.stderr).toBe('');
    return { name: file.replace('.c', '.o'), bytes: made.files.get('x.o')! };
  });
  const link = (files: typeof inputs, args: readonly string[]): Uint8Array => {
    const { exitCode, stderr, module } = ourLinker(files, args);
    expect([exitCode, stderr]).toEqual([0, '']);
    return module!;
  };
  const run = (bytes: Uint8Array): number => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return (exports['run'] as (n: number) => number)(5);
  };
  const bytes = link(inputs, ARGS);
  const files = { 'm.wasm': bytes };

  test('is the output without them, and runs', () => {
    const plain = link(inputs, ARGS.slice(0, -1));
    for (const section of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]) {
      expect([section, payloadOf(bytes, section)]).toEqual([section, payloadOf(plain, section)]);
    }
    expect(run(bytes)).toBe(7 + 10 + 15 + 'e'.charCodeAt(0) + 5);
  });

  test('has a field for each relocation, with the value that its symbol has', () => {
    const relocations = readobj(['-r', 'm.wasm'], files);
    expect([relocations.exitCode, relocations.stderr]).toEqual([0, '']);
    const fields = parseFields(relocations.stdout);
    const symbols = parseSymbols(readobj(['--symbols', 'm.wasm'], files).stdout);
    const { segments, bodies, slots } = understand(bytes);
    const kinds = new Set<string>();
    for (const field of fields) {
      const { type, to, addend } = field;
      kinds.add(type);
      const symbol = symbols.find(({ name }) => name === to);
      const value = decode(bytes, field);
      const expected = (): number => {
        if (type === 'TYPE_INDEX_LEB') return Number(to);
        if (symbol === undefined) throw new Error(`no symbol ${to}`);
        const { index, offset, segment, flags } = symbol;
        if (type.startsWith('MEMORY_ADDR')) return ((flags & 0x200) !== 0 ? 0 : segments[segment]!) + offset + addend;
        if (type.startsWith('TABLE_INDEX')) {
          expect([to, slots.get(value)]).toEqual([to, index]);
          return value;
        }
        if (type === 'FUNCTION_OFFSET_I32') return bodies[index]! + addend;
        return type === 'SECTION_OFFSET_I32' ? addend : index;
      };
      expect([field, value]).toEqual([field, expected()]);
    }
    const all = [
      'FUNCTION_INDEX_LEB',
      'FUNCTION_OFFSET_I32',
      'GLOBAL_INDEX_I32',
      'GLOBAL_INDEX_LEB',
      'MEMORY_ADDR_I32',
    ];
    const more = ['MEMORY_ADDR_LEB', 'SECTION_OFFSET_I32', 'TABLE_INDEX_I32', 'TABLE_NUMBER_LEB', 'TYPE_INDEX_LEB'];
    expect([...kinds].filter((type) => type !== 'MEMORY_ADDR_SLEB').sort()).toEqual([...all, ...more]);
    expect(fields.length).toBeGreaterThan(60);
  });

  test('is disassembled with its relocations', () => {
    const { stdout, stderr } = objdump(['-dr', 'm.wasm'], files);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/call\t\d+\n\s+[0-9a-f]+: {2}R_WASM_FUNCTION_INDEX_LEB\tapply/);
    expect(stdout).toMatch(/R_WASM_MEMORY_ADDR_LEB\tcounter\+0/);
  });

  test('links again, and means the same', () => {
    const again = link([{ name: 'm.o', bytes }], ['--no-entry', '--export=run']);
    expect(run(again)).toBe(run(bytes));
  });
});
