/** Shared memory and thread-local variables through clang and our linker, in two worker threads. */
import { ourLinker } from './our-linker.ts';
import { describeThreads } from './run-threads.ts';

await describeThreads('our linker', () => ourLinker);
await describeThreads('our linker', () => ourLinker, 64);
