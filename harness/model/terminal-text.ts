/**
 * The one way of text to a terminal: control characters are shown, not sent, and colours are added behind that.
 *
 * Owns what is printable. Names, messages and file names come from inputs that nobody has checked, so nothing that a terminal
 * obeys is taken from a text. Colours are not part of a text: {@link paintWith} marks them with a key of this process that
 * no input can know, and {@link terminalText} turns only those marks into escape sequences. Files get their exact content.
 */
import type { ChalkInstance } from 'chalk';
import { randomHex } from './random-bytes.ts';

/** Controls (C0, C1), formats (bidi overrides, invisible tags), lone surrogates, and separators that end a line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Line ends and tabs are layout; the joiners belong to words and emoji. */
const LAYOUT = '\n\t\u200c\u200d';

/** Begins a mark; U+FDD0 is no character, and the key behind it makes a mark unforgeable. Null until something is marked. */
let key: string | null = null;

/** Adds one style to a text. */
type Style = (text: string) => string;

/** The styles that the command uses; a subset of chalk's, whose instances will do where no text is hostile. */
export interface Paint {
  readonly red: Style & { readonly bold: Style };
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
  readonly bold: Style;
  readonly dim: Style;
}

/** `text` as a terminal may have it: what it would obey is written `\u{1b}`, and marks of {@link paintWith} are colours. */
export function terminalText(text: string): string {
  const shown = printable(text);
  return key === null ? shown : shown.replaceAll(new RegExp(`${key}([0-9;]+)m`, 'g'), '\u001b[$1m');
}

/** `text` with everything that a terminal would obey written as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) =>
    LAYOUT.includes(char) ? char : `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/** One line of JSON in which only printable characters stand; what it says is the same. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (char) =>
    [...Array(char.length).keys()].map((n) => `\\u${char.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** The styles of `chalk` as marks that {@link terminalText} understands. */
export function paintWith(chalk: ChalkInstance): Paint {
  const style =
    (add: Style): Style =>
    (text) => {
      const [open, close] = add('\0').split('\0') as [string, string];
      return marked(open) + text + marked(close);
    };
  return {
    red: Object.assign(style(chalk.red), { bold: style(chalk.red.bold) }),
    green: style(chalk.green),
    yellow: style(chalk.yellow),
    cyan: style(chalk.cyan),
    bold: style(chalk.bold),
    dim: style(chalk.dim),
  };
}

function marked(sequences: string): string {
  if (sequences === '') return '';
  key ??= `\ufdd0${randomHex(12)}`;
  return sequences.replaceAll('\u001b[', key);
}
