/** What a process loads before it can link or help: modules are counted, because time is a matter of the machine. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { COMMANDS } from '../../../harness/cli/command-list.ts';
import { ROOT } from './run-harness.ts';

const DIST = join(ROOT, 'dist');
/** Imports of a built module that are loaded with it; a call of `import()` loads later. */
const IMPORTS = /^(?:import|export)\s(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** Files of the build that are loaded with `entries`, and the packages. */
function loaded(...entries: string[]): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(IMPORTS)) {
      if (specifier!.startsWith('.')) visit(join(dirname(file), specifier!));
      else if (!specifier!.startsWith('node:')) packages.add(specifier!);
    }
  };
  for (const entry of entries) visit(join(DIST, entry));
  return { files: [...files].map((file) => relative(DIST, file)), packages: [...packages].sort() };
}

/** What has no business in a process that only links or helps. */
const OTHERS =
  /^(core\/(codegen|pipeline\/compile|air\/(text|verify|body))|interpreter|generators|harness\/(check|worker|campaign))\b/;

describe.each([
  ['harness link', ['harness/cli/main.js', 'harness/cli/link-words.js']],
  ['wasm-ld', ['harness/cli/wasm-ld.js']],
])('%s from files', (_, entries) => {
  const { files, packages } = loaded(...entries);

  test('loads the linker and little else', () => {
    expect(files).toContain('core/link/flush.js');
    expect(files.length).toBeLessThan(150);
    expect(packages).toEqual(['chalk']);
  });

  test('loads no compiler, no interpreter, no generator and no other command', () => {
    expect(files.filter((file) => OTHERS.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith('harness/cli/')).length).toBeLessThan(6);
  });
});

describe.each(['bundle/main.js', 'bundle/wasm-ld.js'])('%s', (entry) => {
  test('is the same in few files, and shares failures and streams with the commands', () => {
    const link = /import\("\.\/(link-words-\w+\.js)"\)/.exec(readFileSync(join(DIST, entry), 'utf8'));
    const { files, packages } = loaded(entry, ...(link ? [`bundle/${link[1]!}`] : []));
    expect(files.length).toBeLessThan(16);
    expect(packages).toEqual(['chalk']);
    expect(files).toContain('harness/model/failure.js');
    const text = files.map((file) => readFileSync(join(DIST, file), 'utf8')).join('\n');
    // Once each: two copies of a class would not know each other.
    for (const name of ['InputError', 'HarnessError']) expect(text.split(`class ${name} `)).toHaveLength(2);
    expect(text).toContain('flushExecutable');
    expect(text).not.toContain('class CodeGenerator');
  });
});

test('the list of commands loads none of them', () => {
  const { files, packages } = loaded('bundle/main.js', 'harness/cli/program.js');
  expect(files.length).toBeLessThan(20);
  expect(packages).toEqual(['chalk', 'commander']);
  const text = files.map((file) => readFileSync(join(DIST, file), 'utf8')).join('\n');
  expect(text).not.toContain('defineCommand');
  expect(COMMANDS.length).toBeGreaterThan(10);
});
