/** docs/instructions.md is what the code says: which instructions are refused, and what a fixed campaign executes. */
import { beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../../../bench/instruction-table.ts';
import { countExecuted, instructionPage } from '../../../bench/instruction-table.ts';
import { DESCRIBED_TAGS } from '../../../core/index.ts';
import { ROOT } from '../../harness/cli/run-harness.ts';

let counts: Counts;

beforeAll(() => {
  counts = countExecuted();
});

test('the page is the one that is generated', async () => {
  expect(readFileSync(join(ROOT, 'docs', 'instructions.md'), 'utf8')).toBe(await instructionPage(counts));
});

/** What is never executed before a run ends, and what ends it. */
const ENDS = ['unreach'];

test.each([32, 64])('every described instruction is executed on wasm%i', (ptrBits) => {
  const executed = new Set(
    [...counts.keys()].filter((key) => key.endsWith(` ${ptrBits}`)).map((key) => key.split(' ')[0]),
  );
  expect(DESCRIBED_TAGS.filter((tag) => !executed.has(tag) && !ENDS.includes(tag))).toEqual([]);
});
