/**
 * Memories for runs, used by one run after the other.
 *
 * V8 frees the memory of a module when it next looks through its whole heap, and looks through its whole heap when such
 * memories have become many: that cost more than running the modules. So a module whose memory is its own gets one from here.
 * Owns the memories and what of a module says that it wants one. Invariant: a memory that is handed out holds zeros, has the
 * size that the module asks for, and belongs to no run that somebody still looks at.
 */
import type { ModuleEdit } from './module-parts.ts';
import { leb } from './module-parts.ts';

/** Import names of the memory. */
export const MEMORY_IMPORT = { module: 'harness', name: 'memory' } as const;

const PAGE = 65536;
/** Pages that wait for use, at most. */
const MOST_FREE = 2048;

const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_MEMORY = 5;
const KIND_MEMORY = 2;

/** See the file header. */
export class MemoryPool {
  readonly #free = new Map<number, WebAssembly.Memory[]>();
  #freePages = 0;
  #lent: { readonly pages: number; readonly memory: WebAssembly.Memory }[] = [];

  /** A memory of `pages` zero pages, without a limit. */
  take(pages: number): WebAssembly.Memory {
    let memory = this.#free.get(pages)?.pop();
    if (memory === undefined) {
      memory = new WebAssembly.Memory({ initial: pages });
    } else {
      this.#freePages -= pages;
      new Uint8Array(memory.buffer).fill(0);
    }
    this.#lent.push({ pages, memory });
    return memory;
  }

  /** All runs so far are done with, and nobody looks at what they left. */
  giveBack(): void {
    for (const { pages, memory } of this.#lent) {
      // One that has grown has another size for good.
      if (memory.buffer.byteLength !== pages * PAGE || this.#freePages + pages > MOST_FREE) continue;
      const free = this.#free.get(pages);
      if (free === undefined) this.#free.set(pages, [memory]);
      else free.push(memory);
      this.#freePages += pages;
    }
    this.#lent = [];
  }
}

const utf8 = new TextEncoder();
const IMPORT = [MEMORY_IMPORT.module, MEMORY_IMPORT.name].flatMap((name) => {
  const bytes = utf8.encode(name);
  return [bytes.length, ...bytes];
});

/**
 * Lets the module import its memory, and gives the pages of that; null where it is left alone: it has none, a limit on it,
 * or imports. The module must be valid.
 */
export function importMemory(edit: ModuleEdit): number | null {
  const section = edit.section(SECTION_MEMORY);
  if (section === undefined || edit.section(SECTION_TYPE) === undefined) return null;
  const cursor = edit.cursor(section);
  const count = cursor.number();
  const flags = cursor.number();
  if (count !== 1 || flags !== 0) return null;
  const pages = cursor.number();
  edit.drop(SECTION_MEMORY);
  edit.insertAfter(SECTION_TYPE, SECTION_IMPORT, [1, ...IMPORT, KIND_MEMORY, 0, ...leb(pages)]);
  return pages;
}
