/** The steps of a flush, as a caller is told of them. */
import { describe, expect, test } from '@jest/globals';
import { executable, SAMPLE } from './hand-program.ts';

describe('steps', () => {
  test('are told in order', () => {
    const steps: string[] = [];
    executable(SAMPLE, { onStep: (step) => steps.push(step) });
    expect(steps).toEqual(['resolve symbols', 'number symbols', 'mark live', 'lay out', 'assign indexes', 'write']);
  });
});
