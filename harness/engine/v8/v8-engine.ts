/**
 * V8 in this process, with whatever tier its flags select.
 *
 * Owns the way from module bytes to an `EngineRun`: instantiate afresh, call the exports in order, stop after the first call
 * that does not return. An answer holds copies, nothing alive: live memories exhaust the address space of a process (some 13,000 of
 * them unless V8 runs with `--disable-wasm-trap-handler`).
 */
import type { HostCall } from '../../../interpreter/model/outcome.ts';
import { addressOf } from '../../model/address.ts';
import { fromWasm, hasForm, toWasm } from '../../model/scalars.ts';
import type {
  DirectEngine,
  EngineCall,
  EngineOutcome,
  EngineRequest,
  EngineRun,
  EngineState,
  ProbeSight,
  ProbeWish,
  Slot,
} from '../door.ts';
import { copyObjects, copyProbed } from '../observe.ts';
import { slotsOf } from '../slots.ts';
import { NO_STATE } from '../state.ts';
import { withinTime } from '../time-guard.ts';
import type { ImportShape } from './host.ts';
import { fillImportTable, hostImports, shapesOf } from './host.ts';
import { IMPORT_TABLE_EXPORT } from './import-table.ts';
import { MEMORY_IMPORT, MemoryPool } from './memory-pool.ts';
import { asEngineTakes, enableMemory64, MEMORY64_ABSENT } from './memory64.ts';
import { rejectionClass } from './rejection-class.ts';
import { plainForm, pooledForm } from './run-form.ts';
import { STACK_POINTER_EXPORT } from './stack-pointer.ts';
import { outcomeOfError } from './traps.ts';

/** The surroundings of a module that a decorated link made: they are alive, so only this engine has them. */
export interface V8Host {
  /** Adds to `imports` what `module` wants; the memory if it is among that. */
  extend(imports: WebAssembly.Imports, module: WebAssembly.Module, bytes: Uint8Array): WebAssembly.Memory | null;
  /** Name of the exported memory. */
  readonly memoryName: string;
  /** Runs before the first call. */
  prepare(module: WebAssembly.Module, exports: WebAssembly.Exports): void;
}

/** Memories of the fast runs of this process, which makes one run after the other. */
const MEMORIES = new MemoryPool();

/** The engine of this process. */
export const V8_ENGINE: DirectEngine = {
  kind: 'direct',
  name: 'v8',
  run: (request) => run(request, null, null),
  fast(request) {
    try {
      return run(request, null, MEMORIES);
    } finally {
      // An answer holds copies. What a time guard ended gives nothing back; the next run does.
      MEMORIES.giveBack();
    }
  },
  refuses: (ptrBits) => (ptrBits === 64 && !enableMemory64() ? MEMORY64_ABSENT : null),
};

/** Runs a module in surroundings of its own. */
export function runSurrounded(request: EngineRequest, host: V8Host): EngineRun {
  return run(request, host, null);
}

function run(request: EngineRequest, host: V8Host | null, memories: MemoryPool | null): EngineRun {
  const { bytes, probes } = request;
  const shapes = shapesOf(request.imports);
  const trace: HostCall[] = [];
  const sights: ProbeSight[] = [];
  let phase: 'compile' | 'instantiate' = 'compile';
  let instance: WebAssembly.Instance;
  let module: WebAssembly.Module;
  let memory: WebAssembly.Memory | null = null;
  const memoryName = host?.memoryName ?? 'memory';
  try {
    const taken = request.ptrBits === 64 ? asEngineTakes(bytes) : bytes;
    // With probes or surroundings, a module has more imports than those of its program.
    const isAlone = host === null && probes === null;
    const form = memories !== null && isAlone ? pooledForm(taken, shapes) : plainForm(taken);
    module = new WebAssembly.Module(form.bytes);
    phase = 'instantiate';
    const imports = form.slots === null ? hostImports(shapes, trace) : {};
    if (form.pages !== null) {
      imports[MEMORY_IMPORT.module] = { [MEMORY_IMPORT.name]: memories!.take(form.pages, form.isWide) };
    }
    memory = host?.extend(imports, module, bytes) ?? null;
    if (probes !== null) {
      const memoryNow = (): Uint8Array => bytesOf(memory ?? memoryOf(instance.exports, memoryName));
      imports[probes.module] = probeImports(probes, request.ptrBits, sights, trace, memoryNow);
    }
    instance = new WebAssembly.Instance(module, imports);
    if (form.slots !== null) fillTable(instance, form.slots, shapes, trace);
  } catch (error) {
    const outcome = outcomeOfError(error);
    if (outcome?.kind === 'exhausted') return { kind: 'ran', outcomes: [outcome], trace, state: NO_STATE };
    const detail = (error as Error).message;
    return { kind: 'rejected', phase, message: rejectionClass(detail), detail };
  }
  const { exports } = instance;
  const missing = request.calls.find((call) => typeof exports[call.fn] !== 'function');
  if (missing !== undefined) {
    return { kind: 'rejected', phase, message: 'missing-export', detail: `the module does not export @${missing.fn}` };
  }
  const pointer = exports[STACK_POINTER_EXPORT];
  const before = isGlobal(pointer) ? addressOf(pointer.value) : null;
  const outcomes: EngineOutcome[] = [];
  const batch = (): void => {
    host?.prepare(module, exports);
    callAll(exports, request.calls, outcomes);
  };
  try {
    if (request.timeout === null) batch();
    else if (withinTime(request.timeout, batch).timedOut) outcomes.push({ kind: 'exhausted', what: 'time' });
  } catch (error) {
    if (!(error instanceof WrongSignature)) throw error;
    return { kind: 'rejected', phase: 'instantiate', message: 'wrong-signature', detail: error.message };
  }
  const state = stateOf(exports, request, before, bytesOf(memory ?? memoryOf(exports, memoryName)), sights);
  return { kind: 'ran', outcomes, trace, state };
}

