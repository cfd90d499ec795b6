/**
 * What `run`, `repro` and `regress` say of cases that prove nothing or cannot be read, and of names that are no case.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

const GOOD = 'export fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n';
const NO_CALL = 'export fn @f(u32) u32 {\n  %0 = arg u32 0\n  ret %0\n}\nexport var @x: u32 = 5\n';

beforeAll(() => {
  writeFileSync(join(cwd, 'good.air'), GOOD);
  writeFileSync(join(cwd, 'bad.air'), 'export fn @f() u32 {\n  ret %9\n}\n');
  writeFileSync(join(cwd, 'lie.air'), GOOD.replace('= 7\n', '= 8\n'));
  writeFileSync(join(cwd, 'empty.air'), '');
  writeFileSync(join(cwd, 'too-deep.air'), tooDeep());
  writeFileSync(join(cwd, 'no-call.air'), NO_CALL);
  writeFileSync(join(cwd, 'states-memory.air'), `${NO_CALL};! memory @x = 05000000\n`);
  writeFileSync(join(cwd, 'wrong-memory.air'), `${NO_CALL};! memory @x = 06000000\n`);
  writeFileSync(join(cwd, 'built-only.air'), `;! bucket codegen/validate/invalid/-\n${NO_CALL}`);
  writeFileSync(join(cwd, 'never-ran.air'), `;! bucket codegen/interp-exe/result/-\n${NO_CALL}`);
});

/** Calls itself 200 deep with a thousand values alive, for which no stack of the engine is large enough. */
function tooDeep(): string {
  const values = Array.from({ length: 1000 }, (_, n) => n + 2);
  const [first, last] = [values[0]!, values[values.length - 1]!];
  return [
    'fn @down(u32, u64) u64 {\n  %0 = arg u32 0\n  %1 = arg u64 1',
    ...values.map((n) => `  %${n} = mul_wrap %1, u64 ${2 * n + 3}`),
    `  %${last + 1} = block u64 {\n    %${last + 2} = cmp_eq %0, u32 0\n    cond_br %${last + 2} {`,
    `      br %${last + 1} u64 1\n    } else {\n      %${last + 5} = sub_wrap %0, u32 1`,
    `      %${last + 6} = call @down(%${last + 5}, %${first})\n      br %${last + 1} %${last + 6}\n    }\n  }`,
    ...values.map((n, at) => `  %${last + 8 + at} = xor %${at === 0 ? last + 1 : last + 7 + at}, %${n}`),
    `  ret %${last + 7 + values.length}\n}`,
    'export fn @f() u64 {\n  %0 = call @down(u32 200, u64 7)\n  ret %0\n}\n;! run @f()\n',
  ].join('\n');
}

test.concurrent.each([
  ['run', 125, 'not comparable: engine:stack'],
  ['repro', 125, 'too-deep.air proves nothing: its calls could not be run to their end (engine:stack)'],
  ['regress', 2, '1 case, 0 failed, 1 proved nothing'],
])('%s of a case that the engine cannot run to its end does not pass', async (command, code, text) => {
  const ended = await harness(cwd, command, 'too-deep.air');
  expect(ended.stdout).toContain(text);
  expect(ended.stdout).not.toMatch(/^same$|passes/m);
  expect(ended.code).toBe(code);
});

