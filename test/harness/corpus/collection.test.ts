/** Which stored cases are one case, and which findings a corpus can do without. */
import { expect, test } from '@jest/globals';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import type { Stored } from '../../../harness/corpus/collection.ts';
import { essenceOf, superfluousFindings } from '../../../harness/corpus/collection.ts';

/** A case of `size` instructions that was found with `seed`. */
function stored(file: string, size: number, seed: number, bucket: string | null = 'codegen/run/add', note = ''): Stored {
  const sums = Array.from({ length: size - 2 }, (_, n) => `  %${n + 1} = add_wrap %${n}, u32 1\n`).join('');
  const head = `;! case 1\n;! seed 0x${seed.toString(16)}  profile default  generator 3\n`;
  const named = bucket === null ? '' : `;! bucket ${bucket}\n`;
  const text = `${note}${head}${named}export fn @f(u32) u32 {\n  %0 = arg u32 0\n${sums}  ret %${size - 2}\n}\n;! run @f(4)\n`;
  const read = readCaseFile(text, file);
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return { file, stored: read.value };
}

test('a case is the same whatever is said about it', () => {
  const plain = essenceOf(stored('a.air', 3, 1).stored);
  expect(essenceOf(stored('b.air', 3, 2, 'linker/link/x', '; A comment.\n').stored)).toBe(plain);
  expect(essenceOf(stored('c.air', 4, 1).stored)).not.toBe(plain);
});

test('copies go, and all but the smallest of a bucket, in any order of files', () => {
  const findings = [
    stored('f/e.air', 7, 1),
    stored('f/a.air', 6, 1),
    stored('f/b.air', 3, 2),
    stored('f/c.air', 3, 3),
    stored('f/d.air', 5, 4),
    stored('f/g.air', 4, 5, 'linker/link/x'),
    stored('f/h.air', 9, 6, null),
  ];
  const regressions = [stored('r/x.air', 4, 9)];
  const expected = [
    { file: 'f/a.air', why: 'codegen/run/add has 2 that are no larger' },
    { file: 'f/c.air', why: 'the same case as f/b.air' },
    { file: 'f/e.air', why: 'codegen/run/add has 2 that are no larger' },
    { file: 'f/g.air', why: 'the same case as r/x.air' },
  ];
  expect(superfluousFindings(findings, regressions, 2)).toEqual(expected);
  expect(superfluousFindings(findings.toReversed(), regressions, 2)).toEqual(expected);
  expect(superfluousFindings(findings, [], 9)).toEqual([expected[1]]);
});
