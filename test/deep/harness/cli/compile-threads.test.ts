/**
 * `harness compile --threads N`: the files are the same for every N, and the command ends.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

describe('harness compile --threads', () => {
  test('writes the bytes that it writes without, module and object', async () => {
    for (const seed of ['0x51f3', '0x7']) {
      const gen = await harness(cwd, 'gen', seed);
      writeFileSync(join(cwd, 'program.air'), gen.stdout);
      for (const form of [[], ['--obj']]) {
        const plain = await harness(cwd, 'compile', 'program.air', ...form, '-o', 'plain.wasm');
        expect(plain.code).toBe(0);
        for (const threads of ['0', '1', '2', '4']) {
          const ran = await harness(cwd, 'compile', 'program.air', ...form, '-o', 'out.wasm', '--threads', threads);
          expect(ran).toMatchObject({ code: 0, stdout: '', stderr: '' });
          const [out, want] = ['out.wasm', 'plain.wasm'].map((name) => readFileSync(join(cwd, name)));
          expect(out!.equals(want!)).toBe(true);
        }
      }
    }
  });

  test('a number out of range, a refused program and --emit mir give a message and no file', async () => {
    writeFileSync(
      join(cwd, 'refused.air'),
      'export fn @f(u32) u32 {\n%0 = arg u32 0\n%1 = alloc **const fn(vector(2) u7) callconv(c) void\nret %0\n}\n',
    );
    writeFileSync(join(cwd, 'good.air'), 'export fn @f() u32 {\nret u32 7\n}\n');
    const out = ['-o', 'none.wasm'];
    for (const [args, text] of [
      [['refused.air', '--threads', '2'], 'refused.air: @f %1: error: '],
      [['good.air', '--threads', '65'], 'not a whole number from 0 to 64'],
      [['good.air', '--threads', '2', '--emit', 'mir'], '--emit mir'],
    ] as const) {
      const ran = await harness(cwd, 'compile', ...args, ...out);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(text);
    }
    expect(existsSync(join(cwd, 'none.wasm'))).toBe(false);
  });
});
