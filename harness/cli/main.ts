/**
 * The entry of the `harness` command: runs it and turns whatever happens into an exit code and a message.
 *
 * The only file that sets the exit code. Knows no command but the linker's, which no other is loaded for.
 */
import { HarnessError, InputError, Interrupted } from '../model/failure.ts';
import { guardOutput, lostOutput } from '../report/output.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { programOutput } from '../report/streams.ts';

guardOutput();
// No await here: the build joins this file into scripts. What never comes to an end has failed.
process.exitCode = EXIT.failed;
void run(process.argv.slice(2))
  .then(afterOutput)
  .then((code) => {
    process.exitCode = code;
  });

async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.clean;
  try {
    // All of its words are the linker's, and it has to start as fast as one.
    if (argv[0] === 'link') return await (await import('./link-words.ts')).linkWords(argv.slice(1));
    const { makeProgram } = await import('./program.ts');
    const program = await makeProgram(argv, (ended) => {
      code = ended;
    });
    if (argv.length === 0) {
      programOutput.error(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error);
  }
}

/** The exit code when all is written: output that is lost is a failure, unless nobody wants it or something else has happened. */
async function afterOutput(code: ExitCode): Promise<ExitCode> {
  const lost = await lostOutput();
  if (lost === null || lost.isReaderGone) return code;
  programOutput.error(`harness: ${lost.why}\n`);
  return code === EXIT.clean ? EXIT.failed : code;
}

function explain(error: unknown): ExitCode {
  // commander has printed its message already; help and version are not errors.
  if (error instanceof Error && error.name === 'CommanderError') {
    return (error as Error & { readonly exitCode: number }).exitCode === 0 ? EXIT.clean : EXIT.usage;
  }
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof InputError) {
    programOutput.error(`harness: ${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof HarnessError) {
    programOutput.error(`harness: ${error.message}\n`);
    return EXIT.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  programOutput.error(`harness: unexpected failure\n${text}\n`);
  return EXIT.failed;
}
