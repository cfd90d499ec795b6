/**
 * Mistakes of linkers, planted in a copy of the built core: each is found by the cases of profile `link`.
 *
 * In this process, one case after the other, because what is asked is how soon the case comes that shows the mistake.
 */
import { afterAll, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCoreBackend } from '../../harness/backend/core-backend.ts';
import { generatorOf } from '../../harness/campaign/generate.ts';
import { bucketOf } from '../../harness/check/check.ts';
import { loadChecks } from '../../harness/check/checks.ts';
import { runCase } from '../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../harness/engine/v8-engine.ts';
import { makeFolder } from '../harness-cli/run-harness.ts';
import { LINK_BUGS } from './link-bugs.ts';
import { plant } from './plant.ts';

/** Cases in which a mistake must be found. */
const RUNS = 2000;

jest.setTimeout(300_000);

const checks = await loadChecks(['interp-exe', 'exe-linked', 'exe-split', 'topology']);
const generate = generatorOf('link', null);
const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

test.each(LINK_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const folder = makeFolder();
  const core = plant(bug, folder.path);
  const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
  let seed = 0;
  let buckets: string[] = [];
  for (; seed < RUNS && buckets.length === 0; seed++) {
    buckets = runCase(generate(seed), { backend, engine: V8_ENGINE, checks }).findings.map(bucketOf);
  }
  folder.remove();
  rows.push(`${bug.name.padEnd(34)} after ${String(seed).padStart(4)} cases  ${buckets[0] ?? 'not found'}`);
  expect(buckets).not.toEqual([]);
});
