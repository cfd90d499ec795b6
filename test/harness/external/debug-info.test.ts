/**
 * Debug information of clang, linked by both linkers: each `.debug_*` section says the same, and lines belong to their functions.
 *
 * Bytes that no relocation covers must be equal. A field that refers to code, data or a string is read as what it refers to,
 * because the two linkers may put it elsewhere.
 */
import { describe, expect, test } from '@jest/globals';
import { readObject } from '../../../core/link/input/read-object.ts';
import type { ParsedObject } from '../../../core/link/input/object-file.ts';
import { ByteReader } from '../../../core/wasm/byte-reader.ts';
import { RELOCATIONS } from '../../../core/wasm/relocations.ts';
import type { Llvm } from '../../../harness/external/llvm.ts';
import { payloadOf } from '../../core/link/with-section.ts';
import { describeLlvm } from './describe-llvm.ts';
import { ourLinker } from './our-linker.ts';

const SOURCES = {
  'shared.h': `template<class T> inline __attribute__((noinline)) T twice(T x) { return x + x; }
struct Shape { virtual ~Shape(); virtual int area() const; int w; };
inline __attribute__((noinline)) int common(int x) { int y = x * 3; return y + twice(x); }
`,
  'a.cpp': `#include "shared.h"
Shape::~Shape() {}
int Shape::area() const { return w * w; }
static __attribute__((noinline)) int dead_callee(int q) { return q - 1; }
int dead(int q) { return dead_callee(q) * 2; }
int other(int);
extern "C" int run(int n) {
  Shape s;
  s.w = n;
  int sum = 0;
  for (int i = 0; i < n; i++) sum += common(i);
  return sum + s.area() + other(n);
}
`,
  'b.cpp': `#include "shared.h"
const char *names[] = {"alpha", "beta", "a"};
int counter;
int dead_datum = 77;
int dead_b(int x) { return common(x); }
int other(int x) {
  counter += x;
  { int inner = x; counter ^= inner; }
  return common(x) + counter + names[x & 1][0];
}
`,
};
/** Function by symbol, and the lines of its source that may stand for it. */
const LINES: Readonly<Record<string, readonly [file: string, first: number, last: number]>> = {
  run: ['a.cpp', 7, 13],
  _Z5otheri: ['b.cpp', 6, 10],
  _Z6commoni: ['shared.h', 3, 3],
  _Z5twiceIiET_S0_: ['shared.h', 1, 1],
};
const DATA = ['names', 'counter'];
const ARGS = [
  '--no-entry',
  '--no-demangle',
  '--allow-undefined',
  '--export=run',
  ...DATA.map((name) => `--export=${name}`),
];
const NAMES = ['a.o', 'b.o'];

type Objects = Readonly<Record<string, Uint8Array>>;

function compile(llvm: Llvm, flags: readonly string[]): Objects {
  return Object.fromEntries(
    ['a', 'b'].map((stem) => {
      const options = ['--target=wasm32', '-O1', '-g', '-fno-exceptions', '-fno-rtti', ...flags];
      const made = llvm.run('clang++', [...options, '-c', `${stem}.cpp`, '-o', `${stem}.o`], SOURCES);
      expect(made.stderr).toBe('');
      return [`${stem}.o`, made.files.get(`${stem}.o`)!];
    }),
  );
}

