/** Mistakes in single instructions, planted in a copy of the built core: the profile `sweep` finds each of them. */
import { expect, test } from '@jest/globals';
import type { AirTag } from '../../../core/index.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { PLANTED_BUGS } from '../../../bench/planted/bugs.ts';
import { hunt } from './hunt.ts';
import { SWEPT_WIDE_BUGS } from './wide-bugs.ts';

/** Mistakes, and the instructions that they are in: their cells are gone through. */
const SWEPT: Readonly<Record<string, readonly AirTag[]>> = {
  'intcast-extends-by-result-sign': ['intcast'],
  'bitcast-wraps-32-bit-containers-only': ['bitcast'],
  'add-wrap-does-not-wrap': ['add_wrap'],
  'shl-does-not-wrap': ['shl'],
  'mask-is-one-bit-too-wide': ['shl', 'not'],
  'shl-overflow-shifts-back-with-sign': ['shl_with_overflow'],
  'compare-takes-all-integers-for-signed': ['cmp_lt', 'cmp_gte'],
  'mod-selects-the-wrong-way': ['mod'],
  'sub-overflow-asks-the-question-of-add': ['sub_with_overflow'],
  'sub-sat-saturates-the-wrong-way': ['sub_sat'],
  'shl-sat-trusts-wide-amounts': ['shl_sat'],
  'ctz-stops-one-bit-early': ['ctz'],
  'clz-counts-the-container': ['clz'],
  'popcount-counts-the-sign-extension': ['popcount'],
  'float-extreme-forgets-the-right-nan': ['min', 'max'],
  'round-takes-halves-down': ['round'],
  'saturates-many-limbs-without-sign-bit': ['add_sat'],
};

const checks = await loadChecks(['validate', 'interp-exe']);

test.each(Object.entries(SWEPT))('%s is found', async (name, onlyOps) => {
  const bug = [...PLANTED_BUGS, ...SWEPT_WIDE_BUGS].find((one) => one.name === name)!;
  expect(await hunt(bug, { profile: 'sweep', checks, onlyOps })).not.toEqual([]);
});
