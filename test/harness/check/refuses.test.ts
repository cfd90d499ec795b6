/** The check `refuses`: silent on core, and it sees a back end that compiles what it must refuse, or refuses it as something else. */
import { expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Answer, Backend } from '../../../harness/backend/door.ts';
import { refusesCheck } from '../../../harness/check/refuses.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import type { Case } from '../../../harness/model/case.ts';
import { caseOf, coreAnswering } from './fixtures.ts';

const CASE = caseOf(`
;! run @f(3) = 3
export fn @f(u32) u32 {
  %0 = arg u32 0
  ret %0
}
`);

function bucketsOf(case_: Case, backend: Backend = CORE_BACKEND, every = true): string[] {
  const report = runCase(case_, { engines: [V8_ENGINE], checks: [refusesCheck], backend, every });
  return report.findings.map(bucketOf);
}

/** Core, with another answer wherever core refuses. */
const answering = (change: (refused: Answer) => Answer): Backend =>
  coreAnswering((answer) => (answer.kind === 'refused' ? change(answer) : answer));

test('core refuses all of it, with tail calls and without, for every choice of a seed', () => {
  for (const tailCall of [false, true]) {
    const case_ = { ...CASE, settings: { ...DEFAULT_SETTINGS, tailCall } };
    expect(bucketsOf(case_)).toEqual([]);
    for (let seed = 0; seed < 500; seed++) expect(bucketsOf({ ...case_, seed }, CORE_BACKEND, false)).toEqual([]);
  }
});

test('something is compiled that must be refused', () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const lenient = answering(() => ({ kind: 'built', bytes: empty }));
  expect(bucketsOf(CASE, lenient)).toEqual(['codegen/refuses/accepted/refused_type']);
});

test('the reason is another one', () => {
  const wrong = answering((refused) => ({ ...refused, kind: 'refused', code: 'air_invalid', text: 'no' }));
  expect(bucketsOf(CASE, wrong)).toEqual(['codegen/refuses/accepted/air_invalid-not-refused_type']);
});

test('an exception is a crash of the back end', () => {
  const broken = answering(() => {
    throw new TypeError('no layout of u5000');
  });
  expect(bucketsOf(CASE, broken)).toEqual([expect.stringMatching(/^codegen\/refuses\/crash\//)]);
});
