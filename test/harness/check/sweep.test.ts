/** A short form of the sweep: cells from everywhere in it, on the ways that every case goes. */
import { expect, test } from '@jest/globals';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { seedAt } from '../../../harness/worker/seed-at.ts';

test('single instructions do what the interpreter says', async () => {
  const ways = await loadChecks(['validate', 'interp-exe', 'exe-linked', 'exe-split']);
  const checks = ways.map((check) => ({ ...check, frequency: 1 }));
  const generate = generatorOf('sweep', null);
  const ran = new Map<string, number>();
  for (let seed = 0; seed < 150; seed++) {
    const report = runCase(generate(seed), { backend: CORE_BACKEND, engines: [V8_ENGINE], checks });
    expect([seed, report.findings, report.verdict]).toEqual([seed, [], { kind: 'completed' }]);
    for (const { name } of report.checks) ran.set(name, (ran.get(name) ?? 0) + 1);
  }
  expect([...ran.values()]).toEqual([150, 150, 150, 150]);
});

test('a campaign of it goes through the cells one after the other, and others do not', () => {
  const campaign = { seed: 40, shard: { index: 1, of: 2 }, profile: 'sweep' };
  expect([0, 1, 2].map((position) => seedAt(campaign, position))).toEqual([41, 43, 45]);
  expect(seedAt({ ...campaign, profile: 'default' }, 1)).not.toBe(43);
});
