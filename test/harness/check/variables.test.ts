/** The check `variables`: silent on core, whose debug information it really asks, and it sees a place that is another variable's. */
import { expect, test } from '@jest/globals';
import { ALL_PEEPHOLES, compileExe, DEFAULT_SETTINGS } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { FIRST_NAME, PROBE_MODULE, probeNames } from '../../../harness/check/name-probes.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { variablesCheck } from '../../../harness/check/variables.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { askDebugInfo } from '../../../harness/layout/said-values.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { caseOf, coreAnswering } from './fixtures.ts';

const CASE = {
  ...caseOf(`
;! run @f(3, 5) = 8
export fn @f(u32, u32) u32 {
  %0 = arg u32 0
  %1 = arg u32 1
  dbg_var_val %0, "a"
  %3 = alloc *[2]u32
  dbg_var_ptr %3, "in the frame"
  %5 = alloc *u32
  store %5, %1
  dbg_var_ptr %5, "b"
  %8 = load u32 %5
  %9 = add_wrap %0, %8
  ret %9
}
`),
  settings: { ...DEFAULT_SETTINGS, debugInfo: 'unit.air' },
};

function bucketsOf(backend: Backend): string[] {
  const report = runCase(CASE, { engines: [V8_ENGINE], checks: [variablesCheck], backend, every: true });
  return report.findings.map(bucketOf);
}

/** Core, whose modules say of what is in parameter 0 that it is in parameter 1. */
const LYING = coreAnswering((answer) => {
  if (answer.kind !== 'built') return answer;
  const text = Buffer.from(answer.bytes).toString('latin1');
  return {
    kind: 'built',
    bytes: new Uint8Array(Buffer.from(text.replaceAll('\xed\0\0\x9f', '\xed\0\x01\x9f'), 'latin1')),
  };
});

test('core says where variables are', () => {
  expect(bucketsOf(CORE_BACKEND)).toEqual([]);
});

test.each([
  ['without peepholes', DEFAULT_SETTINGS],
  ['with all of them', { ...DEFAULT_SETTINGS, ...ALL_PEEPHOLES }],
])('%s, places are asked', (_what, settings) => {
  const { unit, given } = probeNames(CASE.unit)!;
  expect(given.slice(0, 3)).toEqual(['value', 'address', 'value']);
  const built = compileExe(unit, { ...settings, debugInfo: 'unit.air' });
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  const asking = askDebugInfo(built.value, { module: PROBE_MODULE, first: FIRST_NAME, said: 0x3c71_0000, given });
  expect(asking.complaints.list).toEqual([]);
  // Two of the program, and the constants.
  expect(asking.asked).toBe(2 + given.length - 3);
  expect(WebAssembly.validate(new Uint8Array(asking.bytes))).toBe(true);
});

test('a place that is that of another variable is seen', () => {
  expect(bucketsOf(LYING)).toEqual(['codegen/variables/layout/debug-value']);
});
