/**
 * Runs a WASI command (`_start`, preview 1) in this process and catches what it writes.
 *
 * Owns the temporary files that stand for standard output and standard error: node:wasi takes descriptors only. The module
 * gets no arguments, no environment and no folders, so that a run depends on the module alone (and on the clock, if asked).
 * Loading this file switches V8's fast calls off: through them node:wasi may start a collection in the middle of a call, which
 * kills the process once modules with some megabytes of memory have called often enough (nodejs/node#46777, #53087).
 */
import { setFlagsFromString } from 'node:v8';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import { withinTime } from '../engine/time-guard.ts';

setFlagsFromString('--no-turbo-fast-api-calls');

/** How the run ended. */
type WasiEnd =
  /** `_start` returned (code 0) or called proc_exit. */
  | { readonly kind: 'exit'; readonly code: number }
  /** `message` is the engine's. */
  | { readonly kind: 'trap'; readonly message: string }
  | { readonly kind: 'timeout' }
  /** The module could not be instantiated. */
  | { readonly kind: 'rejected'; readonly message: string };

/** What a run did. */
export interface WasiRun {
  readonly end: WasiEnd;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `module` for at most `milliseconds`. Never throws for what the module is or does. */
export function runWasi(module: Uint8Array, milliseconds = 10_000): WasiRun {
  const folder = mkdtempSync(join(tmpdir(), 'wasi-run-'));
  const stdin = openSync(devNull, 'r');
  const stdout = openSync(join(folder, 'stdout'), 'w');
  const stderr = openSync(join(folder, 'stderr'), 'w');
  try {
    const wasi = new WASI({ version: 'preview1', stdin, stdout, stderr, returnOnExit: true });
    const end = start(module, wasi, milliseconds);
    const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return { end, stdout: text('stdout'), stderr: text('stderr') };
  } finally {
    for (const descriptor of [stdin, stdout, stderr]) closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

function start(module: Uint8Array, wasi: WASI, milliseconds: number): WasiEnd {
  let instance: WebAssembly.Instance;
  try {
    const imports = { wasi_snapshot_preview1: wasi.wasiImport } as WebAssembly.Imports;
    instance = new WebAssembly.Instance(new WebAssembly.Module(module), imports);
  } catch (error) {
    return { kind: 'rejected', message: (error as Error).message };
  }
  try {
    const run = withinTime(milliseconds, () => wasi.start(instance));
    return run.timedOut ? { kind: 'timeout' } : { kind: 'exit', code: run.value };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'RuntimeError' || name === 'RangeError') return { kind: 'trap', message };
    // Not a command: no `_start`, or no memory.
    if (name === 'TypeError') return { kind: 'rejected', message };
    throw error;
  }
}
