/**
 * `harness mutants` over the built core: mutants that must be killed are, those that change nothing survive, and a measurement that
 * proves nothing is refused.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EQUIVALENTS, staleEquivalents } from '../../../../harness/mutants/equivalents.ts';
import { makeInstrumentedCore, mutantsOfCore, openDoor } from '../../../../harness/mutants/instrumented-core.ts';
import type { Measurement } from '../../../../harness/mutants/measure.ts';
import { measure } from '../../../../harness/mutants/measure.ts';
import type { Mutant } from '../../../../harness/mutants/mutant.ts';
import type { Reach } from '../../../../harness/mutants/reach.ts';
import { recordReach } from '../../../../harness/mutants/reach.ts';
import { runTrial } from '../../../../harness/mutants/trial.ts';
import { profilesFor, tryReached } from '../../../../harness/mutants/try-reached.ts';
import { harness, makeFolder, start } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const all = mutantsOfCore(null);

/** The one mutant of core that `wanted` names. */
function mutantWith(wanted: (mutant: Mutant) => boolean): Mutant {
  const [found, ...more] = all.filter(wanted);
  expect(found).toBeDefined();
  expect(more).toEqual([]);
  return found!;
}

/** A sum that wraps, without its wrap. */
const unwrapped = mutantWith(
  ({ file, function: name, operator, original }) =>
    file === 'codegen/scalar/arithmetic.js' &&
    name === 'wrapping' &&
    operator === 'dropped-statement' &&
    original.startsWith('wrap('),
);
/** A constant of the same function, replaced by itself. */
const constant = mutantWith(
  ({ file, function: name, operator }) =>
    file === 'codegen/scalar/arithmetic.js' && name === 'wrapping' && operator === 'constant',
);
const same: Mutant = { ...constant, code: constant.original };
/** What only relocatable output runs, which no check here asks for. */
const unreached = all.find(({ file }) => file.startsWith('link/relocatable/'))!;

let folders = 0;

function measured(mutants: readonly Mutant[], jobs: number): Promise<Measurement> {
  const path = join(folder.path, `measured-${folders++}`);
  mkdirSync(path);
  return measure(mutants, {
    plan: { seed: 7, profiles: ['default'], runs: 60, checks: 'interp-exe' },
    folder: path,
    jobs,
    stop: { requested: false, whenRequested: new Promise(() => undefined) },
    onBaseline: () => undefined,
    onResult: () => undefined,
  });
}

describe('a measurement', () => {
  test('kills what changes behaviour, and nothing else, with any number of jobs', async () => {
    const mutants = [unwrapped, same, unreached];
    const { baseline, results } = await measured(mutants, 1);
    expect(baseline.cases).toBe(60);
    expect(results.map(({ mutant, kill, isReached }) => [mutant.id, kill?.check, isReached])).toEqual([
      [unwrapped.id, 'interp-exe', true],
      [same.id, undefined, true],
      [unreached.id, undefined, false],
    ]);
    expect(results.map(({ cases }) => cases)).toEqual([expect.any(Number), 60, 0]);
    expect(results[0]!.cases).toBeLessThanOrEqual(60);
    const others = await measured(mutants, 2);
    const timeless = ({ results: list }: Measurement): unknown[] => list.map((one) => ({ ...one, seconds: 0 }));
    expect(timeless(others)).toEqual(timeless({ baseline, results, isInterrupted: false }));
  });

  test('comes to what a trial of all cases comes to, for code of the runtime library too', async () => {
    const library = all.filter(
      ({ file, function: name, operator }) =>
        file === 'runtime/wide-integers.js' && name !== '(module)' && operator === 'dropped-statement',
    );
    const mutants = [unwrapped, constant, ...[0, 2, 4].map((n) => library[n]!)];
    const path = join(folder.path, 'both-ways');
    mkdirSync(path);
    makeInstrumentedCore(path, mutants);
    const plan = { seed: 7, profiles: ['default', 'wide'], runs: 40, checks: 'interp-exe,exe-linked' };
    const place = { folder: path, stop: { requested: false, whenRequested: new Promise<void>(() => undefined) } };
    const reaches: Reach[] = [];
    for (const profile of plan.profiles) reaches.push(await recordReach(path, plan, profile, place));
    let found = 0;
    for (const number of mutants.keys()) {
      const door = openDoor(path, number);
      const quick = await tryReached(number, reaches, { folder: path, door, plan, place });
      const profiles = profilesFor(number, reaches).map(({ profile }) => profile);
      const slow = await runTrial(door, { ...plan, profiles }, place);
      expect({ kill: quick.kill, cases: quick.cases }).toEqual({ kill: slow.kill, cases: slow.cases });
      if (slow.kill !== null) found++;
    }
    expect(found).toBeGreaterThan(1);
  });

  test('fails if core without a mutant does', async () => {
    // Breaks out of its switch: the mistake is there whatever is on.
    const broken: Mutant = { ...unwrapped, code: '0) : true ? (0', end: unwrapped.end - 1 };
    await expect(measured([broken], 1)).rejects.toThrow('core without a mutant fails already');
  });

  test('fails if what it was to test did not run', async () => {
    const args = [
      'mutants',
      '--sample',
      '1',
      '--runs',
      '5',
      '--jobs',
      '1',
      '--profile',
      'default',
      '--checks',
      'topology',
    ];
    const { code, stdout, stderr } = await harness(folder.path, ...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('never ran in 5 cases: topology');
  });
});

describe('the command', () => {
  test('prints a table and one object, and exits with 1 for a survivor', async () => {
    const args = [
      '--ids',
      `${unwrapped.id},${unreached.id}`,
      '--runs',
      '40',
      '--profile',
      'default',
      '--checks',
      'interp-exe',
    ];
    const { code, stdout, stderr } = await harness(
      folder.path,
      'mutants',
      ...args,
      '--seed',
      '7',
      '--jobs',
      '1',
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('score 50.0 %') });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const figures = JSON.parse(stdout) as Record<string, unknown>;
    expect(figures).toMatchObject({ schema: 1, seed: 7, killed: 1, unreached: 1, survived: 0, score: 0.5 });
  });

  test.each([
    ['a file that core has not', ['--only', 'nosuch'], 'no mutated file'],
    ['a mutant that core has not', ['--ids', '00000000'], 'there is no mutant 00000000'],
    ['a profile twice', ['--profile', 'link,link'], 'names a profile twice'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await harness(folder.path, 'mutants', ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const temporary = join(folder.path, 'temporary');
    mkdirSync(temporary);
    const running = start(folder.path, ['mutants', '--seed', '7', '--jobs', '1'], { TMPDIR: temporary });
    while (readdirSync(temporary).length === 0) await sleep(20);
    running.signal('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test('every entry of the list of equivalents means a mutant of core', () => {
  expect(staleEquivalents(all, EQUIVALENTS)).toEqual([]);
  for (const { reason } of EQUIVALENTS) expect(reason.length).toBeGreaterThan(10);
});
