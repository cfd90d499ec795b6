/**
 * docs/instructions.md is what the code says: which instructions are refused, and what a fixed campaign executes. The first programs of that
 * campaign are run, so every count here must be found there, or more.
 */
import { beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../../../bench/instruction-table.ts';
import { countExecuted, instructionPage, notDrawn, readPage } from '../../../bench/instruction-table.ts';
import { DESCRIBED_TAGS } from '../../../core/index.ts';
import { ROOT } from '../../harness/cli/run-harness.ts';

/** Programs of each profile for each target that are run here. */
const SEEDS = 40;

/** Programs of each profile for each target that the page was made of. */
const STATED_SEEDS = 480;
const PAGE = readFileSync(join(ROOT, 'docs', 'instructions.md'), 'utf8');

let counts: Counts;

beforeAll(() => {
  counts = countExecuted(SEEDS);
});

test('the page says of each cell at least what the first programs execute, and refuses the same', async () => {
  const stated = readPage(PAGE);
  const less = [...counts].filter(([key, count]) => (stated.counts.get(key) ?? 0) < count);
  expect(less).toEqual([]);
  const own = readPage(await instructionPage(counts, SEEDS));
  expect(own.counts).toEqual(counts);
  expect(stated.refused).toBe(own.refused);
});

/** What is never executed before a run ends, and what ends it. */
const ENDS = ['unreach'];

test.each([32, 64])('every described instruction is executed on wasm%i', (ptrBits) => {
  const executed = new Set(
    [...counts.keys()].filter((key) => key.endsWith(` ${ptrBits}`)).map((key) => key.split(' ')[0]),
  );
  expect(DESCRIBED_TAGS.filter((tag) => !executed.has(tag) && !ENDS.includes(tag))).toEqual([]);
});

test('all else on the page follows from its counts', async () => {
  expect(await instructionPage(readPage(PAGE).counts, STATED_SEEDS)).toBe(PAGE);
});

// Fails where a rule takes a class of types that the campaign does not execute.
test.each([32, 64] as const)('the campaign executes all that rules take on wasm%i', (ptrBits) => {
  const left = notDrawn(readPage(PAGE).counts, ptrBits);
  expect(left.map(({ tag, about }) => `${tag} of ${about}`)).toEqual(['unreach of nothing']);
});
