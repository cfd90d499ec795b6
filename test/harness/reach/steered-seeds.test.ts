/**
 * Seeds of steered campaigns: the same for every worker, shard and order of asking, plain seeds of their profile, and worth more than those of the
 * same campaign that is not steered.
 */
import { expect, test } from '@jest/globals';
import { baseSeed, generateCase, MOST_VARIANTS, variantOf } from '../../../generators/index.ts';
import { printUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { parseSeed, printSeed } from '../../../harness/model/case.ts';
import { cellsOfProgram } from '../../../harness/reach/cells.ts';
import { SteeredSeeds } from '../../../harness/reach/steered-seeds.ts';
import { steeredWorkers } from '../../../harness/worker/steered-workers.ts';
import type { Task, Workers } from '../../../harness/worker/protocol.ts';
import { seedAt } from '../../../harness/worker/seed-at.ts';

const WHOLE = { seed: 5, profile: 'swarm', shard: { index: 0, of: 1 }, onlyOps: null };
const COUNT = 150;
const PLACES = Array.from({ length: COUNT }, (_, n) => n);

function seedsOf(wish = WHOLE): number[] {
  const seeds = new SteeredSeeds(wish, CORE_BACKEND);
  return PLACES.map((n) => seeds.seedAt(n));
}

const chosen = seedsOf();

test('they follow from the campaign alone, in any order of asking, and shards have their part of them', () => {
  const backwards = new SteeredSeeds(WHOLE, CORE_BACKEND);
  expect(PLACES.toReversed().map((n) => backwards.seedAt(n))).toEqual(chosen.toReversed());
  for (const index of [0, 1, 2]) {
    const shard = new SteeredSeeds({ ...WHOLE, shard: { index, of: 3 } }, CORE_BACKEND);
    const own = PLACES.filter((n) => n % 3 === index);
    expect(own.map((_, n) => shard.seedAt(n))).toEqual(own.map((n) => chosen[n]));
  }
  expect(new Set(chosen).size).toBe(COUNT);
});

test('their programs reach more than those of the campaign that is not steered', () => {
  const generate = generatorOf('swarm', null, CORE_BACKEND);
  const reached = (seeds: readonly number[]): number =>
    new Set(seeds.flatMap((seed) => [...cellsOfProgram(generate(seed), CORE_BACKEND.settings)])).size;
  expect(reached(chosen)).toBeGreaterThan(reached(PLACES.map((n) => seedAt(WHOLE, n))) * 1.05);
});

test('some are variants of others: the same declarations, other instructions, and a name that says it', () => {
  const variants = chosen.filter((seed) => baseSeed(seed) !== seed);
  expect(variants.length).toBeGreaterThan(10);
  for (const seed of variants.slice(0, 20)) {
    const [one, other] = [generateCase(seed, 'swarm'), generateCase(baseSeed(seed), 'swarm')];
    const head = ({ unit }: typeof one): string[] =>
      unit.navs.filter(({ kind }) => kind === 'func').flatMap(({ name }) => (name.startsWith('run') ? [name] : []));
    expect(head(one)).toEqual(head(other));
    expect(printUnit(one.unit)).not.toBe(printUnit(other.unit));
    const name = printSeed({ seed, profile: 'swarm' });
    expect(parseSeed(name)).toEqual({ seed, profile: 'swarm' });
  }
  expect(variantOf(variantOf(7, 3), MOST_VARIANTS)).toBe(variantOf(7, MOST_VARIANTS));
  expect(Number.isSafeInteger(variantOf(2 ** 48 - 1, MOST_VARIANTS))).toBe(true);
});

test('workers are told them, and positions of single cases are seeds', async () => {
  const tasks: Task[] = [];
  const workers: Workers = {
    size: 1,
    run: (task) => {
      tasks.push(task);
      return Promise.resolve({ kind: 'stopped' } as never);
    },
    close: () => Promise.resolve(),
  };
  const steered = steeredWorkers(workers, (position) => 100 + position);
  await steered.run({ kind: 'cases', first: 4, count: 3, stopOnFirst: false });
  await steered.run({ kind: 'describe', source: { from: 'position', position: 9 } });
  await steered.run({ kind: 'describe', source: { from: 'text', text: 'as it is' } });
  expect(tasks).toEqual([
    { kind: 'cases', first: 4, count: 3, stopOnFirst: false, seeds: [104, 105, 106] },
    { kind: 'describe', source: { from: 'seed', seed: 109 } },
    { kind: 'describe', source: { from: 'text', text: 'as it is' } },
  ]);
});
