/**
 * What is mutated: link lines whose inputs are valid, from our compiler, from clang and from the libraries of its sysroot.
 *
 * Owns the choice: together they hold COMDATs, thread-locals, constructors, debug sections, weak and hidden symbols, wasm64,
 * position-independent code, tags, and archives of each flavour, with members that need each other in a circle. Where LLVM
 * is not installed only our own objects remain.
 */
import { CORE_BACKEND } from '../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../harness/case/generate.ts';
import { readArchive } from '../../core/link/input/archive.ts';
import type { NamedBytes } from '../../harness/external/c-program.ts';
import type { Llvm } from '../../harness/external/llvm.ts';
import { LIBRARY_FOLDER } from '../../harness/external/sysroot.ts';
import { HarnessError } from '../../harness/model/failure.ts';

/** A link that is to be disturbed. */
export interface MutationSeed {
  readonly name: string;
  /** Inputs in the order of the command line. */
  readonly files: readonly NamedBytes[];
  /** Files that are not on the command line but that thin archives refer to. */
  readonly lookups?: readonly NamedBytes[];
  /** What this link needs beside the options that vary. */
  readonly args: readonly string[];
  /** The linker refuses it before anything is disturbed. */
  readonly isRefused?: boolean;
}

const OWN_CASES = 12;
const OWN_WIDE_CASES = 4;

/** Seeds, the same ones each time; `llvm` is null where it is not installed. */
export function mutationSeeds(llvm: Llvm | null): MutationSeed[] {
  const own = [...ownSeeds('default', OWN_CASES), ...ownSeeds('wasm64', OWN_WIDE_CASES)];
  return llvm === null ? own : [...own, ...clangSeeds(llvm), ...memberSeeds(llvm), ...archiveSeeds(llvm)];
}

/** Programs of the generator, cut by their link plans. */
function ownSeeds(profile: string, count: number): MutationSeed[] {
  const generate = generatorOf(profile, null);
  const seeds: MutationSeed[] = [];
  for (let seed = 1; seeds.length < count; seed++) {
    const { unit, plan, settings } = generate(seed);
    if (plan.parts.length < 2) continue;
    const files: NamedBytes[] = [];
    for (const [n, navs] of plan.parts.entries()) {
      const built = CORE_BACKEND.objects!.compile({ unit, settings, defines: new Set(navs), shared: true });
      if (built.kind === 'built') files.push({ name: `part${n}.o`, bytes: built.bytes });
    }
    if (files.length < plan.parts.length) continue;
    const args = ['--export-all', ...(unit.pool.target.ptrBits === 64 ? ['-mwasm64'] : [])];
    seeds.push({ name: `${profile}:${seed}`, files, args });
  }
  return seeds;
}

