/**
 * wasm64 objects of clang, linked by this linker and by LLVM's, executed with 64-bit memories and compared.
 *
 * V8 11.3 has no tables of 64 bits, which LLVM gives every such program: both modules are executed with their tables made
 * narrow (harness/engine/table64.ts), and validated as they are by wabt.
 */
import { beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import wabtModule from 'wabt';
import { parseUnit } from '../../../../core/air/text/parse.ts';
import { formatDiagnostic } from '../../../../core/diagnostics/diagnostics.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import type { NavIndex } from '../../../../core/intern/keys.ts';
import { Linker, linkObjects } from '../../../../core/link/linker.ts';
import { compileFunction, compileObject } from '../../../../core/pipeline/compile.ts';
import { DEFAULT_SETTINGS } from '../../../../core/pipeline/settings.ts';
import { RELOCATIONS } from '../../../../core/wasm/relocations.ts';
import { enableMemory64, makeMemory64, MEMORY64_ABSENT } from '../../../../harness/engine/v8/memory64.ts';
import { withTable32 } from '../../../../harness/engine/v8/table64.ts';
import type { NamedBytes } from '../../../../harness/external/c-program.ts';
import { compileProgram, wasmLdLinker } from '../../../../harness/external/c-program.ts';
import type { Llvm } from '../../../../harness/external/llvm.ts';
import { PROGRAM_FOLDER } from '../../programs/programs.ts';
import { describeLlvm } from '../../../harness/external/describe-llvm.ts';
import { ourLinker } from '../../../harness/external/our-linker.ts';

const FOLDER = join(PROGRAM_FOLDER, 'wasm64');
const FILES = Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
const wabt = await wabtModule();

/** The AIR half of mixed.c. */
const AIR_HALF = `
extern var @c_offset: u32
extern fn @c_tripler() usize
export var @air_table: [3]u32 = .{ 10, 20, 30 }
fn @adder(u32) u32 {
  %0 = arg u32 0
  %1 = add_wrap %0, u32 7
  ret %1
}
export fn @air_adder() usize {
  %0 = bitcast usize *const fn(u32) u32 &@adder
  ret %0
}
export fn @air_apply(usize, u32) u32 {
  %0 = arg usize 0
  %1 = arg u32 1
  %2 = bitcast *const fn(u32) u32 %0
  %3 = call %2(%1)
  ret %3
}
export fn @through(u32) u32 {
  %0 = arg u32 0
  %1 = call @c_tripler()
  %2 = call @air_apply(%1, %0)
  ret %2
}
export fn @air_sum(usize, usize) u64 {
  %0 = arg usize 0
  %1 = arg usize 1
  %2 = bitcast [*]const u32 %0
  %3 = alloc *usize
  %4 = alloc *u64
  store %3, usize 0
  store %4, u64 0
  %7 = block void {
    %8 = loop noreturn {
      %9 = load usize %3
      %10 = cmp_eq %9, %1
      cond_br %10 {
        br %7
      } else {
        %12 = ptr_elem_val %2, %9
        %13 = intcast u64 %12
        %14 = load u64 %4
        %15 = add %14, %13
        store %4, %15
        %17 = add %9, usize 1
        store %3, %17
        repeat %8
      }
    }
  }
  %20 = load u64 %4
  ret %20
}
`;

type Exports = Record<string, (...args: (number | bigint)[]) => unknown>;

function compile(llvm: Llvm, units: readonly string[], ...flags: string[]): NamedBytes[] {
  const all = ['--target=wasm64-unknown-unknown', '-ffreestanding', ...flags];
  return compileProgram(llvm, { name: 'wasm64', language: 'c', files: FILES, units, flags: all });
}

/** Both linkers' modules, ours first. */
function linkBoth(llvm: Llvm, inputs: readonly NamedBytes[], args: readonly string[]): readonly Uint8Array[] {
  return [ourLinker, wasmLdLinker(llvm)].map((link) => {
    const run = link(inputs, args);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    wabtText(run.module!);
    return run.module!;
  });
}

function wabtText(module: Uint8Array): string {
  const features = { memory64: true, threads: true };
  // A copy, because wabt takes the whole buffer that a view is of.
  const parsed = wabt.readWasm(new Uint8Array(module), { ...features, readDebugNames: true });
  try {
    // The types of the package leave the parameter out.
    const untyped: { validate(features: object): void } = parsed;
    untyped.validate(features);
    return parsed.toText({});
  } finally {
    parsed.destroy();
  }
}

function instantiate(module: Uint8Array, imports: WebAssembly.Imports = {}): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(withTable32(module)!), imports).exports;
}

