/**
 * Text inside of the width of a terminal.
 *
 * Owns where a line ends. A display that is overwritten in place counts lines, so none of them may be longer than the terminal is wide. Widths are
 * those of the terminal; its last column stays free.
 */

/** `parts` behind each other, with `between` where two stand on one line; a part that does not fit begins a line, and one that is longer than a line is wrapped. */
export function wrapped(parts: readonly string[], columns: number, between = ' · '): string {
  const width = columns - 1;
  const lines: string[] = [];
  let line = '';
  const add = (piece: string, separator: string): void => {
    const longer = line === '' ? piece : line + separator + piece;
    if (longer.length <= width) {
      line = longer;
      return;
    }
    if (line !== '') lines.push(line);
    line = piece;
  };
  for (const part of parts) {
    if (part.length <= width) {
      add(part, between);
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const word of part.split(' ')) add(fitted(word, columns), ' ');
  }
  return [...lines, line].join('\n');
}

/** `text` cut to one line. */
export function fitted(text: string, columns: number): string {
  const width = columns - 1;
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