/** What one linker made of the objects: its bytes, and what its addresses mean. */
interface Linked {
  readonly bytes: Uint8Array;
  /** Address of each of {@link DATA}. */
  readonly data: ReadonlyMap<string, number>;
  readonly memory: Uint8Array;
  /** Name and first byte of the body, from the start of the payload of the code section, by index. */
  readonly funcs: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

function understand(bytes: Uint8Array): Linked {
  const module = new WebAssembly.Module(bytes);
  const env = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]));
  const { exports } = new WebAssembly.Instance(module, { env });
  const data = new Map(DATA.map((name) => [name, (exports[name] as WebAssembly.Global).value as number]));
  const imported = WebAssembly.Module.imports(module).length;
  const names = new Map<number, string>();
  const reader = new ByteReader(payloadOf(bytes, 'name'));
  while (!reader.done) {
    const id = reader.u8();
    const size = reader.uleb();
    if (id !== 1) reader.skip(size);
    else for (let left = reader.uleb(); left > 0; left--) names.set(reader.uleb(), reader.text());
  }
  const code = new ByteReader(payloadOf(bytes, 10));
  const funcs = Array.from({ length: code.uleb() }, (_, i) => {
    const size = code.uleb();
    const start = code.at;
    code.skip(size);
    return { name: names.get(imported + i) ?? '', start, end: code.at };
  });
  return { bytes, data, memory: new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer), funcs };
}

const sectionNames = (bytes: Uint8Array): string[] => ALL_SECTIONS.filter((name) => payloadOf(bytes, name).length > 0);
const ALL_SECTIONS = [
  ...['abbrev', 'addr', 'info', 'line', 'line_str', 'loc', 'loclists', 'ranges', 'rnglists', 'str', 'str_offsets'],
].map((name) => `.debug_${name}`);

function stringAt(bytes: Uint8Array, section: string, offset: number): string {
  const strings = payloadOf(bytes, section);
  expect(offset).toBeLessThan(strings.length);
  return Buffer.from(strings.subarray(offset, strings.indexOf(0, offset))).toString();
}

/** What the four bytes of a relocated field say. */
function meaning(
  linked: Linked,
  object: ParsedObject,
  symbol: number,
  type: number,
  addend: number,
  field: number,
): string {
  const { value } = RELOCATIONS[type]!;
  const { name, index } = object.symbols[symbol]!;
  if (field >= 0xffff_fffe) return 'gone';
  if (value === 'section_offset') {
    const section = object.customs.find((custom) => custom.section === index)!.name;
    if (section === '.debug_str' || section === '.debug_line_str') return stringAt(linked.bytes, section, field);
    return `${section} ${field}`;
  }
  if (value === 'memory_address') {
    const address = linked.data.get(name);
    if (address !== undefined) return `${name}+${field - address - addend}`;
    // What has no name to export is known by its contents: a string, or a small number.
    return `${name}: ${Buffer.from(linked.memory.subarray(field, linked.memory.indexOf(0, field))).toString()}`;
  }
  if (value === 'function_offset') {
    const func = linked.funcs.find(({ start, end }) => field >= start && field <= end);
    return func ? `${func.name}+${field - func.start}` : `nowhere ${field}`;
  }
  return String(field);
}

/** One section with its relocated fields cleared, and their meanings. */
function readSection(linked: Linked, objects: Objects, section: string): { bytes: Uint8Array; fields: string[] } {
  const bytes = Uint8Array.from(payloadOf(linked.bytes, section));
  const fields: string[] = [];
  let base = 0;
  for (const name of NAMES) {
    const read = readObject(objects[name]!, name);
    if (!read.ok) throw new Error(read.error.text());
    const object = read.value;
    for (const custom of object.customs.filter((found) => found.name === section)) {
      const { relocs, start, end } = custom;
      for (let r = 0; r < relocs.count; r++) {
        const at = base + relocs.at[r]! - start;
        const field = new DataView(bytes.buffer).getUint32(at, true);
        fields.push(meaning(linked, object, relocs.index[r]!, relocs.type[r]!, relocs.addend[r]!, field));
        bytes.fill(0, at, at + 4);
      }
      base += end - start;
    }
  }
  return { bytes, fields };
}

