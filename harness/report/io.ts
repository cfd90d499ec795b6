/**
 * Where the command writes to: streams (streams.ts) and colours. The only place that knows the terminal.
 *
 * Owns the rules: with --json stdout carries one line of JSON and everything else goes to stderr; a reader that goes away
 * (`| head`) ends the output without a word. No text leaves but through model/terminal-text.ts.
 */
import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import type { Paint } from '../model/terminal-text.ts';
import { paintWith, printableJson, terminalText } from '../model/terminal-text.ts';
import type { Streams } from './streams.ts';
import { streamsOf } from './streams.ts';

/** Where a command writes. */
export interface Io extends Streams {
  /** Writes the one JSON object of a command that was asked for JSON. */
  readonly json: (value: unknown) => void;
  /** Colours for `say`. */
  readonly paint: Paint;
  /** Colours for `note`. */
  readonly paintNote: Paint;
  /** Where a live display may be, or null where there must be none. */
  readonly live: LiveTerminal | null;
}

/** A display that is overwritten in place: what log-update makes. */
export interface LiveDisplay {
  (text: string): void;
  clear(): void;
  done(): void;
}

/** A terminal that can show a live display. */
interface LiveTerminal {
  readonly columns: number;
  open(): Promise<LiveDisplay>;
}

/** The streams of this process. */
export function openIo(json: boolean): Io {
  const { stdout, stderr, env } = process;
  const isPlain = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const level = (support: typeof supportsColor): 0 | 1 | 2 | 3 => (isPlain || support === false ? 0 : support.level);
  const notePaint = paintWith(new Chalk({ level: level(supportsColorStderr) }));
  const resultStream = json ? stderr : stdout;
  return {
    ...streamsOf(() => resultStream),
    json: (value) => void stdout.write(`${printableJson(value)}\n`),
    paint: json ? notePaint : paintWith(new Chalk({ level: level(supportsColor) })),
    paintNote: notePaint,
    live: stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb' ? liveTerminal(stderr) : null,
  };
}

function liveTerminal(stream: NodeJS.WriteStream): LiveTerminal {
  return {
    get columns() {
      return stream.columns;
    },
    async open() {
      // Loaded only where it is used: commands shall start fast.
      const { createLogUpdate } = await import('log-update');
      const update = createLogUpdate(stream);
      return Object.assign((text: string) => update(terminalText(text)), {
        clear: () => update.clear(),
        done: () => update.done(),
      });
    },
  };
}
