/** What a process loads before it can link: modules are counted, because time is a matter of the machine. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const DIST = join(process.cwd(), 'dist');
/** Imports of a built module that are loaded with it; a call of `import()` loads later. */
const IMPORTS = /^(?:import|export)\s(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** Files of the build that are loaded with `entry`, and the packages. */
function loaded(entry: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
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
  visit(join(DIST, entry));
  return { files: [...files].map((file) => relative(DIST, file)), packages: [...packages].sort() };
}

describe.each(['harness/cli/main.js', 'harness/cli/wasm-ld.js'])('a link by %s', (entry) => {
  const { files, packages } = loaded(entry);

  test('loads the linker and little else', () => {
    expect(files).toContain('core/link/flush.js');
    expect(files.length).toBeLessThan(150);
    expect(packages).toEqual(['chalk']);
  });

  test('loads no compiler, no interpreter, no generator and no other command', () => {
    const others =
      /^(core\/(codegen|pipeline\/compile|air\/(text|verify|body))|interpreter|generators|harness\/(check|worker|campaign))\b/;
    expect(files.filter((file) => others.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith('harness/cli/')).length).toBeLessThan(6);
  });
});
