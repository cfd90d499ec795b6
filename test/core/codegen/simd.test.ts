/** Vectors that are one v128: each lane is where it belongs, made of operands and read by constant and by computed indexes. */
import { expect, test } from '@jest/globals';
import { compileExe } from '../../../core/pipeline/compile.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import type { Scalar } from './run-air.ts';
import { expectOk, readUnit, start } from './run-air.ts';

const LANES = [
  ['i8', 16],
  ['u8', 16],
  ['i16', 8],
  ['u16', 8],
  ['i32', 4],
  ['i64', 2],
  ['f32', 4],
  ['f64', 2],
] as const;

/** Functions of the lanes of a vector that give one of them: by an index, and by each constant. */
function program(ty: string, count: number): string {
  const args = Array.from({ length: count }, (_, k) => `%${k} = arg ${ty} ${k}`).join(' ');
  const list = Array.from({ length: count }, (_, k) => `%${k}`).join(', ');
  const types = Array.from({ length: count }, () => ty).join(', ');
  const byIndex = `export fn @at(${types}, usize) ${ty} {
    ${args} %${count} = arg usize ${count} %${count + 1} = aggregate_init vector(${count}) ${ty} { ${list} }
    %${count + 2} = array_elem_val %${count + 1}, %${count} ret %${count + 2} }`;
  const byConstant = Array.from(
    { length: count },
    (_, k) => `export fn @lane${k}(${types}) ${ty} {
      ${args} %${count} = aggregate_init vector(${count}) ${ty} { ${list} }
      %${count + 1} = array_elem_val %${count}, usize ${k} ret %${count + 1} }`,
  );
  return [byIndex, ...byConstant].join('\n');
}

// Fails where replace_lane or extract_lane has another index than that of the operand: campaigns rarely look at one lane of what they make.
test.each(LANES)('each lane of %s is the operand of its place', (ty, count) => {
  const bytes = expectOk(compileExe(readUnit(program(ty, count)), { ...DEFAULT_SETTINGS, simd128: true }));
  const { call } = start(bytes);
  const values = Array.from({ length: count }, (_, k): Scalar => (ty === 'i64' ? BigInt(k + 1) : k + 1));
  expect(values.map((_, k) => call['at']!(...values, k))).toEqual(values);
  expect(values.map((_, k) => call[`lane${k}`]!(...values))).toEqual(values);
});
