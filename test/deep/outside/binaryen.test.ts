/**
 * The check `binaryen`: the real optimizer keeps the behaviour of generated programs, and one that does not is found.
 *
 * `npm run outside:install engines` installs it. Where it is missing, its test is skipped by name; in CI it fails.
 */
import { describe, expect, test } from '@jest/globals';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { CORE_SETTINGS } from '../../../harness/backend/core/settings.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { binaryenCheck } from '../../../harness/check/binaryen.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Binaryen, Optimized } from '../../../harness/external/binaryen.ts';
import { BINARYEN_ABSENT, loadBinaryen } from '../../../harness/external/binaryen.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { Stopwatch } from '../../../harness/model/stopwatch.ts';
import { Artefacts } from '../../../harness/way/artefacts.ts';

const binaryen = await loadBinaryen();
if (binaryen === null) test.skip(BINARYEN_ABSENT, () => undefined);

test('CI has it', () => {
  expect(process.env['CI'] === 'true' && binaryen === null).toBe(false);
});

(binaryen === null ? describe.skip : describe)('the real one', () => {
  test.each(['default', 'memory', 'wasm64'])('keeps what programs do, profile %s', (profile) => {
    const generate = generatorOf(profile, null);
    const options = {
      backend: CORE_BACKEND,
      engines: [V8_ENGINE],
      checks: [binaryenCheck(binaryen!)],
      every: true,
    } as const;
    const reports = Array.from({ length: 20 }, (_, n) => runCase(generate(n + 1), options));
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    expect(reports.filter(({ checks }) => checks.length === 1).length).toBeGreaterThan(15);
  });
});

describe('an optimizer with a fault', () => {
  const text = (value: number): string => `export fn @f() u32 {\n  ret u32 ${value}\n}\n;! run @f() = ${value}\n`;
  const caseOf = (value: number) => {
    const read = readCaseFile(text(value), 'case.air', { settings: CORE_SETTINGS });
    if (!read.ok) throw new Error(JSON.stringify(read.errors));
    return read.value.case;
  };
  const moduleOf = (value: number): Uint8Array => {
    const parts = {
      case: caseOf(value),
      backend: CORE_BACKEND,
      stopwatch: new Stopwatch(),
      stepTime: null,
      supply: null,
    };
    const built = new Artefacts(parts).exe();
    if (built.kind !== 'built') throw new Error(built.kind);
    return built.bytes;
  };
  const bucketsWith = (optimized: Optimized): string[] => {
    const faulty: Binaryen = { version: '0', optimize: () => optimized };
    const options = {
      backend: CORE_BACKEND,
      engines: [V8_ENGINE],
      checks: [binaryenCheck(faulty)],
      every: true,
    } as const;
    return runCase(caseOf(7), options).findings.map(bucketOf);
  };

  test('is accused of what its module does', () => {
    expect(bucketsWith({ kind: 'module', bytes: moduleOf(7) })).toEqual([]);
    expect(bucketsWith({ kind: 'module', bytes: moduleOf(8) })).toEqual(['optimizer/binaryen/result/-']);
    expect(bucketsWith({ kind: 'module', bytes: moduleOf(7).slice(0, 30) })).toEqual([
      expect.stringMatching(/^optimizer\/binaryen\/invalid\//),
    ]);
    expect(bucketsWith({ kind: 'failed', message: 'assertion' })).toEqual(['optimizer/binaryen/crash/assertion']);
  });
});
