/**
 * `npm run bench -- link`: our linker against wasm-ld, on two programs and on synthetic sets of 1x, 2x, 4x and 8x the size.
 *
 * Everything is measured in one run, the linkers in turn, from bytes in memory to bytes in memory. wasm-ld is LLVM's as wasm
 * in this process; one that is installed on the machine is timed too, with files on disk and its own process. The least of
 * the rounds counts, in time on the clock and in processor time of this process, which a busy machine disturbs less.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLinkCommand } from '../core/link/link-command.ts';
import { LLVM_ABSENT, loadLlvm } from '../harness/external/llvm.ts';
import type { Llvm } from '../harness/external/llvm.ts';
import { runWasi } from '../harness/external/run-wasi.ts';
import { HarnessError } from '../harness/report/harness-error.ts';
import type { LinkInput } from './link-inputs.ts';
import { helloInput, streamsInput, syntheticInput } from './link-inputs.ts';

/** Objects of the synthetic sets. */
const SIZES = [250, 500, 1000, 2000];
const ROUNDS = 8;
const SYNTHETIC_ROUNDS = 3;

interface Contender {
  readonly name: string;
  /** The module. */
  readonly link: () => Uint8Array;
  /** Its work is done in this process. */
  readonly inProcess: boolean;
}

/** Least times in milliseconds. */
interface Times {
  wall: number;
  cpu: number;
}

/** Prints all figures. */
export async function benchLink(): Promise<void> {
  const llvm = await loadLlvm();
  if (llvm === null) {
    console.log(`link: ${LLVM_ABSENT}`);
    return;
  }
  const native = findNative();
  console.log(
    `wasm-ld in process: LLVM ${llvm.version}; native: ${native ?? 'none installed'}; ${availableParallelism()} cores`,
  );
  console.log(
    `${'input'.padEnd(18)}${'MB'.padStart(7)}  ${'linker'.padEnd(20)}${'ms'.padStart(8)}${'cpu ms'.padStart(8)}${'output KB'.padStart(11)}`,
  );
  measure(llvm, native, helloInput(llvm), ROUNDS);
  measure(llvm, native, streamsInput(llvm), ROUNDS);
  const growth = new Map<string, { readonly bytes: number; readonly times: Times }[]>();
  for (const size of SIZES) {
    const input = syntheticInput(llvm, size);
    for (const [name, times] of measure(llvm, native, input, SYNTHETIC_ROUNDS)) {
      growth.set(name, [...(growth.get(name) ?? []), { bytes: sizeOf(input), times }]);
    }
  }
  for (const [name, points] of growth) {
    const wall = exponent(points.map(({ bytes, times }) => [bytes, times.wall]));
    const cpu = exponent(points.map(({ bytes, times }) => [bytes, times.cpu]));
    const cpuText = Number.isFinite(cpu) ? `, processor time by ${cpu.toFixed(2)}` : '';
    console.log(`growth over 1x 2x 4x 8x, ${name}: time by the exponent ${wall.toFixed(2)}${cpuText}`);
  }
}

function measure(llvm: Llvm, native: string | null, input: LinkInput, rounds: number): Map<string, Times> {
  const folder = native === null ? null : mkdtempSync(join(tmpdir(), 'bench-link-'));
  try {
    const contenders = [ours(input), inProcess(llvm, input)];
    if (native !== null) contenders.push(installed(native, folder!, input));
    const times = new Map<string, Times>(contenders.map(({ name }) => [name, { wall: Infinity, cpu: Infinity }]));
    const modules = new Map<string, Uint8Array>();
    for (let round = 0; round < rounds; round++) {
      for (const { name, link, inProcess: isHere } of contenders) {
        const least = times.get(name)!;
        const cpuBefore = process.cpuUsage();
        const started = performance.now();
        modules.set(name, link());
        least.wall = Math.min(least.wall, performance.now() - started);
        const { user, system } = process.cpuUsage(cpuBefore);
        if (isHere) least.cpu = Math.min(least.cpu, (user + system) / 1000);
      }
    }
    check(input, modules);
    for (const [name, { wall, cpu }] of times) {
      const megabytes = (sizeOf(input) / 1e6).toFixed(1).padStart(7);
      const cpuText = (Number.isFinite(cpu) ? cpu.toFixed(1) : '').padStart(8);
      const output = (modules.get(name)!.length / 1000).toFixed(0).padStart(11);
      console.log(
        `${input.name.padEnd(18)}${megabytes}  ${name.padEnd(20)}${wall.toFixed(1).padStart(8)}${cpuText}${output}`,
      );
    }
    return times;
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true });
  }
}

/** Fast and wrong would be no figure. */
function check(input: LinkInput, modules: ReadonlyMap<string, Uint8Array>): void {
  const outputs = new Set<string>();
  for (const [name, bytes] of modules) {
    if (!WebAssembly.validate(new Uint8Array(bytes)))
      throw new HarnessError(`${input.name}: invalid module of ${name}`);
    if (input.runs) outputs.add(JSON.stringify(runWasi(bytes)));
  }
  if (outputs.size > 1)
    throw new HarnessError(`${input.name}: the modules do different things: ${[...outputs].join(' ')}`);
}

function ours({ name, files, args }: LinkInput): Contender {
  const byName = new Map(files.map((file) => [file.name, file.bytes]));
  const all = [...args, ...byName.keys()];
  const link = (): Uint8Array => {
    const run = runLinkCommand(all, { read: (path) => byName.get(path) ?? null });
    if (run.exitCode !== 0) throw new HarnessError(`${name}: ${run.stderr.join('\n')}`);
    return run.files[0]!.bytes;
  };
  return { name: 'ours', link, inProcess: true };
}

function inProcess(llvm: Llvm, { name, files, args }: LinkInput): Contender {
  const byName = Object.fromEntries(files.map((file) => [file.name, file.bytes]));
  const all = [...args, ...Object.keys(byName)];
  const link = (): Uint8Array => {
    const run = llvm.linkModule(all, byName);
    if (run.module === null) throw new HarnessError(`${name}: ${run.stderr}`);
    return run.module;
  };
  return { name: 'wasm-ld in process', link, inProcess: true };
}

function installed(tool: string, folder: string, { name, files, args }: LinkInput): Contender {
  for (const file of files) writeFileSync(join(folder, file.name), file.bytes);
  // A command line of thousands of names is too long for some systems.
  writeFileSync(join(folder, 'inputs.rsp'), files.map((file) => file.name).join('\n'));
  const link = (): Uint8Array => {
    const run = spawnSync(tool, [...args, '@inputs.rsp', '-o', 'out.wasm'], { cwd: folder });
    if (run.status !== 0) throw new HarnessError(`${name}: ${run.stderr.toString()}`);
    return readFileSync(join(folder, 'out.wasm'));
  };
  return { name: 'wasm-ld installed', link, inProcess: false };
}

function findNative(): string | null {
  for (const name of ['wasm-ld', ...Array.from({ length: 12 }, (_, i) => `wasm-ld-${25 - i}`)]) {
    if (spawnSync(name, ['--version']).status === 0) return name;
  }
  return null;
}

function sizeOf({ files }: LinkInput): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** Slope of the line through the points in a log-log diagram (least squares). */
function exponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const over = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
