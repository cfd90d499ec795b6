/**
 * A few mistakes planted in copies of the built core, one of each part, and found: a smoke test of the proof in
 * test/deep/planted/. In this process, one case after the other. The list of mistakes itself is checked here too, because
 * an edit of core can make one of them inapplicable.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadBackend } from '../../../harness/backend/load-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { LEAKING_BUGS, PLANTED_BUGS } from '../../../bench/planted/bugs.ts';
import { LINK_BUGS, SILENT_LINK_BUGS } from '../../deep/planted/link-bugs.ts';
import { checkBug, plant } from '../../../bench/planted/plant.ts';
import { WASM64_BUGS } from '../../deep/planted/wasm64-bugs.ts';
import { SUMS_BUGS } from '../../deep/planted/sums-bugs.ts';
import { WIDE_BUGS } from '../../deep/planted/wide-bugs.ts';
import { makeFolder } from '../cli/run-harness.ts';

/** Cases in which a mistake must be found. */
const RUNS = 300;

/** Mistakes that many programs show, by the part that they are in. */
const SMOKE = {
  codegen: 'compare-takes-all-integers-for-signed',
  emit: 'i32-constants-are-unsigned-lebs',
  link: 'addresses-are-unsigned-lebs',
  object: 'relocation-without-addend',
  runtime: null,
  threads: null,
} as const;

const ALL = [
  ...PLANTED_BUGS,
  ...LEAKING_BUGS,
  ...LINK_BUGS,
  ...SILENT_LINK_BUGS.map(({ bug }) => bug),
  ...WASM64_BUGS,
  ...SUMS_BUGS,
  ...WIDE_BUGS,
];

const folder = makeFolder();
afterAll(() => folder.remove());

describe('the list of mistakes', () => {
  test('is kept in step with the code: each edit applies exactly once', () => {
    expect(ALL.map(checkBug).filter((problem) => problem !== null)).toEqual([]);
  });

  test('has many different ones of every family', () => {
    const bugs = [...PLANTED_BUGS, ...LEAKING_BUGS];
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
    expect(new Set(bugs.map(({ file, find, replace }) => `${file} ${find} ${replace}`)).size).toBe(bugs.length);
    expect(bugs.length).toBeGreaterThanOrEqual(24);
    for (const family of ['codegen', 'emit', 'link', 'object', 'runtime', 'threads'] as const) {
      expect(bugs.filter((bug) => bug.family === family).length).toBeGreaterThan(0);
    }
  });
});

describe('a mistake is found', () => {
  const named = Object.entries(SMOKE).flatMap(([family, name]) => (name === null ? [] : [[family, name] as const]));

  test.each(named)('%s: %s', async (family, name) => {
    const bug = PLANTED_BUGS.find((one) => one.name === name)!;
    expect(bug.family).toBe(family);
    const home = join(folder.path, name);
    mkdirSync(home);
    const backend = await loadBackend(plant(bug, home));
    const checks = await loadChecks(['validate', 'interp-exe', 'exe-linked', 'exe-split']);
    const generate = generatorOf('default', null);
    const found: string[] = [];
    for (let seed = 0; seed < RUNS && found.length === 0; seed++) {
      found.push(...runCase(generate(seed), { backend, engines: [V8_ENGINE], checks }).findings.map(bucketOf));
    }
    expect(found).not.toEqual([]);
  });
});
