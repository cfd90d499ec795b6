/**
 * The import direction of the tree, as one table, and a check that every source file keeps to it.
 *
 * A layer is a folder; imports inside a layer are free. A layer may import another layer, or one file of it, only if the
 * table says so, and the table itself has no cycle: ARCHITECTURE.md explains each row. The last tests feed the check
 * forbidden edges, so that a check that stopped seeing anything would fail here.
 */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

interface Layer {
  /** Layers, or single files of a layer (ending in .ts), that may be imported. */
  readonly imports: readonly string[];
  /** Packages by name; 'any' is every run-time dependency of package.json, optional ones included. */
  readonly packages?: readonly string[] | 'any';
  /** Modules of Node by name with the `node:` prefix; 'any' is all of them. */
  readonly node?: readonly string[] | 'any';
}

const BELOW_PIPELINE = [
  'core/support',
  'core/diagnostics',
  'core/wasm',
  'core/intern',
  'core/air',
  'core/mir',
  'core/codegen',
  'core/link',
  'core/runtime',
];

const LAYERS: Readonly<Record<string, Layer>> = {
  'core/support': { imports: [] },
  'core/diagnostics': { imports: ['core/support'] },
  'core/wasm': { imports: ['core/support', 'core/diagnostics'] },
  'core/intern': { imports: ['core/support'] },
  'core/air': { imports: ['core/support', 'core/intern', 'core/diagnostics'] },
  // MIR names interned things, it does not look into them.
  'core/mir': { imports: ['core/support', 'core/wasm', 'core/intern/keys.ts'] },
  'core/codegen': {
    imports: ['core/support', 'core/diagnostics', 'core/wasm', 'core/intern', 'core/air', 'core/mir'],
  },
  // The linker knows which declarations a unit has, never what is inside a body.
  'core/link': {
    imports: ['core/support', 'core/diagnostics', 'core/wasm', 'core/intern', 'core/air/unit.ts', 'core/mir'],
  },
  // The compiler runtime library is a unit written in AIR text; the pipeline compiles it.
  'core/runtime': { imports: ['core/support', 'core/diagnostics', 'core/intern', 'core/air', 'core/link'] },
  'core/pipeline': { imports: BELOW_PIPELINE, node: ['node:worker_threads'] },
  'core/index.ts': { imports: [...BELOW_PIPELINE, 'core/pipeline'] },
  interpreter: { imports: ['core/support', 'core/intern', 'core/air'] },
  generators: { imports: ['core/index.ts'], packages: ['fast-check'] },
  harness: { imports: ['core/index.ts', 'interpreter', 'generators'], packages: 'any', node: 'any' },
};

/** The rooms of the harness from the bottom up: a file sees its own room and those before it. */
const HARNESS_ROOMS = [
  'model',
  'wasm',
  'backend',
  'engine',
  'case',
  'external',
  'topology',
  'way',
  'check',
  'reduce',
  'explain',
  'worker',
  'campaign',
  'report',
  'corpus',
  'gate',
  'cli',
  'index.ts',
];

const TOPS = ['core', 'interpreter', 'generators', 'harness'];
const CATCH_ALL_NAMES = /^(utils?|helpers?|common|misc|shared)$/;

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
};
const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });

/** The layer of a file (path from the root, with slashes), or undefined where no row of the table covers it. */
function layerOf(file: string): string | undefined {
  return Object.keys(LAYERS).find((layer) => file === layer || file.startsWith(`${layer}/`));
}

/** Each import, export-from and import() of a text, types included. */
function specifiersOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName);
}

/** What is wrong with one file: its name, its place, and each thing that it imports. Empty when all is well. */
function violationsOf(file: string, text: string): string[] {
  const violations: string[] = [];
  if (CATCH_ALL_NAMES.test(basename(file, '.ts'))) violations.push(`${file}: the name says nothing about the contents`);
  const layer = layerOf(file);
  if (layer === undefined) return [...violations, `${file}: belongs to no layer of the table`];
  for (const specifier of specifiersOf(text)) {
    const reason = specifier.startsWith('.') ? refuseFile(layer, file, specifier) : refusePackage(layer, specifier);
    if (reason !== undefined) violations.push(`${file}: imports '${specifier}', ${reason}`);
  }
  return violations;
}

