/**
 * `npm run bench -- link`: our linker against wasm-ld, on two programs and on synthetic sets of 1x, 2x, 4x and 8x the size.
 *
 * Everything is measured in one run, the linkers in turn, from bytes in memory to bytes in memory. wasm-ld is LLVM's as wasm
 * in this process; one that is installed on the machine is timed too, with files on disk and its own process. Every linker
 * has the same rounds. The least of them counts, in time on the clock and in processor time, which a busy machine disturbs
 * less; processor time of the first round is printed beside it, because linkers in this process are compiled while they run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLinkCommand } from '../core/link/link-command.ts';
import { LLVM_ABSENT, loadLlvm } from '../harness/external/llvm.ts';
import type { Llvm } from '../harness/external/llvm.ts';
import { runWasi } from '../harness/external/run-wasi.ts';
import { HarnessError } from '../harness/model/failure.ts';
import type { LinkInput } from './link-inputs.ts';
import { helloInput, streamsInput, syntheticInput } from './link-inputs.ts';

/** Objects of the synthetic sets, and how often each is linked: enough for the smaller ones to reach their full speed. */
const SYNTHETIC = [
  { size: 250, rounds: 10 },
  { size: 500, rounds: 8 },
  { size: 1000, rounds: 4 },
  { size: 2000, rounds: 3 },
];
const ROUNDS = 10;

interface Contender {
  readonly name: string;
  /** The module. */
  readonly link: () => Uint8Array;
  /** Processor time of its work so far, in milliseconds; null where the system does not say. */
  readonly cpu: () => number | null;
}

/** Times in milliseconds; those of the processor are NaN where the system does not say. */
interface Times {
  /** Least of the rounds. */
  wall: number;
  cpu: number;
  /** Of the first round. */
  firstCpu: number;
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
    `${'input'.padEnd(18)}${'MB'.padStart(7)}  ${'linker'.padEnd(20)}${'ms'.padStart(8)}${'cpu ms'.padStart(8)}${'first'.padStart(8)}${'output KB'.padStart(11)}`,
  );
  measure(llvm, native, helloInput(llvm), ROUNDS);
  measure(llvm, native, streamsInput(llvm), ROUNDS);
  const growth = new Map<string, { readonly bytes: number; readonly times: Times }[]>();
  for (const { size, rounds } of SYNTHETIC) {
    const input = syntheticInput(llvm, size);
    for (const [name, times] of measure(llvm, native, input, rounds)) {
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
    if (native !== null) {
      const contender = installed(native, folder!, input);
      // An older linker may lack what the objects of a newer compiler need.
      const why = refusalOf(contender);
      if (why === null) contenders.push(contender);
      else console.log(`${input.name.padEnd(25)}  ${contender.name} does not link it: ${why}`);
    }
    const times = new Map<string, Times>(
      contenders.map(({ name }) => [name, { wall: Infinity, cpu: NaN, firstCpu: NaN }]),
    );
    const modules = new Map<string, Uint8Array>();
    for (let round = 0; round < rounds; round++) {
      for (const { name, link, cpu } of contenders) {
        const found = times.get(name)!;
        const cpuBefore = cpu() ?? NaN;
        const started = performance.now();
        const module = link();
        found.wall = Math.min(found.wall, performance.now() - started);
        const spent = (cpu() ?? NaN) - cpuBefore;
        modules.set(name, module);
        if (round === 0) found.firstCpu = spent;
        found.cpu = round === 0 ? spent : Math.min(found.cpu, spent);
      }
    }
    check(input, modules);
    for (const [name, { wall, cpu, firstCpu }] of times) {
      const megabytes = (sizeOf(input) / 1e6).toFixed(1).padStart(7);
      const cpuText = [cpu, firstCpu].map((ms) => (Number.isFinite(ms) ? ms.toFixed(1) : '').padStart(8)).join('');
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

/** First line of what a linker says of an input that it does not link, or null. */
function refusalOf({ link }: Contender): string | null {
  try {
    link();
    return null;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return error.message.split('\n')[0]!;
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
  return { name: 'ours', link, cpu: ownCpu };
}

function inProcess(llvm: Llvm, { name, files, args }: LinkInput): Contender {
  const byName = Object.fromEntries(files.map((file) => [file.name, file.bytes]));
  const all = [...args, ...Object.keys(byName)];
  const link = (): Uint8Array => {
    const run = llvm.linkModule(all, byName);
    if (run.module === null) throw new HarnessError(`${name}: ${run.stderr}`);
    return run.module;
  };
  return { name: 'wasm-ld in process', link, cpu: ownCpu };
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
  return { name: 'wasm-ld installed', link, cpu: childrenCpu };
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Processor time of the children that have ended, in steps of 10 ms (proc(5), fields 16 and 17 of `stat`). */
function childrenCpu(): number | null {
  try {
    const afterName = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(afterName[13]) + Number(afterName[14])) * 10;
  } catch {
    return null;
  }
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