/** What main.c and other.c do, in one list. */
function observe(module: Uint8Array, imports: WebAssembly.Imports = {}): unknown[] {
  const e = instantiate(module, imports) as unknown as Exports;
  return [
    ...[e['sum_list']!(), e['indirect']!(0, 7), e['indirect']!(1, 7), e['pointers']!()],
    ...[0n, 1n, 2n, 3n].map((at) => e['element']!(at)),
    ...[0, 1, 2].map((n) => e['text']!(n, n)),
    ...[e['picked']!(1), e['stack']!(), e['borders']!(), e['weak']!(), e['heap']!(4), e['grow']!(1n)],
  ];
}

/** Sum over the list, calls, sums and letters by hand from the source; all borders in order. */
const OUTCOME = [228, 36, 43, 91, 1001, 2002, 3003, 4004, 97, 101, 109, 25, 1, 31, 12, 5, 1n];

const UNITS = ['main.c', 'other.c'];

await describeLlvm('wasm64 objects of clang', (llvm) => {
  beforeAll(() => {
    if (!enableMemory64()) throw new Error(MEMORY64_ABSENT);
  });

  const WAYS: readonly (readonly [flags: readonly string[], args: readonly string[]])[] = [
    [['-O1'], []],
    [['-O0'], []],
    [['-O2', '-fPIC'], []],
    [['-O0', '-fPIC'], ['--no-gc-sections']],
    [
      ['-O1', '-g'],
      ['--no-stack-first', '-z', 'stack-size=32768'],
    ],
    [['-O1'], ['--global-base=1048576', '--initial-memory=4194304', '--max-memory=8388608']],
    [['-O1'], ['--strip-all', '--compress-relocations']],
    [['-O1', '-mno-reference-types', '-mno-call-indirect-overlong'], []],
  ];
  for (const [flags, args] of WAYS) {
    test(`${flags.join(' ')} and ${args.join(' ') || 'no options'}: both linkers' programs do the same`, () => {
      const inputs = compile(llvm, UNITS, ...flags);
      for (const module of linkBoth(llvm, inputs, ['-mwasm64', '--no-entry', ...args])) {
        expect(observe(module)).toEqual(OUTCOME);
      }
      // Without -m the inputs say how wide addresses are. This wasm-ld crashes where it has to keep relocations.
      const relocs = args.includes('--strip-all') ? [] : ['--emit-relocs'];
      const plain = ourLinker(inputs, ['--no-entry', ...args, ...relocs]);
      expect(observe(plain.module!)).toEqual(OUTCOME);
    });
  }

  test('memory of the host is imported with 64-bit limits, and its data is cleared', () => {
    const args = ['-mwasm64', '--no-entry', '--import-memory', '--initial-memory=262144', '--max-memory=1048576'];
    for (const module of linkBoth(llvm, compile(llvm, UNITS, '-O1', '-mbulk-memory'), args)) {
      const memory = makeMemory64(4, 16);
      new Uint8Array(memory.buffer).fill(0xaa, 0, 131072);
      const e = instantiate(module, { env: { memory } }) as unknown as Exports;
      expect([e['pointers']!(), e['sum_list']!()]).toEqual([91, 228]);
    }
  });

  test('memories beyond 4 GiB have the same limits from both linkers', () => {
    const inputs = compile(llvm, UNITS, '-O1');
    const args = ['-mwasm64', '--no-entry', '--initial-memory=8589934592', '--max-memory=17179869184'];
    for (const module of linkBoth(llvm, inputs, args)) expect(wabtText(module)).toContain(' i64 131072 262144)');
    const far = ['-mwasm64', '--no-entry', '--global-base=4294967296'];
    const [ours, theirs] = linkBoth(llvm, inputs, far).map(wabtText);
    for (const text of [ours, theirs]) {
      expect(text).toMatch(/\(memory .* i64 65537\)/);
      expect(text).toContain('(i64.const 4294967296)');
    }
    const narrow = ourLinker(inputs, ['-m', 'wasm32', '--no-entry']);
    expect(narrow.stderr).toContain("wasm64 object file can't be linked in wasm32 mode");
    const huge = ourLinker(inputs, ['--no-entry', '--max-memory=17179934720']);
    expect(huge.exitCode).toBe(1);
  });

  test('-r joins objects to one that links to the same program, alone and by LLVM', () => {
    const inputs = compile(llvm, UNITS, '-O1');
    const joined = ourLinker(inputs, ['-r']);
    expect(joined).toMatchObject({ exitCode: 0, stderr: '' });
    const one = [{ name: 'joined.o', bytes: joined.module! }];
    for (const module of linkBoth(llvm, one, ['-mwasm64', '--no-entry'])) expect(observe(module)).toEqual(OUTCOME);
  });

  test('units of this compiler link with objects of clang, in both linkers, if their table is as wide', () => {
    const air = (table64: boolean): NamedBytes => {
      const parsed = parseUnit(AIR_HALF, { target: { ptrBits: 64 } });
      if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
      const built = compileObject(parsed.unit, { ...DEFAULT_SETTINGS, table64 });
      if (!built.ok) throw new Error(built.error.map(formatDiagnostic).join('\n'));
      return { name: 'air.o', bytes: built.value };
    };
    for (const level of ['-O0', '-O2']) {
      const c = compile(llvm, ['mixed.c'], level);
      for (const inputs of [
        [...c, air(true)],
        [air(true), ...c],
      ]) {
        for (const module of linkBoth(llvm, inputs, ['-mwasm64', '--no-entry'])) {
          const e = instantiate(module) as unknown as Exports;
          const seen = [e['sum']!(0), e['sum']!(3), e['apply']!(5), e['add']!(10), e['entry']!(2), e['through']!(4)];
          expect(seen).toEqual([54321n, 54000n, -5, 17, 30, 12]);
        }
      }
      // The same unit in the linker itself takes the width of the table from the object, in each of its outputs.
      const parsed = parseUnit(AIR_HALF, { target: { ptrBits: 64 } });
      const object = readObject(c[0]!.bytes, 'mixed.o');
      if (!parsed.ok || !object.ok) throw new Error('what was read before is not read');
      const linker = new Linker(parsed.unit);
      parsed.unit.navs.forEach((nav, n) => {
        const index = n as NavIndex;
        if (nav.kind === 'func') linker.updateFunc(index, compileFunction(parsed.unit, index, DEFAULT_SETTINGS));
        else linker.updateNav(index);
      });
      linker.addObject(object.value);
      const joined = linker.flushObject();
      if (!joined.ok) throw new Error(joined.error.text());
      for (const result of [
        linker.flushExecutable(),
        linker.flushExecutable({ emitRelocs: true }),
        linkObjects([{ name: 'joined.o', bytes: joined.bytes }]),
      ]) {
        if (!result.ok) throw new Error(result.error.text());
        const e = instantiate(result.bytes) as unknown as Exports;
        expect([e['sum']!(0), e['apply']!(5), e['add']!(10), e['through']!(4)]).toEqual([54321n, -5, 17, 12]);
      }
      const refused = ourLinker([...c, air(false)], ['--no-entry']);
      expect(refused.stderr).toContain('the object needs a function table with slots of 32 bits, others one of 64');
    }
  });

  test('shared memory: data is initialised once, and each instance has its own block', () => {
    const inputs = compile(llvm, ['threads.c'], '-O1', '-matomics', '-mbulk-memory');
    const args = ['-mwasm64', '--no-entry', '--shared-memory', '--import-memory', '--max-memory=2097152'];
    const names = ['__wasm_init_tls', '__tls_size', '__tls_align', '__tls_base', '__stack_pointer', '__heap_base'];
    for (const module of linkBoth(llvm, inputs, [...args, ...names.map((name) => `--export=${name}`)])) {
      const memory = makeMemory64(32, 32, true);
      const seen = [1n, 2n].map((id) => {
        const exports = instantiate(module, { env: { memory } });
        const e = exports as unknown as Exports;
        const value = (name: string): bigint => (exports[name] as WebAssembly.Global).value as bigint;
        const block = value('__heap_base') + id * 0x10000n;
        const tls = block + (value('__tls_align') - (block % value('__tls_align')));
        (exports['__stack_pointer'] as WebAssembly.Global).value = tls + 0x8000n;
        e['__wasm_init_tls']!(tls);
        expect(value('__tls_base')).toBe(tls);
        const address = e['own_address']!() as bigint;
        expect(address >= tls && address < tls + value('__tls_size')).toBe(true);
        const ctors = id === 1n ? e['construct_all']!() : 1;
        const work = e['work']!(Number(id));
        return [ctors, work, e['add']!(1), ...[0, 1, 2, 3, 4, 5].map((what) => e['look']!(what))];
      });
      expect(seen).toEqual([
        [1, 12, 1, 12, 1, 1, 12, 1, 120],
        [1, 13, 2, 13, 1, 3, 12, 1, 120],
      ]);
    }
  });

  test('debug information says where each function is, in fields of 64 bits', () => {
    const inputs = compile(llvm, UNITS, '-O1', '-g');
    const [ours, theirs] = linkBoth(llvm, inputs, ['-mwasm64', '--no-entry', '--no-gc-sections']).map((module) => {
      const files = { 'a.wasm': module };
      const code = llvm.objdump(['-d', 'a.wasm'], files).stdout;
      const base = Number(`0x${/([0-9a-f]{16}) <CODE>:/.exec(code)![1]!}`);
      // Name, empty line, perhaps a line of locals, then the address of the first instruction.
      const firsts = [...code.matchAll(/<(\w+)>:\n\n(?:\s+\.local.*\n)?\s+([0-9a-f]+):/g)];
      const addresses = firsts.map((m) => `0x${(Number(`0x${m[2]!}`) - base).toString(16)}`);
      const lines = llvm
        .run('addr2line', ['-e', 'a.wasm', ...addresses], files)
        .stdout.trim()
        .split('\n');
      return new Map(firsts.map((m, i) => [m[1]!, lines[i]!] as const).filter(([, line]) => !line.startsWith('??')));
    });
    const sourceLine = (unit: string, text: string): string => {
      const at = FILES[unit]!.split('\n').findIndex((line) => line.includes(text));
      return `/${unit}:${at + 1}`;
    };
    expect(ours!.get('thrice')).toBe(sourceLine('main.c', 'int thrice'));
    expect(ours!.get('other_text')).toBe(sourceLine('other.c', 'other_text'));
    expect(ours!.size).toBeGreaterThan(10);
    expect([...ours!].sort()).toEqual([...theirs!].filter(([name]) => ours!.has(name)).sort());
  });

  test('together these objects have every 64-bit relocation that this LLVM writes', () => {
    const objects = [
      ...compile(llvm, UNITS, '-O1', '-g'),
      ...compile(llvm, UNITS, '-O0', '-fPIC'),
      ...compile(llvm, ['threads.c'], '-O1', '-matomics', '-mbulk-memory'),
    ];
    const seen = new Set<string>();
    for (const { name, bytes } of objects) {
      const parsed = readObject(bytes, name);
      if (!parsed.ok) throw new Error(parsed.error.text());
      const { codeRelocs, dataRelocs, customs } = parsed.value;
      for (const { type } of [codeRelocs, dataRelocs, ...customs.map(({ relocs }) => relocs)]) {
        for (const number of type) seen.add(RELOCATIONS[number]!.name);
      }
    }
    const wide = RELOCATIONS.map(({ name }) => name).filter((name) => name.endsWith('64'));
    expect(wide.filter((name) => !seen.has(name))).toEqual(['MEMORY_ADDR_LOCREL_I64']);
  });
});
