/**
 * `bin/wasm-ld.mjs` under the name of wasm-ld, called by compilers and build systems that are installed; the others are skipped by name.
 */
import { afterAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../harness/cli/run-harness.ts';
import { runWasi } from '../../../../harness/external/run-wasi.ts';

const CLANG = '/usr/bin/clang-19';
const RUSTC = '/usr/bin/rustc';
const CMAKE = '/usr/bin/cmake';
const AR = '/usr/bin/llvm-ar-19';

const folder = mkdtempSync(join(tmpdir(), 'callers-'));
const linker = join(folder, 'wasm-ld');
symlinkSync(join(ROOT, 'bin/wasm-ld.mjs'), linker);
afterAll(() => rmSync(folder, { recursive: true }));

const CALLER = 'int g(int);\n__attribute__((export_name("f"))) int f(int x) { return g(x) * 2; }\n';
const CALLED = 'int g(int x) { return x + 1; }\n';

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function call(command: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: folder });
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
}

/** What the exported `f` gives. */
function callF(name: string, argument: number): unknown {
  const bytes = readFileSync(join(folder, name));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return (exports['f'] as (x: number) => unknown)(argument);
}

function testWith(name: string, tools: readonly string[], body: () => void): void {
  const missing = tools.filter((tool) => !existsSync(tool));
  if (missing.length === 0) test(name, body);
  else test.skip(`${name} (skipped: not installed: ${missing.join(', ')})`, body);
}

testWith('clang -fuse-ld', [CLANG], () => {
  const files = [write('caller.c', CALLER), write('called.c', CALLED)];
  const flags = ['--target=wasm32-unknown-unknown', '-O2', '-g', '-nostdlib', '-Wl,--no-entry'];
  call(CLANG, ...flags, `-fuse-ld=${linker}`, ...files, '-o', 'clang.wasm');
  expect(callF('clang.wasm', 20)).toBe(42);
});

testWith('clang finds it in a folder of programs, with a library of C', [CLANG, '/usr/lib/wasm32-wasi/libc.a'], () => {
  const file = write('hello.c', '#include <stdio.h>\nint main(void) { printf("hello %d\\n", 7); return 3; }\n');
  call(CLANG, '--target=wasm32-wasi', '-O2', `-B${folder}`, file, '-o', 'hello.wasm');
  const { end, stdout } = runWasi(readFileSync(join(folder, 'hello.wasm')));
  expect([end, stdout]).toEqual([{ kind: 'exit', code: 3 }, 'hello 7\n']);
});

const RUST = `use std::collections::BTreeMap;
fn lengths(n: u32) -> u32 {
    let mut map = BTreeMap::new();
    for i in 0..n { map.insert(i * 7 % 5, format!("{i}")); }
    map.values().map(|text| text.len() as u32).sum()
}
`;

testWith('rustc -C linker, a library', [RUSTC, '/usr/lib/rustlib/wasm32-unknown-unknown/lib'], () => {
  const file = write('library.rs', `${RUST}#[no_mangle] pub extern "C" fn f(n: u32) -> u32 { lengths(n) }\n`);
  const flags = ['--target', 'wasm32-unknown-unknown', '--crate-type', 'cdylib', '-O', '-C', `linker=${linker}`];
  call(RUSTC, ...flags, file, '-o', 'library.wasm');
  expect(callF('library.wasm', 12)).toBe(7);
});

testWith('rustc -C linker, a program', [RUSTC, '/usr/lib/rustlib/wasm32-wasi/lib'], () => {
  const file = write('program.rs', `${RUST}fn main() { println!("{}", lengths(12)); std::process::exit(9) }\n`);
  call(RUSTC, '--target', 'wasm32-wasi', '-g', '-C', `linker=${linker}`, file, '-o', 'program.wasm');
  const { end, stdout } = runWasi(readFileSync(join(folder, 'program.wasm')));
  expect([end, stdout]).toEqual([{ kind: 'exit', code: 9 }, '7\n']);
});

for (const [name, words] of [
  ['-fuse-ld', [`-DCMAKE_EXE_LINKER_FLAGS=-nostdlib -Wl,--no-entry -fuse-ld=${linker}`]],
  [
    'CMAKE_LINKER',
    [
      `-DCMAKE_LINKER=${linker}`,
      '-DCMAKE_C_LINK_EXECUTABLE=<CMAKE_LINKER> --no-entry <OBJECTS> -o <TARGET> <LINK_LIBRARIES>',
    ],
  ],
] as const) {
  testWith(`CMake with ${name}`, [CMAKE, CLANG, AR], () => {
    write('caller.c', CALLER);
    write('called.c', CALLED);
    write(
      'CMakeLists.txt',
      'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nadd_library(g STATIC called.c)\nadd_executable(p caller.c)\n' +
        'target_link_libraries(p g)\n',
    );
    const toolchain = write(
      'toolchain.cmake',
      `set(CMAKE_SYSTEM_NAME Generic)\nset(CMAKE_C_COMPILER ${CLANG})\nset(CMAKE_C_COMPILER_TARGET wasm32-unknown-unknown)\n` +
        `set(CMAKE_AR ${AR})\nset(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\n`,
    );
    const build = `build${name}`;
    call(CMAKE, '-S', '.', '-B', build, `-DCMAKE_TOOLCHAIN_FILE=${toolchain}`, ...words);
    call(CMAKE, '--build', build);
    expect(callF(join(build, 'p'), 20)).toBe(42);
  });
}
