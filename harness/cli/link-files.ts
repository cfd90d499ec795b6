/**
 * A link from the words of a command line to files on the disk; `harness link` and the stand-in for wasm-ld share it.
 *
 * Owns files, streams and the clock; what the options mean is the linker's. A module that this process cannot run is written
 * with a warning: inputs may use features that its engine does not have.
 */
import { existsSync } from 'node:fs';
import { runLinkerLate } from '../../core/linker.ts';
import { openDemangler } from '../external/demangler.ts';
import { asEngineTakes, enableMemory64 } from '../engine/v8/memory64.ts';
import type { OutputFile } from '../model/files.ts';
import { messageOf, outputRefusal, readInput, writeTogether } from '../model/files.ts';
import { InputError } from '../model/failure.ts';
import { randomBytes } from '../model/random-bytes.ts';
import type { Streams } from '../report/streams.ts';

/** How a link is run. */
export interface LinkRun {
  /** The runtime library of the compiler takes part where it is needed. */
  readonly runtime: boolean;
  /** Messages have the form of wasm-ld's, and the module is not looked at. */
  readonly asWasmLd: boolean;
}

/** Links and writes; throws if there is no output. Lines for standard output are returned, not said, if `--help` is asked for. */
export async function linkFiles(
  args: readonly string[],
  io: Streams,
  { runtime, asWasmLd }: LinkRun,
): Promise<readonly string[]> {
  const started = process.hrtime.bigint();
  const verbose = args.includes('--verbose');
  const { exitCode, files, stdout, stderr } = await runLinkerLate(args, {
    read: readFile,
    randomBytes,
    demangle: openDemangler(),
    runtime,
    asWasmLd,
    refusesOutput: outputRefusal,
    ...(verbose
      ? {
          onStep: (step: string) => {
            const ms = Number(process.hrtime.bigint() - started) / 1e6;
            io.note(`${ms.toFixed(1).padStart(9)} ms  ${step}`);
          },
        }
      : {}),
  });
  if (exitCode !== 0) {
    write(files.map(({ path, bytes }) => ({ path, content: bytes })));
    throw new InputError(stderr.join('\n'));
  }
  if (args.includes('--help')) return stdout;
  for (const line of stdout) io.say(line);
  for (const line of stderr) io.note(line);
  const [module, ...reports] = files;
  if (module) {
    const complaint = asWasmLd || isRelocatable(args) ? null : complaintOf(module.bytes);
    if (complaint !== null)
      io.note(`harness: warning: the engine of this process does not accept the module: ${complaint}`);
    const outputs: OutputFile[] = reports.map(({ path, bytes }) => ({ path, content: bytes }));
    if (module.path !== '-') outputs.unshift({ path: module.path, content: module.bytes, mode: PROGRAM });
    write(outputs);
    if (module.path === '-') io.bytes(module.bytes);
  }
  return stdout;
}

/** As every linker: what comes out of it can be run. */
const PROGRAM = 0o777;

/** Writes them all or none; a signal that asks the process to end waits so long, as it would leave temporary files behind. */
function write(outputs: readonly OutputFile[]): void {
  const wait = (): void => undefined;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, wait);
  try {
    writeTogether(outputs);
  } finally {
    for (const signal of signals) process.off(signal, wait);
  }
}

function isRelocatable(args: readonly string[]): boolean {
  return args.some((arg) => arg === '-r' || arg === '--relocatable' || arg.startsWith('@'));
}

/** Why the engine does not accept a module; null if it does. */
function complaintOf(bytes: Uint8Array): string | null {
  if (WebAssembly.validate(bytes) || (enableMemory64() && WebAssembly.validate(asEngineTakes(bytes)))) return null;
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    return messageOf(error);
  }
  return null;
}

/** Contents of a file, or null if there is none. */
function readFile(path: string): Uint8Array | null {
  return existsSync(path) ? readInput(path) : null;
}
