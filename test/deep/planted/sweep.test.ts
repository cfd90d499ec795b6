/**
 * Mistakes in single instructions, planted in a copy of the built core: the profile `sweep` finds each of them.
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
import { PLANTED_BUGS } from './bugs.ts';
import { plant } from './plant.ts';

/** Cases in which a mistake must be found. */
const RUNS = 2000;

// prettier-ignore
const NAMES = [
  'intcast-extends-by-result-sign', 'bitcast-wraps-32-bit-containers-only', 'add-wrap-does-not-wrap', 'shl-does-not-wrap',
  'mask-is-one-bit-too-wide', 'shl-overflow-shifts-back-with-sign', 'compare-takes-all-integers-for-signed',
  'mod-selects-the-wrong-way', 'sub-overflow-asks-the-question-of-add', 'sub-sat-saturates-the-wrong-way',
  'shl-sat-trusts-wide-amounts', 'ctz-stops-one-bit-early', 'clz-counts-the-container', 'popcount-counts-the-sign-extension',
  'float-extreme-forgets-the-right-nan', 'round-takes-halves-down',
];

const checks = await loadChecks(['validate', 'interp-exe']);
const generate = generatorOf('sweep', null);
const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

test.each(NAMES)('%s is found', async (name) => {
  const bug = PLANTED_BUGS.find((one) => one.name === name)!;
  const folder = makeFolder();
  const core = plant(bug, folder.path);
  const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
  let seed = 0;
  let buckets: string[] = [];
  for (; seed < RUNS && buckets.length === 0; seed++) {
    buckets = runCase(generate(seed), { backend, engines: [V8_ENGINE], checks }).findings.map(bucketOf);
  }
  folder.remove();
  rows.push(`${name.padEnd(38)} after ${String(seed).padStart(4)} cases  ${buckets[0] ?? 'not found'}`);
  expect(buckets).not.toEqual([]);
});
