/**
 * The third vote: a difference that the witness shares is the printer's, one that it does not share the compiler's, and a reduction
 * keeps to that.
 */
import { describe, expect, test } from '@jest/globals';
import { compileExe, DEFAULT_SETTINGS, parseUnit, printUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Answer, Backend } from '../../../harness/backend/door.ts';
import { EXECUTABLE_WAY } from '../../../harness/backend/door.ts';
import { NO_EXPECTATIONS } from '../../../harness/case/expectations.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCaseSupplied } from '../../../harness/check/run-supplied.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Case } from '../../../harness/model/case.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { judgeBucketLater } from '../../../harness/reduce/judge-bucket.ts';
import { reduceCaseLater } from '../../../harness/reduce/reduce.ts';

/** `wrong` words of the program are misread: by the compiler alone, or by what both compilers are given. */
function backend(inCompiler: readonly [string, string], inPrinter: readonly [string, string]): Backend {
  const compile = (text: string): Answer => {
    const parsed = parseUnit(text);
    if (!parsed.ok) return { kind: 'refused', code: 'text', text: parsed.diagnostics[0]!.message };
    const built = compileExe(parsed.unit, DEFAULT_SETTINGS);
    return built.ok ? { kind: 'built', bytes: built.value } : { kind: 'refused', code: 'core', text: '' };
  };
  return {
    name: 'foreign',
    settings: CORE_BACKEND.settings,
    ways: [EXECUTABLE_WAY],
    witness: { name: 'other', accuses: 'codegen' },
    compiler: {
      kind: 'batch',
      most: 100,
      build: (jobs) =>
        Promise.resolve(
          jobs.map(({ unit, way }) => {
            const given = printUnit(unit).replaceAll(...inPrinter);
            return compile(way === 'other' ? given : given.replaceAll(...inCompiler));
          }),
        ),
    },
  };
}

const XOR = [' = xor ', ' = bit_or '] as const;
const SUB = [' = sub_wrap ', ' = add_wrap '] as const;

function caseOf(text: string): Case {
  const read = readCaseFile(text, 'case', { settings: CORE_BACKEND.settings as unknown as Backend['settings'] });
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return read.value.case;
}

const BOTH = caseOf(`export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = xor %0, u32 5
  %2 = sub_wrap %1, u32 3
  %3 = mul_wrap %2, u32 7
  ret %3
}

export fn @g(u32) u32 {
  %0 = arg u32 0
  %1 = xor %0, u32 12
  ret %1
}
;! run @g(4)
;! run @f(1)
`);

const engines = [V8_ENGINE] as const;
const checks = await loadChecks(['interp-exe']);

async function buckets(case_: Case, tested: Backend): Promise<readonly string[]> {
  const { findings } = await runCaseSupplied(case_, { backend: tested, engines, checks, expect: NO_EXPECTATIONS });
  return findings.map(bucketOf);
}

describe('a difference', () => {
  test('that the witness does not have accuses the compiler', async () => {
    expect(await buckets(BOTH, backend(XOR, ['', '']))).toEqual(['codegen/interp-exe/result/-']);
  });

  test('that the witness has too accuses the printer', async () => {
    expect(await buckets(BOTH, backend(['', ''], XOR))).toEqual(['printer/interp-exe/result/-']);
  });

  test('where both are wrong, each in its way, accuses the printer until it is in the way no more', async () => {
    const both = backend(XOR, SUB);
    expect(await buckets(BOTH, both)).toEqual(['printer/interp-exe/result/-']);
    const one = caseOf('export fn @g(u32) u32 {\n  %0 = arg u32 0\n  %1 = xor %0, u32 12\n  ret %1\n}\n;! run @g(4)\n');
    expect(await buckets(one, both)).toEqual(['codegen/interp-exe/result/-']);
  });
});

describe('a reduction', () => {
  test.each([
    ['codegen/interp-exe/result/-', backend(XOR, ['', '']), 'xor'],
    ['printer/interp-exe/result/-', backend(XOR, SUB), 'sub_wrap'],
  ])('in %s keeps what the vote said', async (bucket, tested, tag) => {
    const ask = judgeBucketLater(bucket, { backend: tested, engines, checks });
    const judge = async (candidate: Case) => (await ask(candidate)).findings;
    const reduction = await reduceCaseLater(BOTH, { bucket, maxRuns: 400, settings: tested.settings, judge });
    expect(printUnit(reduction.case.unit)).toContain(` = ${tag} `);
    expect(await buckets(reduction.case, tested)).toEqual([bucket]);
  });
});
