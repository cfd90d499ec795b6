/** Tests of the scratch copy itself: an untouched copy has no errors, an edit has those that it causes, and can be taken back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMPILER_NET, ScratchCopy } from './scratch-copy.ts';

describe('ScratchCopy', () => {
  let copy: ScratchCopy;
  beforeAll(() => {
    copy = new ScratchCopy();
  });
  afterAll(() => {
    copy.remove();
  });

  test(
    'finds the errors of an edit, and none when it is taken back',
    async () => {
      copy.edit(
        'core/support/numeric.ts',
        'export function log2Exact',
        'export const planted: string = 1;\nexport function log2Exact',
      );
      const errors = await copy.errors();
      expect(errors.map(({ file, code }) => `${file} ${code}`)).toEqual(['core/support/numeric.ts TS2322']);
      copy.restore();
      expect(await copy.owing()).toEqual([]);
    },
    COMPILER_NET,
  );

  test('refuses an edit of text that is not there', () => {
    expect(() => {
      copy.edit('core/support/numeric.ts', 'no such text', '');
    }).toThrow('core/support/numeric.ts has "no such text" 0 times, not once');
  });
});
