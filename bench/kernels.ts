/**
 * `npm run bench -- kernels`: five programs in AIR and in C (bench/kernels/), by this compiler without and with peepholes and by clang
 * -O0 and -O1: bytes of code, also for each AIR instruction, and time to run, all in one run.
 *
 * A module of ours and of clang have the same linker, engine and rounds; only code generation differs. Compilers take turns in
 * every round, and the least time of each counts. Results must be equal, or the bench ends with an error.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Settings, Unit } from '../core/index.ts';
import { ALL_PEEPHOLES, compileExe, DEFAULT_SETTINGS, linkObjects, parseUnit, verifyUnit } from '../core/index.ts';
import type { Llvm } from '../harness/external/llvm.ts';
import { LLVM_ABSENT, loadLlvm } from '../harness/external/llvm.ts';
import { HarnessError } from '../harness/model/failure.ts';
import { codeSize } from './code-size.ts';

/** Names, and the argument of `kernel` in the measurement: a few ms of optimized code. */
export const KERNELS = [
  { name: 'sieve', rounds: 20 },
  { name: 'matrix', rounds: 40 },
  { name: 'sha256', rounds: 10_000 },
  { name: 'sort', rounds: 20 },
  { name: 'nbody', rounds: 40_000 },
] as const;

const ROUNDS = 7;

/** The text of a file of bench/kernels, whether this file runs from the sources or from dist/. */
function sourceOf(name: string): string {
  const near = new URL(`kernels/${name}`, import.meta.url);
  return readFileSync(existsSync(near) ? near : new URL(`../../bench/kernels/${name}`, import.meta.url), 'utf8');
}

/** The settings of a kernel with peepholes. */
export const WITH_PEEPHOLES: Settings = { ...DEFAULT_SETTINGS, ...ALL_PEEPHOLES };

/** The AIR form of a kernel. */
function unitOf(name: string): Unit {
  const read = parseUnit(sourceOf(`${name}.air`));
  if (!read.ok) throw new HarnessError(`${name}.air: ${JSON.stringify(read.diagnostics[0])}`);
  const errors = verifyUnit(read.unit);
  if (errors.length > 0) throw new HarnessError(`${name}.air: ${JSON.stringify(errors[0])}`);
  return read.unit;
}

/** The AIR form of a kernel as a module. */
export function compileAir(name: string, settings: Settings = DEFAULT_SETTINGS): Uint8Array {
  const compiled = compileExe(unitOf(name), settings);
  if (!compiled.ok) throw new HarnessError(`${name}.air: ${JSON.stringify(compiled.error[0])}`);
  return compiled.value;
}

/** The C form of a kernel as a module of this linker. */
export function compileC(llvm: Llvm, name: string, level: '-O0' | '-O1'): Uint8Array {
  const flags = ['--target=wasm32-unknown-unknown', '-c', level, '-ffp-contract=off', '-o', 'k.o', 'k.c'];
  const source = sourceOf(`${name}.c`).replace(
    'unsigned kernel(',
    '__attribute__((export_name("kernel")))\nunsigned kernel(',
  );
  const { files, stderr } = llvm.clang(flags, { 'k.c': source });
  const object = files.get('k.o');
  if (object === undefined) throw new HarnessError(`${name}.c: ${stderr}`);
  const linked = linkObjects([{ name: 'k.o', bytes: object }], DEFAULT_SETTINGS);
  if (!linked.ok) throw new HarnessError(`${name}.c: ${JSON.stringify(linked.error[0])}`);
  return linked.value;
}

/** The kernel of a fresh instance. */
export function kernelOf(module: Uint8Array): (rounds: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
  return exports['kernel'] as (rounds: number) => number;
}

/** Instructions of all functions of a kernel in AIR. */
function countInstructions(name: string): number {
  return unitOf(name).navs.reduce((sum, { body }) => sum + (body === null ? 0 : body.length), 0);
}

/** The columns, in the order of the modules of a row. */
const COLUMNS = ['plain', 'ours', '-O0', '-O1'];

/** Prints all figures. */
export async function benchKernels(): Promise<void> {
  const llvm = await loadLlvm();
  if (llvm === null) {
    console.log(`kernels: ${LLVM_ABSENT}`);
    return;
  }
  console.log(`bytes of code, and ms of the best of ${ROUNDS} rounds; clang ${llvm.version}; plain: without peepholes`);
  const columns = COLUMNS.map((who) => `${`${who} B`.padStart(9)}${`${who} ms`.padStart(10)}`).join('');
  console.log(`${'kernel'.padEnd(10)}${columns}${'bytes per AIR instruction, plain and ours'.padStart(44)}`);
  for (const { name, rounds } of KERNELS) {
    const modules = [
      compileAir(name),
      compileAir(name, WITH_PEEPHOLES),
      compileC(llvm, name, '-O0'),
      compileC(llvm, name, '-O1'),
    ];
    const best = modules.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round++) {
      const results = modules.map((module, n) => {
        const kernel = kernelOf(module);
        const start = performance.now();
        const result = kernel(rounds);
        best[n] = Math.min(best[n]!, performance.now() - start);
        return result;
      });
      if (new Set(results).size !== 1) throw new HarnessError(`${name}: results differ: ${results.join(', ')}`);
    }
    const cells = modules.map(
      (module, n) => `${String(codeSize(module)).padStart(9)}${best[n]!.toFixed(2).padStart(10)}`,
    );
    const count = countInstructions(name);
    const each = modules.slice(0, 2).map((module) => (codeSize(module) / count).toFixed(2).padStart(10));
    console.log(`${name.padEnd(10)}${cells.join('')}${each.join('')}`);
  }
}
