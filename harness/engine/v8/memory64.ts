/**
 * 64-bit memories in this process's engine: asked for once, and only by whoever is about to run such a module.
 *
 * Newer engines have them; V8 11.3 (Node 20) has them behind a flag, which can be set at any time and stays set for the
 * process. Owns the question, answered by a tiny module and not by a version number. Tables of 64 bits are asked for apart:
 * V8 11.3 has none (table64.ts takes their place).
 */
import { HarnessError } from '../../model/failure.ts';
import { withTable32 } from './table64.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A module with one memory of no pages, limits flag 4: 64-bit. */
const WITH_MEMORY = Uint8Array.from([...HEADER, 5, 3, 1, 4, 0]);
/** A module with one table of no slots, limits flag 4: 64-bit. */
const WITH_TABLE = Uint8Array.from([...HEADER, 4, 4, 1, 0x70, 4, 0]);
const FLAG = '--experimental-wasm-memory64';

let memory64: boolean | null = null;

/** Whether the engine takes 64-bit memories, from now on; sets its flag if it has to. */
export function enableMemory64(): boolean {
  if (memory64 !== null) return memory64;
  memory64 = WebAssembly.validate(WITH_MEMORY);
  if (!memory64) {
    // Loaded only here, as nothing else of a link needs it.
    process.getBuiltinModule('node:v8').setFlagsFromString(FLAG);
    memory64 = WebAssembly.validate(WITH_MEMORY);
  }
  return memory64;
}

/** A memory with 64-bit addresses, in `pages`; engines differ in how they are asked for one. */
export function makeMemory64(pages: number, maxPages: number | null = null, shared = false): WebAssembly.Memory {
  const max = (value: number | bigint): object => (maxPages === null ? {} : { maximum: value });
  try {
    const limits = { address: 'i64', initial: BigInt(pages), ...max(BigInt(maxPages ?? 0)), shared };
    return new WebAssembly.Memory(limits as unknown as WebAssembly.MemoryDescriptor);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // V8 11.3 has the name of a draft, and takes numbers.
    const limits = { index: 'i64', initial: pages, ...max(maxPages ?? 0), shared };
    return new WebAssembly.Memory(limits);
  }
}

let table64: boolean | null = null;

/** Whether the engine takes tables with 64-bit slots. */
export function hasTable64(): boolean {
  return (table64 ??= enableMemory64() && WebAssembly.validate(WITH_TABLE));
}

/** A module with 64-bit addresses in the form that this engine takes; whatever cannot be made so comes back as it is. */
export function asEngineTakes(bytes: Uint8Array): Uint8Array {
  return hasTable64() ? bytes : (withTable32(bytes) ?? bytes);
}

/** What to say where {@link enableMemory64} is false. */
export const MEMORY64_ABSENT = `this engine has no 64-bit memories (Node ${process.version}, V8 ${process.versions.v8}), not even with ${FLAG}`;

/** Makes sure that the engine can run programs with addresses of `ptrBits` bits; an error of the environment if it cannot. */
export function requireAddresses(ptrBits: 32 | 64): void {
  if (ptrBits === 64 && !enableMemory64()) throw new HarnessError(MEMORY64_ABSENT);
}
