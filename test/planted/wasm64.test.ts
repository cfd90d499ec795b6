/**
 * Mistakes that only 64-bit addresses show, planted in a copy of the built core: each is found by the cases of profile `wasm64`,
 * and none of them by those of the default profile.
 *
 * In this process, one case after the other, because what is asked is how soon the case comes that shows the mistake.
 */
import { afterAll, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCoreBackend } from '../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../harness/case/generate.ts';
import { bucketOf } from '../../harness/model/finding.ts';
import { loadChecks } from '../../harness/check/checks.ts';
import { runCase } from '../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../harness/engine/v8/v8-engine.ts';
import { makeFolder } from '../harness/cli/run-harness.ts';
import { plant } from './plant.ts';
import { WASM64_BUGS } from './wasm64-bugs.ts';

/** Cases in which a mistake must be found, and cases of 32-bit addresses that must not know of it. */
const RUNS = 1000;
const RUNS_32 = 30;

jest.setTimeout(300_000);

const checks = await loadChecks(['validate', 'interp-exe', 'exe-linked', 'exe-split']);
const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

test.each(WASM64_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const folder = makeFolder();
  const core = plant(bug, folder.path);
  const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
  const bucketsOf = (profile: string, seed: number): string[] =>
    runCase(generatorOf(profile, null)(seed), { backend, engines: [V8_ENGINE], checks }).findings.map(bucketOf);
  let seed = 0;
  let buckets: string[] = [];
  for (; seed < RUNS && buckets.length === 0; seed++) buckets = bucketsOf('wasm64', seed);
  rows.push(`${bug.name.padEnd(38)} after ${String(seed).padStart(4)} cases  ${buckets[0] ?? 'not found'}`);
  expect(buckets).not.toEqual([]);
  for (let other = 0; other < RUNS_32; other++) expect(bucketsOf('default', other)).toEqual([]);
  folder.remove();
});
