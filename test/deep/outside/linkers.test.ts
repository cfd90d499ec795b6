/**
 * The check `linkers`: the real linkers agree with ours on generated programs, and of linkers that disagree the right one is accused.
 *
 * LLD comes with `npm ci`; `npm run outside:install zig` installs Zig. Where a linker is missing its test is skipped by name; in CI it fails.
 */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { CORE_SETTINGS } from '../../../harness/backend/core/settings.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { linkersCheck } from '../../../harness/check/linkers.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { ForeignLinker, LinkAnswer } from '../../../harness/linker/foreign-linker.ts';
import { installedLinkers } from '../../../harness/linker/installed-linkers.ts';
import { zigWords } from '../../../harness/linker/zig-linker.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import type { Case } from '../../../harness/model/case.ts';

const linkers = await installedLinkers();
const families = ['lld', 'zig-ld'] as const;

function reportOf(case_: Case, some: readonly ForeignLinker[], backend: Backend = CORE_BACKEND) {
  return runCase(case_, { backend, engines: [V8_ENGINE], checks: [linkersCheck(some)], every: true });
}

function caseOf(text: string): Case {
  const read = readCaseFile(text, 'case.air', { settings: CORE_SETTINGS });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.value.case;
}

const TWO_OBJECTS = `export var @d: u32 = 5
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@d
  %2 = call @g(%1)
  %3 = add_wrap %2, %0
  store *u32 &@d, %3
  ret %3
}
export fn @g(u32) u32 {
  %0 = arg u32 0
  %1 = mul_wrap %0, u32 3
  ret %1
}
;! link a.o = @d @f | b.o = @g | order b.o a.o
;! run @f(1) = 16
;! run @f(2) = 50
`;

describe.each(families)('%s', (family) => {
  const own = linkers.filter((linker) => linker.family === family);
  const present = own.length > 0 ? test : test.skip;

  test('CI has it', () => {
    expect(process.env['CI'] === 'true' && own.length === 0).toBe(false);
  });

  present('links a program in two objects', () => {
    const { findings, checks, incomparable } = reportOf(caseOf(TWO_OBJECTS), own);
    expect({ findings: findings.map(bucketOf), checks, incomparable }).toEqual({
      findings: [],
      checks: [{ name: 'linkers', failed: false }],
      incomparable: [],
    });
  });
});

const zig = linkers.filter(({ family }) => family === 'zig-ld');
(zig.length > 0 ? test : test.skip)('a call of another signature, which Zig refuses, accuses nobody', () => {
  const text = 'export fn @f() u32 {\n  ret u32 7\n}\n;! link a.o = @f\n;! link +signature 0 59074\n;! run @f() = 7\n';
  const { findings, incomparable } = reportOf(caseOf(text), zig);
  expect(findings).toEqual([]);
  expect(incomparable).toEqual(zig.map(({ name }) => `${name}:a call of another signature`));
});

const lld = linkers.filter(({ family }) => family === 'lld');
(lld.length > 0 ? test : test.skip).each(['default', 'link'])('LLD links programs of profile %s', (profile) => {
  const generate = generatorOf(profile, null);
  const reports = Array.from({ length: 5 }, (_, n) => reportOf(generate(n + 1), lld));
  expect(reports.flatMap(({ findings }) => findings.map(bucketOf))).toEqual([]);
  expect(reports.filter(({ checks }) => checks.length === 1).length).toBeGreaterThan(1);
});

