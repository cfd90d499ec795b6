/**
 * How real programs are compiled to objects: sources from the distribution, with an entry point of ours beside this file.
 *
 * Owns compilers' command lines and what each program needs. Knows nothing of linkers, but that a compiler may call one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** How a program is compiled. */
export interface Variant {
  readonly optimized: boolean;
}

/** What the recipes find on this machine. */
export interface Tools {
  /** The folder of this file's sources. */
  readonly own: string;
  /** Where sources of the distribution lie. */
  readonly sources: string;
  /** An empty folder for objects. */
  readonly objects: string;
  /** Path of setjmp's library of a wasi-libc that has one, or null. */
  readonly setjmp: string | null;
  readonly zig: string | null;
}

/** A program. */
export interface Recipe {
  readonly name: string;
  /** What is missing here, or null. */
  readonly missing: (tools: Tools) => string | null;
  /** Words of a link line: objects and libraries. Or, for a compiler that calls the linker itself, null. */
  readonly compile: (tools: Tools, variant: Variant) => readonly string[] | null;
  /** Words of the link for a program with threads, which imports its memory; it runs in bench/real/threads-host.ts. */
  readonly threads?: readonly string[];
  /** For such a compiler: its command line. */
  readonly command?: (tools: Tools, variant: Variant, link: LinkByCompiler) => readonly string[];
}

/** What a compiler is told of the link. */
interface LinkByCompiler {
  readonly linker: string;
  readonly words: readonly string[];
  readonly output: string;
}

const LIBRARIES = '/usr/lib/wasm32-wasi';
const BUILTINS = '/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a';
const START = [`${LIBRARIES}/crt1-command.o`];
const C_LIBRARIES = [`${LIBRARIES}/libwasi-emulated-process-clocks.a`, `${LIBRARIES}/libc.a`, BUILTINS];
const CXX_LIBRARIES = [`${LIBRARIES}/libc++.a`, `${LIBRARIES}/libc++abi.a`, ...C_LIBRARIES];
const DEBIAN = '/usr/bin/rustc';

/** Pages of the memory that the host of a threaded program makes. */
export const THREADS_PAGES = { initial: 512, maximum: 4096 } as const;
const THREADS = ['-matomics', '-mbulk-memory', '-mthread-model', 'posix'];
const THREADS_LINK = [
  ...['--shared-memory', '--import-memory'],
  ...[`--initial-memory=${THREADS_PAGES.initial * 65536}`, `--max-memory=${THREADS_PAGES.maximum * 65536}`],
];

/** Units of Lua that want files, processes or a loader. */
const NOT_OF_LUA = new Set(['lua.c', 'luac.c', 'loslib.c', 'liolib.c', 'linit.c', 'loadlib.c', 'ldblib.c']);
/** Units of libc++abi that the distribution builds without exceptions. */
const EXCEPTIONS = [
  ...['cxa_exception', 'cxa_exception_storage', 'cxa_personality', 'cxa_aux_runtime', 'cxa_handlers'],
  ...['cxa_default_handlers', 'cxa_virtual', 'private_typeinfo', 'stdlib_exception', 'stdlib_typeinfo'],
  ...['fallback_malloc', 'abort_message', 'cxa_vector'],
];
const EXCEPTION_MACROS = [
  ...['_LIBCPP_BUILDING_LIBRARY', '_LIBCXXABI_BUILDING_LIBRARY', '_LIBCPP_HAS_NO_THREADS'],
  ...['_LIBCXXABI_HAS_NO_THREADS', 'LIBCXXABI_NON_DEMANGLING_TERMINATE'],
  ...['_LIBUNWIND_HAS_NO_THREADS', '_LIBUNWIND_HIDE_SYMBOLS', 'NDEBUG'],
].map((name) => `-D${name}`);

