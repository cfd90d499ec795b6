/** What processes really load, told by a hook of the loader: modules are counted, because time is a matter of the machine. */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../harness/cli/run-harness.ts';
import { constantBody, F, handObject, I32, K } from '../../../core/link/hand-object.ts';

/** Names of the files that a call loads, after it has ended with code 0. */
function modulesOf(bin: string, args: readonly string[], input: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'harness-test-'));
  try {
    const log = join(folder, 'log');
    const hook = `import { appendFileSync } from 'node:fs'; export async function load(url, context, next) {
      if (url.startsWith('file:')) appendFileSync(${JSON.stringify(log)}, url + '\\n'); return next(url, context); }`;
    const hookUrl = `data:text/javascript,${encodeURIComponent(hook)}`;
    const start = `import { register } from 'node:module'; register(${JSON.stringify(hookUrl)});`;
    writeFileSync(join(folder, 'a.o'), input);
    const run = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(start)}`, join(ROOT, 'bin', bin), ...args],
      { cwd: folder, encoding: 'utf8' },
    );
    expect([run.status, run.stderr]).toEqual([0, '']);
    return readFileSync(log, 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const MAIN = handObject({
  types: [[[], [I32]]],
  funcs: [{ type: 0, body: constantBody(7) }],
  symbols: [{ kind: K.func, flags: F.exported, index: 0, name: '_start' }],
});
/** Mentions a name that the runtime library does not have. */
const ASKING = handObject({
  types: [[[], [I32]]],
  funcImports: [['missing', 0]],
  funcs: [{ type: 0, body: [0, 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b], relocs: [{ at: 2, type: 0, index: 1 }] }],
  symbols: [
    { kind: K.func, flags: F.exported, index: 1, name: '_start' },
    { kind: K.func, flags: F.undef, index: 0 },
  ],
});

describe('a process', () => {
  test.each([
    ['harness.mjs', ['link', 'a.o', '-o', 'a.wasm'], MAIN],
    ['harness.mjs', ['link', 'a.o', '--allow-undefined', '-o', 'a.wasm'], ASKING],
    ['wasm-ld.mjs', ['a.o', '-o', 'a.wasm'], MAIN],
    // As rustc calls it.
    ['wasm-ld.mjs', ['-flavor', 'wasm', 'a.o', '-o', 'a.wasm'], MAIN],
  ])('of %s %j loads few files and no compiler', (bin, args, input) => {
    const modules = modulesOf(bin, args, input);
    expect(modules.length).toBeLessThan(3);
    expect(modules.filter((url) => /run-linker|\/core\//.test(url))).toEqual([]);
  });

  test('that shows the help loads no command', () => {
    const modules = modulesOf('harness.mjs', ['--help'], MAIN);
    expect(modules.length).toBeLessThan(3);
    expect(modules.filter((url) => /cli\/(?!program|command-list|exit-codes)/.test(url))).toEqual([]);
  });

  test('that runs one command loads no other', () => {
    const modules = modulesOf('harness.mjs', ['gen', '--help'], MAIN);
    expect(modules.some((url) => url.endsWith('/cli/gen.js'))).toBe(true);
    expect(modules.filter((url) => /cli\/(?:fuzz|mutants|corpus|repro|run)\.js$/.test(url))).toEqual([]);
  });
});