function fillTable(
  { exports }: WebAssembly.Instance,
  slots: readonly number[],
  shapes: readonly ImportShape[],
  trace: HostCall[],
): void {
  fillImportTable(exports[IMPORT_TABLE_EXPORT] as WebAssembly.Table, slots, shapes, trace);
}

function probeImports(
  { functions, most }: ProbeWish,
  ptrBits: 32 | 64,
  sights: ProbeSight[],
  trace: readonly HostCall[],
  memoryNow: () => Uint8Array,
): Record<string, WebAssembly.ImportValue> {
  const watched: Record<string, WebAssembly.ImportValue> = {};
  for (const { name, read } of functions) {
    watched[name] = (...values: (number | bigint)[]): void => {
      if (sights.length >= most) return;
      const bytes = read === null ? null : copyProbed(memoryNow(), read, values[1], ptrBits);
      sights.push({ name, values, bytes, hostCalls: trace.length });
    };
  }
  return watched;
}

/** An exported function does not take or give the values of its type. */
class WrongSignature extends Error {}

function callAll(exports: WebAssembly.Exports, calls: readonly EngineCall[], outcomes: EngineOutcome[]): void {
  for (const { fn, params, result, args } of calls) {
    const values: (number | bigint)[] = [];
    for (let n = 0; n < params.length; n++) {
      const param = params[n]!;
      if (param.rep !== 'none') values.push(toWasm(param, args[n] ?? 0n));
    }
    let outcome: EngineOutcome;
    try {
      const value: unknown = (exports[fn] as WebAssembly.ExportedFunction)(...values);
      if (!hasForm(result, value)) throw new WrongSignature(`@${fn} gives a ${typeof value}`);
      outcome = { kind: 'returned', bits: fromWasm(result, value) };
    } catch (error) {
      const known = outcomeOfError(error);
      if (known === null && isConversionError(error)) throw new WrongSignature(`@${fn}: ${error.message}`);
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

function memoryOf(exports: WebAssembly.Exports, name: string): WebAssembly.Memory | null {
  const memory = exports[name];
  return isMemory(memory) ? memory : null;
}

function bytesOf(memory: WebAssembly.Memory | null): Uint8Array {
  return memory === null ? new Uint8Array(0) : new Uint8Array(memory.buffer);
}

function stateOf(
  exports: WebAssembly.Exports,
  request: EngineRequest,
  before: number | null,
  memory: Uint8Array,
  sights: readonly ProbeSight[],
): EngineState {
  const pointer = exports[STACK_POINTER_EXPORT];
  const addresses = new Map<string, number>();
  for (const { names } of request.variables) {
    for (const name of names) {
      const exported = exports[name];
      if (isGlobal(exported)) addresses.set(name, addressOf(exported.value));
    }
  }
  let slots: ReadonlyMap<number, Slot> | null = null;
  return {
    addresses,
    memoryBytes: memory.length,
    ranges: copyObjects(memory, request, addresses),
    // Few comparisons look at the table, and reading it costs as much as a small run.
    get slots() {
      return (slots ??= slotsOf(request.bytes));
    },
    stackPointer: before !== null && isGlobal(pointer) ? { before, after: addressOf(pointer.value) } : null,
    sights,
  };
}

function isGlobal(value: WebAssembly.ExportValue | undefined): value is WebAssembly.Global {
  return typeof value === 'object' && 'value' in value;
}

function isMemory(value: WebAssembly.ExportValue | undefined): value is WebAssembly.Memory {
  return typeof value === 'object' && 'buffer' in value;
}
