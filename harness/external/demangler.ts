/**
 * What mangled names mean. Of C++: LLVM's own demangler, as a module that the build links from the optional package's libc++abi.
 *
 * Owns the way to that module and its memory. It is loaded at the first name; where the build had no package there is no
 * module, and names of C++ stay as they are. A name that the demangler cannot read, or that is too deep for its stack, stays
 * too. Names of Rust are read by rust-demangler.ts, which is always there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demangleRust } from './rust-demangler.ts';

/** Made by scripts/make-demangler.mjs. This file is a source, a file of the build, or joined with others. */
const PLACES = ['../demangle.wasm', '../../demangle.wasm', '../../dist/demangle.wasm'];

/** Without this, types have names as well: `i` is `int`. */
const MANGLED = /^_{1,4}Z/;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly _initialize: () => void;
  readonly malloc: (size: number) => number;
  readonly free: (address: number) => void;
  /** char *__cxa_demangle(const char *name, char *buffer, size_t *size, int *status) */
  readonly __cxa_demangle: (name: number, buffer: number, size: number, status: number) => number;
}

/** A function that demangles names, and gives back all others as they are. */
export function openDemangler(places: readonly string[] = PLACES): (name: string) => string {
  const known = new Map<string, string>();
  let module: WebAssembly.Module | null | undefined;
  let demangler: Exports | null = null;
  const find = (name: string): string => {
    if (name.startsWith('_R')) return demangleRust(name) ?? name;
    if (!MANGLED.test(name)) return name;
    module ??= load(places);
    if (module === null) return name;
    try {
      demangler ??= start(module);
      return demangle(demangler, name) ?? name;
    } catch (error) {
      // A trap, such as the end of the stack, leaves an instance that cannot be used again.
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      demangler = null;
      return name;
    }
  };
  return (name) => {
    const found = known.get(name) ?? find(name);
    known.set(name, found);
    return found;
  };
}

function load(places: readonly string[]): WebAssembly.Module | null {
  const file = places.map((place) => join(import.meta.dirname, place)).find((path) => existsSync(path));
  return file === undefined ? null : new WebAssembly.Module(readFileSync(file));
}

function start(module: WebAssembly.Module): Exports {
  // It prints before it aborts; nobody reads that.
  const refuses = (): number => -1;
  const wasi = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, refuses]));
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
  const demangler = exports as unknown as Exports;
  demangler._initialize();
  return demangler;
}

function demangle({ memory, malloc, free, __cxa_demangle }: Exports, name: string): string | null {
  const bytes = new TextEncoder().encode(`${name}\0`);
  const address = malloc(bytes.length);
  if (address === 0) return null;
  new Uint8Array(memory.buffer).set(bytes, address);
  const result = __cxa_demangle(address, 0, 0, 0);
  free(address);
  if (result === 0) return null;
  const all = new Uint8Array(memory.buffer);
  const text = new TextDecoder().decode(all.subarray(result, all.indexOf(0, result)));
  free(result);
  return text;
}
