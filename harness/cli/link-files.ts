/**
 * A link from the words of a command line to files on the disk; `harness link` and the stand-in for wasm-ld share it.
 *
 * Owns files, streams and the clock; what the options mean is the linker's. A module that this process cannot run is written
 * with a warning: inputs may use features that its engine does not have.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { runLinkerLate } from '../../core/linker.ts';
import { asEngineTakes, enableMemory64 } from '../engine/v8/memory64.ts';
import { messageOf, readInput, writeWhole } from '../model/files.ts';
import { InputError } from '../model/failure.ts';
import type { Io } from '../report/io.ts';

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
  io: Io,
  { runtime, asWasmLd }: LinkRun,
): Promise<readonly string[]> {
  const started = process.hrtime.bigint();
  const verbose = args.includes('--verbose');
  const { exitCode, files, stdout, stderr } = await runLinkerLate(args, {
    read: readFile,
    randomBytes: (count) => randomBytes(count),
    runtime,
    asWasmLd,
    ...(verbose
      ? {
          onStep: (step: string) => {
            const ms = Number(process.hrtime.bigint() - started) / 1e6;
            io.note(`${ms.toFixed(1).padStart(9)} ms  ${step}`);
          },
        }
      : {}),
  });
  if (exitCode !== 0) throw new InputError(stderr.join('\n'));
  if (args.includes('--help')) return stdout;
  for (const line of stdout) io.say(line);
  for (const line of stderr) io.note(line);
  const [module, ...reports] = files;
  if (module) {
    const complaint = asWasmLd || isRelocatable(args) ? null : complaintOf(module.bytes);
    if (complaint !== null)
      io.note(`harness: warning: the engine of this process does not accept the module: ${complaint}`);
    if (module.path === '-') io.bytes(module.bytes);
    else writeWhole(module.path, module.bytes);
  }
  for (const { path, bytes } of reports) writeWhole(path, bytes);
  return stdout;
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
