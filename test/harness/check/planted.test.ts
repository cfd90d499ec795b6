/**
 * A few mistakes planted in copies of the built core, one of each part, and found: a smoke test of the proof in
 * test/deep/planted/. In this process, one case after the other. The list of mistakes itself is checked here too, because
 * an edit of core can make one of them inapplicable.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadBackend } from '../../../harness/backend/load-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { LEAKING_BUGS, PLANTED_BUGS } from '../../../bench/planted/bugs.ts';
import { checkBug, plant } from '../../../bench/planted/plant.ts';
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

const DEEP = new URL('../../deep/planted/', import.meta.url);

/** The mistakes of every file of test/deep/planted/ that lists some, alone or with what they are about. */
async function deepBugs(): Promise<readonly PlantedBug[]> {
  const files = readdirSync(DEEP).filter((name) => name.endsWith('-bugs.ts'));
  const lists = await Promise.all(files.map((file) => import(new URL(file, DEEP).href) as Promise<object>));
  const entries = lists.flatMap((list) => Object.values(list).flat() as (PlantedBug | { readonly bug: PlantedBug })[]);
  return entries.map((entry) => ('bug' in entry ? entry.bug : entry));
}

const folder = makeFolder();
afterAll(() => folder.remove());

describe('the list of mistakes', () => {
  test('is kept in step with the code: each edit applies exactly once', async () => {
    const deep = await deepBugs();
    expect(deep.length).toBeGreaterThan(150);
    expect([...PLANTED_BUGS, ...LEAKING_BUGS, ...deep].map(checkBug).filter((problem) => problem !== null)).toEqual([]);
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
