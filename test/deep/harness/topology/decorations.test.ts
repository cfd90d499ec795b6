/** Each decoration by itself, each option and each mistake, in both linkers. */
import { describe, expect, test } from '@jest/globals';
import {
  DENSE_CHOICES,
  DROP_IN_CHOICES,
  DROP_IN_KINDS,
  EDIT_KINDS,
  GADGET_KINDS,
  MISTAKE_KINDS,
  OBJECT_KINDS,
  OPTION_CHOICES,
} from '../../../../generators/index.ts';
import { isPlanOption } from '../../../../harness/case/plan-options.ts';
import { decorated, topologyOf, outcome } from '../../../harness/topology/decorated-program.ts';

const VALUES = [0, 1, 2, 3, 7, 22, 101, 4095, 31337, 65535];
const SYMBOLS = ['f', 'g', 'h', 'x', 'y'];

describe('a decoration by itself', () => {
  test.each(EDIT_KINDS)('%s keeps what the program does', (kind) => {
    let applied = 0;
    for (const symbol of kind === 'archive' || kind === 'join' ? [null] : SYMBOLS) {
      for (const value of [0, 1, 6, 4095]) {
        const case_ = decorated([{ kind, at: value % 5, symbol, value }]);
        applied += topologyOf(case_).applied.length;
        expect(outcome(case_).failed).toEqual([]);
      }
    }
    expect(applied).toBeGreaterThan(0);
  });

  test.each([...GADGET_KINDS, ...DROP_IN_KINDS, ...OBJECT_KINDS])(
    '%s does what it says, in each of its forms',
    (kind) => {
      for (const value of VALUES) {
        const case_ = decorated([{ kind, at: value % 7, symbol: null, value }]);
        const { applied, probes, inspections } = topologyOf(case_);
        expect(applied).toEqual([kind]);
        // A decoy that is linked in is a duplicate; everything else is looked at.
        if (kind !== 'decoy-member') expect(probes.length + inspections.length).toBeGreaterThan(0);
        expect(outcome(case_)).toMatchObject({ failed: [], ran: expect.arrayContaining(['topology']) as unknown });
      }
    },
  );

  test.each(MISTAKE_KINDS)('%s is refused with its code', (kind) => {
    for (const value of [0, 1, 2, 5]) {
      const case_ = decorated([{ kind, at: value, symbol: null, value }]);
      expect(topologyOf(case_).refusals).not.toEqual([]);
      expect(outcome(case_).failed).toEqual([]);
    }
  });

  test.each([
    ['bad-archive', 24, 2],
    ['bad-legacy-table', 4, 1],
    ['bad-object', 24, 7],
    ['bad-sections', 10, 5],
    ['bad-tls-undefined', 4, 1],
  ] as const)('%s is refused with its codes, in each of its %d forms', (kind, forms, count) => {
    const codes = new Set<string>();
    for (let value = 0; value < forms; value++) {
      const case_ = decorated([{ kind, at: value, symbol: null, value }]);
      codes.add(topologyOf(case_).refusals.join());
      expect(outcome(case_).failed).toEqual([]);
    }
    expect(codes.size).toBe(count);
  });

  test('an option by itself keeps what the program does', () => {
    for (const option of [...OPTION_CHOICES, ...DROP_IN_CHOICES, ...DENSE_CHOICES].flat()) {
      expect(isPlanOption(option)).toBe(true);
      expect(outcome(decorated([], [option])).failed).toEqual([]);
    }
    expect(outcome(decorated([], ['--shared-memory', '--no-check-features'])).failed).toEqual([]);
  });
});
