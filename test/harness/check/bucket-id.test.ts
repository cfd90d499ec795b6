/** Bucket ids are read back as they are written, in both forms. */
import { describe, expect, test } from '@jest/globals';
import { PositionSet } from '../../../harness/campaign/position-set.ts';
import {
  bucketId,
  bucketNeedsCalls,
  checksOfBucket,
  familyOf,
  findingOfBucket,
  partsOfBucket,
} from '../../../harness/check/bucket-id.ts';
import type { Finding } from '../../../harness/model/finding.ts';
import { bucketOf, shownBucket } from '../../../harness/model/finding.ts';

const FINDING: Finding = { stage: 'codegen', check: 'interp-exe', kind: 'result', op: '-', detail: '' };

describe('a bucket of reduction', () => {
  test.each<[string, Finding]>([
    ['codegen/interp-exe/result/-', FINDING],
    [
      'linker/exe-linked/crash/no-such-thing',
      { ...FINDING, stage: 'linker', check: 'exe-linked', kind: 'crash', op: 'no-such-thing' },
    ],
    ['linker/layout/layout/gap', { ...FINDING, stage: 'linker', check: 'layout', kind: 'layout', op: 'gap' }],
    ['engine/process/crash/sigsegv', { ...FINDING, stage: 'engine', check: 'process', kind: 'crash', op: 'sigsegv' }],
  ])('%s is the finding that it was made of', (id, finding) => {
    expect(bucketOf(finding)).toBe(id);
    expect(findingOfBucket(id)).toEqual(finding);
    expect(findingOfBucket(shownBucket(id))).toEqual(finding);
  });
});

describe('a bucket of the end', () => {
  test.each([
    ['codegen/run/intcast', { stage: 'codegen', family: 'run', check: null, kind: null, name: 'intcast' }],
    // An instruction by the name of a kind.
    ['codegen/run/trap', { stage: 'codegen', family: 'run', check: null, kind: null, name: 'trap' }],
    ['linker/layout/gap', { stage: 'linker', family: 'layout', check: null, kind: null, name: 'gap' }],
  ])('%s says stage, family and cause', (id, parts) => {
    expect(partsOfBucket(id)).toEqual(parts);
    expect(bucketId({ stage: 'codegen', family: 'run', name: 'intcast' })).toBe('codegen/run/intcast');
  });

  test('names the checks that may show it', () => {
    expect(checksOfBucket('codegen/run/intcast')).toEqual(['interp-exe', 'engines', 'config', 'binaryen']);
    expect(checksOfBucket('codegen/interp-exe/result/intcast')).toEqual(['interp-exe']);
    expect(checksOfBucket('codegen/build/crash-x')).toContain('roundtrip');
    expect(checksOfBucket('linker/link/memory-addr')).toEqual(expect.arrayContaining(['exe-linked', 'layout']));
    expect(checksOfBucket('linker/layout/memory')).toEqual(expect.arrayContaining(['interp-exe', 'layout']));
    expect(checksOfBucket('linker/layout/data-order')).toEqual(['layout', 'variables']);
  });

  test.each([
    ['codegen/run/intcast', true],
    // layout sees a wrong number, too.
    ['linker/link/memory-addr', false],
    ['linker/layout/memory', false],
    ['linker/module/data', false],
    ['codegen/build/crash-x', false],
    ['codegen/interp-exe/crash/x', true],
    ['interpreter/expect/illegal/overflow', true],
  ])('%s needs calls: %s', (id, needs) => {
    expect(bucketNeedsCalls(id)).toBe(needs);
  });

  test('is of the family build where nothing was built, whatever check wanted it', () => {
    expect(familyOf({ ...FINDING, kind: 'crash', op: 'x' })).toBe('build');
    expect(familyOf({ ...FINDING, check: 'roundtrip', kind: 'refused', op: 'x' })).toBe('build');
    expect(familyOf({ ...FINDING, check: 'process', kind: 'crash', op: 'sigsegv' })).toBe('process');
  });
});

test('a set of positions counts each once', () => {
  const set = new PositionSet();
  for (const position of [5, 31, 32, 4095, 4096, 1_000_000, 5]) set.add(position);
  expect(set.size).toBe(6);
  expect([...set]).toEqual([5, 31, 32, 4095, 4096, 1_000_000]);
  expect([4094, 4095, 8191].map((position) => set.has(position))).toEqual([false, true, false]);
});
