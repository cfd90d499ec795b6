/**
 * C and C++ programs against wasi-libc: sources to objects through clang, and what a linker needs beside the objects.
 *
 * Owns the order of inputs that clang's driver would pass. Which linker links them is the caller's choice: `Linker` is the
 * one shape for wasm-ld and for ours, so that the same program can go through both and be compared.
 */
import { HarnessError } from '../model/failure.ts';
import type { InputFiles, LinkRun, Llvm } from './llvm.ts';
import { BUILTINS, LIBRARY_FOLDER } from './sysroot.ts';

/** An input of a linker. */
export interface NamedBytes {
  /** Name for messages; distinct within a link. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A program of one or more translation units. */
export interface CProgram {
  readonly name: string;
  readonly language: 'c' | 'c++';
  /** Every file by name: units and the headers they include. */
  readonly files: InputFiles;
  /** Names of the files to compile, in the order in which their objects are linked. */
  readonly units: readonly string[];
  /** Options of the compiler, beside those that select a language. */
  readonly flags: readonly string[];
}

/** Links objects and archives, in order, into a module. `args` have wasm-ld's option names. */
export type Linker = (inputs: readonly NamedBytes[], args: readonly string[]) => LinkRun;

const LANGUAGE_FLAGS: Readonly<Record<CProgram['language'], readonly string[]>> = {
  c: ['-std=gnu17', '-Wall', '-Wno-parentheses'],
  'c++': ['-std=c++17', '-Wall', '-fno-exceptions'],
};

/** Object of each unit of `program`; a warning of the compiler counts as an error. */
export function compileProgram(llvm: Llvm, program: CProgram): NamedBytes[] {
  return program.units.map((unit) => {
    const name = `${unit}.o`;
    const tool = program.language === 'c' ? 'clang' : 'clang++';
    const args = [...LANGUAGE_FLAGS[program.language], '-Werror', ...program.flags, '-c', unit, '-o', name];
    const run = llvm.run(tool, args, program.files);
    const bytes = run.files.get(name);
    if (run.exitCode !== 0 || bytes === undefined) throw new HarnessError(`${tool} refused ${unit}:\n${run.stderr}`);
    return { name, bytes };
  });
}

/** Start file, `objects` and the libraries of `language`, in the order in which clang's driver links a command. */
export function commandInputs(
  llvm: Llvm,
  language: CProgram['language'],
  objects: readonly NamedBytes[],
): NamedBytes[] {
  const { sysroot } = llvm;
  const library = (name: string): NamedBytes => ({ name, bytes: sysroot.read(`${LIBRARY_FOLDER}/${name}`) });
  return [
    library('crt1-command.o'),
    ...objects,
    ...(language === 'c++' ? [library('libc++.a'), library('libc++abi.a')] : []),
    library('libc.a'),
    { name: 'libclang_rt.builtins.a', bytes: sysroot.read(BUILTINS) },
  ];
}

/** LLVM's linker. */
export function wasmLdLinker(llvm: Llvm): Linker {
  return (inputs, args) => {
    const files = Object.fromEntries(inputs.map(({ name, bytes }) => [name, bytes]));
    return llvm.linkModule([...args, ...inputs.map(({ name }) => name)], files);
  };
}