const SOURCES: Readonly<Record<string, string>> = {
  'main.c': `
    extern int ext(int); extern char __heap_base; extern int shared_value;
    static int t(int x) { return x * 3; }
    int d(int x) { return x + 1; }
    int (*fns[2])(int) = { t, d };
    static const char msg[] = "hello"; const char *p = msg + 1; const char *q = "lo";
    int z[100]; static int count = 5;
    __attribute__((weak)) int w(void); __attribute__((weak)) int v(void) { return 3; }
    __attribute__((visibility("hidden"))) int h(void) { return 4; }
    __attribute__((import_module("host"), import_name("hx"))) int hx(int);
    __attribute__((constructor(200))) static void first(void) { count++; }
    __attribute__((used, section("kept"))) static int kept = 7;
    int alias_of_d(int) __attribute__((alias("d")));
    __attribute__((export_name("go"))) int go(int i, int x) {
      z[i] = fns[i](x); count += z[i] + (int)(long)&__heap_base;
      return count + p[0] + q[0] + ext(i) + (w ? w() : v()) + h() + hx(i) + shared_value;
    }
    void _start(void) { go(0, 1); }`,
  'other.c': `
    int shared_value = 9; extern int d(int);
    __attribute__((weak)) int v(void) { return 8; }
    static int table[4] = { 1, 2, 3, 4 };
    __attribute__((constructor)) static void second(void) { table[0] = d(table[1]); }
    int ext(int x) { return x * 100 + table[x & 3]; }`,
  'groups.cpp': `
    template <class T> struct Box { T value; static int made; virtual T get() { made++; return value; } };
    template <class T> int Box<T>::made = 1;
    inline int twice(int x) { static int calls; return x * 2 + ++calls; }
    struct Wide : Box<long> { long get() override { return Box<long>::get() + twice(3); } };
    extern int other(Box<long> &);
    struct Global { Global(); int x; }; Global::Global() : x(twice(1)) {} Global global;
    extern "C" void _start() { Wide w; w.value = global.x; other(w); }`,
  'groups-other.cpp': `
    template <class T> struct Box { T value; static int made; virtual T get() { made++; return value; } };
    template <class T> int Box<T>::made = 1;
    inline int twice(int x) { static int calls; return x * 2 + ++calls; }
    int other(Box<long> &box) { return int(box.get()) + twice(2) + Box<long>::made; }
    extern "C" void __cxa_pure_virtual() {} void operator delete(void *, unsigned long) noexcept {}`,
  'locals.c': `
    _Thread_local int a = 5; _Thread_local int b; static _Thread_local char c[10]; extern _Thread_local int far;
    int plain = 3;
    __attribute__((export_name("go"))) int go(int x) { a += x; b++; c[x & 7] = 1; return a + b + c[1] + far + plain; }
    void _start(void) { go(1); }`,
  'locals-other.c': `_Thread_local int far = 77; int *where(void) { return &far; }`,
  'tags.cpp': `
    extern void may(int); int depth;
    extern "C" void _start() { try { may(1); } catch (...) { depth++; } }
    void may(int x) { if (x) throw x; }`,
};

interface ClangRow {
  readonly name: string;
  readonly units: readonly string[];
  readonly flags: readonly string[];
  readonly args: readonly string[];
}

const WASM32 = '--target=wasm32-unknown-unknown';

const CLANG_ROWS: readonly ClangRow[] = [
  { name: 'plain', units: ['main.c', 'other.c'], flags: [WASM32, '-O1'], args: [] },
  { name: 'debug', units: ['main.c', 'other.c'], flags: [WASM32, '-O0', '-g'], args: [] },
  { name: 'groups', units: ['groups.cpp', 'groups-other.cpp'], flags: [WASM32, '-O0'], args: [] },
  { name: 'groups, debug', units: ['groups.cpp', 'groups-other.cpp'], flags: [WASM32, '-O0', '-g'], args: [] },
  {
    name: 'thread-locals',
    units: ['locals.c', 'locals-other.c'],
    flags: [WASM32, '-O1', '-matomics', '-mbulk-memory'],
    args: ['--shared-memory', '--max-memory=1048576'],
  },
  { name: 'thread-locals of one', units: ['locals.c', 'locals-other.c'], flags: [WASM32, '-O0', '-g'], args: [] },
  { name: 'pic', units: ['main.c', 'other.c'], flags: [WASM32, '-O1', '-fPIC'], args: [] },
  {
    name: 'wasm64',
    units: ['main.c', 'other.c'],
    flags: ['--target=wasm64-unknown-unknown', '-O1'],
    args: ['-mwasm64'],
  },
  { name: 'tags', units: ['tags.cpp'], flags: [WASM32, '-O1', '-fwasm-exceptions'], args: [] },
  {
    name: 'no sections',
    units: ['main.c', 'other.c'],
    flags: [WASM32, '-O2', '-fno-function-sections', '-fno-data-sections'],
    args: [],
  },
];

function clangSeeds(llvm: Llvm): MutationSeed[] {
  return CLANG_ROWS.map(({ name, units, flags, args }) => ({
    name: `clang, ${name}`,
    files: units.map((unit) => ({ name: `${unit}.o`, bytes: compile(llvm, unit, flags) })),
    args,
  }));
}

function compile(llvm: Llvm, unit: string, flags: readonly string[]): Uint8Array {
  const tool = unit.endsWith('.c') ? 'clang' : 'clang++';
  const run = llvm.run(tool, [...flags, '-ffreestanding', '-w', '-c', unit, '-o', `${unit}.o`], SOURCES);
  const bytes = run.files.get(`${unit}.o`);
  if (run.exitCode !== 0 || bytes === undefined) throw new HarnessError(`${tool} refused ${unit}:\n${run.stderr}`);
  return bytes;
}