export const RECIPES: readonly Recipe[] = [
  {
    name: 'Lua 5.4',
    missing: (tools) => {
      return needs(['/usr/bin/clang-19', ...START, ...C_LIBRARIES], [tools.sources, /^lua-?5\.4/], tools.setjmp);
    },
    compile: (tools, variant) => {
      const folder = join(folderOf(tools.sources, /^lua-?5\.4/)!, 'src');
      const units = readdirSync(folder).filter((name) => /^l.*\.c$/.test(name) && !NOT_OF_LUA.has(name));
      const flags = [
        '-mllvm',
        '-wasm-enable-sjlj',
        '-D_WASI_EMULATED_PROCESS_CLOCKS',
        '-D_WASI_EMULATED_SIGNAL',
        `-I${tools.own}`,
        `-I${folder}`,
      ];
      const files = [...units.sort().map((name) => join(folder, name)), join(tools.own, 'lua-main.c')];
      return [...START, ...files.map((file) => clang(tools, variant, file, flags)), tools.setjmp!, ...C_LIBRARIES];
    },
  },
  {
    name: 'SQLite 3',
    missing: ({ sources }) => {
      const folder = folderOf(sources, /^sqlite3-/);
      if (folder !== null && !existsSync(join(folder, 'sqlite3.c'))) return `${folder}/sqlite3.c (make sqlite3.c)`;
      return needs(['/usr/bin/clang-19', ...START, ...C_LIBRARIES], [sources, /^sqlite3-/]);
    },
    compile: (tools, variant) => {
      const folder = folderOf(tools.sources, /^sqlite3-/)!;
      const macros = ['OS_OTHER=1', 'THREADSAFE=0', 'OMIT_LOAD_EXTENSION', 'TEMP_STORE=3', 'OMIT_WAL'];
      const flags = [...macros.map((name) => `-DSQLITE_${name}`), `-I${folder}`];
      const files = [join(folder, 'sqlite3.c'), join(tools.own, 'sqlite-main.c')];
      return [...START, ...files.map((file) => clang(tools, variant, file, flags)), ...C_LIBRARIES];
    },
  },
  {
    name: 'C++ exceptions, iostreams',
    missing: ({ sources }) => {
      return needs(['/usr/bin/clang++-19', ...START, ...CXX_LIBRARIES], [sources, /^llvm-toolchain-19/]);
    },
    compile: (tools, variant) => {
      const llvm = folderOf(tools.sources, /^llvm-toolchain-19/)!;
      const folders = ['libcxxabi/include', 'libunwind/include', 'libcxx/src'].map((name) => `-I${join(llvm, name)}`);
      const ofLibraries = ['-fwasm-exceptions', ...EXCEPTION_MACROS, ...folders];
      const objects = EXCEPTIONS.map((name) => {
        return clang(tools, variant, join(llvm, 'libcxxabi/src', `${name}.cpp`), ['-std=c++23', ...ofLibraries]);
      });
      objects.push(clang(tools, variant, join(llvm, 'libunwind/src/Unwind-wasm.c'), ofLibraries));
      const own = clang(tools, variant, join(tools.own, 'exceptions.cpp'), ['-std=c++17', '-fwasm-exceptions']);
      return [...START, own, ...objects, ...CXX_LIBRARIES];
    },
  },
  {
    name: 'zstd, eight threads',
    threads: THREADS_LINK,
    missing: ({ sources }) => {
      return (
        needs(['/usr/bin/clang-19', '/usr/bin/llvm-ar-19', ...START, BUILTINS], [sources, /^zstd-/]) ??
        needs([], [sources, /^wasi-libc-/])
      );
    },
    compile: (tools, variant) => {
      const library = join(folderOf(tools.sources, /^zstd-/)!, 'lib');
      const own = join(tools.own, 'threads');
      const folders = ['common', 'compress', 'decompress'].map((name) => join(library, name));
      const units = [...folders, own].flatMap((folder) => unitsOf(folder, /\.[cs]$/));
      const flags = [...THREADS, '-DZSTD_MULTITHREAD', `-I${own}`, `-I${library}`, `-I${join(library, 'common')}`];
      const objects = units.map((file) => clang(tools, variant, file, flags));
      return [...objects, threadedLibc(tools, variant), BUILTINS];
    },
  },
  {
    name: 'Rust, std',
    missing: () => needs([DEBIAN, '/usr/lib/rustlib/wasm32-wasi/lib']),
    compile: () => null,
    command: ({ own }, variant, link) => rustProgram(variant, link, join(own, 'program.rs'), []),
  },
  {
    name: 'Rust, three crates',
    missing: () => needs([DEBIAN, '/usr/lib/rustlib/wasm32-wasi/lib']),
    compile: ({ own, objects }, variant) => {
      for (const crate of ['shapes', 'table']) {
        const output = join(objects, `lib${crate}.rlib`);
        const flags = [...rustFlags(variant), '--crate-type=rlib', `--crate-name=${crate}`];
        if (crate === 'table') flags.push('--extern', `shapes=${join(objects, 'libshapes.rlib')}`);
        run(DEBIAN, [...flags, join(own, 'crates', `${crate}.rs`), '-o', output]);
      }
      return null;
    },
    command: ({ own, objects }, variant, link) => {
      const crates = ['shapes', 'table'].flatMap((crate) => [
        '--extern',
        `${crate}=${join(objects, `lib${crate}.rlib`)}`,
      ]);
      return rustProgram(variant, link, join(own, 'crates/main.rs'), crates);
    },
  },
  {
    name: 'Zig, std',
    missing: ({ zig }) => (zig === null ? 'zig (npm run outside:install zig)' : null),
    compile: ({ own, zig, objects }, { optimized }) => {
      const output = join(objects, 'zig.o');
      const cache = join(objects, 'zig-cache');
      const mode = optimized ? ['-O', 'ReleaseFast', '-fno-strip'] : ['-O', 'Debug'];
      run(zig!, [
        ...['build-obj', '-target', 'wasm32-wasi', ...mode, '-fcompiler-rt', `-femit-bin=${output}`],
        ...['--cache-dir', cache, '--global-cache-dir', cache, join(own, 'program.zig')],
      ]);
      return [output];
    },
  },
];

