/** What both linkers must agree on, link line by link line: limits, imports, exports, names, and each other's relocatable output. */
import { describe, expect, test } from '@jest/globals';
import { payloadOf } from '../../core/link/with-section.ts';
import { compareJoined } from '../../../harness/check/compare-joined.ts';
import { functionNames } from '../../../harness/wasm/module-reader.ts';
import { describeLlvm } from './describe-llvm.ts';
import { ourLinker } from './our-linker.ts';

const SOURCES = {
  'a.c': `extern int counter; int twice(int); static int own = 3; static int zero[40];
typedef int Function(int); Function *volatile pointer = twice;
__attribute__((constructor)) static void first(void) { counter += 100; }
int x(void); int __real_x(void);
void _start(void) { pointer(1); }
__attribute__((export_name("run"))) int run(int n) { zero[n]++; return pointer(n) + counter + own + zero[n] + x() * 10; }
`,
  'b.c': `int counter = 7; int twice(int v) { return v * 2; } int x(void) { return 1; } int __wrap_x(void) { return 2; }
extern char __heap_base, __heap_end, __wasm_first_page_end;
__attribute__((export_name("where"))) long where(int n) {
  return n == 0 ? (long)&__heap_base : n == 1 ? (long)&__heap_end : (long)&__wasm_first_page_end;
}
`,
};
const TABLES = `
.tabletype host, externref
.import_module host, env
.import_name host, host
.tabletype things, externref, 3, 10
.globl things
things:
.tabletype calls, funcref, 5
.globl calls
calls:
.section .text._start,"",@
.globl _start
_start:
.functype _start () -> ()
  i32.const 0
  table.get host
  drop
  table.size things
  drop
  table.size calls
  drop
  end_function
`;

