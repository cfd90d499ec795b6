/**
 * Input that means harm, through every command: names that a terminal would obey, names of JavaScript's own, and things that
 * are no files.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { selectChecks } from '../../../../harness/check/select-checks.ts';
import { ONLY_OPS } from '../../../../harness/cli/only-ops.ts';
import { readProfile } from '../../../../harness/cli/option.ts';
import { F, handObject, K } from '../../../core/link/hand-object.ts';
import type { Ended } from '../../../harness/cli/run-harness.ts';
import { harness, makeFolder, ROOT, start } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

/** Erases the screen, turns the text around, and rings, in one and two bytes; AIR text spells the bytes of UTF-8. */
const EVIL = '\u001b[2J\u202e\u009b31m\u0007';
const EVIL_IN_AIR = '\\x1b[2J\\xe2\\x80\\xae\\xc2\\x9b31m\\x07';

function expectPrintable({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/mu);
  expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
}

describe('names that a terminal would obey', () => {
  const program = (stated: number): string =>
    `export("${EVIL_IN_AIR}f") fn @"${EVIL_IN_AIR}f"() u32 {\n  %0 = call @"${EVIL_IN_AIR}host"()\n  ret u32 7\n}\n` +
    `extern fn @"${EVIL_IN_AIR}host"() u32\n;! run @"${EVIL_IN_AIR}f"() = ${stated}\n`;
  const object = handObject({
    types: [[[], []]],
    funcs: [{ type: 0, body: [0, 0x0b] }],
    symbols: [{ kind: K.func, flags: F.exported, index: 0, name: `${EVIL}g` }],
  });

  beforeAll(async () => {
    writeFileSync(join(cwd, 'evil.air'), program(7));
    writeFileSync(join(cwd, 'lie.air'), program(8));
    writeFileSync(join(cwd, `${EVIL}.air`), program(7));
    writeFileSync(join(cwd, 'syntax.air'), `export fn @f() u32 {\n  ret u32 ${EVIL}\n}\n`);
    writeFileSync(join(cwd, 'recipe.air'), `;! ${EVIL} 1\n;! bucket ${EVIL}\n;! link ${EVIL}\n`);
    writeFileSync(join(cwd, 'comment.air'), `; ${EVIL}\nexport fn @f() u32 {\n  ret u32 7\n}\n;! run @f()\n`);
    writeFileSync(join(cwd, 'defined.o'), object);
    const made = await harness(cwd, 'compile', 'evil.air', '-o', 'evil.wasm');
    expect(made.code).toBe(0);
  });

  test.concurrent.each<[readonly string[], number, string]>([
    [['run', 'evil.air'], 0, '\\u{1b}[2J\\u{202e}\\u{9b}31m\\u{7}host'],
    [['run', 'evil.wasm'], 0, '\\u{1b}[2J\\u{202e}\\u{9b}31m\\u{7}f() = 7'],
    [['run', 'evil.wasm', '--call', `${EVIL}nosuch()`], 2, 'exports no function'],
    [['run', 'evil.air', '--call', `@${EVIL}()`], 2, '--call @\\u{1b}'],
    [['repro', 'evil.air'], 0, 'passes'],
    [['repro', 'lie.air', '--explain'], 1, 'fails'],
    [['regress', 'lie.air', 'evil.air', '--json'], 1, 'FAIL'],
    [['repro', `${EVIL}.air`], 0, 'passes'],
    [['repro', `${EVIL}nosuch`], 2, '\\u{1b}[2J'],
    [['repro', 'comment.air'], 0, 'passes'],
    [['regress', 'syntax.air', 'recipe.air'], 2, 'recipe.air:1'],
    [['compile', 'evil.air', '--emit', 'mir'], 0, 'mir @'],
    [['compile', 'evil.air', '--emit', 'wat'], 0, '(module'],
    [['compile', 'evil.air', '--set', EVIL, '-o', 'x.wasm'], 2, 'is not a setting'],
    [
      ['link', 'defined.o', '--no-entry', '--print-map', '--trace', `--trace-symbol=${EVIL}g`, '-o', 'x.wasm'],
      0,
      '\\u{1b}',
    ],
    [['link', 'defined.o', '--no-entry', `--export=${EVIL}h`, '-o', 'y.wasm'], 2, '\\u{1b}'],
    [['link', 'defined.o', `--${EVIL}`, '-o', 'y.wasm'], 2, '\\u{1b}'],
    [['link', `${EVIL}.o`, '-o', 'y.wasm'], 2, '\\u{1b}'],
    [['gen', EVIL], 2, '\\u{1b}'],
    [['fuzz', `--${EVIL}`], 2, '\\u{1b}'],
    [['fuzz', '--only-ops', EVIL], 2, '\\u{1b}'],
    [[EVIL], 2, '\\u{1b}'],
  ])('%j', async (args, code, text) => {
    const ended = await harness(cwd, ...args);
    expectPrintable(ended);
    expect(ended.stdout + ended.stderr).toContain(text);
    expect(ended.code).toBe(code);
  });

  test('reach no terminal through wasm-ld either, whoever says them', () => {
    const wasmLd = (...args: string[]): Ended => {
      const words = [join(ROOT, 'bin/wasm-ld.mjs'), '--no-entry', '-o', 'z.wasm', ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' });
      return { code: status, stdout, stderr };
    };
    for (const [args, code] of [
      [['defined.o', 'defined.o'], 1],
      [['defined.o', `--export=${EVIL}h`], 1],
      [['defined.o', '--print-gc-sections', '--print-map', `--trace-symbol=${EVIL}g`], 0],
      [[`${EVIL}.o`], 1],
    ] as const) {
      const ended = wasmLd(...args);
      expectPrintable(ended);
      expect(ended.stdout + ended.stderr).toContain('\\u{1b}');
      expect(ended.code).toBe(code);
    }
  });

  test('files keep what the names are', async () => {
    await harness(cwd, 'link', 'defined.o', '--no-entry', '--Map=map.txt', '-o', 'mapped.wasm');
    expect(readFileSync(join(cwd, 'map.txt'), 'utf8')).toContain(`${EVIL}g`);
    expect(WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(join(cwd, 'evil.wasm'))))).toContainEqual({
      name: `${EVIL}f`,
      kind: 'function',
    });
  });

  test('painted output has the colours of the command and no sequence of the input', async () => {
    const ended = await start(cwd, ['regress', 'lie.air'], { FORCE_COLOR: '1' }).ended;
    expect(ended.stdout).toContain('\u001b[31mFAIL\u001b[39m');
    expect(ended.stdout).toContain('\\u{1b}[2J');

    expectPrintable({ ...ended, stdout: ended.stdout.replace(/\u001b\[(?:31|32|39)m/g, '') });
  });
});

