/** The target wasm64 through the command: compile, run, fuzz, repro, reduction and replay of a finding. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plant } from '../../../../bench/planted/plant.ts';
import { WASM64_BUGS } from '../../planted/wasm64-bugs.ts';
import { harness, makeFolder, start } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();

afterAll(() => {
  folder.remove();
});

const PROGRAM = `export var @sum: usize = 0
export fn @add(usize) usize {
  %0 = arg usize 0
  %1 = load usize *usize &@sum
  %2 = add_wrap %1, %0
  store *usize &@sum, %2
  ret %2
}
export fn @shifted() u64 {
  %0 = call @add(usize 3)
  %1 = bitcast isize %0
  %2 = shl %1, u8 31
  %3 = intcast i64 %2
  %4 = bitcast u64 %3
  ret %4
}
`;

describe('the target wasm64', () => {
  beforeAll(() => {
    writeFileSync(join(folder.path, 'plain.air'), PROGRAM);
    writeFileSync(join(folder.path, 'wide.air'), `;! target wasm64 +table64\n${PROGRAM}`);
  });

  test('is chosen by the option or by the file, and the module runs', async () => {
    const { path } = folder;
    for (const [file, ...target] of [['plain.air', '--target', 'wasm64'], ['wide.air']] as const) {
      const compiled = await harness(path, 'compile', file, ...target, '-o', 'out.wasm');
      expect(compiled).toMatchObject({ code: 0, stderr: '' });
      const run = await harness(path, 'run', 'out.wasm', '--call', 'shifted()', '--call', 'add(4294967296n)');
      expect(run.stdout).toContain('shifted() = 6442450944 ');
      expect(run.stdout).toContain('= 4294967299 ');
    }
    const wat = await harness(path, 'compile', 'plain.air', '--target', 'wasm64', '--emit', 'wat');
    expect(wat.stdout).toContain('i64 2)');
    const narrow = await harness(path, 'compile', 'wide.air', '--target', 'wasm32 -table64', '--emit', 'wat');
    // A shift of 31 bits is one for 64 bits only.
    expect(narrow.stdout).toContain('(memory (;0;) 2)');
    const unknown = await harness(path, 'compile', 'plain.air', '--target', 'wasm65', '-o', 'out.wasm');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('wasm64');
  });

  test('gives the same bytes with codegen threads, and objects that link', async () => {
    const { path } = folder;
    for (const [name, ...threads] of [['one'], ['two', '--threads', '2']] as const) {
      const compiled = await harness(path, 'compile', 'wide.air', ...threads, '-o', `${name}.wasm`);
      expect(compiled.code).toBe(0);
    }
    expect(readFileSync(join(path, 'one.wasm'))).toEqual(readFileSync(join(path, 'two.wasm')));
    expect((await harness(path, 'compile', 'wide.air', '--obj', '-o', 'wide.o')).code).toBe(0);
    const linked = await harness(path, 'link', '--no-entry', 'wide.o', '-o', 'linked.wasm');
    expect(linked).toMatchObject({ code: 0, stderr: '' });
    const run = await harness(path, 'run', 'linked.wasm');
    expect(run.stdout).toContain('shifted() = 6442450944 ');
  });

  test('is an error of the environment where the engine has no 64-bit memories, never a pass', async () => {
    const { path } = folder;
    // As an engine without them answers: no to the tiny module that asks, with or without the flag.
    const blind = `const real = WebAssembly.validate;
      WebAssembly.validate = (bytes) => bytes.length > 14 && real(bytes);`;
    writeFileSync(join(path, 'blind.mjs'), blind);
    const env = { NODE_OPTIONS: `--import=${join(path, 'blind.mjs')}` };
    for (const args of [
      ['fuzz', '--profile', 'wasm64', '--runs', '10', '--jobs', '1'],
      ['run', 'wide.air'],
      ['compile', 'wide.air', '-o', 'none.wasm'],
      ['repro', 'wasm64:0x17'],
      ['regress', 'wide.air'],
    ]) {
      const ended = await start(path, args, env).ended;
      expect({ args, code: ended.code }).toEqual({ args, code: 3 });
      expect(ended.stderr).toContain('this engine has no 64-bit memories');
    }
    const plain = await start(path, ['run', 'plain.air', '--call', '@add(5)'], env).ended;
    expect(plain.code).toBe(0);
  });

  test('runs a program in both ways, with values of 64 bits', async () => {
    const run = await harness(folder.path, 'run', 'wide.air', '--call', '@add(18446744073709551615)');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('18446744073709551615');
    expect(run.stdout).toContain('same');
  });

  test('has a profile whose seeds are fuzzed, repeated and printed with their target', async () => {
    const cwd = join(folder.path, 'fuzz');
    mkdirSync(cwd);
    const fuzz = await harness(
      cwd,
      'fuzz',
      '--profile',
      'wasm64',
      '--seed',
      '7',
      '--runs',
      '150',
      '--jobs',
      '2',
      '--json',
    );
    expect(fuzz.code).toBe(0);
    expect((await harness(cwd, 'repro', 'wasm64:0x17')).code).toBe(0);
    const printed = await harness(cwd, 'gen', 'wasm64:0x17');
    expect(printed.stdout).toContain(';! target wasm64 ');
    writeFileSync(join(cwd, 'case.air'), printed.stdout);
    expect((await harness(cwd, 'regress', 'case.air')).code).toBe(0);
  });

  test('keeps its target in a minimised finding, which fails and passes where it should, and is explained', async () => {
    const cwd = join(folder.path, 'bug');
    mkdirSync(cwd);
    const bug = WASM64_BUGS.find(({ name }) => name === 'slice-length-at-4')!;
    const core = plant(bug, cwd);
    const campaign = [
      '--profile',
      'wasm64',
      '--seed',
      '1',
      '--runs',
      '300',
      '--stop-on-first',
      '--jobs',
      '1',
      '--out',
      'run',
    ];
    const fuzz = await harness(cwd, 'fuzz', ...campaign, '--backend', core, '--json');
    expect(fuzz.code).toBe(1);
    const summary = JSON.parse(fuzz.stdout.trimEnd().split('\n').at(-1)!) as { buckets: { caseFile: string }[] };
    const file = summary.buckets[0]!.caseFile;
    expect(readFileSync(join(cwd, file), 'utf8')).toContain(';! target wasm64 ');
    expect((await harness(cwd, 'regress', file, '--backend', core)).code).toBe(1);
    expect((await harness(cwd, 'regress', file)).code).toBe(0);
    const explained = await harness(cwd, 'repro', file, '--backend', core, '--explain');
    expect(explained.code).toBe(1);
    expect(explained.stdout).toMatch(/slice|instruction|%\d+/);
  });
});
