/**
 * Mistakes of linkers, planted in a copy of the built core: each is found by the cases of profile `link`, those that no
 * program notices by the comparison with wasm-ld's output.
 *
 * In this process, one case after the other, because what is asked is how soon the case comes that shows the mistake.
 */
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCoreBackend } from '../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../harness/case/generate.ts';
import type { Check } from '../../harness/check/check.ts';
import { bucketOf } from '../../harness/model/finding.ts';
import { loadChecks } from '../../harness/check/checks.ts';
import { lldCheck } from '../../harness/check/lld.ts';
import { runCase } from '../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../harness/engine/v8/v8-engine.ts';
import { LLVM_ABSENT, loadLlvm } from '../../harness/external/llvm.ts';
import { makeFolder } from '../harness/cli/run-harness.ts';
import type { PlantedBug } from './bugs.ts';
import { LINK_BUGS, SILENT_LINK_BUGS } from './link-bugs.ts';
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

/** The buckets of the first case that shows `bug`; if `about` is not empty, only cases with that decoration are run. */
async function hunt(bug: PlantedBug, used: readonly Check[], every: boolean, about = ''): Promise<readonly string[]> {
  const folder = makeFolder();
  const core = plant(bug, folder.path);
  const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
  let seed = 0;
  let buckets: string[] = [];
  for (; seed < RUNS && buckets.length === 0; seed++) {
    const case_ = generate(seed);
    if (about !== '' && case_.plan.decorations?.some(({ kind }) => kind === about) !== true) continue;
    buckets = runCase(case_, { backend, engines: [V8_ENGINE], checks: used, every }).findings.map(bucketOf);
  }
  folder.remove();
  rows.push(`${bug.name.padEnd(34)} after ${String(seed).padStart(4)} cases  ${buckets[0] ?? 'not found'}`);
  return buckets;
}

test.each(LINK_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  expect(await hunt(bug, checks, false)).not.toEqual([]);
});

const llvm = await loadLlvm();

describe(llvm === null ? LLVM_ABSENT : 'a mistake that changes no behaviour', () => {
  const all = llvm === null ? [] : [...checks, lldCheck(llvm)];
  (llvm === null ? test.skip : test).each(SILENT_LINK_BUGS.map(({ about, bug }) => [bug.name, about, bug] as const))(
    '%s is found by the comparison with wasm-ld',
    async (_name, about, bug) => {
      const [bucket] = await hunt(bug, all, true, about);
      expect(bucket).toMatch(/^linker\/lld\/bytes\//);
    },
  );
});
