/**
 * One mistake is one bucket: mistakes that show in many instructions, ways and messages, each in a campaign of its own over a copy of core.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import type { Bucket } from '../../../../harness/campaign/buckets.ts';
import { readRunReport } from '../../../../harness/report/run-report.ts';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

describe('a mistake', () => {
  test.each([
    // Scalars and the lanes of vectors.
    ['mod-selects-the-wrong-way', 'codegen/run/mod'],
    // Loads, stores, block moves.
    ['slice-length-in-elements', 'codegen/run/bulk-memory'],
    // Any access may be the one that meets the stack.
    ['stack-lies-on-the-data', 'linker/layout/memory'],
    // Addresses in code and in data, with and without an addend.
    ['relocation-without-addend', 'linker/link/memory-addr'],
  ])('%s is the bucket %s', async (name, bucket) => {
    const bug = PLANTED_BUGS.find((planted) => planted.name === name)!;
    mkdirSync(join(folder.path, name));
    const core = plant(bug, join(folder.path, name));
    const args = ['--seed', '1', '--runs', '150', '--jobs', '1', '--backend', core, '--json'];
    const { stdout, code } = await harness(folder.path, 'fuzz', ...args, '--out', join(name, 'run'));
    const { buckets } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {
      buckets: readonly { id: string; raw: readonly unknown[] }[];
    };
    expect(buckets.map(({ id }) => id)).toEqual([bucket]);
    expect(buckets[0]!.raw.length).toBeGreaterThan(1);
    expect(code).toBe(1);
    // Where its sides part is in the run, for all reports.
    const [{ place, text }] = readRunReport(join(folder.path, name, 'run')).buckets as [Bucket];
    if (place !== null && place.instruction !== null)
      expect(text!.split('\n')[place.instruction.line - 1]!.trim()).toBe(place.instruction.text);
    if (name === 'mod-selects-the-wrong-way') {
      expect(place!.instruction!.text).toMatch(/ = mod /);
      expect(place!.instruction!.expected).not.toBe(place!.instruction!.actual);
    }
    if (name === 'relocation-without-addend')
      expect(place!.relocation).toMatchObject({
        type: expect.stringMatching(/^R_WASM_MEMORY_ADDR_/),
        owner: expect.any(String),
      });
  });
});
