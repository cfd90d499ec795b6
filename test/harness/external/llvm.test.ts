/** LLVM in process: what the wrapper promises about exit codes, files and paths, and what it says when it is absent. */
import { describe, expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withinTime } from '../../../harness/engine/time-guard.ts';
import { commandInputs, wasmLdLinker } from '../../../harness/external/c-program.ts';
import { CRASHED, loadFrom, loadLlvm } from '../../../harness/external/llvm.ts';
import { runWasi } from '../../../harness/external/run-wasi.ts';
import { BUILTINS, LIBRARY_FOLDER, readTar } from '../../../harness/external/sysroot.ts';
import { describeLlvm } from './describe-llvm.ts';

describe('loading', () => {
  const failing = (fields: object): (() => Promise<never>) => {
    return () => Promise.reject(Object.assign(new Error("Cannot find package '@yowasp/clang'"), fields));
  };

  test.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])('is null when the package is missing (%s)', async (code) => {
    await expect(loadFrom(failing({ code }))).resolves.toBeNull();
  });

  test('does not take another failure for a missing package', async () => {
    await expect(loadFrom(failing({ code: 'ERR_REQUIRE_ESM' }))).rejects.toThrow('Cannot find');
    await expect(loadFrom(failing({ code: 'MODULE_NOT_FOUND', message: "Cannot find 'other'" }))).rejects.toThrow(
      'other',
    );
  });

  test('happens once a process', async () => {
    expect(await loadLlvm()).toBe(await loadLlvm());
  });
});

