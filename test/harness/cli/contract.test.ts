/**
 * The contract of the command with scripts: exit codes, the JSON line, files, and what happens to bad input.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { F, handObject, K } from '../../core/link/hand-object.ts';
import { harness, makeFolder, ROOT, start } from './run-harness.ts';

const PROGRAM = `export var @state: u32 = 5
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@state
  %2 = add_wrap %0, %1
  ret %2
}

export fn @g() i8 {
  ret i8 -7
}
;! run @f(37) = 42
`;

const folder = makeFolder();
const cwd = folder.path;

beforeAll(() => {
  writeFileSync(join(cwd, 'good.air'), PROGRAM);
  writeFileSync(join(cwd, 'bad.air'), PROGRAM.replace('add_wrap %0, %1', 'add_wrap %0, %9'));
  writeFileSync(join(cwd, 'latin.air'), Uint8Array.of(0x3b, 0x20, 0xe9, 0x0a));
  writeFileSync(join(cwd, 'noise.o'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 99));
});

afterAll(() => folder.remove());

describe('usage', () => {
  test.concurrent.each([
    ['nothing', []],
    ['an unknown command', ['gates']],
    ['an unknown option', ['fuzz', '--frobnicate']],
    ['a missing argument', ['repro']],
    ['a seed that is none', ['fuzz', '--seed', 'abc']],
    ['an unknown profile', ['gen', 'nosuch:0x1']],
    ['a duration without a unit', ['fuzz', '--time', '30']],
    ['a shard out of range', ['fuzz', '--shard', '3/2', '--runs', '1']],
    ['no runs', ['fuzz', '--runs', '0']],
    ['an unknown check', ['fuzz', '--runs', '1', '--checks', '+nosuch']],
    ['an unknown instruction', ['fuzz', '--runs', '1', '--only-ops', 'frobnicate']],
    ['an instruction without a cell', ['fuzz', '--runs', '1', '--profile', 'sweep', '--only-ops', 'load']],
    ['a seed of an instruction without a cell', ['gen', 'sweep:0x1', '--only-ops', 'load']],
    ['an unknown back end', ['fuzz', '--runs', '1', '--backend', 'nosuch']],
    ['a run to go on with that is not there', ['fuzz', '--runs', '1', '--seed', '1', '--resume']],
    ['a case that is nothing', ['repro', 'nosuch/thing']],
  ])('with %s gives a message, exit code 2 and no file', async (_what, args) => {
    const before = readdirSync(cwd);
    const { code, stdout, stderr } = await harness(cwd, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.length).toBeGreaterThan(10);
    expect(stderr).not.toContain('    at ');
    expect(readdirSync(cwd)).toEqual(before);
  });

  test('is explained by --help, exit codes included', async () => {
    const { code, stdout } = await harness(cwd, '--help');
    expect(code).toBe(0);
    for (const text of ['fuzz', 'repro', 'regress', 'doctor', '125', '130']) expect(stdout).toContain(text);
    const fuzz = await harness(cwd, 'fuzz', '--help');
    for (const text of ['--seed', '--stop-on-first', '(default: core)', 'Exit codes'])
      expect(fuzz.stdout.replace(/\s+/g, ' ')).toContain(text);
    expect(fuzz.stdout).not.toContain('default: null');
  });
});

describe('bad input', () => {
  test.concurrent.each([
    ['a program that the verifier refuses', ['compile', 'bad.air', '-o', 'out.wasm'], 'bad.air:5: error: '],
    ['a file that is not text', ['compile', 'latin.air', '-o', 'out.wasm'], 'latin.air:0x2: error: not UTF-8'],
    ['a file that is not there', ['compile', 'none.air', '-o', 'out.wasm'], 'cannot read none.air'],
    ['a broken object', ['link', 'noise.o', '-o', 'out.wasm'], 'noise.o:0x'],
    ['text for an object', ['link', 'good.air', '-o', 'out.wasm'], 'good.air: error: '],
    ['an option of wasm-ld that is not there', ['link', 'noise.o', '--shared', '-o', 'out.wasm'], '--shared'],
    ['an odd stack size', ['link', 'noise.o', '-z', 'stack-size=17', '-o', 'out.wasm'], '16-byte aligned'],
    ['a case file with a wrong recipe', ['regress', 'bad.air'], 'bad.air:5'],
    ['a folder that is not there', ['regress', 'nowhere'], 'nowhere'],
    ['a call that is none', ['run', 'good.air', '--call', '@nosuch(1)'], '@nosuch'],
  ])('(%s) gives its place, exit code 2 and no output', async (_what, args, message) => {
    const { code, stdout, stderr } = await harness(cwd, ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(existsSync(join(cwd, 'out.wasm'))).toBe(false);
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('compile, link and run', () => {
  test('an object is linked to a module that runs', async () => {
    expect(await harness(cwd, 'compile', 'good.air', '--obj', '-o', 'good.o')).toMatchObject({ code: 0, stdout: '' });
    expect(
      await harness(cwd, 'link', 'good.o', '--no-entry', '--global-base=4096', '--no-stack-first', '-o', 'good.wasm'),
    ).toMatchObject({
      code: 0,
    });
    const run = await harness(cwd, 'run', 'good.wasm', '--call', 'f(1)', '--call', 'g()');
    expect(run).toMatchObject({ code: 0, stdout: 'f(1) = 6\ng() = -7 (0xfffffff9)\n' });
  });

  test('output goes where the name leads: standard output, a device, the end of a link, never over a folder', async () => {
    expect((await harness(cwd, 'compile', 'good.air', '--obj', '-o', 'good.o')).code).toBe(0);
    const link = (out: string) => harness(cwd, 'link', 'good.o', '--no-entry', '-o', out);
    const piped = await link('-');
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(piped.stdout.slice(0, 4)).toBe('\0asm');
    expect((await link('real.wasm')).code).toBe(0);
    symlinkSync('real.wasm', join(cwd, 'alias.wasm'));
    writeFileSync(join(cwd, 'real.wasm'), 'old');
    expect((await link('alias.wasm')).code).toBe(0);
    expect(lstatSync(join(cwd, 'alias.wasm')).isSymbolicLink()).toBe(true);
    expect(WebAssembly.validate(readFileSync(join(cwd, 'real.wasm')))).toBe(true);
    expect(await link('/dev/null')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    mkdirSync(join(cwd, 'folder.wasm'));
    const folder = await link('folder.wasm');
    expect(folder).toMatchObject({
      code: 2,
      stderr: 'harness: options: error: cannot open output file folder.wasm: Is a directory\n',
    });
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('no module is written to a terminal', async () => {
    const asTerminal = { NODE_OPTIONS: '--import data:text/javascript,process.stdout.isTTY=true' };
    const compile = (...args: string[]) => start(cwd, ['compile', 'good.air', ...args], asTerminal).ended;
    const refused = await compile('-o', '-');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('standard output is a terminal, which no module is written to; use -o FILE');
    // Text is.
    expect((await compile('--emit', 'wat', '-o', '-')).stdout).toContain('(module');
  });

  test('a module for newer engines is linked, with a warning', async () => {
    const i64Mul128 = [0, 0x42, 1, 0x42, 2, 0xfc, 0x15, 0x1a, 0x1a, 0x0b];
    const object = handObject({
      types: [[[], []]],
      funcs: [{ type: 0, body: i64Mul128 }],
      symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'wide' }],
    });
    writeFileSync(join(cwd, 'newer.o'), object);
    const linked = await harness(cwd, 'link', 'newer.o', '--no-entry', '-o', 'newer.wasm');
    expect(linked).toMatchObject({ code: 0, stdout: '' });
    expect(linked.stderr).toMatch(/^harness: warning: the engine of this process does not accept the module: .*\n$/);
    expect(readFileSync(join(cwd, 'newer.wasm')).includes(Buffer.from(i64Mul128))).toBe(true);
  });

  test('a program is interpreted and executed', async () => {
    const run = await harness(cwd, 'run', 'good.air');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('@f(37)\n  interpreted  returns 42\n  executed     returns 42\n');
    const asked = await harness(cwd, 'run', 'good.air', '--call', '@g()');
    expect(asked.stdout).toContain('executed     returns -7');
    expect(asked.stdout).not.toContain('@f');
  });

  test('a program is shown as MIR and as text of its module', async () => {
    const mir = await harness(cwd, 'compile', 'good.air', '--emit', 'mir');
    expect(mir.stdout).toContain('mir @f');
    const wat = await harness(cwd, 'compile', 'good.air', '--emit', 'wat');
    expect(wat.stdout).toMatch(/^\(module/);
  });

  test('a seed is printed as a case that can be replayed', async () => {
    const gen = await harness(cwd, 'gen', '0x51f3');
    expect(gen.code).toBe(0);
    expect(gen.stdout).toMatch(/^;! case 1\n;! seed 0x51f3 {2}profile default {2}generator \d+\n/);
    writeFileSync(join(cwd, 'generated.air'), gen.stdout);
    const replayed = await harness(cwd, 'repro', 'generated.air', '--json');
    expect(replayed.code).toBe(0);
    const bySeed = await harness(cwd, 'repro', '20979', '--json');
    expect(bySeed.code).toBe(0);
    expect(JSON.parse(bySeed.stdout)).toMatchObject({ campaignSeed: '0x51f3', cases: 1, buckets: [] });
  });

  test('a case that does not do what it states is a finding', async () => {
    writeFileSync(join(cwd, 'lie.air'), PROGRAM.replace('= 42', '= 43'));
    const { code, stdout, stderr } = await harness(cwd, 'regress', 'lie.air', 'good.air', '--json');
    expect(code).toBe(1);
    expect(stderr).toContain('stated returns 43, found returns 42');
    const { buckets } = JSON.parse(stdout) as { buckets: { id: string; caseFile: string }[] };
    expect(buckets.map(({ id, caseFile }) => [id, caseFile])).toEqual([
      ['interpreter/expect/result/-', 'lie.air'],
      ['codegen/expect/result/-', 'lie.air'],
    ]);
  });
});

describe('output', () => {
  test('has no colours where nobody asked for them', async () => {
    const { stdout, stderr } = await start(cwd, ['regress', 'good.air'], { NO_COLOR: '1', FORCE_COLOR: '1' }).ended;
    expect(stdout).toContain('1 case, 0 failed');
    expect(stdout + stderr).not.toContain('\u001b[');
  });

  test('ends without a word when its reader goes away', () => {
    const main = join(ROOT, 'dist', 'harness', 'cli', 'main.js');
    const script = `for n in 1 2 3 4 5 6 7 8; do "${process.execPath}" "${main}" gen 0x$n; done 2>err.txt | head -1`;
    expect(execFileSync('bash', ['-c', script], { cwd, encoding: 'utf8' })).toBe(';! case 1\n');
    expect(readFileSync(join(cwd, 'err.txt'), 'utf8')).toBe('');
  });
});
