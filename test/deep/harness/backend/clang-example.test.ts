/**
 * The example of docs/your-back-end.md that has clang as a back end: its line runs as the page has it, in a folder as a fresh clone is.
 */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, ROOT } from '../../../harness/cli/run-harness.ts';

test('clang as a command finds nothing in forty cases, as the page says', async () => {
  const page = readFileSync(join(ROOT, 'docs', 'your-back-end.md'), 'utf8');
  const [, block] = /### An example: clang\n[^`]*`examples[\s\S]*?```\nnpm ci\n(.*)\n```/.exec(page)!;
  const folder = makeFolder();
  try {
    const bin = join(folder.path, 'bin');
    mkdirSync(bin);
    // `npx harness` is the built command of the clone.
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(ROOT, 'bin', 'harness.mjs')}" "$@"\n`,
    );
    chmodSync(join(bin, 'npx'), 0o755);
    cpSync(join(ROOT, 'examples'), join(folder.path, 'examples'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    writeFileSync(join(folder.path, 'package.json'), '{"type":"module","private":true}\n');
    const ended = await run(block!, folder.path, bin);
    expect({ code: ended.code, says: ended.output.match(/no failures in 40 cases/)?.[0] }).toEqual({
      code: 0,
      says: 'no failures in 40 cases',
    });
    // A case that clang does not get says nothing about it.
    const unsupported = [...ended.output.matchAll(/unsupported:[^)]* (\d+)/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    expect(unsupported).toBeLessThan(10);
  } finally {
    folder.remove();
  }
});

function run(
  line: string,
  cwd: string,
  bin: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: cwd };
  const child = spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}
