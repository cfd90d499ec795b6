/**
 * Known bugs as data: what a predicate means, that campaigns count what a bug explains and keep away from it, that a reduction does
 * not end at one, and that a bug that is gone explains nothing.
 */
import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileExe, DEFAULT_SETTINGS, parseUnit, printUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { EXECUTABLE_WAY } from '../../../harness/backend/door.ts';
import type { KnownBug, TypeWish, Where } from '../../../harness/backend/known-bugs.ts';
import { avoiding, bugsMet, knownAs } from '../../../harness/backend/known-bugs.ts';
import { zigSettings } from '../../../harness/backend/zig/zig-settings.ts';
import type { SettingsKind } from '../../../harness/model/settings.ts';
import { readKnownBugs } from '../../../harness/backend/read-known-bugs.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Finding } from '../../../harness/model/finding.ts';
import { Executor } from '../../../harness/worker/executor.ts';
import { replayKnown } from '../../../harness/worker/replay-known.ts';
import { ROOT } from '../cli/run-harness.ts';

const RECIPE = (body: string): string => `;! case 1\nexport fn @f(u32) u32 {\n${body}}\n;! run @f(12)\n`;
const XOR_CASE = RECIPE('  %0 = arg u32 0\n  %1 = xor %0, u32 5\n  ret %1\n');
const MUL_CASE = RECIPE('  %0 = arg u32 0\n  %1 = mul_wrap %0, u32 5\n  ret %1\n');

function bug(id: string, where: Where, text: string, more: Partial<KnownBug> = {}): KnownBug {
  return { id, what: id, shows: ['wrong'], where: [where], flags: [], text, ...more };
}

/** The list says xor and mul_wrap; xor and or are wrong. */
const BUGS = [
  bug('xor', { tags: ['xor'], operands: [{ class: 'int' }] }, XOR_CASE),
  bug('mul', { tags: ['mul_wrap'] }, MUL_CASE),
];

const backend: Backend = {
  name: 'foreign',
  settings: CORE_BACKEND.settings,
  ways: [EXECUTABLE_WAY],
  known: BUGS,
  compiler: {
    kind: 'batch',
    most: 100,
    build: (jobs) =>
      Promise.resolve(
        jobs.map(({ unit }) => {
          const text = printUnit(unit).replaceAll(' = xor ', ' = bit_and ').replaceAll(' = bit_or ', ' = bit_and ');
          const parsed = parseUnit(text);
          if (!parsed.ok) return { kind: 'refused', code: 'text', text: parsed.diagnostics[0]!.message };
          const built = compileExe(parsed.unit, DEFAULT_SETTINGS);
          return built.ok ? { kind: 'built', bytes: built.value } : { kind: 'refused', code: 'core', text: '' };
        }),
      ),
  },
};

const engines = [V8_ENGINE] as const;
const checks = await loadChecks(['validate', 'interp-exe']);

function executor(known: readonly KnownBug[], generate = generatorOf('small', null, { ...backend, known })): Executor {
  return new Executor({
    campaignSeed: 1,
    profile: 'small',
    shard: { index: 0, of: 1 },
    generate,
    backend,
    engines,
    checks,
    known,
    mark: () => undefined,
    keepCandidate: () => undefined,
  });
}

/** The reply to 40 cases, drawn without regard to the list, or with it. */
async function run(known: readonly KnownBug[], generate?: Parameters<typeof executor>[1]) {
  const reply = await executor(known, generate).run({ kind: 'cases', first: 0, count: 40, stopOnFirst: false });
  if (reply.kind !== 'cases') throw new Error(reply.kind);
  return reply;
}

const anything = generatorOf('small', ['xor', 'bit_or', 'mul_wrap'], { ...backend, known: [] });

test('a replay tells the bugs that are there from those that are gone', async () => {
  const replayed = await replayKnown(backend, engines);
  expect(replayed).toEqual({ kind: 'known', active: ['xor'], fixed: ['mul'], unclear: [] });
});

test('a bug that the witness has as well is there', async () => {
  const replayed = await replayKnown({ ...backend, witness: { name: 'witness', accuses: 'codegen' } }, engines);
  expect(replayed).toEqual({ kind: 'known', active: ['xor'], fixed: ['mul'], unclear: [] });
});

test('what a bug explains is counted under its name, and the rest is a finding', async () => {
  const [all, counted, off] = [
    await run([], anything),
    await run([BUGS[0]!], anything),
    await run(BUGS.slice(1), anything),
  ];
  const known = counted.tally.incomparable['known:xor']!;
  expect(known).toBeGreaterThan(0);
  expect(counted.found.length).toBeGreaterThan(0);
  expect(counted.found.length + known).toBe(all.found.length);
  expect(counted.tally.checks['interp-exe']!.failed).toBe(counted.found.length);
  // The predicate of the other bug, were it on, would hide this one: so one that is fixed has to go off.
  expect(off.found.length).toBeLessThan(all.found.length);
});

