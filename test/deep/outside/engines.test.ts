/**
 * Engines in processes of their own, with the real ones: each stops in every way that wasm has, tells the same as V8 here, and a
 * process that is killed or hangs costs one run and is no finding.
 *
 * `npm run nodes:install` and `npm run outside:install` install what CI has; those of the system are used where they are. What is
 * missing is skipped by name.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCasesSupplied } from '../../../harness/check/run-supplied.ts';
import type { BatchEngine, EngineRequest, EngineRun } from '../../../harness/engine/door.ts';
import { loadEngines } from '../../../harness/engine/load-engines.ts';
import { FAMILIES } from '../../../harness/engine/process/families.ts';
import { meaningsOf, V8_ERRORS } from '../../../harness/engine/process/meanings.ts';
import { processEngine } from '../../../harness/engine/process/process-engine.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';

/** What CI installs; the rest comes from the system. */
const EXPECTED = ['node', 'bun', 'wasmtime'];
/** Ways that take another path through an engine, by family. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  node: ['node', 'node-turbofan'],
  bun: ['bun', 'bun-interpreter'],
  jsc: ['jsc'],
  spidermonkey: ['spidermonkey'],
  wasmtime: ['wasmtime', 'wasmtime-winch', 'wasmtime-pulley'],
  wazero: ['wazero', 'wazero-interpreter'],
  wasmi: ['wasmi'],
};

const installed = FAMILIES.filter((family) => family.find() !== null).map(({ name }) => name);
const names = installed.flatMap((name) => VARIANTS[name] ?? [name]);
for (const { name, install } of FAMILIES.filter((family) => !installed.includes(family.name))) {
  test.skip(`${name} is not installed: ${install}`, () => undefined);
}

test('CI has what npm and PyPI have', () => {
  const missing = EXPECTED.filter((name) => !installed.includes(name));
  expect(process.env['CI'] === 'true' ? missing : []).toEqual([]);
});

const checks = await loadChecks(['interp-exe', 'engines']);
const generate = generatorOf('default', null);
const CASES = 24;

/** Functions of `() -> i32` with these bodies, exported as f0, f1, …, beside a memory of one page and a table of two empty slots. */
function moduleOf(bodies: readonly (readonly number[])[]): Uint8Array {
  const codes = bodies.map((body) => [body.length + 2, 0, ...body, 0x0b]);
  const size = codes.reduce((sum, code) => sum + code.length, 1);
  const exports = bodies.flatMap((_, n) => [2, 0x66, 0x30 + n, 0, n]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 8, 2, 0x60, 0, 1, 0x7f, 0x60, 0, 0],
    ...[3, bodies.length + 1, bodies.length, ...bodies.map(() => 0)],
    ...[4, 4, 1, 0x70, 0, 2],
    ...[5, 3, 1, 0, 1],
    ...[7, exports.length + 1, bodies.length, ...exports],
    ...[10, size, bodies.length, ...codes.flat()],
  ]);
}

const DIV = 0x6d;
/** How wasm stops (core specification 4.4): body, and what is to be told. */
const STOPS: readonly (readonly [body: readonly number[], outcome: EngineRun & object])[] = (
  [
    [[0x00], { kind: 'trapped', trap: 'unreachable' }],
    [[0x41, 1, 0x41, 0, DIV], { kind: 'trapped', trap: 'division_by_zero' }],
    [[0x41, 1, 0x41, 0, 0x70], { kind: 'trapped', trap: 'division_by_zero' }],
    [[0x41, ...[0x80, 0x80, 0x80, 0x80, 0x78], 0x41, 0x7f, DIV], { kind: 'trapped', trap: 'integer_overflow' }],
    [[0x41, 0x7f, 0x28, 2, 0], { kind: 'trapped', trap: 'memory_out_of_bounds' }],
    [[0x43, 0, 0, 0xc0, 0x7f, 0xa8], { kind: 'trapped', trap: 'invalid_conversion' }],
    [[0x41, 0, 0x11, 0, 0], { kind: 'trapped', trap: 'indirect_call' }],
    [[0x41, 9, 0x11, 0, 0], { kind: 'trapped', trap: 'indirect_call' }],
    [[0x10, 8], { kind: 'exhausted', what: 'stack' }],
    [[0x41, 7], { kind: 'returned', bits: 7n }],
  ] as const
).map(([body, outcome]) => [body, { kind: 'ran', outcomes: [outcome] } as unknown as EngineRun]);

/** The call of a slot that the table does not have. */
const OUTSIDE_TABLE = 7;
const TWINS = { outcomes: [{ kind: 'trapped', trap: 'memory_out_of_bounds', also: ['indirect_call'] }] } as const;

const I32 = { rep: 'i32', bits: 32, signed: false } as const;

function requestFor(bytes: Uint8Array, fn: string): EngineRequest {
  const calls = [{ fn, params: [], result: I32, args: [] }];
  return { bytes, ptrBits: 32, imports: [], calls, variables: [], objects: [], probes: null, timeout: null };
}

const STOPPING = moduleOf(STOPS.map(([body]) => body));
const stopping = STOPS.map((_, n) => requestFor(STOPPING, `f${n}`));

