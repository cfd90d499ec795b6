/**
 * Codegen threads: the bytes depend neither on how many there are nor on when each of them is done.
 *
 * The threads run the build (Node 20 loads no TypeScript in threads), everything else runs from the sources.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { NavIndex, Settings, Unit } from '../../../../core/index.ts';
import {
  Body,
  compileExe,
  compileExeThreaded,
  compileExeThreadedSync,
  compileObject,
  compileObjectThreaded,
  compileObjectThreadedSync,
  DEFAULT_SETTINGS,
  InternPool,
  parseUnit,
  printUnit,
  stopCodegenThreads,
} from '../../../../core/index.ts';
import { codegenOptions, Compilation } from '../../../../core/pipeline/compile.ts';
import { CodegenJob } from '../../../../core/pipeline/threads/codegen-job.ts';
import { CODEGEN_THREADS, CodegenThreads } from '../../../../core/pipeline/threads/codegen-threads.ts';
import { functionQueue } from '../../../../core/pipeline/threads/compile-threaded.ts';
import { generatorOf } from '../../../../harness/case/generate.ts';
import type { Backend } from '../../../../harness/backend/door.ts';
import { coreSettings } from '../../../../harness/backend/core/settings.ts';
import { exeOf } from '../../../harness/check/fixtures.ts';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import { threads as threadsCheck } from '../../../../harness/check/threads.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';

const generate = generatorOf('default', null);
const COUNTS = [0, 1, 2, 4];

afterAll(() => stopCodegenThreads());

/** The bytes of a compilation that must succeed. */
function bytesOf(result: ReturnType<typeof compileExe>): Buffer {
  if (!result.ok) throw new Error(result.error.map((one) => one.message).join('\n'));
  return Buffer.from(result.value);
}

/** A unit of many functions, of different sizes, that call each other. */
function manyFunctions(count: number, shared = false): Unit {
  const parts: string[] = [];
  for (let n = 0; n < count; n++) {
    const lines = Array.from(
      { length: 1 + ((n * 7) % 23) },
      (_, k) => `  %${k + 1} = mul_wrap %${k}, u32 ${n + k + 3}`,
    );
    const last = lines.length;
    const call = n === 0 ? `%${last + 1} = add_wrap %0, %${last}` : `%${last + 1} = call @f${n - 1}(%${last})`;
    parts.push(
      `export fn @f${n}(u32) u32 {\n  %0 = arg u32 0\n${lines.join('\n')}\n  ${call}\n  ret %${last + 1}\n}\n`,
    );
  }
  const parsed = parseUnit(parts.join('\n'), { shared });
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.unit;
}

describe('the bytes of N threads are those of one', () => {
  test('for 220 generated programs, executable and object, with 0, 1, 2 and 4 threads', () => {
    let compared = 0;
    for (let seed = 1; seed <= 220; seed++) {
      const { unit, settings } = generate(seed * 7919);
      const exe = bytesOf(compileExe(unit, settings));
      const object = bytesOf(compileObject(unit, settings));
      for (const threads of COUNTS) {
        const options = { threads };
        expect(exe.equals(bytesOf(compileExeThreadedSync(unit, settings, options)))).toBe(true);
        expect(object.equals(bytesOf(compileObjectThreadedSync(unit, settings, options)))).toBe(true);
        compared += 2;
      }
    }
    expect(compared).toBe(1760);
  });

  test('with delays and shuffled completion, for 40 seeds of disturbance', () => {
    const unit = manyFunctions(60);
    const want = bytesOf(compileExe(unit, DEFAULT_SETTINGS));
    for (let seed = 1; seed <= 40; seed++) {
      const disturbance = { seed, maxDelay: seed % 4 === 0 ? 2 : 0.25, holdBack: seed % 5 };
      const options = { threads: 1 + (seed % 4), disturbance };
      expect(want.equals(bytesOf(compileExeThreadedSync(unit, DEFAULT_SETTINGS, options)))).toBe(true);
    }
  });

  test('without blocking, several at once, and for a part of a program', async () => {
    const unit = manyFunctions(50);
    const exe = bytesOf(compileExe(unit, DEFAULT_SETTINGS));
    const defines = new Set([0, 3, 7, 20, 49] as NavIndex[]);
    const part = { shared: true, defines };
    const object = bytesOf(compileObject(unit, DEFAULT_SETTINGS, part));
    const results = await Promise.all([
      ...[1, 2, 3].map((threads) => compileExeThreaded(unit, DEFAULT_SETTINGS, { threads })),
      compileObjectThreaded(unit, DEFAULT_SETTINGS, { threads: 2, ...part }),
    ]);
    for (const result of results.slice(0, 3)) expect(exe.equals(bytesOf(result))).toBe(true);
    expect(object.equals(bytesOf(results[3]!))).toBe(true);
  });

  test('of a unit that was parsed into shared memory, which is then read in place', () => {
    const unit = manyFunctions(80, true);
    const { body } = unit.navs[10]!;
    expect(Object.prototype.toString.call(body!.tags.buffer)).toBe('[object SharedArrayBuffer]');
    const items = unit.pool.share();
    expect(items.words.growable).toBe(true);
    const want = bytesOf(compileExe(manyFunctions(80), DEFAULT_SETTINGS));
    expect(want.equals(bytesOf(compileExe(unit, DEFAULT_SETTINGS)))).toBe(true);
    for (const threads of COUNTS) {
      expect(want.equals(bytesOf(compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads })))).toBe(true);
    }
    expect(unit.pool.share()).toBe(items);
    expect(printUnit(unit)).toBe(printUnit(manyFunctions(80)));
  });

  test('when the pool grows between two compilations, and a thread stays attached to it', () => {
    const unit = manyFunctions(20, true);
    for (let round = 0; round < 6; round++) {
      // Types and constants enough to outgrow the first size of each column several times.
      let ty = unit.pool.intType(false, 64);
      for (let n = 0; n < 2000; n++) ty = unit.pool.ptrType(ty, { align: 1 << (round % 5) });
      const edited = compileEdit(unit, round);
      const want = bytesOf(compileExe(edited, DEFAULT_SETTINGS));
      expect(want.equals(bytesOf(compileExeThreadedSync(edited, DEFAULT_SETTINGS, { threads: 2 })))).toBe(true);
    }
  });
});