await describeLlvm('the same link line', ({ clang, linkModule, run }) => {
  const compile = (name: string, text: string, flags: readonly string[]): Uint8Array => {
    const made = run('clang', ['--target=wasm32', ...flags, '-c', name, '-o', 'out.o'], { [name]: text });
    expect(made.stderr).toBe('');
    return made.files.get('out.o')!;
  };
  const program = Object.entries(SOURCES).map(([name, text]) => ({
    name: name.replace('.c', '.o'),
    bytes: compile(name, text, ['-O1']),
  }));
  type Inputs = readonly { readonly name: string; readonly bytes: Uint8Array }[];
  const both = (inputs: Inputs, args: readonly string[]): readonly [ours: Uint8Array, theirs: Uint8Array] => {
    const own = ourLinker(inputs, args);
    const files = Object.fromEntries(inputs.map(({ name, bytes }) => [name, bytes]));
    const other = linkModule([...args, ...inputs.map(({ name }) => name)], files);
    expect([own.exitCode, own.stderr, other.exitCode, other.stderr]).toEqual([0, '', 0, '']);
    return [own.module!, Uint8Array.from(other.module!)];
  };
  const load = (bytes: Uint8Array, imports: WebAssembly.Imports = {}): Record<string, (n: number) => number> =>
    new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)), imports).exports as never;

  describe('gives the same sections', () => {
    const MEMORY = 5;
    const TABLE = 4;
    test.each([
      [[], MEMORY],
      [['--page-size=1'], MEMORY],
      [['--page-size=1', '--initial-memory=100001', '--max-memory=200000'], MEMORY],
      [['--page-size=65536', '--max-memory=1048576'], MEMORY],
      [['--no-growable-memory', '--initial-heap=65536'], MEMORY],
      [[], TABLE],
      [['--growable-table'], TABLE],
      [['--table-base=10'], TABLE],
    ])('for %j, section %i', (args, id) => {
      const [ours, theirs] = both(program, args);
      expect(payloadOf(ours, id).length).toBeGreaterThan(0);
      expect(payloadOf(ours, id)).toEqual(payloadOf(theirs, id));
    });

    test('for tables of every sort', () => {
      const inputs = [{ name: 't.o', bytes: compile('t.s', TABLES, ['-mreference-types']) }];
      const [ours, theirs] = both(inputs, []);
      for (const id of [2, TABLE]) expect([id, payloadOf(ours, id)]).toEqual([id, payloadOf(theirs, id)]);
    });
  });

  test.each([
    [['--export-all']],
    [['--wrap=x', '--export=x']],
    [['--wrap=x', '--export=__real_x']],
    [['--wrap=x', '--export-if-defined=x', '--export=twice']],
    [['--import-table', '--export-memory=mem']],
    [['--export-table', '--import-memory=host,memory']],
    [['--export-dynamic', '--no-gc-sections']],
    [['--export-table', '--export=counter']],
    [['--export-table', '--export=__indirect_function_table']],
    [['--export-all', '--export=__indirect_function_table']],
    [['--export-all', '--import-table']],
    [['--export-if-defined=__indirect_function_table', '--import-table']],
  ])('gives the same imports and exports in the same order for %j', (args) => {
    const [ours, theirs] = both(program, args);
    const interfaceOf = (bytes: Uint8Array): string[] => {
      const module = new WebAssembly.Module(Uint8Array.from(bytes));
      const names = [...WebAssembly.Module.imports(module), ...WebAssembly.Module.exports(module)];
      return names.map((entry) => JSON.stringify(entry));
    };
    expect(interfaceOf(ours)).toEqual(interfaceOf(theirs));
  });

  describe('takes members of archives in the same order, with all that they need', () => {
    // Every member needs others of both archives, in circles; several offer one name, and one is wanted weakly only.
    const needs: Readonly<Record<string, readonly string[]>> = {
      main: ['c', 'a'],
      a: ['f', 'b'],
      b: ['a', 'e', 'twice'],
      c: ['d', 'b'],
      d: ['e', 'c'],
      e: ['f'],
      f: ['d', 'twice'],
      unused: ['a'],
    };
    const member = (name: string): Uint8Array => {
      const calls = needs[name]!.map((callee) => `void ${callee}(void);`).join(' ');
      const extra = name === 'b' || name === 'e' ? '__attribute__((weak)) void twice(void) {}' : '';
      const maybe = name === 'd' ? 'if (unused) unused();' : '';
      const own = name === 'main' ? '_start' : name;
      const body = needs[name]!.map((callee) => `${callee}();`).join(' ');
      const text = `${calls} __attribute__((weak)) void unused(void); ${extra} void ${own}(void) { ${body} ${maybe} }`;
      return compile(`${name}.c`, text, ['-O1', '-ffunction-sections']);
    };
    const objects = Object.fromEntries(Object.keys(needs).map((name) => [`${name}.o`, member(name)]));
    const archive = (
      name: string,
      members: readonly string[],
    ): { readonly name: string; readonly bytes: Uint8Array } => {
      const made = run('ar', ['--format=gnu', 'rcs', name, ...members], objects);
      expect(made.stderr).toBe('');
      return { name, bytes: made.files.get(name)! };
    };
    const x = archive('x.a', ['e.o', 'a.o', 'unused.o', 'd.o']);
    const y = archive('y.a', ['f.o', 'c.o', 'b.o']);
    const main = { name: 'main.o', bytes: objects['main.o']! };

    test.each([
      ['behind the program', [main, x, y]],
      ['before the program', [y, x, main]],
      ['on both sides', [x, main, y]],
    ])('%s', (_where, inputs) => {
      const [ours, theirs] = both(inputs, ['-o', 'program.wasm']);
      const CODE = 10;
      expect(payloadOf(ours, CODE).length).toBeGreaterThan(0);
      expect(payloadOf(ours, CODE)).toEqual(payloadOf(theirs, CODE));
      expect(functionNames(ours)).toEqual(functionNames(theirs));
    });
  });

  test('looks for names of options in the same order: -u as given, --export as a hash table has them', () => {
    // Of all lengths that the hash tells apart, enough for the table to grow, in no order.
    const lengths = [3, 5, 8, 9, 16, 17, 32, 33, 64, 100, 128, 129, 200, 240, 241, 400];
    const names = lengths.map((length, i) => `n${(i * 7) % 16}${'abcdefgh'.repeat(50)}`.slice(0, length));
    const define = (name: string): string =>
      `.globl ${name}\n.section .text.${name},"",@\n${name}:\n.functype ${name} () -> ()\n  end_function\n`;
    const objects = Object.fromEntries(
      [...names, '_start'].map((name, i) => [`${i}.o`, compile(`${i}.s`, define(name), [])]),
    );
    const made = run('ar', ['--format=gnu', 'rcs', 'n.a', ...names.map((_, i) => `${i}.o`)], objects);
    const inputs = [
      { name: 'main.o', bytes: objects[`${names.length}.o`]! },
      { name: 'n.a', bytes: made.files.get('n.a')! },
    ];
    const CODE = 10;
    const orders = [2, 12, 13, names.length].map((count) => {
      const wanted = names.slice(0, count);
      const exports = wanted.map((name, i) => `--export${i % 3 === 0 ? '-if-defined' : ''}=${name}`);
      const ahead = names.slice(count, count + 2).flatMap((name) => ['-u', name]);
      const [ours, theirs] = both(inputs, ['--no-gc-sections', '-o', 'p.wasm', ...exports, ...ahead]);
      expect([count, functionNames(ours)]).toEqual([count, functionNames(theirs)]);
      expect(payloadOf(ours, CODE)).toEqual(payloadOf(theirs, CODE));
      return [functionNames(ours), wanted] as const;
    });
    const [found, wanted] = orders.at(-1)!;
    // The order is not that of the options.
    expect([...found.values()].filter((name) => wanted.includes(name))).toHaveLength(wanted.length);
    expect([...found.values()].filter((name) => wanted.includes(name))).not.toEqual(wanted);
  });

  test('makes one import of names that want the same one', () => {
    const names = [0, 1, 2].map(
      (n) => `.import_module f${n}, host\n.import_name f${n}, f\n.functype f${n} () -> (${n < 2 ? 'i32' : 'f32'})`,
    );
    const calls = [0, 1, 2].map((n) => `  call f${n}\n  drop\n`).join('');
    const text = `${names.join('\n')}\n.globl _start\n_start:\n.functype _start () -> ()\n${calls}  end_function\n`;
    const [ours, theirs] = both([{ name: 'i.o', bytes: compile('i.s', text, []) }], []);
    const [IMPORT, CODE] = [2, 10];
    for (const id of [IMPORT, CODE]) expect([id, payloadOf(ours, id)]).toEqual([id, payloadOf(theirs, id)]);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(ours)))).toHaveLength(2);
  });

  test('has the symbols of relocatable output in the same order', () => {
    const names = both(program, ['-r', '-o', 'joined.o']).map((bytes) => {
      const { stdout } = run('nm', ['--no-sort', '--format=just-symbols', 'joined.o'], { 'joined.o': bytes });
      return stdout
        .trimEnd()
        .split('\n')
        .filter((name) => !name.startsWith('.'));
    });
    expect(names[0]!.length).toBeGreaterThan(10);
    expect(names[0]).toEqual(names[1]);
  });

  test('has the symbols, types, imports, functions and memory of relocatable output that wasm-ld has', () => {
    const [ours, theirs] = both(program, ['-r']);
    expect(compareJoined(ours, theirs)).toBeNull();
    const [TYPE, IMPORT, FUNCTION, MEMORY] = [1, 2, 3, 5];
    for (const id of [TYPE, IMPORT, FUNCTION, MEMORY])
      expect([id, payloadOf(ours, id)]).toEqual([id, payloadOf(theirs, id)]);
    const other = compareJoined(ours, both([...program].reverse(), ['-r'])[1]);
    expect(other?.what).toMatch(/^symbols of relocatable output/);
  });

  test('gives programs that do the same, also where the first page ends and the heap begins', () => {
    for (const args of [[], ['--wrap=x'], ['--no-stack-first', '--global-base=2048'], ['-zstack-size=16384']]) {
      const [ours, theirs] = both(program, args);
      const [own, other] = [load(ours), load(theirs)];
      for (const n of [0, 5]) expect([args, n, own['run']!(n)]).toEqual([args, n, other['run']!(n)]);
      expect([args, own['where']!(2)]).toEqual([args, other['where']!(2)]);
      expect([args, own['where']!(1)]).toEqual([args, other['where']!(1)]);
    }
  });

  test('lets each linker read what the other joined', () => {
    const [ours, theirs] = both(program, ['-r']);
    // wasm-ld defines the memory there that objects of compilers import.
    expect(payloadOf(theirs, 5).length).toBeGreaterThan(0);
    const expected = load(both(program, [])[0])['run']!(5);
    for (const bytes of [ours, theirs]) {
      for (const module of both([{ name: 'joined.o', bytes }], [])) expect(load(module)['run']!(5)).toBe(expected);
    }
  });

  test('of exceptions with references: the type that clang gives them is known', () => {
    const source = `void may(int); int depth;
extern "C" void _start() { try { may(1); } catch (int x) { depth += x; } }
void may(int x) { if (x) throw x; }`;
    const flags = ['-O1', '-fwasm-exceptions', '-mllvm', '-wasm-use-legacy-eh=false', '-x', 'c++'];
    const made = clang(['--target=wasm32', ...flags, '-c', 'e.cc', '-o', 'e.o'], { 'e.cc': source });
    const inputs = [{ name: 'e.o', bytes: made.files.get('e.o')! }];
    const [ours, theirs] = both(inputs, ['--allow-undefined']);
    expect([...payloadOf(theirs, 1)]).toContain(0x69);
    expect([...payloadOf(ours, 1)]).toContain(0x69);
  });

  test.each(['--export=__indirect_function_table --import-table', '--export=__tls_base', '--export=memory'])(
    'knows nothing of that name: %s',
    (words) => {
      const name = words.slice('--export='.length).split(' ')[0]!;
      const own = ourLinker(program, words.split(' '));
      const files = Object.fromEntries(program.map((input) => [input.name, input.bytes]));
      const other = linkModule([...words.split(' '), ...Object.keys(files)], files);
      for (const { stderr } of [own, other])
        expect(stderr).toContain(`symbol exported via --export not found: ${name}`);
    },
  );

  test('says who made the module in the same words', () => {
    const tool = [
      'section .custom_section.producers,"",@\n  .int8 2\n  .int8 3\n  .ascii "sdk"\n  .int8 1\n  .int8 1\n  .ascii "S"\n  .int8 1\n  .ascii "1"',
      '  .int8 8\n  .ascii "language"\n  .int8 1\n  .int8 1\n  .ascii "L"\n  .int8 1\n  .ascii "2"\n',
    ];
    const inputs = [{ name: 'p.o', bytes: compile('p.s', `.${tool.join('\n')}`, []) }, ...program];
    const [ours, theirs] = both(inputs, []);
    const words = (bytes: Uint8Array): string =>
      Buffer.from(
        new Uint8Array(
          WebAssembly.Module.customSections(new WebAssembly.Module(Uint8Array.from(bytes)), 'producers')[0]!,
        ),
      ).toString('latin1');
    expect(words(ours)).toMatch(/language.*processed-by.*sdk/);
    expect(words(ours)).toBe(words(theirs));
  });

  test('keeps strings of each section together where segments are not merged', () => {
    const text = `int f(const char *); __attribute__((export_name("run"))) int run(int n) { return f(n ? "one" : "a longer one"); }`;
    const other = `const int table[2] = {1, 2}; int f(const char *p) { return f("one") + p[0] + table[p[1]]; }`;
    const inputs = [
      { name: 's.o', bytes: compile('s.c', text, ['-O1']) },
      { name: 'o.o', bytes: compile('o.c', other, ['-O0']) },
    ];
    for (const level of ['-O0', '-O1']) {
      const [ours, theirs] = both(inputs, ['--no-entry', '--no-merge-data-segments', level]);
      expect(payloadOf(ours, 11)).toEqual(payloadOf(theirs, 11));
      expect(payloadOf(ours, 10)).toEqual(payloadOf(theirs, 10));
    }
  });

  test('calls the module like its file', () => {
    const inputs = program.map(({ name, bytes }) => [name, bytes] as const);
    const { files } = run('wasm-ld', ['a.o', 'b.o', '-o', 'dir/x.wasm'], Object.fromEntries(inputs));
    const theirs = files.get('dir/x.wasm')!;
    const { module } = ourLinker(program, ['-o', 'dir/x.wasm']);
    const start = (bytes: Uint8Array): number[] => [...payloadOf(bytes, 'name').subarray(0, 8)];
    expect(start(module!)).toEqual(start(theirs));
  });
});