test('an object beyond 2 GiB is refused with that reason', async () => {
  const path = join(cwd, 'big.o');
  writeFileSync(path, '');
  // Without contents, which takes no room.
  truncateSync(path, 2 ** 31 + 1);
  const { code, stderr } = await harness(cwd, 'link', 'big.o', '--no-entry', '-o', 'big.wasm');
  rmSync(path);
  expect(stderr).toBe('harness: cannot read big.o: File size (2147483649) is greater than 2 GiB\n');
  expect([code, existsSync(join(cwd, 'big.wasm'))]).toEqual([2, false]);
});

describe("names of JavaScript's own", () => {
  const OWN = ['toString', '__proto__', 'constructor', 'hasOwnProperty'];

  /** Command lines with a place for a name; each gets one of the four in turn, as starting all of them takes long. */
  const PLACES: readonly (readonly string[])[] = [
    ['gen', '0x1', '--profile', 'NAME'],
    ['gen', 'NAME:5'],
    ['gen', '1', '--only-ops', 'NAME'],
    ['repro', '0x1', '--profile', 'NAME'],
    ['repro', 'NAME:5'],
    ['repro', 'plain.air', '--checks', '+NAME'],
    ['fuzz', '--runs', '1', '--profile', 'NAME'],
    ['fuzz', '--runs', '1', '--seed', 'NAME:5'],
    ['fuzz', '--runs', '1', '--only-ops', 'NAME'],
    ['fuzz', '--runs', '1', '--checks', 'NAME'],
    ['fuzz', '--runs', '1', '--backend', 'NAME'],
    ['compile', 'plain.air', '-o', 'x.wasm', '--set', 'NAME'],
    ['compile', 'plain.air', '-o', 'x.wasm', '--target', 'wasm32 +NAME'],
    ['compile', 'plain.air', '-o', 'x.wasm', '--emit', 'NAME'],
    ['link', 'x.o', '-o', 'x.wasm', '--NAME'],
    ['link', 'x.o', '-o', 'x.wasm', '--unresolved-symbols=NAME'],
    ['corpus', 'NAME'],
    ['help', 'NAME'],
    ['NAME'],
  ];

  test.concurrent.each(
    PLACES.map((words, n) => [words.map((word) => word.replace('NAME', OWN[n % OWN.length]!))] as const),
  )('%j is unknown', async (args) => {
    const { code, stdout, stderr } = await harness(cwd, ...args);
    expect(stderr).toMatch(/toString|__proto__|constructor|hasOwnProperty/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each(OWN)('%s is no profile, instruction or check for the readers of options', (name) => {
    expect(() => readProfile(name)).toThrow('is not a profile');
    expect(() => ONLY_OPS.read!(`add_wrap,${name}`, null)).toThrow('is not an instruction');
    expect(() => selectChecks(name, 'default')).toThrow('no check');
  });

  beforeAll(() => {
    writeFileSync(join(cwd, 'plain.air'), 'export fn @f() u32 {\n  ret u32 7\n}\n');
  });

  test.each([
    [';! __proto__ 1\n', 'unknown recipe line'],
    [';! seed 0x1  profile toString  generator 1\n', 'unknown profile'],
    [';! target wasm32 +constructor\n', 'unknown feature'],
    [';! link --constructor\n', 'unknown option'],
    [';! link with --hasOwnProperty\n', 'unknown option'],
    [';! link +toString 0 0\n', 'unknown decoration'],
    [';! run @f() traps valueOf\n', 'unknown trap'],
    ['export fn @g() constructor {\n  ret u32 7\n}\n', 'error'],
    ['export fn @g() u32 {\n  %0 = toString u32 1\n  ret %0\n}\n', 'error'],
  ])('%j of a file is an error with its line', async (text, message) => {
    writeFileSync(join(cwd, 'own.air'), `export fn @f() u32 {\n  ret u32 7\n}\n${text}`);
    const { code, stdout, stderr } = await harness(cwd, 'repro', 'own.air');
    expect(stderr).toMatch(/^harness: own\.air:[45]: error: /);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('are names like any other in a program and in a module', async () => {
    const program =
      'export fn @__proto__(u32) u32 {\n  %0 = arg u32 0\n  %1 = call @toString(%0)\n  ret %1\n}\n' +
      'extern("__proto__") fn @toString(u32) u32\nextern("constructor") fn @__defineGetter__(u32) u32\n' +
      'export fn @constructor() u32 {\n  %0 = call @__defineGetter__(u32 1)\n  ret %0\n}\n' +
      'export var @valueOf: u32 = 3\n;! run @__proto__(3)\n;! run @constructor()\n;! memory @valueOf = 03000000\n';
    writeFileSync(join(cwd, 'members.air'), program);
    expect(await harness(cwd, 'repro', 'members.air')).toMatchObject({ code: 0 });
    const run = await harness(cwd, 'run', 'members.air');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('executed:\n  toString(0x3)\n  __defineGetter__(0x1)\n');
    expect((await harness(cwd, 'compile', 'members.air', '-o', 'members.wasm')).code).toBe(0);
    const calls = await harness(cwd, 'run', 'members.wasm', '--call', '__proto__(3)', '--call', 'constructor()');
    expect(calls).toMatchObject({ code: 0, stdout: '__proto__(3) = 0\nconstructor() = 0\n' });
  });
});

describe('what is no file', () => {
  let server: Server;
  beforeAll(async () => {
    execFileSync('mkfifo', ['pipe.air'], { cwd });
    mkdirSync(join(cwd, 'folder.air'));
    server = createServer();
    await new Promise<void>((resolve) => server.listen(join(cwd, 'socket.air'), resolve));
    const names = '/dev/zero/\n';
    const header = (name: string, size: number): string =>
      `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(size).padEnd(10)}\`\n`;
    const table = `${names}\n`.slice(0, 2 * Math.ceil(names.length / 2));
    writeFileSync(join(cwd, 'thin.a'), `!<thin>\n${header('//', table.length)}${table}${header('/0', 100)}`);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const KINDS = [
    ['pipe.air', 'a pipe'],
    ['/dev/zero', 'a device'],
    ['folder.air', 'a folder'],
    ['socket.air', 'a socket'],
  ] as const;

  test.concurrent.each(
    KINDS.flatMap(([path, what]) =>
      [
        ['run', path],
        ...(what === 'a folder' ? [] : [['regress', path]]),
        ['link', `@${path}`, '-o', 'none.wasm'],
        ...(what === 'a pipe'
          ? [
              ['repro', path],
              ['reduce', path],
              ['compile', path, '-o', 'none.wasm'],
              ['link', path, '-o', 'none.wasm'],
              ['link', '--allow-undefined-file', path, '-o', 'none.wasm'],
            ]
          : []),
      ].map((args) => [args, what] as const),
    ),
  )('%j: it is %s, said at once', async (args, what) => {
    const running = start(cwd, args);
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toContain(`it is ${what}, not a file`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(cwd, 'none.wasm'))).toBe(false);
  });

  test('a device as a member of a thin archive is refused', async () => {
    const ended = await harness(cwd, 'link', '--whole-archive', 'thin.a', '-o', 'none.wasm');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('cannot read /dev/zero: it is a device, not a file');
  });
});
