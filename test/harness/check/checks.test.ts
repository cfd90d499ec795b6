/** Each check fails on a planted fault, passes without it, and really ran what it says it compares. */
import { describe, expect, test } from '@jest/globals';
import { printUnit } from '../../../core/index.ts';
import { interpret } from '../../../interpreter/interpret.ts';
import type { ProgramRun } from '../../../interpreter/model/outcome.ts';
import type { Finding } from '../../../harness/model/finding.ts';
import type { CaseReport } from '../../../harness/model/case-report.ts';
import type { Check } from '../../../harness/check/check.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { choose } from '../../../harness/check/choose.ts';
import { defaultChecks } from '../../../harness/model/check-names.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { CORE_TEXT, roundtripCheck } from '../../../harness/check/roundtrip.ts';
import type { RunOptions } from '../../../harness/check/run-steps.ts';
import { withinTime } from '../../../harness/engine/time-guard.ts';
import { runCase, runCases } from '../../../harness/check/run-case.ts';
import { configCheck } from '../../../harness/check/variations.ts';
import { noSettings } from '../../../harness/backend/no-settings.ts';
import { loadWabtValidator, TOO_DEEP, wabtCheck } from '../../../harness/check/wabt.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { DirectEngine, EngineRequest, EngineRun } from '../../../harness/engine/door.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Answers, FakeBackend } from './fixtures.ts';
import { caseOf, fakeBackend, stored, wat } from './fixtures.ts';

const TEXT = `
;! run @f(3) = 4
;! run @f(4)
;! memory @n = 02000000
;! link a.o = @f | b.o = @n
extern fn @seen(u32) void
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@n
  %2 = add_wrap %1, u32 1
  store *u32 &@n, %2
  %4 = call @seen(%2)
  %5 = add_wrap %0, u32 1
  ret %5
}
export var @n: u32 = 0
`;
const CASE = caseOf(TEXT);

/** A right module for the case, with holes for faults. Each module differs from others by `mark` only. */
function moduleOf(
  fault: Partial<Record<'add' | 'count' | 'seen' | 'step' | 'body', string>> = {},
  mark = 0,
): Uint8Array {
  return wat(`(module (import "env" "seen" (func $seen (param i32)))
    (memory (export "memory") 1) (global (export "n") i32 (i32.const 1024)) (global i32 (i32.const ${mark}))
    (func $f (export "f") (param i32) (result i32)
      ${fault.body ?? ''}
      (i32.store (i32.const 1024) (i32.add (i32.load (i32.const 1024)) (i32.const ${fault.count ?? '1'})))
      (call $seen ${fault.seen ?? '(i32.load (i32.const 1024))'})
      (i32.add (local.get 0) (i32.const ${fault.add ?? '1'}))))`);
}

const right = moduleOf();
const rightLinked = moduleOf({}, 1);
const rightSplit = moduleOf({}, 2);
/** As a linked module must not be the bytes of the executable, all three right modules differ. */
const RIGHT: Answers = { exe: right, linked: rightLinked, split: rightSplit, flushes: [right], threaded: right };
/** No module: a function gives an i64 for an i32. */
const invalid = wat('(module (func (result i32) (i32.const 1)))').slice();
invalid[invalid.lastIndexOf(0x41)] = 0x42;
/** Topology needs a decorated plan, which no case here has; test/topology/ has them. The mixed
 * link, layout, variables and refuses need a real back end: mixed.test.ts, layout.test.ts, variables.test.ts, refuses.test.ts. */
const CHECK_NAMES = defaultChecks('default').filter(
  (name) => !['topology', 'engines', 'mixed', 'layout', 'variables', 'refuses'].includes(name),
);
const ALL = await loadChecks();

interface Run {
  readonly report: CaseReport;
  readonly backend: FakeBackend;
  readonly engineRuns: Uint8Array[];
}

function run(answers: Answers, names: readonly string[], options: Partial<RunOptions> = {}): Run {
  const backend = fakeBackend(answers);
  const engineRuns: Uint8Array[] = [];
  const engine: DirectEngine = {
    kind: 'direct',
    name: 'spy',
    run: (request) => {
      engineRuns.push(request.bytes);
      return ((options.engines?.[0] as DirectEngine | undefined) ?? V8_ENGINE).run(request);
    },
  };
  const checks = ALL.filter((check) => names.includes(check.name));
  const report = runCase(CASE, { checks, every: true, ...options, backend, engines: [engine] });
  return { report, backend, engineRuns };
}

function buckets(report: CaseReport): string[] {
  return report.findings.map(bucketOf);
}

