/**
 * Node 20, 22, 24 and 26: what was built by one runs on all of them, and gives the same results.
 *
 * `npm run nodes:install` installs them. Where one is missing, its tests are skipped by name; in CI they fail.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended } from '../harness/cli/run-harness.ts';
import { makeFolder, ROOT, start } from '../harness/cli/run-harness.ts';
import { PLANTED_BUGS } from '../../bench/planted/bugs.ts';
import { plant } from '../../bench/planted/plant.ts';
import type { InstalledNode } from './installed-nodes.ts';
import { MAJORS, MISSING, NODES } from './installed-nodes.ts';

const folder = makeFolder();

afterAll(() => folder.remove());

/** Folder of a Node of its own; what it leaves there is compared. */
function homeOf({ major }: InstalledNode): string {
  return join(folder.path, `node-${major}`);
}

/** Runs the command under each Node, all at the same time; each in its own folder. */
async function onEach(...args: string[]): Promise<(Ended & { node: InstalledNode })[]> {
  return Promise.all(NODES.map(async (node) => ({ ...(await start(homeOf(node), args, {}, node.path).ended), node })));
}

/** Runs the command under each Node, and expects the same exit code and the same of what `seen` takes from the rest. */
async function sameOnEach<T>(args: string[], code: number, seen: (ended: Ended, home: string) => T): Promise<T> {
  const all = await onEach(...args);
  const views = all.map(({ node, ...ended }) => {
    if (ended.code !== code)
      throw new Error(`Node ${node.major}: exit code ${ended.code}\n${ended.stdout}${ended.stderr}`);
    return seen(ended, homeOf(node));
  });
  for (const [n, view] of views.entries()) {
    expect({ node: all[n]!.node.major, view }).toEqual({ node: all[n]!.node.major, view: views[0] });
  }
  return views[0]!;
}

interface Summary {
  readonly cases: number;
  readonly buckets: readonly { readonly id: string; readonly caseFile: string | null }[];
}

/** The JSON object of a campaign without its times. */
function summaryOf({ stdout }: Ended): Summary {
  const { seconds, casesPerSecond, engineShare, ...summary } = JSON.parse(
    stdout.trimEnd().split('\n').at(-1)!,
  ) as Summary & Record<string, unknown>;
  for (const time of [seconds, casesPerSecond, engineShare]) expect(typeof time).toBe('number');
  return summary;
}

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const bytes = (...path: string[]): string => readFileSync(join(...path)).toString('hex');

for (const major of MISSING) {
  test.skip(`Node ${major} is not installed: npm run nodes:install`, () => undefined);
}

test('CI has all of them', () => {
  expect(process.env['CI'] === 'true' ? MISSING : []).toEqual([]);
});

