/**
 * The program that reads a command line. Only commands that the line may call are loaded; of the others it knows what
 * command-list.ts says.
 */
import { Command } from 'commander';
import { InputError } from '../model/failure.ts';
import { packageVersion } from '../model/versions.ts';
import { programOutput } from '../report/streams.ts';
import { COMMANDS } from './command-list.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT_HELP } from './exit-codes.ts';

/** Makes the program for a command line; `finish` gets the exit code of the command that was run. */
export async function makeProgram(argv: readonly string[], finish: (code: ExitCode) => void): Promise<Command> {
  const program = new Command('harness')
    .description('Differential testing and fuzzing of a WebAssembly back end.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', EXIT_HELP);
  for (const entry of COMMANDS) {
    if (argv.includes(entry.name)) (await entry.load()).addTo(program, entry, finish);
    else program.command(entry.name).summary(entry.summary);
  }
  program
    .command('help')
    .summary('show how a command is called')
    .description('Shows how a command is called, or the list of commands.')
    .argument('[command]', 'the name of a command')
    .action(async (name: string | undefined) => {
      if (name !== undefined && !COMMANDS.some((command) => command.name === name)) {
        throw new InputError(`no command '${name}' (known: ${COMMANDS.map((command) => command.name).join(', ')})`);
      }
      await program.parseAsync(name === undefined ? ['--help'] : [name, '--help'], { from: 'user' });
    });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut: programOutput.out, writeErr: programOutput.error });
    command.exitOverride().showHelpAfterError(`(see harness ${command === program ? '' : `${command.name()} `}--help)`);
  }
  return program;
}
