/**
 * `harness link` from the words behind its name, without commander: every option is the linker's, also those that the program
 * knows itself (`--version`), and a link loads no other command.
 *
 * Owns the help and the option of this command alone; link-files.ts does the rest. docs/linker.md lists the options.
 */
import { STREAMS } from '../report/streams.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { linkFiles } from './link-files.ts';

/** Options of this command alone. */
const NO_RUNTIME = '--no-runtime';

/** What the command does, in sentences. */
export const LINK_DESCRIPTION =
  'Links objects and archives. The options are those of wasm-ld, and docs/linker.md says what they do.';

const HELP = `Usage: harness link [options] <objects, archives...>

${LINK_DESCRIPTION} With one option more:

  ${NO_RUNTIME}  leave out the runtime library of the compiler, which otherwise takes part where it is needed

Options:`;

/** Runs the command. */
export async function linkWords(all: readonly string[]): Promise<typeof EXIT.clean> {
  const args = all.length === 1 && all[0] === '-h' ? ['--help'] : all.filter((arg) => arg !== NO_RUNTIME);
  const stdout = await linkFiles(args, STREAMS, { runtime: args.length === all.length, asWasmLd: false });
  // The first line is the usage of a linker that stands alone.
  if (args.includes('--help')) STREAMS.say([HELP, ...stdout.slice(1), EXIT_HELP].join('\n'));
  return EXIT.clean;
}
