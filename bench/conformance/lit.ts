/**
 * What a test of LLVM's lit says: its RUN lines, as one script for a shell.
 *
 * Owns the part of lit that lld's tests use: lines that end in a backslash go on in the next RUN line, `%s %t %p %S %T %%` stand
 * for paths (`%/t` is the same with slashes), and each command has to succeed. Knows nothing of what the commands are.
 */
import { basename, dirname, join } from 'node:path';

/** The RUN lines of a test as a script, or null if it has none. `scratch` is a path that names of outputs begin with. */
export function scriptOf(source: string, path: string, scratch: string): string | null {
  const commands: string[] = [];
  let open = false;
  for (const line of source.split('\n')) {
    const found = /\bRUN:\s?(.*)$/.exec(line.trimEnd());
    if (!found) continue;
    const text = found[1]!.trim();
    const goesOn = text.endsWith('\\');
    const part = goesOn ? text.slice(0, -1) : text;
    if (open) commands.push(`${commands.pop() ?? ''} ${part}`);
    else commands.push(part);
    open = goesOn;
  }
  if (commands.length === 0) return null;
  const words: Readonly<Record<string, string>> = {
    s: path,
    S: dirname(path),
    p: dirname(path),
    t: scratch,
    T: dirname(scratch),
    '%': '%',
  };
  const lines = commands.map((command) => command.replace(/%\/?([sSptT%])/g, (_, key: string) => words[key]!));
  return ['set -e -o pipefail', ...lines, ''].join('\n');
}

/** Where a test puts its outputs. */
export function scratchOf(folder: string, path: string): string {
  return join(folder, basename(path), `${basename(path)}.tmp`);
}

/** The tools that a script calls by name. */
export function toolsOf(script: string, known: readonly string[]): string[] {
  return known.filter((tool) => new RegExp(`(^|[\\s|;&(])${tool}(?=\\s)`, 'm').test(script));
}
