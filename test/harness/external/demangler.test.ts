/** Names of C++ by LLVM's own demangler, which this linker links out of the optional package when the project is built. */
import { describe, expect, test } from '@jest/globals';
import { openDemangler } from '../../../harness/external/demangler.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../harness/external/llvm.ts';

const llvm = await loadLlvm();

describe(llvm === null ? LLVM_ABSENT : 'the demangler', () => {
  const maybe = llvm === null ? test.skip : test;

  maybe('says what LLVM says of every function of libc++abi', () => {
    const demangle = openDemangler();
    const archive = llvm!.sysroot.read('lib/wasm32-wasip1/libc++abi.a');
    const symbols = llvm!.run('nm', ['--format=just-symbols', 'a'], { a: archive }).stdout.match(/^_Z\w+$/gm)!;
    const names = [...new Set(symbols)].sort();
    expect(names.length).toBeGreaterThan(400);
    const { stdout } = llvm!.run('c++filt', names);
    expect(names.map(demangle)).toEqual(stdout.trimEnd().split('\n'));
  });

  maybe('leaves what it cannot read as it is, and goes on after a name that is too deep for it', () => {
    const demangle = openDemangler();
    const deep = `_Z1fI${'P'.repeat(1_000_000)}iEvv`;
    for (const name of ['_Zfoo.o', '_Z', deep, 'f', '']) expect(demangle(name)).toBe(name);
    expect(demangle('_Z1fi')).toBe('f(int)');
  });
});

test('without its module names stay as they are', () => {
  expect(openDemangler(['nowhere.wasm'])('_Z1fi')).toBe('_Z1fi');
});
