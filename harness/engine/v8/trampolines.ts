/**
 * Wasm functions that stand for imported JavaScript functions: made once per process and type, used by run after run.
 *
 * V8 compiles a wrapper with its optimizing compiler for every type of JavaScript function that a module imports, for each
 * module anew, which takes longer than compiling the module. An imported wasm function needs none, so a module imports a
 * trampoline: a function of the right type that does nothing but call JavaScript. Invariant: within a run every imported
 * function has a trampoline of its own; a trampoline calls what it was opened to last.
 */
import { leb } from '../../wasm/module-parts.ts';

/** What is behind a trampoline: gets the arguments as they leave wasm, gives the result as it enters. */
export type Behind = (values: readonly unknown[]) => number | bigint | undefined;

/** Value types that a trampoline can have. */
export type ScalarType = 'i32' | 'i64' | 'f32' | 'f64';

interface Trampoline {
  readonly enter: WebAssembly.ExportedFunction;
  behind: Behind;
}

/** Wasm bytes of {@link ScalarType}. */
export const VALUE_TYPES: Readonly<Record<ScalarType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

/** Trampolines of one type by number; the type is the key. */
const trampolines = new Map<string, Trampoline[]>();

/** Hands out trampolines for one run. */
export class Trampolines {
  readonly #used = new Map<string, number>();

  /** A function of wasm type `params` -> `result` that calls `behind`. */
  open(params: readonly ScalarType[], result: ScalarType | null, behind: Behind): WebAssembly.ExportedFunction {
    const key = `${params.join()}:${result}`;
    const n = this.#used.get(key) ?? 0;
    this.#used.set(key, n + 1);
    let known = trampolines.get(key);
    if (known === undefined) trampolines.set(key, (known = []));
    const trampoline = (known[n] ??= makeTrampoline(params, result));
    trampoline.behind = behind;
    return trampoline.enter;
  }
}

function makeTrampoline(params: readonly ScalarType[], result: ScalarType | null): Trampoline {
  const module = new WebAssembly.Module(trampolineModule(params, result));
  const called = (...values: unknown[]): number | bigint | undefined => trampoline.behind(values);
  const { exports } = new WebAssembly.Instance(module, { h: { f: called } });
  const trampoline: Trampoline = { enter: exports['f'] as WebAssembly.ExportedFunction, behind: () => undefined };
  return trampoline;
}

/** A module that imports h.f and exports a function f that passes its parameters to it (wasm core spec 5.5). */
function trampolineModule(params: readonly ScalarType[], result: ScalarType | null): Uint8Array<ArrayBuffer> {
  const results = result === null ? [] : [VALUE_TYPES[result]];
  const type = [0x60, ...vector(params.map((param) => VALUE_TYPES[param])), ...vector(results)];
  const body = [0, ...params.flatMap((_, n) => [0x20, ...leb(n)]), 0x10, 0, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...type]),
    ...section(2, [1, 1, 0x68, 1, 0x66, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 1]),
    ...section(10, [1, ...vector(body)]),
  ]);
}

function section(id: number, contents: readonly number[]): number[] {
  return [id, ...vector(contents)];
}

/** Number of bytes, then the bytes. */
function vector(bytes: readonly number[]): number[] {
  return [...leb(bytes.length), ...bytes];
}