/** Members of libraries that differ in what they hold. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'libc.a': ['memcpy.c.obj', 'vfprintf.c.obj', 'environ.c.obj', 'errno.c.obj', 'qsort.c.obj', '__main_void.c.obj'],
  'libc++.a': ['new_helpers.cpp.obj', 'memory_resource.cpp.obj', 'string.cpp.obj'],
  'libc++abi.a': ['stdlib_typeinfo.cpp.obj', 'private_typeinfo.cpp.obj'],
  'libsetjmp.a': ['rt.c.obj'],
};

function memberSeeds(llvm: Llvm): MutationSeed[] {
  const crt = { name: 'crt1.o', bytes: llvm.sysroot.read(`${LIBRARY_FOLDER}/crt1-command.o`) };
  const seeds: MutationSeed[] = [];
  for (const [library, names] of Object.entries(MEMBERS)) {
    const archive = readArchive(llvm.sysroot.read(`${LIBRARY_FOLDER}/${library}`), library);
    if (!archive.ok) throw new HarnessError(archive.error.text());
    for (const member of archive.value.members) {
      if (!names.includes(member.name)) continue;
      const files = [{ name: member.name, bytes: member.bytes }, crt];
      seeds.push({ name: `${library}(${member.name})`, files, args: [] });
    }
  }
  return seeds;
}

/** Two libraries whose members need each other, in each flavour. */
function archiveSeeds(llvm: Llvm): MutationSeed[] {
  const sources = {
    'start.c': 'extern int one(int); void _start(void) { one(3); }',
    'one.c': 'extern int two(int); int one(int x) { return x ? two(x - 1) : 0; }',
    'two.c': 'extern int three(int); int two(int x) { return three(x) + 2; } int unused_two;',
    'three.c': 'extern int one(int); int three(int x) { return one(x) + 3; }',
    'a-member-with-a-long-name.c': 'extern int two(int); int long_named(int x) { return two(x); }',
  };
  const objects: Record<string, Uint8Array> = {};
  for (const unit of Object.keys(sources)) {
    const name = unit.replace(/\.c$/, '.o');
    objects[name] = llvm.clang([WASM32, '-O1', '-c', unit, '-o', name], sources).files.get(name)!;
  }
  const pack = (flags: readonly string[], out: string, members: readonly string[]): NamedBytes => {
    const run = llvm.run('ar', [...flags, out, ...members], objects);
    const bytes = run.files.get(out);
    if (run.exitCode !== 0 || bytes === undefined) throw new HarnessError(`ar failed:\n${run.stderr}`);
    return { name: out, bytes };
  };
  const start = { name: 'start.o', bytes: objects['start.o']! };
  const flavours: readonly (readonly [string, readonly string[]])[] = [
    ['gnu', ['rcs']],
    ['no index', ['rcS']],
    ['bsd', ['--format=bsd', 'rcs']],
    ['darwin', ['--format=darwin', 'rcs']],
    ['coff', ['--format=coff', 'rcs']],
    ['thin', ['--thin', 'rcs']],
  ];
  const seeds = flavours.map(([name, flags]): MutationSeed => {
    const first = pack(flags, 'first.a', ['one.o', 'three.o', 'a-member-with-a-long-name.o']);
    const second = pack(flags, 'second.a', ['two.o', 'one.o']);
    const lookups = name === 'thin' ? Object.entries(objects).map(([name, bytes]) => ({ name, bytes })) : [];
    return { name: `archives, ${name}`, files: [start, first, second], lookups, args: [] };
  });
  // Thin archives whose members are the archives themselves.
  const [, first, second] = seeds.at(-1)!.files;
  const lookups = [
    { name: 'one.o', bytes: first!.bytes },
    { name: 'two.o', bytes: second!.bytes },
    { name: 'three.o', bytes: second!.bytes },
  ];
  return [...seeds, { ...seeds.at(-1)!, name: 'archives, thin, of themselves', lookups, isRefused: true }];
}
