/**
 * Mistakes with optionals, errors, enums, unions and names, planted in a copy of the built core: each is found by the cases of
 * profile `sums`.
 *
 * In this process, one case after the other, because what is asked is how soon the case comes that shows the mistake.
 */
import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCoreBackend } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { makeFolder } from '../../harness/cli/run-harness.ts';
import { plant } from './plant.ts';
import { SUMS_BUGS } from './sums-bugs.ts';

/** Cases in which a mistake must be found. */
const RUNS = 2000;

const checks = await loadChecks(['validate', 'interp-exe']);
const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

test.each(SUMS_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const folder = makeFolder();
  const core = plant(bug, folder.path);
  const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
  const generate = generatorOf('sums', null);
  let seed = 0;
  let buckets: string[] = [];
  for (; seed < RUNS && buckets.length === 0; seed++) {
    buckets = runCase(generate(seed), { backend, engines: [V8_ENGINE], checks }).findings.map(bucketOf);
  }
  rows.push(`${bug.name.padEnd(40)} after ${String(seed).padStart(4)} cases  ${buckets[0] ?? 'not found'}`);
  folder.remove();
  expect(buckets).not.toEqual([]);
});