/** The part of wasi-libc that the threaded program needs, compiled for threads: the distribution's is not. An archive. */
function threadedLibc(tools: Tools, variant: Variant): string {
  const libc = folderOf(tools.sources, /^wasi-libc-/)!;
  const [top, bottom] = [join(libc, 'libc-top-half'), join(libc, 'libc-bottom-half')];
  const musl = join(top, 'musl/src');
  const include = (...folders: string[]): string[] => folders.map((folder) => `-I${folder}`);
  // One call of the compiler for many files, in a folder for each half: they have files of equal names.
  const compile = (half: string, files: readonly string[], flags: readonly string[]): string[] => {
    const folder = join(tools.objects, half);
    mkdirSync(folder);
    const mode = [variant.optimized ? '-O2' : '-O0', '-g', '-w', '-DNDEBUG'];
    run('/usr/bin/clang-19', ['--target=wasm32-wasi', ...mode, ...THREADS, ...flags, '-c', ...files], folder);
    return readdirSync(folder).map((name) => join(folder, name));
  };
  const stdio = /^(__stdio_(close|exit|seek|write)|__(stdout_write|towrite)|fwrite|ofl|printf|stdout|vfprintf)\.c$/;
  const pathsIn = (folder: string, names: readonly string[]): string[] => {
    return names.map((name) => join(folder, `${name}.c`));
  };
  const ofMusl = [
    ...unitsOf(join(musl, 'string'), /^(?!strsignal)/),
    ...unitsOf(join(musl, 'stdio'), stdio),
    ...pathsIn(musl, ['errno/strerror', 'exit/exit', 'internal/libc', 'locale/__lctrans', 'ctype/isdigit']),
    ...pathsIn(musl, ['math/frexpl', 'math/__fpclassifyl', 'math/__signbitl', 'multibyte/wcrtomb', 'multibyte/wctomb']),
  ];
  const ofBottom = ['__wasilibc_real', 'abort', 'errno', '__main_void', 'isatty', 'sbrk'];
  const ofCloud = [
    'stdlib/_Exit',
    'errno/errno',
    'unistd/close',
    'unistd/lseek',
    'sched/sched_yield',
    'sys/uio/writev',
  ];
  const cloud = join(bottom, 'cloudlibc/src');
  const forBottom = include(join(bottom, 'headers/private'), join(cloud, 'include'), cloud);
  const objects = [
    ...compile('top', ofMusl, [
      ...include(join(musl, 'include'), join(musl, 'internal'), join(top, 'musl/arch/wasm32')),
      ...include(join(top, 'musl/arch/generic'), join(top, 'headers/private')),
    ]),
    ...compile('bottom', pathsIn(join(bottom, 'sources'), ofBottom), forBottom),
    ...compile('cloud', pathsIn(join(cloud, 'libc'), ofCloud), forBottom),
    ...compile(
      'heap',
      [join(libc, 'dlmalloc/src/dlmalloc.c')],
      [...include(join(libc, 'dlmalloc/include')), '-D_REENTRANT', '-include', 'sched.h'],
    ),
  ];
  const output = join(tools.objects, 'libc.a');
  run('/usr/bin/llvm-ar-19', ['rcs', output, ...objects]);
  return output;
}

