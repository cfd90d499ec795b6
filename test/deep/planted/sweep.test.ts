/**
 * Mistakes in single instructions, planted in a copy of the built core: the profile `sweep` finds each of them.
 *
 * In this process, one case after the other, because what is asked is how soon the case comes that shows the mistake.
 */
import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AirTag } from '../../../core/index.ts';
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

/** Mistakes, and the instructions that they are in: their cells are gone through. */
const SWEPT: Readonly<Record<string, readonly AirTag[]>> = {
  'intcast-extends-by-result-sign': ['intcast'],
  'bitcast-wraps-32-bit-containers-only': ['bitcast'],
  'add-wrap-does-not-wrap': ['add_wrap'],
  'shl-does-not-wrap': ['shl'],
  'mask-is-one-bit-too-wide': ['shl', 'not'],
  'shl-overflow-shifts-back-with-sign': ['shl_with_overflow'],
  'compare-takes-all-integers-for-signed': ['cmp_lt', 'cmp_gte'],
  'mod-selects-the-wrong-way': ['mod'],
  'sub-overflow-asks-the-question-of-add': ['sub_with_overflow'],
  'sub-sat-saturates-the-wrong-way': ['sub_sat'],
  'shl-sat-trusts-wide-amounts': ['shl_sat'],
  'ctz-stops-one-bit-early': ['ctz'],
  'clz-counts-the-container': ['clz'],
  'popcount-counts-the-sign-extension': ['popcount'],
  'float-extreme-forgets-the-right-nan': ['min', 'max'],
  'round-takes-halves-down': ['round'],
};

const checks = await loadChecks(['validate', 'interp-exe']);
const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

test.each(Object.entries(SWEPT))('%s is found', async (name, ops) => {
  const generate = generatorOf('sweep', ops);
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
