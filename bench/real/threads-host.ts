/**
 * A host of wasi-threads: `node dist/bench/real/threads-host.js MODULE PAGES MOST_PAGES` runs a command whose threads are workers.
 *
 * The module imports its memory (`env.memory`, shared), asks for a thread by `wasi.thread-spawn` and offers `wasi_thread_start`.
 * All threads, the first one too, are workers that the main thread starts when it is told to, as a thread that waits cannot start
 * another. Streams and the exit code are those of this process; a trap in any thread ends it with 134.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { WASI } from 'node:wasi';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const TRAPPED = 134;

/** What each thread is given. */
interface Thread {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** How many threads have been asked for, shared by all. */
  readonly count: Int32Array;
  /** 0 is the first thread, which runs `_start`. */
  readonly id: number;
  readonly argument: number;
}

/** What a thread tells the main thread: one to start, or the exit code of the program. */
type Told = { readonly id: number; readonly argument: number } | { readonly exit: number };

// harness/external/run-wasi.ts says why.
setFlagsFromString('--no-turbo-fast-api-calls');
if (isMainThread) runProgram();
else runThread(workerData as Thread);

function runProgram(): void {
  const [path, initial, maximum] = process.argv.slice(2);
  const module = new WebAssembly.Module(readFileSync(path!));
  const memory = new WebAssembly.Memory({ initial: Number(initial), maximum: Number(maximum), shared: true });
  const count = new Int32Array(new SharedArrayBuffer(4));
  const startThread = (id: number, argument: number): void => {
    const thread: Thread = { module, memory, count, id, argument };
    const worker = new Worker(new URL(import.meta.url), { workerData: thread });
    worker.on('message', (told: Told) => {
      if ('exit' in told) process.exit(told.exit);
      startThread(told.id, told.argument);
    });
    worker.on('error', (error) => {
      console.error(String(error));
      process.exit(TRAPPED);
    });
  };
  startThread(0, 0);
}

function runThread({ module, memory, count, id, argument }: Thread): void {
  const wasi = new WASI({ version: 'preview1', returnOnExit: true });
  const tell = (told: Told): void => {
    parentPort!.postMessage(told);
  };
  const spawn = (of: number): number => {
    const made = Atomics.add(count, 0, 1) + 1;
    tell({ id: made, argument: of });
    return made;
  };
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory },
    wasi_snapshot_preview1: wasi.wasiImport,
    wasi: { 'thread-spawn': spawn },
  });
  if (id === 0) {
    tell({ exit: wasi.start({ exports: { ...exports, memory } }) });
  } else {
    wasi.initialize({ exports: { memory } });
    (exports['wasi_thread_start'] as (id: number, argument: number) => void)(id, argument);
  }
}
