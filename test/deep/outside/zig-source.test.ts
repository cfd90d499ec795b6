/**
 * Defects of Zig that AIR cannot say, as programs in Zig (corpus/outside/): each fails as its header says with Zig's own code generator,
 * and does what its header says through LLVM, unless the header says otherwise.
 *
 * A header has a line for people, `flags …` (of the command line) where it takes some, `zig VERSION: crash|invalid|wrong` for each version
 * that fails, `zig-llvm VERSION: wrong` where LLVM does as well, and the result of `f`.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedZigs } from '../../../harness/backend/zig/installed-zig.ts';
import { ROOT } from '../../harness/cli/run-harness.ts';

const FOLDER = join(ROOT, 'corpus', 'outside');

interface Program {
  readonly name: string;
  readonly file: string;
  readonly flags: string;
  /** By version. */
  readonly fails: Readonly<Record<string, string>>;
  /** Versions that are wrong through LLVM. */
  readonly failsThroughLlvm: readonly string[];
  /** What `f` gives: `= 7`, or `traps`. */
  readonly result: string;
}

function programOf(folder: string, file: string): Program {
  const path = join(FOLDER, folder, file);
  const header = [...readFileSync(path, 'utf8').matchAll(/^\/\/! (.*)$/gm)].map(([, line]) => line!);
  const fails = header.flatMap((line) => {
    const match = /^zig (\S+): (crash|invalid|wrong)$/.exec(line);
    return match === null ? [] : [[match[1]!, match[2]!] as const];
  });
  const result = header.find((line) => line.startsWith('f() '))!.slice(4);
  const flags = header.find((line) => line.startsWith('flags '))?.slice(6) ?? '';
  const failsThroughLlvm = header.flatMap((line) => /^zig-llvm (\S+): wrong$/.exec(line)?.[1] ?? []);
  const name = file.replace(/\.zig$/, '');
  return { name, file: path, flags, fails: Object.fromEntries(fails), failsThroughLlvm, result };
}

const PROGRAMS = readdirSync(FOLDER).flatMap((folder) =>
  readdirSync(join(FOLDER, folder))
    .filter((file) => file.endsWith('.zig'))
    .map((file) => programOf(folder, file)),
);

const VERSIONS = ['0.16.0', '0.17.1'];
const PANIC = `pub fn panic(_: []const u8, _: anytype, _: ?usize) noreturn {
    @trap();
}
`;
const COMMON = '-target wasm32-freestanding -fno-entry -rdynamic --stack 65536 --color off'.split(' ');

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'harness-zig-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** What a Zig of `version` says to a command line. */
function zig(version: string, words: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const { path, environment } = installedZigs().find((one) => one.version === version)!;
  return spawnSync(
    path,
    words.filter((word) => word !== ''),
    { encoding: 'utf8', env: { ...process.env, ...environment, ZIG_LOCAL_CACHE_DIR: join(scratch, 'cache') } },
  );
}

/** The module of `source`; null: the compiler broke. */
function compile(version: string, source: string, words: readonly string[]): Uint8Array | null {
  const [file, module] = [join(scratch, 'a.zig'), join(scratch, 'a.wasm')];
  writeFileSync(file, source);
  rmSync(module, { force: true });
  const { status, stderr } = zig(version, ['build-exe', file, ...COMMON, ...words, `-femit-bin=${module}`]);
  if (status === 0) return readFileSync(module);
  if (stderr.includes('error: ')) throw new Error(stderr);
  return null;
}

/** What `name` of `module` gives. */
function resultOf(module: Uint8Array, name: string): string {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module));
  try {
    return `= ${(instance.exports[name] as () => number)()}`;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return 'traps';
    throw error;
  }
}

const installed = installedZigs().map(({ version }) => version);
const here = VERSIONS.filter((version) => installed.includes(version));
(here.length === 0 ? describe.skip : describe).each(here.length === 0 ? VERSIONS : here)('Zig %s', (version) => {
  test('fails as the headers say', () => {
    const found: Record<string, string | undefined> = {};
    for (const { name, file, flags, result } of PROGRAMS) {
      const module = compile(version, `${PANIC}${readFileSync(file, 'utf8').replace(/^\/\/!.*$/gm, '')}`, [
        '-fno-llvm',
        '-fno-lld',
        flags,
      ]);
      if (module === null) found[name] = 'crash';
      else if (!WebAssembly.validate(module)) found[name] = 'invalid';
      else if (resultOf(module, 'f') !== result) found[name] = 'wrong';
    }
    const stated = PROGRAMS.filter(({ fails }) => fails[version] !== undefined);
    expect(found).toEqual(Object.fromEntries(stated.map(({ name, fails }) => [name, fails[version]])));
  });

  test.each([...new Set(PROGRAMS.map(({ flags }) => flags))])(
    'does right in all of them through LLVM (%s)',
    (flags) => {
      const programs = PROGRAMS.filter((program) => program.flags === flags);
      // One file for all: each program in a namespace of its own.
      const bodies = programs.map(({ file }, n) => {
        const text = readFileSync(file, 'utf8').replace(/^\/\/!.*$/gm, '');
        return `const p${n} = struct {\n${text.replace('export fn f()', 'fn f() callconv(.c)')}\n};\ncomptime {\n    @export(&p${n}.f, .{ .name = "p${n}" });\n}\n`;
      });
      const module = compile(version, `${PANIC}${bodies.join('\n')}`, ['-fllvm', '-flld', flags])!;
      const isRight = programs.map(({ result }, n) => resultOf(module, `p${n}`) === result);
      expect(Object.fromEntries(programs.map(({ name }, n) => [name, isRight[n]]))).toEqual(
        Object.fromEntries(programs.map(({ name, failsThroughLlvm }) => [name, !failsThroughLlvm.includes(version)])),
      );
    },
  );
});
