/**
 * V8 in this process, with whatever tier its flags select.
 *
 * Owns the way from module bytes to an `EngineRun`: instantiate afresh, call the exports in order, stop after the first call
 * that does not return. Keeps nothing: live memories exhaust the address space of a process (some 13,000 of them unless
 * V8 runs with `--disable-wasm-trap-handler`), so the caller drops a run before it makes thousands more.
 */
import type { CallInput, Unit } from '../../../core/index.ts';
import type { HostCall } from '../../../interpreter/model/outcome.ts';
import { addressOf } from '../../model/address.ts';
import type { Engine, EngineOptions, EngineOutcome, EngineProbe, EngineRun, EngineState, Slot } from '../door.ts';
import type { ImportShape } from './host.ts';
import { fillImportTable, hostImports, importsOf } from './host.ts';
import { IMPORT_TABLE_EXPORT } from './import-table.ts';
import { MEMORY_IMPORT } from './memory-pool.ts';
import { asEngineTakes } from './memory64.ts';
import { functionNames, tableElements } from '../../wasm/module-reader.ts';
import type { Signature } from '../../model/scalars.ts';
import { exportedNav, fromWasm, hasForm, signatureOf, toWasm } from '../../model/scalars.ts';
import { rejectionClass } from './rejection-class.ts';
import { plainForm, pooledForm } from './run-form.ts';
import { STACK_POINTER_EXPORT } from './stack-pointer.ts';
import { withinTime } from '../time-guard.ts';
import { outcomeOfError } from './traps.ts';

/** The engine of this process. */
export const V8_ENGINE: Engine = { name: 'v8', run };

/** What calls of a unit need to know about it; made once per unit, it is run several times. */
interface UnitShape {
  readonly imports: readonly ImportShape[];
  readonly signatures: Map<string, Signature>;
}

const shapes = new WeakMap<Unit, UnitShape>();

function shapeOf(unit: Unit): UnitShape {
  let shape = shapes.get(unit);
  if (shape === undefined) {
    shape = { imports: importsOf(unit), signatures: new Map() };
    shapes.set(unit, shape);
  }
  return shape;
}

function signatureFor(unit: Unit, shape: UnitShape, name: string): Signature {
  const known = shape.signatures.get(name);
  if (known !== undefined) return known;
  const nav = exportedNav(unit, name);
  const signature = nav === undefined ? null : signatureOf(unit.pool, unit.navs[nav]!.ty);
  if (signature === null) throw new Error(`the case calls '${name}', which is no exported function of scalars`);
  shape.signatures.set(name, signature);
  return signature;
}

function run(bytes: Uint8Array, unit: Unit, calls: readonly CallInput[], options: EngineOptions): EngineRun {
  const shape = shapeOf(unit);
  const trace: HostCall[] = [];
  let phase: 'compile' | 'instantiate' = 'compile';
  let instance: WebAssembly.Instance;
  let module: WebAssembly.Module;
  let memory: WebAssembly.Memory | null = null;
  try {
    const { memories } = options;
    const taken = unit.pool.target.ptrBits === 64 ? asEngineTakes(bytes) : bytes;
    const form = memories !== undefined && isAlone(options) ? pooledForm(taken, shape.imports) : plainForm(taken);
    module = new WebAssembly.Module(form.bytes);
    phase = 'instantiate';
    const imports = form.slots === null ? hostImports(shape.imports, trace) : {};
    if (form.pages !== null) {
      imports[MEMORY_IMPORT.module] = { [MEMORY_IMPORT.name]: memories!.take(form.pages, form.isWide) };
    }
    memory = options.host?.extend(imports, module, bytes) ?? null;
    if (options.probe !== undefined) {
      addProbe(imports, options.probe, trace, () => memory ?? memoryOf(instance.exports, options));
    }
    instance = new WebAssembly.Instance(module, imports);
    if (form.slots !== null) fillTable(instance, form.slots, shape, trace);
  } catch (error) {
    const outcome = outcomeOfError(error);
    if (outcome?.kind === 'exhausted') return { kind: 'ran', outcomes: [outcome], trace, state: NO_STATE };
    const detail = (error as Error).message;
    return { kind: 'rejected', phase, message: rejectionClass(detail), detail };
  }
  const { exports } = instance;
  const missing = calls.find((call) => typeof exports[call.fn] !== 'function');
  if (missing !== undefined) {
    return { kind: 'rejected', phase, message: 'missing-export', detail: `the module does not export @${missing.fn}` };
  }
  const pointer = exports[STACK_POINTER_EXPORT];
  const before = isGlobal(pointer) ? addressOf(pointer.value) : null;
  const outcomes: EngineOutcome[] = [];
  const batch = (): void => {
    options.host?.prepare(module, exports);
    callAll(exports, unit, shape, calls, outcomes);
  };
  try {
    if (options.timeout === null) batch();
    else if (withinTime(options.timeout, batch).timedOut) outcomes.push({ kind: 'exhausted', what: 'time' });
  } catch (error) {
    if (!(error instanceof WrongSignature)) throw error;
    return { kind: 'rejected', phase: 'instantiate', message: 'wrong-signature', detail: error.message };
  }
  const state = stateOf(exports, unit, bytes, before, memory ?? memoryOf(exports, options));
  return { kind: 'ran', outcomes, trace, state };
}

