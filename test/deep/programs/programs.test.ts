/** The programs of test/programs through clang and wasm-ld: they do what their expectations say. */
import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { wasmLdLinker } from '../../../harness/external/c-program.ts';
import { expectedPath, PROGRAM_FOLDER, testPrograms } from './programs.ts';
import { describePrograms } from './run-programs.ts';

describe('the list of programs', () => {
  test('names every source of the folder, and each program has an expectation', () => {
    const programs = testPrograms();
    const sources = readdirSync(PROGRAM_FOLDER).filter((name) => /\.(c|cpp)$/.test(name));
    expect(programs.flatMap(({ units }) => units).sort()).toEqual(sources.sort());
    expect(programs.map(({ name }) => name).filter((name) => !existsSync(expectedPath(name)))).toEqual([]);
    expect(readdirSync(PROGRAM_FOLDER).filter((name) => name.endsWith('.expected'))).toHaveLength(programs.length);
  });
});

await describePrograms('wasm-ld', wasmLdLinker);
