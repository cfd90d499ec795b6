/**
 * What the tests of the architecture read: the source files of the tree and the imports of each.
 *
 * An import is any specifier in the text: import, export-from, import() and import types alike. A type-only import is an
 * import too: a circle of types binds files to each other as much as a circle of values does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The .ts files below some folders, as paths from the root with slashes, in order. */
export function sourceFiles(tops: readonly string[]): string[] {
  return tops.flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(top, name.replaceAll('\\', '/')))
      .filter((name) => name.endsWith('.ts'))
      .sort(),
  );
}

export function readSource(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Each import, export-from and import() of a text, types included. */
export function specifiersOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName);
}

/** The file that a relative specifier in `file` names, as a path from the root. */
export function targetOf(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier);
}

/** File -> the files that it imports, without packages and modules of Node. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

export function importGraph(files: readonly string[], read: (file: string) => string = readSource): ImportGraph {
  return new Map(
    files.map((file) => {
      const relative = specifiersOf(read(file)).filter((specifier) => specifier.startsWith('.'));
      return [file, [...new Set(relative.map((specifier) => targetOf(file, specifier)))]];
    }),
  );
}