/** `unit` with a function whose constants were interned last. */
function compileEdit(unit: Unit, round: number): Unit {
  const value = unit.pool.int(unit.pool.intType(false, 32), BigInt(1_000_000 + round));
  const { tags, a, b, extra, main } = unit.navs[0]!.body!;
  const words = a.slice();
  words[tags.length - 1] = value;
  return {
    pool: unit.pool,
    navs: [{ ...unit.navs[0]!, body: new Body(tags, words, b, extra, main) }, ...unit.navs.slice(1)],
  };
}

describe('what goes wrong in one function', () => {
  /** `unit` whose functions `broken` use a value that was never made: codegen throws. */
  function breakFunctions(unit: Unit, broken: readonly number[]): Unit {
    const body = new Body(
      Uint8Array.of(unit.navs[0]!.body!.tags.at(-1)!),
      Uint32Array.of(0x8000_0000),
      new Uint32Array(1),
      Uint32Array.of(1, 0),
      0,
    );
    return { pool: unit.pool, navs: unit.navs.map((nav, n) => (broken.includes(n) ? { ...nav, body } : nav)) };
  }

  test('is reported once, with its name, in the order of the program, for every number of threads', async () => {
    const unit = breakFunctions(manyFunctions(70), [11, 45]);
    const texts = new Set<string>();
    for (const threads of COUNTS) {
      for (const result of [
        compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads }),
        await compileExeThreaded(unit, DEFAULT_SETTINGS, { threads }),
      ]) {
        const errors = result.ok ? [] : result.error;
        expect(errors.map(({ code, place }) => [code, place])).toEqual([
          ['function_crashed', { in: 'nav', nav: 'f11' }],
          ['function_crashed', { in: 'nav', nav: 'f45' }],
        ]);
        texts.add(errors.map(({ message }) => message).join('\n'));
      }
    }
    expect(texts.size).toBe(1);
  });

  test('costs no other function its code, and no later compilation anything', () => {
    const whole = manyFunctions(70);
    const unit = breakFunctions(whole, [30]);
    const job = startJob(unit, 2);
    const arrived = new Map<number, boolean>();
    for (;;) {
      for (const outcome of job.poll()) {
        expect(arrived.has(outcome.nav)).toBe(false);
        arrived.set(outcome.nav, outcome.mir !== null);
      }
      if (job.isDone) break;
      job.waitSync();
    }
    expect(arrived.size).toBe(70);
    expect([...arrived].filter(([, compiled]) => !compiled)).toEqual([[30, false]]);
    const want = bytesOf(compileExe(whole, DEFAULT_SETTINGS));
    expect(want.equals(bytesOf(compileExeThreadedSync(whole, DEFAULT_SETTINGS, { threads: 2 })))).toBe(true);
  });

  test.each([true, false])('the end of a thread costs the function it was at (blocking: %s)', async (blocking) => {
    const unit = manyFunctions(70);
    for (const [threads, dieIn] of [
      [1, 0],
      [1, 69],
      [2, 33],
      [4, 12],
    ] as const) {
      const options = { threads, disturbance: { seed: 1, maxDelay: 0, holdBack: 2, dieIn } };
      const result = blocking
        ? compileExeThreadedSync(unit, DEFAULT_SETTINGS, options)
        : await compileExeThreaded(unit, DEFAULT_SETTINGS, options);
      const errors = result.ok ? [] : result.error;
      expect(errors.map(({ place }) => place)).toEqual([{ in: 'nav', nav: `f${dieIn}` }]);
      const again = compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads });
      expect(bytesOf(compileExe(unit, DEFAULT_SETTINGS)).equals(bytesOf(again))).toBe(true);
    }
  });

  test('a thread that ends for want of memory is noticed at once by a caller that is blocked', async () => {
    const unit = manyFunctions(70);
    const threads = new CodegenThreads({ maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 });
    const disturbance = { seed: 1, maxDelay: 0, holdBack: 0, exhaustIn: 40 };
    const functions = functionQueue(unit.navs);
    const parts = { unit, functions, options: codegenOptions(unit, DEFAULT_SETTINGS), threads: 2, disturbance };
    const begin = process.hrtime.bigint();
    const job = new CodegenJob(threads, parts);
    const failed: string[] = [];
    for (;;) {
      for (const outcome of job.poll()) if (outcome.mir === null) failed.push(`${outcome.nav}: ${outcome.message}`);
      if (job.isDone) break;
      job.waitSync();
    }
    // Far below the 30 s after which a silent thread counts as dead.
    expect(Number(process.hrtime.bigint() - begin) / 1e9).toBeLessThan(20);
    expect(failed).toEqual(['40: the codegen thread ended without a word']);
    await threads.stop();
  });

  test('a thread that gives no sign of life is given up', () => {
    const unit = manyFunctions(1);
    // The thread runs already, so that a busy machine has no part in how long it takes to start.
    bytesOf(compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads: 1 }));
    const disturbance = { seed: 3, maxDelay: 60_000, holdBack: 0 };
    const result = compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads: 1, disturbance, patience: 1500 });
    const errors = result.ok ? [] : result.error;
    expect(errors.length).toBe(1);
    expect(errors[0]!.message).toContain('no sign of life');
  });

  test('refused input is refused without any thread', async () => {
    const parsed = parseUnit('export fn @f(*u8) *u8 {\n%0 = arg *u8 0\n%1 = addrspace_cast *u8 %0\nret %1\n}\n');
    if (!parsed.ok) throw new Error('does not parse');
    const result = await compileExeThreaded(parsed.unit, DEFAULT_SETTINGS, { threads: 2 });
    expect(result.ok ? [] : result.error.map(({ code }) => code)).toEqual(['refused_instruction']);
  });
});