test('package.json, README and CONTRIBUTING name them', () => {
  const { engines } = JSON.parse(read(ROOT, 'package.json')) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${MAJORS[0]}.19`);
  const named = `Node ${MAJORS.slice(0, -1).join(', ')} and ${MAJORS.at(-1)}`;
  expect(read(ROOT, 'README.md')).toContain(named);
  expect(read(ROOT, 'CONTRIBUTING.md')).toContain(named);
});

/** What engine-probe.mjs has to print, but for 64-bit tables. */
const UNDERSTOOD = {
  stops: {
    unreachable: 'unreachable',
    load: 'memory_out_of_bounds',
    store: 'memory_out_of_bounds',
    unaligned: 'memory_out_of_bounds',
    copy: 'memory_out_of_bounds',
    fill: 'memory_out_of_bounds',
    divide: 'division_by_zero',
    divideWide: 'division_by_zero',
    remainder: 'division_by_zero',
    overflow: 'integer_overflow',
    convert: 'invalid_conversion',
    convertWide: 'invalid_conversion',
    emptySlot: 'indirect_call',
    wrongType: 'indirect_call',
    noSlot: 'indirect_call',
    recursion: 'stack',
  },
  invalid: {
    missingValue: 'operand-types',
    wrongValue: 'operand-types',
    wrongAndMissing: 'operand-types',
    wrongResult: 'operand-types',
    tooMany: 'operand-types',
    alignment: 'memory-argument',
    memoryIndex: 'memory-argument',
    memoryInAlignment: 'memory-argument',
    callee: 'function-index-is-out-of-bounds',
    local: 'invalid-local-index',
    global: 'invalid-global-index',
    branch: 'invalid-branch-depth',
    indirectType: 'type-index',
    opcode: 'opcode',
    valueType: 'value-type',
    cut: 'section-extends-past-end-of-the',
    typeForm: 'type-form',
    resultType: 'value-type',
    limits: 'limits',
    functionType: 'no-signature-at-index',
  },
  valid: 'accepted',
  starts: {
    missing: 'function-import-requires-a-callable',
    noModule: 'module-is-not-an-object-or',
    wrongFunction: 'imported-function-does-not-match-the',
    wrongGlobal: 'imported-global-does-not-match-the',
    smallMemory: 'import-too-small',
    smallTable: 'import-too-small',
    data: 'data-segment-is-out-of-bounds',
  },
  endless: true,
};

const describeInstalled = NODES.length === 0 ? describe.skip : describe;

describeInstalled('each installed Node', () => {
  beforeAll(() => {
    for (const node of NODES) {
      mkdirSync(homeOf(node));
      plant(PLANTED_BUGS[0]!, join(homeOf(node), 'bug'));
    }
  });

  test('is of its version', () => {
    for (const { major, path } of NODES) {
      const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
      expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
    }
  });

  test('understands its engine: traps, refused modules, failed instantiations, time', () => {
    for (const { major, path } of NODES) {
      const args = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'engine-probe.mjs'), ROOT];
      const { stdout, stderr } = spawnSync(path, args, { encoding: 'utf8' });
      expect(stderr).toBe('');
      // What a 64-bit table needs is in V8 since 13: from there on programs run as they are.
      const table = major >= 24;
      const wide = { memory: true, table, asItIs: table, result: '7' };
      expect({ major, said: JSON.parse(stdout) as unknown }).toEqual({ major, said: { ...UNDERSTOOD, wide } });
    }
  });

  test('doctor is content, and names version and flags', async () => {
    for (const { node, code, stdout } of await onEach('doctor')) {
      expect({ node, code, stdout: code === 0 ? '' : stdout }).toEqual({ node, code: 0, stdout: '' });
      expect(stdout).toMatch(new RegExp(`node +v${node.major}\\.\\d+\\.\\d+, V8 `));
      expect(stdout).toMatch(/flags +--disable-wasm-trap-handler --single-threaded /);
      expect(stdout).toMatch(/with equal results/);
    }
  });

  test.each([
    ['default', 96],
    ['floats', 48],
    ['link', 32],
    ['wasm64', 48],
  ])('a campaign of profile %s has the same summary', async (profile, runs) => {
    const args = ['fuzz', '--profile', profile, '--seed', '0x2a', '--runs', String(runs), '--jobs', '1', '--json'];
    const summary = await sameOnEach([...args, '--out', profile], 0, summaryOf);
    expect(summary).toMatchObject({ cases: runs, buckets: [] });
  });

  test('a mistake is found, reduced and explained alike', async () => {
    const backend = ['--backend', 'bug/core'];
    const args = ['fuzz', '--seed', '0x5', '--runs', '64', '--jobs', '1', '--reduce-runs', '500', '--json'];
    const summary = await sameOnEach([...args, ...backend, '--out', 'found'], 1, (ended, home) => {
      const { buckets, ...rest } = summaryOf(ended);
      return { ...rest, buckets: buckets.map((bucket) => ({ ...bucket, text: read(home, bucket.caseFile!) })) };
    });
    expect(summary.buckets.length).toBeGreaterThan(0);
    const { caseFile } = summary.buckets[0]!;
    const explained = await sameOnEach(['repro', caseFile!, '--explain', ...backend], 1, ({ stdout }) => stdout);
    expect(explained).toContain('> ');
    const reduced = await sameOnEach(['reduce', caseFile!, '-o', 'smaller.air', ...backend], 1, (_, home) =>
      read(home, 'smaller.air'),
    );
    expect(reduced).toContain(';! bucket ');
  });

  test('objects of a threaded compile are linked to the same module, which runs', async () => {
    await sameOnEach(['gen', '0x51f3'], 0, ({ stdout }) => stdout);
    for (const node of NODES) {
      const { stdout } = await start(homeOf(node), ['gen', '0x51f3'], {}, node.path).ended;
      writeFileSync(join(homeOf(node), 'program.air'), stdout);
    }
    const threaded = ['compile', 'program.air', '--obj', '--threads', '2', '-o', 'program.o'];
    await sameOnEach(threaded, 0, (_, home) => bytes(home, 'program.o'));
    const link = ['link', 'program.o', '--no-entry', '--export-all', '-o', 'program.wasm'];
    await sameOnEach(link, 0, (_, home) => bytes(home, 'program.wasm'));
    await sameOnEach(['run', 'program.air'], 0, ({ stdout }) => stdout);
  });
});
