/**
 * V8 11.3 (Node 20), Liftoff: a parameter is lost over a `memory.atomic.wait32` that really waits. Prints what the function gives
 * for 88: right is 88.
 *
 *     (module (import "env" "memory" (memory 1 1 shared))
 *       (func (export "wait") (param i32) (result i32)
 *         (drop (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1)))
 *         (local.get 0))
 *       (func (export "notify") (param i32) (result i32)
 *         (memory.atomic.notify (local.get 0) (i32.const -1))))
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const WASM = '0061736d0100000001060160017f017f02100103656e76066d656d6f727902030101030302000007110204776169740000066e6f7469667900010a1c020f0020004100427ffe0102001a20000b0a002000417ffe0002000b';

if (isMainThread) {
  const module = new WebAssembly.Module(Buffer.from(WASM, 'hex'));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { notify } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const worker = new Worker(new URL(import.meta.url), { workerData: { module, memory } });
  const wakes = setInterval(() => notify(88), 20);
  worker.on('message', (given) => {
    clearInterval(wakes);
    console.log(given);
  });
} else {
  const { module, memory } = workerData;
  parentPort.postMessage(new WebAssembly.Instance(module, { env: { memory } }).exports.wait(88));
}
