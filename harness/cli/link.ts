/**
 * `harness link`: objects and archives to a module or to one object, by wasm-ld's command line.
 *
 * Owns the help and the option of this command alone; link-files.ts does the rest. docs/linker.md lists the options.
 */
import { Command } from 'commander';
import { openIo } from '../report/io.ts';
import type { AnyCommand } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { linkFiles } from './link-files.ts';

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
    command.action(async () => {
      finish(await link(command.args));
    });
    program.addCommand(command);
  },
};

async function link(all: readonly string[]): Promise<typeof EXIT.clean> {
  const io = openIo(false);
  const args = all.length === 1 && all[0] === '-h' ? ['--help'] : all.filter((arg) => arg !== NO_RUNTIME);
  const stdout = await linkFiles(args, io, { runtime: args.length === all.length, asWasmLd: false });
  // The first line is the usage of a linker that stands alone.
  if (args.includes('--help')) io.say([HELP, ...stdout.slice(1), EXIT_HELP].join('\n'));
  return EXIT.clean;
}