test('cases keep away from what a bug is about', async () => {
  const generate = generatorOf('small', ['xor', 'bit_or', 'mul_wrap'], { ...backend, known: [BUGS[0]!] });
  const wrong = await run([], generate);
  expect(wrong.found.length).toBeGreaterThan(0);
  for (const { seed } of wrong.found) expect(printUnit(generate(seed).unit)).not.toMatch(/ = xor [^<]/);
  expect(printUnit(generate(7).unit)).toBe(printUnit(generate(7).unit));
});

test('a reduction does not end at a bug that is known, unless it began there', async () => {
  const text = RECIPE('  %0 = arg u32 0\n  %1 = bit_or %0, u32 5\n  %2 = mul_wrap %1, u32 3\n  ret %2\n');
  const bucket = 'codegen/interp-exe/result/-';
  const task = { kind: 'reduce', source: { from: 'text', text }, bucket, maxRuns: 400, maxSeconds: null } as const;
  const known = [bug('or', { tags: ['bit_or'] }, text), bug('xor', { tags: ['xor'] }, XOR_CASE)];
  const reply = await executor(known).run(task);
  if (reply.kind !== 'reduce') throw new Error(reply.kind);
  expect(reply.reduced?.text).toContain('bit_or');
  expect(reply.reduced?.text).not.toContain('mul_wrap');
});

test('repro says which bug explains a finding', async () => {
  const reply = await executor([]).run({ kind: 'check', source: { from: 'text', text: XOR_CASE } });
  if (reply.kind !== 'check') throw new Error(reply.kind);
  expect(reply.findings.map(({ detail }) => detail.split('\n').at(-1))).toEqual(['  known: xor, xor']);
});

describe('a predicate', () => {
  const program = parseUnit(`export fn @f(u32, u64, f32) i64 {
  %0 = arg u32 0
  %1 = arg u64 1
  %2 = arg f32 2
  %3 = shl_sat %0, %1
  %4 = intcast i64 %0
  %5 = add %2, %2
  ret %4
}
var @d: [100]u8 = .{ 0 ** }
`);
  if (!program.ok) throw new Error(program.diagnostics[0]!.message);
  const meets = (where: Where, words: readonly string[] = [], flags: readonly string[] = []): boolean =>
    bugsMet(program.unit, words, [bug('b', where, '', { flags })]).length > 0;

  test.each<[Where, boolean]>([
    [{ tags: ['intcast'] }, true],
    [{ tags: ['trunc', 'intcast'], operands: [{ class: 'int', signed: false, bits: [32, 32] }] }, true],
    [{ tags: ['intcast'], operands: [{ signed: true }] }, false],
    [{ tags: ['intcast'], operands: [{ bits: [33, 64] }] }, false],
    [{ tags: ['intcast'], result: { signed: true, bits: [64, 64] } }, true],
    [{ tags: ['intcast'], result: { class: 'vector', element: { class: 'int' } } }, false],
    [{ tags: ['shl_sat'], relation: [1, 'wider', 0] }, true],
    [{ tags: ['shl_sat'], relation: [1, 'narrower', 0] }, false],
    [{ tags: ['shl_sat'], relation: ['result', 'equal', 0] }, true],
    [{ tags: ['add'], operands: [{ class: ['int', 'enum'] }] }, false],
    [{ tags: ['add'], operands: [null, { class: 'float' }] }, true],
    [{ dataBytes: 100 }, true],
    [{ dataBytes: 101 }, false],
  ])('%j: %s', (where, expected) => {
    expect(meets(where)).toBe(expected);
  });

  test('means a vector with its lanes, unless it says vector', () => {
    const read = parseUnit(`fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = splat vector(2) u32 %0
  %2 = shl_sat %1, vector(2) u64 .{ 1, 2 }
  %3 = array_elem_val %2, usize 0
  ret %3
}
`);
    if (!read.ok) throw new Error(read.diagnostics[0]!.message);
    const met = (where: Where): boolean => bugsMet(read.unit, [], [bug('b', where, '')]).length > 0;
    const lane = { class: 'int', bits: [64, 64] } as const;
    expect([
      met({ tags: ['shl_sat'], operands: [null, lane] }),
      met({ tags: ['shl_sat'], operands: [lane] }),
      met({ tags: ['shl_sat'], operands: [{ class: 'vector', element: { bits: [32, 32] } }] }),
      met({ tags: ['shl_sat'], operands: [{ class: 'vector', element: { bits: [64, 64] } }] }),
    ]).toEqual([true, false, true, false]);
  });

  test('means any field of a struct, the number of its fields, and the convention of the function', () => {
    const read = parseUnit(`fn @f(extern struct { u32, f80 }) callconv(c) u32 {
  %0 = arg extern struct { u32, f80 } 0
  %1 = struct_field_val u32 %0, 0
  ret %1
}
fn @g(packed struct(u8) { u8 }) u8 {
  %0 = arg packed struct(u8) { u8 } 0
  %1 = bitcast u8 %0
  ret %1
}
`);
    if (!read.ok) throw new Error(read.diagnostics[0]!.message);
    const met = (where: Where): boolean => bugsMet(read.unit, [], [bug('b', where, '')]).length > 0;
    const arg = (result: TypeWish, convention?: 'c'): boolean => met({ tags: ['arg'], result, convention });
    expect([
      arg({ class: 'struct', element: { bits: [80, 80] } }),
      arg({ class: 'struct', element: { bits: [64, 64] } }),
      arg({ class: 'packed', element: { class: 'int' } }),
      arg({ class: 'int', element: { class: 'int' } }),
    ]).toEqual([true, false, true, false]);
    expect([arg({ fields: [2, 2] }), arg({ fields: [3, 9] }), arg({ class: 'packed', fields: [1, 1] })]).toEqual([
      true,
      false,
      true,
    ]);
    expect([arg({ class: 'struct' }, 'c'), arg({ class: 'packed' }, 'c')]).toEqual([true, false]);
    // What is drawn does not know its function yet.
    const avoids = (convention?: 'c'): boolean => {
      const keep = avoiding([bug('b', { tags: ['arg'], convention }, '')]);
      return keep(read.unit.pool, 'arg', [], null);
    };
    expect([avoids(), avoids('c')]).toEqual([true, false]);
  });

  test('asks for its flags', () => {
    const where: Where = { tags: ['add'] };
    expect([meets(where, [], ['--fast']), meets(where, ['--fast'], ['--fast'])]).toEqual([false, true]);
  });

  test('explains what looks as the bug does', () => {
    const finding = (kind: Finding['kind']): Finding => ({ check: 'c', stage: 'codegen', kind, op: '-', detail: '' });
    const met = [bug('b', { tags: ['add'] }, '', { shows: ['crash', 'wrong'] })];
    const kinds = ['result', 'memory', 'crash', 'invalid', 'refused', 'layout'] as const;
    expect(kinds.map((kind) => knownAs(finding(kind), met)?.id ?? null)).toEqual(['b', 'b', 'b', null, null, null]);
  });
});

