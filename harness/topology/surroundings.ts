/**
 * What a decorated module finds around it, and what is looked at before the program's own calls.
 *
 * Owns the host's memory, table and functions for what the module imports, and the observations of one run. An imported memory
 * is full of a byte that is not zero, so that whatever relies on zeros must have been written.
 */
import type { V8Host } from '../engine/v8/v8-engine.ts';
import { importedLimits } from '../wasm/module-reader.ts';
import type { Topology } from './build-topology.ts';

/** One thing that was not as it should be. */
export interface Discrepancy {
  /** Decoration and probe, `inspection`, or the export that begins. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
}

/** Surroundings of one run. */
export interface Surroundings {
  readonly host: V8Host;
  /** Filled by the run. */
  readonly discrepancies: Discrepancy[];
}

/** What an imported memory holds before the module writes to it. */
const JUNK = 0xaa;

/** Surroundings for one run of a module of `topology`. */
export function surroundingsOf(topology: Topology): Surroundings {
  const discrepancies: Discrepancy[] = [];
  const memoryOption = topology.options.findLast((option) => /^--export-memory=./.test(option));
  let seen = new Uint8Array(0);
  return {
    discrepancies,
    host: {
      memoryName: memoryOption?.slice(memoryOption.indexOf('=') + 1) ?? 'memory',
      extend(imports, module, bytes) {
        seen = bytes as Uint8Array<ArrayBuffer>;
        for (const { module: from, field, value } of topology.host) (imports[from] ??= {})[field] = value;
        let memory: WebAssembly.Memory | null = null;
        for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
          if (kind === 'memory') {
            memory = newMemory(bytes);
            (imports[from] ??= {})[name] = memory;
          } else if (kind === 'table') {
            const { min, max } = importedLimits(bytes, 'table')!;
            const limits = max === null ? { initial: min } : { initial: min, maximum: max };
            (imports[from] ??= {})[name] = new WebAssembly.Table({ element: 'anyfunc', ...limits });
          }
        }
        return memory;
      },
      prepare(module, exports) {
        observe(topology, module, exports, seen, discrepancies);
      },
    },
  };
}

function newMemory(bytes: Uint8Array): WebAssembly.Memory {
  const { min, max, shared } = importedLimits(bytes, 'memory')!;
  const memory = new WebAssembly.Memory(max === null ? { initial: min } : { initial: min, maximum: max, shared });
  // Threads that share a memory find by a zero in it that nobody has filled it yet.
  if (shared) return memory;
  // Beyond the first pages nothing is laid out that the junk could show.
  new Uint8Array(memory.buffer).fill(JUNK, 0, Math.min(memory.buffer.byteLength, 1 << 21));
  return memory;
}

function observe(
  topology: Topology,
  module: WebAssembly.Module,
  exports: WebAssembly.Exports,
  bytes: Uint8Array,
  discrepancies: Discrepancy[],
): void {
  const { initialize } = topology;
  if (initialize !== null) {
    const outcome = callExport(exports, initialize);
    if (typeof outcome === 'string') {
      discrepancies.push({ where: initialize, expected: 'returns', actual: outcome });
      return;
    }
  }
  let runs = topology.runsConstructorsPerCall ? 0 : 1;
  for (const { kind, name, expected } of topology.probes) {
    if (topology.runsConstructorsPerCall) runs++;
    const wanted = expected(runs) | 0;
    const outcome = callExport(exports, name);
    if (outcome === wanted) continue;
    const actual = typeof outcome === 'number' ? `gives ${outcome}` : outcome;
    discrepancies.push({ where: `${kind} ${name}`, expected: `gives ${wanted}`, actual });
  }
  for (const inspect of topology.inspections) {
    const wrong = inspect(module, exports, bytes);
    if (wrong !== null) discrepancies.push({ where: 'inspection', expected: 'all in order', actual: wrong });
  }
}

/** Result of a call without arguments, or words for what happened instead. */
function callExport(exports: WebAssembly.Exports, name: string): number | string {
  const found = exports[name];
  if (typeof found !== 'function') return 'is not exported';
  try {
    const value: unknown = found();
    return typeof value === 'number' ? value : 0;
  } catch (error) {
    return `traps: ${(error as Error).message}`;
  }
}
