/**
 * Wasm functions that stand for imported JavaScript functions: made once per process and type, used by run after run.
 *
 * V8 compiles a wrapper with its optimizing compiler for every type of JavaScript function that a module imports, for each
 * module anew, which takes longer than compiling the module. An imported wasm function needs none, so a module imports a
 * door: a function of the right type that does nothing but call JavaScript. Invariant: within a run every imported
 * function has a door of its own; a door calls what it was opened to last.
 */
import { leb } from '../../wasm/module-parts.ts';

/** What is behind a door: gets the arguments as they leave wasm, gives the result as it enters. */
export type Behind = (values: readonly unknown[]) => number | bigint | undefined;

/** Value types that a door can have. */
export type DoorType = 'i32' | 'i64' | 'f32' | 'f64';

interface Door {
  readonly enter: WebAssembly.ExportedFunction;
  behind: Behind;
}

/** Wasm bytes of {@link DoorType}. */
export const VALUE_TYPES: Readonly<Record<DoorType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

/** Doors of one type by number; the type is the key. */
const doors = new Map<string, Door[]>();

/** Hands out doors for one run. */
export class Doors {
  readonly #used = new Map<string, number>();

  /** A function of wasm type `params` -> `result` that calls `behind`. */
  open(params: readonly DoorType[], result: DoorType | null, behind: Behind): WebAssembly.ExportedFunction {
    const key = `${params.join()}:${result}`;
    const n = this.#used.get(key) ?? 0;
    this.#used.set(key, n + 1);
    let known = doors.get(key);
    if (known === undefined) doors.set(key, (known = []));
    const door = (known[n] ??= makeDoor(params, result));
    door.behind = behind;
    return door.enter;
  }
}

function makeDoor(params: readonly DoorType[], result: DoorType | null): Door {
  const module = new WebAssembly.Module(doorModule(params, result));
  const called = (...values: unknown[]): number | bigint | undefined => door.behind(values);
  const { exports } = new WebAssembly.Instance(module, { h: { f: called } });
  const door: Door = { enter: exports['f'] as WebAssembly.ExportedFunction, behind: () => undefined };
  return door;
}

/** A module that imports h.f and exports a function f that passes its parameters to it (wasm core spec 5.5). */
function doorModule(params: readonly DoorType[], result: DoorType | null): Uint8Array<ArrayBuffer> {
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
