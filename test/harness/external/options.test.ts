/** wasm-ld's own list of options against ours: none that it prints is unknown here, in the form in which it prints it. */
import { expect, test } from '@jest/globals';
import { readCommandLine } from '../../../core/link/options/command-line.ts';
import { OPTIONS } from '../../../core/link/options/option-table.ts';
import { describeLlvm } from './describe-llvm.ts';

await describeLlvm('the options of wasm-ld', ({ wasmLd }) => {
  const { stdout } = wasmLd(['--help']);
  /** Name, and what stands between it and its value, which may be nothing at all; null for an option without value. */
  const listed = [...stdout.matchAll(/^ {2}(-{1,2}[\w-]+)(?:([= ]?)[<[]\S+)?/gm)].map(([, name, separator]) => ({
    name: name!,
    separator: separator ?? null,
  }));

  test('are all in its help', () => {
    expect(listed.length).toBeGreaterThan(100);
    for (const name of ['--wrap', '-L', '--Map', '--entry', '--shared-memory', '-S']) {
      expect(listed.map((option) => option.name)).toContain(name);
    }
  });

  test('are known, without effect, or refused by name', () => {
    const unknown: string[] = [];
    for (const { name, separator } of listed) {
      const args = separator === null ? [name] : separator === ' ' ? [name, '1'] : [`${name}${separator}1`];
      const result = readCommandLine(args);
      const codes = result.ok ? [] : result.error.list.map(({ code }) => code);
      if (codes.includes('option_unknown') || codes.includes('option_value_missing')) unknown.push(args.join(' '));
      else if (codes.includes('option_refused')) expect(result.ok ? '' : result.error.text()).toContain(name);
    }
    expect(unknown).toEqual([]);
  });

  test('take a value here where they do there', () => {
    for (const { name, separator } of listed) {
      if (separator !== null) continue;
      const hasForms = listed.some((other) => other.name === name && other.separator !== null);
      const shape = OPTIONS.find(({ names }) => names.includes(name))?.shape;
      expect([name, shape]).toEqual([name, hasForms ? 'optional' : 'flag']);
    }
  });
});