describe.each(names.map((name) => [name]))('%s', (name) => {
  test('stops as V8 here does, and does the same with programs', async () => {
    const [engine] = await loadEngines(name);
    const runs = await (engine as BatchEngine).run(stopping);
    const wanted = STOPS.map(([, run]) => run);
    // SpiderMonkey has one text for an index outside of a table and of a memory.
    if (name === 'spidermonkey') wanted[OUTSIDE_TABLE] = { ...wanted[OUTSIDE_TABLE]!, ...TWINS };
    expect(runs).toMatchObject(wanted);
    const options = { backend: CORE_BACKEND, engines: [V8_ENGINE, engine] as const, checks };
    const reports = await runCasesSupplied(CASES, (n) => generate(n + 1), { ...options, engines: [V8_ENGINE, engine] });
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    expect(reports.filter((report) => report.checks.some((check) => check.name === 'engines')).length).toBe(
      reports.filter(({ verdict }) => verdict.kind === 'completed').length,
    );
    expect(reports.flatMap(({ incomparable }) => incomparable).filter((reason) => /lacks|ended/.test(reason))).toEqual(
      [],
    );
  });
});

describe('a process around an engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harness-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Node as an engine whose answers go through `change`, JavaScript over `line` (its answer) and `n` (its number). */
  function wrapped(name: string, change: string): BatchEngine {
    const node = FAMILIES.find((family) => family.name === 'node')!;
    const found = node.find()!;
    const { words } = node.command({ ...found, path: process.execPath }, []);
    const file = join(folder, `${name}.cjs`);
    const runner = JSON.stringify(words.at(-1));
    writeFileSync(
      file,
      `let n = 0; const fs = require('node:fs'); const write = fs.writeSync;
       fs.writeSync = (to, bytes, ...rest) => {
         let line = bytes.toString();
         if (!line.includes('outcomes')) return write(to, bytes, ...rest);
         n++;
         ${change}
         write(to, line, ...rest);
         return bytes.length;
       };
       require(${runner});`,
    );
    chmodSync(file, 0o755);
    const command = { words: [process.execPath, '--expose-gc', file], environment: {} };
    return processEngine({ name, command, meaningOf: meaningsOf(V8_ERRORS), install: '-', answerTime: 20_000 });
  }

  const wrong = `line = line.replace(/"bits":"(\\d+)"/, (_, bits) => '"bits":"' + (BigInt(bits) ^ 1n) + '"');`;

  test('that answers wrongly is found, and the majority names it', async () => {
    const far = wrapped('far', '');
    const liar = wrapped('liar', wrong);
    for (const engines of [
      [V8_ENGINE, liar, far],
      [liar, V8_ENGINE, far],
    ] as const) {
      const reports = await runCasesSupplied(8, (n) => generate(n + 1), {
        backend: CORE_BACKEND,
        engines: [...engines],
        checks: await loadChecks(['engines']),
      });
      const findings = reports.flatMap((report) => report.findings);
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.every(({ stage, detail }) => stage === 'engine' && /\n {2}liar, and not in /.test(detail))).toBe(
        true,
      );
    }
  });

  test('that is killed from outside starts again, and costs at most its case', async () => {
    const once = wrapped('killed', `if (n === 3) process.kill(process.pid, 'SIGKILL');`);
    const runs = await once.run(Array.from({ length: 6 }, () => stopping.at(-1)!));
    // Every process dies at its third answer: those in front of it have one, and none is a finding.
    expect(runs.map(({ kind }) => kind)).toEqual(['ran', 'ran', 'ran', 'ran', 'ran', 'ran']);
    const always = wrapped('always', `if (n === 1) process.kill(process.pid, 'SIGKILL');`);
    const never = await always.run(stopping.slice(0, 2));
    expect(never).toEqual([
      { kind: 'not-run', reason: 'ended:SIGKILL' },
      { kind: 'not-run', reason: 'ended:SIGKILL' },
    ]);
  });

  test('that breaks by itself twice at a module refuses it', async () => {
    const broken = wrapped('broken', `if (n === 1) process.abort();`);
    const [run] = await broken.run(stopping.slice(-1));
    expect(run).toMatchObject({ kind: 'rejected', phase: 'instantiate', message: 'crash-sigabrt' });
  });

  test('that hangs, or says what is no answer', async () => {
    const command = {
      words: [
        '/bin/sh',
        '-c',
        'while read -r line; do case $line in *features*) echo \'{"has":[]}\';; *) sleep 100;; esac; done',
      ],
      environment: {},
    };
    const parts = { name: 'mute', command, meaningOf: meaningsOf(V8_ERRORS), install: '-', answerTime: 3000 };
    expect(await processEngine(parts).run(stopping.slice(-1))).toEqual([{ kind: 'not-run', reason: 'ended:time' }]);
    const chatty = wrapped('chatty', `line = 'hello\\n';`);
    expect(await chatty.run(stopping.slice(-1))).toMatchObject([{ kind: 'rejected', message: 'crash-no-answer' }]);
  });

  test('that is not there is an error of the environment', async () => {
    const command = { words: ['/nowhere/engine'], environment: {} };
    const parts = { name: 'gone', command, meaningOf: meaningsOf(V8_ERRORS), install: 'get it' };
    await expect(processEngine(parts).run(stopping)).rejects.toThrow("'get it' installs it");
  });

  test('that lacks a feature of a module does not run it', async () => {
    const old = processEngine({
      name: 'old',
      command: { words: [process.execPath, join(folder, 'old.cjs')], environment: {} },
      meaningOf: meaningsOf(V8_ERRORS),
      install: '-',
    });
    writeFileSync(
      join(folder, 'old.cjs'),
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
         const { ask, modules } = JSON.parse(line);
         const answer = ask === 'features' ? { has: modules.map(() => false) }
           : { rejected: 'compile', error: 'CompileError: what is this', trace: [] };
         console.log(JSON.stringify(answer));
       });`,
    );
    // i32.extend8_s
    const narrow = requestFor(moduleOf([[0x41, 1, 0xc0]]), 'f0');
    expect(await old.run([narrow, stopping.at(-1)!])).toMatchObject([
      { kind: 'not-run', reason: 'lacks:sign_ext' },
      { kind: 'rejected', phase: 'compile' },
    ]);
  });
});