describe('of linkers that disagree', () => {
  const valueCase = (value: number): Case =>
    caseOf(`export fn @f() u32 {\n  ret u32 ${value}\n}\n;! link a.o = @f\n;! run @f() = ${value}\n`);
  const moduleOf = (value: number): Uint8Array => {
    const { unit, settings } = valueCase(value);
    const own = settings as Settings;
    const object = CORE_BACKEND.objects!.compile({ unit, settings: own });
    if (object.kind !== 'built') throw new Error(object.kind);
    const linked = CORE_BACKEND.objects!.link([{ name: 'a.o', bytes: object.bytes }], own);
    if (linked.kind !== 'built') throw new Error(linked.kind);
    return linked.bytes;
  };
  const RIGHT: LinkAnswer = { kind: 'module', bytes: moduleOf(7) };
  const WRONG: LinkAnswer = { kind: 'module', bytes: moduleOf(8) };
  const REFUSED: LinkAnswer = { kind: 'refused', text: 'lld: error: a.o: undefined symbol: f' };
  const BROKEN: LinkAnswer = { kind: 'crashed', text: 'SIGSEGV' };
  const fake = (name: string, family: ForeignLinker['family'], answer: LinkAnswer): ForeignLinker => {
    return { name, family, link: () => answer };
  };
  const answering = (lld: LinkAnswer, zig: LinkAnswer): ForeignLinker[] => [
    fake('lld-1', 'lld', lld),
    fake('zig-ld-1', 'zig-ld', zig),
  ];
  const bucketsOf = (some: readonly ForeignLinker[], backend?: Backend): string[] =>
    reportOf(valueCase(7), some, backend).findings.map(bucketOf);
  /** Core with a linker that gives the wrong module where the check asks it. */
  const wrongOurs: Backend = {
    ...CORE_BACKEND,
    command: { ...CORE_BACKEND.command!, link: () => ({ kind: 'built', bytes: moduleOf(8) }) },
  };

  test('nobody is accused where all are right', () => {
    expect(bucketsOf(answering(RIGHT, RIGHT))).toEqual([]);
  });

  test.each([
    ['a wrong module', WRONG, 'result/zig-ld-result'],
    ['a refusal', REFUSED, 'link-error/zig-ld-undefined-symbol-f'],
    ['a broken linker', BROKEN, 'crash/zig-ld-crash'],
  ])('the one that stands alone is, with %s', (_what, answer, bucket) => {
    expect(bucketsOf(answering(RIGHT, answer))).toEqual([`foreign-linker/linkers/${bucket}`]);
  });

  test('ours is, where it stands alone', () => {
    expect(bucketsOf(answering(RIGHT, RIGHT), wrongOurs)).toEqual(['linker/linkers/result/ours-result']);
  });

  test('a family speaks by its newest version; what older ones have alone is counted', () => {
    const versions = (older: LinkAnswer, newer: LinkAnswer): ForeignLinker[] => [
      fake('lld-19.1.7', 'lld', older),
      fake('lld-9.2.0', 'lld', WRONG),
      fake('zig-ld-1', 'zig-ld', RIGHT),
      fake('lld-19.2.0', 'lld', newer),
    ];
    const { findings, incomparable } = reportOf(valueCase(7), versions(WRONG, RIGHT));
    expect(findings).toEqual([]);
    expect(incomparable).toEqual(['lld-19.1.7:fixed in lld-19.2.0: result', 'lld-9.2.0:fixed in lld-19.2.0: result']);
    expect(bucketsOf(versions(RIGHT, WRONG))).toEqual(['foreign-linker/linkers/result/lld-result']);
  });

  test('who wrote the objects is, where two families are wrong alike', () => {
    expect(bucketsOf(answering(WRONG, WRONG))).toEqual(['object-writer/linkers/result/linkers-result']);
    expect(bucketsOf(answering(WRONG, REFUSED))).toEqual([
      'foreign-linker/linkers/result/lld-result',
      'foreign-linker/linkers/link-error/zig-ld-undefined-symbol-f',
    ]);
  });

  test('who lacks something has no vote, and is counted', () => {
    const { findings, incomparable } = reportOf(
      valueCase(7),
      answering(WRONG, { kind: 'unsupported', what: '--wrap' }),
    );
    expect(findings.map(bucketOf)).toEqual(['foreign-linker/linkers/result/lld-result']);
    expect(incomparable).toEqual(['zig-ld-1:--wrap']);
  });
});

test("wasm-ld's words become Zig's, or are named", () => {
  expect(zigWords(['--no-entry', '-z', 'stack-size=8192', '--stack-first', '--gc-sections', '--strip-all'])).toEqual([
    '-fno-entry',
    '--stack',
    '8192',
    '--gc-sections',
    '-fstrip',
  ]);
  expect(zigWords(['--wrap=f'])).toBe('--wrap');
});
