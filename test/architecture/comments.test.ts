/** Comments say something: none of them only points somewhere else in its file. */
import { expect, test } from '@jest/globals';
import { readSource, sourceFiles } from './imports.ts';

const FILES = sourceFiles(['core', 'interpreter', 'generators', 'harness', 'bench']);

/** The files among `files` with a comment that points at the header instead of saying what a thing is. */
function empty(files: readonly string[], read: (file: string) => string): string[] {
  return files.filter((file) => /\b(see|as in|of) the file header\b/i.test(read(file)));
}

test('no comment points at the file header', () => {
  expect(FILES.length).toBeGreaterThan(300);
  expect(empty(FILES, readSource)).toEqual([]);
  expect(empty(['a.ts'], () => '/** See the file header. */')).toEqual(['a.ts']);
});

test('every file begins with a comment', () => {
  expect(FILES.filter((file) => !/^(\/\*\*|#!)/.test(readSource(file)))).toEqual([]);
});
