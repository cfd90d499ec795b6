/** The programs of test/programs through clang and our linker: they do what wasm-ld's build of them does. */
import { expect, test } from '@jest/globals';
import { ourLinker } from '../../harness/external/our-linker.ts';
import { describePrograms } from './run-programs.ts';

const compared = await describePrograms('our linker', () => ourLinker);

test('every program was run and compared', () => {
  expect(compared.done).toEqual(compared.planned);
});
