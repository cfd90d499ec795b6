/**
 * The list of commands, and the program made of it.
 */
import { Command } from 'commander';
import { InputError } from '../model/failure.ts';
import { packageVersion } from '../model/versions.ts';
import type { AnyCommand } from './command.ts';
import { bisectCommand } from './bisect.ts';
import { compileCommand } from './compile.ts';
import { corpusCommand } from './corpus.ts';
import { coverageCommand } from './coverage.ts';
import { doctorCommand } from './doctor.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT_HELP } from './exit-codes.ts';
import { fuzzCommand } from './fuzz.ts';
import { gateCommand } from './gate.ts';
import { genCommand } from './gen.ts';
import { programOutput } from '../report/io.ts';
import { linkCommand } from './link.ts';
import { mergeCommand } from './merge.ts';
import { mutantsCommand } from './mutants.ts';
import { reduceCommand } from './reduce.ts';
import { regressCommand } from './regress.ts';
import { reproCommand } from './repro.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';

/** All commands, in the order of the help. */
const COMMANDS: readonly AnyCommand[] = [
  fuzzCommand,
  reproCommand,
  reduceCommand,
  regressCommand,
  reportCommand,
  mergeCommand,
  gateCommand,
  bisectCommand,
  genCommand,
  runCommand,
  compileCommand,
  linkCommand,
  corpusCommand,
  coverageCommand,
  mutantsCommand,
  doctorCommand,
];

/** Makes the program; `finish` gets the exit code of the command that was run. */
export function makeProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('harness')
    .description('Differential testing and fuzzing of a WebAssembly back end.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', EXIT_HELP);
  for (const command of COMMANDS) command.addTo(program, finish);
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
