/**
 * A program that comes out differently with others than by itself is a finding of the harness, whichever way is right.
 */
import { expect, test } from '@jest/globals';
import { compileExe, DEFAULT_SETTINGS, parseUnit, printUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { EXECUTABLE_WAY } from '../../../harness/backend/door.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { comparedAlone } from '../../../harness/check/alone.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCasesSupplied } from '../../../harness/check/run-supplied.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Case } from '../../../harness/model/case.ts';
import { bucketOf } from '../../../harness/model/finding.ts';

/** xor is wrong where `isWrong` says so of the number of programs in a batch. */
function backend(isWrong: (count: number) => boolean): Backend {
  return {
    name: 'foreign',
    settings: CORE_BACKEND.settings,
    ways: [EXECUTABLE_WAY],
    compiler: {
      kind: 'batch',
      most: 100,
      build: (jobs) =>
        Promise.resolve(
          jobs.map(({ unit }) => {
            const text = printUnit(unit);
            const parsed = parseUnit(isWrong(jobs.length) ? text.replaceAll(' = xor ', ' = bit_or ') : text);
            if (!parsed.ok) return { kind: 'refused', code: 'text', text: '' };
            const built = compileExe(parsed.unit, DEFAULT_SETTINGS);
            return built.ok ? { kind: 'built', bytes: built.value } : { kind: 'refused', code: 'core', text: '' };
          }),
        ),
    },
  };
}

function caseOf(tag: string): Case {
  const text = `export fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = ${tag} %0, u32 5\n  ret %1\n}\n;! run @f(4)\n`;
  const read = readCaseFile(text, 'case', { settings: CORE_BACKEND.settings as unknown as Backend['settings'] });
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return read.value.case;
}

const checks = await loadChecks(['interp-exe']);

async function buckets(isWrong: (count: number) => boolean): Promise<readonly (readonly string[])[]> {
  const make = (n: number): Case => caseOf(n < 2 ? 'bit_and' : 'xor');
  const options = { backend: backend(isWrong), engines: [V8_ENGINE] as const, checks, every: true };
  const reports = await runCasesSupplied(3, make, options);
  return (await comparedAlone(reports, make, options)).map(({ findings }) => findings.map(bucketOf));
}

test.each<[string, (count: number) => boolean, string[]]>([
  ['wrong with others alone', (count) => count > 1, ['harness/interp-exe/crash/batch']],
  ['wrong by itself alone', (count) => count === 1, ['harness/interp-exe/crash/batch']],
  ['always wrong', () => true, ['codegen/interp-exe/result/-']],
  ['never wrong', () => false, []],
])('a program that is %s', async (_, isWrong, expected) => {
  expect(await buckets(isWrong)).toEqual([[], [], expected]);
});