describe('a list', () => {
  function read(content: unknown): readonly KnownBug[] {
    const folder = mkdtempSync(join(tmpdir(), 'known-'));
    try {
      writeFileSync(join(folder, 'a.air'), XOR_CASE);
      writeFileSync(join(folder, 'a.json'), typeof content === 'string' ? content : JSON.stringify(content));
      return readKnownBugs(join(folder, 'a.json'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const one = { id: 'a', what: 'x', shows: ['wrong'], where: [{ tags: ['xor'] }], case: 'a.air' };
  const list = (...bugs: object[]): object => ({ schema: 1, tool: 't', version: '1', bugs });

  test('is read with the texts of its cases', () => {
    expect(read(list(one))).toEqual(
      [{ ...one, case: undefined, flags: [], text: XOR_CASE }].map(({ case: _, ...b }) => b),
    );
    expect(readKnownBugs('/nowhere/at/all.json')).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ['is no JSON', '{', /a\.json: /],
    ['names no instruction', list({ ...one, where: [{ tags: ['xxor'] }] }), /a\.json: bugs\.0\.where\.0/],
    ['has an unknown key', list({ ...one, wher: [] }), /a\.json: bugs\.0/],
    ['has two bugs of a name', list(one, one), /two bugs a/],
    ['names no file', list({ ...one, case: 'b.air' }), /b\.air/],
  ])('that %s is refused', (_, content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  test.each(['zig-0.16.0', 'zig-0.17.1', 'zig-llvm-0.17.1'])(
    'of %s fits: each case meets its own bug, and states what it shows',
    (name) => {
      const bugs = readKnownBugs(join(ROOT, 'outside', 'known', `${name}.json`));
      expect(bugs.length).toBeGreaterThan(0);
      for (const known of bugs) {
        const settings = zigSettings(65536) as unknown as SettingsKind;
        const stored = readCaseFile(known.text, known.id, { settings });
        if (!stored.ok) throw new Error(stored.errors[0]!.message);
        const words = settings.print(stored.value.case.settings);
        expect({ id: known.id, met: bugsMet(stored.value.case.unit, words, [known]).map(({ id }) => id) }).toEqual({
          id: known.id,
          met: [known.id],
        });
        const [stage, check, kind] = stored.value.bucket!.split('/') as ['codegen', string, Finding['kind']];
        expect(knownAs({ stage, check, kind, op: '-', detail: '' }, [known])?.id).toBe(known.id);
      }
    },
  );
});
