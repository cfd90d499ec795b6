/**
 * Defects of Zig's own linker, as programs in C (corpus/outside/): each link fails as the header says, and LLD's does what it says.
 *
 * A header has a line for people, `exports NAMES` (default: f), `without target_features` where the objects have no such section,
 * `clang WORDS` and `link WORDS` of the command lines, `host NAME = VALUE` (a global of the host),
 * `zig VERSION: crash|invalid|wrong|linked|missing NAME|refused TEXT` for each version, and what comes of `f`: `= 7`, or `is refused TEXT` of the link. What stands
 * behind `// --- second object` or `// --- archive …` is another object, or a member of an archive.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedZigs } from '../../../harness/backend/zig/installed-zig.ts';
import { readObjectModel } from '../../../harness/wasm/read-object.ts';
import { writeArchive } from '../../../harness/wasm/write-archive.ts';
import { writeObject } from '../../../harness/wasm/write-object.ts';
import { ROOT } from '../../harness/cli/run-harness.ts';

const FOLDER = join(ROOT, 'corpus', 'outside', 'zig-0.16.0');

interface Program {
  readonly name: string;
  readonly parts: readonly { readonly text: string; readonly what: string }[];
  readonly exports: readonly string[];
  readonly isPlain: boolean;
  readonly clang: readonly string[];
  readonly link: readonly string[];
  readonly host: Readonly<Record<string, number>>;
  readonly fails: Readonly<Record<string, string>>;
  /** What `f` gives; a text: how the link has to be refused. */
  readonly result: number | string;
}

/** The words of line `what` of a header. */
function wordsOf(header: readonly string[], what: string): readonly string[] {
  const line = header.find((one) => one.startsWith(`${what} `));
  return line === undefined ? [] : line.split(' ').slice(1);
}

const PROGRAMS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.c'))
  .map((file): Program => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const header = [...text.matchAll(/^\/\/! (.*)$/gm)].map(([, line]) => line!);
    const [, wanted] = /^f\(\) (.*)$/m.exec(header.join('\n'))!;
    const [first = '', ...others] = text.split(/^\/\/ --- /m);
    return {
      name: file.replace(/\.c$/, ''),
      parts: [
        { text: first, what: 'object' },
        ...others.map((other) => ({
          text: other.slice(other.indexOf('\n')),
          what: other.slice(0, other.indexOf('\n')),
        })),
      ],
      exports: /^exports (.*)$/m.exec(header.join('\n'))?.[1]?.split(' ') ?? ['f'],
      isPlain: header.includes('without target_features'),
      clang: wordsOf(header, 'clang'),
      link: wordsOf(header, 'link'),
      host: Object.fromEntries(
        [...header.join('\n').matchAll(/^host (\S+) = (\d+)$/gm)].map(([, name, value]) => [name!, Number(value)]),
      ),
      fails: Object.fromEntries(
        [...header.join('\n').matchAll(/^zig (\S+): (.*)$/gm)].map(([, version, how]) => [version!, how!]),
      ),
      result: wanted!.startsWith('= ') ? Number(wanted!.slice(2)) : wanted!.replace(/^is /, ''),
    };
  });

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'harness-zig-linker-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe.each(['0.16.0', '0.17.1'])('Zig %s', (version) => {
  const zig = installedZigs().find((one) => one.version === version);
  const present = zig === undefined ? test.skip : test;

  function run(words: readonly string[]): { readonly status: number | null; readonly stderr: string } {
    const { path, environment } = zig!;
    const env = { ...process.env, ...environment, ZIG_LOCAL_CACHE_DIR: join(scratch, 'cache') };
    return spawnSync(path, words, { encoding: 'utf8', cwd: scratch, env });
  }

  /** The inputs of a link, as files. */
  function inputsOf({ name, parts, isPlain, clang }: Program): string[] {
    return parts.map(({ text, what }, n) => {
      const [source, object] = [`${name}-${n}.c`, join(scratch, `${name}-${n}.o`)];
      writeFileSync(join(scratch, source), text);
      const target = ['-target', 'wasm32-freestanding', '-O1', ...clang];
      const { status, stderr } = run(['cc', ...target, '-c', source, '-o', object]);
      expect({ status, stderr }).toEqual({ status: 0, stderr });
      if (isPlain) writeFileSync(object, writeObject({ ...readObjectModel(readFileSync(object)), features: null }));
      if (!what.startsWith('archive')) return object;
      const isOdd = what === 'archive with an index of odd size';
      const member = {
        name: isOdd ? 'too-long-for-a-header.o' : 'short.o',
        bytes: new Uint8Array(readFileSync(object)),
        symbols: isOdd ? ['g', 'gg'] : ['g'],
      };
      const archive = object.replace(/o$/, 'a');
      writeFileSync(archive, writeArchive([member], what === 'archive without an index' ? 'plain' : 'gnu'));
      return archive;
    });
  }

  /** How the link failed, in the words of a header; null: it did not. */
  function failureOf(
    { exports: names, result, host }: Program,
    link: readonly string[],
    module: string,
  ): string | null {
    const { status, stderr } = run(link);
    if (status === null || stderr.includes('panic: ')) return 'crash';
    if (status !== 0) return `refused ${stderr}`;
    const bytes = readFileSync(module);
    if (!WebAssembly.validate(bytes)) return 'invalid';
    if (typeof result === 'string') return 'linked';
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host });
    const missing = names.find((name) => instance.exports[name] === undefined);
    if (missing !== undefined) return `missing ${missing}`;
    try {
      return (instance.exports['f'] as () => number)() === result ? null : 'wrong';
    } catch (error) {
      // The stack of calls has ended.
      if (error instanceof RangeError) return 'wrong';
      throw error;
    }
  }

  present.each(PROGRAMS.map((program) => [program.name, program] as const))('%s', (_name, program) => {
    const inputs = inputsOf(program);
    const module = join(scratch, 'a.wasm');
    const words = [...program.exports.map((name) => `--export=${name}`), ...program.link];
    const byLld = failureOf(program, ['wasm-ld', ...inputs, '--no-entry', ...words, '-o', module], module);
    if (typeof program.result === 'string') expect(byLld).toContain(program.result.slice('refused '.length));
    else expect(byLld).toBe(null);
    const target = [
      '-target',
      'wasm32-freestanding',
      '-mcpu=bleeding_edge',
      '-fno-llvm',
      '-fno-lld',
      '-fno-compiler-rt',
    ];
    const own = ['build-exe', ...inputs, ...target, '-fno-entry', ...words, `-femit-bin=${module}`, '--color', 'off'];
    const failure = failureOf(program, own, module);
    const stated = program.fails[version] ?? (typeof program.result === 'string' ? program.result : null);
    if (stated?.startsWith('refused ')) expect(failure).toContain(stated.slice('refused '.length));
    else expect(failure).toBe(stated);
  });
});
