/**
 * The functions that a program imports: they are observed, and answer by the rule of docs/air.md section 6 ("Calls").
 *
 * Written from that page and not from the interpreter, so that a wrong rule shows. Counts calls over all imported
 * functions of one run.
 */
import type { HostCall } from '../../../interpreter/model/outcome.ts';
import type { ImportedFunction } from '../door.ts';
import type { Scalar, Signature } from '../../model/scalars.ts';
import { fromWasm, toWasm, wasmRep } from '../../model/scalars.ts';
import type { Offer } from './import-table.ts';
import type { ScalarType } from './trampolines.ts';
import { Trampolines } from './trampolines.ts';

/** An imported function of a unit. */
export interface ImportShape extends Offer {
  readonly signature: Signature;
}

const known = new WeakMap<readonly ImportedFunction[], readonly ImportShape[]>();

/** `imports` as V8 gets them; made once per program, which is run several times. */
export function shapesOf(imports: readonly ImportedFunction[]): readonly ImportShape[] {
  let shapes = known.get(imports);
  if (shapes === undefined) known.set(imports, (shapes = imports.map(shapeOf)));
  return shapes;
}

function shapeOf({ module, name, params, result }: ImportedFunction): ImportShape {
  const signature = { params, result };
  const passed = params.map(doorType).filter((type) => type !== null);
  return { module, name, signature, params: passed, result: doorType(result) };
}

/** 2^64 divided by the golden ratio; bits 7 and up of its multiples look random. */
const STEP = 0x9e37_79b9_7f4a_7c15n;

/** Import object whose functions append to `trace`. */
export function hostImports(shapes: readonly ImportShape[], trace: HostCall[]): WebAssembly.Imports {
  // Names of modules and functions are the program's: `__proto__` is one like any other.
  const imports = Object.create(null) as WebAssembly.Imports;
  const trampolines = new Trampolines();
  for (const shape of shapes) {
    const functions = (imports[shape.module] ??= Object.create(null) as WebAssembly.Imports[string]);
    functions[shape.name] = openTrampoline(trampolines, shape, trace);
  }
  return imports;
}

/** Puts functions that append to `trace` into the slots of `table`. */
export function fillImportTable(
  table: WebAssembly.Table,
  slots: readonly number[],
  shapes: readonly ImportShape[],
  trace: HostCall[],
): void {
  const trampolines = new Trampolines();
  slots.forEach((shape, slot) => table.set(slot, openTrampoline(trampolines, shapes[shape]!, trace)));
}

function openTrampoline(trampolines: Trampolines, shape: ImportShape, trace: HostCall[]): WebAssembly.ExportedFunction {
  const { name, signature, params, result } = shape;
  return trampolines.open(params, result, (values) => {
    const k = trace.length;
    trace.push({ name, args: argumentPatterns(signature, values) });
    return answer(signature.result, k);
  });
}

/** Wasm type of a scalar; null where there is nothing to pass. */
function doorType(scalar: Scalar): ScalarType | null {
  const rep = wasmRep(scalar);
  return rep === 'none' ? null : rep;
}

/** One pattern per parameter of the AIR type; a parameter without bits is not passed, and counts as 0. */
function argumentPatterns({ params }: Signature, values: readonly unknown[]): bigint[] {
  let next = 0;
  return params.map((param) => (param.rep === 'none' ? 0n : (fromWasm(param, values[next++]) ?? 0n)));
}

/** Result of the `k`-th call of a run. */
function answer(result: Scalar, k: number): number | bigint | undefined {
  switch (result.rep) {
    case 'none':
      return undefined;
    case 'f32':
    case 'f64':
      return k;
    default:
      return toWasm(result, (BigInt(k) * STEP) >> 7n);
  }
}
