/**
 * The linker under the name of wasm-ld, for compilers and build systems that call one: exit code 1 for every failure, messages
 * in the form that they look for, nothing linked that wasm-ld would not link.
 *
 * Sets the exit code of its process. Knows no other command.
 */
import { HarnessError, InputError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import { guardOutput, lostOutput } from '../report/output.ts';
import { programOutput, STREAMS } from '../report/streams.ts';
import { linkFiles } from './link-files.ts';

const FAILED = 1;

guardOutput();
// No await here: the build joins this file into a script. What never comes to an end has failed.
process.exitCode = FAILED;
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main(all: readonly string[]): Promise<number> {
  try {
    const args = withoutFlavor(all);
    const said = await linkFiles(args, STREAMS, { runtime: false, asWasmLd: true });
    if (args.includes('--help')) for (const line of said) STREAMS.say(line);
  } catch (error) {
    // What the linker says has the form already.
    if (error instanceof InputError && error.message.startsWith('wasm-ld: ')) programOutput.error(`${error.message}\n`);
    else if (error instanceof InputError || error instanceof HarnessError)
      programOutput.error(`wasm-ld: error: ${error.message}\n`);
    else programOutput.error(`wasm-ld: error: ${error instanceof Error ? (error.stack ?? '') : messageOf(error)}\n`);
    return FAILED;
  }
  const lost = await lostOutput();
  if (lost === null || lost.isReaderGone) return 0;
  programOutput.error(`wasm-ld: error: ${lost.why}\n`);
  return FAILED;
}

/** As each of LLVM's linkers may be called: which one is meant, in front of everything else. rustc always says it. */
function withoutFlavor(args: readonly string[]): readonly string[] {
  const [option, flavor = ''] = args;
  if (option !== '-flavor' && option !== '--flavor') return args;
  if (flavor !== 'wasm' && flavor !== 'ld-wasm') throw new InputError(`unknown flavor: ${flavor} (only wasm is known)`);
  return args.slice(2);
}