/** A job of all functions of `unit` on the threads of this process. */
function startJob(unit: Unit, threads: number, settings: Settings = DEFAULT_SETTINGS, seed = 0): CodegenJob {
  const disturbance = seed === 0 ? undefined : { seed, maxDelay: 1, holdBack: 3 };
  const functions = functionQueue(unit.navs);
  return new CodegenJob(CODEGEN_THREADS, {
    unit,
    functions,
    options: codegenOptions(unit, settings),
    threads,
    disturbance,
  });
}

describe('the check threads', () => {
  /** Core whose linker takes functions as they come. */
  const hasty: Backend = {
    ...CORE_BACKEND,
    threads: {
      exe(unit, given, threads) {
        const settings = coreSettings(given);
        if (threads === 0) return exeOf(CORE_BACKEND, unit, settings);
        const compilation = new Compilation(unit, settings, new Set());
        unit.navs.forEach(({ kind }, nav) => {
          if (kind !== 'func') compilation.updateNav(nav as NavIndex);
        });
        const job = startJob(unit, threads, settings, 5);
        for (;;) {
          for (const { nav, mir } of job.poll()) if (mir !== null) compilation.accept(nav, mir);
          if (job.isDone) break;
          job.waitSync();
        }
        const result = compilation.flush();
        return result.ok ? { kind: 'built', bytes: result.value } : { kind: 'refused', code: 'x', text: '' };
      },
    },
  };

  test('finds a linker that takes functions in the order in which they are done', () => {
    const caught: string[] = [];
    for (let seed = 1; seed <= 12; seed++) {
      const case_ = { ...generate(seed * 7919), seed };
      const options = { engines: [V8_ENGINE], checks: [threadsCheck], every: true } as const;
      expect(runCase(case_, { ...options, backend: CORE_BACKEND }).findings).toEqual([]);
      caught.push(
        ...runCase(case_, { ...options, backend: hasty }).findings.map(
          ({ check, kind, op }) => `${check}/${kind}/${op}`,
        ),
      );
    }
    expect(caught.length).toBeGreaterThan(3);
    expect(new Set(caught)).toEqual(new Set(['threads/bytes/exe']));
  });
});

describe('memory', () => {
  test('many pools can be shared: they reserve no address space', () => {
    const keep: InternPool[] = [];
    for (let n = 0; n < 3000; n++) {
      const pool = new InternPool();
      pool.share();
      keep.push(pool);
    }
    expect(keep.every((pool) => !pool.share().words.growable)).toBe(true);
  });

  test('a job shares as much memory as its bodies need: threads keep it, because V8 does not count it', () => {
    const shared: number[] = [];
    for (let n = 0; n < 20; n++) {
      const unit = manyFunctions(2);
      const before = process.memoryUsage().arrayBuffers;
      bytesOf(compileExeThreadedSync(unit, DEFAULT_SETTINGS, { threads: 1 }));
      shared.push(process.memoryUsage().arrayBuffers - before);
    }
    // Not every one: a collection may run at any time, and a thread may start.
    expect(Math.max(...shared)).toBeGreaterThan(0);
    expect(shared.filter((bytes) => bytes > 40_000).length).toBeLessThan(5);
  });
});
