/** The programs of test/programs through clang and our linker: they do what wasm-ld's build of them does. */
import { ourLinker } from './our-linker.ts';
import { describePrograms } from './run-programs.ts';

await describePrograms('our linker', () => ourLinker);
