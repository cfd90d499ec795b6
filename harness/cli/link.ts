/**
 * `harness link`: objects and archives to a module or to one object, by wasm-ld's command line.
 *
 * Owns files, streams and the clock; what the options mean is the linker's. A module that this process cannot run is written
 * with a warning: inputs may use features that its engine does not have. docs/linker.md lists the options.
 */
import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { runLinker } from '../../core/index.ts';
import { asEngineTakes, enableMemory64 } from '../engine/v8/memory64.ts';
import { messageOf, readInput, writeWhole } from '../model/files.ts';
import { InputError } from '../model/failure.ts';
import type { AnyCommand } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { openIo } from '../report/io.ts';

/** Options of this command alone. */
const NO_RUNTIME = '--no-runtime';

const DESCRIPTION =
  'Links objects and archives. The options are those of wasm-ld, and docs/linker.md says what they do.';

const HELP = `Usage: harness link [options] <objects, archives...>

${DESCRIPTION} With one option more:

  ${NO_RUNTIME}  leave out the runtime library of the compiler, which otherwise takes part where it is needed

Options:`;

export const linkCommand: AnyCommand = {
  name: 'link',
  addTo(program, finish) {
    const command = new Command('link')
      .summary("link objects to a module; wasm-ld's option names")
      .description(DESCRIPTION)
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .argument('[args...]', 'options of wasm-ld, objects, archives');
    command.action(() => {
      finish(link(command.args));
    });
    program.addCommand(command);
  },
};

function link(all: readonly string[]): typeof EXIT.clean {
  const io = openIo(false);
  const args = all.length === 1 && all[0] === '-h' ? ['--help'] : all.filter((arg) => arg !== NO_RUNTIME);
  const started = process.hrtime.bigint();
  const verbose = args.includes('--verbose');
  const { exitCode, files, stdout, stderr } = runLinker(args, {
    read: readFile,
    randomBytes: (count) => randomBytes(count),
    runtime: args.length === all.length,
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
  if (args.includes('--help')) {
    // The first line is the usage of a linker that stands alone.
    io.say([HELP, ...stdout.slice(1), EXIT_HELP].join('\n'));
    return EXIT.clean;
  }
  for (const line of stdout) io.say(line);
  for (const line of stderr) io.note(line);
  const [module, ...reports] = files;
  if (module) {
    const complaint = isRelocatable(args) ? null : complaintOf(module.bytes);
    if (complaint !== null)
      io.note(`harness: warning: the engine of this process does not accept the module: ${complaint}`);
    if (module.path === '-') io.bytes(module.bytes);
    else writeWhole(module.path, module.bytes);
  }
  for (const { path, bytes } of reports) writeWhole(path, bytes);
  return EXIT.clean;
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
