/**
 * Looking for planted mistakes in this process, one case after the other: what is asked is how soon the case comes that shows
 * a mistake. planted.test.ts asks the whole command.
 *
 * A search begins with the case that showed the mistake before (found-at.json), which saves most of the time and proves the
 * same: that case is one of the first {@link RUNS}. Where it shows it no longer, all of them are gone through. `FOUND_AT=write`
 * searches from the first case on and writes the file; with it, run the tests in band (`-i`).
 */
import { afterAll, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AirTag, Settings } from '../../../core/index.ts';
import { loadCoreBackend } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import type { Check } from '../../../harness/check/check.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Case } from '../../../harness/model/case.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { makeFolder } from '../../harness/cli/run-harness.ts';
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { plant } from '../../../bench/planted/plant.ts';

/** Cases in which a mistake must be found. */
const RUNS = 2000;

const FOUND_AT = fileURLToPath(new URL('found-at.json', import.meta.url));
const WRITE = process.env['FOUND_AT'] === 'write';

/** Where a mistake is looked for. */
export interface Search {
  readonly profile: string;
  readonly checks: readonly Check[];
  /** Only these instructions, and what they need; absent: all of the profile. */
  readonly onlyOps?: readonly AirTag[];
  /** Run each check on each case, whatever its frequency. */
  readonly every?: boolean;
  /** Settings of core that every case gets. */
  readonly settings?: Partial<Settings>;
  /** Which cases are run; absent: all. */
  readonly wants?: (case_: Case) => boolean;
}

const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

/** What a copy of core with `bug` shows: the buckets of a case, empty if it shows nothing. */
export async function withPlanted<T>(
  bug: PlantedBug,
  body: (bucketsOf: (case_: Case, checks: readonly Check[], every?: boolean) => string[]) => T,
): Promise<T> {
  const folder = makeFolder();
  try {
    const core = plant(bug, folder.path);
    const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
    return body((case_, checks, every = false) =>
      runCase(case_, { backend, engines: [V8_ENGINE], checks, every }).findings.map(bucketOf),
    );
  } finally {
    folder.remove();
  }
}

/** The buckets of a case that shows `bug`; none if the first {@link RUNS} do not. */
export function hunt(bug: PlantedBug, search: Search): Promise<readonly string[]> {
  const { profile, checks, onlyOps = null, every = false, settings = {}, wants } = search;
  const generate = generatorOf(profile, onlyOps);
  const key = [profile, checks.map(({ name }) => name).join('+'), bug.name].join(' ');
  const before = readFoundAt()[key];
  return withPlanted(bug, (bucketsOf) => {
    const look = (seed: number): string[] => {
      const drawn = generate(seed);
      const case_ = { ...drawn, settings: { ...drawn.settings, ...settings } };
      return wants?.(case_) === false ? [] : bucketsOf(case_, checks, every);
    };
    let seed = WRITE ? RUNS : (before ?? RUNS);
    let buckets = seed < RUNS ? look(seed) : [];
    if (buckets.length === 0) {
      for (seed = 0; seed < RUNS && buckets.length === 0; seed++) buckets = look(seed);
      seed -= 1;
    }
    if (WRITE && buckets.length > 0) writeFoundAt({ ...readFoundAt(), [key]: seed });
    rows.push(`${bug.name.padEnd(42)} at case ${String(seed).padStart(4)}  ${buckets[0] ?? 'not found'}`);
    return buckets;
  });
}

/** Seeds that showed a mistake, by profile, checks and name. */
function readFoundAt(): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(FOUND_AT, 'utf8')) as Record<string, number>;
}

function writeFoundAt(seeds: Readonly<Record<string, number>>): void {
  const sorted = Object.entries(seeds).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  writeFileSync(FOUND_AT, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** One test for each of `bugs`: cases of `profile` show it by what they do. */
export function testBugsOf(profile: string, bugs: readonly PlantedBug[]): void {
  test.each(bugs.map((bug) => [bug.name, bug] as const))(`%s is found in profile ${profile}`, async (_name, bug) => {
    const checks = await loadChecks(['validate', 'interp-exe']);
    expect(await hunt(bug, { profile, checks })).not.toEqual([]);
  });
}
