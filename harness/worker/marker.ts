/**
 * The progress marker of a worker: a file of eight bytes that says at which case it is.
 *
 * The worker writes before each case, the parent reads: to see that a worker is stuck, and which case killed it. A file
 * survives the writer whatever happens to it. Written with one system call, so a reader never sees half of it.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Writing side. */
export class MarkerWriter {
  readonly #fd: number;
  readonly #cell = new DataView(new ArrayBuffer(16));
  #beat = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'w+');
    this.at(-1);
  }

  /** Says that the case at `position` starts now; -1: none. */
  at(position: number): void {
    this.#cell.setFloat64(0, position, true);
    this.#cell.setFloat64(8, ++this.#beat, true);
    writeSync(this.#fd, new Uint8Array(this.#cell.buffer), 0, 16, 0);
  }
}

/** What a marker says. */
export interface Marker {
  readonly position: number;
  /** Grows with every write. */
  readonly beat: number;
}

/** Reads the marker in `file`; position -1 where there is none. */
export function readMarker(file: string): Marker {
  const cell = new DataView(new ArrayBuffer(16));
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return { position: -1, beat: 0 };
  }
  try {
    const read = readSync(fd, new Uint8Array(cell.buffer), 0, 16, 0);
    return read < 16
      ? { position: -1, beat: 0 }
      : { position: cell.getFloat64(0, true), beat: cell.getFloat64(8, true) };
  } finally {
    closeSync(fd);
  }
}
