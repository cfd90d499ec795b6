/**
 * Memories for runs, used by one run after the other.
 *
 * V8 frees the memory of a module when it next looks through its whole heap, and looks through its whole heap when such
 * memories have become many: that cost more than running the modules. So a module whose memory is its own gets one from here.
 * Owns the memories and what of a module says that it wants one. Invariant: a memory that is handed out holds zeros, has the
 * size that the module asks for, and belongs to no run that somebody still looks at.
 */
import { makeMemory64 } from './memory64.ts';
import type { ModuleEdit } from '../../wasm/module-parts.ts';
import { leb } from '../../wasm/module-parts.ts';

/** Import names of the memory. */
export const MEMORY_IMPORT = { module: 'harness', name: 'memory' } as const;

const PAGE = 65536;
/** Pages that wait for use, at most. */
const MOST_FREE = 2048;

const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_MEMORY = 5;
const KIND_MEMORY = 2;
const LIMITS_64 = 4;

/** What a module asks for: pages without a limit, and the width of its addresses. */
export interface MemoryWish {
  readonly pages: number;
  readonly isWide: boolean;
}

/** See the file header. */
export class MemoryPool {
  /** By pages, less than 0 for wide addresses. */
  readonly #free = new Map<number, WebAssembly.Memory[]>();
  #freePages = 0;
  readonly #lent: { readonly pages: number; readonly key: number; readonly memory: WebAssembly.Memory }[] = [];

  /** A memory of `pages` zero pages, without a limit; `isWide`: with 64-bit addresses. */
  take(pages: number, isWide = false): WebAssembly.Memory {
    const key = isWide ? -pages : pages;
    let memory = this.#free.get(key)?.pop();
    if (memory === undefined) {
      memory = isWide ? makeMemory64(pages) : new WebAssembly.Memory({ initial: pages });
    } else {
      this.#freePages -= pages;
      new Uint8Array(memory.buffer).fill(0);
    }
    this.#lent.push({ pages, key, memory });
    return memory;
  }

  /**
   * All runs so far are done with, and nobody looks at what they left. Each memory leaves the list of those that are lent
   * before it enters that of the free ones: a time guard may stop this at any point, and a memory must never be free twice.
   */
  giveBack(): void {
    for (let lent = this.#lent.pop(); lent !== undefined; lent = this.#lent.pop()) {
      const { pages, key, memory } = lent;
      // One that has grown has another size for good.
      if (memory.buffer.byteLength !== pages * PAGE || this.#freePages + pages > MOST_FREE) continue;
      const free = this.#free.get(key);
      if (free === undefined) this.#free.set(key, [memory]);
      else free.push(memory);
      this.#freePages += pages;
    }
  }
}

const utf8 = new TextEncoder();
const IMPORT = [MEMORY_IMPORT.module, MEMORY_IMPORT.name].flatMap((name) => {
  const bytes = utf8.encode(name);
  return [bytes.length, ...bytes];
});

/**
 * Lets the module import its memory, and says what it wants; null where it is left alone: it has none, a limit on it,
 * or imports. The module must be valid.
 */
export function importMemory(edit: ModuleEdit): MemoryWish | null {
  const section = edit.section(SECTION_MEMORY);
  if (section === undefined || edit.section(SECTION_TYPE) === undefined) return null;
  const cursor = edit.cursor(section);
  const count = cursor.number();
  const flags = cursor.number();
  if (count !== 1 || (flags !== 0 && flags !== LIMITS_64)) return null;
  const pages = cursor.number();
  edit.drop(SECTION_MEMORY);
  edit.insertAfter(SECTION_TYPE, SECTION_IMPORT, [1, ...IMPORT, KIND_MEMORY, flags, ...leb(pages)]);
  return { pages, isWide: flags === LIMITS_64 };
}
