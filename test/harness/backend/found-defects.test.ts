/** The README says how many defects docs/found.md has, and its table counts them without a gap. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the README has the number of defects of docs/found.md', () => {
  const rows = [...readFileSync('docs/found.md', 'utf8').matchAll(/^\| (\d+)\s+\|/gm)].map(([, number]) =>
    Number(number),
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toEqual(rows.map((_, n) => n + 1));
  const [, said] = /\[(\d+) defects\]\(docs\/found\.md\)/.exec(readFileSync('README.md', 'utf8'))!;
  expect(Number(said)).toBe(rows.length);
});
