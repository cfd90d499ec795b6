/**
 * A copy of the built core with switched mutants in it, in a temporary folder.
 *
 * Owns the layout of that folder: `core/` with the module that is asked which mutant is on; `doors/<name>/`, a back end each
 * that turns one mutant on before it loads the copy. A mutant is chosen by the environment of the process, which threads of it inherit. Knows no
 * cases.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { BUILT_CORE, copyBuiltCore, requireBuiltCore } from './built-core.ts';
import { findMutants } from './find-mutants.ts';
import { instrument } from './instrument.ts';
import type { Mutant } from './mutant.ts';

/** Parts of core that are mutated: what turns AIR into bytes. */
const MUTATED = ['codegen', 'link', 'mir', 'pipeline', 'runtime', 'wasm'];

/** In `core/` of a copy; exports `reached`: 1 for each mutant whose code was run in this process. */
export const SWITCH_FILE = 'mutant-switch.js';

/** Says which mutant is on, and notes which switches are asked: in memory that threads of the process share. */
const switchText = (
  mutants: number,
): string => `import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
const active = Number(process.env.HARNESS_MUTANT);
const shared = getEnvironmentData('harness-mutants-reached') ?? new SharedArrayBuffer(${mutants});
setEnvironmentData('harness-mutants-reached', shared);
export const reached = new Uint8Array(shared);
export function isOn(number) {
  if (number === active) return true;
  reached[number] = 1;
  return false;
}
`;

/** All mutants of the built core in files whose path holds `only`, by file and place. */
export function mutantsOfCore(only: string | null): Mutant[] {
  requireBuiltCore();
  const files = MUTATED.flatMap((part) =>
    readdirSync(join(BUILT_CORE, part), { recursive: true, encoding: 'utf8' }).map((path) => join(part, path)),
  );
  return files
    .filter((path) => path.endsWith('.js'))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => only === null || `core/${path} core/${path.replace(/js$/, 'ts')}`.includes(only))
    .sort()
    .flatMap((path) => {
      const file = join(BUILT_CORE, path);
      return findMutants(path, readFileSync(file, 'utf8'), readIfThere(`${file}.map`));
    });
}

function readIfThere(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** Makes `folder` an instrumented copy of core; mutant `n` of the list is number `n`. */
export function makeInstrumentedCore(folder: string, mutants: readonly Mutant[]): void {
  const core = copyBuiltCore(folder);
  writeFileSync(join(core, SWITCH_FILE), switchText(mutants.length));
  const numbered = mutants.map((mutant, number) => ({ ...mutant, number }));
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    const path = join(core, file);
    const specifier = relative(join(core, file, '..'), join(core, SWITCH_FILE))
      .split(sep)
      .join('/');
    const here = numbered.filter((mutant) => mutant.file === file);
    writeFileSync(path, instrument(readFileSync(path, 'utf8'), here, specifier));
  }
}

/** The folder of a back end with mutant `number` of the copy in `folder` on, for `--backend`; null: with none. */
export function openDoor(folder: string, number: number | null): string {
  const path = join(folder, 'doors', String(number ?? 'none'));
  mkdirSync(path, { recursive: true });
  const choice = { HARNESS_MUTANT: String(number ?? -1) };
  writeFileSync(join(path, 'choose.js'), `Object.assign(process.env, ${JSON.stringify(choice)});\n`);
  writeFileSync(join(path, 'index.js'), "import './choose.js';\nexport * from '../../core/index.js';\n");
  return path;
}
