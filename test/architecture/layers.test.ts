/**
 * The import direction of the tree, as one table, and a check that every source file keeps to it.
 *
 * A layer is a folder; imports inside a layer are free. A layer may import another layer, or one file of it, only if the
 * table says so, and the table itself has no cycle: ARCHITECTURE.md explains each row. The last tests feed the check
 * forbidden edges, so that a check that stopped seeing anything would fail here.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readSource, ROOT, sourceFiles, specifiersOf, targetOf } from './imports.ts';

interface Layer {
  /** Layers, or single files of a layer (ending in .ts), that may be imported. */
  readonly imports: readonly string[];
  /** Packages by name; 'any' is every run-time dependency of package.json, optional ones included. */
  readonly packages?: readonly string[] | 'any';
  /** Development packages that a folder of the layer may import: commands for work on the project itself, which load them late. */
  readonly development?: Readonly<Record<string, readonly string[]>>;
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
  // A process that only links loads nothing else.
  'core/linker.ts': { imports: ['core/pipeline'] },
  interpreter: { imports: ['core/support', 'core/intern', 'core/air'] },
  generators: { imports: ['core/index.ts'], packages: ['fast-check'] },
  harness: {
    imports: ['core/index.ts', 'core/linker.ts', 'interpreter', 'generators'],
    packages: 'any',
    development: { 'harness/mutants/': ['typescript'] },
    node: 'any',
  },
};

const TOPS = ['core', 'interpreter', 'generators', 'harness'];
const CATCH_ALL_NAMES = /^(utils?|helpers?|common|misc|shared)$/;

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
};
const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });

/** The layer of a file (path from the root, with slashes), or undefined where no row of the table covers it. */
function layerOf(file: string): string | undefined {
  return Object.keys(LAYERS).find((layer) => file === layer || file.startsWith(`${layer}/`));
}

/** What is wrong with one file: its name, its place, and each thing that it imports. Empty when all is well. */
function violationsOf(file: string, text: string): string[] {
  const violations: string[] = [];
  if (CATCH_ALL_NAMES.test(basename(file, '.ts'))) violations.push(`${file}: the name says nothing about the contents`);
  const layer = layerOf(file);
  if (layer === undefined) return [...violations, `${file}: belongs to no layer of the table`];
  for (const specifier of specifiersOf(text)) {
    const reason = specifier.startsWith('.')
      ? refuseFile(layer, file, specifier)
      : refusePackage(layer, file, specifier);
    if (reason !== undefined) violations.push(`${file}: imports '${specifier}', ${reason}`);
  }
  return violations;
}

function refuseFile(layer: string, file: string, specifier: string): string | undefined {
  if (!specifier.endsWith('.ts')) return 'which does not end in .ts';
  const target = targetOf(file, specifier);
  const targetLayer = layerOf(target);
  if (targetLayer === undefined) return `but ${target} belongs to no layer of the table`;
  const allowed = LAYERS[layer]!.imports;
  if (targetLayer === layer || allowed.includes(targetLayer) || allowed.includes(target)) return undefined;
  return `but ${layer} may not see ${targetLayer}`;
}

function refusePackage(layer: string, file: string, specifier: string): string | undefined {
  const { packages = [], development = {}, node = [] } = LAYERS[layer]!;
  if (specifier.startsWith('node:')) {
    return node === 'any' || node.includes(specifier) ? undefined : `but ${layer} may not use it`;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const allowed = packages === 'any' ? dependencies : packages;
  const folder = Object.keys(development).find((path) => file.startsWith(path));
  if (folder !== undefined && development[folder]!.includes(name)) return undefined;
  return allowed.includes(name) ? undefined : `but ${layer} may not use that package`;
}

describe('the tree', () => {
  test('every file imports only what its layer may see', () => {
    const files = sourceFiles(TOPS);
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => violationsOf(file, readSource(file)))).toEqual([]);
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
      'generators bypass the public door',
      'generators/arg.ts',
      `import { op } from '../core/air/schema/ops.ts';`,
      'core/air',
    ],
    ['the harness bypasses the public door', 'harness/cli/a.ts', `import '../../core/link/flush.ts';`, 'core/link'],
    ['support knows something', 'core/support/brand.ts', `import { x } from '../wasm/kinds.ts';`, 'core/wasm'],
    ['nobody imports the harness', 'core/index.ts', `export * from '../harness/index.ts';`, 'harness'],
    ['core reads files', 'core/link/archive.ts', `import { readFileSync } from 'node:fs';`, 'node:fs'],
    ['the interpreter starts threads', 'interpreter/run.ts', `import 'node:worker_threads';`, 'node:worker_threads'],
    ['core uses a package', 'core/wasm/kinds.ts', `import wabt from 'wabt';`, 'package'],
    ['an undeclared package', 'harness/cli/main.ts', `import x from '@scope/left-pad/x.js';`, 'package'],
    ['a command for users needs the parser', 'harness/cli/fuzz.ts', `import ts from 'typescript';`, 'package'],
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
