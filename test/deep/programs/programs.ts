/**
 * The programs of this folder: how each is compiled and what it must do.
 *
 * What a program prints is in `<name>.expected`, written by the wasm-ld build (see run-programs.ts) and read over by a person.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CProgram } from '../../../harness/external/c-program.ts';

/** A program with its expectation. */
export interface TestProgram extends CProgram {
  readonly exitCode: number;
}

interface Row {
  readonly name: string;
  /** First unit first. */
  readonly units: readonly string[];
  readonly exitCode: number;
  /** Optimisation and whatever else differs: together the list covers all levels, debug sections and section splitting. */
  readonly flags: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: 'bignum', units: ['bignum.c'], exitCode: 0, flags: ['-Oz'] },
  { name: 'constructors', units: ['constructors.cpp', 'constructors-other.cpp'], exitCode: 7, flags: ['-O1'] },
  { name: 'containers', units: ['containers.cpp'], exitCode: 0, flags: ['-O0'] },
  { name: 'formatting', units: ['formatting.c'], exitCode: 43, flags: ['-O1', '-Wno-format'] },
  { name: 'hash-map', units: ['hash-map.c'], exitCode: 0, flags: ['-O0', '-g'] },
  { name: 'inflate', units: ['inflate.c'], exitCode: 0, flags: ['-O3'] },
  { name: 'json-parser', units: ['json-parser.c'], exitCode: 12, flags: ['-Os', '-g'] },
  { name: 'linkage', units: ['linkage.c', 'linkage-other.c'], exitCode: 32, flags: ['-O1', '-Wno-format'] },
  { name: 'matrix', units: ['matrix.c'], exitCode: 0, flags: ['-O2', '-fno-data-sections', '-fno-function-sections'] },
  { name: 'regex', units: ['regex.c'], exitCode: 0, flags: ['-O0'] },
  { name: 'sha256', units: ['sha256.c'], exitCode: 0, flags: ['-O3', '-msimd128'] },
  { name: 'sorting', units: ['sorting.c'], exitCode: 0, flags: ['-O1'] },
  {
    name: 'thread-locals',
    units: ['thread-locals.c', 'thread-locals-other.c'],
    exitCode: 9,
    flags: ['-O1', '-matomics', '-mbulk-memory'],
  },
  { name: 'virtual-calls', units: ['virtual-calls.cpp'], exitCode: 42, flags: ['-O0'] },
  { name: 'vm', units: ['vm.c'], exitCode: 8, flags: ['-O2'] },
];

/** This folder. */
export const PROGRAM_FOLDER = dirname(fileURLToPath(import.meta.url));

/** Path of the file with what a program prints. */
export function expectedPath(name: string): string {
  return join(PROGRAM_FOLDER, `${name}.expected`);
}

/** Every program of the folder. */
export function testPrograms(): readonly TestProgram[] {
  const files = Object.fromEntries(
    readdirSync(PROGRAM_FOLDER)
      .filter((name) => /\.(c|cpp|h)$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(PROGRAM_FOLDER, name), 'utf8')]),
  );
  return ROWS.map((row) => ({ ...row, language: row.units[0]!.endsWith('.cpp') ? 'c++' : 'c', files }));
}
