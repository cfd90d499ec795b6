/**
 * A linked module as an instance: imports that do nothing for whatever it asks for, and the memory that it begins with.
 */
import type { LinkedModule } from '../../wasm/linked-module.ts';
import { asEngineTakes } from './memory64.ts';

const PAGE = 65536;
/** What a memory of the host holds before the module fills it. */
const JUNK = 0xaa;

/** Imports that are all there and do nothing, and the memory among them. */
export interface Stubs {
  readonly imports: WebAssembly.Imports;
  readonly memory: WebAssembly.Memory | null;
}

/** Stubs for `linked`. */
export function stubsOf(linked: LinkedModule): Stubs {
  const imports: WebAssembly.Imports = {};
  let memory: WebAssembly.Memory | null = null;
  let table = 0;
  let global = 0;
  let tag = 0;
  for (const { module: from, field, kind } of linked.imports) {
    const space = (imports[from] ??= {});
    if (kind === 0) space[field] = () => 0;
    else if (kind === 1) {
      const { min, max } = linked.tables[table++]!;
      const limits = max === null ? { initial: min } : { initial: min, maximum: max };
      space[field] = new WebAssembly.Table({ element: 'anyfunc', ...limits });
    } else if (kind === 2) {
      const { min, max, shared } = linked.memories[0]!;
      memory = new WebAssembly.Memory({ initial: min, ...(max === null ? {} : { maximum: max, shared }) });
      if (!shared) new Uint8Array(memory.buffer).fill(JUNK, 0, Math.min(min * PAGE, 1 << 21));
      space[field] = memory;
    } else if (kind === 3) {
      const { type } = linked.globals[global++]!;
      const value = VALUE_TYPES[type.slice(0, 2)]!;
      space[field] = new WebAssembly.Global({ value, mutable: type.endsWith('1') }, value === 'i64' ? 0n : 0);
    } else space[field] = newTag(linked.tags[tag++]!);
  }
  return { imports, memory };
}

function newTag(signature: string): WebAssembly.ImportValue {
  const codes = signature
    .split('>')[0]!
    .split(',')
    .filter((text) => text !== '');
  const parameters = codes.map((code) => VALUE_TYPES[Number(code).toString(16)]);
  const { Tag } = WebAssembly as unknown as { Tag: new (type: object) => WebAssembly.ImportValue };
  return new Tag({ parameters });
}

/** Linear memory of a fresh instance; empty for a module without memory. */
export function memoryImage(linked: LinkedModule): Uint8Array {
  const { imports, memory: imported } = stubsOf(linked);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(asEngineTakes(linked.bytes)), imports);
  const memory = imported ?? Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  return memory === undefined ? new Uint8Array(0) : new Uint8Array(memory.buffer);
}

const VALUE_TYPES: Readonly<Record<string, WebAssembly.ValueType>> = {
  '7f': 'i32',
  '7e': 'i64',
  '7d': 'f32',
  '7c': 'f64',
};
