/** The one text that `--backend 'command:…'`, `--source` and `--witness` come to, and the way back to a command line. */
import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { absoluteSpec, optionsOfSpec, specOfOptions, splitWords } from '../../../harness/model/command-spec.ts';
import { CHECKOUT as ROOT } from '../../../harness/model/outside-folder.ts';

describe('words of a command', () => {
  test.each([
    ['cc {source} -o {module}', ['cc', '{source}', '-o', '{module}']],
    [`'my cc'  "-DX=a b" c\\ d ''`, ['my cc', '-DX=a b', 'c d', '']],
    ['cc $HOME | x', ['cc', '$HOME', '|', 'x']],
  ])('%s', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test('a quote without an end is refused', () => {
    expect(() => splitWords("cc 'x")).toThrow(/has no end/);
  });
});

describe('the options', () => {
  const COMMAND = "command:cc -DX='a b' {source} -o {module}";
  test.each([
    ['core', null, null],
    ['zig:0.17', null, null],
    [COMMAND, 'air', null],
    [COMMAND, 'zig', 'zig-llvm'],
    [COMMAND, 'zig', 'command:cc -O0 {source} -o {module}'],
  ])('%s %s %s can be pasted', (backend, source, witness) => {
    const spec = specOfOptions(backend, source, witness);
    const words = splitWords(optionsOfSpec(spec));
    const valueOf = (option: string): string | null => words[words.indexOf(option) + 1] ?? null;
    const again = specOfOptions(
      words.includes('--backend') ? valueOf('--backend')! : 'core',
      words.includes('--source') ? valueOf('--source') : null,
      words.includes('--witness') ? valueOf('--witness') : null,
    );
    expect(again).toBe(spec);
  });

  test.each([
    ['command:cc {source} -o {module}', null, null, /needs --source/],
    ['command:cc {source}', 'air', null, /needs \{source\} and one of \{module\} and \{object\}/],
    ['command:cc {source} {module} {object}', 'c', null, /needs \{source\} and one of/],
    ['command:cc {list} {object}', 'c', null, /or \{list\} alone/],
    ['command:cc {list} {source}', 'air', null, /or \{list\} alone/],
    ['command:cc {in} {out}', 'air', null, /may have \{source\} and \{module\} or \{object\}, or \{list\}/],
    ['command[zig]:cc {source} -o {module}', 'air', null, /says the source is zig, and --source says air/],
    ['command[x]:cc {source} -o {module}', null, null, /one of air, wat, zig/],
    ['command:', 'air', null, /names no program/],
    ['core', 'air', null, /--source goes with --backend 'command/],
    ['core', null, 'zig-llvm', /--witness goes with --backend 'command/],
  ])('%s %s %s is refused', (backend, source, witness, message) => {
    expect(() => specOfOptions(backend, source, witness)).toThrow(message);
  });
});

test('a spec for any folder has its files in full, and nothing else', () => {
  const here = (spec: string): string => absoluteSpec(spec, ROOT);
  expect(here('core')).toBe('core');
  expect(here('zig:0.17')).toBe('zig:0.17');
  expect(here('./package.json')).toBe(join(ROOT, 'package.json'));
  expect(here('/package.json')).toBe('/package.json');
  const cc = join(ROOT, 'examples', 'clang-c', 'cc.mjs');
  expect(here('command[c]:node examples/clang-c/cc.mjs {source} {module} -O2')).toBe(
    `command[c]:node ${cc} {source} {module} -O2`,
  );
  expect(
    here(
      'command[c]:examples/clang-c/cc.mjs {source} {module} witness: command[c]:node examples/clang-c/cc.mjs {source} {module}',
    ),
  ).toBe(`command[c]:${cc} {source} {module} witness: command[c]:node ${cc} {source} {module}`);
});