describe('a case that makes no call', () => {
  test.concurrent.each([
    [['run', 'empty.air'], 125, 'nothing was compared'],
    [['run', 'no-call.air'], 125, 'nothing was compared'],
    [['repro', 'empty.air'], 125, 'empty.air proves nothing: it makes no call, so nothing was compared'],
    [['repro', 'no-call.air'], 125, 'nothing was compared'],
    [['repro', 'never-ran.air'], 125, 'nothing was compared'],
    [['regress', 'empty.air'], 2, 'FAIL empty.air: it makes no call, so nothing was compared'],
    [['regress', 'empty.air', 'good.air', 'no-call.air'], 2, '3 cases, 0 failed, 2 proved nothing'],
    [['regress', 'empty.air', 'lie.air'], 1, '2 cases, 1 failed, 1 proved nothing'],
  ])('%j does not pass', async (args, code, text) => {
    const ended = await harness(cwd, ...args);
    expect(ended.stdout).toContain(text);
    expect(ended.stdout).not.toMatch(/^same$|passes/m);
    expect(ended.code).toBe(code);
  });

  test('nothing to call in a module, and nothing to reduce in what a file states', async () => {
    expect((await harness(cwd, 'compile', 'no-call.air', '-o', 'no-call.wasm')).code).toBe(0);
    const run = await harness(cwd, 'run', 'no-call.wasm');
    expect(run.stdout).toContain('no function without parameters to call');
    expect(run.code).toBe(125);
    const reduce = await harness(cwd, 'reduce', 'lie.air');
    expect(reduce).toMatchObject({ code: 1, stderr: '' });
    expect(reduce.stdout).toContain('lie.air fails only in what its file states');
  });

  test('passes if it states memory, or shows a bucket of a check that runs nothing', async () => {
    const ended = await harness(cwd, 'regress', 'states-memory.air', 'built-only.air');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('2 cases, 0 failed, ');
    expect((await harness(cwd, 'regress', 'wrong-memory.air')).code).toBe(1);
    expect((await harness(cwd, 'repro', 'built-only.air', '--checks', '-validate')).code).toBe(125);
  });

  test('is counted in the JSON of repro', async () => {
    const { code, stdout } = await harness(cwd, 'repro', 'no-call.air', '--json');
    expect(code).toBe(125);
    expect(JSON.parse(stdout)).toMatchObject({ cases: 1, incomparable: { 'no-calls': 1 }, buckets: [] });
  });
});

describe('harness regress', () => {
  test('goes on after a file that it cannot read', async () => {
    const ended = await harness(cwd, 'regress', 'bad.air', 'good.air');
    expect(ended.stderr).toContain('bad.air:2: error: ');
    expect(ended.stdout).toContain('2 cases, 0 failed, 1 could not be read');
    expect(ended.code).toBe(2);
  });

  test('a failure weighs more than a file that cannot be read', async () => {
    const ended = await harness(cwd, 'regress', 'bad.air', 'lie.air', 'good.air');
    expect(ended.stdout).toContain('FAIL lie.air');
    expect(ended.stdout).toContain('3 cases, 1 failed, 1 could not be read');
    expect(ended.code).toBe(1);
  });
});

describe('what is no case', () => {
  beforeAll(() => {
    mkdirSync(join(cwd, 'run', 'cases'), { recursive: true });
    mkdirSync(join(cwd, 'nothing'));
    writeFileSync(join(cwd, 'run', 'run.json'), '{}');
    writeFileSync(join(cwd, 'run', 'cases', 'a.air'), GOOD);
    writeFileSync(join(cwd, 'run', 'cases', 'a.original.air'), GOOD);
    mkdirSync(join(cwd, 'many'));
    for (let n = 10; n < 25; n++) writeFileSync(join(cwd, 'many', `${n}.air`), GOOD);
  });

  test.concurrent.each([
    [['repro', 'run'], 'run is the folder of a run, not a case; name one of those in it:\n  run/cases/a.air\n'],
    [['reduce', 'run'], 'run is the folder of a run, not a case; name one of those in it:\n  run/cases/a.air\n'],
    [['repro', 'nothing'], 'nothing is a folder, not a case, and there is none in it\n'],
    [['repro', 'many'], '  many/19.air\n  and 5 more\n'],
    [['repro', 'nosuch.air'], 'cannot read nosuch.air: no such file\n'],
    [['gen', '0xffffffffffffffff'], 'the seed 0xffffffffffffffff is too large: seeds go up to 0x1fffffffffffff\n'],
    [['gen', 'link:9007199254740992'], 'the seed link:9007199254740992 is too large'],
    [['repro', '0xffffffffffffffff'], 'the seed 0xffffffffffffffff is too large'],
    [['fuzz', '--seed', '0xffffffffffffffff'], 'the seed 0xffffffffffffffff is too large'],
    [['gen', '-5'], '-5'],
    [['gen', '1.5'], "'1.5' is not a seed such as 0x51f3"],
  ])('%j says what is wrong', async (args, text) => {
    const { code, stdout, stderr } = await harness(cwd, ...args);
    expect(stderr).toContain(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
