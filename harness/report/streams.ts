/**
 * Text and bytes to the streams of this process, without colours and without a terminal's size: all that a link needs.
 *
 * With io.ts, which adds those, the only place that writes to the streams. No text leaves but through model/terminal-text.ts.
 */
import { InputError } from '../model/failure.ts';
import { terminalText } from '../model/terminal-text.ts';

/** Where a command writes lines and bytes. */
export interface Streams {
  /** Writes lines for people: the result of a command. */
  readonly say: (text: string) => void;
  /** Bytes of a result, to standard output; a terminal is refused. */
  readonly bytes: (bytes: Uint8Array) => void;
  /** Writes lines that are not the result: progress, warnings. */
  readonly note: (text: string) => void;
}

/** The streams of this process; `say` writes to `results`. */
export function streamsOf(results: () => NodeJS.WriteStream): Streams {
  return {
    say: (text) => void results().write(`${terminalText(text)}\n`),
    bytes: (bytes) => {
      if (process.stdout.isTTY)
        throw new InputError('standard output is a terminal, which no module is written to; use -o FILE');
      process.stdout.write(bytes);
    },
    note: (text) => void process.stderr.write(`${terminalText(text)}\n`),
  };
}

/** Results go to standard output. */
export const STREAMS: Streams = streamsOf(() => process.stdout);

/** Text of the program itself rather than of a command: help, and why it ends. */
export const programOutput = {
  out: (text: string): void => void process.stdout.write(terminalText(text)),
  error: (text: string): void => void process.stderr.write(terminalText(text)),
};
