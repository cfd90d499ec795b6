/**
 * The progress marker of a worker: a file of three numbers that says at which case it is, and at which part of it.
 *
 * The worker writes before each case, the parent reads: to see that a worker is stuck, and which case killed it. A file
 * survives the writer whatever happens to it. Written with one system call, so a reader never sees half of it.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { TimePart } from '../model/stopwatch.ts';
import { TIME_PARTS } from '../model/stopwatch.ts';

const SIZE = 24;

/** Writing side. */
export class MarkerWriter {
  readonly #fd: number;
  readonly #cell = new DataView(new ArrayBuffer(SIZE));
  readonly #bytes = new Uint8Array(this.#cell.buffer);
  #beat = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'w+');
    this.at(-1);
  }

  /** Says that the case at `position` starts now; -1: none. */
  at(position: number): void {
    this.#cell.setFloat64(0, position, true);
    this.part(null);
  }

  /** Says that `part` of the case starts now. */
  part(part: TimePart | null): void {
    this.#cell.setFloat64(8, ++this.#beat, true);
    this.#cell.setFloat64(16, part === null ? -1 : TIME_PARTS.indexOf(part), true);
    writeSync(this.#fd, this.#bytes, 0, SIZE, 0);
  }
}

/** What a marker says. */
export interface Marker {
  readonly position: number;
  /** Grows with every write. */
  readonly beat: number;
  /** Null where the worker does not say, which it does only where it is asked to. */
  readonly part: TimePart | null;
}

const NOTHING: Marker = { position: -1, beat: 0, part: null };

/** Reads the marker in `file`; position -1 where there is none. */
export function readMarker(file: string): Marker {
  const cell = new DataView(new ArrayBuffer(SIZE));
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return NOTHING;
  }
  try {
    if (readSync(fd, new Uint8Array(cell.buffer), 0, SIZE, 0) < SIZE) return NOTHING;
    const part = TIME_PARTS[cell.getFloat64(16, true)] ?? null;
    return { position: cell.getFloat64(0, true), beat: cell.getFloat64(8, true), part };
  } finally {
    closeSync(fd);
  }
}