await describeLlvm('LLVM', (llvm) => {
  const { clang, wasmLd, linkModule, objdump, readobj, run, sysroot } = llvm;
  const square = 'int square(int x) { return x * x; }';
  const object = (): Uint8Array => clang(['-O1', '-c', 'a.c', '-o', 'a.o'], { 'a.c': square }).files.get('a.o')!;

  test('knows its versions', () => {
    expect(llvm.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(llvm.packageVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('gives back the files that a call made, and not those that went in', () => {
    const { exitCode, stdout, stderr, files } = clang(['-c', 'in/a.c', '-o', 'out/deep/a.o'], { 'in/a.c': square });
    expect({ exitCode, stdout, stderr, names: [...files.keys()] }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
      names: ['out/deep/a.o'],
    });
    expect([...files.get('out/deep/a.o')!.subarray(0, 4)]).toEqual([0, 0x61, 0x73, 0x6d]);
  });

  test('gives back an input that a call wrote over, and leaves the bytes of the caller alone', () => {
    const old = Uint8Array.of(1, 2, 3);
    const { files } = wasmLd(['--no-entry', 'a.o', '-o', 'a.wasm'], { 'a.o': object(), 'a.wasm': old });
    expect([...files.keys()]).toEqual(['a.wasm']);
    expect(WebAssembly.validate(files.get('a.wasm')!)).toBe(true);
    expect([...old]).toEqual([1, 2, 3]);
  });

  test('a failure is an exit code and a message, not an exception', () => {
    const refused = clang(['-c', 'a.c', '-o', 'a.o'], { 'a.c': 'int x = y;' });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain("a.c:1:9: error: use of undeclared identifier 'y'");
    expect(refused.files.size).toBe(0);
    expect(wasmLd(['missing.o']).stderr).toContain('cannot open missing.o');
    expect(linkModule(['missing.o'])).toMatchObject({ exitCode: 1, module: null });
  });

  test('a crash of a tool is an exit code as well, and the next call is not affected', () => {
    const crashed = clang(['-c', 'a.c', '-o', 'a.o'], { 'a.c': '#pragma clang __debug crash\n' });
    expect(crashed.exitCode).toBe(CRASHED);
    expect(crashed.stderr).toContain('crashed');
    expect(object().length).toBeGreaterThan(100);
  });

  test('many calls in a row keep no memory, even if the event loop never turns', () => {
    // When the engine collects is up to the engine; what is still held after a collection is our fault.
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    // What one collection frees is counted when the next one waits for the thread that sweeps.
    const collect = (): void => {
      gc();
      gc();
    };
    collect();
    const before = process.memoryUsage().external;
    for (let i = 0; i < 40; i++) readobj(['--version']);
    collect();
    // One instance holds 13 MB or more.
    expect(process.memoryUsage().external - before).toBeLessThan(100e6);
  });

  test('a time guard may stop a call, and neither the next one nor anything else suffers', async () => {
    const slow = { 'a.cpp': '#include <vector>\n#include <string>\n' };
    expect(withinTime(5, () => run('clang++', ['-fsyntax-only', 'a.cpp'], slow))).toMatchObject({ timedOut: true });
    expect(await Promise.all([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
    expect(object().length).toBeGreaterThan(100);
  });

  test.each(['/a.c', '../a.c', 'a//b.c', './a.c', 'usr/a.c', 'tmp/a.c', ''])('refuses the path %j', (path) => {
    expect(() => clang(['--version'], { [path]: '' })).toThrow('cannot give LLVM a file');
  });

  test('a module from standard output is the module from a file', () => {
    const files = { 'a.o': object() };
    // The name section would hold the name of the output.
    const args = ['--no-entry', '--export=square', '--strip-all', 'a.o'];
    const written = wasmLd([...args, '-o', 'a.wasm'], files).files.get('a.wasm')!;
    const { exitCode, module } = linkModule(args, files);
    expect(exitCode).toBe(0);
    expect(Buffer.compare(module!, written)).toBe(0);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module!));
    expect((exports['square'] as WebAssembly.ExportedFunction)(12)).toBe(144);
  });

  test('reads objects', () => {
    const files = { 'a.o': object() };
    expect(readobj(['--symbols', 'a.o'], files).stdout).toContain('Name: square');
    expect(objdump(['-d', 'a.o'], files).stdout).toContain('i32.mul');
    expect(run('nm', ['a.o'], files).stdout).toContain('T square');
  });

  test('has C and C++ libraries, start files and headers as bytes', () => {
    for (const name of ['libc.a', 'libc++.a', 'libc++abi.a', 'crt1-command.o', 'crt1-reactor.o']) {
      expect(sysroot.paths).toContain(`${LIBRARY_FOLDER}/${name}`);
    }
    expect(sysroot.read(BUILTINS).length).toBeGreaterThan(100_000);
    expect(Buffer.from(sysroot.read('include/wasm32-wasip1/stdio.h')).toString()).toContain('printf');
    expect(() => sysroot.read('lib/none.a')).toThrow("no file 'lib/none.a'");
  });

  describe('running a command', () => {
    const command = (main: string): Uint8Array => {
      const source = `#include <stdio.h>\n#include <stdlib.h>\nint main(void) { ${main} }`;
      const compiled = clang(['-O1', '-c', 'a.c', '-o', 'a.o'], { 'a.c': source });
      expect(compiled.stderr).toBe('');
      const inputs = commandInputs(llvm, 'c', [{ name: 'a.o', bytes: compiled.files.get('a.o')! }]);
      return wasmLdLinker(llvm)(inputs, []).module!;
    };

    test('returns its output and exit code', () => {
      expect(runWasi(command('puts("out"); fputs("err", stderr); return 3;'))).toEqual({
        end: { kind: 'exit', code: 3 },
        stdout: 'out\n',
        stderr: 'err',
      });
      expect(runWasi(command('return getchar() == EOF ? 0 : 1;')).end).toEqual({ kind: 'exit', code: 0 });
    });

    test('keeps what was written before a trap', () => {
      const run = runWasi(command('puts("before"); fflush(stdout); __builtin_trap();'));
      expect(run).toEqual({ end: { kind: 'trap', message: 'unreachable' }, stdout: 'before\n', stderr: '' });
    });

    test('stops a loop without an end', () => {
      expect(runWasi(command('for (volatile int i = 0;;) i++;'), 100).end).toEqual({ kind: 'timeout' });
    });

    test('says why a module cannot run', () => {
      expect(runWasi(Uint8Array.of(1, 2, 3)).end.kind).toBe('rejected');
      const { module } = linkModule(['--no-entry', 'a.o'], { 'a.o': object() });
      expect(runWasi(module!).end).toMatchObject({ kind: 'rejected', message: expect.stringContaining('_start') });
    });
  });
});

describe('reading a tar file', () => {
  test('a broken one is refused with its name and position', () => {
    const bytes = new Uint8Array(1024).fill(0x78);
    expect(() => readTar(bytes, 'some.tar')).toThrow('some.tar: broken at byte 0');
    expect(readTar(new Uint8Array(1024), 'empty.tar').size).toBe(0);
  });
});
