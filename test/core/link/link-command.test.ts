/** wasm-ld's command line: every option is read, refused by name, or unknown; files go in and out through a host. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../../../core/link/options/command-line.ts';
import { readCommandLine, splitWords } from '../../../core/link/options/command-line.ts';
import type { LinkOutcome } from '../../../core/link/link-command.ts';
import { runLinkCommand } from '../../../core/link/link-command.ts';
import { OPTIONS } from '../../../core/link/options/option-table.ts';
import { writeArchive } from './archive-writer.ts';
import type { HandObject } from './hand-object.ts';
import { callsBody, constantBody, F, handObject, I32, K } from './hand-object.ts';
import { run } from './hand-program.ts';

function command(...args: string[]): Command {
  const result = readCommandLine(args);
  if (!result.ok) throw new Error(result.error.text());
  return result.value;
}

function refusal(...args: string[]): string {
  const result = readCommandLine(args);
  expect(result.ok).toBe(false);
  return result.ok ? '' : result.error.text();
}

describe('the table of options', () => {
  test('names each option once, and the manual lists them all by their fate', () => {
    const names = OPTIONS.flatMap((option) => option.names);
    expect(new Set(names).size).toBe(names.length);
    const manual = readFileSync(join(process.cwd(), 'docs', 'linker.md'), 'utf8');
    const section = (title: string): string => manual.split(`## ${title}`)[1]!.split('\n## ')[0]!;
    const parts = {
      known: section('Options'),
      ignored: section('Options without effect'),
      refused: section('Options that are refused'),
    };
    for (const { names: own, status } of OPTIONS) {
      for (const name of own) expect(parts[status]).toContain(`\`${name}\``);
    }
  });

  test('knows when colours may be wanted', () => {
    expect(refusal('--color-diagnostics=red')).toContain('unknown option: --color-diagnostics=red');
    for (const when of ['always', 'auto', 'never']) expect(command(`--color-diagnostics=${when}`).inputs).toEqual([]);
  });

  test('takes what each shape needs: every known option is read in each of its forms', () => {
    const values: Record<string, string> = {
      '--build-id': 'sha1',
      '--unresolved-symbols': 'ignore-all',
      '--defsym': 'a=1',

      '-m': 'wasm32',
      '-z': 'stack-size=16',
      '-O': '2',
      '--rsp-quoting': 'posix',
      '--import-memory': 'a,b',
      '--color-diagnostics': 'auto',
    };
    for (const { names, shape, status } of OPTIONS) {
      for (const name of names) {
        const value = values[names.at(-1)!] ?? values[name] ?? '65536';
        if (status === 'refused') {
          expect(refusal(...(shape === 'flag' ? [name] : [name, value]))).toContain(
            `option ${name} of wasm-ld is not supported`,
          );
          continue;
        }
        if (shape === 'flag') command(...(name === '--end-lib' ? ['--start-lib', name] : [name]));
        if (shape === 'value') command(name, value);
        if (shape === 'value' && name.startsWith('--')) command(`${name}=${value}`);
        if (shape === 'optional')
          [command(name), command(`${name}=${value}`)].forEach((c) => expect(c.inputs).toEqual([]));
        if (shape === 'joined')
          [command(`${name}${value}`), command(name, value)].forEach((c) => expect(c).toBeDefined());
        if (shape === 'value' || shape === 'joined') expect(refusal(name)).toContain(`${name}: missing argument`);
      }
    }
  });
});

describe('options', () => {
  test('become options of the link', () => {
    const { link } = command(
      ...['--no-entry', '-zstack-size=32768', '--no-stack-first', '--global-base=0x400', '--initial-memory=131072'],
      ...['--max-memory', '262144', '--import-memory=m,n', '--export=a', '--export', 'b', '-u', 'c', '--wrap=d', '-O0'],
      ...['--features=x,y', '--build-id=0xabCD', '--table-base=5', '-s', '--defsym=p=q+0x10', '--defsym=n=7'],
    );
    expect(link).toMatchObject({
      entry: null,
      stackSize: 32768,
      stackFirst: false,
      globalBase: 1024,
      initialMemory: 131072,
      maxMemory: 262144,
      importMemory: { module: 'm', field: 'n' },
      exportMemory: false,
      exports: ['a', 'b'],
      undefined: ['c'],
      wrap: ['d'],
      mergeStrings: false,
      features: ['x', 'y'],
      buildId: { kind: 'bytes', bytes: Uint8Array.of(0xab, 0xcd) },
      tableBase: 5,
      strip: true,
      defsyms: [
        { name: 'p', target: 'q', offset: 16 },
        { name: 'n', target: null, offset: 7 },
      ],
    });
    expect(command().link.entry).toBe('_start');
    expect(command('-r').link.entry).toBeUndefined();
    expect(command('-e', 'go').link.entry).toBe('go');
    expect(command('-export-all', '-no-entry').link.exportAll).toBe(true);
    expect(command('--import-memory', '--export-memory=q').link).toMatchObject({ exportMemory: true, memoryName: 'q' });
  });

  test('have positions: archives are whole and objects lazy from there on', () => {
    const { inputs, searchPaths } = command(
      'a.o',
      '--whole-archive',
      '-lx',
      '--no-whole-archive',
      '--start-lib',
      'b.o',
      '--end-lib',
      '-L',
      'p',
      '-Lq',
    );
    expect(inputs).toEqual([
      { kind: 'file', path: 'a.o', whole: false, lazy: false },
      { kind: 'library', name: 'x', whole: true, lazy: false, dynamic: false },
      { kind: 'file', path: 'b.o', whole: false, lazy: true },
    ]);
    expect(searchPaths).toEqual(['p', 'q']);
  });

  test('that are unknown, lack a value or have a wrong one are named', () => {
    expect(refusal('--frobnicate')).toBe('options: error: unknown argument: --frobnicate');
    expect(refusal('--gc-sections=yes')).toContain('unknown argument: --gc-sections=yes');
    expect(refusal('--global-base=x')).toContain("--global-base=x: number expected, but got 'x'");
    expect(refusal('--initial-memory', '-1')).toContain("--initial-memory -1: number expected, but got '-1'");
    expect(refusal('-Ofast')).toContain("-Ofast: number expected, but got 'fast'");
    expect(refusal('--build-id=md5')).toContain('invalid value md5 for --build-id');
    expect(command('-z', 'foo').unknownKeywords).toEqual(['foo']);
    expect(refusal('--threads=0')).toContain("--threads: expected a positive integer, but got '0'");
    expect(refusal('--start-lib', '--start-lib')).toContain('nested --start-lib');
    expect(refusal('--end-lib')).toContain('stray --end-lib');
    expect(refusal('--page-size=many')).toContain("number expected, but got 'many'");
    expect(command('--page-size=1').link.pageSize).toBe(1);
    expect(refusal('-m', 'elf')).toContain('wasm32 or wasm64');
    expect(refusal('--shared', '--pie')).toBe(
      'options: error: option --shared of wasm-ld is not supported by this linker\noptions: error: option --pie of wasm-ld is not supported by this linker',
    );
  });

  test('come from response files too, which may name others but not themselves', () => {
    const files: Record<string, string> = { a: "x.o 'y z.o' @b", b: '"--export=a b" \\-r', loop: '@loop' };
    const result = readCommandLine(['@a', '@missing'], (path) => files[path] ?? null);
    if (!result.ok) throw new Error(result.error.text());
    expect(result.value.inputs.map((input) => (input.kind === 'file' ? input.path : ''))).toEqual([
      'x.o',
      'y z.o',
      '@missing',
    ]);
    expect(result.value.link.exports).toEqual(['a b']);
    expect(result.value.isRelocatable).toBe(true);
    const loop = readCommandLine(['@loop'], (path) => files[path] ?? null);
    expect(loop.ok).toBe(false);
    expect(splitWords('a\\b "c\\"d" \'e f\'', true)).toEqual(['a\\b', 'c"d', "'e", "f'"]);
  });
});

describe('a run', () => {
  const TYPES: NonNullable<HandObject['types']> = [[[], [I32]]];
  const defines = (name: string, value: number, flags = 0): Uint8Array =>
    handObject({
      types: TYPES,
      funcs: [{ type: 0, body: constantBody(value) }],
      symbols: [{ kind: K.func, flags, index: 0, name }],
    });
  const main = handObject({
    types: TYPES,
    funcImports: [['f', 0]],
    funcs: [{ type: 0, ...callsBody([0]) }],
    symbols: [
      { kind: K.func, flags: F.undef, index: 0 },
      { kind: K.func, flags: 0, index: 1, name: '_start' },
    ],
  });
  const files: Record<string, Uint8Array> = {
    'main.o': main,
    'f.o': defines('f', 5),
    'two.o': defines('f', 6),
    'lib/libf.a': writeArchive([{ name: 'f.o', bytes: defines('f', 8), symbols: ['f'] }], { kind: 'gnu', index: true }),
    'thin/libt.a': writeArchive([{ name: 'f.o', bytes: new Uint8Array(0), symbols: ['f'] }], {
      kind: 'thin',
      index: true,
    }),
    'thin/f.o': defines('f', 9),
    'allow.txt': new TextEncoder().encode('# names\nf\n'),
    'text.o': new TextEncoder().encode('what is this'),
  };
  const link = (...args: string[]): LinkOutcome =>
    runLinkCommand(args, {
      read: (path) => files[path] ?? null,
      randomBytes: (count) => new Uint8Array(count).fill(0xff),
    });
  const value = (...args: string[]): unknown => {
    const { exitCode, stderr, files: written } = link(...args);
    expect([exitCode, ...stderr]).toEqual([0]);
    return run(written[0]!.bytes).call('_start');
  };

  test('links objects, archives and libraries', () => {
    expect(value('main.o', 'f.o')).toBe(5);
    expect(value('main.o', 'lib/libf.a')).toBe(8);
    expect(value('main.o', '-Lnowhere', '-Llib', '-lf')).toBe(8);
    expect(value('main.o', '-L', 'lib', '-l:libf.a')).toBe(8);
    expect(value('main.o', '-Lthin', '-lt')).toBe(9);
    files['dyn/libf.so'] = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 9, 8, ...Buffer.from('dylink.0'));
    expect(value('main.o', '-Ldyn', '-Llib', '-lf')).toBe(8);
    expect(value('main.o', '-Llib', '-Bdynamic', '-lf')).toBe(8);
    expect(value('main.o', '-Ldyn', '-Llib', '-Bdynamic', '-Bstatic', '-lf')).toBe(8);
    expect(link('main.o', '-Ldyn', '-Llib', '-Bdynamic', '-lf').stderr[0]).toMatch(
      /^dyn\/libf\.so:.*shared library is not/,
    );
    expect(value('--start-lib', 'f.o', '--end-lib', 'main.o')).toBe(5);
  });

  test('writes where it is told, and a combination on demand', () => {
    const [joined] = link('-r', 'main.o', 'f.o', '-o', 'all.o').files;
    expect(joined!.path).toBe('all.o');
    files['all.o'] = joined!.bytes;
    expect(value('all.o')).toBe(5);
    expect(link('main.o', 'f.o').files[0]!.path).toBe('a.out');
  });

  test('says what is wrong, at most as often as it is asked to', () => {
    expect(link('main.o')).toMatchObject({ exitCode: 1, files: [] });
    expect(link('main.o').stderr).toEqual([expect.stringMatching(/^main\.o:0x[0-9a-f]+: error: undefined symbol: f$/)]);
    expect(link('missing.o', '-lz').stderr).toEqual([
      'options: error: cannot open missing.o: No such file or directory',
      'options: error: unable to find library -lz',
    ]);
    expect(link('text.o').stderr[0]).toBe('text.o: error: unknown file type');
    expect(link().stderr).toEqual(['options: error: no input files']);
    expect(link('f.o', '--export=a', '--export=b', '--no-entry', '--error-limit=1').stderr).toEqual([
      'options: error: symbol exported via --export not found: a',
      'too many errors emitted, stopping now (use --error-limit=0 to see all errors)',
    ]);
    expect(link('main.o', '--warn-unresolved-symbols', '--fatal-warnings').exitCode).toBe(1);
    expect(link('main.o', '--warn-unresolved-symbols').exitCode).toBe(0);
  });

  test('tells a map, traces, extractions and what was removed', () => {
    const { stdout, files: written } = link(
      'main.o',
      '-Llib',
      '-lf',
      '-t',
      '-y',
      'f',
      '--print-gc-sections',
      'two.o',
      '--allow-multiple-definition',
      '-Map=m.txt',
      '--why-extract=w.txt',
    );
    expect(stdout).toEqual([
      'main.o',
      'lib/libf.a(f.o)',
      'two.o',
      'main.o: reference to f',
      'lib/libf.a(f.o): definition of f',
      'two.o: definition of f',
      'removing unused section two.o:(f)',
    ]);
    const text = (path: string): string => new TextDecoder().decode(written.find((file) => file.path === path)!.bytes);
    expect(text('m.txt')).toMatch(
      /<stack>[^]*Functions\n\s+0 {2}main\.o:\(_start\) \(0 -> 1\)\n\s+1 {2}lib\/libf\.a\(f\.o\):\(f\) /,
    );
    expect(text('w.txt')).toBe('reference\textracted\tsymbol\nmain.o\tlib/libf.a(f.o)\tf\n');
    expect(link('-r', '-t', 'main.o', 'lib/libf.a').stdout).toEqual(['main.o', 'lib/libf.a(f.o)']);
    expect(link('main.o', 'f.o', '-M').stdout.join('')).toContain('<heap>');
  });

  test('makes random ids only where there is randomness, and reads lists of names', () => {
    const [module] = link('main.o', 'f.o', '--build-id=uuid').files;
    expect(Buffer.from(module!.bytes.subarray(-16)).toString('hex')).toBe('ffffffffffff4fffbfffffffffffffff');
    const without = runLinkCommand(['main.o', 'f.o', '--build-id=uuid'], { read: (path) => files[path] ?? null });
    expect(without.stderr).toEqual(['options: error: a random build id needs a source of random bytes']);
    expect(link('main.o', '--allow-undefined-file=allow.txt').exitCode).toBe(0);
    expect(link('main.o', '--allow-undefined-file=nothing').exitCode).toBe(1);
  });

  test('helps', () => {
    expect(link('--help').stdout.join('\n')).toContain('--shared-memory');
    expect(link('--version').exitCode).toBe(0);
  });
});
