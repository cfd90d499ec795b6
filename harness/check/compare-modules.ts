/**
 * What two modules linked from the same objects tell about themselves: exports, imports, whether memory and table are there, and
 * how many functions the table holds.
 *
 * Pure. Addresses, numbers and sizes may differ; names, kinds and counts may not. Names that each linker gives to things of
 * its own are left out.
 */
import { tableElements } from '../engine/module-reader.ts';

/** The first thing that differs. */
export interface ModuleDifference {
  readonly kind: 'exports' | 'imports' | 'table' | 'invalid';
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Exports that depend on what a linker calls its own. */
const OWN_NAMES =
  /^(__(wasm|heap|data_end|global_base|memory_base|table_base|dso|stack|tls|rt_|wrap_|start_|stop_|indirect_function_table$)|memory$|\.L)/;

/** Compares `ours` with `theirs`; null if they agree. Both must be valid. */
export function compareModules(ours: Uint8Array, theirs: Uint8Array): ModuleDifference | null {
  const left = new WebAssembly.Module(ours);
  const right = new WebAssembly.Module(theirs);
  return (
    compareLists('exports', 'exports', exportsOf(left), exportsOf(right)) ??
    compareLists('imports', 'imports', importsOf(left), importsOf(right)) ??
    compareLists('table', 'slots of the table', slotsOf(ours), slotsOf(theirs))
  );
}

function exportsOf(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .filter(({ name }) => !OWN_NAMES.test(name))
    .map(({ name, kind }) => `${kind} ${name}`);
}

function importsOf(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.imports(module).map(({ module: from, name, kind }) => `${kind} ${from}.${name}`);
}

/** The slots that hold a function. */
function slotsOf(bytes: Uint8Array): string[] {
  return [...tableElements(bytes).keys()].map(String);
}

function compareLists(
  kind: ModuleDifference['kind'],
  what: string,
  ours: readonly string[],
  theirs: readonly string[],
): ModuleDifference | null {
  const left = new Set(ours);
  const right = new Set(theirs);
  const onlyOurs = [...left].filter((item) => !right.has(item)).sort();
  const onlyTheirs = [...right].filter((item) => !left.has(item)).sort();
  if (onlyOurs.length + onlyTheirs.length === 0) return null;
  const say = (list: readonly string[]): string => (list.length === 0 ? 'nothing more' : `also ${list.join(', ')}`);
  return { kind, what, ours: say(onlyOurs), theirs: say(onlyTheirs) };
}
