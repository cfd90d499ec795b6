/**
 * Rewriting a module: changes to its sections, made all at once.
 *
 * Asked for modules that are probably valid; reading past an end gives zeros instead of an exception, so whoever rewrites
 * checks what comes out, or lets the engine do so. Does not ask core.
 */

import type { Section } from './cursor.ts';
import { Cursor, listSections } from './cursor.ts';

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** What becomes of one section. */
interface SectionEdit {
  readonly first: number[];
  readonly last: number[];
  /** Elements in `first` and `last`. */
  added: number;
  isDropped: boolean;
  /** A section that comes behind it, with id and size. */
  readonly after: number[];
}

/** Changes to a module, made all at once in the end. */
export class ModuleEdit {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly #edits = new Map<number, SectionEdit>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.sections = listSections(bytes);
  }

  /** First section with that id. */
  section(id: number): Section | undefined {
    for (const section of this.sections) if (section.id === id) return section;
    return undefined;
  }

  /** Reads the contents of a section. */
  cursor({ from, to }: Section): Cursor {
    return new Cursor(this.bytes, from, to);
  }

  /** `count` more elements of a vector, in front of the others. */
  addFirst(id: number, elements: readonly number[], count: number): void {
    const edit = this.#edit(id);
    edit.first.push(...elements);
    edit.added += count;
  }

  /** `count` more elements of a vector, behind the others. */
  addLast(id: number, elements: readonly number[], count: number): void {
    const edit = this.#edit(id);
    edit.last.push(...elements);
    edit.added += count;
  }

  /** Leaves a section out. */
  drop(id: number): void {
    this.#edit(id).isDropped = true;
  }

  /** A new section behind another one, which the module has. */
  insertAfter(id: number, newId: number, contents: readonly number[]): void {
    this.#edit(id).after.push(newId, ...leb(contents.length), ...contents);
  }

  #edit(id: number): SectionEdit {
    let edit = this.#edits.get(id);
    if (edit === undefined) {
      edit = { first: [], last: [], added: 0, isDropped: false, after: [] };
      this.#edits.set(id, edit);
    }
    return edit;
  }

  /** The module with all changes, and `tail` at its end. */
  toBytes(tail: readonly number[] = []): Uint8Array {
    if (this.#edits.size === 0 && tail.length === 0) return this.bytes;
    const { bytes } = this;
    const parts: ArrayLike<number>[] = [];
    // What is behind the last whole section stays where it is.
    let kept = 0;
    for (const section of this.sections) {
      const edit = this.#edits.get(section.id);
      if (edit === undefined) continue;
      parts.push(bytes.subarray(kept, section.start));
      kept = section.to;
      const { first, last, added, isDropped, after } = edit;
      if (isDropped) {
        parts.push(after);
      } else if (added === 0) {
        parts.push(bytes.subarray(section.start, section.to), after);
      } else {
        const cursor = this.cursor(section);
        const count = leb(cursor.number() + added);
        const size = leb(count.length + first.length + (section.to - cursor.at) + last.length);
        parts.push([section.id, ...size, ...count, ...first], bytes.subarray(cursor.at, section.to), [
          ...last,
          ...after,
        ]);
      }
    }
    parts.push(bytes.subarray(kept), tail);
    return concat(parts);
  }
}

function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
