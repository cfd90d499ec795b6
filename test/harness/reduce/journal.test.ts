/**
 * The answers of a reduction on disk: what a dying worker leaves is read as far as it is whole.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../harness/model/finding.ts';
import { HarnessError } from '../../../harness/model/failure.ts';
import { Journal } from '../../../harness/reduce/journal.ts';
import { makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const FINDING: Finding = { check: 'order', stage: 'linker', kind: 'result', op: '-', detail: 'two\nlines' };

describe('a journal', () => {
  test('gives the answers that an earlier one was told, and the fuel of the first', () => {
    const file = join(folder.path, 'a.journal');
    const first = new Journal(file);
    expect([first.answerTo('x'), first.fuel]).toEqual([null, null]);
    first.add('x', [FINDING], 5000);
    first.add('y', [], 5000);
    const second = new Journal(file);
    expect([second.answerTo('x'), second.answerTo('y'), second.answerTo('z')]).toEqual([[FINDING], [], null]);
    expect(second.fuel).toBe(5000);
  });

  test('loses a line that is torn, and none after it', () => {
    const file = join(folder.path, 'b.journal');
    new Journal(file).add('x', [FINDING], 1);
    const text = readFileSync(file, 'utf8');
    for (let length = 0; length < text.length; length++) {
      writeFileSync(file, text.slice(0, length));
      const torn = new Journal(file);
      expect(torn.answerTo('x')).toBeNull();
      torn.add('y', [], 1);
      expect(new Journal(file).answerTo('y')).toEqual([]);
    }
  });

  test('keeps nothing without a file', () => {
    const journal = new Journal(null);
    journal.add('x', [], 1);
    expect(journal.answerTo('x')).toBeNull();
  });

  (process.platform === 'linux' ? test : test.skip)('says that the disk is full', () => {
    const file = join(folder.path, 'full.journal');
    const journal = new Journal(file);
    symlinkSync('/dev/full', file);
    expect(() => journal.add('x', [], 1)).toThrow(HarnessError);
    expect(() => journal.add('x', [], 1)).toThrow(/cannot write .*full\.journal: .*ENOSPC/);
  });
});
