/**
 * No file of the tree imports itself through others. Type-only imports count.
 */
import { describe, expect, test } from '@jest/globals';
import { findCircles } from './circles.ts';
import { importGraph, sourceFiles } from './imports.ts';

/**
 * Files that still stand in a circle. The list only ever gets shorter: a file that has left its circle must leave the
 * list, and no file may join it.
 */
const STILL_IN_A_CIRCLE: readonly string[] = [
  'generators/draw/constants.ts',
  'generators/draw/draw-types.ts',
  'generators/draw/static-data.ts',
  'generators/emit/addresses.ts',
  'generators/emit/aggregates.ts',
  'generators/emit/bits.ts',
  'generators/emit/bodies.ts',
  'generators/emit/calls.ts',
  'generators/emit/choices.ts',
  'generators/emit/control.ts',
  'generators/emit/gen.ts',
  'generators/emit/guards.ts',
  'generators/emit/integers.ts',
  'generators/emit/operands.ts',
  'generators/emit/places.ts',
  'generators/emit/pointers.ts',
  'generators/emit/scalars.ts',
  'generators/emit/sinks.ts',
  'generators/emit/slices.ts',
  'generators/emit/switches.ts',
  'generators/emit/table.ts',
  'generators/model/program.ts',
  'generators/model/scope.ts',
  'generators/model/types.ts',
  'interpreter/machine.ts',
  'interpreter/model/memory-object.ts',
  'interpreter/model/values.ts',
  'interpreter/steps/arithmetic-steps.ts',
  'interpreter/steps/cast-steps.ts',
  'interpreter/steps/comparison-steps.ts',
  'interpreter/steps/control-steps.ts',
  'interpreter/steps/meaning.ts',
  'interpreter/steps/memory-steps.ts',
  'interpreter/steps/pointer-steps.ts',
  'interpreter/steps/prepare.ts',
];

const FILES = sourceFiles(['core', 'interpreter', 'generators', 'harness', 'bench']);

test('no file stands in an import circle', () => {
  expect(FILES.length).toBeGreaterThan(300);
  const graph = importGraph(FILES);
  expect([...graph.values()].flat().length).toBeGreaterThan(1000);
  expect(findCircles(graph).flat().sort()).toEqual(STILL_IN_A_CIRCLE);
});

describe('the check finds', () => {
  const circlesOf = (texts: Readonly<Record<string, string>>): readonly (readonly string[])[] =>
    findCircles(importGraph(Object.keys(texts), (file) => texts[file]!));

  test('nothing where files import downwards only', () => {
    expect(
      circlesOf({
        'a/x.ts': `import { y } from './y.ts'; import { z } from '../b/z.ts'; import 'node:fs';`,
        'a/y.ts': `import { z } from '../b/z.ts';`,
        'b/z.ts': `import chalk from 'chalk';`,
      }),
    ).toEqual([]);
  });

  test('two files that need each other, and a long way round through types', () => {
    expect(
      circlesOf({
        'a/x.ts': `import { y } from './y.ts';`,
        'a/y.ts': `export { x } from './x.ts';`,
        'b/p.ts': `import type { Q } from './q.ts'; import { x } from '../a/x.ts';`,
        'b/q.ts': `type R = import('../c/r.ts').R;`,
        'b/s.ts': `import { p } from './p.ts';`,
        'c/r.ts': `const late = await import('../b/p.ts');`,
      }),
    ).toEqual([
      ['a/x.ts', 'a/y.ts'],
      ['b/p.ts', 'b/q.ts', 'c/r.ts'],
    ]);
  });

  test('a file that imports itself', () => {
    expect(circlesOf({ 'a/x.ts': `import { x } from './x.ts';` })).toEqual([['a/x.ts']]);
  });

  test.each(['core/support/brand.ts', 'core/intern/keys.ts', 'generators/model/random.ts', 'harness/model/case.ts'])(
    'an edge planted in %s',
    (low) => {
      const planted = new Map(importGraph(FILES));
      const user = [...planted].find(([, targets]) => targets.includes(low))![0];
      planted.set(low, [...planted.get(low)!, user]);
      const added = findCircles(planted).find((members) => members.includes(low));
      expect(added).toEqual(expect.arrayContaining([low, user]));
    },
  );
});
