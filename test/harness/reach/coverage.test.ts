/**
 * What programs reach: equal for equal seeds, with cells of every kind; and what two measurements differ in.
 */
import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Coverage } from '../../../harness/reach/coverage-file.ts';
import { comparedLines, coverageLines, readCoverage, writtenCoverage } from '../../../harness/reach/coverage-file.ts';
import { coverageMap } from '../../../harness/reach/coverage-map.ts';
import { measureCoverage } from '../../../harness/reach/measure-coverage.ts';

function measured(cases: number): Coverage {
  const wish = { seed: 3, profile: 'link', shard: { index: 0, of: 1 }, onlyOps: null, cases };
  return measureCoverage(wish, CORE_BACKEND);
}

const some = measured(12);

test('equal seeds reach equal cells, of every kind', () => {
  expect(writtenCoverage(measured(12))).toBe(writtenCoverage(some));
  for (const kind of ['air', 'opcode', 'relocation', 'option', 'decoration'])
    expect(Object.keys(some.cells).filter((cell) => cell.startsWith(`${kind}/`)).length).toBeGreaterThan(2);
  expect(some.cells['air/ret']).toBeGreaterThan(0);
  expect(some.cells['opcode/local_get']).toBe(12);
  expect(Object.keys(some.cells)).toContainEqual(expect.stringMatching(/^relocation\/FUNCTION_INDEX_LEB function/));
  expect(Object.values(some.cells).every((cases) => cases <= 12)).toBe(true);
});

test('instructions that no case has are listed', () => {
  const lines = coverageLines({ ...some, cells: { 'air/add': 3 } });
  expect(lines).toContain('air: 1');
  expect(lines.at(-1)).toContain(' sub ');
  expect(lines.at(-1)).not.toContain(' add ');
});

test('of two measurements what only one has is shown', () => {
  const { ['air/ret']: _ret, ...cells } = some.cells;
  const lines = comparedLines(some, { ...some, cells: { ...cells, 'opcode/new': 2 } });
  expect(lines.filter((line) => /^ {2}[-+]/.test(line))).toEqual([`  - ret (${some.cells['air/ret']})`, '  + new (2)']);
});

test('the map of a page has every cell, and says what only one of two runs has', () => {
  const { ['air/ret']: _ret, ...cells } = some.cells;
  const map = coverageMap({ ...some, cells: { ...cells, 'air/add <b>': 1, 'option/--new': 12 } }, some);
  expect(map.match(/<td class="n m[1-4]">|<li class="m[1-4]">/g)).toHaveLength(Object.keys(some.cells).length + 1);
  expect(map).toContain('&lt;b&gt;');
  expect(map).not.toContain('<b>');
  expect(map).toContain('<li class="m4"><code>--new</code> 12</li>');
  expect(map).toContain('Cells that it does not have: <code>air/add &lt;b&gt;</code>, <code>option/--new</code>.');
  expect(map).toContain('Cells that this run does not have: <code>air/ret</code>.');
  for (const title of ['Instructions by class of type', 'Relocations by state of their symbol', 'Opcodes', 'Options'])
    expect(map).toContain(`<summary>${title}: `);
  expect(map).toMatch(/Instructions in no case: \w+/);
  expect(coverageMap(some, null)).not.toContain('does not have');
});

test('a file is read again, and one that is crafted is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harness-coverage-'));
  const file = join(folder, 'a.json');
  try {
    writeFileSync(file, writtenCoverage(some));
    expect(readCoverage(file)).toEqual(some);
    writeFileSync(file, writtenCoverage(some).replace('"cases": 12', '"cases": -1'));
    expect(() => readCoverage(file)).toThrow('a.json: error');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
