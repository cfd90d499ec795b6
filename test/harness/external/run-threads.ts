/**
 * Registers the test of shared memory: one module, two worker threads that instantiate it at the same time over one memory.
 *
 * The linker is a parameter, as in run-programs.ts. Neither worker is the first: whichever instance comes first initialises
 * the data, the other one waits for it. The main thread owns the memory and gives each thread its stack and TLS block.
 * Addresses have 32 or 64 bits.
 */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Linker } from '../../../harness/external/c-program.ts';
import { compileProgram } from '../../../harness/external/c-program.ts';
import type { Llvm } from '../../../harness/external/llvm.ts';
import { asEngineTakes, makeMemory64, requireAddresses } from '../../../harness/engine/v8/memory64.ts';
import { PROGRAM_FOLDER } from '../../programs/programs.ts';
import type { Compared } from './describe-llvm.ts';
import { describeLlvm } from './describe-llvm.ts';

const PAGES = 32;
const STACK = 0x8000;
const ROUNDS = 2000;

/** The first call of clang takes seconds on a machine that does other things as well. */
const TIMEOUT = 120_000;

/** Options of the link, by wasm-ld's names. */
export const THREAD_LINK_ARGS: readonly string[] = [
  '--entry=_initialize',
  '--shared-memory',
  '--import-memory',
  `--initial-memory=${PAGES * 65536}`,
  `--max-memory=${PAGES * 65536}`,
  ...['__wasm_init_tls', '__tls_size', '__tls_align', '__stack_pointer', '__heap_base'].map(
    (name) => `--export=${name}`,
  ),
];

const WORKER = `
const { workerData: { module, memory, id, stack, rounds }, parentPort } = require('node:worker_threads');
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const wide = typeof exports.__heap_base.value === 'bigint';
const asAddress = (n) => (wide ? BigInt(n) : n);
const align = Number(exports.__tls_align.value), size = Number(exports.__tls_size.value);
const block = Number(exports.__heap_base.value) + id * 0x10000;
const tls = Math.ceil(block / align) * align;
exports.__stack_pointer.value = asAddress(tls + Math.ceil(size / 16) * 16 + stack);
exports.__wasm_init_tls(asAddress(tls));
const fresh = [exports.look(0), exports.look(1), exports.look(2), exports.look(3)];
exports.meet(0, 2);
if (id === 1) exports._initialize();
exports.meet(1, 2);
const own = exports.work(id, rounds);
exports.meet(2, 2);
const seen = [];
for (let what = 0; what < 10; what++) seen.push(exports.look(what));
const address = Number(exports.own_address());
parentPort.postMessage({ id, fresh, own, seen, inBlock: address >= tls && address < tls + size, tlsSize: size });
`;

/** What a worker saw; `seen` is by the numbers of \`enum what\` in threads.c. */
interface Report {
  readonly id: number;
  readonly fresh: readonly number[];
  readonly own: number;
  readonly seen: readonly number[];
  readonly inBlock: boolean;
  readonly tlsSize: number;
}

function startThread(module: WebAssembly.Module, memory: WebAssembly.Memory, id: number): Worker {
  return new Worker(WORKER, { eval: true, workerData: { module, memory, id, stack: STACK, rounds: ROUNDS } });
}

function reportOf(worker: Worker): Promise<Report> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** See the file header; gives what the caller asserts to have run. */
export async function describeThreads(
  what: string,
  makeLinker: (llvm: Llvm) => Linker,
  ptrBits: 32 | 64 = 32,
): Promise<Compared> {
  const compared: Compared = { planned: [], done: [] };
  await describeLlvm(`shared memory with ${ptrBits}-bit addresses linked by ${what}`, (llvm) => {
    compared.planned.push('thread 1', 'thread 2');
    test(
      'data is initialised once, and each thread has its own block',
      async () => {
        const objects = compileProgram(llvm, {
          name: 'threads',
          language: 'c',
          files: { 'threads.c': readFileSync(join(PROGRAM_FOLDER, 'shared', 'threads.c'), 'utf8') },
          units: ['threads.c'],
          flags: [`--target=wasm${ptrBits}-unknown-unknown`, '-O1', '-ffreestanding', '-matomics', '-mbulk-memory'],
        });
        const link = makeLinker(llvm)(objects, [...THREAD_LINK_ARGS, `-mwasm${ptrBits}`]);
        expect(link).toMatchObject({ exitCode: 0, stderr: '' });
        requireAddresses(ptrBits);
        const module = new WebAssembly.Module(ptrBits === 64 ? asEngineTakes(link.module!) : link.module!);
        const memory =
          ptrBits === 64
            ? makeMemory64(PAGES, PAGES, true)
            : new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
        const workers = [1, 2].map((id) => startThread(module, memory, id));
        // A worker that traps leaves the other one waiting for it.
        const reports = await Promise.all(workers.map(reportOf)).finally(() =>
          Promise.all(workers.map((worker) => worker.terminate())),
        );
        for (const { id, fresh, own, seen, inBlock, tlsSize } of reports) {
          expect(fresh).toEqual([11, 0, 1, 0]);
          expect(own).toBe(11 + id * ROUNDS);
          const zeros = ROUNDS / 8;
          expect(seen).toEqual([own, zeros * 100 + zeros, 1, 0, 1, 5, 9, 2 * ROUNDS, 7, 3 * ROUNDS]);
          expect(inBlock).toBe(true);
          expect(tlsSize).toBeGreaterThanOrEqual(4 + 32);
          compared.done.push(`thread ${id}`);
        }
      },
      TIMEOUT,
    );
  });
  return compared;
}
