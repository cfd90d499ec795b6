/**
 * Where the command writes to: streams and colours. The only place that knows the terminal.
 *
 * Owns the rules: with --json stdout carries one line of JSON and everything else goes to stderr; a reader that goes away
 * (`| head`) ends the output without a word.
 */
import type { ChalkInstance } from 'chalk';
import { Chalk, supportsColor, supportsColorStderr } from 'chalk';

/** See the file header. */
export interface Io {
  /** Writes lines for people: the result of a command. */
  readonly say: (text: string) => void;
  /** Bytes of a result, to standard output. */
  readonly bytes: (bytes: Uint8Array) => void;
  /** Writes lines that are not the result: progress, warnings. */
  readonly note: (text: string) => void;
  /** Writes the one JSON object of a command that was asked for JSON. */
  readonly json: (value: unknown) => void;
  /** Colours for `say`. */
  readonly paint: ChalkInstance;
  /** Colours for `note`. */
  readonly paintNote: ChalkInstance;
  /** Stream for a live display, or null where there must be none. */
  readonly live: NodeJS.WriteStream | null;
}

/** The streams of this process. */
export function openIo(json: boolean): Io {
  const { stdout, stderr, env } = process;
  const isPlain = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const level = (support: typeof supportsColor): 0 | 1 | 2 | 3 => (isPlain || support === false ? 0 : support.level);
  const notePaint = new Chalk({ level: level(supportsColorStderr) });
  const resultStream = json ? stderr : stdout;
  return {
    say: (text) => void resultStream.write(`${text}\n`),
    bytes: (bytes) => void stdout.write(bytes),
    note: (text) => void stderr.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    paint: json ? notePaint : new Chalk({ level: level(supportsColor) }),
    paintNote: notePaint,
    live: stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb' ? stderr : null,
  };
}