/** Whether the module gets the imports of its unit and no others. */
function isAlone({ host, probe }: EngineOptions): boolean {
  return host === undefined && probe === undefined;
}

function fillTable(
  { exports }: WebAssembly.Instance,
  slots: readonly number[],
  shape: UnitShape,
  trace: HostCall[],
): void {
  fillImportTable(exports[IMPORT_TABLE_EXPORT] as WebAssembly.Table, slots, shape.imports, trace);
}

function addProbe(
  imports: WebAssembly.Imports,
  probe: EngineProbe,
  trace: readonly HostCall[],
  memoryNow: () => WebAssembly.Memory | null,
): void {
  const watched: Record<string, WebAssembly.ImportValue> = {};
  for (const name of probe.names) {
    watched[name] = (...values: unknown[]): void => {
      const memory = memoryNow();
      probe.saw(name, values, memory === null ? NO_STATE.memory : new Uint8Array(memory.buffer), trace.length);
    };
  }
  imports[probe.module] = watched;
}

/** An exported function does not take or give the values of its type. */
class WrongSignature extends Error {}

function callAll(
  exports: WebAssembly.Exports,
  unit: Unit,
  shape: UnitShape,
  calls: readonly CallInput[],
  outcomes: EngineOutcome[],
): void {
  for (const call of calls) {
    const signature = signatureFor(unit, shape, call.fn);
    const values: (number | bigint)[] = [];
    for (let n = 0; n < signature.params.length; n++) {
      const param = signature.params[n]!;
      if (param.rep !== 'none') values.push(toWasm(param, call.args[n] ?? 0n));
    }
    let outcome: EngineOutcome;
    try {
      const value: unknown = (exports[call.fn] as WebAssembly.ExportedFunction)(...values);
      if (!hasForm(signature.result, value)) throw new WrongSignature(`@${call.fn} gives a ${typeof value}`);
      outcome = { kind: 'returned', bits: fromWasm(signature.result, value) };
    } catch (error) {
      const known = outcomeOfError(error);
      if (known === null && isConversionError(error)) throw new WrongSignature(`@${call.fn}: ${error.message}`);
      if (known === null) throw error;
      outcome = known;
    }
    outcomes.push(outcome);
    if (outcome.kind !== 'returned') return;
  }
}

/** What V8 throws when it cannot make an argument what the function takes; by name, as it may be of another realm. */
function isConversionError(error: unknown): error is Error {
  const name = (error as Error | null)?.name;
  return name === 'TypeError' || name === 'SyntaxError';
}

/** State of a run that never had an instance. */
const NO_STATE: EngineState = {
  memory: new Uint8Array(0),
  addressOf: () => undefined,
  slot: () => ({ kind: 'empty' }),
  stackPointer: null,
};

function memoryOf(exports: WebAssembly.Exports, options: EngineOptions): WebAssembly.Memory | null {
  const memory = exports[options.host?.memoryName ?? 'memory'];
  return isMemory(memory) ? memory : null;
}

function stateOf(
  exports: WebAssembly.Exports,
  unit: Unit,
  bytes: Uint8Array,
  before: number | null,
  memory: WebAssembly.Memory | null,
): EngineState {
  const pointer = exports[STACK_POINTER_EXPORT];
  let names: ReadonlyMap<number, readonly string[]> | null = null;
  let table: ReadonlyMap<number, number> | null = null;
  return {
    memory: memory === null ? NO_STATE.memory : new Uint8Array(memory.buffer),
    addressOf(nav) {
      for (const { name } of unit.navs[nav]!.exports) {
        const exported = exports[name];
        if (isGlobal(exported)) return addressOf(exported.value);
      }
      return undefined;
    },
    slot(index): Slot {
      table ??= tableElements(bytes);
      const fn = table.get(index);
      if (fn === undefined) return { kind: 'empty' };
      names ??= namesByIndex(exports, bytes);
      return { kind: 'function', index: fn, names: names.get(fn) ?? [] };
    },
    stackPointer: before !== null && isGlobal(pointer) ? { before, after: addressOf(pointer.value) } : null,
  };
}

/** Names that the outside can know each function by; V8 calls an exported function by its index. */
function namesByIndex(exports: WebAssembly.Exports, bytes: Uint8Array): ReadonlyMap<number, readonly string[]> {
  const names = new Map<number, string[]>();
  const add = (index: number, name: string): void => {
    const list = names.get(index);
    if (list === undefined) names.set(index, [name]);
    else if (!list.includes(name)) list.push(name);
  };
  for (const [index, name] of functionNames(bytes)) add(index, name);
  for (const [name, value] of Object.entries(exports)) if (typeof value === 'function') add(Number(value.name), name);
  return names;
}

function isGlobal(value: WebAssembly.ExportValue | undefined): value is WebAssembly.Global {
  return typeof value === 'object' && 'value' in value;
}

function isMemory(value: WebAssembly.ExportValue | undefined): value is WebAssembly.Memory {
  return typeof value === 'object' && 'buffer' in value;
}