/** The C sources in a folder, by name. */
function unitsOf(folder: string, name: RegExp): string[] {
  const units = readdirSync(folder).filter((entry) => /\.[cs]$/.test(entry) && name.test(entry));
  return units.sort().map((entry) => join(folder, entry));
}

function rustFlags({ optimized }: Variant): string[] {
  return ['--target=wasm32-wasi', '--edition=2021', '-g', `-Copt-level=${optimized ? 3 : 0}`];
}

/** A call of rustc that calls the linker; Debian's says `--fatal-warnings`. */
function rustProgram(
  variant: Variant,
  { linker, words, output }: LinkByCompiler,
  source: string,
  flags: readonly string[],
): string[] {
  const link = ['-Clinker-flavor=wasm-ld', `-Clinker=${linker}`];
  const forLinker = [...words, '--no-fatal-warnings'].map((word) => `-Clink-arg=${word}`);
  return [DEBIAN, ...rustFlags(variant), ...flags, ...link, ...forLinker, source, '-o', output];
}

/** Runs a compiler; an error of it ends the run. */
export function run(command: string, args: readonly string[], cwd?: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, cwd });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${error?.message ?? stderr}`);
}

function clang(tools: Tools, { optimized }: Variant, file: string, flags: readonly string[]): string {
  mkdirSync(tools.objects, { recursive: true });
  const output = join(tools.objects, `${basename(file)}.o`);
  const compiler = /\.cpp$/.test(file) ? 'clang++-19' : 'clang-19';
  const mode = [optimized ? '-O2' : '-O0', '-g', '-w'];
  run(`/usr/bin/${compiler}`, ['--target=wasm32-wasi', ...mode, ...flags, '-c', file, '-o', output]);
  return output;
}

/** The first folder of `sources` whose name matches. */
function folderOf(sources: string, name: RegExp): string | null {
  if (!existsSync(sources)) return null;
  const found = readdirSync(sources).find((entry) => name.test(entry) && statSync(join(sources, entry)).isDirectory());
  return found === undefined ? null : join(sources, found);
}

function needs(files: readonly string[], source?: readonly [string, RegExp], library?: string | null): string | null {
  const missing = files.filter((file) => !existsSync(file));
  if (source !== undefined && folderOf(...source) === null) missing.push(`sources like ${source[1].source}`);
  if (library === null) missing.push('libsetjmp.a (the optional package @yowasp/clang)');
  return missing.length === 0 ? null : missing.join(', ');
}