function refuseFile(layer: string, file: string, specifier: string): string | undefined {
  if (!specifier.endsWith('.ts')) return 'which does not end in .ts';
  const target = posix.join(posix.dirname(file), specifier);
  const targetLayer = layerOf(target);
  if (targetLayer === undefined) return `but ${target} belongs to no layer of the table`;
  const allowed = LAYERS[layer]!.imports;
  if (targetLayer === layer || allowed.includes(targetLayer) || allowed.includes(target)) return undefined;
  return `but ${layer} may not see ${targetLayer}`;
}

/** Imports of a file of the harness that go up the list of rooms, or out of it. */
function roomViolationsOf(file: string, text: string): string[] {
  const rank = (path: string): number => HARNESS_ROOMS.indexOf(path.split('/')[1]!);
  if (rank(file) < 0) return [`${file}: is in no room of the harness`];
  return specifiersOf(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file), specifier))
    .filter((target) => target.startsWith('harness/') && !(rank(target) >= 0 && rank(target) <= rank(file)))
    .map((target) => `${file}: imports ${target}, which is above it`);
}

/** Groups of files that import each other round about. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): void => {
    number.set(file, number.size);
    low.set(file, number.get(file)!);
    open.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!imports.has(target)) continue;
      if (!number.has(target)) visit(target);
      if (open.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== number.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1 || imports.get(file)!.includes(file)) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!number.has(file)) visit(file);
  return circles;
}

function importsOf(file: string): string[] {
  return specifiersOf(readFileSync(join(root, file), 'utf8'))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file), specifier));
}

function refusePackage(layer: string, specifier: string): string | undefined {
  const { packages = [], node = [] } = LAYERS[layer]!;
  if (specifier.startsWith('node:')) {
    return node === 'any' || node.includes(specifier) ? undefined : `but ${layer} may not use it`;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const allowed = packages === 'any' ? dependencies : packages;
  return allowed.includes(name) ? undefined : `but ${layer} may not use that package`;
}

function sourceFiles(): string[] {
  return TOPS.flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(top, name.replaceAll('\\', '/')))
      .filter((name) => name.endsWith('.ts'))
      .sort(),
  );
}

describe('the tree', () => {
  test('every file imports only what its layer may see', () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => violationsOf(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('in the harness, imports go down the list of rooms', () => {
    const files = sourceFiles().filter((file) => file.startsWith('harness/'));
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => roomViolationsOf(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('no files of the harness import each other round about', () => {
    const files = sourceFiles().filter((file) => file.startsWith('harness/'));
    expect(circlesOf(new Map(files.map((file) => [file, importsOf(file)])))).toEqual([]);
  });

  test('the table has no cycle', () => {
    const finished = new Set<string>();
    const visit = (layer: string, path: readonly string[]): void => {
      expect(path).not.toContain(layer);
      if (finished.has(layer)) return;
      for (const target of LAYERS[layer]!.imports) visit(layerOf(target)!, [...path, layer]);
      finished.add(layer);
    };
    for (const layer of Object.keys(LAYERS)) visit(layer, []);
    expect(finished.size).toBe(Object.keys(LAYERS).length);
  });
});

describe('the check', () => {
  const bad: readonly (readonly [string, string, string, string])[] = [
    ['codegen sees the linker', 'core/codegen/generate.ts', `import { flush } from '../link/flush.ts';`, 'core/link'],
    ['the linker sees codegen', 'core/link/flush.ts', `import { x } from '../codegen/generate.ts';`, 'core/codegen'],
    ['the linker sees a body', 'core/link/state.ts', `import type { Body } from '../air/body/body.ts';`, 'core/air'],
    ['the judge asks the judged', 'interpreter/run.ts', `export { x } from '../core/codegen/int.ts';`, 'core/codegen'],
    ['a type is an import too', 'core/air/body/body.ts', `import type { Mir } from '../../mir/mir.ts';`, 'core/mir'],
    ['an import type is one too', 'core/air/body/body.ts', `type A = import('../../mir/mir.ts').Mir;`, 'core/mir'],
    ['a late import is one too', 'core/wasm/kinds.ts', `await import('../link/flush.ts');`, 'core/link'],
    ['MIR looks into the pool', 'core/mir/emit.ts', `import { P } from '../intern/intern-pool.ts';`, 'core/intern'],
    [
      'generators go round the door',
      'generators/arg.ts',
      `import { op } from '../core/air/schema/ops.ts';`,
      'core/air',
    ],
    ['the harness goes round the door', 'harness/cli/a.ts', `import '../../core/link/flush.ts';`, 'core/link'],
    ['support knows something', 'core/support/brand.ts', `import { x } from '../wasm/kinds.ts';`, 'core/wasm'],
    ['nobody imports the harness', 'core/index.ts', `export * from '../harness/index.ts';`, 'harness'],
    ['core reads files', 'core/link/archive.ts', `import { readFileSync } from 'node:fs';`, 'node:fs'],
    ['the interpreter starts threads', 'interpreter/run.ts', `import 'node:worker_threads';`, 'node:worker_threads'],
    ['core uses a package', 'core/wasm/kinds.ts', `import wabt from 'wabt';`, 'package'],
    ['an undeclared package', 'harness/cli/main.ts', `import x from '@scope/left-pad/x.js';`, 'package'],
    ['a specifier without .ts', 'core/air/body/body.ts', `import { x } from '../unit';`, '.ts'],
    ['a specifier with .js', 'core/air/body/body.ts', `import { x } from '../unit.js';`, '.ts'],
    ['a catch-all file', 'core/air/utils.ts', ``, 'name'],
    ['a folder nobody planned', 'core/extras/x.ts', ``, 'no layer'],
  ];
  test.each(bad)('refuses: %s', (_what, file, text, reason) => {
    const violations = violationsOf(file, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(reason);
  });

  const badRooms: readonly (readonly [string, string, string])[] = [
    ['a worker sees the command', 'harness/worker/worker.ts', `import { x } from '../cli/option.ts';`],
    ['the ground sees a check', 'harness/model/verdict.ts', `import type { Check } from '../check/check.ts';`],
    ['a topology sees a check', 'harness/topology/draft.ts', `await import('../check/lld.ts');`],
    ['a room nobody planned', 'harness/extras/x.ts', ``],
  ];
  test.each(badRooms)('refuses: %s', (_what, file, text) => {
    expect(roomViolationsOf(file, text)).toHaveLength(1);
  });

  test('sees a circle, a longer one, and a file that imports itself', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
      ['e', ['e', 'd']],
    ]);
    expect(circlesOf(imports)).toEqual([['a', 'b', 'c'], ['e']]);
  });

  const good: readonly (readonly [string, string])[] = [
    ['core/codegen/generate.ts', `import { M } from '../mir/mir.ts'; import type { B } from '../air/body/body.ts';`],
    ['core/link/state.ts', `import type { Unit } from '../air/unit.ts'; import { a } from './update.ts';`],
    ['core/mir/mir.ts', `import type { IpIndex } from '../intern/keys.ts';`],
    ['core/pipeline/threads.ts', `import { Worker } from 'node:worker_threads'; import '../link/flush.ts';`],
    ['generators/program.ts', `import * as fc from 'fast-check'; import { OPS } from '../core/index.ts';`],
    ['harness/cli/main.ts', `import 'node:fs'; import chalk from 'chalk'; import '../../interpreter/run.ts';`],
  ];
  test.each(good)('accepts what %s needs', (file, text) => {
    expect(specifiersOf(text).length).toBeGreaterThan(0);
    expect(violationsOf(file, text)).toEqual([]);
  });
});
