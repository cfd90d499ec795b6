/**
 * Where function bodies lie in memory that several threads read.
 *
 * Owns the placing of bodies in shared chunks, and the form in which the place of a body is told to another thread: chunk,
 * byte offset and two lengths. A body lies in one piece: words a, words b, extra, tags. Knows nothing of threads or of what
 * a body says. Bodies are immutable, so nothing is ever moved or freed.
 */
import { Body } from './body.ts';
import type { BodyColumns } from './ref.ts';

/** Bytes of a chunk; a body that needs more has a chunk of its own. */
const CHUNK_BYTES = 1 << 20;

/** Where a body lies in shared memory. */
export interface BodyPlace {
  readonly chunk: SharedArrayBuffer;
  /** Byte offset of its first word, a multiple of 4. */
  readonly offset: number;
  /** Instructions. */
  readonly length: number;
  /** Words of `extra`. */
  readonly extraLength: number;
  readonly main: number;
}

/** Makes bodies in shared memory. */
export class BodyStore {
  readonly #chunkBytes: number;
  #chunk: SharedArrayBuffer | null = null;
  #used = 0;

  constructor(chunkBytes = CHUNK_BYTES) {
    this.#chunkBytes = chunkBytes;
  }

  /** A body with copies of these arrays. */
  place(tags: Uint8Array, a: Uint32Array, b: Uint32Array, extra: Uint32Array, main: number): Body {
    const length = tags.length;
    const extraLength = extra.length;
    const bytes = placeBytes(length, extraLength);
    if (this.#chunk === null || this.#used + bytes > this.#chunk.byteLength) {
      this.#chunk = new SharedArrayBuffer(Math.max(this.#chunkBytes, bytes));
      this.#used = 0;
    }
    const body = bodyAt({ chunk: this.#chunk, offset: this.#used, length, extraLength, main });
    this.#used += bytes;
    body.tags.set(tags);
    body.a.set(a);
    body.b.set(b);
    body.extra.set(extra);
    return body;
  }
}

/** A body in memory of this thread with copies of the first `length` instructions and `extraLength` words of these columns. */
export function placeAlone(columns: BodyColumns, length: number, extraLength: number, main: number): Body {
  const body = bodyIn(new ArrayBuffer(placeBytes(length, extraLength)), 0, length, extraLength, main);
  // Most bodies are small: loops cost less than four calls of `set` with a view each.
  const { tags, a, b, extra } = body;
  for (let i = 0; i < length; i++) {
    tags[i] = columns.tags[i]!;
    a[i] = columns.a[i]!;
    b[i] = columns.b[i]!;
  }
  for (let i = 0; i < extraLength; i++) extra[i] = columns.extra[i]!;
  return body;
}

/** Bytes that a body of `length` instructions and `extraLength` words of extra takes in a chunk. */
export function placeBytes(length: number, extraLength: number): number {
  return (length * 9 + extraLength * 4 + 3) & ~3;
}

/** The body at `place`. */
export function bodyAt({ chunk, offset, length, extraLength, main }: BodyPlace): Body {
  return bodyIn(chunk, offset, length, extraLength, main);
}

function bodyIn(chunk: ArrayBufferLike, offset: number, length: number, extraLength: number, main: number): Body {
  const atExtra = offset + length * 8;
  return new Body(
    new Uint8Array(chunk, atExtra + extraLength * 4, length),
    new Uint32Array(chunk, offset, length),
    new Uint32Array(chunk, offset + length * 4, length),
    new Uint32Array(chunk, atExtra, extraLength),
    main,
  );
}

/** Where `body` lies, or null if no store made it. */
export function placeOf({ tags, a, b, extra, main }: Body): BodyPlace | null {
  const chunk: ArrayBufferLike = a.buffer;
  // Not by class: the body may come from another realm.
  if (Object.prototype.toString.call(chunk) !== '[object SharedArrayBuffer]') return null;
  if (b.buffer !== chunk || extra.buffer !== chunk || tags.buffer !== chunk) return null;
  const offset = a.byteOffset;
  const { length } = tags;
  const atExtra = offset + length * 8;
  if (b.byteOffset !== offset + length * 4 || extra.byteOffset !== atExtra) return null;
  if (tags.byteOffset !== atExtra + extra.length * 4) return null;
  return { chunk: chunk as SharedArrayBuffer, offset, length, extraLength: extra.length, main };
}
