/** Shared memory and thread-local variables through clang and wasm-ld, in two worker threads. */
import { wasmLdLinker } from '../../harness/external/c-program.ts';
import { describeThreads } from './run-threads.ts';

await describeThreads('wasm-ld', wasmLdLinker);
await describeThreads('wasm-ld', wasmLdLinker, 64);