await describeLlvm('debug information', (llvm) => {
  const link = (objects: Objects, args: readonly string[]): { ours: Uint8Array; theirs: Uint8Array } => {
    const inputs = NAMES.map((name) => ({ name, bytes: objects[name]! }));
    const own = ourLinker(inputs, args);
    const other = llvm.linkModule([...args, ...NAMES], objects);
    expect([own.exitCode, own.stderr, other.exitCode, other.stderr]).toEqual([0, '', 0, '']);
    return { ours: own.module!, theirs: other.module! };
  };

  describe.each([
    ['DWARF 4', '-gdwarf-4', []],
    ['DWARF 4, a section for each function', '-gdwarf-4', ['-ffunction-sections', '-fdata-sections']],
    ['DWARF 5', '-gdwarf-5', []],
    ['DWARF 5, a section for each function', '-gdwarf-5', ['-ffunction-sections', '-fdata-sections']],
  ])('%s', (_, dwarf, flags) => {
    const objects = compile(llvm, [dwarf, ...flags]);

    test.each([[[]], [['-O0']], [['-O2']], [['--no-gc-sections']]])(
      'says the same after both linkers with %j',
      (more) => {
        const { ours, theirs } = link(objects, [...ARGS, ...more]);
        const [own, other] = [understand(ours), understand(theirs)];
        const sections = sectionNames(theirs);
        expect(sections.length).toBeGreaterThan(5);
        expect(sectionNames(ours)).toEqual(sections);
        for (const section of sections) {
          const [mine, yours] = [readSection(own, objects, section), readSection(other, objects, section)];
          expect([section, mine.fields]).toEqual([section, yours.fields]);
          expect([section, Buffer.compare(mine.bytes, yours.bytes)]).toEqual([section, 0]);
          if (section === '.debug_info') expect(mine.fields.length).toBeGreaterThan(20);
        }
      },
    );

    test('marks what is gone', () => {
      const { ours } = link(objects, ARGS);
      const linked = understand(ours);
      expect(linked.funcs.map(({ name }) => name).sort()).toEqual(Object.keys(LINES).sort());
      const fields = ALL_SECTIONS.flatMap((section) => readSection(linked, objects, section).fields);
      // dead, dead_callee, dead_b, the destructors and the datum, each from several sections.
      expect(fields.filter((field) => field === 'gone').length).toBeGreaterThan(6);
      for (const field of fields) expect(field).not.toMatch(/^nowhere/);
    });

    test('leads from each instruction to the source of its function', () => {
      const { ours, theirs } = link(objects, ARGS);
      const places = (bytes: Uint8Array): string[] => {
        const addresses = understand(bytes).funcs.flatMap(({ start, end }) =>
          Array.from({ length: end - start - 1 }, (_, i) => `0x${(start + 1 + i).toString(16)}`),
        );
        const { stdout } = llvm.run('symbolizer', ['--obj=m.wasm', '--no-inlines', ...addresses], { 'm.wasm': bytes });
        return stdout
          .trim()
          .split('\n\n')
          .map((text) => text.split('\n').at(-1)!.trim());
      };
      const own = places(ours);
      expect(own).toEqual(places(theirs));
      let at = 0;
      for (const { name, start, end } of understand(ours).funcs) {
        const [file, first, last] = LINES[name]!;
        const lines = own.slice(at, at + end - start - 1);
        at += lines.length;
        expect(lines.length).toBeGreaterThan(2);
        for (const place of lines) {
          const [, found, line] = /([^/]+):(\d+):\d+$/.exec(place)!;
          // Code that was inlined keeps the lines of its own source, and line 0 stands for no line.
          if (name !== 'run' || found === file) expect([name, found]).toEqual([name, file]);
          if (found !== file || line === '0') continue;
          expect(Number(line)).toBeGreaterThanOrEqual(name === 'run' ? 2 : first);
          expect(Number(line)).toBeLessThanOrEqual(last);
        }
      }
      expect(at).toBe(own.length);
    });

    test('is left out on demand', () => {
      for (const option of ['-S', '-s']) {
        const { ours, theirs } = link(objects, [...ARGS, option]);
        expect([option, sectionNames(ours), sectionNames(theirs)]).toEqual([option, [], []]);
        expect(payloadOf(ours, 'name').length > 0).toBe(option === '-S');
      }
    });
  });
});