describe('without a fault', () => {
  test('all checks run and none fails', () => {
    const { report, backend, engineRuns } = run(RIGHT, CHECK_NAMES);
    expect(report.findings).toEqual([]);
    expect(report.incomparable).toEqual([]);
    expect(report.verdict).toEqual({ kind: 'completed' });
    expect(report.checks).toEqual(CHECK_NAMES.map((name) => ({ name, failed: false })));
    expect(engineRuns).toEqual([right, rightLinked, rightSplit]);
    // Once for all checks, once more for determinism, and once for the parsed text of roundtrip.
    // The one function, of seven instructions, is updated once, and six times for 700 instructions.
    const update = 1 + 6 * (700 / 7);
    // Two outputs with 0, 1, 2 and 4 threads.
    const threaded = 8;
    expect(backend.asked).toEqual({
      // And once for each setting that config changes.
      exe: 24,
      object: 2,
      part: 2,
      linked: 2,
      // And both orders of order.
      split: 3,
      // What a campaign does, then everything; each once more for edits.
      open: 2 + 2,
      flush: 3 + 9,
      update: 1 + update,
      threaded,
    });
    expect(report.steps).toBeGreaterThan(10);
  });

  test('modules that are equal byte for byte are run once', () => {
    const { report, engineRuns } = run({ ...RIGHT, linked: right.slice() }, ['interp-exe', 'exe-linked', 'exe-split']);
    expect(report.checks.map((check) => check.name)).toEqual(['interp-exe', 'exe-linked', 'exe-split']);
    expect(engineRuns).toEqual([right, rightSplit]);
  });

  test('a check that does not apply does not count as run', () => {
    const { report, backend } = run({ exe: right }, CHECK_NAMES);
    expect(report.checks.map((check) => check.name)).toEqual([
      'validate',
      'interp-exe',
      'config',
      'determinism',
      'roundtrip',
      'wabt',
    ]);
    expect(backend.asked.object + backend.asked.linked).toBe(0);
  });

  test('the sampled checks run on as many seeds as they say, always the same ones', () => {
    const backend = fakeBackend({ exe: right, linked: rightLinked, flushes: [right], threaded: right });
    const counts = new Map<string, number>();
    const seen = new Set<string>();
    const runs = 400;
    for (let seed = 0; seed < runs; seed++) {
      const first = runCase({ ...CASE, seed }, { backend, engines: [V8_ENGINE], checks: ALL });
      const names = first.checks.map((check) => check.name);
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
      seen.add(names.join());
      if (seed % 50 !== 0) continue;
      const again = runCase({ ...CASE, seed }, { backend, engines: [V8_ENGINE], checks: ALL });
      expect(again.checks).toEqual(first.checks);
    }
    for (const name of ['validate', 'interp-exe', 'exe-linked']) expect(counts.get(name)).toBe(runs);
    for (const name of ['exe-split', 'order', 'determinism', 'threads', 'reflush', 'roundtrip', 'wabt']) {
      const { frequency } = ALL.find((check) => check.name === name)!;
      expect([name, counts.get(name)! / (runs * frequency) > 0.5]).toEqual([name, true]);
      expect([name, counts.get(name)! / (runs * frequency) < 2]).toEqual([name, true]);
    }
    expect(seen.size).toBeGreaterThan(4);
  });

  test('a replay begins with what the campaign did', () => {
    const firstOf = (every: boolean): string[][] =>
      Array.from({ length: 12 }, (_, seed) => {
        return [...choose({ every, case: { ...CASE, seed } }, 'salt', ['a', 'b', 'c'])];
      });
    const sampled = firstOf(false);
    const all = firstOf(true);
    expect(new Set(sampled.flat()).size).toBe(3);
    expect(sampled.map((list) => list.length)).toEqual(sampled.map(() => 1));
    expect(all.map(([first]) => first)).toEqual(sampled.map(([first]) => first));
    for (const list of all) expect(list.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('objects are made and looked at where the checks that run them are due', () => {
    const answers = { exe: right, linked: rightLinked, split: rightSplit };
    const checks = ALL.filter(({ name }) => ['validate', 'interp-exe', 'exe-linked', 'exe-split'].includes(name));
    let splits = 0;
    for (let seed = 0; seed < 60; seed++) {
      const backend = fakeBackend(answers);
      const ran = runCase({ ...CASE, seed }, { backend, engines: [V8_ENGINE], checks }).checks;
      const isSplit = ran.some(({ name }) => name === 'exe-split');
      expect([seed, backend.asked.linked, backend.asked.part > 0, backend.asked.split > 0]).toEqual([
        seed,
        1,
        isSplit,
        isSplit,
      ]);
      if (isSplit) splits++;
    }
    expect(splits).toBeGreaterThan(0);
    expect(splits).toBeLessThan(60);
    const backend = fakeBackend({ ...answers, split: invalid });
    const alone = ALL.filter(({ name }) => name === 'validate');
    for (let seed = 0; seed < 10; seed++) {
      const { findings } = runCase({ ...CASE, seed }, { backend, engines: [V8_ENGINE], checks: alone });
      expect(findings.map(bucketOf)).toEqual(['linker/validate/invalid/operand-types']);
    }
  });
});

describe('interp-exe', () => {
  const faults: [string, Parameters<typeof moduleOf>[0], string][] = [
    ['a wrong constant', { add: '2' }, 'codegen/interp-exe/result/-'],
    ['a trap', { body: 'unreachable' }, 'codegen/interp-exe/trap/-'],
    ['a wrong argument of an import', { seen: '(i32.const 7)' }, 'codegen/interp-exe/trace/-'],
    [
      'a wrong store',
      { count: '1', seen: '(i32.load (i32.const 1024)) (i32.store (i32.const 1024) (i32.const 9))' },
      'codegen/interp-exe/trace/-',
    ],
    ['an endless loop', { body: '(loop (br 0))' }, 'codegen/interp-exe/timeout/-'],
  ];
  test.each(faults)('%s is found', (_what, fault, bucket) => {
    const wrong = moduleOf(fault);
    const { report } = run({ exe: wrong, linked: wrong }, ['interp-exe'], { time: { case: 400, step: 200 } });
    expect(buckets(report)).toEqual([bucket]);
    expect(report.checks).toEqual([{ name: 'interp-exe', failed: true }]);
  });

  test('a variable that ends up wrong is found, with place and bytes', () => {
    const quiet = caseOf(
      'export fn @f() void {\nstore *u32 &@n, u32 5\nret void {}\n}\nexport var @n: u32 = 0\n;! run @f()\n',
    );
    const wrong = wat(`(module (memory (export "memory") 1) (global (export "n") i32 (i32.const 16))
      (func (export "f") (i32.store16 (i32.const 16) (i32.const 0x105))))`);
    const report = runCase(quiet, {
      backend: fakeBackend({ exe: wrong }),
      engines: [V8_ENGINE],
      checks: ALL,
      every: true,
    });
    expect(buckets(report)).toContain('codegen/interp-exe/memory/-');
    expect(report.findings[0]!.detail).toContain('@n+1: memory\n  reference: 000000\n  executable: 010000');
  });

  test('when the linked object is right, what wrote the executable is accused', () => {
    const { report } = run({ exe: moduleOf({ add: '2' }), linked: rightLinked }, [
      'interp-exe',
      'exe-linked',
      'exe-split',
    ]);
    expect(buckets(report)).toEqual(['linker/interp-exe/result/-']);
  });

  test('a refusal and an exception are findings with their class, once', () => {
    const refused = { kind: 'refused', code: 'unsupported_instruction', text: 'no' } as const;
    expect(buckets(run({ ...RIGHT, exe: refused }, CHECK_NAMES).report)).toEqual([
      'codegen/interp-exe/refused/unsupported_instruction',
    ]);
    const threw = (): never => {
      throw new TypeError("Cannot read properties of undefined (reading 'x')");
    };
    expect(buckets(run({ ...RIGHT, exe: threw }, CHECK_NAMES).report)).toEqual(['codegen/interp-exe/crash/type-error']);
  });

  test('a compiler that does not end is found', () => {
    const hang = (): never => {
      for (;;);
    };
    const { report } = run({ exe: hang }, ['interp-exe'], { time: { case: 100, step: 50 } });
    expect(buckets(report)).toEqual(['codegen/interp-exe/timeout/build']);
  });

  test('an engine that alters what it hands out is found: outcomes, trace, memory, stack', () => {
    const alter = (change: (run: Extract<EngineRun, { kind: 'ran' }>) => object): string[] => {
      const engine: DirectEngine = {
        kind: 'direct',
        name: 'altered',
        run: (request) => {
          const result = V8_ENGINE.run(request);
          return result.kind === 'ran' ? { ...result, ...change(result) } : result;
        },
      };
      return buckets(run({ exe: right }, ['interp-exe'], { engines: [engine] }).report);
    };
    expect(alter(() => ({}))).toEqual([]);
    expect(alter((r) => ({ outcomes: [r.outcomes[0], { kind: 'returned', bits: 0n }] }))).toEqual([
      'codegen/interp-exe/result/-',
    ]);
    expect(alter((r) => ({ outcomes: r.outcomes.slice(0, 1) }))).toEqual(['codegen/interp-exe/trap/-']);
    expect(alter((r) => ({ trace: r.trace.slice(1) }))).toEqual(['codegen/interp-exe/trace/-']);
    expect(
      alter((r) => ({
        state: { ...r.state, ranges: new Map([...r.state.ranges.keys()].map((at) => [at, new Uint8Array(64)])) },
      })),
    ).toEqual(['codegen/interp-exe/memory/-']);
    expect(alter((r) => ({ state: { ...r.state, stackPointer: { before: 16, after: 0 } } }))).toEqual([
      'codegen/interp-exe/stack/-',
    ]);
  });
});

describe('exe-linked and exe-split', () => {
  const wrong = moduleOf({ add: '2' });

  test('a linked object that differs alone accuses the linker', () => {
    const { report, engineRuns } = run({ ...RIGHT, linked: wrong }, ['exe-linked']);
    expect(buckets(report)).toEqual(['linker/exe-linked/result/-']);
    expect(engineRuns).toContain(wrong);
  });

  test('a linked object that is wrong in another way than the executable is reported besides it', () => {
    const { report } = run({ exe: moduleOf({ add: '3' }), linked: wrong, split: wrong }, [
      'interp-exe',
      'exe-linked',
      'exe-split',
    ]);
    expect(buckets(report)).toEqual(['codegen/interp-exe/result/-', 'linker/exe-linked/result/-']);
  });

  test('one mistake on all ways is one bucket', () => {
    const { report } = run({ exe: wrong, linked: wrong, split: moduleOf({ add: '2' }, 1) }, [
      'interp-exe',
      'exe-linked',
      'exe-split',
    ]);
    expect(buckets(report)).toEqual(['codegen/interp-exe/result/-']);
    expect(report.checks).toEqual([
      { name: 'interp-exe', failed: true },
      { name: 'exe-linked', failed: false },
      { name: 'exe-split', failed: false },
    ]);
  });

  test('a wrong pointer is one bucket on all ways, although its address differs', () => {
    const pointer = caseOf(
      'export fn @f() void {\nret void {}\n}\nexport var @p: *u8 = &@x\nexport var @x: u8 = 0\n;! run @f()\n',
    );
    const at = (address: number): Uint8Array =>
      wat(`(module (memory (export "memory") 1) (global (export "p") i32 (i32.const ${address}))
        (global (export "x") i32 (i32.const ${address + 8})) (func (export "f"))
        (data (i32.const ${address}) "\\${address + 9}"))`);
    const backend = fakeBackend({ exe: at(16), linked: at(32), split: at(48) });
    const report = runCase(pointer, { backend, engines: [V8_ENGINE], checks: ALL, every: true });
    expect(report.findings.filter((finding) => finding.kind === 'memory').map(bucketOf)).toEqual([
      'codegen/interp-exe/memory/-',
    ]);
  });

  test('a split program that differs alone is found, and its objects were made as the plan says', () => {
    const { report, backend } = run({ ...RIGHT, split: wrong }, ['exe-split']);
    expect(buckets(report)).toEqual(['linker/exe-split/result/-']);
    expect(backend.asked).toMatchObject({ part: 2, split: 1 });
  });

  test('objects and links that fail are found at the first check that needs them, once', () => {
    const refused = { kind: 'refused', code: 'undefined_symbol', text: 'undefined symbol: x' } as const;
    const threw = (): never => {
      throw new Error('broken invariant');
    };
    const names = ['validate', 'interp-exe', 'exe-linked', 'exe-split'];
    expect(buckets(run({ ...RIGHT, linked: refused, split: refused }, names).report)).toEqual([
      'linker/exe-linked/link-error/undefined_symbol',
    ]);
    expect(buckets(run({ ...RIGHT, split: refused }, names).report)).toEqual([
      'linker/exe-split/link-error/undefined_symbol',
    ]);
    expect(buckets(run({ ...RIGHT, object: threw }, names).report)).toEqual([
      'object-writer/exe-linked/crash/broken-invariant',
    ]);
  });

  test('objects swapped by a faulty order are seen', () => {
    const backend = fakeBackend(RIGHT);
    const orders: string[][] = [];
    const spy: FakeBackend = {
      ...backend,
      objects: {
        ...backend.objects!,
        link: (objects, settings) => {
          orders.push(objects.map((object) => object.name));
          return backend.objects!.link(objects, settings);
        },
      },
    };
    const case_ = { ...CASE, plan: { ...CASE.plan, order: [1, 0] } };
    runCase(case_, { backend: spy, engines: [V8_ENGINE], checks: ALL, every: true });
    expect(orders).toContainEqual(['b.o', 'a.o']);
  });
});

describe('the checks of bytes', () => {
  const changed = right.slice();
  changed[changed.length - 1]! ^= 1;

  test('validate reports the first artefact that is no module, with the stage that made it', () => {
    expect(WebAssembly.validate(invalid)).toBe(false);
    const op = 'operand-types';
    expect(buckets(run({ ...RIGHT, exe: invalid }, CHECK_NAMES).report)).toContain(`codegen/validate/invalid/${op}`);
    expect(buckets(run({ ...RIGHT, object: invalid }, ['validate']).report)).toEqual([
      `object-writer/validate/invalid/${op}`,
    ]);
    const linked = run({ ...RIGHT, linked: invalid }, ['validate', 'exe-linked']).report;
    expect(buckets(linked)).toEqual([`linker/validate/invalid/${op}`]);
    expect(linked.incomparable).toEqual(['rejected:compile']);
    expect(buckets(run({ ...RIGHT, split: invalid }, ['validate']).report)).toEqual([`linker/validate/invalid/${op}`]);
  });

  test('determinism sees one changed byte in the second executable, object or link', () => {
    const second = (bytes: Uint8Array) => {
      let count = 0;
      return () => (count++ === 0 ? bytes : changed);
    };
    expect(buckets(run({ ...RIGHT, exe: second(right) }, ['determinism']).report)).toEqual([
      'codegen/determinism/bytes/exe',
    ]);
    expect(buckets(run({ ...RIGHT, object: second(right) }, ['determinism']).report)).toEqual([
      'object-writer/determinism/bytes/object',
    ]);
    expect(buckets(run({ ...RIGHT, linked: second(rightLinked) }, ['determinism']).report)).toEqual([
      'linker/determinism/bytes/link',
    ]);
  });

  test('threads sees one changed byte in the executable or the object of any number of threads', () => {
    const nth = (n: number) => {
      let count = 0;
      return () => (count++ === n ? changed : right);
    };
    const found = (n: number) => buckets(run({ ...RIGHT, threaded: nth(n) }, ['threads']).report);
    for (const n of [0, 3]) expect(found(n)).toEqual(['codegen/threads/bytes/exe']);
    for (const n of [4, 7]) expect(found(n)).toEqual(['codegen/threads/bytes/object']);
    expect(found(8)).toEqual([]);
  });

  test('reflush sees a first, second, updated or often updated flush that is not the clean build', () => {
    const flushes = (...list: Uint8Array[]): string[] => buckets(run({ ...RIGHT, flushes: list }, ['reflush']).report);
    expect(flushes(changed)).toEqual(['linker/reflush/bytes/clean']);
    expect(flushes(right, changed)).toEqual(['linker/reflush/bytes/twice']);
    expect(flushes(right, right, changed)).toEqual(['linker/reflush/bytes/update']);
    // Two flushes and one update of what a campaign does are right, and so are those of everything.
    const before = Array.from({ length: 6 }, () => right);
    expect(flushes(...before, changed)).toEqual(['linker/reflush/bytes/often']);
    expect(flushes(...before, right)).toEqual([]);
  });

  test('reflush reports an exception of the kept compilation', () => {
    const threw = (): never => {
      throw new Error('freed twice');
    };
    expect(buckets(run({ ...RIGHT, flushes: [threw] }, ['reflush']).report)).toEqual([
      'linker/reflush/crash/freed-twice',
    ]);
  });

  const withCheck = (check: Check, answers: Answers = RIGHT): string[] =>
    buckets(runCase(CASE, { backend: fakeBackend(answers), engines: [V8_ENGINE], checks: [check], every: true }));

  test('roundtrip sees text that does not parse, prints differently or means something else', () => {
    const form = (change: Partial<typeof CORE_TEXT>): string[] =>
      withCheck(roundtripCheck({ ...CORE_TEXT, ...change }));
    expect(form({})).toEqual([]);
    expect(form({ print: (unit) => printUnit(unit).replace('ret', 'rot') })).toEqual(['text/roundtrip/text/parse']);
    let prints = 0;
    expect(form({ print: (unit) => printUnit(unit) + '; '.repeat(prints++) })).toEqual(['text/roundtrip/text/print']);
    expect(
      form({
        parse: () => {
          throw new Error('no cursor');
        },
      }),
    ).toEqual(['text/roundtrip/crash/no-cursor']);
    let builds = 0;
    const exe = () => (builds++ === 0 ? right : changed);
    expect(withCheck(roundtripCheck(CORE_TEXT), { exe })).toEqual(['text/roundtrip/bytes/compile']);
  });

  test('wabt is asked for executable and linked object, and heard', () => {
    const asked: Uint8Array[] = [];
    const none = wabtCheck((bytes) => (asked.push(bytes), null));
    expect(withCheck(none)).toEqual([]);
    expect(asked).toEqual([right, rightLinked]);
    const second = wabtCheck((bytes) => (bytes === rightLinked ? '0000a3: error: bad name index 7\nmore' : null));
    expect(withCheck(second)).toEqual(['linker/wabt/invalid/bad-name-index']);
    // A name section that counts more names than it has: V8 does not look, wabt does.
    const names = new Uint8Array([...right, 0, 9, 4, 0x6e, 0x61, 0x6d, 0x65, 1, 2, 9, 0]);
    expect(WebAssembly.validate(names)).toBe(true);
    expect(
      withCheck(
        ALL.find((check) => check.name === 'wabt')!,
        { exe: names },
      ),
    ).toHaveLength(1);
  });
});

describe('stored expectations', () => {
  const withExpectations = (text: string, options: Partial<RunOptions> = {}): Finding[] => {
    const { case: case_, expect: stated } = stored(text);
    const backend = fakeBackend({ exe: right });
    return [...runCase(case_, { backend, engines: [V8_ENGINE], checks: [], expect: stated, ...options }).findings];
  };

  test('hold for the interpreter and for the executable', () => {
    expect(withExpectations(TEXT)).toEqual([]);
  });

  test('that are wrong fail on both sides', () => {
    const sides = (text: string): string[] => withExpectations(text).map(bucketOf);
    const both = (kind: string): string[] => [`interpreter/expect/${kind}/-`, `codegen/expect/${kind}/-`];
    expect(sides(TEXT.replace('= 4', '= 5'))).toEqual(both('result'));
    expect(sides(TEXT.replace('= 4', 'traps unreachable'))).toEqual(both('trap'));
    expect(sides(TEXT.replace('@n = 02', '@n = 03'))).toEqual(both('memory'));
    expect(sides(TEXT.replace('@n = 02', '@n = ??'))).toEqual(['interpreter/expect/memory/-']);
  });

  test('show which side changed its mind', () => {
    const wrongExe = fakeBackend({ exe: moduleOf({ add: '2' }) });
    expect(withExpectations(TEXT, { backend: wrongExe }).map(bucketOf)).toEqual(['codegen/expect/result/-']);
    const wrongReference = (...args: Parameters<typeof interpret>): ProgramRun => {
      const result = interpret(...args);
      return { ...result, outcomes: [{ kind: 'returned', bits: 9n }, ...result.outcomes.slice(1)] };
    };
    expect(withExpectations(TEXT, { interpret: wrongReference }).map(bucketOf)).toEqual([
      'interpreter/expect/result/-',
    ]);
  });

  test('of a case whose run is illegal are broken', () => {
    const text = ';! run @f() = {}\nexport fn @f() void {\nunreach\n}\n';
    expect(withExpectations(text).map(bucketOf)).toEqual(['interpreter/expect/illegal/reached_unreachable']);
  });
});

describe('cases that are nobody’s failure', () => {
  const backend = fakeBackend({ exe: right });
  const report = (text: string): CaseReport =>
    runCase(caseOf(text), { backend, engines: [V8_ENGINE], checks: ALL, every: true });

  test('an illegal run is discarded by its kind, and nothing is built', () => {
    const { verdict, findings, checks } = report(';! run @f()\nexport fn @f() void {\nunreach\n}\n');
    expect(verdict).toEqual({ kind: 'discarded', reason: 'illegal:reached_unreachable' });
    expect(findings).toEqual([]);
    expect(checks).toEqual([]);
    expect(backend.asked.exe).toBe(0);
  });

  test('a run without end is discarded as exhausted', () => {
    const { verdict } = report(';! run @f()\nexport fn @f() void {\n%0 = loop noreturn {\nrepeat %0\n}\n}\n');
    expect(verdict).toEqual({ kind: 'discarded', reason: 'exhausted:fuel' });
  });

  test('an interpreter that throws is a finding of its own stage', () => {
    const interpretBroken = (): never => {
      throw new Error('shadow out of step');
    };
    const { report: result } = run(RIGHT, CHECK_NAMES, { interpret: interpretBroken });
    expect(buckets(result)).toEqual(['interpreter/interp-exe/crash/shadow-out-of-step']);
  });

  test('a program that needs more stack than its settings give is discarded', () => {
    const program = (stackSize: number): string => `;! link --stack-size=${stackSize}
;! run @f() = 7
export fn @f() u32 {
  %0 = alloc *[300]u32
  %1 = ptr_elem_ptr *u32 %0, usize 2
  store %1, u32 7
  %3 = load u32 %1
  ret %3
}
`;
    const of = (stackSize: number): CaseReport =>
      runCase(caseOf(program(stackSize)), { backend: CORE_BACKEND, engines: [V8_ENGINE], checks: ALL, every: true });
    for (const stackSize of [0, 16, 1200]) {
      const { findings, verdict } = of(stackSize);
      expect([stackSize, findings]).toEqual([stackSize, []]);
      const discarded = { kind: 'discarded', reason: 'stack too small for the program' };
      expect(verdict).toEqual(stackSize < 1200 ? discarded : { kind: 'completed' });
    }
    expect(of(2400)).toMatchObject({ findings: [], verdict: { kind: 'completed' } });
  });

  test('what routines of the runtime library need is not given to the program', () => {
    const of = (stackSize: number): CaseReport => {
      const text = `;! link --stack-size=${stackSize}
;! run @f(3.0)
export fn @f(f64) f64 {
  %0 = arg f64 0
  %1 = log %0
  ret %1
}
`;
      return runCase(caseOf(text), { backend: CORE_BACKEND, engines: [V8_ENGINE], checks: ALL, every: true });
    };
    const discarded = { kind: 'discarded', reason: 'stack too small for the program' };
    expect(of(512)).toMatchObject({ findings: [], verdict: discarded });
    expect(of(1088)).toMatchObject({ findings: [], verdict: { kind: 'completed' } });
  });

  test('nesting that is too deep for wabt is not compared by it, and it works again afterwards', async () => {
    const validator = await loadWabtValidator();
    const depth = 20_000;
    const nested = [...Array<number[]>(depth).fill([0x02, 0x40]), ...Array<number[]>(depth).fill([0x0b])].flat();
    const size = (n: number): number[] => {
      const low = n & 0x7f;
      return n < 128 ? [low] : [low | 0x80, ...size(n >>> 7)];
    };
    const body = [0, ...nested, 0x0b];
    const code = [1, ...size(body.length), ...body];
    const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
    const deep = Uint8Array.from([...head, 10, ...size(code.length), ...code]);
    expect(WebAssembly.validate(deep)).toBe(true);
    expect(validator(deep)).toBe(TOO_DEEP);
    const flat = Uint8Array.from([...head, 10, 4, 1, 2, 0, 0x0b]);
    while (validator(flat) === TOO_DEEP) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(validator(flat)).toBeNull();
    const report = runCase(CASE, {
      backend: fakeBackend(RIGHT),
      engines: [V8_ENGINE],
      checks: [wabtCheck(() => TOO_DEEP)],
      every: true,
    });
    expect([report.findings, report.incomparable]).toEqual([[], [TOO_DEEP]]);
  });

  test('a harness that throws accuses itself', () => {
    const engine: DirectEngine = {
      kind: 'direct',
      name: 'broken',
      run: () => {
        throw new Error('no engine here');
      },
    };
    const { report: result } = run({ exe: right }, ['interp-exe'], { engines: [engine] });
    expect(buckets(result)).toEqual(['harness/interp-exe/crash/no-engine-here']);
  });
});

describe('many cases', () => {
  const endless = moduleOf({ body: '(loop (br 0))' });
  const checks = ALL.filter((check) => check.name === 'interp-exe');

  test('give the reports that they give one by one, in order, an endless one among them included', () => {
    const made: number[] = [];
    const seen: string[] = [];
    let current = 0;
    const backend = fakeBackend({ exe: () => (current === 21 ? endless : right) });
    const make = (n: number) => {
      made.push(n);
      current = n;
      return { ...CASE, seed: n };
    };
    const options = { backend, engines: [V8_ENGINE], checks, time: { case: 600, step: 100 } } satisfies RunOptions;
    runCases(40, make, options, (report, n) => {
      seen.push(`${n} ${report.case.seed} ${buckets(report).join()}`);
      return true;
    });
    const bucket = (n: number): string => (n === 21 ? 'codegen/interp-exe/timeout/-' : '');
    expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => `${n} ${n} ${bucket(n)}`));
    expect(made.filter((n) => n === 21)).toHaveLength(2);
    expect(made).toHaveLength(41);
  });

  test('end with the last one, though the guard strikes when that is through', () => {
    const late = (milliseconds: number, body: () => void) => {
      withinTime(milliseconds, body);
      return { timedOut: true, starved: true } as never;
    };
    const made: number[] = [];
    const make = (n: number) => {
      made.push(n);
      return { ...CASE, seed: n };
    };
    const seen: number[] = [];
    const backend = fakeBackend({ exe: right });
    const options = { backend, engines: [V8_ENGINE], checks, guard: late as typeof withinTime } satisfies RunOptions;
    runCases(20, make, options, (report, n) => {
      expect(report.findings).toEqual([]);
      return seen.push(n) > 0;
    });
    const all = Array.from({ length: 20 }, (_, n) => n);
    expect([made, seen]).toEqual([all, all]);
  });

  test('leave one that the guard struck at to whoever wants it', () => {
    let current = 0;
    const backend = fakeBackend({ exe: () => (current === 21 ? endless : right) });
    const make = (n: number) => {
      current = n;
      return { ...CASE, seed: n };
    };
    const options = { backend, engines: [V8_ENGINE], checks, time: { case: 300, step: 100 } } satisfies RunOptions;
    const seen: number[] = [];
    const struck: number[] = [];
    runCases(
      40,
      make,
      options,
      (_report, n) => seen.push(n) > 0,
      (n) => struck.push(n) < 0,
    );
    expect(seen).toEqual(Array.from({ length: 21 }, (_, n) => n));
    expect(struck).toEqual([21]);
  });

  test('are not accused when the process does not get the processor', () => {
    // Waits without working, as a suspended process does, until the guard strikes.
    const wait = (): void => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    const made: (typeof CASE)[] = [];
    const again = (given: typeof CASE): typeof CASE => {
      made.push({ ...given });
      return made.at(-1)!;
    };
    let builds = 0;
    const slowAtFirst = fakeBackend({ exe: () => (builds++ < 2 ? (wait(), right) : right) });
    const time = { case: 200, step: 100 };
    const report = runCase(CASE, { backend: slowAtFirst, engines: [V8_ENGINE], checks, time, again });
    expect(report.findings).toEqual([]);
    expect(report.incomparable).toEqual([]);
    expect(made.length).toBeGreaterThan(1);
    expect(report.case).toBe(made.at(-1));

    const always = fakeBackend({ exe: () => (wait(), right) });
    const never = runCase(CASE, { backend: always, engines: [V8_ENGINE], checks, time: { ...time, mostPatience: 1 } });
    expect(never.findings).toEqual([]);
    expect(never.incomparable).toEqual(['no processor time']);
  });

  test('run in a fast form, one in eight as they are, and what fails must fail as it is', () => {
    const backend = fakeBackend({ exe: right });
    const forms = { fast: 0, plain: 0 };
    const engineThat = (alters: (isFast: boolean) => boolean): DirectEngine => {
      const altered = (request: EngineRequest, isFast: boolean): EngineRun => {
        forms[isFast ? 'fast' : 'plain']++;
        const result = isFast ? V8_ENGINE.fast!(request) : V8_ENGINE.run(request);
        return result.kind === 'ran' && alters(isFast) ? { ...result, outcomes: [] } : result;
      };
      const run = (request: EngineRequest): EngineRun => altered(request, false);
      return { kind: 'direct', name: 'altered', run, fast: (request) => altered(request, true) };
    };
    const found = (engine: DirectEngine): string[] => {
      const list: string[] = [];
      const make = (n: number) => ({ ...CASE, seed: n });
      runCases(64, make, { backend, engines: [engine], checks }, (report) => list.push(...buckets(report)) >= 0);
      return list;
    };
    expect(found(engineThat(() => false))).toEqual([]);
    expect(forms.plain).toBeGreaterThan(2);
    expect(forms.plain).toBeLessThan(20);
    expect(forms.fast + forms.plain).toBe(64);
    const always = found(engineThat(() => true));
    expect(always).toHaveLength(64);
    expect(new Set(always)).toEqual(new Set(['codegen/interp-exe/trap/-']));
    const fast = found(engineThat((isFast) => isFast));
    expect(fast.length).toBeGreaterThan(44);
    expect(new Set(fast)).toEqual(new Set(['harness/interp-exe/crash/-']));
  });

  test('stop where they are told to', () => {
    const seen: number[] = [];
    const backend = fakeBackend({ exe: right });
    runCases(
      40,
      (n) => ({ ...CASE, seed: n }),
      { backend, engines: [V8_ENGINE], checks },
      (_report, n) => {
        seen.push(n);
        return n < 4;
      },
    );
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});

test('config is not asked of a back end whose settings never vary', () => {
  expect(configCheck.possible!(CORE_BACKEND, [V8_ENGINE])).toBe(true);
  expect(configCheck.possible!({ ...CORE_BACKEND, settings: noSettings(65536) }, [V8_ENGINE])).toBe(false);
});
