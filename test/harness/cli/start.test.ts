/** What a process loads before it can link or help: modules are counted, because time is a matter of the machine. */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { COMMANDS } from '../../../harness/cli/command-list.ts';
import { makeFolder, ROOT } from './run-harness.ts';

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
    expect(files.length).toBeLessThan(160);
    expect(packages).toEqual([]);
  });

  test('loads no compiler, no interpreter, no generator and no other command', () => {
    expect(files.filter((file) => OTHERS.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith('harness/cli/')).length).toBeLessThan(6);
  });
});

const bundle = (part: string): string => readFileSync(join(DIST, 'bundle', `${part}.cjs`), 'utf8');

describe.each(['wasm-ld', 'link', 'list', 'run-linker'])('the joined part %s', (part) => {
  test('needs Node alone, and later the compiler or a file that it is not started for', () => {
    const needed = [...bundle(part).matchAll(/\brequire\("([^"]+)"\)/g)].map((match) => match[1]!);
    expect(needed.filter((name) => !name.startsWith('./') && !isBuiltin(name))).toEqual([]);
    expect(needed.includes('./run-linker.cjs')).toBe(part === 'wasm-ld' || part === 'link');
    // Each takes milliseconds to load.
    const heavy = ['node:crypto', 'node:child_process', 'node:tty', 'node:url', 'node:v8'];
    expect(needed.filter((name) => heavy.includes(name))).toEqual([]);
  });

  test('has the linker and the compiler where they are used', () => {
    const rooms = new Set([...bundle(part).matchAll(/^\s*\/\/ dist\/core\/(\w+)\//gm)].map((match) => match[1]!));
    expect(rooms.has('link')).toBe(part !== 'list');
    expect(rooms.has('codegen')).toBe(part === 'run-linker');
    // ASCII, as bin/start.cjs reads it.
    expect(/[^\0-\x7f]/.test(bundle(part))).toBe(false);
  });
});

describe('the code that V8 has made of a part', () => {
  /** A copy of what starts, so that a test can change it. */
  function copy(): { readonly path: string; remove(): void } {
    const folder = makeFolder();
    mkdirSync(join(folder.path, 'dist'));
    cpSync(join(ROOT, 'bin'), join(folder.path, 'bin'), { recursive: true });
    cpSync(join(DIST, 'bundle'), join(folder.path, 'dist', 'bundle'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder.path, 'package.json'));
    return folder;
  }

  /** Shows the list of commands with the copy; also whether V8 took the code: undefined if it was given none. */
  function list(path: string, flags: readonly string[] = []): { readonly text: string; readonly isRejected?: boolean } {
    const script = `process.argv = ['node', 'harness', '--help'];
      require('./bin/start.cjs').start('list', (_, { cachedDataRejected }) =>
        process.stderr.write(String(JSON.stringify(cachedDataRejected))));`;
    const run = spawnSync(process.execPath, [...flags, '-e', script], { cwd: path, encoding: 'utf8' });
    expect(run.status).toBe(0);
    return { text: run.stdout, ...(run.stderr === 'undefined' ? {} : { isRejected: run.stderr === 'true' }) };
  }

  test('is taken, and changes nothing', () => {
    const folder = copy();
    try {
      const { text, isRejected } = list(folder.path);
      expect(isRejected).toBe(false);
      expect(text).toContain('fuzz');
      for (const name of readdirSync(join(folder.path, 'dist/bundle'))) {
        if (name.endsWith('.cache')) rmSync(join(folder.path, 'dist/bundle', name));
      }
      expect(list(folder.path)).toEqual({ text });
    } finally {
      folder.remove();
    }
  });

  test('is refused under other flags, and all is the same', () => {
    const folder = copy();
    try {
      expect(list(folder.path, ['--no-opt'])).toEqual({ text: list(folder.path).text, isRejected: true });
    } finally {
      folder.remove();
    }
  });

  test('counts for its own source only, of equal length or not', () => {
    const folder = copy();
    try {
      const file = join(folder.path, 'dist/bundle/list.cjs');
      const before = list(folder.path).text;
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('look for failures', 'LOOK for failures'));
      expect(list(folder.path)).toEqual({ text: before.replace('look for failures', 'LOOK for failures') });
    } finally {
      folder.remove();
    }
  });

  test('that is cut short is refused', () => {
    const folder = copy();
    try {
      const before = list(folder.path).text;
      const name = readdirSync(join(folder.path, 'dist/bundle')).find((file) => /^list-.*\.cache$/.test(file))!;
      const file = join(folder.path, 'dist/bundle', name);
      const whole = readFileSync(file);
      for (const length of [whole.length - 1, bundle('list').length + 10]) {
        writeFileSync(file, whole.subarray(0, length));
        expect(list(folder.path)).toEqual({ text: before, isRejected: true });
      }
      for (const length of [bundle('list').length, 7, 0]) {
        writeFileSync(file, whole.subarray(0, length));
        expect(list(folder.path)).toEqual({ text: before });
      }
    } finally {
      folder.remove();
    }
  });
});

test('the list of commands loads none of them', () => {
  const { files, packages } = loaded('harness/cli/main.js', 'harness/cli/program.js');
  expect(files.length).toBeLessThan(20);
  expect(packages).toEqual(['commander']);
  const text = files.map((file) => readFileSync(join(DIST, file), 'utf8')).join('\n');
  expect(text).not.toContain('defineCommand');
  expect(COMMANDS.length).toBeGreaterThan(10);
});
